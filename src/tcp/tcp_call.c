#include "tcp/tcp_call.h"

#include "tcp/tcp_reassembly.h"
#include "tcp/tcp_window.h"

/* The time an attempt may last counts from its first SYN (tcp_timeout_sent()): a call has no clock,
 * and the last verb may be long ago. */
void tcp_call_open(struct tcp_env *env, struct tcp_conn *c)
{
    c->pending |= TCP_PENDING_SYN;
    tcp_state_set(env, c, TCP_SYN_SENT);
}

uint32_t tcp_call_send_room(const struct tcp_conn *c)
{
    return c->send_buffer > c->send_queue.length ? c->send_buffer - c->send_queue.length : 0;
}

ptrdiff_t tcp_call_send(struct tcp_env *env, struct tcp_conn *c, struct lull_slice data)
{
    uint32_t room = tcp_call_send_room(c);

    if (conn_is(c, TCP_FIN_QUEUED))
        return LULL_EPIPE;
    if (c->state == TCP_CLOSED)
        return LULL_ENOTCONN;
    if (data.len < room)
        room = (uint32_t)data.len;
    uint32_t taken = byte_queue_append(&c->send_queue, env->blocks, data.data, room);
    if (taken < room)
        TCP_COUNT(env, TCPMemoryPressures);
    return taken > 0 ? (ptrdiff_t)taken : LULL_EAGAIN;
}

void tcp_call_consumed(struct tcp_env *env, struct tcp_conn *c, uint32_t bytes)
{
    byte_queue_consume(&c->receive_queue, env->blocks, bytes);
    if (tcp_window_news(c))
        c->pending |= TCP_PENDING_ACK;
}

bool tcp_call_at_end(const struct tcp_conn *c)
{
    const struct tcp_state_traits *traits = tcp_state_traits(c->state);
    return traits->synchronized && !traits->receives_text;
}

/* [REQ CH-01] [REQ CH-02] [REQ CH-10] [REQ CH-20] [REQ 9293/MAY-1]
 * [REQ 9293/3.10.4-syn-sent] [REQ 9293/3.10.4-syn-received] [REQ 9293/3.10.4-established]
 * [REQ 9293/3.10.4-fin-wait] [REQ 9293/3.10.4-close-wait] [REQ 9293/3.10.4-closing] */
void tcp_call_shutdown_send(struct tcp_env *env, struct tcp_conn *c)
{
    if (conn_is(c, TCP_FIN_QUEUED))
        return; /* there is one FIN in a connection's life */
    switch (c->state) {
    case TCP_SYN_SENT: tcp_state_close(env, c, LULL_OK); return;
    case TCP_SYN_RECEIVED: break; /* FIN-WAIT-1 once established */
    case TCP_ESTABLISHED: tcp_state_set(env, c, TCP_FIN_WAIT_1); break;
    case TCP_CLOSE_WAIT: tcp_state_set(env, c, TCP_LAST_ACK); break;
    default: return;
    }
    c->facts |= TCP_FIN_QUEUED;
}

/* The peer must not believe that text was read when it was not.  [REQ CH-15] */
bool tcp_call_loses_text(const struct tcp_env *env, const struct tcp_conn *c)
{
    return TCP_KNOB(env, close_rst_on_unread) && c->receive_queue.length > 0;
}

/* [REQ 9293/SHLD-3] */
void tcp_call_close(struct tcp_env *env, struct tcp_conn *c)
{
    c->facts |= TCP_ORPHAN;
    if (tcp_call_loses_text(env, c)) {
        /* Our FIN said nothing of it, if it has left at all. */
        TCP_COUNT(env, TCPAbortOnClose);
        tcp_call_give_up(env, c);
        return;
    }
    /* What waits past a gap cannot be read either, and what would fill the gap resets. */
    byte_queue_clear(&c->receive_queue, env->blocks);
    tcp_reassembly_forget(env, c);
    tcp_call_shutdown_send(env, c);
}

/* Section 3.10.5: states in which the peer must be told.
 * [REQ 9293/3.10.5-synchronized] [REQ 9293/3.10.5-silent] */
static bool peer_must_be_told(enum tcp_state s)
{
    return s == TCP_SYN_RECEIVED || s == TCP_ESTABLISHED || s == TCP_FIN_WAIT_1
           || s == TCP_FIN_WAIT_2 || s == TCP_CLOSE_WAIT;
}

/* [REQ CH-17] */
void tcp_call_abort(struct tcp_env *env, struct tcp_conn *c)
{
    if (peer_must_be_told(c->state))
        env->reply = (struct tcp_reply){TCP_REPLY_RESET_AND_ACK, c->snd.nxt, c->rcv.nxt};
    tcp_state_close(env, c, LULL_ECONNABORTED);
}

void tcp_call_give_up(struct tcp_env *env, struct tcp_conn *c)
{
    env->reply = (struct tcp_reply){TCP_REPLY_RESET_AND_ACK, c->snd.nxt, c->rcv.nxt};
    tcp_state_close(env, c, LULL_ECONNABORTED);
}
