/* stack_refuse.h - every refusal is described, kept and traced here. */
#ifndef STACK_STACK_REFUSE_H
#define STACK_STACK_REFUSE_H

#include "stack/stack_tuples.h"

/* What stands in the way: its kind, its incarnation, how long it will.  Call, rule, names and
 * remedy are the caller's. */
void stack_refuse_describe(const struct lull_stack *s, const struct stack_owner *obstacle,
                           struct lull_refusal *refusal);

/* Keep it as the newest one, and trace it.  Returns its error. */
enum lull_error stack_refuse(struct lull_stack *s, const struct lull_refusal *refusal);

/* An attempt to connect is over for @cause.  Where that is what it met on its tuple, the record
 * that is there now is the reason, and the refusal is kept. */
void stack_refuse_attempt(struct lull_stack *s, const struct tuple *tuple,
                          enum lull_record_cause cause);

/* The newest one; NULL when there was none. */
const struct lull_refusal *stack_refuse_last(const struct lull_stack *s);

/* The oldest one kept that is not before number *@cursor, which becomes the number after it; NULL
 * when there is none.  The first refusal of a stack has the number 0. */
const struct lull_refusal *stack_refuse_next(const struct lull_stack *s, uint64_t *cursor);

#endif
