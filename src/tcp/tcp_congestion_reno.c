/* tcp_congestion_reno.c - RFC 5681, with the appropriate byte counting of RFC 3465 (L = 2).
 *
 * Fast retransmit and fast recovery are not here: tcp_recovery.c runs them for every
 * controller and asks this one only for ssthresh. */
#include "tcp/tcp_congestion_reno.h"

enum { ACKED_IN_AVOIDANCE }; /* state[0]: bytes acknowledged since cwnd last grew */

static void reno_init(struct tcp_congestion *cc)
{
    cc->state[ACKED_IN_AVOIDANCE] = 0;
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* [REQ 5681/3.1] */
static void reno_acked(struct tcp_congestion *cc, const struct tcp_congestion_ack *ack)
{
    /* A window that was not filled says nothing about the path (RFC 5681 section 3.1,
     * RFC 7661): do not grow on it. */
    if (ack->in_flight + cc->mss < cc->cwnd && cc->cwnd >= cc->ssthresh)
        return;
    if (cc->cwnd < cc->ssthresh) {
        if (2 * (uint64_t)ack->in_flight + cc->mss >= cc->cwnd)
            cc->cwnd += at_most(ack->acked, 2 * cc->mss);
        return;
    }
    cc->state[ACKED_IN_AVOIDANCE] += ack->acked;
    if (cc->state[ACKED_IN_AVOIDANCE] >= cc->cwnd) {
        cc->state[ACKED_IN_AVOIDANCE] -= cc->cwnd;
        cc->cwnd += cc->mss;
    }
}

/* RFC 5681 equation (4).  [REQ 5681/3.1-4] */
static uint32_t half_of_flight(const struct tcp_congestion *cc, uint32_t in_flight)
{
    uint32_t half = in_flight / 2;
    return half > 2 * cc->mss ? half : 2 * cc->mss;
}

static void reno_lost(struct tcp_congestion *cc, uint32_t in_flight)
{
    cc->ssthresh = half_of_flight(cc, in_flight);
    cc->state[ACKED_IN_AVOIDANCE] = 0;
}

static void reno_timed_out(struct tcp_congestion *cc, uint32_t in_flight)
{
    cc->ssthresh = half_of_flight(cc, in_flight);
    cc->cwnd = cc->mss; /* the loss window, RFC 5681 section 3.1 */
    cc->state[ACKED_IN_AVOIDANCE] = 0;
}

const struct tcp_congestion_controller tcp_congestion_reno = {
    .name = "reno",
    .init = reno_init,
    .acked = reno_acked,
    .lost = reno_lost,
    .timed_out = reno_timed_out,
};
