/* stack_orphan.h - connections whose user is gone and that cannot be records yet.
 *
 * An orphan in FIN-WAIT-1, CLOSING or LAST-ACK is a whole connection with text in the pool, and
 * nobody but the peer decides how long it lasts.  They are counted, and there are limits. */
#ifndef STACK_STACK_ORPHAN_H
#define STACK_STACK_ORPHAN_H

#include "stack/stack_object.h"

/* It waits for the peer's FIN and for nothing else: a record can do that. */
bool stack_orphan_is_waiting(const struct tcp_conn *c);

/* An orphan that may not stay: one too many, or one that was asked not to wait in FIN-WAIT-2.
 * Counts why. */
bool stack_orphan_must_go(struct lull_stack *s, uint32_t conn);

/* Take it into the count, or bring its part up to date; no orphan: nothing. */
void stack_orphan_account(struct lull_stack *s, uint32_t conn);

/* The connection ends. */
void stack_orphan_forget(struct lull_stack *s, uint32_t conn);

#endif
