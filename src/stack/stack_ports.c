/* stack_ports.c - who holds a local port, and which one to take next.
 *
 * Ports are allocated per tuple, not per port: one local port may serve any number of
 * remote ends at once.  The search begins at a keyed hash of the pair of hosts
 * (RFC 6056 section 3.3.3), so ports are hard to guess and rarely collide with a record the
 * peer still holds. */
#include "stack/stack.h"
#include "stack/stack_record.h"
#include "stack/stack_tuples.h"

static bool is_free(const struct lull_stack *s, const struct tuple *tuple)
{
    struct stack_owner owner = stack_tuples_find(s, tuple);
    return owner.conn == POOL_NONE && owner.record == TCP_RECORD_NONE;
}

static bool may_take(const struct lull_stack *s, const struct tuple *tuple, bool towards_one)
{
    struct stack_port port = stack_port_holders(s, tuple->local_port);

    if (port.bound > 0) /* listening or bound: RFC 6056 section 3.2  [REQ 6056/3.2] */
        return false;
    if (port.connections == 0 && port.records == 0)
        return true;
    return towards_one && is_free(s, tuple);
}

/* [REQ IR-18] [REQ 6056/2.3] [REQ 6056/3.1] [REQ 6056/3.3] [REQ 6056/3.4] */
uint16_t stack_ports_choose(struct lull_stack *s, const struct lull_address *local,
                            const struct lull_name *remote)
{
    struct tuple tuple = {.local = *local};
    uint32_t first = (uint32_t)STACK_KNOB(s, ports_ephemeral_first);
    uint32_t count = (uint32_t)STACK_KNOB(s, ports_ephemeral_last) - first + 1;

    if (remote != NULL) {
        tuple.remote = remote->address;
        tuple.remote_port = remote->port;
        tuple.zone = remote->zone;
    }
    uint32_t start = (uint32_t)tuple_hash(&s->port_key, &tuple) + s->port_step++;
    for (uint32_t i = 0; i < count; i++) {
        tuple.local_port = (uint16_t)(first + (start + i) % count);
        STACK_COUNT(s, EphemeralTries);
        if (may_take(s, &tuple, remote != NULL))
            return tuple.local_port;
    }
    return 0;
}

static bool visit_conns(const struct lull_stack *s, uint16_t port, stack_holder_visit *visit,
                        void *context)
{
    for (uint32_t i = pool_next_live(&s->conns, 0); i != POOL_NONE;
         i = pool_next_live(&s->conns, i + 1)) {
        const struct stack_conn *c = stack_conn_at(s, i);
        struct stack_holder holder = {.tuple = c->tcp.tuple,
                                      .found = {i, TCP_RECORD_NONE},
                                      .kind = LULL_BLOCKER_CONNECTION,
                                      .reuse_address = conn_is(&c->tcp, TCP_REUSE_ADDRESS),
                                      .reuse_port = conn_is(&c->tcp, TCP_REUSE_PORT),
                                      .owner = c->owner,
                                      .remaining = LULL_TIME_NEVER};
        if (holder.tuple.local_port == port && !visit(context, &holder))
            return false;
    }
    return true;
}

void stack_ports_visit(const struct lull_stack *s, uint16_t port, stack_holder_visit *visit,
                       void *context)
{
    struct stack_port holders = stack_port_holders(s, port);

    /* The walks are long, but only a refusal in the making takes them. */
    if (holders.connections > 0 && !visit_conns(s, port, visit, context))
        return;
    if (holders.records == 0)
        return;
    for (int q = 0; q < TCP_RECORD_QUEUE_COUNT; q++) {
        uint32_t i = s->records.queues[q].first;
        for (; i != TCP_RECORD_NONE; i = tcp_record_at(&s->records, i)->next) {
            const struct tcp_record *r = tcp_record_at(&s->records, i);
            if (r->local_port != port)
                continue;
            struct stack_holder holder = {.found = {POOL_NONE, i},
                                          .kind = stack_record_blocker(s, i),
                                          .reuse_address = r->reuse_address,
                                          .reuse_port = r->reuse_port};
            tcp_record_tuple(&s->records, i, &holder.tuple);
            holder.remaining = tcp_record_expiry(&s->records, i, s->now) - s->now;
            if (!visit(context, &holder))
                return;
        }
    }
}
