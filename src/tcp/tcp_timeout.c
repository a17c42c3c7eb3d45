#include "tcp/tcp_timeout.h"

#include "tcp/tcp_output.h"
#include "tcp/tcp_recovery.h"

#define R1_RETRANSMISSIONS 3 /* RFC 9293 section 3.8.3: at least three */

lull_duration tcp_timeout_rto(const struct tcp_env *env, const struct tcp_conn *c)
{
    const struct tcp_settings *s = env->settings;
    struct tcp_rtt_limits limits = {s->rto_min, s->rto_initial, s->rto_max};
    return tcp_rtt_timeout(&c->rtt, &limits, c->backoff);
}

lull_time tcp_timeout_next(const struct tcp_conn *c)
{
    lull_time next = LULL_TIME_NEVER;
    for (int i = 0; i < TCP_TIMER_COUNT; i++)
        next = time_earlier(next, c->deadline[i]);
    return next;
}

/* Nobody waits for the result: tries are counted instead of seconds. */
static bool is_left_alone(const struct tcp_conn *c)
{
    return conn_is(c, TCP_ORPHAN) && !conn_is(c, TCP_LINGERING);
}

/* R2 of RFC 9293 section 3.8.3: how long the oldest octet may stay unacknowledged; 0: no such
 * bound.  A timeout that was asked for outlives the user, the stack's R2 does not.
 * [REQ 9293/MUST-20] [REQ 9293/MUST-21] [REQ 9293/MUST-23] [REQ 9293/SHLD-11] */
static lull_duration give_up_after(const struct tcp_env *env, const struct tcp_conn *c)
{
    if (!conn_is(c, TCP_SYN_ACKED))
        return env->settings->syn_timeout;
    if (c->user_timeout > 0)
        return c->user_timeout;
    if (TCP_KNOB(env, uto_ms) > 0)
        return TCP_KNOB_MS(env, uto_ms);
    return is_left_alone(c) ? 0 : env->settings->user_timeout;
}

static lull_time last_chance(const struct tcp_env *env, const struct tcp_conn *c)
{
    lull_duration limit = give_up_after(env, c);

    return c->stalled_since == LULL_TIME_NEVER || limit == 0 ? LULL_TIME_NEVER
                                                             : c->stalled_since + limit;
}

/* [REQ 6298/5.1] */
void tcp_timeout_sent(const struct tcp_env *env, struct tcp_conn *c)
{
    if (c->stalled_since == LULL_TIME_NEVER)
        c->stalled_since = env->now;
    if (c->deadline[TCP_TIMER_RETRANSMIT] != LULL_TIME_NEVER)
        return;
    lull_time due = env->now + tcp_timeout_rto(env, c);
    lull_time last = last_chance(env, c);
    c->deadline[TCP_TIMER_RETRANSMIT] = last > env->now ? time_earlier(due, last) : due;
}

/* [REQ 6298/5.2] [REQ 6298/5.3] */
void tcp_timeout_progress(const struct tcp_env *env, struct tcp_conn *c)
{
    c->backoff = 0;
    c->deadline[TCP_TIMER_RETRANSMIT] = LULL_TIME_NEVER;
    c->stalled_since = LULL_TIME_NEVER;
    if (!seq_eq(c->snd.una, c->snd.nxt))
        tcp_timeout_sent(env, c);
}

void tcp_timeout_window_opened(struct tcp_conn *c)
{
    c->backoff = 0;
    c->deadline[TCP_TIMER_RETRANSMIT] = LULL_TIME_NEVER;
    c->stalled_since = LULL_TIME_NEVER;
    if (seq_lt(c->snd.una, c->snd.nxt)) {
        c->facts |= TCP_RESENDING;
        c->snd.resend = c->snd.una;
    }
}

/* [REQ CH-19] [REQ 9293/3.10.8-user]  An attempt may know better than that nobody answered: a
 * router said why. */
static void give_up(struct tcp_env *env, struct tcp_conn *c)
{
    enum lull_error why = LULL_ETIMEDOUT;

    TCP_COUNT(env, TCPAbortOnTimeout);
    if (!conn_is(c, TCP_SYN_ACKED)) {
        TCP_COUNT(env, TcpAttemptFails);
        why = c->soft_error != LULL_OK ? c->soft_error : why;
    }
    tcp_state_close(env, c, why);
}

static bool is_hopeless(const struct tcp_env *env, const struct tcp_conn *c)
{
    if (is_left_alone(c) && c->backoff >= TCP_KNOB(env, orphan_retries))
        return true;
    return last_chance(env, c) <= env->now;
}

/* R1: the same octets were sent again three times, so something is wrong with the path or with
 * the peer.  [REQ 9293/SHLD-9] [REQ 9293/SHLD-10] [REQ 9293/MUST-20] [REQ 9293/MUST-22] */
static void note_retransmission(struct tcp_conn *c)
{
    if (c->backoff + 1 == R1_RETRANSMISSIONS)
        c->facts |= TCP_NEWS_TROUBLE;
}

/* [REQ CH-11] [REQ 9293/MUST-36] [REQ 9293/SHLD-30] [REQ 9293/3.10.8-retransmission] */
static void retransmit_due(struct tcp_env *env, struct tcp_conn *c)
{
    if (is_hopeless(env, c)) {
        give_up(env, c);
        return;
    }
    if (!conn_is(c, TCP_SYN_ACKED)) {
        c->pending |= TCP_PENDING_SYN;
        c->facts &= ~(uint32_t)TCP_RTT_TIMING;
        TCP_COUNT(env, TCPTimeouts);
        note_retransmission(c);
    } else if (tcp_output_is_stuck(c)) {
        c->pending |= TCP_PENDING_PROBE;
    } else if (seq_lt(c->snd.una, c->snd.nxt)) {
        tcp_recovery_timeout(env, c);
        note_retransmission(c);
    } else {
        return;
    }
    if (c->backoff < UINT8_MAX)
        c->backoff++;
}

/* RFC 9293 section 3.8.4.  [REQ 9293/MUST-24] [REQ 9293/MUST-26]
 * [REQ 9293/MUST-29] */
static void keep_alive_due(struct tcp_env *env, struct tcp_conn *c)
{
    if (!conn_is(c, TCP_KEEP_ALIVE) || !seq_eq(c->snd.una, c->snd.nxt))
        return; /* what is outstanding probes by itself */
    if (env->now < c->heard_at + LULL_MS((int64_t)c->keep_idle_ms))
        return;
    if (c->keep_probes >= c->keep_count) {
        give_up(env, c);
        return;
    }
    c->keep_probes++;
    c->pending |= TCP_PENDING_KEEP_ALIVE;
}

/* [REQ 9293/MUST-40] */
static void delayed_ack_due(struct tcp_env *env, struct tcp_conn *c)
{
    c->pending |= TCP_PENDING_ACK;
    TCP_COUNT(env, DelayedACKs);
}

void tcp_timeout_fire(struct tcp_env *env, struct tcp_conn *c)
{
    static void (*const due[TCP_TIMER_COUNT])(struct tcp_env *, struct tcp_conn *) = {
        [TCP_TIMER_RETRANSMIT] = retransmit_due,
        [TCP_TIMER_DELAYED_ACK] = delayed_ack_due,
        [TCP_TIMER_KEEP_ALIVE] = keep_alive_due,
    };

    for (int i = 0; i < TCP_TIMER_COUNT && c->state != TCP_CLOSED; i++) {
        if (c->deadline[i] > env->now)
            continue;
        c->deadline[i] = LULL_TIME_NEVER;
        due[i](env, c);
    }
}

static lull_time next_keep_alive(const struct tcp_env *env, const struct tcp_conn *c)
{
    if (c->keep_probes > 0)
        return env->now + LULL_MS((int64_t)c->keep_interval_ms);
    lull_time idle_until = c->heard_at + LULL_MS((int64_t)c->keep_idle_ms);
    return idle_until > env->now ? idle_until : env->now + LULL_MS((int64_t)c->keep_interval_ms);
}

/* Nothing is awaited in FIN-WAIT-2 while a user is there: a half-closed connection may last.
 * [REQ CH-14] [REQ 9293/MUST-25] [REQ 9293/MUST-27] */
void tcp_timeout_review(const struct tcp_env *env, struct tcp_conn *c)
{
    if (conn_is(c, TCP_KEEP_ALIVE) && tcp_state_traits(c->state)->synchronized
        && c->deadline[TCP_TIMER_KEEP_ALIVE] == LULL_TIME_NEVER)
        c->deadline[TCP_TIMER_KEEP_ALIVE] = next_keep_alive(env, c);
    if (c->deadline[TCP_TIMER_RETRANSMIT] == LULL_TIME_NEVER && !(c->pending & TCP_PENDING_PROBE)
        && tcp_output_is_stuck(c))
        c->deadline[TCP_TIMER_RETRANSMIT] = env->now + tcp_timeout_rto(env, c);
}
