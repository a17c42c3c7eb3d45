/* lab_infer.c - packets in, events out: who talks, and the order of the inferences. */
#include "lab/lab_infer.h"

#include <string.h>

#include "base/address.h"
#include "lab/lab_infer_double.h"
#include "lab/lab_infer_ends.h"
#include "lab/lab_infer_icmp.h"
#include "lab/lab_infer_party.h"
#include "lab/lab_infer_place.h"
#include "lab/lab_infer_refuse.h"
#include "lab/lab_infer_repeat.h"
#include "lab/lab_infer_say.h"
#include "lab/lab_infer_step.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define HEADER_FLAGS 63 /* that struct lab_segment has */

void lab_infer_init(struct lab_infer *infer, struct lab_story *story)
{
    memset(infer, 0, sizeof *infer);
    infer->story = story;
    infer->earliest = LULL_TIME_NEVER;
    story->captured = true;
    story->late_after = LULL_SEC(1);
    if (story->msl == 0)
        story->msl = LAB_INFER_MSL_DEFAULT;
}

void lab_infer_ignore(struct lab_infer *infer)
{
    infer->ignored++;
}

void lab_infer_on(struct lab_infer *infer, uint32_t interface)
{
    infer->interface = interface;
}

/* --- reading --------------------------------------------------------------------------------- */

/* Of a header whose options were cut off, the fixed part counts.  False: not even that is there. */
static bool read_tcp(struct span payload, struct tcp_segment *segment, uint32_t *header_bytes)
{
    uint8_t fixed[TCP_HEADER_BYTES];

    if (payload.len < TCP_HEADER_BYTES || payload.data[12] >> 4 < TCP_HEADER_BYTES / 4)
        return false;
    *header_bytes = (uint32_t)(payload.data[12] >> 4) * 4;
    if (tcp_header_parse(payload, segment))
        return true;
    memcpy(fixed, payload.data, sizeof fixed);
    fixed[12] = TCP_HEADER_BYTES / 4 << 4;
    const bool read = tcp_header_parse((struct span){fixed, sizeof fixed}, segment);
    segment->text = (struct span){0};
    return read;
}

static void describe(struct lab_infer_step *step, const struct ipv4_header *ip)
{
    const struct tcp_segment *segment = &step->segment;

    step->event->segment = (struct lab_segment){
        .seq = segment->seq.raw,
        .ack = segment->ack.raw,
        .wnd = segment->wnd,
        .text_bytes = step->text_bytes,
        .ts_value = segment->options.ts_value,
        .ts_echo = segment->options.ts_echo,
        .flags = segment->flags & HEADER_FLAGS,
        .options = segment->options.present,
        .hops = ip->ttl,
    };
}

/* --- one segment ----------------------------------------------------------------------------- */

/* An event for the segment, or the spare one. */
static void open_event(struct lab_infer_step *step, unsigned conversation, struct span packet)
{
    struct lab_infer *infer = step->infer;
    struct lab_story *story = infer->story;
    struct lab_event *event = lab_story_add(story, LAB_SEGMENT, step->at);

    step->number = event != NULL ? lab_story_number(story, event) : LAB_NONE;
    if (event == NULL) {
        event = &infer->spare;
        *event = (struct lab_event){
            .at = step->at, .repeats = LAB_NONE, .of = LAB_NONE, .arrived_at = LULL_TIME_NEVER};
    } else {
        lab_story_keep_packet(story, event, packet);
    }
    event->conversation = (uint8_t)conversation;
    event->party = story->conversations[conversation].party[step->from];
    text_init(&step->why, event->why, sizeof event->why);
    step->event = event;
}

/* Everybody it could reach has begun a later incarnation, or more is known of it than that. */
static bool is_stray(const struct lab_infer_step *step)
{
    const unsigned number = step->incarnation->number;
    return step->stray || (number < step->track->standing[0] && number < step->track->standing[1]);
}

static bool in_window(const struct lab_infer_step *step, const struct lab_infer_incarnation *in)
{
    const struct lab_infer_end *end = &in->end[1 - step->from], *other = &in->end[step->from];
    const unsigned shift = end->scales && other->scales ? end->shift : 0;

    return end->acks && end->syn_sent && step->len > 0
           && lab_infer_diff(step->segment.seq.raw + step->len, end->acked) > 0
           && lab_infer_diff(step->segment.seq.raw, end->acked + (end->wnd << shift)) < 0;
}

/* A segment of an incarnation that neither end stands in any more. */
static void tell_stray(struct lab_infer_step *step)
{
    const struct lab_story *story = step->infer->story;
    struct lab_infer_track *track = step->track;
    const uint32_t sending = lab_infer_repeat_sending(step);
    const struct lab_infer_incarnation *now = lab_infer_place_find(track, track->newest);
    struct text *why;

    if (!step->stray) {
        why = lab_infer_say(step);
        text_string(why, "its numbers are those of #");
        text_decimal(why, step->incarnation->number);
        text_string(why, ", and #");
        text_decimal(why, track->newest);
        text_string(why, " stands here now");
        if (now != NULL && in_window(step, now))
            text_string(why, ", in whose window they lie: it may be taken for new");
    }
    lab_infer_say_rule(step, "RFC 9293 3.4.3");
    step->event->inferred |= LAB_INFERRED_INCARNATION;
    if (sending == LAB_NONE)
        return;
    why = lab_infer_say(step);
    text_string(why, "it passed before, ");
    lab_infer_say_seconds(why, step->at - story->events[sending].at);
    text_string(why, " ago");
    step->event->kind = LAB_ARRIVAL;
    step->event->of = sending;
    step->event->party = story->conversations[step->event->conversation].party[1 - step->from];
    step->event->is_double = true;
    step->event->inferred |= LAB_INFERRED_REPETITION;
}

/* What becomes of an end that was asked, when it was not seen to close. */
static void say_not_closed(struct lab_infer_step *step)
{
    const unsigned other = 1 - step->from;
    const struct lab_infer_end *end = lab_infer_place_standing(step->track, other);
    struct text *why;

    if (!step->begins || end == NULL || step->track->standing[other] == step->track->newest
        || end->state == LAB_INFER_CLOSED || end->state == LAB_INFER_TIME_WAIT
        || end->state == LAB_INFER_UNKNOWN)
        return;
    why = lab_infer_say(step);
    text_string(why, "#");
    text_decimal(why, step->track->standing[other]);
    text_string(why, " was not seen to end at ");
    text_string(why, lab_infer_say_party(step, other));
    lab_infer_say_rule(step, "RFC 9293 3.5.1");
}

static void infer_all(struct lab_infer_step *step)
{
    lab_infer_place(step);
    step->event->incarnation = step->incarnation->number;
    if (step->incarnation->number > 1 || step->incarnation->from_middle)
        step->event->inferred |= LAB_INFERRED_INCARNATION;
    if (is_stray(step)) {
        tell_stray(step);
        lab_infer_ends_show(step->infer, step->event);
        return;
    }
    say_not_closed(step);
    lab_infer_repeat_compare(step);
    lab_infer_refuse_accept(step);
    lab_infer_ends_move(step);
    lab_infer_ends_count(step);
    lab_infer_repeat_settle(step);
    lab_infer_ends_show(step->infer, step->event);
    lab_infer_refuse(step);
}

/* --- doubles --------------------------------------------------------------------------------- */

/* The double arrives; the packet it was made of is the sending. */
static void tell_double(struct lab_infer *infer, uint32_t first, const struct ipv4_header *ip)
{
    struct lab_story *story = infer->story;
    struct lab_event *event = lab_story_add(story, LAB_ARRIVAL, infer->now), *sending;
    const struct lab_conversation *c;
    struct text why;

    if (event == NULL)
        return;
    sending = &story->events[first];
    c = &story->conversations[sending->conversation];
    event->conversation = sending->conversation;
    event->party = c->party[lab_story_side(story, sending) == 0];
    event->incarnation = sending->incarnation;
    event->segment = sending->segment;
    event->segment.hops = ip->ttl;
    event->of = first;
    event->is_double = true;
    event->inferred = LAB_INFERRED_REPETITION;
    lab_infer_ends_show(infer, event);
    text_init(&why, event->why, sizeof event->why);
    text_string(&why, "the same packet, IP identification ");
    text_decimal(&why, ip->identification);
    text_string(&why, " too, ");
    lab_infer_say_seconds(&why, infer->now - sending->at);
    text_string(&why, " later");
    if (ip->ttl < sending->segment.hops) {
        text_string(&why, ", with ");
        text_decimal(&why, sending->segment.hops - ip->ttl);
        text_string(&why, " hops fewer left: it goes round");
        return;
    }
    text_string(&why, ": doubled on the way");
}

static bool is_double(struct lab_infer *infer, struct span packet, const struct ipv4_header *ip)
{
    uint32_t first = LAB_NONE;

    switch (lab_infer_double_find(infer, packet, &first)) {
    case LAB_INFER_ELSEWHERE: infer->seen_twice++; return true;
    case LAB_INFER_NETWORK_MADE:
        infer->doubles++;
        if (first != LAB_NONE)
            tell_double(infer, first, ip);
        return true;
    default: return false;
    }
}

/* --- packets --------------------------------------------------------------------------------- */

static void take_tcp(struct lab_infer *infer, const struct ipv4_header *ip, struct span packet)
{
    const struct span payload = {packet.data + ip->header_bytes, packet.len - ip->header_bytes};
    struct lab_infer_step step = {.infer = infer, .at = infer->now};
    uint32_t header_bytes;
    unsigned conversation;

    if (!read_tcp(payload, &step.segment, &header_bytes)
        || ip->header_bytes + header_bytes > ip->total_bytes) {
        infer->broken++;
        return;
    }
    step.text_bytes = ip->total_bytes - ip->header_bytes - header_bytes;
    step.len = step.text_bytes + lab_infer_flag(&step, TCP_SYN) + lab_infer_flag(&step, TCP_FIN);
    step.identification = ip->identification;
    conversation = lab_infer_party_conversation(infer, ip, &step.segment, &step.from);
    if (conversation == LAB_CONVERSATIONS_MAX) {
        infer->left_out++;
        return;
    }
    infer->cut += packet.len < ip->total_bytes;
    if (is_double(infer, packet, ip))
        return;
    step.track = &infer->tracks[conversation];
    open_event(&step, conversation, packet);
    describe(&step, ip);
    infer_all(&step);
    lab_infer_double_keep(infer, packet, step.number);
}

/* Captures of several interfaces are not always in order; stories are. */
static void pass_time(struct lab_infer *infer, lull_time at)
{
    if (infer->packets == 0) {
        infer->story->start = at;
        infer->now = at;
    }
    if (at < infer->now)
        infer->turned_back++;
    else
        infer->now = at;
    infer->packets++;
    lab_infer_ends_expire(infer, infer->now);
}

void lab_infer_packet(struct lab_infer *infer, struct span packet, lull_time at)
{
    struct ipv4_header ip;
    struct span payload;
    const enum ipv4_refusal refusal = ipv4_parse_quoted(packet, &ip, &payload);

    pass_time(infer, at);
    if (refusal == IPV4_VERSION
        || (refusal == IPV4_OK && ip.protocol != IPV4_TCP && ip.protocol != IPV4_ICMP)) {
        infer->ignored++;
    } else if (refusal != IPV4_OK) {
        infer->broken++;
    } else if (ipv4_is_fragment(&ip)) {
        infer->fragments++;
    } else {
        packet.len = packet.len < ip.total_bytes ? packet.len : ip.total_bytes;
        if (ip.protocol == IPV4_TCP)
            take_tcp(infer, &ip, packet);
        else if (!lab_infer_icmp(infer, &ip, payload))
            infer->ignored++;
    }
}

/* --- the end --------------------------------------------------------------------------------- */

static void count_into(struct text *t, uint32_t count, const char *what)
{
    if (count == 0)
        return;
    if (text_length(t) > 0)
        text_string(t, ", ");
    text_decimal(t, count);
    text_character(t, ' ');
    text_string(t, what);
}

static void add_note(struct lab_infer *infer, const char *what, const char *why)
{
    struct lab_event *note;

    if (why[0] == '\0')
        return;
    note = lab_story_add(infer->story, LAB_NOTE, infer->now);
    if (note == NULL)
        return;
    lab_infer_say_field(note->what, sizeof note->what, what);
    lab_infer_say_field(note->why, sizeof note->why, why);
}

static void note_left_out(struct lab_infer *infer)
{
    char why[160];
    struct text t;

    text_init(&t, why, sizeof why);
    count_into(&t, infer->ignored, "not of TCP over IPv4");
    count_into(&t, infer->fragments, "fragments");
    count_into(&t, infer->broken, "with headers cut or broken");
    count_into(&t, infer->left_out, "of conversations beyond the limit");
    count_into(&t, infer->seen_twice, "seen on a second interface");
    add_note(infer, "packets that are not drawn", why);
}

static void note_flaws(struct lab_infer *infer)
{
    char why[160];
    struct text t;

    text_init(&t, why, sizeof why);
    count_into(&t, infer->missed, "acknowledgments of what never passed: packets were missed");
    count_into(&t, infer->turned_back, "packets older than the one before");
    count_into(&t, infer->cut, "packets kept in part");
    add_note(infer, "flaws of the capture", why);
}

static void write_verdict(struct lab_infer *infer)
{
    struct lab_story *story = infer->story;
    struct text t;

    text_init(&t, story->verdict, sizeof story->verdict);
    text_string(&t,
                "captured at one point: states, fates and timers are inferred, with an MSL of ");
    text_decimal(&t, (uint64_t)(story->msl / LULL_SEC(1)));
    text_string(&t, " s; times are those of passing here");
}

void lab_infer_end(struct lab_infer *infer)
{
    for (unsigned i = 0; i < infer->story->conversation_count; i++)
        lab_infer_refuse_end(infer, i);
    note_left_out(infer);
    note_flaws(infer);
    write_verdict(infer);
}
