/* stack_tuples.h - the one lookup.
 *
 * Live connections and TIME-WAIT records are found by one keyed hash in one table.  A
 * reference below connections_max is a connection, the rest are records.  The only pair
 * that may share a tuple is a record and the handshake that may replace it. */
#ifndef STACK_STACK_TUPLES_H
#define STACK_STACK_TUPLES_H

#include "stack/stack_object.h"

/* Who answers for a tuple. */
struct stack_owner {
    uint32_t conn;   /* POOL_NONE: no connection */
    uint32_t record; /* TCP_RECORD_NONE: no record; beside a connection: what it may replace */
};

struct stack_owner stack_tuples_find(const struct lull_stack *s, const struct tuple *tuple);

/* Each also counts the holder of the local port. */
LULL_MUST_USE bool stack_tuples_add_conn(struct lull_stack *s, uint32_t conn);
void stack_tuples_remove_conn(struct lull_stack *s, uint32_t conn);
LULL_MUST_USE bool stack_tuples_add_record(struct lull_stack *s, uint32_t record);
void stack_tuples_remove_record(struct lull_stack *s, uint32_t record);

#endif
