/* lab_words.h - what pictures say about an event, in the same words everywhere. */
#ifndef LAB_LAB_WORDS_H
#define LAB_LAB_WORDS_H

#include <stdbool.h>

#include "base/text.h"
#include "lab/lab_numbers.h"
#include "lab/lab_story.h"

/* Longer than anything that is written here. */
#define LAB_WORDS_BYTES 256

/* "FIN", "SYN+ACK", "500 B", "FIN 27 B".  ACK is named where it stands alone or is no matter of
 * course. */
void lab_words_flags(struct text *t, const struct lab_segment *segment);

/* "seq=12", and " ack=28" if there is one. */
void lab_words_seq(struct text *t, struct lab_numbers *numbers, const struct lab_event *event);
void lab_words_ack(struct text *t, struct lab_numbers *numbers, const struct lab_event *event);

/* The three of them: "FIN seq=12 ack=28". */
void lab_words_segment(struct text *t, struct lab_numbers *numbers, const struct lab_event *event);

/* "lost"; "" of one that arrives. */
const char *lab_words_fate(enum lab_fate fate);

/* "again, of t=1.200, 2nd time"; nothing of a segment that is no repetition. */
void lab_words_repetition(struct text *t, const struct lab_story *story,
                          const struct lab_event *event);

/* "arrives 22.300 s later, at t=22.500" of a sending, "sent 22.300 s ago, at t=0.200" of an
 * arrival; nothing where there are not both. */
void lab_words_journey(struct text *t, const struct lab_story *story,
                       const struct lab_event *event);

/* "win 65535 hops 64 TSval 1 TSecr 2 mss wscale". */
void lab_words_details(struct text *t, const struct lab_segment *segment);

/* " 60.0*", " r0.3": what is left of the timer of @side, 0 or 1; r of a retransmission, k of a
 * keep-alive, p of a window probe, a star when TIME-WAIT was started again; nothing without a
 * timer. */
void lab_words_timer(struct text *t, const struct lab_story *story, const struct lab_event *event,
                     unsigned side);

/* Nothing that a capture shows proves how @side, 0 or 1, stands, or how long it will. */
bool lab_words_is_doubtful(const struct lab_event *event, unsigned side);

/* "segment", "violation". */
const char *lab_words_kind(enum lab_kind kind);

/* Seconds with three places, "62.150". */
void lab_words_seconds(struct text *t, lull_duration duration);

/* "C:1500 - S:21". */
void lab_words_conversation(struct text *t, const struct lab_story *story, unsigned conversation);

/* "3 s", "0.5 s": without places that say nothing. */
void lab_words_duration(struct text *t, lull_duration duration);

#endif
