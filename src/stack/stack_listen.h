/* stack_listen.h - listeners: who may begin a handshake, who waits to be accepted. */
#ifndef STACK_STACK_LISTEN_H
#define STACK_STACK_LISTEN_H

#include "stack/stack_object.h"

/* The listener whose name fits the tuple's local half most closely, or POOL_NONE.  Of several
 * with the same name, SO_REUSEPORT, a keyed hash of the tuple chooses; the choice holds as
 * long as nobody joins or leaves them. */
uint32_t stack_listen_find(const struct lull_stack *s, const struct tuple *tuple);

/* The value in force for whoever listens on the tuple's local name, or the stack's. */
int64_t stack_listen_knob(const struct lull_stack *s, const struct tuple *tuple,
                          enum lull_knob knob);

/* One more handshake may begin; otherwise it is counted as refused. */
bool stack_listen_admits(struct lull_stack *s, uint32_t listener);

/* @conn is a handshake of @listener. */
void stack_listen_begin(struct lull_stack *s, uint32_t listener, uint32_t conn);

/* An ACK that would complete the handshake must wait: the accept queue is full. */
bool stack_listen_is_full(const struct lull_stack *s, uint32_t conn);

/* If @conn's handshake is complete, it waits to be accepted. */
void stack_listen_promote(struct lull_stack *s, uint32_t conn);

/* @conn ends: it leaves its listener's queues. */
void stack_listen_forget(struct lull_stack *s, uint32_t conn);

#endif
