/* stack_reply.h - answers that no connection sends: resets, a record's ACK, ICMP, ARP.
 *
 * Bounded: when the ring is full the answer is dropped and counted.  Every one of them is
 * asked for again by whoever needs it. */
#ifndef STACK_STACK_REPLY_H
#define STACK_STACK_REPLY_H

#include "stack/stack_object.h"

void stack_reply_init(struct stack_ring *ring, void *memory, uint32_t capacity);
size_t stack_reply_bytes(uint32_t capacity);

/* A copy of @reply waits for output; false (and counted) when there is no room. */
bool stack_reply_push(struct lull_stack *s, struct stack_ring *ring,
                      const struct stack_reply *reply);

/* The oldest, or NULL; it stays until stack_reply_pop(). */
struct stack_reply *stack_reply_first(const struct stack_ring *ring);
void stack_reply_pop(struct stack_ring *ring);

/* The newest answer, if it is a reset of @tuple, holds it. */
void stack_reply_holds(struct lull_stack *s, const struct tuple *tuple);

/* What a TCP event left in env->reply, if anything, for the peer of @tuple. */
void stack_reply_reset(struct lull_stack *s, const struct tuple *tuple,
                       const struct tcp_reply *reset);

#endif
