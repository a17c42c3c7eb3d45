/* lab_infer_say.h - the sentences of .why: on what a fact rests. */
#ifndef LAB_LAB_INFER_SAY_H
#define LAB_LAB_INFER_SAY_H

#include "lab/lab_infer_step.h"

/* Where the next sentence goes, behind those before it. */
struct text *lab_infer_say(struct lab_infer_step *step);

/* One sentence. */
void lab_infer_say_plainly(struct lab_infer_step *step, const char *sentence);

/* The first rule named is the event's. */
void lab_infer_say_rule(struct lab_infer_step *step, const char *rule);

/* The name of the party on this side. */
const char *lab_infer_say_party(const struct lab_infer_step *step, unsigned side);

/* "12.345 s" */
void lab_infer_say_seconds(struct text *t, lull_duration duration);

/* "1001", from the ISN of @end where it is known, else as on the wire. */
void lab_infer_say_number(struct text *t, const struct lab_infer_end *end, uint32_t number);

/* "of t=0.250" as pictures count. */
void lab_infer_say_when(struct text *t, const struct lab_infer *infer, lull_time at);

/* @s into a field of @size bytes, cut. */
void lab_infer_say_field(char *field, size_t size, const char *s);

#endif
