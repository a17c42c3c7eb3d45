/* stack_user.c - user calls on a connection, each followed by settling it. */
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_late.h"
#include "stack/stack_linger.h"
#include "stack/stack_orphan.h"

ptrdiff_t stack_user_send(struct lull_stack *s, uint32_t endpoint, struct lull_slice data)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t conn = e->conn;
    struct tcp_env env = stack_env(s);

    ptrdiff_t taken = tcp_call_send(&env, &stack_conn_at(s, conn)->tcp, data);
    if (taken < 0 || (size_t)taken < data.len) {
        e->wants_room = true;
        /* Room was left, but no block: no ACK of this connection will change that. */
        s->starved |= tcp_call_send_room(&stack_conn_at(s, conn)->tcp) > 0;
    }
    if (taken > 0)
        stack_conn_settle(s, conn, &env);
    return taken;
}

/* The walk is long, but happens once each time the pool has run dry. */
void stack_user_feed(struct lull_stack *s)
{
    uint32_t enough = s->config.blocks_max / 16 + 1;

    if (!s->starved || block_pool_free(&s->blocks) < enough)
        return;
    s->starved = false;
    for (uint32_t i = pool_next_live(&s->endpoints, 0); i != POOL_NONE;
         i = pool_next_live(&s->endpoints, i + 1)) {
        struct stack_endpoint *e = stack_endpoint_at(s, i);
        if (!e->wants_room || e->conn == POOL_NONE
            || tcp_call_send_room(&stack_conn_at(s, e->conn)->tcp) == 0)
            continue;
        e->wants_room = false;
        stack_endpoint_tell(s, i, LULL_EVENT_WRITABLE);
    }
}

void stack_user_consumed(struct lull_stack *s, uint32_t endpoint, uint32_t bytes)
{
    uint32_t conn = stack_endpoint_at(s, endpoint)->conn;
    struct tcp_env env = stack_env(s);

    tcp_call_consumed(&env, &stack_conn_at(s, conn)->tcp, bytes);
    stack_conn_settle(s, conn, &env);
}

void stack_user_shutdown(struct lull_stack *s, uint32_t endpoint, enum lull_direction direction)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t conn = e->conn;
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;
    struct tcp_env env = stack_env(s);

    if (direction & LULL_SHUT_RECEIVE) {
        e->receive_shut = true;
        c->facts |= TCP_RECEIVE_SHUT;
        byte_queue_consume(&c->receive_queue, &s->blocks, c->receive_queue.length);
        stack_endpoint_tell(s, endpoint, LULL_EVENT_READABLE);
    }
    if (direction & LULL_SHUT_SEND) {
        e->send_shut = true;
        tcp_call_shutdown_send(&env, c);
    }
    stack_conn_settle(s, conn, &env);
}

/* The order of the tests is Linux's: lost text, then linger, then an orderly end.
 * [REQ CH-15] [REQ CH-17] */
static void close_conn(struct lull_stack *s, const struct stack_endpoint *e, struct tcp_env *env)
{
    struct tcp_conn *c = &stack_conn_at(s, e->conn)->tcp;
    int64_t on_unread = stack_endpoint_own_knob(e, LULL_KNOB_close_rst_on_unread);
    const struct tcp_settings *usual = env->settings;
    struct tcp_settings own;

    if (on_unread != LULL_KNOB_OF_STACK) {
        own = *usual;
        own.knobs.value[LULL_KNOB_close_rst_on_unread] = on_unread;
        env->settings = &own;
    }
    if (e->linger_seconds == 0 && !tcp_call_loses_text(env, c)) {
        STACK_COUNT(s, TCPAbortOnLinger);
        tcp_call_abort(env, c);
    } else {
        tcp_call_close(env, c);
    }
    env->settings = usual;
}

static bool awaits_ack(const struct tcp_conn *c)
{
    return c->state != TCP_CLOSED && conn_is(c, TCP_FIN_QUEUED) && !tcp_conn_fin_acked(c);
}

/* [REQ CH-18] A second close of a socket that lingers only lets go. */
enum lull_error stack_user_close(struct lull_stack *s, uint32_t endpoint)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    uint32_t conn = e->conn;
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;
    struct tcp_env env = stack_env(s);
    bool lingered = e->kind == STACK_ENDPOINT_LINGERING;

    if (lingered)
        c->facts &= ~(uint32_t)TCP_LINGERING;
    else
        close_conn(s, e, &env);
    bool lingers = !lingered && e->linger_seconds > 0 && awaits_ack(c);
    if (lingers)
        stack_linger_begin(s, endpoint);
    else
        stack_conn_detach(s, conn);
    if (stack_orphan_is_waiting(c))
        stack_late_add(s, conn); /* its record waits from the next verb on */
    stack_conn_settle(s, conn, &env);
    return lingers ? LULL_EINPROGRESS : LULL_OK;
}

enum lull_error stack_user_abort(struct lull_stack *s, uint32_t endpoint)
{
    uint32_t conn = stack_endpoint_at(s, endpoint)->conn;
    struct tcp_env env = stack_env(s);

    stack_conn_detach(s, conn);
    STACK_COUNT(s, TCPAbortOnLinger);
    tcp_call_abort(&env, &stack_conn_at(s, conn)->tcp);
    stack_conn_settle(s, conn, &env);
    return LULL_OK;
}

static void set_fact(struct tcp_conn *c, uint32_t fact, bool on)
{
    c->facts = on ? c->facts | fact : c->facts & ~fact;
}

/* Of the connection in FIN-WAIT-2 once its user is gone: TCP_LINGER2, or the socket's own
 * fw2.orphan_ms; 0 leaves it to the stack. */
static lull_duration patience(const struct stack_endpoint *e)
{
    int64_t own = stack_endpoint_own_knob(e, LULL_KNOB_fw2_orphan_ms);

    if (e->linger2_seconds != 0)
        return LULL_SEC((int64_t)e->linger2_seconds);
    return own == LULL_KNOB_OF_STACK ? 0 : LULL_MS(own);
}

void stack_user_apply_options(struct lull_stack *s, uint32_t endpoint)
{
    const struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct tcp_conn *c = &stack_conn_at(s, e->conn)->tcp;
    struct tcp_env env = stack_env(s);
    uint32_t limit = byte_queue_limit(&s->blocks);

    stack_conn_at(s, e->conn)->owner = e->owner;
    set_fact(c, TCP_REUSE_ADDRESS, e->reuse_address);
    set_fact(c, TCP_REUSE_PORT, e->reuse_port);
    set_fact(c, TCP_NO_DELAY, e->no_delay);
    set_fact(c, TCP_KEEP_ALIVE, e->keep_alive);
    c->keep_idle_ms = e->keep_idle_seconds * 1000u;
    c->keep_interval_ms = e->keep_interval_seconds * 1000u;
    c->keep_count = e->keep_count;
    c->user_timeout = LULL_MS((int64_t)e->user_timeout_ms);
    c->fin_wait_2 = patience(e);
    c->send_buffer = e->send_buffer < limit ? e->send_buffer : limit;
    c->deadline[TCP_TIMER_KEEP_ALIVE] = LULL_TIME_NEVER;
    stack_conn_settle(s, e->conn, &env);
}
