/* lab_pcapng.c - sendings stand in order in a story, arrivals do not: each is looked for when its
 * time has come, no further back than the longest journey can reach.
 *
 * Sorting was rejected, because there is no memory to sort in, and so was writing arrivals behind
 * their sendings: readers show packets in the order of the file. */
#include "lab/lab_pcapng.h"

#include <string.h>

#include "base/text.h"
#include "lab/lab_look.h"
#include "lab/lab_words.h"
#include "wire/pcapng.h"

#define COMMENT_BYTES 4096
#define BLOCK_BYTES   (65536 + COMMENT_BYTES + 256)

struct writer {
    const struct lab_story *story;
    const struct lab_out *out;
    lull_duration longest;   /* journey of a segment that has no arrival of its own */
    lull_time arrived_until; /* arrivals up to here are written ... */
    uint32_t arrived_number; /* ... and those at that instant up to this event */
    const char *state[LAB_CONVERSATIONS_MAX][2]; /* last told; NULL: nothing */

    /* The packet that is to be written when it is known what follows it. */
    struct pcapng_packet pending;
    bool has_pending;
    char comment[COMMENT_BYTES];
    struct text text;
    uint8_t block[BLOCK_BYTES];
};

static void flush(struct writer *w)
{
    if (!w->has_pending)
        return;
    w->pending.comment = w->comment[0] == '\0' ? NULL : w->comment;
    const size_t bytes = pcapng_packet(&w->pending, w->block, sizeof w->block);
    lab_out_bytes(w->out, (const char *)w->block, bytes);
    w->has_pending = false;
    text_init(&w->text, w->comment, sizeof w->comment);
}

static void separate(struct text *t, const char *between)
{
    if (text_length(t) > 0)
        text_string(t, between);
}

/* " [TT-01]: because" */
static void put_reason(struct text *t, const struct lab_event *event)
{
    if (event->rule[0] != '\0') {
        text_string(t, " [");
        text_string(t, event->rule);
        text_character(t, ']');
    }
    if (event->why[0] != '\0') {
        text_string(t, ": ");
        text_string(t, event->why);
    }
}

static bool is_same(const char *a, const char *b)
{
    const size_t length = strlen(a);
    return strlen(b) == length && memcmp(a, b, length) == 0;
}

/* "LAST-ACK -> CLOSED", or the state alone where it stays the same. */
static void put_state(struct writer *w, const struct lab_event *event, unsigned side)
{
    const struct lab_side *s = &event->side[side];
    const char **seen = &w->state[event->conversation][side];
    struct text *t = &w->text;

    if (s->state == NULL)
        return;
    if (*seen != NULL && !is_same(*seen, s->state)) {
        text_string(t, *seen);
        text_string(t, " -> ");
    }
    *seen = s->state;
    text_string(t, s->state);
    if (s->timer == LULL_TIMER_TIMEWAIT && s->until != LULL_TIME_NEVER) {
        text_string(t, ", expires in ");
        lab_words_seconds(t, s->until - lab_look_instant(w->story, event, side));
        text_string(t, s->restarts > 0 ? " s, started again" : " s");
    }
    if (lab_words_is_doubtful(event, side))
        text_string(t, " (possible)");
}

/* Of what happened without a packet: the ends whose state it changed. */
static void put_changes(struct writer *w, const struct lab_event *event)
{
    if (!lab_look_has_conversation(w->story, event))
        return;
    for (unsigned side = 0; side < 2; side++) {
        const char *now = event->side[side].state, *seen = w->state[event->conversation][side];
        if (now == NULL || (seen != NULL && is_same(now, seen)))
            continue;
        text_string(&w->text, ", ");
        text_string(
            &w->text,
            lab_look_party(w->story, w->story->conversations[event->conversation].party[side]));
        text_character(&w->text, ' ');
        put_state(w, event, side);
    }
}

static void put_phrase(struct writer *w,
                       void (*write)(struct text *, const struct lab_story *,
                                     const struct lab_event *),
                       const struct lab_event *event)
{
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    write(&t, w->story, event);
    if (words[0] == '\0')
        return;
    separate(&w->text, "; ");
    text_string(&w->text, words);
}

/* Which conversation's incarnation, if there is a choice. */
static void put_incarnation(struct writer *w, const struct lab_event *event)
{
    if (w->story->conversations[event->conversation].incarnations < 2)
        return;
    separate(&w->text, "; ");
    text_string(&w->text, "of incarnation ");
    text_decimal(&w->text, event->incarnation);
    if (lab_look_is_old(w->story, event)) {
        text_string(&w->text, ", and reaches incarnation ");
        text_decimal(&w->text, event->side[1 - lab_look_from(w->story, event)].incarnation);
    }
}

static void begin_packet(struct writer *w, const struct lab_event *event, lull_time at,
                         enum pcapng_direction direction)
{
    const struct span packet = lab_story_packet(w->story, event);
    const struct lab_story *story = w->story;
    unsigned party = event->party;

    if (w->has_pending)
        flush(w);
    if (event->kind == LAB_SEGMENT && direction == PCAPNG_INBOUND)
        party = story->conversations[event->conversation].party[1 - lab_story_side(story, event)];
    w->has_pending = true;
    w->pending = (struct pcapng_packet){
        .at = at < 0 ? 0 : at,
        .interface = party < story->party_count ? party : 0,
        .original_bytes = (uint32_t)packet.len,
        .direction = direction,
        .data = packet,
    };
    separate(&w->text, "\n");
}

/* Its arrival is a packet that no event of its own tells of. */
static bool arrives_unannounced(const struct lab_story *story, const struct lab_event *event)
{
    return event->kind == LAB_SEGMENT && event->frame_bytes > 0 && !story->captured
           && lab_look_has_conversation(story, event) && event->arrived_at != LULL_TIME_NEVER
           && lab_look_arrival(story, event) == NULL;
}

/* What does not arrive, or has an event of its own for that, has its reason where it was sent.  A
 * captured packet passed one point, and stands there once. */
static void put_sending(struct writer *w, const struct lab_event *event)
{
    const bool is_told_with_arrival = arrives_unannounced(w->story, event);
    const char *fate = lab_words_fate(event->fate);

    begin_packet(w, event, event->at, PCAPNG_OUTBOUND);
    if (event->kind == LAB_ICMP || !lab_look_has_conversation(w->story, event)) {
        text_string(&w->text, event->what); /* who says it stands in no state */
        put_reason(&w->text, event);
        return;
    }
    put_state(w, event, lab_look_from(w->story, event));
    if (w->story->captured)
        put_changes(w, event);
    if (fate[0] != '\0') {
        separate(&w->text, "; ");
        text_string(&w->text, fate);
        text_string(&w->text, event->inferred & LAB_INFERRED_FATE ? " (inferred)" : "");
    }
    put_incarnation(w, event);
    put_phrase(w, lab_words_repetition, event);
    put_phrase(w, lab_words_journey, event);
    if (!is_told_with_arrival)
        put_reason(&w->text, event);
}

static void put_arrival(struct writer *w, const struct lab_event *event)
{
    const lull_time at = event->kind == LAB_ARRIVAL ? event->at : event->arrived_at;

    begin_packet(w, event, at, PCAPNG_INBOUND);
    if (!lab_look_has_conversation(w->story, event))
        return;
    put_state(w, event, 1 - lab_look_from(w->story, event));
    if (event->fate == LAB_FATE_DAMAGED) {
        separate(&w->text, "; ");
        text_string(&w->text,
                    "arrives damaged, and is dropped: these are the bytes that were sent");
    }
    put_incarnation(w, event);
    if (event->kind == LAB_ARRIVAL)
        put_phrase(w, lab_words_journey, event);
    put_reason(&w->text, event);
}

/* The next arrival up to @until that has not been written; NULL: there is none.  @end: the number
 * of the first event that has not been sent. */
static const struct lab_event *next_arrival(const struct writer *w, lull_time until, uint32_t end)
{
    const struct lab_event *best = NULL;

    for (uint32_t i = end; i-- > 0;) {
        const struct lab_event *e = &w->story->events[i];
        if (e->at < w->arrived_until - w->longest)
            break;
        if (e->arrived_at > until || e->arrived_at < w->arrived_until
            || (e->arrived_at == w->arrived_until && i <= w->arrived_number
                && w->arrived_number != LAB_NONE))
            continue;
        if ((best == NULL || e->arrived_at <= best->arrived_at) && arrives_unannounced(w->story, e))
            best = e;
    }
    return best;
}

static void put_arrivals(struct writer *w, lull_time until, uint32_t end)
{
    const struct lab_event *event = next_arrival(w, until, end);

    while (event != NULL) {
        w->arrived_until = event->arrived_at;
        w->arrived_number = lab_story_number(w->story, event);
        put_arrival(w, event);
        event = next_arrival(w, until, end);
    }
    if (end > 0) {
        w->arrived_until = until;
        w->arrived_number = end - 1;
    }
}

/* "at 62.150 C: TIME-WAIT left: expired, C TIME-WAIT -> CLOSED [TT-07]: because" */
static void put_other(struct writer *w, const struct lab_event *event)
{
    struct text *t = &w->text;

    separate(t, "\n");
    text_string(t, "at ");
    lab_words_seconds(t, event->at - w->story->start);
    if (event->kind == LAB_VIOLATION)
        text_string(t, " VIOLATION at");
    if (event->kind == LAB_REFUSAL)
        text_string(t, " REFUSED at");
    if (event->kind != LAB_NETWORK && event->kind != LAB_NOTE) {
        text_character(t, ' ');
        text_string(t, lab_look_party(w->story, event->party));
        text_character(t, ':');
    }
    if (event->what[0] != '\0')
        text_character(t, ' ');
    text_string(t, event->what);
    put_changes(w, event);
    put_reason(t, event);
}

static void put_header(struct writer *w)
{
    lab_out_bytes(w->out, (const char *)w->block, pcapng_section(w->block, sizeof w->block));
    for (unsigned i = 0; i < w->story->party_count || i == 0; i++) {
        const struct pcapng_interface interface = {
            .link_type = PCAPNG_IPV4,
            .name = lab_look_party(w->story, i),
        };
        lab_out_bytes(w->out, (const char *)w->block,
                      pcapng_interface(&interface, w->block, sizeof w->block));
    }
}

static void measure_journeys(struct writer *w)
{
    for (uint32_t i = 0; i < w->story->event_count; i++) {
        const struct lab_event *e = &w->story->events[i];
        if (e->arrived_at != LULL_TIME_NEVER && e->arrived_at - e->at > w->longest
            && arrives_unannounced(w->story, e))
            w->longest = e->arrived_at - e->at;
    }
}

void lab_pcapng(const struct lab_story *story, const struct lab_out *out)
{
    struct writer w = {.story = story, .out = out, .arrived_number = LAB_NONE};

    text_init(&w.text, w.comment, sizeof w.comment);
    w.arrived_until = story->event_count > 0 ? story->events[0].at : 0;
    measure_journeys(&w);
    put_header(&w);
    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct lab_event *event = &story->events[i];
        put_arrivals(&w, event->at, i);
        if (event->frame_bytes == 0)
            put_other(&w, event);
        else if (event->kind == LAB_ARRIVAL)
            put_arrival(&w, event);
        else
            put_sending(&w, event);
    }
    put_arrivals(&w, LULL_TIME_NEVER - 1, story->event_count);
    flush(&w);
}
