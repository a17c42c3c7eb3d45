/* lab_look.c - questions that are answered by looking around an event.
 *
 * Nothing is indexed: what is looked for lies near, and a look ends where it cannot be any more. */
#include "lab/lab_look.h"

const struct lab_event *lab_look_arrival(const struct lab_story *story,
                                         const struct lab_event *event)
{
    const uint32_t number = lab_story_number(story, event);

    if (event->kind != LAB_SEGMENT || event->arrived_at == LULL_TIME_NEVER)
        return NULL;
    for (uint32_t i = number + 1; i < story->event_count; i++) {
        const struct lab_event *later = &story->events[i];
        if (later->at > event->arrived_at)
            return NULL;
        if (later->kind == LAB_ARRIVAL && later->of == number && !later->is_double)
            return later;
    }
    return NULL;
}

const struct lab_event *lab_look_sending(const struct lab_story *story,
                                         const struct lab_event *event)
{
    return event->kind == LAB_ARRIVAL && event->of < story->event_count ? &story->events[event->of]
                                                                        : NULL;
}

const struct lab_event *lab_look_original(const struct lab_story *story,
                                          const struct lab_event *event)
{
    return event->repeats < story->event_count ? &story->events[event->repeats] : NULL;
}

unsigned lab_look_repetition(const struct lab_story *story, const struct lab_event *event)
{
    unsigned count = 0;

    if (lab_look_original(story, event) == NULL)
        return 0;
    for (const struct lab_event *e = &story->events[event->repeats]; e <= event; e++)
        count += e->repeats == event->repeats && e->kind == LAB_SEGMENT;
    return count;
}

unsigned lab_look_from(const struct lab_story *story, const struct lab_event *event)
{
    const unsigned side = lab_story_side(story, event);

    return event->kind == LAB_ARRIVAL ? 1 - side : side;
}

lull_time lab_look_instant(const struct lab_story *story, const struct lab_event *event,
                           unsigned side)
{
    if (event->kind != LAB_SEGMENT || event->arrived_at == LULL_TIME_NEVER
        || side == lab_look_from(story, event) || lab_look_arrival(story, event) != NULL)
        return event->at;
    return event->arrived_at;
}

bool lab_look_has_conversation(const struct lab_story *story, const struct lab_event *event)
{
    return event->conversation < story->conversation_count;
}

bool lab_look_is_old(const struct lab_story *story, const struct lab_event *event)
{
    const struct lab_side *receiver;

    if (!lab_look_has_conversation(story, event))
        return false;
    if (event->kind != LAB_ARRIVAL
        && (event->kind != LAB_SEGMENT || event->arrived_at == LULL_TIME_NEVER
            || lab_look_arrival(story, event) != NULL))
        return false;
    receiver = &event->side[1 - lab_look_from(story, event)];
    return event->incarnation != 0 && event->incarnation < receiver->incarnation;
}

bool lab_look_begins_incarnation(const struct lab_story *story, const struct lab_event *event)
{
    if (!lab_look_has_conversation(story, event) || event->incarnation == 0)
        return false;
    for (const struct lab_event *e = event; e-- > story->events;) {
        if (e->conversation == event->conversation && e->incarnation >= event->incarnation)
            return false;
    }
    return true;
}

const char *lab_look_party(const struct lab_story *story, unsigned party)
{
    return party < story->party_count ? story->parties[party].name : "?";
}
