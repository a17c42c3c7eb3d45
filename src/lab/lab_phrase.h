/* lab_phrase.h - what a picture with lines and arrows says of an event: in the words of
 * lab_words.h, put together for places that have room for a sentence. */
#ifndef LAB_LAB_PHRASE_H
#define LAB_LAB_PHRASE_H

#include "base/text.h"
#include "lab/lab_numbers.h"
#include "lab/lab_story.h"

/* Room for each of the texts here. */
#define LAB_PHRASE_BYTES 256

/* What stands at the event's place: of a segment "A FIN", where A is the conversation and left out
 * when there is only one; of anything else what happened. */
void lab_phrase_label(struct text *t, const struct lab_story *story, const struct lab_event *event);

/* "seq=1 ack=1"; empty for what is no segment. */
void lab_phrase_numbers(struct text *t, struct lab_numbers *numbers, const struct lab_event *event);

/* Rule and sentence: "SA-08  not a new FIN: answered by the same ACK".  Returns the bytes of the
 * rule. */
size_t lab_phrase_why(struct text *t, const struct lab_event *event);

/* What the model knows beside the sentence: "again, of t=1.200, 1st time; lost on the way". */
void lab_phrase_note(struct text *t, const struct lab_story *story, const struct lab_event *event);

/* The timer of an end, at @now: "60.000 s left"; empty when none runs. */
void lab_phrase_timer(struct text *t, const struct lab_side *side, lull_time now);

/* 'A' for the first conversation. */
char lab_phrase_letter(unsigned conversation);

#endif
