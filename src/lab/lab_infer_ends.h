/* lab_infer_ends.h - the states of both ends (RFC 9293 section 3.10.7), after a segment passed.
 *
 * What an end sends proves in which state it sent it.  What passes on its way to an end may arrive
 * and may not, so the state it would lead to is possible until the end itself says something. */
#ifndef LAB_LAB_INFER_ENDS_H
#define LAB_LAB_INFER_ENDS_H

#include "lab/lab_infer_step.h"

/* The sender sent it, the receiver may get it.  Before the numbers of the ends are brought up to
 * date, lab_infer_ends_count(). */
void lab_infer_ends_move(struct lab_infer_step *step);

/* The numbers. */
void lab_infer_ends_count(struct lab_infer_step *step);

/* How both ends of the event's conversation stand, into its .side. */
void lab_infer_ends_show(struct lab_infer *infer, struct lab_event *event);

/* TIME-WAITs that would have ended by @at get an event of their own. */
void lab_infer_ends_expire(struct lab_infer *infer, lull_time at);

#endif
