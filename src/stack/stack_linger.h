/* stack_linger.h - SO_LINGER with a time, for calls that never block.
 *
 * The closed socket stays as a handle that waits: for the acknowledgment of our FIN, for the end
 * of the connection, or for its time to pass.  Then it is told LULL_EVENT_HANGUP, and it is void
 * once that was reported. */
#ifndef STACK_STACK_LINGER_H
#define STACK_STACK_LINGER_H

#include "stack/stack_object.h"

/* The endpoint was closed, and its connection has something to be acknowledged. */
void stack_linger_begin(struct lull_stack *s, uint32_t endpoint);

/* It begins now, with the first verb after the call (stack_late.h). */
void stack_linger_date(struct lull_stack *s, uint32_t conn);

/* The wait is over, if there was one for this connection; LULL_OK: all was acknowledged. */
void stack_linger_end(struct lull_stack *s, uint32_t conn, enum lull_error error);

/* After an event: our FIN may have been acknowledged. */
void stack_linger_review(struct lull_stack *s, uint32_t conn);

/* When the connection's user stops waiting; LULL_TIME_NEVER without one. */
lull_time stack_linger_deadline(const struct lull_stack *s, uint32_t conn);

/* The connection's timer fired: perhaps the time is over.  The caller settles the connection. */
void stack_linger_fire(struct lull_stack *s, uint32_t conn, struct tcp_env *env);

/* Give one back whose end nobody has asked for; false when there is none. */
bool stack_linger_reclaim(struct lull_stack *s);

#endif
