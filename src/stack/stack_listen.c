/* stack_listen.c - SYN queue and accept queue.
 *
 * Both hold real connections and both are bounded by the backlog.  When the accept queue is
 * full, SYNs are dropped and so are ACKs that would complete a handshake: the peer repeats
 * them, and nothing that was acknowledged is lost.
 *
 * Listeners hang on their port in the port table, which exists anyway: a segment of nobody
 * costs one look there, and a walk over those of the very same port if there are any.  A hash
 * table of their own would need a size, a load and a key to say the same. */
#include "stack/stack_listen.h"

#include "base/address.h"
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_tuples.h"

/* 0 - 1 is POOL_NONE. */
static uint32_t first_on(const struct lull_stack *s, uint16_t port)
{
    return stack_port_holders(s, port).listeners - 1;
}

static void join_port(struct lull_stack *s, uint32_t listener)
{
    struct stack_listener *l = stack_listener_at(s, listener);
    struct stack_port *port = stack_port_at(s, l->local.port);

    l->next_on_port = port->listeners - 1;
    port->listeners = listener + 1;
}

static void leave_port(struct lull_stack *s, uint32_t listener)
{
    const struct stack_listener *l = stack_listener_at(s, listener);
    uint32_t at = first_on(s, l->local.port);

    if (at == listener) {
        stack_port_at(s, l->local.port)->listeners = l->next_on_port + 1;
        return;
    }
    while (stack_listener_at(s, at)->next_on_port != listener)
        at = stack_listener_at(s, at)->next_on_port;
    stack_listener_at(s, at)->next_on_port = l->next_on_port;
}

static unsigned fit(const struct stack_listener *l, const struct tuple *tuple)
{
    struct scope scope = {l->local.address, l->local.zone, l->ipv6_only};
    return scope_fit(&scope, &tuple->local, tuple->zone);
}

/* One of @count equals, the same for every segment of the tuple. */
static uint32_t choice(const struct lull_stack *s, const struct tuple *tuple, uint32_t count)
{
    return (uint32_t)((tuple_hash(&s->listen_key, tuple) >> 32) * count >> 32);
}

/* [REQ RL-10] [REQ BL-10]  Whatever the listener is called, the tuple stays the segment's: a
 * peer of :: that speaks IPv4 leaves an IPv4 connection and record.  [REQ BL-14] */
uint32_t stack_listen_find(const struct lull_stack *s, const struct tuple *tuple)
{
    uint32_t first = first_on(s, tuple->local_port), equals = 0;
    unsigned best = 0;

    for (uint32_t i = first; i != POOL_NONE; i = stack_listener_at(s, i)->next_on_port) {
        unsigned here = fit(stack_listener_at(s, i), tuple);
        equals = here > best ? 1 : equals + (here == best);
        best = here > best ? here : best;
    }
    if (best == 0)
        return POOL_NONE;
    uint32_t found = first, skip = equals > 1 ? choice(s, tuple, equals) : 0;
    while (fit(stack_listener_at(s, found), tuple) != best || skip-- > 0)
        found = stack_listener_at(s, found)->next_on_port;
    return found;
}

int64_t stack_listen_knob(const struct lull_stack *s, const struct tuple *tuple,
                          enum lull_knob knob)
{
    uint32_t listener = stack_listen_find(s, tuple);

    if (listener == POOL_NONE)
        return lull_stack_knob(s, knob);
    return stack_endpoint_knob(s, stack_endpoint_at(s, stack_listener_at(s, listener)->endpoint),
                               knob);
}

enum lull_error stack_listen_open(struct lull_stack *s, uint32_t endpoint, uint32_t backlog)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t index = pool_take(&s->listeners);

    if (index == POOL_NONE)
        return LULL_ENOBUFS;
    *stack_listener_at(s, index) = (struct stack_listener){.local = stack_endpoint_local(e),
                                                           .ipv6_only = e->ipv6_only,
                                                           .endpoint = endpoint,
                                                           .backlog = backlog,
                                                           .first = POOL_NONE,
                                                           .last = POOL_NONE};
    join_port(s, index);
    e->listener = index;
    e->kind = STACK_ENDPOINT_LISTENING;
    return LULL_OK;
}

bool stack_listen_admits(struct lull_stack *s, uint32_t listener)
{
    const struct stack_listener *l = stack_listener_at(s, listener);

    if (l->waiting >= l->backlog)
        STACK_COUNT(s, ListenOverflows);
    else if (l->embryonic < l->backlog)
        return true;
    STACK_COUNT(s, ListenDrops);
    return false;
}

void stack_listen_begin(struct lull_stack *s, uint32_t listener, uint32_t conn)
{
    struct stack_listener *l = stack_listener_at(s, listener);
    struct stack_conn *c = stack_conn_at(s, conn);
    const struct stack_endpoint *e = stack_endpoint_at(s, l->endpoint);

    c->listener = listener;
    c->owner = e->owner;
    c->tcp.facts |= (e->reuse_address ? (uint32_t)TCP_REUSE_ADDRESS : 0)
                    | (e->reuse_port ? (uint32_t)TCP_REUSE_PORT : 0);
    l->embryonic++;
}

bool stack_listen_is_full(const struct lull_stack *s, uint32_t conn)
{
    const struct stack_conn *c = stack_conn_at(s, conn);

    if (c->listener == POOL_NONE || c->waits)
        return false;
    const struct stack_listener *l = stack_listener_at(s, c->listener);
    return l->waiting >= l->backlog;
}

static void append(struct lull_stack *s, struct stack_listener *l, uint32_t conn)
{
    struct stack_conn *c = stack_conn_at(s, conn);

    c->waits = true;
    c->accept_next = POOL_NONE;
    c->accept_previous = l->last;
    if (l->last == POOL_NONE)
        l->first = conn;
    else
        stack_conn_at(s, l->last)->accept_next = conn;
    l->last = conn;
    l->waiting++;
}

static void unlink_conn(struct lull_stack *s, struct stack_listener *l, uint32_t conn)
{
    struct stack_conn *c = stack_conn_at(s, conn);

    if (c->accept_previous == POOL_NONE)
        l->first = c->accept_next;
    else
        stack_conn_at(s, c->accept_previous)->accept_next = c->accept_next;
    if (c->accept_next == POOL_NONE)
        l->last = c->accept_previous;
    else
        stack_conn_at(s, c->accept_next)->accept_previous = c->accept_previous;
    c->waits = false;
    l->waiting--;
}

void stack_listen_promote(struct lull_stack *s, uint32_t conn)
{
    struct stack_conn *c = stack_conn_at(s, conn);

    if (c->waits || !conn_is(&c->tcp, TCP_SYN_ACKED))
        return;
    struct stack_listener *l = stack_listener_at(s, c->listener);
    l->embryonic--;
    append(s, l, conn);
    STACK_COUNT(s, TcpPassiveOpens);
    stack_endpoint_tell(s, l->endpoint, LULL_EVENT_READABLE);
}

void stack_listen_forget(struct lull_stack *s, uint32_t conn)
{
    struct stack_conn *c = stack_conn_at(s, conn);

    if (c->listener == POOL_NONE)
        return;
    struct stack_listener *l = stack_listener_at(s, c->listener);
    if (c->waits)
        unlink_conn(s, l, conn);
    else
        l->embryonic--;
    c->listener = POOL_NONE;
}

enum lull_error stack_listen_accept(struct lull_stack *s, uint32_t listener, uint32_t endpoint)
{
    struct stack_listener *l = stack_listener_at(s, listener);
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t index = l->first;

    if (index == POOL_NONE)
        return LULL_EAGAIN;
    struct stack_conn *conn = stack_conn_at(s, index);
    stack_listen_forget(s, index);
    conn->endpoint = endpoint;
    e->kind = STACK_ENDPOINT_CONNECTED;
    e->conn = index;
    e->tuple = conn->tcp.tuple;
    stack_user_apply_options(s, endpoint);
    unsigned conditions = stack_endpoint_conditions(s, e);
    if (conditions & LULL_EVENT_READABLE)
        stack_endpoint_tell(s, endpoint, conditions);
    return LULL_OK;
}

/* [REQ 9293/3.10.4-listen] [REQ 9293/3.10.5-listen] */
void stack_listen_close(struct lull_stack *s, uint32_t endpoint)
{
    uint32_t listener = stack_endpoint_at(s, endpoint)->listener;

    for (uint32_t i = pool_next_live(&s->conns, 0); i != POOL_NONE;
         i = pool_next_live(&s->conns, i + 1)) {
        if (stack_conn_at(s, i)->listener != listener)
            continue;
        struct tcp_env env = stack_env(s);
        tcp_call_abort(&env, &stack_conn_at(s, i)->tcp);
        stack_conn_settle(s, i, &env);
    }
    leave_port(s, listener);
    pool_give(&s->listeners, listener);
    stack_endpoint_at(s, endpoint)->kind = STACK_ENDPOINT_IDLE;
}
