/* stack_listen.c - SYN queue and accept queue.
 *
 * Both hold real connections and both are bounded by the backlog.  When the accept queue is
 * full, SYNs are dropped and so are ACKs that would complete a handshake: the peer repeats
 * them, and nothing that was acknowledged is lost. */
#include "stack/stack_listen.h"

#include "base/address.h"
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_tuples.h"

uint32_t stack_listen_find(const struct lull_stack *s, const struct tuple *tuple)
{
    uint32_t wildcard = POOL_NONE;

    for (uint32_t i = pool_next_live(&s->listeners, 0); i != POOL_NONE;
         i = pool_next_live(&s->listeners, i + 1)) {
        const struct stack_listener *l = stack_listener_at(s, i);
        if (l->local.port != tuple->local_port)
            continue;
        if (address_equal(&l->local.address, &tuple->local))
            return i;
        if (address_is_any(&l->local.address))
            wildcard = i;
    }
    return wildcard;
}

enum lull_error stack_listen_open(struct lull_stack *s, uint32_t endpoint, uint32_t backlog)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t index = pool_take(&s->listeners);

    if (index == POOL_NONE)
        return LULL_ENOBUFS;
    *stack_listener_at(s, index) = (struct stack_listener){.local = e->local,
                                                           .endpoint = endpoint,
                                                           .backlog = backlog,
                                                           .first = POOL_NONE,
                                                           .last = POOL_NONE};
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
    stack_conn_at(s, conn)->listener = listener;
    stack_listener_at(s, listener)->embryonic++;
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

    if (c->listener == POOL_NONE || c->waits || !conn_is(&c->tcp, TCP_SYN_ACKED))
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
    e->local =
        (struct lull_name){conn->tcp.tuple.local, conn->tcp.tuple.zone, conn->tcp.tuple.local_port};
    e->remote = (struct lull_name){conn->tcp.tuple.remote, conn->tcp.tuple.zone,
                                   conn->tcp.tuple.remote_port};
    stack_user_apply_options(s, endpoint);
    unsigned conditions = stack_endpoint_conditions(s, e);
    if (conditions & LULL_EVENT_READABLE)
        stack_endpoint_tell(s, endpoint, conditions);
    return LULL_OK;
}

/* [REQ 9293/3.10.4-listen] */
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
    pool_give(&s->listeners, listener);
    stack_endpoint_at(s, endpoint)->listener = POOL_NONE;
    stack_endpoint_at(s, endpoint)->kind = STACK_ENDPOINT_IDLE;
}
