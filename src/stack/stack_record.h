/* stack_record.h - a connection becomes a record, a reset holds its tuple, and a record ends. */
#ifndef STACK_STACK_RECORD_H
#define STACK_STACK_RECORD_H

#include "stack/stack_object.h"

/* A record for connection @conn, which the caller buries: both are in the tuple table until
 * then.  A pending ACK becomes the record's first. */
void stack_record_enter(struct lull_stack *s, uint32_t conn);

/* A reset for @facts->tuple waits to be sent: the tuple, which has no connection any more, is held
 * for 2 MSL.  A record that is there already waits as long again.  [REQ CH-17] */
void stack_record_hold(struct lull_stack *s, const struct tcp_hold_facts *facts);

/* @reply, a reset, leaves: a record that stands for its tuple, of whatever kind, waits 2 MSL from
 * now, and where none stands any more there is one again. */
void stack_record_reset_leaves(struct lull_stack *s, const struct stack_reply *reply);

void stack_record_end(struct lull_stack *s, uint32_t record, enum lull_record_end why);

/* Everything that is due at s->now expires. */
void stack_record_expire(struct lull_stack *s);

/* The record's ACK waits for output. */
void stack_record_acknowledge(struct lull_stack *s, uint32_t record);

/* How a record is called in refusals. */
enum lull_blocker stack_record_blocker(const struct lull_stack *s, uint32_t record);

#endif
