/* lab_infer_refuse.h - a SYN for a tuple that the other end may keep in TIME-WAIT.
 *
 * RFC 6191 says from sequence numbers and timestamps whether such a SYN is to be accepted.  A
 * capture shows both, so the rule can be named; whether a record stands there it does not show. */
#ifndef LAB_LAB_INFER_REFUSE_H
#define LAB_LAB_INFER_REFUSE_H

#include "lab/lab_infer_step.h"

/* Before the ends move: the segment accepts what was asked for. */
void lab_infer_refuse_accept(struct lab_infer_step *step);

/* After they moved: the segment asks for an incarnation, asks again, or answers with a refusal,
 * which becomes an event of its own behind the segment's. */
void lab_infer_refuse(struct lab_infer_step *step);

/* The capture ends while somebody asks. */
void lab_infer_refuse_end(struct lab_infer *infer, unsigned conversation);

#endif
