/* lab_phrase.c - events in sentences. */
#include "lab/lab_phrase.h"

#include "lab/lab_look.h"
#include "lab/lab_words.h"

char lab_phrase_letter(unsigned conversation)
{
    return (char)(conversation < 26 ? 'A' + conversation : 'a' + conversation - 26);
}

/* Two words of a list. */
static void put_word(struct text *t, const char *separator, const char *word)
{
    if (text_length(t) > 0)
        text_string(t, separator);
    text_string(t, word);
}

static bool is_segment(const struct lab_event *event)
{
    return event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL;
}

void lab_phrase_label(struct text *t, const struct lab_story *story, const struct lab_event *event)
{
    if (story->conversation_count > 1 && lab_look_has_conversation(story, event)) {
        text_character(t, lab_phrase_letter(event->conversation));
        text_character(t, ' ');
    }
    if (event->kind == LAB_ARRIVAL)
        text_string(t, event->is_double ? "double of " : "late ");
    if (is_segment(event))
        lab_words_flags(t, &event->segment);
    if (is_segment(event) && event->what[0] != '\0')
        text_string(t, ", ");
    text_string(t, event->what[0] != '\0' || is_segment(event) ? event->what
                                                               : lab_words_kind(event->kind));
}

void lab_phrase_numbers(struct text *t, struct lab_numbers *numbers, const struct lab_event *event)
{
    if (!is_segment(event))
        return;
    lab_words_seq(t, numbers, event);
    lab_words_ack(t, numbers, event);
}

size_t lab_phrase_why(struct text *t, const struct lab_event *event)
{
    text_string(t, event->rule);
    const size_t rule_bytes = text_length(t);
    if (rule_bytes > 0 && event->why[0] != '\0')
        text_string(t, "  ");
    text_string(t, event->why);
    return rule_bytes;
}

/* "sent 22.300 s ago, at t=0.200, in incarnation 1" */
static void note_journey(struct text *t, const struct lab_story *story,
                         const struct lab_event *event)
{
    char journey[LAB_WORDS_BYTES];
    struct text j;

    text_init(&j, journey, sizeof journey);
    lab_words_journey(&j, story, event);
    if (text_length(&j) == 0)
        return;
    put_word(t, "; ", journey);
    if (event->kind == LAB_ARRIVAL && lab_look_has_conversation(story, event)
        && story->conversations[event->conversation].incarnations > 1) {
        text_string(t, ", in incarnation ");
        text_decimal(t, event->incarnation);
    }
}

static void note_fate(struct text *t, const struct lab_story *story, const struct lab_event *event)
{
    static const char *const fates[] = {
        [LAB_FATE_UNKNOWN] = "nobody saw whether it arrives",
        [LAB_FATE_ARRIVED] = "",
        [LAB_FATE_LOST] = "lost on the way",
        [LAB_FATE_DAMAGED] = "damaged: its checksum is wrong",
        [LAB_FATE_EXPIRED] = "its hop limit runs out",
        [LAB_FATE_UNDERWAY] = "still under way at the end",
    };

    /* Of a capture that is true of nearly all, and said once. */
    if (story->captured && event->fate == LAB_FATE_UNKNOWN)
        return;
    if (event->kind == LAB_SEGMENT && event->fate != LAB_FATE_ARRIVED)
        put_word(t, "; ", fates[event->fate]);
}

static void note_inferences(struct text *t, const struct lab_event *event)
{
    static const char *const facts[] = {"state", "timer", "fate", "repetition", "incarnation"};
    const char *separator = "inferred: ";

    if (event->inferred == 0)
        return;
    put_word(t, "; ", "");
    for (unsigned i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if ((event->inferred & 1u << i) == 0)
            continue;
        text_string(t, separator);
        text_string(t, facts[i]);
        separator = ", ";
    }
}

void lab_phrase_note(struct text *t, const struct lab_story *story, const struct lab_event *event)
{
    lab_words_repetition(t, story, event);
    note_journey(t, story, event);
    note_fate(t, story, event);
    note_inferences(t, event);
}

void lab_phrase_timer(struct text *t, const struct lab_side *side, lull_time now)
{
    static const char *const names[] = {
        [LULL_TIMER_OFF] = "",
        [LULL_TIMER_ON] = "RTO in ",
        [LULL_TIMER_KEEPALIVE] = "keepalive ",
        [LULL_TIMER_TIMEWAIT] = "",
        [LULL_TIMER_PERSIST] = "probe in ",
    };

    if (side->timer == LULL_TIMER_OFF || side->until == LULL_TIME_NEVER || side->until < now)
        return;
    text_string(t, side->timer <= LULL_TIMER_PERSIST ? names[side->timer] : "");
    if (side->until - now < LULL_SEC(1000))
        lab_words_seconds(t, side->until - now);
    else
        text_decimal(t, (uint64_t)((side->until - now) / LULL_SEC(1)));
    text_string(t, side->timer == LULL_TIMER_TIMEWAIT ? " s left" : " s");
}
