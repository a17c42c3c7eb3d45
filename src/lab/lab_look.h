/* lab_look.h - what every picture asks of a story besides what stands in it. */
#ifndef LAB_LAB_LOOK_H
#define LAB_LAB_LOOK_H

#include <stdbool.h>

#include "lab/lab_story.h"

/* The event that tells of the arrival of @event, a segment; doubles do not count.  NULL: there is
 * none, because it was in time, did not arrive, or @event is no segment. */
const struct lab_event *lab_look_arrival(const struct lab_story *story,
                                         const struct lab_event *event);

/* What @event, an arrival, tells of; NULL when nobody knows. */
const struct lab_event *lab_look_sending(const struct lab_story *story,
                                         const struct lab_event *event);

/* The first to send what @event sends again; NULL when it is the first itself. */
const struct lab_event *lab_look_original(const struct lab_story *story,
                                          const struct lab_event *event);

/* How often its original has been sent again, up to and with @event; 0: it is no repetition. */
unsigned lab_look_repetition(const struct lab_story *story, const struct lab_event *event);

/* The side from which a segment or its arrival comes, 0 or 1. */
unsigned lab_look_from(const struct lab_story *story, const struct lab_event *event);

/* The instant whose truth .side[@side] of @event is. */
lull_time lab_look_instant(const struct lab_story *story, const struct lab_event *event,
                           unsigned side);

/* The event belongs to a conversation of the story. */
bool lab_look_has_conversation(const struct lab_story *story, const struct lab_event *event);

/* Of an arrival, or of a segment without an arrival of its own: it reaches a newer incarnation than
 * the one it was sent in. */
bool lab_look_is_old(const struct lab_story *story, const struct lab_event *event);

/* The event's own incarnation is the first of its number in its conversation: every event before
 * is of an older one. */
bool lab_look_begins_incarnation(const struct lab_story *story, const struct lab_event *event);

/* "C"; "?" for a number that no party has. */
const char *lab_look_party(const struct lab_story *story, unsigned party);

#endif
