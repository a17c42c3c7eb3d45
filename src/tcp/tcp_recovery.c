/* tcp_recovery.c - NewReno.
 *
 * Runs for every congestion controller: the controller chooses ssthresh, the course of the
 * recovery is the same.  snd.recover is SND.NXT at the moment loss was noticed; until it is
 * acknowledged, duplicate ACKs tell of the same loss (RFC 6582 section 3.2). */
#include "tcp/tcp_recovery.h"

#define DUPLICATE_THRESHOLD 3

/* [REQ 5681/3.2] */
static void enter(struct tcp_env *env, struct tcp_conn *c)
{
    struct tcp_congestion *cc = &c->congestion;

    tcp_congestion_of(cc)->lost(cc, tcp_conn_in_flight(c));
    cc->cwnd = cc->ssthresh + DUPLICATE_THRESHOLD * cc->mss;
    c->snd.recover = c->snd.nxt;
    c->facts |= TCP_IN_RECOVERY;
    c->pending |= TCP_PENDING_RETRANSMIT;
    TCP_COUNT(env, TCPRenoRecovery);
    TCP_COUNT(env, TCPFastRetrans);
    TRACE(env->trace, env->now, c->id, tcp_cwnd, cc->cwnd, cc->ssthresh, tcp_conn_in_flight(c));
}

/* [REQ 5681/3.2] */
void tcp_recovery_duplicate_ack(struct tcp_env *env, struct tcp_conn *c)
{
    if (conn_is(c, TCP_RESENDING))
        return;
    if (conn_is(c, TCP_IN_RECOVERY)) {
        c->congestion.cwnd += c->congestion.mss; /* a segment has left the network */
        return;
    }
    if (c->duplicate_acks < UINT8_MAX)
        c->duplicate_acks++;
    /* Duplicates of what was sent before the last loss was repaired prove nothing: our own
     * repetitions cause them, up to the very number recover names. */
    if (c->duplicate_acks == DUPLICATE_THRESHOLD && seq_lt(c->snd.recover, c->snd.una))
        enter(env, c);
}

/* A partial ACK: the next hole is at SND.UNA.  [REQ 6582/3.2] */
static void continue_recovery(struct tcp_env *env, struct tcp_conn *c, uint32_t acked)
{
    struct tcp_congestion *cc = &c->congestion;

    cc->cwnd = acked < cc->cwnd ? cc->cwnd - acked : 0;
    if (acked >= cc->mss || cc->cwnd < cc->mss)
        cc->cwnd += cc->mss;
    c->pending |= TCP_PENDING_RETRANSMIT;
    TCP_COUNT(env, TCPFastRetrans);
}

static void leave(struct tcp_conn *c)
{
    struct tcp_congestion *cc = &c->congestion;
    uint32_t in_flight = seq_span(c->snd.una, c->snd.nxt);
    uint32_t gentle = (in_flight > cc->mss ? in_flight : cc->mss) + cc->mss;

    cc->cwnd = cc->ssthresh < gentle ? cc->ssthresh : gentle;
    c->facts &= ~(uint32_t)TCP_IN_RECOVERY;
}

void tcp_recovery_new_ack(struct tcp_env *env, struct tcp_conn *c,
                          const struct tcp_congestion_ack *ack)
{
    c->duplicate_acks = 0;
    if (conn_is(c, TCP_RESENDING)) {
        c->snd.resend = seq_max(c->snd.resend, c->snd.una);
        if (seq_leq(c->snd.nxt, c->snd.resend))
            c->facts &= ~(uint32_t)TCP_RESENDING;
    }
    if (!conn_is(c, TCP_IN_RECOVERY)) {
        /* It must not fall so far behind that it seems to lie ahead. */
        c->snd.recover = seq_max(c->snd.recover, seq_add(c->snd.una, (uint32_t)-1));
        tcp_congestion_of(&c->congestion)->acked(&c->congestion, ack);
        return;
    }
    if (seq_lt(c->snd.una, c->snd.recover))
        continue_recovery(env, c, ack->acked);
    else
        leave(c);
}

/* [REQ 9293/MUST-19] */
void tcp_recovery_timeout(struct tcp_env *env, struct tcp_conn *c)
{
    struct tcp_congestion *cc = &c->congestion;

    if (c->backoff == 0) /* ssthresh falls once for one loss, RFC 5681 section 3.1 */
        tcp_congestion_of(cc)->timed_out(cc, tcp_conn_in_flight(c));
    cc->cwnd = cc->mss;
    c->snd.recover = c->snd.nxt;
    c->snd.resend = c->snd.una;
    c->facts = (c->facts & ~(uint32_t)(TCP_IN_RECOVERY | TCP_RTT_TIMING)) | TCP_RESENDING;
    c->duplicate_acks = 0;
    TCP_COUNT(env, TCPTimeouts);
    TRACE(env->trace, env->now, c->id, tcp_cwnd, cc->cwnd, cc->ssthresh, 0);
}
