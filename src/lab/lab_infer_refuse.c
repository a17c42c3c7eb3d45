/* lab_infer_refuse.c - SYNs and TIME-WAIT. */
#include "lab/lab_infer_refuse.h"

#include "lab/lab_infer_ends.h"
#include "lab/lab_infer_place.h"
#include "lab/lab_infer_say.h"

/* An answer that has not come for so long is not on its way: the first RTO (RFC 6298 section 2). */
#define ANSWER_MAX LULL_SEC(1)

/* What RFC 6191 section 2 says of a SYN, and the numbers it rests on. */
struct verdict {
    const char *rule;
    bool accepts;
    const char *what, *relation; /* "TSval", ">" */
    uint32_t left, right;
};

/* A SYN against the end that sent it in the incarnation before: what it last used. */
static struct verdict judge(const struct lab_event *syn, const struct lab_infer_end *old)
{
    const bool stamped = (syn->segment.options & TCP_OPTION_TIMESTAMPS) != 0;
    const int32_t newer = lab_infer_diff(syn->segment.ts_value, old->ts_value);
    const bool above = lab_infer_diff(syn->segment.seq, old->nxt) >= 0;
    const struct verdict by_time = {"IR-01",      true, "TSval", ">", syn->segment.ts_value,
                                    old->ts_value};
    struct verdict by_number = {"IR-06",          above,   "ISN", above ? ">=" : "<",
                                syn->segment.seq, old->nxt};

    if (stamped && !old->timestamps)
        return (struct verdict){"IR-05", true, "ISN", "beside", syn->segment.seq, old->nxt};
    if (!old->timestamps)
        return by_number;
    if (!stamped) {
        by_number.rule = "IR-04";
        return by_number;
    }
    if (newer > 0)
        return by_time;
    if (newer < 0)
        return (struct verdict){"IR-03", false, "TSval", "<", syn->segment.ts_value, old->ts_value};
    by_number.rule = above ? "IR-02" : "IR-03";
    return by_number;
}

static void say_verdict(struct text *why, const struct verdict *v)
{
    text_string(why, v->what);
    text_character(why, ' ');
    text_decimal(why, v->left);
    text_character(why, ' ');
    text_string(why, v->relation);
    text_character(why, ' ');
    text_decimal(why, v->right);
}

static const char *name_of(const struct lab_infer *infer, unsigned conversation, unsigned side)
{
    const struct lab_story *story = infer->story;
    return story->parties[story->conversations[conversation].party[side]].name;
}

/* How it was refused: "its SYN is answered by an ACK". */
static void refuse(struct lab_infer *infer, unsigned conversation, const char *how, lull_time at)
{
    struct lab_infer_track *track = &infer->tracks[conversation];
    const struct lab_event *syn = &infer->story->events[track->asking];
    const unsigned asks = infer->story->conversations[conversation].party[1] == syn->party ? 1 : 0;
    const struct lab_infer_incarnation *old =
        lab_infer_place_find(track, track->standing[1 - asks]);
    struct lab_event *event;
    struct verdict v;
    struct text why;

    track->refused = true;
    if (old == NULL || !old->end[asks].numbered || old->end[1 - asks].state != LAB_INFER_TIME_WAIT)
        return;
    v = judge(syn, &old->end[asks]);
    event = lab_story_add(infer->story, LAB_REFUSAL, at);
    if (event == NULL)
        return;
    event->conversation = (uint8_t)conversation;
    event->party = infer->story->conversations[conversation].party[1 - asks];
    event->incarnation = syn->incarnation;
    event->of = track->asking;
    lab_infer_ends_show(infer, event);
    lab_infer_say_field(event->what, sizeof event->what, how);
    lab_infer_say_field(event->rule, sizeof event->rule, v.rule);
    text_init(&why, event->why, sizeof event->why);
    text_string(&why, name_of(infer, conversation, 1 - asks));
    text_string(&why, " may keep #");
    text_decimal(&why, old->number);
    text_string(&why, " in TIME-WAIT: ");
    say_verdict(&why, &v);
    text_string(&why, v.accepts ? ", which RFC 6191 accepts: a stricter host, or another cause"
                                : ", which RFC 6191 does not accept");
}

/* --- what asks ------------------------------------------------------------------------------- */

static const struct lab_infer_end *waiting(struct lab_infer_step *step, unsigned side)
{
    const struct lab_infer_end *end = lab_infer_place_standing(step->track, side);
    const bool older = step->track->standing[side] < step->track->newest;
    return end != NULL && older && end->state == LAB_INFER_TIME_WAIT ? end : NULL;
}

static void ask(struct lab_infer_step *step)
{
    const struct lab_infer_end *end = waiting(step, 1 - step->from);
    struct text *why;

    step->track->asking = LAB_NONE;
    if (end == NULL || step->number == LAB_NONE)
        return;
    step->track->asking = step->number;
    step->track->refused = false;
    why = lab_infer_say(step);
    text_string(why, lab_infer_say_party(step, 1 - step->from));
    text_string(why, " may be in TIME-WAIT for ");
    lab_infer_say_seconds(why, end->until - step->at);
}

static void ask_again(struct lab_infer_step *step)
{
    const struct lab_event *syn = &step->infer->story->events[step->track->asking];

    if (step->track->refused || step->at - syn->at < ANSWER_MAX
        || waiting(step, 1 - step->from) == NULL)
        return;
    refuse(step->infer, step->event->conversation, "SYN without an answer", step->at);
}

/* A SYN-ACK within the wait. */
static void accept_it(struct lab_infer_step *step, const struct lab_infer_end *waited)
{
    const struct lab_infer_incarnation *before =
        lab_infer_place_find(step->track, step->incarnation->number - 1U);
    const struct lab_event *syn = &step->infer->story->events[step->track->asking];
    struct verdict v;
    struct text *why;

    step->track->asking = LAB_NONE;
    if (before == NULL || waited == NULL || !before->end[1 - step->from].numbered)
        return;
    v = judge(syn, &before->end[1 - step->from]);
    why = lab_infer_say(step);
    text_string(why,
                v.accepts ? "accepted, as RFC 6191 says: " : "accepted, and RFC 6191 would not: ");
    say_verdict(why, &v);
    if (!v.accepts)
        text_string(why, "; TIME-WAIT stood no longer, or another rule is used");
    lab_infer_say_rule(step, v.rule);
}

static bool asks(const struct lab_infer_step *step)
{
    return lab_infer_flag(step, TCP_SYN) && !lab_infer_flag(step, TCP_ACK | TCP_RST);
}

/* The SYN met an end that is not in TIME-WAIT (RFC 9293 section 3.5.1). */
static void say_half_open(struct lab_infer_step *step)
{
    const struct lab_infer_end *other = lab_infer_place_standing(step->track, 1 - step->from);

    if (other == NULL || other->state != LAB_INFER_SYN_SENT)
        return;
    lab_infer_say_plainly(step, "answers the SYN out of the older incarnation, which still stands"
                                " here");
    lab_infer_say_rule(step, "RFC 9293 3.5.1");
}

void lab_infer_refuse(struct lab_infer_step *step)
{
    struct lab_infer_track *track = step->track;
    const bool is_asked = track->asking != LAB_NONE;
    const bool old = step->incarnation->number < track->newest;

    if (asks(step) && step->begins)
        ask(step);
    else if (asks(step) && is_asked && step->event->repeats == track->asking)
        ask_again(step);
    else if (!old || lab_infer_flag(step, TCP_RST) || track->standing[step->from] == track->newest)
        return;
    else if (!is_asked)
        say_half_open(step);
    else if (!track->refused)
        refuse(step->infer, step->event->conversation, "SYN answered by an ACK", step->at);
}

void lab_infer_refuse_accept(struct lab_infer_step *step)
{
    if (step->track->asking == LAB_NONE || !lab_infer_flag(step, TCP_ACK)
        || !lab_infer_flag(step, TCP_SYN) || step->incarnation->number != step->track->newest)
        return;
    accept_it(step, waiting(step, step->from));
}

void lab_infer_refuse_end(struct lab_infer *infer, unsigned conversation)
{
    const struct lab_infer_track *track = &infer->tracks[conversation];
    const struct lab_event *syn;

    if (track->asking == LAB_NONE || track->refused)
        return;
    syn = &infer->story->events[track->asking];
    if (infer->now - syn->at >= ANSWER_MAX)
        refuse(infer, conversation, "SYN without an answer", infer->now);
}
