/* story.h - stories made by hand, for the tests of everything that draws one. */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "lab/lab_story.h"

#define STORY_EVENTS 128
#define STORY_BYTES  16384

/* A story and what it lies in. */
struct story {
    struct lab_story lab;
    struct lab_event events[STORY_EVENTS];
    uint8_t bytes[STORY_BYTES];
};

/* SC-05: the last ACK is lost twice, and the wait begins anew with each FIN that comes again. */
void story_lost_last_ack(struct story *story);

/* SC-08: a segment is caught in a routing loop for 22 s and arrives in TIME-WAIT. */
void story_wandering_duplicate(struct story *story);

/* SC-09: the same without TIME-WAIT; it arrives in the tuple's second incarnation. */
void story_without_time_wait(struct story *story);

/* Every kind of event, every fate, doubles, two conversations, incarnations, a third party, long
 * texts and characters that some format gives a meaning. */
void story_everything(struct story *story);

/* Real traffic whose beginning nobody saw, with everything inferred that can be. */
void story_captured(struct story *story);

/* Nobody, and nothing happens. */
void story_empty(struct story *story);

/* All of them, in this order. */
#define STORY_SAMPLES 6
extern void (*const story_samples[STORY_SAMPLES])(struct story *story);

#endif
