#include "tcp/tcp_ack.h"

#include "tcp/tcp_challenge.h"
#include "tcp/tcp_output.h"
#include "tcp/tcp_recovery.h"
#include "tcp/tcp_timeout.h"
#include "tcp/tcp_timestamp.h"

/* SND.WND := SEG.WND, but never from a segment older than the one that set it last. */
static void update_send_window(struct tcp_conn *c, const struct tcp_segment *seg)
{
    if (seq_lt(seg->seq, c->snd.wl1))
        return;
    if (seq_eq(seg->seq, c->snd.wl1) && seq_lt(seg->ack, c->snd.wl2))
        return;
    if (c->snd.wnd == 0 && seg->wnd > 0)
        tcp_timeout_window_opened(c);
    c->snd.wnd = seg->wnd;
    c->snd.wl1 = seg->seq;
    c->snd.wl2 = seg->ack;
    if (seg->wnd > c->snd.max_wnd)
        c->snd.max_wnd = seg->wnd;
}

/* After a retransmission only an echo of it, or of something later, tells the round trip;
 * an echo of the first copy measures how long we waited to repeat it. */
static bool echoes_retransmission(const struct tcp_conn *c, const struct tcp_segment *seg)
{
    uint32_t sent = tcp_timestamp_value(c->ts.offset, c->rtt_started);
    return !tcp_timestamp_before(seg->options.ts_echo, sent);
}

/* One octet of each flight is timed with our own clock; the coarser timestamps serve only
 * while retransmissions make that ambiguous (RFC 6298 section 3).  [REQ 6298/3] */
static void measure_round_trip(const struct tcp_env *env, struct tcp_conn *c,
                               const struct tcp_segment *seg)
{
    lull_duration sample = 0;

    if (conn_is(c, TCP_RTT_TIMING)) {
        if (!seq_lt(c->rtt_seq, seg->ack))
            return;
        sample = env->now - c->rtt_started;
        c->facts &= ~(uint32_t)TCP_RTT_TIMING;
    } else if (c->backoff > 0 && echoes_retransmission(c, seg)) {
        sample = tcp_timestamp_round_trip(c, seg, env->now);
    }
    if (sample <= 0)
        return;
    tcp_rtt_sample(&c->rtt, sample);
    TRACE(env->trace, env->now, c->id, tcp_rtt, (uint32_t)(sample / 1000), c->rtt.srtt_us,
          c->rtt.rttvar_us);
}

void tcp_ack_of_syn(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    measure_round_trip(env, c, seg);
    c->facts |= TCP_SYN_ACKED;
    c->snd.recover = c->snd.iss;
    c->snd.una = seq_add(c->snd.iss, 1);
    c->pending &= (uint8_t)~TCP_PENDING_SYN;
    tcp_timeout_progress(env, c);
}

/* SND.UNA := SEG.ACK, and what that means for everyone. */
static void advance(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    struct tcp_congestion_ack news = {.acked = seq_span(c->snd.una, seg->ack),
                                      .in_flight = tcp_conn_in_flight(c),
                                      .now = env->now};
    bool covers_fin = conn_is(c, TCP_FIN_SENT) && seq_eq(seg->ack, c->snd.nxt);

    measure_round_trip(env, c, seg);
    byte_queue_consume(&c->send_queue, env->blocks, news.acked - (covers_fin ? 1 : 0));
    c->snd.una = seg->ack;
    c->facts |= TCP_NEWS_WRITABLE;
    TRACE(env->trace, env->now, c->id, tcp_acked, c->snd.una.raw, c->snd.nxt.raw, 0);
    tcp_recovery_new_ack(env, c, &news);
    tcp_timeout_progress(env, c);
}

/* RFC 5681 section 2: text is outstanding, and this segment brings nothing but the same ACK.
 * The answers to window probes look the same and tell of no loss. */
static bool is_duplicate(const struct tcp_conn *c, const struct tcp_segment *seg)
{
    return seq_eq(seg->ack, c->snd.una) && seq_lt(c->snd.una, c->snd.nxt) && seg->len == 0
           && seg->wnd == c->snd.wnd && seg->wnd > 0;
}

/* SYN-RECEIVED: the ACK of our SYN completes the handshake, any other is reset.
 * [REQ 9293/3.5.2-group-2] */
static enum tcp_step complete_handshake(struct tcp_env *env, struct tcp_conn *c,
                                        const struct tcp_segment *seg)
{
    if (!seq_lt(c->snd.una, seg->ack) || !seq_leq(seg->ack, c->snd.nxt)) {
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)};
        return TCP_DROP;
    }
    tcp_state_set(env, c, TCP_ESTABLISHED);
    tcp_ack_of_syn(env, c, seg);
    c->snd.wnd = seg->wnd;
    c->snd.max_wnd = seg->wnd > c->snd.max_wnd ? seg->wnd : c->snd.max_wnd;
    c->snd.wl1 = seg->seq;
    c->snd.wl2 = seg->ack;
    c->facts |= TCP_NEWS_WRITABLE;
    if (conn_is(c, TCP_FIN_QUEUED)) /* the user closed before there was a connection */
        tcp_state_set(env, c, TCP_FIN_WAIT_1);
    return TCP_NEXT;
}

/* Our FIN has been acknowledged: what each closing state does about it.
 * [REQ CH-03] [REQ CH-07] [REQ CH-10] */
static void fin_acknowledged(struct tcp_env *env, struct tcp_conn *c)
{
    switch (c->state) {
    case TCP_FIN_WAIT_1: tcp_state_set(env, c, TCP_FIN_WAIT_2); break;
    case TCP_CLOSING: tcp_state_set(env, c, TCP_TIME_WAIT); break;
    case TCP_LAST_ACK: tcp_state_close(env, c, LULL_OK); break;
    default: break;
    }
}

/* From the future, or older than any window we ever had, is challenged.
 * [REQ 5961/5.2-upper] [REQ 5961/5.2-lower] [REQ 9293/MAY-12] */
static bool is_beyond_belief(const struct tcp_conn *c, const struct tcp_segment *seg)
{
    return seq_lt(c->snd.nxt, seg->ack) || seq_diff(c->snd.una, seg->ack) > (int64_t)c->snd.max_wnd;
}

/* [REQ 9293/MUST-37] */
enum tcp_step tcp_ack_arrives(struct tcp_env *env, struct tcp_conn *c,
                              const struct tcp_segment *seg)
{
    if (c->state == TCP_SYN_RECEIVED && complete_handshake(env, c, seg) == TCP_DROP)
        return TCP_DROP;
    if (is_beyond_belief(c, seg)) {
        tcp_challenge_send(env, c);
        return TCP_DROP;
    }
    c->heard_at = env->now;
    c->keep_probes = 0;
    if (c->snd.wnd == 0 || tcp_output_is_stuck(c))
        c->stalled_since =
            env->now; /* it answers our probes: alive  [REQ 9293/MUST-37] [REQ 9293/SHLD-17] */

    bool duplicate = is_duplicate(c, seg);
    if (seq_lt(c->snd.una, seg->ack))
        advance(env, c, seg);
    if (seq_leq(c->snd.una, seg->ack))
        update_send_window(c, seg);
    if (duplicate)
        tcp_recovery_duplicate_ack(env, c);
    if (tcp_conn_fin_acked(c))
        fin_acknowledged(env, c);
    return c->state == TCP_CLOSED ? TCP_DROP : TCP_NEXT;
}
