/* lab_infer_repeat.c - repetitions and losses.
 *
 * Where a segment was lost is seen in two ways: behind this point, when the same numbers pass
 * twice; before it, when numbers are left out and come later.  That the acknowledgment was lost and
 * not the segment shows when it had passed by then. */
#include "lab/lab_infer_repeat.h"

#include "lab/lab_infer_say.h"

/* Events that are looked through for the first sending. */
#define LOOK_BACK 65536

#define IP_ID 4 /* where the identification lies */

/* A round trip nobody measured is taken for so long.  A second sending within two, and what queues
 * may add, may have crossed the acknowledgment. */
#define RTT_GUESS LULL_MS(200)
#define QUEUES    LULL_MS(50)

/* Hops that ways of one moment may differ by. */
#define DETOUR 8

static uint32_t event_len(const struct lab_event *event)
{
    return event->segment.text_bytes + ((event->segment.flags & TCP_SYN) != 0)
           + ((event->segment.flags & TCP_FIN) != 0);
}

static bool is_ours(const struct lab_infer_step *step, const struct lab_event *event, unsigned side)
{
    const struct lab_story *story = step->infer->story;

    return event->kind == LAB_SEGMENT && event->conversation == step->event->conversation
           && event->incarnation == step->incarnation->number
           && event->party == story->conversations[event->conversation].party[side]
           && (event->segment.flags & TCP_RST) == 0;
}

static bool overlaps(const struct lab_infer_step *step, const struct lab_event *event)
{
    const uint32_t len = event_len(event), seq = event->segment.seq;

    return len > 0 && lab_infer_diff(seq, step->segment.seq.raw + step->len) < 0
           && lab_infer_diff(seq + len, step->segment.seq.raw) > 0;
}

/* Where the events of before the segment's own end. */
static uint32_t events_before(const struct lab_infer_step *step)
{
    return step->number != LAB_NONE ? step->number : step->infer->story->event_count;
}

/* The last sending before event @i of any of its octets, but for probes, which .what names;
 * LAB_NONE. */
static uint32_t sending_before(const struct lab_infer_step *step, uint32_t i)
{
    const struct lab_story *story = step->infer->story;

    for (unsigned looks = 0; i > 0 && looks < LOOK_BACK; looks++) {
        i--;
        if (is_ours(step, &story->events[i], step->from) && overlaps(step, &story->events[i])
            && story->events[i].what[0] == '\0')
            return i;
    }
    return LAB_NONE;
}

uint32_t lab_infer_repeat_sending(const struct lab_infer_step *step)
{
    const struct lab_story *story = step->infer->story;

    for (uint32_t i = events_before(step); i > 0; i--) {
        const struct lab_event *event = &story->events[i - 1];
        if (is_ours(step, event, step->from) && event->segment.seq == step->segment.seq.raw
            && event->segment.ack == step->segment.ack.raw
            && event->segment.flags == (step->segment.flags & 63)
            && event->segment.text_bytes == step->text_bytes
            && event->segment.ts_value == step->segment.options.ts_value)
            return i - 1;
    }
    return LAB_NONE;
}

/* --- again ----------------------------------------------------------------------------------- */

static void lose(struct lab_event *event)
{
    if (event->fate != LAB_FATE_UNKNOWN)
        return;
    event->fate = LAB_FATE_LOST;
    event->inferred |= LAB_INFERRED_FATE;
}

/* All of it had been acknowledged when it was sent again. */
static void blame_acknowledgment(struct lab_infer_step *step)
{
    const struct lab_infer_end *other = lab_infer_receiver(step);
    const struct lab_infer_incarnation *in = step->incarnation;
    const lull_duration rtt = in->rtt_known ? in->rtt : RTT_GUESS;
    struct lab_event *ack;
    struct text *why = lab_infer_say(step);

    if (other->ack_event == LAB_NONE) {
        text_string(why, "sent again though acknowledged");
        return;
    }
    ack = &step->infer->story->events[other->ack_event];
    if (step->at - ack->at < 2 * rtt + QUEUES) {
        text_string(why, "sent again though acknowledged: they may have crossed");
        return;
    }
    lose(ack);
    text_string(why, "sent again ");
    lab_infer_say_seconds(why, step->at - ack->at);
    text_string(why, " after its acknowledgment passed: that one was probably lost");
}

static bool was_acknowledged(const struct lab_infer_step *step)
{
    const struct lab_infer_end *other = lab_infer_receiver(step);
    return other->acks && lab_infer_diff(other->acked, step->segment.seq.raw + step->len) >= 0;
}

/* Identifications that grow tell the order of sending; 0 tells nothing (RFC 6864 section 4.1). */
static bool is_lower(uint16_t identification, uint16_t than)
{
    const uint16_t behind = (uint16_t)(than - identification);
    return identification != 0 && than != 0 && behind > 0 && behind < 64;
}

/* It passes after @other and was sent before it: the timestamp says so, or the identification. */
static bool was_sent_before(const struct lab_infer_step *step, const struct lab_event *other)
{
    const struct span packet = lab_story_packet(step->infer->story, other);

    if (step->segment.options.present & other->segment.options & TCP_OPTION_TIMESTAMPS)
        return lab_infer_diff(step->segment.options.ts_value, other->segment.ts_value) < 0;
    return packet.len > IP_ID + 1 && is_lower(step->identification, load_be16(packet.data + IP_ID));
}

/* A sending that took a longer way than its own repetition, @other. */
static void arrive_late(struct lab_infer_step *step, const struct lab_event *other)
{
    struct text *why = lab_infer_say(step);

    text_string(why, "a late one: the same numbers passed ");
    lab_infer_say_seconds(why, step->at - other->at);
    text_string(why, " ago, and were sent after it, as the ");
    text_string(why,
                other->segment.options & TCP_OPTION_TIMESTAMPS ? "timestamp" : "IP identification");
    text_string(why, " says");
}

/* The first sending of what @last sent; what came late or astray was none. */
static uint32_t first_of(const struct lab_infer_step *step, uint32_t last)
{
    const struct lab_event *events = step->infer->story->events;
    uint32_t earlier;

    if (events[last].repeats != LAB_NONE || !(events[last].inferred & LAB_INFERRED_REPETITION))
        return events[last].repeats != LAB_NONE ? events[last].repeats : last;
    earlier = sending_before(step, last);
    if (earlier == LAB_NONE)
        return last;
    return events[earlier].repeats != LAB_NONE ? events[earlier].repeats : earlier;
}

/* Who sends again does so over the way that is used then; an old one that went astray has come over
 * more hops than its repetition.  Both are doubtful where timestamps do not decide. */
static bool went_astray(const struct lab_infer_step *step, const struct lab_event *other)
{
    return !(step->segment.options.present & other->segment.options & TCP_OPTION_TIMESTAMPS)
           && step->event->segment.hops + DETOUR < other->segment.hops;
}

static void come_astray(struct lab_infer_step *step, const struct lab_event *other)
{
    struct text *why = lab_infer_say(step);

    text_string(why, "the same numbers passed ");
    lab_infer_say_seconds(why, step->at - other->at);
    text_string(why, " ago, with ");
    text_decimal(why, other->segment.hops - step->event->segment.hops);
    text_string(why, " hops more left: this one has probably gone astray");
}

static void send_again(struct lab_infer_step *step)
{
    struct lab_story *story = step->infer->story;
    const uint32_t last = sending_before(step, events_before(step));
    struct lab_event *before;
    struct text *why;

    step->event->inferred |= LAB_INFERRED_REPETITION;
    if (last == LAB_NONE) {
        lab_infer_say_plainly(step, "numbers sent before; that sending is too far back to name");
        return;
    }
    before = &story->events[last];
    if (was_sent_before(step, before)) {
        arrive_late(step, before);
        return;
    }
    if (went_astray(step, before)) {
        come_astray(step, before);
        return;
    }
    step->event->repeats = first_of(step, last);
    if (was_acknowledged(step)) {
        blame_acknowledgment(step);
        return;
    }
    lose(before);
    why = lab_infer_say(step);
    text_string(why, "sent again after ");
    lab_infer_say_seconds(why, step->at - before->at);
    if (before->fate == LAB_FATE_ARRIVED) {
        text_string(why, ", though a SACK had told of it");
        return;
    }
    text_string(why, ", and nothing had acknowledged it: it, or the answer, was probably lost");
}

/* --- gaps ------------------------------------------------------------------------------------ */

static void open_gap(struct lab_infer_step *step, struct lab_infer_end *end)
{
    struct text *why;

    if (end->gap)
        return;
    end->gap = true;
    end->gap_start = end->nxt;
    end->gap_end = step->segment.seq.raw;
    end->gap_at = step->at;
    end->gap_id = step->identification;
    why = lab_infer_say(step);
    text_string(why, "numbers ");
    lab_infer_say_number(why, end, end->gap_start);
    text_string(why, " to ");
    lab_infer_say_number(why, end, end->gap_end - 1);
    text_string(why, " have not passed here: lost, overtaken, or missed by the capture");
}

static bool fills_gap(const struct lab_infer_step *step, const struct lab_infer_end *end)
{
    const uint32_t seq = step->segment.seq.raw;

    return end->gap && lab_infer_diff(seq, end->gap_end) < 0
           && lab_infer_diff(seq + step->len, end->gap_start) > 0;
}

static void fill_gap(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const uint32_t seq = step->segment.seq.raw, behind = seq + step->len;
    struct text *why = lab_infer_say(step);

    if (is_lower(step->identification, end->gap_id)) {
        text_string(why, "overtaken: its IP identification is below that of the segment that"
                         " passed before it");
    } else {
        text_string(why, "fills the gap ");
        lab_infer_say_when(why, step->infer, end->gap_at);
        text_string(why, ": a first sending was probably lost before this point");
    }
    step->event->inferred |= LAB_INFERRED_REPETITION;
    if (lab_infer_diff(seq, end->gap_start) <= 0)
        end->gap_start = behind;
    else if (lab_infer_diff(behind, end->gap_end) >= 0)
        end->gap_end = seq;
    end->gap = lab_infer_diff(end->gap_start, end->gap_end) < 0;
}

/* --- probes ---------------------------------------------------------------------------------- */

/* RFC 9293 section 3.8.4: a number below SND.NXT, with one octet or none. */
static bool is_keepalive(const struct lab_infer_step *step, const struct lab_infer_end *end)
{
    return step->text_bytes <= 1 && !lab_infer_flag(step, TCP_SYN | TCP_FIN)
           && step->segment.seq.raw == end->nxt - 1 && !end->fin_sent
           && lab_infer_receiver(step)->acks && lab_infer_receiver(step)->acked == end->nxt;
}

/* RFC 9293 section 3.8.6.1 */
static bool is_window_probe(const struct lab_infer_step *step)
{
    const struct lab_infer_end *other = lab_infer_receiver(step);
    return other->acks && other->wnd == 0 && step->text_bytes <= 1
           && !lab_infer_flag(step, TCP_SYN | TCP_FIN)
           && lab_infer_diff(step->segment.seq.raw, other->acked) <= 0
           && lab_infer_diff(step->segment.seq.raw, other->acked) >= -1;
}

static bool is_probe(struct lab_infer_step *step, const struct lab_infer_end *end)
{
    if (step->text_bytes == 0 && step->segment.seq.raw != end->nxt - 1)
        return false;
    if (is_window_probe(step)) {
        lab_infer_say_field(step->event->what, sizeof step->event->what, "window probe");
        lab_infer_say_plainly(step, "the other's window was last 0, and this asks whether it is"
                                    " open");
        lab_infer_say_rule(step, "RFC 9293 3.8.6");
        return true;
    }
    if (!is_keepalive(step, end))
        return false;
    lab_infer_say_field(step->event->what, sizeof step->event->what, "keep-alive");
    lab_infer_say_plainly(step, "the number before SND.NXT, all of which was acknowledged: a"
                                " keep-alive");
    lab_infer_say_rule(step, "RFC 9293 3.8.4");
    return true;
}

void lab_infer_repeat_compare(struct lab_infer_step *step)
{
    struct lab_infer_end *end = lab_infer_sender(step);
    const int32_t ahead = lab_infer_diff(step->segment.seq.raw, end->nxt);

    if (!end->numbered || lab_infer_flag(step, TCP_RST))
        return;
    if (is_probe(step, end))
        return;
    if (ahead > 0)
        open_gap(step, end);
    else if (step->len > 0 && fills_gap(step, end))
        fill_gap(step, end);
    else if (step->len > 0 && ahead < 0)
        send_again(step);
}

/* --- fates ----------------------------------------------------------------------------------- */

static void arrive(struct lab_event *event)
{
    if (event->fate != LAB_FATE_UNKNOWN)
        return;
    event->fate = LAB_FATE_ARRIVED;
    event->arrived_at = event->at;
    event->inferred |= LAB_INFERRED_FATE;
}

/* Its events up to @acked have arrived, but for those that were given up. */
static void settle(const struct lab_infer_step *step, struct lab_infer_end *other, uint32_t acked)
{
    struct lab_story *story = step->infer->story;

    for (; other->settled < story->event_count; other->settled++) {
        struct lab_event *event = &story->events[other->settled];
        if (!is_ours(step, event, 1 - step->from) || event_len(event) == 0)
            continue;
        if (lab_infer_diff(event->segment.seq + event_len(event), acked) > 0)
            return;
        arrive(event);
    }
}

/* Those in a block of a SACK have too (RFC 2018 section 3). */
static void settle_block(const struct lab_infer_step *step, const struct range *block)
{
    struct lab_story *story = step->infer->story;

    for (uint32_t i = lab_infer_receiver(step)->settled; i < story->event_count; i++) {
        struct lab_event *event = &story->events[i];
        if (is_ours(step, event, 1 - step->from) && event_len(event) > 0
            && lab_infer_diff(event->segment.seq, block->start.raw) >= 0
            && lab_infer_diff(event->segment.seq + event_len(event), block->end.raw) <= 0)
            arrive(event);
    }
}

/* What never passed here was acknowledged. */
static void miss(struct lab_infer_step *step, struct lab_infer_end *other)
{
    step->infer->missed++;
    other->gap = false;
    lab_infer_say_plainly(step, "acknowledges what never passed here: the capture has missed"
                                " packets");
}

static bool is_beyond(const struct lab_infer_step *step, const struct lab_infer_end *other)
{
    return other->numbered && lab_infer_diff(step->segment.ack.raw, other->nxt) > 0;
}

void lab_infer_repeat_settle(struct lab_infer_step *step)
{
    struct lab_infer_end *end = lab_infer_sender(step), *other = lab_infer_receiver(step);
    const uint32_t ack = step->segment.ack.raw;
    const bool is_first = !end->acks;

    if (!lab_infer_flag(step, TCP_ACK) || lab_infer_flag(step, TCP_RST))
        return;
    if (is_beyond(step, other)) {
        lab_infer_say_plainly(step,
                              "acknowledges more than was seen: not acceptable, or the capture"
                              " has missed packets");
        return;
    }
    if (!is_first && lab_infer_diff(ack, end->acked) < 0)
        return;
    end->acks = true;
    end->acked = ack;
    if (step->number != LAB_NONE)
        end->ack_event = step->number;
    if (other->gap && lab_infer_diff(ack, other->gap_start) > 0)
        miss(step, other);
    settle(step, other, ack);
    for (unsigned i = 0; i < step->segment.options.sack_count; i++)
        settle_block(step, &step->segment.options.sack[i]);
}
