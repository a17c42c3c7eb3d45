/* lab_numbers.c - finds the ISNs where the story has them.
 *
 * A table of all incarnations was rejected, because a tuple can have tens of thousands: the last
 * ones are remembered, and an older one is looked up again. */
#include "lab/lab_numbers.h"

#include <string.h>

#include "lab/lab_look.h"
#include "wire/tcp_segment.h"

/* This far before the ISN a number is taken for an old one rather than for one that wrapped. */
#define BEFORE_MAX (1U << 24)

void lab_numbers_init(struct lab_numbers *numbers, const struct lab_story *story,
                      enum lab_numbers_kind kind)
{
    memset(numbers, 0, sizeof *numbers);
    numbers->story = story;
    numbers->kind = kind;
}

/* What @event shows of the ISN of @side: 2 a SYN, 1 some number, 0 nothing. */
static int shown(const struct lab_story *story, const struct lab_event *event, unsigned side,
                 uint32_t *isn)
{
    if (lab_look_from(story, event) == side) {
        const bool is_syn = event->segment.flags & TCP_SYN;
        *isn = is_syn ? event->segment.seq : event->segment.seq - 1;
        return is_syn ? 2 : 1;
    }
    *isn = event->segment.ack - 1;
    return event->segment.flags & TCP_ACK ? 1 : 0;
}

static bool is_in(const struct lab_event *event, const struct lab_event *of)
{
    return event->kind == LAB_SEGMENT && event->conversation == of->conversation
           && event->incarnation == of->incarnation;
}

/* The SYN stands before nearly everything that is counted from it, and not far.  What is behind it
 * belongs to somebody who spoke before he opened; the next incarnation ends the search. */
static uint32_t find_isn(const struct lab_story *story, const struct lab_event *of, unsigned side)
{
    const uint32_t number = lab_story_number(story, of);
    uint32_t first = 0, isn = 0;
    bool has_first = false;

    for (uint32_t i = number + 1; i-- > 0;) {
        const int found =
            is_in(&story->events[i], of) ? shown(story, &story->events[i], side, &isn) : 0;
        if (found == 2)
            return isn;
        if (found == 1)
            first = isn;
        has_first |= found == 1;
    }
    for (uint32_t i = number + 1; i < story->event_count; i++) {
        const struct lab_event *e = &story->events[i];
        if (e->conversation == of->conversation && e->incarnation > of->incarnation)
            break;
        const int found = is_in(e, of) ? shown(story, e, side, &isn) : 0;
        if (found == 2)
            return isn;
        if (found == 1 && !has_first)
            first = isn;
        has_first |= found == 1;
    }
    return first;
}

static int64_t counted(struct lab_numbers *numbers, const struct lab_event *event, unsigned side,
                       uint32_t number)
{
    if (numbers->kind == LAB_NUMBERS_ABSOLUTE || event->incarnation == 0
        || !lab_look_has_conversation(numbers->story, event))
        return number;
    uint16_t *incarnation = &numbers->end[event->conversation][side].incarnation;
    uint32_t *isn = &numbers->end[event->conversation][side].isn;
    if (*incarnation != event->incarnation) {
        *isn = find_isn(numbers->story, event, side);
        *incarnation = event->incarnation;
    }
    const uint32_t distance = number - *isn;
    return distance > UINT32_MAX - BEFORE_MAX ? -(int64_t)(*isn - number) : distance;
}

int64_t lab_numbers_seq(struct lab_numbers *numbers, const struct lab_event *event)
{
    return counted(numbers, event, lab_look_from(numbers->story, event), event->segment.seq);
}

int64_t lab_numbers_ack(struct lab_numbers *numbers, const struct lab_event *event)
{
    return counted(numbers, event, 1 - lab_look_from(numbers->story, event), event->segment.ack);
}
