/* stack_linger.c - a closed socket that waits for the ACK of its FIN.
 *
 * BSD blocks the caller in close(); here nothing blocks, so the wait is an event.  A caller who
 * does not care need do nothing: the connection closes as any other, and a socket whose wait is
 * over makes room for the next one that is opened.  Rejected: to give it back at once and keep the
 * event elsewhere, which would be one more table with a limit. */
#include "stack/stack_linger.h"

#include "stack/stack_late.h"

static struct stack_endpoint *lingering(const struct lull_stack *s, uint32_t conn)
{
    uint32_t endpoint = stack_conn_at(s, conn)->endpoint;

    if (endpoint == POOL_NONE)
        return NULL;
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    return e->kind == STACK_ENDPOINT_LINGERING ? e : NULL;
}

/* [REQ CH-18] */
void stack_linger_begin(struct lull_stack *s, uint32_t endpoint)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);

    if (e->holds_port)
        stack_endpoint_drop_port(s, e); /* the connection holds it from now on */
    e->kind = STACK_ENDPOINT_LINGERING;
    e->wants_room = false;
    e->linger_until = LULL_TIME_NEVER;
    stack_late_add(s, e->conn);
    stack_conn_at(s, e->conn)->tcp.facts |= TCP_LINGERING;
}

void stack_linger_date(struct lull_stack *s, uint32_t conn)
{
    struct stack_endpoint *e = lingering(s, conn);

    if (e != NULL && e->linger_until == LULL_TIME_NEVER)
        e->linger_until = s->now + LULL_SEC((int64_t)e->linger_seconds);
}

void stack_linger_end(struct lull_stack *s, uint32_t conn, enum lull_error error)
{
    struct stack_endpoint *e = lingering(s, conn);
    uint32_t endpoint = stack_conn_at(s, conn)->endpoint;

    if (e == NULL)
        return;
    e->error = (int8_t)error;
    e->conn = POOL_NONE;
    stack_conn_at(s, conn)->endpoint = POOL_NONE;
    stack_conn_at(s, conn)->tcp.facts &= ~(uint32_t)TCP_LINGERING;
    s->lingered++;
    stack_endpoint_tell(s, endpoint, LULL_EVENT_HANGUP);
}

void stack_linger_review(struct lull_stack *s, uint32_t conn)
{
    if (tcp_conn_fin_acked(&stack_conn_at(s, conn)->tcp))
        stack_linger_end(s, conn, LULL_OK);
}

lull_time stack_linger_deadline(const struct lull_stack *s, uint32_t conn)
{
    const struct stack_endpoint *e = lingering(s, conn);
    return e != NULL ? e->linger_until : LULL_TIME_NEVER;
}

/* [REQ CH-18] */
void stack_linger_fire(struct lull_stack *s, uint32_t conn, struct tcp_env *env)
{
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;

    if (c->state == TCP_CLOSED || stack_linger_deadline(s, conn) > s->now)
        return;
    stack_linger_end(s, conn, LULL_ETIMEDOUT);
    if (STACK_KNOB(s, linger_timeout_action) == LULL_LINGER_RESET) {
        STACK_COUNT(s, TCPAbortOnLinger);
        tcp_call_give_up(env, c);
    }
}

bool stack_linger_reclaim(struct lull_stack *s)
{
    for (uint32_t i = s->lingered > 0 ? s->event_first : POOL_NONE; i != POOL_NONE;
         i = stack_endpoint_at(s, i)->event_next) {
        const struct stack_endpoint *e = stack_endpoint_at(s, i);
        if (e->kind != STACK_ENDPOINT_LINGERING || e->conn != POOL_NONE)
            continue;
        stack_endpoint_give(s, i);
        return true;
    }
    return false;
}
