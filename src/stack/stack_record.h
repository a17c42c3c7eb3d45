/* stack_record.h - a connection becomes a TIME-WAIT or FIN-WAIT-2 record, and a record ends. */
#ifndef STACK_STACK_RECORD_H
#define STACK_STACK_RECORD_H

#include "stack/stack_object.h"

/* Why a record left. */
enum stack_record_end {
    STACK_RECORD_EXPIRED,
    STACK_RECORD_RECYCLED, /* a new incarnation is established */
    STACK_RECORD_EVICTED,  /* the table was full */
    STACK_RECORD_RESET     /* FIN-WAIT-2 only: the peer reset it, or sent text */
};

/* A record for connection @conn, which leaves the tuple table in its favour; the caller
 * buries it.  A pending ACK becomes the record's first. */
void stack_record_enter(struct lull_stack *s, uint32_t conn);

void stack_record_end(struct lull_stack *s, uint32_t record, enum stack_record_end why);

/* Everything that is due at s->now expires. */
void stack_record_expire(struct lull_stack *s);

/* The record's ACK waits for output. */
void stack_record_acknowledge(struct lull_stack *s, uint32_t record);

/* Whether a row of an expired or living record is a TIME-WAIT. */
bool stack_record_is_time_wait(const struct lull_stack *s, uint32_t record);

#endif
