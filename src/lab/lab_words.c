/* lab_words.c - short phrases about events. */
#include "lab/lab_words.h"

#include "lab/lab_look.h"
#include "wire/tcp_segment.h"

void lab_words_flags(struct text *t, const struct lab_segment *segment)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } names[] = {{TCP_SYN, "SYN"}, {TCP_FIN, "FIN"}, {TCP_RST, "RST"}, {TCP_URG, "URG"}};
    const size_t before = text_length(t);
    const bool says_ack = segment->flags & (TCP_SYN | TCP_RST);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(segment->flags & names[i].bit))
            continue;
        if (text_length(t) > before)
            text_character(t, '+');
        text_string(t, names[i].name);
    }
    if (says_ack && segment->flags & TCP_ACK)
        text_string(t, "+ACK");
    if (segment->text_bytes > 0) {
        if (text_length(t) > before)
            text_character(t, ' ');
        text_decimal(t, segment->text_bytes);
        text_string(t, " B");
    }
    if (text_length(t) == before)
        text_string(t, segment->flags & TCP_ACK ? "ACK" : "no flags");
}

void lab_words_seq(struct text *t, struct lab_numbers *numbers, const struct lab_event *event)
{
    text_string(t, "seq=");
    text_signed(t, lab_numbers_seq(numbers, event));
}

void lab_words_ack(struct text *t, struct lab_numbers *numbers, const struct lab_event *event)
{
    if (!(event->segment.flags & TCP_ACK))
        return;
    text_string(t, " ack=");
    text_signed(t, lab_numbers_ack(numbers, event));
}

void lab_words_segment(struct text *t, struct lab_numbers *numbers, const struct lab_event *event)
{
    lab_words_flags(t, &event->segment);
    text_character(t, ' ');
    lab_words_seq(t, numbers, event);
    lab_words_ack(t, numbers, event);
}

const char *lab_words_fate(enum lab_fate fate)
{
    switch (fate) {
    case LAB_FATE_LOST: return "lost";
    case LAB_FATE_DAMAGED: return "damaged";
    case LAB_FATE_EXPIRED: return "expired";
    case LAB_FATE_UNDERWAY: return "underway";
    default: return "";
    }
}

static void put_ordinal(struct text *t, unsigned n)
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    const bool is_teen = n % 100 >= 11 && n % 100 <= 13;

    text_decimal(t, n);
    text_string(t, n % 10 <= 3 && !is_teen ? endings[n % 10] : "th");
}

void lab_words_repetition(struct text *t, const struct lab_story *story,
                          const struct lab_event *event)
{
    const struct lab_event *original = lab_look_original(story, event);

    if (original == NULL || event->kind != LAB_SEGMENT)
        return;
    text_string(t, "again, of t=");
    lab_words_seconds(t, original->at - story->start);
    text_string(t, ", ");
    put_ordinal(t, lab_look_repetition(story, event));
    text_string(t, event->inferred & LAB_INFERRED_REPETITION ? " time?" : " time");
}

void lab_words_journey(struct text *t, const struct lab_story *story, const struct lab_event *event)
{
    const struct lab_event *arrival = lab_look_arrival(story, event);
    const struct lab_event *sending = lab_look_sending(story, event);

    if (arrival != NULL) {
        text_string(t, "arrives ");
        lab_words_seconds(t, arrival->at - event->at);
        text_string(t, " s later, at t=");
        lab_words_seconds(t, arrival->at - story->start);
    } else if (sending != NULL) {
        text_string(t, event->is_double ? "a double, sent " : "sent ");
        lab_words_seconds(t, event->at - sending->at);
        text_string(t, " s ago, at t=");
        lab_words_seconds(t, sending->at - story->start);
    }
}

static void put_number(struct text *t, const char *name, uint32_t value)
{
    text_string(t, name);
    text_decimal(t, value);
}

void lab_words_details(struct text *t, const struct lab_segment *segment)
{
    put_number(t, "win ", segment->wnd);
    put_number(t, " hops ", segment->hops);
    if (segment->options & TCP_OPTION_TIMESTAMPS) {
        put_number(t, " TSval ", segment->ts_value);
        put_number(t, " TSecr ", segment->ts_echo);
    }
    if (segment->options & TCP_OPTION_MSS)
        text_string(t, " mss");
    if (segment->options & TCP_OPTION_WINDOW_SCALE)
        text_string(t, " wscale");
    if (segment->options & TCP_OPTION_SACK_PERMITTED)
        text_string(t, " sackOK");
    if (segment->options & TCP_OPTION_SACK)
        text_string(t, " sack");
}

/* A tenth of a second is enough, and above 100 s a second. */
static void put_left(struct text *t, lull_duration left)
{
    const lull_duration tenths = left < 0 ? 0 : (left + LULL_MS(50)) / LULL_MS(100);

    text_decimal(t, (uint64_t)tenths / 10);
    if (tenths >= 1000)
        return;
    text_character(t, '.');
    text_decimal(t, (uint64_t)tenths % 10);
}

void lab_words_timer(struct text *t, const struct lab_story *story, const struct lab_event *event,
                     unsigned side)
{
    static const char *const marks[] = {"", "r", "k", "", "p"}; /* by enum lull_row_timer */
    const struct lab_side *s = &event->side[side];

    if (s->timer == LULL_TIMER_OFF || s->until == LULL_TIME_NEVER)
        return;
    text_character(t, ' ');
    text_string(t, s->timer <= LULL_TIMER_PERSIST ? marks[s->timer] : "");
    put_left(t, s->until - lab_look_instant(story, event, side));
    text_string(t, s->timer == LULL_TIMER_TIMEWAIT && s->restarts > 0 ? "*" : "");
}

bool lab_words_is_doubtful(const struct lab_event *event, unsigned side)
{
    const struct lab_side *s = &event->side[side];
    return s->possible || (event->inferred & LAB_INFERRED_TIMER && s->until != LULL_TIME_NEVER);
}

const char *lab_words_kind(enum lab_kind kind)
{
    static const char *const names[] = {"segment", "arrival", "call", "record",    "refusal",
                                        "icmp",    "network", "host", "violation", "note"};

    return (unsigned)kind < sizeof names / sizeof names[0] ? names[kind] : "?";
}

void lab_words_seconds(struct text *t, lull_duration duration)
{
    uint64_t ms = (uint64_t)(duration < 0 ? -duration : duration) / (uint64_t)LULL_MS(1);

    if (duration < 0)
        text_character(t, '-');
    text_decimal(t, ms / 1000);
    text_character(t, '.');
    for (uint64_t digit = 100; digit > 0; digit /= 10)
        text_decimal(t, ms / digit % 10);
}

void lab_words_conversation(struct text *t, const struct lab_story *story, unsigned conversation)
{
    const struct lab_conversation *c = &story->conversations[conversation];

    for (unsigned side = 0; side < 2; side++) {
        text_string(t, side == 0 ? "" : " - ");
        text_string(t, lab_look_party(story, c->party[side]));
        text_character(t, ':');
        text_decimal(t, c->name[side].port);
    }
}

void lab_words_duration(struct text *t, lull_duration duration)
{
    const uint64_t ms = (uint64_t)(duration < 0 ? 0 : duration) / (uint64_t)LULL_MS(1);

    text_decimal(t, ms / 1000);
    if (ms % 1000 != 0)
        text_character(t, '.');
    for (uint64_t rest = ms % 1000, digit = 100; rest > 0; rest %= digit, digit /= 10)
        text_decimal(t, rest / digit);
    text_string(t, " s");
}
