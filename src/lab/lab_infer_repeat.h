/* lab_infer_repeat.h - what was sent again, what is missing, what became of it. */
#ifndef LAB_LAB_INFER_REPEAT_H
#define LAB_LAB_INFER_REPEAT_H

#include "lab/lab_infer_step.h"

/* Compares the segment with what its sender sent before; before lab_infer_ends_count(). */
void lab_infer_repeat_compare(struct lab_infer_step *step);

/* What the segment acknowledges has arrived. */
void lab_infer_repeat_settle(struct lab_infer_step *step);

/* The event in which side @step->from sent the same numbers, text and flags in @step->incarnation;
 * LAB_NONE. */
uint32_t lab_infer_repeat_sending(const struct lab_infer_step *step);

#endif
