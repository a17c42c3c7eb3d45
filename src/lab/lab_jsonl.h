/* lab_jsonl.h - a story as JSON Lines: the story itself, then its events, one object a line.
 *
 * docs/lab-format.md names the fields. */
#ifndef LAB_LAB_JSONL_H
#define LAB_LAB_JSONL_H

#include "lab/lab_out.h"
#include "lab/lab_story.h"

/* Grows when a field changes its meaning or disappears; new ones may be added without. */
#define LAB_JSONL_SCHEMA 1

void lab_jsonl(const struct lab_story *story, const struct lab_out *out);

#endif
