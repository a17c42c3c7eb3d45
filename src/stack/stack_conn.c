#include "stack/stack_conn.h"

#include "stack/stack.h"
#include "stack/stack_advice.h"
#include "stack/stack_late.h"
#include "stack/stack_linger.h"
#include "stack/stack_listen.h"
#include "stack/stack_orphan.h"
#include "stack/stack_record.h"
#include "stack/stack_reply.h"
#include "stack/stack_tuples.h"

uint32_t stack_conn_make(struct lull_stack *s, struct tcp_conn_plan *plan)
{
    struct tcp_env env = stack_env(s);
    uint32_t index = pool_take(&s->conns);

    if (index == POOL_NONE && s->late_first != POOL_NONE) {
        stack_late_date(s); /* a newcomer matters more than their last seconds */
        index = pool_take(&s->conns);
    }
    if (index == POOL_NONE)
        return index;
    struct stack_conn *conn = stack_conn_at(s, index);
    conn->endpoint = conn->listener = POOL_NONE;
    conn->accept_next = conn->accept_previous = conn->ready_next = POOL_NONE;
    conn->parked = TCP_RECORD_NONE;
    conn->holds = STACK_KNOB(s, abort_hold) != 0;
    plan->id = index;
    tcp_conn_init(&env, &conn->tcp, plan);
    if (!stack_tuples_add_conn(s, index)) {
        pool_give(&s->conns, index);
        return POOL_NONE;
    }
    return index;
}

/* --- who wants to send ------------------------------------------------------------------ */

static void append(struct lull_stack *s, uint32_t index, uint32_t *first, uint32_t *last)
{
    stack_conn_at(s, index)->ready_next = POOL_NONE;
    if (*last == POOL_NONE)
        *first = index;
    else
        stack_conn_at(s, *last)->ready_next = index;
    *last = index;
}

static void leave_list(struct lull_stack *s, uint32_t index, uint32_t *first, uint32_t *last)
{
    uint32_t previous = POOL_NONE;
    uint32_t at = *first;

    while (at != POOL_NONE && at != index) {
        previous = at;
        at = stack_conn_at(s, at)->ready_next;
    }
    if (at == POOL_NONE)
        return;
    uint32_t next = stack_conn_at(s, index)->ready_next;
    if (previous == POOL_NONE)
        *first = next;
    else
        stack_conn_at(s, previous)->ready_next = next;
    if (*last == index)
        *last = previous;
}

void stack_conn_make_ready(struct lull_stack *s, uint32_t index)
{
    struct stack_conn *conn = stack_conn_at(s, index);

    if (conn->ready)
        return;
    conn->ready = true;
    append(s, index, &s->ready_first, &s->ready_last);
}

uint32_t stack_conn_take_ready(struct lull_stack *s)
{
    uint32_t index = s->ready_first;

    if (index == POOL_NONE)
        return index;
    struct stack_conn *conn = stack_conn_at(s, index);
    s->ready_first = conn->ready_next;
    if (s->ready_first == POOL_NONE)
        s->ready_last = POOL_NONE;
    conn->ready = false;
    return index;
}

void stack_conn_stick(struct lull_stack *s, uint32_t index)
{
    stack_conn_at(s, index)->ready = true;
    append(s, index, &s->stuck_first, &s->stuck_last);
}

void stack_conn_unstick(struct lull_stack *s)
{
    if (s->stuck_first == POOL_NONE)
        return;
    if (s->ready_last == POOL_NONE)
        s->ready_first = s->stuck_first;
    else
        stack_conn_at(s, s->ready_last)->ready_next = s->stuck_first;
    s->ready_last = s->stuck_last;
    s->stuck_first = s->stuck_last = POOL_NONE;
}

static void leave_lists(struct lull_stack *s, uint32_t index)
{
    if (!stack_conn_at(s, index)->ready)
        return;
    leave_list(s, index, &s->ready_first, &s->ready_last);
    leave_list(s, index, &s->stuck_first, &s->stuck_last);
}

/* --- news for the user ------------------------------------------------------------------ */

static void tell_progress(struct lull_stack *s, struct stack_conn *conn)
{
    struct tcp_conn *c = &conn->tcp;
    unsigned events = 0;

    if (conn->endpoint == POOL_NONE)
        return;
    struct stack_endpoint *e = stack_endpoint_at(s, conn->endpoint);
    if (conn_is(c, TCP_NEWS_READABLE))
        events |= LULL_EVENT_READABLE | (e->send_shut ? LULL_EVENT_HANGUP : 0u);
    if (e->kind == STACK_ENDPOINT_CONNECTING && tcp_state_traits(c->state)->synchronized) {
        e->kind = STACK_ENDPOINT_CONNECTED;
        events |= LULL_EVENT_WRITABLE;
    }
    if (conn_is(c, TCP_NEWS_WRITABLE) && e->wants_room && tcp_call_send_room(c) > 0) {
        e->wants_room = false;
        events |= LULL_EVENT_WRITABLE;
    }
    c->facts &= ~(uint32_t)(TCP_NEWS_READABLE | TCP_NEWS_WRITABLE);
    if (events != 0)
        stack_endpoint_tell(s, conn->endpoint, events);
}

/* The connection ends before its user: what was not read and not told stays with him. */
static void tell_end(struct lull_stack *s, uint32_t index)
{
    struct stack_conn *conn = stack_conn_at(s, index);
    struct tcp_conn *c = &conn->tcp;

    stack_linger_end(s, index, c->error);
    if (conn->endpoint == POOL_NONE)
        return;
    struct stack_endpoint *e = stack_endpoint_at(s, conn->endpoint);
    e->at_end = tcp_call_at_end(c) || c->error == LULL_OK;
    stack_endpoint_end(s, e, c->error);
    if (c->error == LULL_OK) {
        e->ended.leftover = c->receive_queue; /* a reset would have flushed it */
        byte_queue_init(&c->receive_queue);
    }
    stack_endpoint_tell(s, conn->endpoint,
                        LULL_EVENT_READABLE | LULL_EVENT_WRITABLE | LULL_EVENT_HANGUP
                            | (e->error != LULL_OK ? LULL_EVENT_ERROR : 0u));
    conn->endpoint = POOL_NONE;
}

int64_t stack_conn_knob(const struct lull_stack *s, uint32_t index, enum lull_knob knob)
{
    const struct stack_conn *conn = stack_conn_at(s, index);
    uint32_t endpoint = conn->endpoint;

    if (endpoint == POOL_NONE && conn->listener != POOL_NONE)
        endpoint = stack_listener_at(s, conn->listener)->endpoint;
    if (endpoint != POOL_NONE)
        return stack_endpoint_knob(s, stack_endpoint_at(s, endpoint), knob);
    return knob == LULL_KNOB_abort_hold ? conn->holds : lull_stack_knob(s, knob);
}

void stack_conn_detach(struct lull_stack *s, uint32_t index)
{
    struct stack_conn *conn = stack_conn_at(s, index);
    struct stack_endpoint *e = stack_endpoint_at(s, conn->endpoint);

    conn->holds = stack_conn_knob(s, index, LULL_KNOB_abort_hold) != 0;
    e->kind = STACK_ENDPOINT_IDLE;
    e->conn = POOL_NONE;
    conn->endpoint = POOL_NONE;
}

/* --- after an event --------------------------------------------------------------------- */

/* [REQ IR-10] [REQ 9293/MAY-2] The record it might have replaced takes over again, its time as
 * if nothing had been. */
static void restore_parked(struct lull_stack *s, struct stack_conn *conn)
{
    struct tcp_env env = stack_env(s);

    if (conn->parked != TCP_RECORD_NONE)
        tcp_timewait_restored(&env, &s->records, conn->parked, &conn->tcp);
    conn->parked = TCP_RECORD_NONE;
}

/* [REQ IR-12] The handshake is complete: the old incarnation is history. */
static void replace_parked(struct lull_stack *s, struct stack_conn *conn)
{
    if (conn->parked != TCP_RECORD_NONE && conn_is(&conn->tcp, TCP_SYN_ACKED)) {
        uint32_t record = conn->parked;
        bool passive = conn_is(&conn->tcp, TCP_PASSIVE_OPEN);
        conn->parked = TCP_RECORD_NONE;
        tcp_record_at(&s->records, record)->parked = 0;
        stack_record_end(s, record, passive ? LULL_END_RECYCLED : LULL_END_RECYCLED_ACTIVE);
    }
}

static void bury(struct lull_stack *s, uint32_t index)
{
    struct stack_conn *conn = stack_conn_at(s, index);
    struct tcp_env env = stack_env(s);

    replace_parked(s, conn); /* one segment can complete the handshake and end the connection */
    restore_parked(s, conn);
    stack_late_forget(s, index);
    stack_listen_forget(s, index);
    stack_orphan_forget(s, index);
    tell_end(s, index);
    leave_lists(s, index);
    timer_wheel_cancel(&s->timers, index);
    stack_tuples_remove_conn(s, index);
    tcp_conn_release(&env, &conn->tcp);
    pool_give(&s->conns, index);
}

static void set_timer(struct lull_stack *s, uint32_t index)
{
    const struct tcp_conn *c = &stack_conn_at(s, index)->tcp;
    lull_time next = tcp_timeout_next(c);
    lull_time armed = timer_wheel_deadline(&s->timers, index);

    if (conn_is(c, TCP_LINGERING))
        next = time_earlier(next, stack_linger_deadline(s, index));
    /* A deadline that moved away is found when the old one fires: re-arming at every ACK
     * would cost more than one idle call per timeout. */
    if (next == LULL_TIME_NEVER && armed != LULL_TIME_NEVER)
        timer_wheel_cancel(&s->timers, index);
    else if (next < armed)
        timer_wheel_arm(&s->timers, index, next);
}

/* Whoever resets a connection holds its tuple (RFC 9293 section 3.5.2).  An attempt over a record
 * that the peer could not show to be newer goes on from another port, where the port was ours
 * to choose and while the attempt may last.  [REQ CH-17] [REQ IR-16] */
static void end(struct lull_stack *s, uint32_t index, const struct tcp_env *env)
{
    struct stack_conn *conn = stack_conn_at(s, index);
    struct tcp_hold_facts facts = {0};
    struct tuple tuple = conn->tcp.tuple;
    enum lull_record_cause cause = conn->tcp.cause;
    uint32_t endpoint = conn->endpoint;
    bool held =
        env->reply.kind != TCP_REPLY_NONE && stack_conn_knob(s, index, LULL_KNOB_abort_hold);
    lull_time since = conn->tcp.stalled_since;
    bool again = cause == LULL_CAUSE_NOT_NEW && endpoint != POOL_NONE
                 && !stack_endpoint_at(s, endpoint)->holds_port
                 && s->now - since < s->tcp.syn_timeout;

    if (held)
        facts = tcp_hold_of_conn(env, &conn->tcp);
    if (again)
        stack_conn_detach(s, index);
    bury(s, index);
    if (held)
        stack_record_hold(s, &facts);
    stack_refuse_attempt(s, &tuple, cause);
    if (again)
        stack_connect_again(s, endpoint, since);
}

/* The peer is told, because it cannot know that nobody will answer it. */
static void give_up_orphan(struct lull_stack *s, uint32_t index)
{
    struct tcp_conn *c = &stack_conn_at(s, index)->tcp;
    struct tcp_env env = stack_env(s);

    tcp_call_give_up(&env, c);
    stack_reply_reset(s, &c->tuple, &env.reply);
    end(s, index, &env);
}

/* Most connections have a user, were accepted and are in no trouble.  What concerns the others is
 * asked of the facts here, and called only where there is something to do. */
void stack_conn_settle(struct lull_stack *s, uint32_t index, const struct tcp_env *env)
{
    struct stack_conn *conn = stack_conn_at(s, index);
    struct tcp_conn *c = &conn->tcp;

    stack_reply_reset(s, &c->tuple, &env->reply);
    if (conn_is(c, TCP_LINGERING))
        stack_linger_review(s, index);
    if (c->state == TCP_CLOSED) {
        end(s, index, env);
        return;
    }
    replace_parked(s, conn);
    if (conn->listener != POOL_NONE)
        stack_listen_promote(s, index);
    if (conn_is(c, TCP_ORPHAN) && stack_orphan_must_go(s, index)) {
        give_up_orphan(s, index);
        return;
    }
    if (c->state == TCP_TIME_WAIT || (stack_orphan_is_waiting(c) && !conn->late)) {
        stack_record_enter(s, index);
        bury(s, index);
        return;
    }
    if (conn_is(c, TCP_ORPHAN))
        stack_orphan_account(s, index);
    if (conn_is(c, TCP_NEWS_TROUBLE))
        stack_advice_trouble(s, index);
    tell_progress(s, conn);
    tcp_timeout_review(env, c);
    if (tcp_output_is_wanted(c))
        stack_conn_make_ready(s, index);
    set_timer(s, index);
}
