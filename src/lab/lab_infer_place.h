/* lab_infer_place.h - to which incarnation of its tuple a segment belongs.
 *
 * A SYN whose ISN no known incarnation began with asks for a new one; so does one with a known ISN
 * when the timestamp or the time that went by rules the old one out, or when it is answered by
 * another ISN.  A SYN that only repeats what an incarnation began with is never a new one: that is
 * where a comparison of ports and flags alone goes wrong.  Other segments belong where both of
 * their numbers fit, the newest first. */
#ifndef LAB_LAB_INFER_PLACE_H
#define LAB_LAB_INFER_PLACE_H

#include "lab/lab_infer_step.h"

/* Sets step->incarnation and .begins, and says why where it is not plain. */
void lab_infer_place(struct lab_infer_step *step);

/* NULL when it is forgotten, or 0. */
struct lab_infer_incarnation *lab_infer_place_find(struct lab_infer_track *track, unsigned number);

/* The end on @side as it stands now, in whatever incarnation; NULL: in none. */
struct lab_infer_end *lab_infer_place_standing(struct lab_infer_track *track, unsigned side);

#endif
