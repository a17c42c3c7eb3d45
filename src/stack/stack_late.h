/* stack_late.h - what a call begins and a clock must date.
 *
 * Calls have no clock, and the last verb may be long ago: a wait that began then would be over
 * before it has begun.  So a wait that a call begins is dated by the verb that comes next, which is
 * when calls happen (lull/stack.h). */
#ifndef STACK_STACK_LATE_H
#define STACK_STACK_LATE_H

#include "stack/stack_object.h"

/* The user of a connection has left it in FIN-WAIT-2, or lingers.  It is settled by the next
 * verb. */
void stack_late_add(struct lull_stack *s, uint32_t conn);

/* The verb has come: waits begin now. */
void stack_late_date(struct lull_stack *s);

/* The connection ends. */
void stack_late_forget(struct lull_stack *s, uint32_t conn);

#endif
