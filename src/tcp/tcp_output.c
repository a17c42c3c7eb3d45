/* tcp_output.c - which octets go out now, and in what order of urgency.
 *
 *   1. our SYN                     4. an ACK somebody waits for
 *   2. text or FIN sent before     5. a probe: zero window, keep-alive
 *   3. text or FIN not yet sent
 *
 * Every segment carries the newest ACK and window, so 1 to 3 make 4 unnecessary. */
#include "tcp/tcp_output.h"

#include "tcp/tcp_build.h"
#include "tcp/tcp_reassembly.h"
#include "tcp/tcp_timeout.h"
#include "tcp/tcp_window.h"

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Text bytes of a full segment as things stand.  [REQ 9293/MUST-16] */
static uint32_t full_segment(const struct tcp_conn *c)
{
    return c->mss - tcp_build_option_bytes(c);
}

/* What was sent before and must go again: from SND.UNA once, or walking after a timeout.
 * [REQ 9293/SHLD-16] */
static bool plan_again(const struct tcp_conn *c, struct tcp_build_plan *plan)
{
    bool once = (c->pending & TCP_PENDING_RETRANSMIT) != 0;
    seq32 from = once ? c->snd.una : c->snd.resend;
    seq32 text_end = conn_is(c, TCP_FIN_SENT) ? seq_add(c->snd.nxt, (uint32_t)-1) : c->snd.nxt;

    if (!once && (!conn_is(c, TCP_RESENDING) || tcp_conn_in_flight(c) >= c->congestion.cwnd))
        return false;
    if (!seq_lt(from, c->snd.nxt) || !conn_is(c, TCP_SYN_ACKED))
        return false;
    plan->seq = from;
    plan->offset = seq_span(c->snd.una, from);
    plan->text = seq_lt(from, text_end) ? at_most(seq_span(from, text_end), full_segment(c)) : 0;
    plan->fin = conn_is(c, TCP_FIN_SENT) && seq_eq(seq_add(from, plan->text), text_end);
    plan->again = true;
    return true;
}

/* Bytes of window beyond SND.NXT.  [REQ 9293/MUST-34] [REQ 9293/SHLD-15] */
static uint32_t room_beyond_next(const struct tcp_conn *c)
{
    uint32_t sent = seq_span(c->snd.una, c->snd.nxt);
    uint32_t window = tcp_window_to_use(c);
    return window > sent ? window - sent : 0;
}

/* Nagle's algorithm and the sender's side of silly-window avoidance
 * (RFC 9293 sections 3.7.4 and 3.8.6.2.1): @text without a last piece that must wait.
 * [REQ 9293/SHLD-7] [REQ 9293/MUST-17] [REQ 9293/MUST-38] */
static uint32_t without_small_tail(const struct tcp_conn *c, uint32_t text, uint32_t full)
{
    uint32_t tail = text % full;
    bool last = text == tcp_conn_unsent(c);
    bool alone = text == tail && seq_eq(c->snd.una, c->snd.nxt);
    bool nagle = !conn_is(c, TCP_NO_DELAY) && !conn_is(c, TCP_FIN_QUEUED) && !alone;

    /* Of a small window a worthwhile share will do; but Nagle holds even that back. */
    return !nagle && (last || tail >= (c->snd.max_wnd + 1) / 2) ? text : text - tail;
}

static bool plan_new(const struct tcp_conn *c, uint32_t burst, struct tcp_build_plan *plan)
{
    uint32_t full = full_segment(c);
    uint32_t unsent = tcp_conn_unsent(c);
    uint32_t room = room_beyond_next(c);
    uint32_t text = at_most(at_most(unsent, room), burst > full ? burst - burst % full : full);

    if (!tcp_state_traits(c->state)->sends_text || !conn_is(c, TCP_SYN_ACKED)
        || conn_is(c, TCP_FIN_SENT) || conn_is(c, TCP_RESENDING))
        return false;
    text = without_small_tail(c, text, full);
    plan->fin = conn_is(c, TCP_FIN_QUEUED) && text == unsent && room > text;
    if (text == 0 && !plan->fin)
        return false;
    plan->seq = c->snd.nxt;
    plan->offset = seq_span(c->snd.una, c->snd.nxt);
    plan->text = text;
    plan->again = false;
    return true;
}

/* One octet, or the FIN, into a window that has no room for it. */
static void plan_probe(const struct tcp_conn *c, struct tcp_build_plan *plan)
{
    uint32_t room = at_most(tcp_window_to_use(c), full_segment(c));

    *plan = (struct tcp_build_plan){.seq = c->snd.una};
    plan->text = at_most(c->send_queue.length, room > 0 ? room : 1);
    plan->fin = conn_is(c, TCP_FIN_QUEUED) && plan->text == c->send_queue.length
                && (plan->text == 0 || room > plan->text);
    plan->again = seq_lt(c->snd.una, c->snd.nxt);
}

bool tcp_output_is_stuck(const struct tcp_conn *c)
{
    struct tcp_build_plan plan;

    if (!tcp_state_traits(c->state)->synchronized || tcp_conn_fin_acked(c)
        || seq_span(c->snd.una, c->snd.nxt) > 1)
        return false;
    if (c->send_queue.length == 0 && !conn_is(c, TCP_FIN_QUEUED))
        return false;
    if (seq_lt(c->snd.una, c->snd.nxt)) /* the probe itself is out */
        return c->snd.wnd == 0;
    return !plan_again(c, &plan) && !plan_new(c, 0, &plan);
}

bool tcp_output_is_wanted(const struct tcp_conn *c)
{
    struct tcp_build_plan plan;
    return c->pending != 0 || plan_again(c, &plan) || plan_new(c, 0, &plan);
}

/* [REQ 9293/MUST-58] */
static void account_ack(struct tcp_conn *c)
{
    c->rcv.acked = c->rcv.nxt;
    c->pending &= (uint8_t) ~(TCP_PENDING_ACK | TCP_PENDING_CHALLENGE_ACK | TCP_PENDING_KEEP_ALIVE);
    c->deadline[TCP_TIMER_DELAYED_ACK] = LULL_TIME_NEVER;
}

static void start_timing(const struct tcp_env *env, struct tcp_conn *c, seq32 seq)
{
    if (conn_is(c, TCP_RTT_TIMING))
        return;
    c->facts |= TCP_RTT_TIMING;
    c->rtt_seq = seq;
    c->rtt_started = env->now;
}

/* Karn: an ACK would not tell which copy it is for.  The moment is kept, because a
 * timestamp may tell.  [REQ 6298/3] */
static void stop_timing(const struct tcp_env *env, struct tcp_conn *c)
{
    c->facts &= ~(uint32_t)TCP_RTT_TIMING;
    c->rtt_started = env->now;
}

static void account_resend(struct tcp_env *env, struct tcp_conn *c,
                           const struct tcp_build_plan *plan, seq32 end)
{
    stop_timing(env, c);
    c->retransmits++;
    TCP_COUNT(env, TcpRetransSegs);
    TRACE(env->trace, env->now, c->id, tcp_retransmit, plan->seq.raw, plan->text, c->backoff);
    if (conn_is(c, TCP_RESENDING)) {
        c->snd.resend = seq_max(c->snd.resend, end);
        if (seq_leq(c->snd.nxt, c->snd.resend))
            c->facts &= ~(uint32_t)TCP_RESENDING;
    }
}

static void account_text(struct tcp_env *env, struct tcp_conn *c, const struct tcp_build_plan *plan)
{
    seq32 end = seq_add(plan->seq, plan->text + (plan->fin ? 1 : 0));

    if (plan->fin)
        c->facts |= TCP_FIN_SENT;
    if (seq_lt(c->snd.nxt, end)) {
        start_timing(env, c, c->snd.nxt);
        c->snd.nxt = end;
    }
    if (plan->again)
        account_resend(env, c, plan, end);
    else
        TCP_COUNT(env, TcpOutSegs);
    tcp_timeout_sent(env, c);
}

static void send_syn(struct tcp_env *env, struct tcp_conn *c, struct tcp_emission *out)
{
    bool again = !seq_eq(c->snd.nxt, c->snd.iss);

    tcp_build_syn(env, c, out);
    c->pending &= (uint8_t)~TCP_PENDING_SYN;
    c->snd.nxt = seq_add(c->snd.iss, 1);
    if (again) {
        c->retransmits++;
        stop_timing(env, c);
        TCP_COUNT(env, TcpRetransSegs);
    } else {
        start_timing(env, c, c->snd.iss);
        TCP_COUNT(env, TcpOutSegs);
    }
    if (c->state == TCP_SYN_RECEIVED)
        account_ack(c);
    tcp_timeout_sent(env, c);
}

/* An ACK that carries nothing, from SND.NXT, or one below it to provoke an answer.
 * [REQ 9293/SHLD-12] */
static void send_bare(struct tcp_env *env, struct tcp_conn *c, struct tcp_emission *out)
{
    struct tcp_build_plan plan = {.seq = c->snd.nxt};

    if (!(c->pending & (TCP_PENDING_ACK | TCP_PENDING_CHALLENGE_ACK))) {
        plan.seq = seq_add(c->snd.nxt, (uint32_t)-1);
        TCP_COUNT(env, TCPKeepAlive);
    }
    tcp_build_segment(env, c, &plan, out);
    account_ack(c);
    TCP_COUNT(env, TcpOutSegs);
}

static bool choose(struct tcp_env *env, struct tcp_conn *c, uint32_t burst,
                   struct tcp_build_plan *plan)
{
    if (plan_again(c, plan)) {
        c->pending &= (uint8_t)~TCP_PENDING_RETRANSMIT;
        return true;
    }
    c->pending &= (uint8_t)~TCP_PENDING_RETRANSMIT; /* acknowledged meanwhile */
    if (plan_new(c, burst, plan)) {
        c->pending &= (uint8_t)~TCP_PENDING_PROBE;
        return true;
    }
    bool probe = (c->pending & TCP_PENDING_PROBE) != 0;
    c->pending &= (uint8_t)~TCP_PENDING_PROBE;
    if (!probe || !tcp_output_is_stuck(c))
        return false;
    plan_probe(c, plan);
    TCP_COUNT(env, TCPWinProbe);
    return true;
}

bool tcp_output_next(struct tcp_env *env, struct tcp_conn *c, uint32_t burst,
                     struct tcp_emission *out)
{
    struct tcp_build_plan plan = {0};

    if (c->pending & TCP_PENDING_SYN) {
        send_syn(env, c, out);
        return true;
    }
    if (c->state == TCP_CLOSED || c->state == TCP_SYN_SENT || c->state == TCP_TIME_WAIT)
        return false;
    if (choose(env, c, burst, &plan)) {
        tcp_build_segment(env, c, &plan, out);
        account_text(env, c, &plan);
        account_ack(c);
    } else if (c->pending != 0) {
        send_bare(env, c, out);
    } else {
        return false;
    }
    TRACE(env->trace, env->now, c->id, tcp_send, out->segment.seq.raw, out->text_bytes,
          out->segment.flags);
    return true;
}
