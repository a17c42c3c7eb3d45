/* lab_infer_place.c - incarnations of a tuple. */
#include "lab/lab_infer_place.h"

#include <string.h>

#include "lab/lab_infer_say.h"

/* How far behind the highest number that was seen one still fits, when no window is known: a
 * capture may have missed that much. */
#define REACH (1 << 20)

/* Two SYNs cross when neither end gave up in between; R2 for a SYN is 3 minutes (RFC 9293 section
 * 3.8.3). */
#define CROSSING_MAX LULL_SEC(180)

struct lab_infer_incarnation *lab_infer_place_find(struct lab_infer_track *track, unsigned number)
{
    if (number == 0 || number > track->newest || number + LAB_INFER_INCARNATIONS <= track->newest)
        return NULL;
    return &track->incarnations[number % LAB_INFER_INCARNATIONS];
}

struct lab_infer_end *lab_infer_place_standing(struct lab_infer_track *track, unsigned side)
{
    struct lab_infer_incarnation *in = lab_infer_place_find(track, track->standing[side]);
    return in == NULL ? NULL : &in->end[side];
}

static struct lab_infer_incarnation *newest(const struct lab_infer_step *step)
{
    return lab_infer_place_find(step->track, step->track->newest);
}

static void begin(struct lab_infer_step *step)
{
    struct lab_infer_track *track = step->track;
    struct lab_story *story = step->infer->story;
    struct lab_infer_incarnation *in;

    /* 65,535 of one tuple: the rest count as the last one. */
    if (track->newest < UINT16_MAX)
        track->newest++;
    in = &track->incarnations[track->newest % LAB_INFER_INCARNATIONS];
    memset(in, 0, sizeof *in);
    in->number = track->newest;
    in->began = in->last = step->at;
    for (unsigned side = 0; side < 2; side++) {
        in->end[side].until = LULL_TIME_NEVER;
        in->end[side].ack_event = LAB_NONE;
        in->end[side].settled = story->event_count;
    }
    if (step->number != LAB_NONE)
        in->end[0].settled = in->end[1].settled = step->number;
    track->standing[step->from] = track->newest;
    if (track->standing[1 - step->from] == 0)
        track->standing[1 - step->from] = track->newest;
    story->conversations[step->event->conversation].incarnations = track->newest;
    step->incarnation = in;
    step->begins = true;
}

/* --- SYN ------------------------------------------------------------------------------------- */

/* Nothing of this end can be heard in @in any more, but for the answers of TIME-WAIT. */
static bool is_over_for(const struct lab_infer_incarnation *in, unsigned side)
{
    return in->end[side].state == LAB_INFER_CLOSED || in->end[side].state == LAB_INFER_TIME_WAIT;
}

static bool has_later_timestamp(const struct lab_infer_step *step, const struct lab_infer_end *end)
{
    return end->timestamps && (step->segment.options.present & TCP_OPTION_TIMESTAMPS)
           && lab_infer_diff(step->segment.options.ts_value, end->ts_value) > 0;
}

static lull_duration two_msl(const struct lab_infer_step *step)
{
    return 2 * step->infer->story->msl;
}

static void say_begin(struct lab_infer_step *step, const struct lab_infer_incarnation *before)
{
    const struct lab_infer_end *end = &before->end[step->from];
    struct text *why = lab_infer_say(step);

    text_string(why, "new incarnation: ISN ");
    text_decimal(why, step->segment.seq.raw);
    if (end->syn_sent) {
        text_string(why, ", that of #");
        text_decimal(why, before->number);
        text_string(why, " was ");
        text_decimal(why, end->isn);
    } else {
        text_string(why, ", and no SYN of #");
        text_decimal(why, before->number);
        text_string(why, " was seen from here");
    }
    text_string(why, "; its last segment passed ");
    lab_infer_say_seconds(why, step->at - before->last);
    text_string(why, " ago");
}

/* A SYN whose ISN @in began with, and @in is over for its sender. */
static void repeat_or_begin(struct lab_infer_step *step, struct lab_infer_incarnation *in)
{
    /* Copies, because what begins may take the place of @in. */
    const uint32_t ts_value = in->end[step->from].ts_value;
    const bool later = has_later_timestamp(step, &in->end[step->from]);
    const lull_duration silent = step->at - in->last;
    const unsigned number = in->number;
    struct text *why;

    if (!later && silent <= two_msl(step)) {
        step->incarnation = in;
        step->stray = true;
        step->track->same_syn = step->number;
        lab_infer_say_plainly(step, "the SYN of an incarnation that is over, with no later"
                                    " timestamp: taken for an old one");
        return;
    }
    begin(step);
    why = lab_infer_say(step);
    text_string(why, "new incarnation, though its ISN is that of #");
    text_decimal(why, number);
    if (later) {
        text_string(why, ": TSval ");
        text_decimal(why, step->segment.options.ts_value);
        text_string(why, " > ");
        text_decimal(why, ts_value);
    } else {
        text_string(why, ": all of that one is dead after ");
        lab_infer_say_seconds(why, silent);
    }
}

static bool crosses(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    return !in->end[step->from].numbered && in->end[1 - step->from].state == LAB_INFER_SYN_SENT
           && step->at - in->began < CROSSING_MAX;
}

/* The incarnation that this end began with the ISN of the segment, the newest first. */
static struct lab_infer_incarnation *begun_with(const struct lab_infer_step *step)
{
    for (unsigned n = step->track->newest; n > 0; n--) {
        struct lab_infer_incarnation *in = lab_infer_place_find(step->track, n);
        if (in == NULL)
            break;
        if (in->end[step->from].syn_sent && in->end[step->from].isn == step->segment.seq.raw)
            return in;
    }
    return NULL;
}

static void place_syn(struct lab_infer_step *step)
{
    struct lab_infer_incarnation *in = newest(step), *same = begun_with(step);

    if (in == NULL) {
        begin(step);
    } else if (same != NULL && same == in && !is_over_for(in, step->from)) {
        step->incarnation = in;
    } else if (same != NULL) {
        repeat_or_begin(step, same);
    } else if (crosses(step, in)) {
        step->incarnation = in;
        lab_infer_say_plainly(step, "both ends open at once");
        lab_infer_say_rule(step, "RFC 9293 3.5");
    } else {
        begin(step);
        say_begin(step, in);
    }
}

/* --- SYN with ACK ---------------------------------------------------------------------------- */

static struct lab_infer_incarnation *whose_syn_is_acknowledged(const struct lab_infer_step *step)
{
    for (unsigned n = step->track->newest; n > 0; n--) {
        struct lab_infer_incarnation *in = lab_infer_place_find(step->track, n);
        if (in == NULL)
            break;
        const struct lab_infer_end *opener = &in->end[1 - step->from];
        if (opener->isn_known && opener->isn + 1 == step->segment.ack.raw)
            return in;
    }
    return NULL;
}

/* The SYN in front of this answer looked like an old one, and was answered with a new ISN. */
static bool answers_with_another_isn(const struct lab_infer_step *step,
                                     const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *end = &in->end[step->from];
    return step->track->same_syn != LAB_NONE && end->isn_known && end->isn != step->segment.seq.raw
           && is_over_for(in, 1 - step->from);
}

static void begin_with_earlier_syn(struct lab_infer_step *step, uint32_t isn)
{
    struct lab_event *syn = &step->infer->story->events[step->track->same_syn];
    struct lab_infer_end *opener;

    begin(step);
    opener = &step->incarnation->end[1 - step->from];
    opener->state = LAB_INFER_SYN_SENT;
    opener->syn_sent = opener->isn_known = opener->numbered = true;
    opener->isn = opener->first = isn;
    opener->nxt = opener->isn + 1;
    opener->settled = step->track->same_syn;
    step->track->standing[1 - step->from] = step->incarnation->number;
    step->track->same_syn = LAB_NONE;
    syn->kind = LAB_SEGMENT;
    syn->party = step->infer->story->conversations[syn->conversation].party[1 - step->from];
    syn->incarnation = step->incarnation->number;
    syn->of = LAB_NONE;
    syn->is_double = false;
    syn->inferred =
        (uint8_t)((syn->inferred | LAB_INFERRED_INCARNATION) & ~(unsigned)LAB_INFERRED_REPETITION);
    lab_infer_say_field(syn->why, sizeof syn->why,
                        "new incarnation with the ISN of the one before: it is answered with"
                        " another ISN than that one's");
}

static void place_syn_ack(struct lab_infer_step *step)
{
    struct lab_infer_incarnation *in = whose_syn_is_acknowledged(step), *last = newest(step);
    const uint32_t seq = step->segment.seq.raw;

    if (in != NULL && answers_with_another_isn(step, in)) {
        begin_with_earlier_syn(step, in->end[1 - step->from].isn);
    } else if (in != NULL) {
        step->incarnation = in;
    } else if (last != NULL && !last->from_middle && !is_over_for(last, 0)
               && !is_over_for(last, 1)) {
        step->incarnation = last;
        if (!last->end[step->from].isn_known || last->end[step->from].isn != seq)
            lab_infer_say_plainly(step, "acknowledges no SYN that was seen");
    } else {
        begin(step);
        step->incarnation->end[1 - step->from].isn = step->segment.ack.raw - 1;
        step->incarnation->end[1 - step->from].isn_known = true;
        step->incarnation->end[1 - step->from].state = LAB_INFER_SYN_SENT;
        step->incarnation->end[1 - step->from].possible = true;
        step->track->standing[1 - step->from] = step->incarnation->number;
        lab_infer_say_plainly(step, "the SYN did not pass here; its ISN follows from the answer");
    }
}

/* --- all others ------------------------------------------------------------------------------ */

static bool sequence_fits(const struct lab_infer_step *step, const struct lab_infer_end *end)
{
    const uint32_t seq = step->segment.seq.raw;

    if (!end->numbered)
        return true;
    return lab_infer_diff(seq, end->first) >= -1 && lab_infer_diff(seq, end->nxt) <= REACH;
}

static bool acknowledgment_fits(const struct lab_infer_step *step, const struct lab_infer_end *end)
{
    const uint32_t ack = step->segment.ack.raw;

    if (!lab_infer_flag(step, TCP_ACK) || (!end->numbered && !end->isn_known))
        return true;
    if (!end->numbered)
        return lab_infer_diff(ack, end->isn) >= 0;
    return lab_infer_diff(ack, end->first) >= 0 && lab_infer_diff(ack, end->nxt) <= REACH;
}

/* An end that was asked for a new incarnation and has not agreed says nothing in it but a reset. */
static bool may_speak(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    return in->end[step->from].numbered || in->from_middle || in->number == 1
           || lab_infer_flag(step, TCP_RST);
}

/* A reset for a SYN that met nobody has the number 0. */
static bool fits(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *sender = &in->end[step->from], *other = &in->end[1 - step->from];

    if (!may_speak(step, in) || !acknowledgment_fits(step, other))
        return false;
    return sequence_fits(step, sender)
           || (lab_infer_flag(step, TCP_RST) && lab_infer_flag(step, TCP_ACK)
               && step->segment.seq.raw == 0);
}

/* Its numbers lie among those that were used, not behind them. */
static bool lies_within(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *sender = &in->end[step->from], *other = &in->end[1 - step->from];

    if (!sender->numbered || lab_infer_diff(step->segment.seq.raw + step->len, sender->nxt) > 0
        || lab_infer_diff(step->segment.seq.raw, sender->first) < -1)
        return false;
    return !lab_infer_flag(step, TCP_ACK) || !other->numbered
           || (lab_infer_diff(step->segment.ack.raw, other->first) >= 0
               && lab_infer_diff(step->segment.ack.raw, other->nxt) <= 0);
}

/* By its timestamp it was sent before @in began. */
static bool is_older_than(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *end = &in->end[step->from];
    return end->timestamps && (step->segment.options.present & TCP_OPTION_TIMESTAMPS)
           && lab_infer_diff(step->segment.options.ts_value, end->ts_first) < 0;
}

/* The other end has said nothing in @in that could be acknowledged, unless the capture missed it.
 */
static bool acknowledges_nothing_of(const struct lab_infer_step *step,
                                    const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *other = &in->end[1 - step->from];
    return lab_infer_flag(step, TCP_ACK) && !other->numbered && !other->isn_known;
}

static struct lab_infer_incarnation *older_one(const struct lab_infer_step *step)
{
    for (unsigned n = step->track->newest; n > 1; n--) {
        struct lab_infer_incarnation *in = lab_infer_place_find(step->track, n - 1);
        if (in == NULL)
            break;
        if (lies_within(step, in))
            return in;
    }
    return NULL;
}

/* What resets exactly the end that stands there, whatever its sender has begun meanwhile. */
static struct lab_infer_incarnation *reset_exactly(const struct lab_infer_step *step)
{
    const unsigned to = 1 - step->from;
    struct lab_infer_incarnation *in = lab_infer_place_find(step->track, step->track->standing[to]);
    const bool exact = in != NULL && in->end[to].acks && in->end[to].acked == step->segment.seq.raw;

    return exact && lab_infer_flag(step, TCP_RST) && !lab_infer_flag(step, TCP_ACK) ? in : NULL;
}

static void place_other(struct lab_infer_step *step)
{
    struct lab_infer_incarnation *in = newest(step), *older;

    if (in == NULL) {
        begin(step);
        step->incarnation->from_middle = true;
        lab_infer_say_plainly(step, "the capture begins within this incarnation: its ISNs and"
                                    " what was before are not known");
        return;
    }
    older = reset_exactly(step);
    step->incarnation = older != NULL ? older : in;
    if (older != NULL
        || (fits(step, in) && !is_older_than(step, in) && !acknowledges_nothing_of(step, in)))
        return;
    older = older_one(step);
    if (older != NULL)
        step->incarnation = older;
    else if (!fits(step, in))
        lab_infer_say_plainly(step, "its numbers fit no incarnation that was seen");
}

void lab_infer_place(struct lab_infer_step *step)
{
    const bool syn = lab_infer_flag(step, TCP_SYN) && !lab_infer_flag(step, TCP_RST);

    if (!syn)
        place_other(step);
    else if (lab_infer_flag(step, TCP_ACK))
        place_syn_ack(step);
    else
        place_syn(step);
    if (!syn || lab_infer_flag(step, TCP_ACK))
        step->track->same_syn = LAB_NONE;
}
