#include "stack/stack_tuples.h"

static uint64_t hash_of(const struct lull_stack *s, const struct tuple *tuple)
{
    return tuple_hash(&s->tuple_key, tuple);
}

static uint32_t record_reference(const struct lull_stack *s, uint32_t record)
{
    return s->config.connections_max + record;
}

struct stack_owner stack_tuples_find(const struct lull_stack *s, const struct tuple *tuple)
{
    struct stack_owner owner = {POOL_NONE, TCP_RECORD_NONE};
    struct tuple_probe probe = tuple_table_probe(&s->tuples, hash_of(s, tuple));
    uint32_t reference;

    while ((reference = tuple_table_next(&s->tuples, &probe)) != TUPLE_NONE) {
        if (reference >= s->config.connections_max) {
            uint32_t record = reference - s->config.connections_max;
            if (tcp_record_matches(&s->records, record, tuple))
                owner.record = record;
        } else if (tuple_equal(&stack_conn_at(s, reference)->tcp.tuple, tuple)) {
            /* It knows the record it may replace, whose slot may come before or behind. */
            owner = (struct stack_owner){reference, stack_conn_at(s, reference)->parked};
            return owner;
        }
    }
    return owner;
}

bool stack_tuples_add_conn(struct lull_stack *s, uint32_t conn)
{
    const struct tuple *tuple = &stack_conn_at(s, conn)->tcp.tuple;

    if (!tuple_table_insert(&s->tuples, hash_of(s, tuple), conn))
        return false;
    stack_port_at(s, tuple->local_port)->connections++;
    return true;
}

void stack_tuples_remove_conn(struct lull_stack *s, uint32_t conn)
{
    const struct tuple *tuple = &stack_conn_at(s, conn)->tcp.tuple;

    if (tuple_table_remove(&s->tuples, hash_of(s, tuple), conn))
        stack_port_at(s, tuple->local_port)->connections--;
}

bool stack_tuples_add_record(struct lull_stack *s, uint32_t record)
{
    struct tuple tuple;

    tcp_record_tuple(&s->records, record, &tuple);
    if (!tuple_table_insert(&s->tuples, hash_of(s, &tuple), record_reference(s, record)))
        return false;
    stack_port_at(s, tuple.local_port)->records++;
    return true;
}

void stack_tuples_remove_record(struct lull_stack *s, uint32_t record)
{
    struct tuple tuple;

    tcp_record_tuple(&s->records, record, &tuple);
    if (tuple_table_remove(&s->tuples, hash_of(s, &tuple), record_reference(s, record)))
        stack_port_at(s, tuple.local_port)->records--;
}
