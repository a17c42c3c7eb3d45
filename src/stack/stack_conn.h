/* stack_conn.h - connections as the stack sees them: made, settled after each event, buried. */
#ifndef STACK_STACK_CONN_H
#define STACK_STACK_CONN_H

#include "stack/stack_object.h"

/* A connection in state CLOSED from @plan, known by its tuple; POOL_NONE when a limit was
 * reached.  Fills in plan->id. */
uint32_t stack_conn_make(struct lull_stack *s, struct tcp_conn_plan *plan);

/* After every event of a connection: send what the event left in env->reply, tell its
 * user, bury or shrink it when its state says so, list it for output, set its timer. */
void stack_conn_settle(struct lull_stack *s, uint32_t index, const struct tcp_env *env);

/* In the list of those that want to send. */
void stack_conn_make_ready(struct lull_stack *s, uint32_t index);

/* Off the list: the next one, or POOL_NONE. */
uint32_t stack_conn_take_ready(struct lull_stack *s);

/* Wants to send, but the next hop is being resolved. */
void stack_conn_stick(struct lull_stack *s, uint32_t index);

/* A neighbour has answered or failed: try again. */
void stack_conn_unstick(struct lull_stack *s);

/* The value of a knob of the scope LULL_KNOB_PER_LISTENER for a connection: its user's, its
 * listener's, or the stack's.  An orphan knows abort.hold of its last user. */
int64_t stack_conn_knob(const struct lull_stack *s, uint32_t index, enum lull_knob knob);

/* No user any more; the endpoint has let go. */
void stack_conn_detach(struct lull_stack *s, uint32_t index);

#endif
