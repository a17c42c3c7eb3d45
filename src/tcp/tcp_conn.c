#include "tcp/tcp_conn.h"

#include "tcp/tcp_isn.h"
#include "tcp/tcp_negotiate.h"
#include "tcp/tcp_reassembly.h"
#include "tcp/tcp_timestamp.h"

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void tcp_conn_init(const struct tcp_env *env, struct tcp_conn *c, const struct tcp_conn_plan *plan)
{
    const struct tcp_settings *settings = env->settings;
    uint32_t limit = byte_queue_limit(env->blocks);

    /* Zeroed memory is CLOSED: only tcp_state_set() assigns a state. */
    c->tuple = plan->tuple;
    c->id = plan->id;
    c->mss_local = plan->mss_local;
    c->send_buffer = at_most(plan->send_buffer, limit);
    c->receive_buffer = at_most(plan->receive_buffer, limit);
    byte_queue_init(&c->send_queue);
    byte_queue_init(&c->receive_queue);
    c->rcv.ranges = BLOCK_NONE;
    for (int i = 0; i < TCP_TIMER_COUNT; i++)
        c->deadline[i] = LULL_TIME_NEVER;
    c->stalled_since = LULL_TIME_NEVER;
    c->heard_at = env->now;
    c->challenged_at = env->now - settings->challenge_interval;
    c->keep_idle_ms = 7200 * 1000; /* [REQ 9293/MUST-28] two hours or more */
    c->keep_interval_ms = 75 * 1000;
    c->keep_count = 9;

    c->snd.iss = tcp_isn_choose(settings, &c->tuple, env->now);
    c->ts.offset = tcp_timestamp_offset(&settings->timestamp_key, &c->tuple);
    if (plan->floor) {
        uint32_t first = tcp_timestamp_value(c->ts.offset, env->now);
        seq32 usual = c->snd.iss;
        c->snd.iss = tcp_isn_above(settings, &c->tuple, c->snd.iss, plan->iss_above);
        if (!seq_eq(c->snd.iss, usual))
            c->snd.iss = seq_add(c->snd.iss, plan->iss_ticks);
        if (!tcp_timestamp_before(plan->ts_above, first))
            c->ts.offset += plan->ts_above - first + 1;
    }
    c->snd.una = c->snd.nxt = c->snd.recover = c->snd.iss;
    tcp_negotiate_begin(c, plan->features);
    if (plan->replaces != NULL) {
        c->facts |= TCP_REPLACES | (plan->replaces->timestamps ? TCP_REPLACES_STAMPED : 0u);
        c->rcv.nxt = plan->replaces->rcv_nxt;
        c->ts.recent = plan->replaces->ts_recent;
    }
    c->rcv.wnd = at_most(c->receive_buffer, UINT16_MAX); /* a SYN's window is never scaled */
}

void tcp_conn_release(const struct tcp_env *env, struct tcp_conn *c)
{
    byte_queue_clear(&c->send_queue, env->blocks);
    byte_queue_clear(&c->receive_queue, env->blocks);
    tcp_reassembly_forget(env, c);
}

seq32 tcp_conn_text_start(const struct tcp_conn *c)
{
    return conn_is(c, TCP_SYN_ACKED) ? c->snd.una : seq_add(c->snd.iss, 1);
}

uint32_t tcp_conn_unsent(const struct tcp_conn *c)
{
    if (conn_is(c, TCP_FIN_SENT))
        return 0;
    seq32 start = tcp_conn_text_start(c);
    uint32_t sent = seq_lt(start, c->snd.nxt) ? seq_span(start, c->snd.nxt) : 0;
    return c->send_queue.length - sent;
}

uint32_t tcp_conn_in_flight(const struct tcp_conn *c)
{
    return seq_span(c->snd.una, conn_is(c, TCP_RESENDING) ? c->snd.resend : c->snd.nxt);
}

bool tcp_conn_fin_acked(const struct tcp_conn *c)
{
    return conn_is(c, TCP_FIN_SENT) && seq_eq(c->snd.una, c->snd.nxt);
}
