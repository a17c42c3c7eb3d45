/* tcp_rtt.c - smoothed round trip and its variation, in integer microseconds.
 *
 * With timestamps there are many samples per round trip; RFC 7323 appendix G would scale
 * the gains by the number of samples expected.  It is not done: the plain gains make the
 * timeout follow a little faster, and rttvar's floor keeps it from being too tight. */
#include "tcp/tcp_rtt.h"

#define CLOCK_GRANULARITY_US 1000 /* G of RFC 6298: a timer tick */

/* [REQ 6298/2.2] [REQ 6298/2.3] */
void tcp_rtt_sample(struct tcp_rtt *rtt, lull_duration sample)
{
    int64_t us = sample / 1000;
    uint32_t r = us < 1 ? 1 : us > UINT32_MAX / 8 ? UINT32_MAX / 8 : (uint32_t)us;

    if (rtt->srtt_us == 0) {
        rtt->srtt_us = r;
        rtt->rttvar_us = r / 2;
        return;
    }
    uint32_t error = r > rtt->srtt_us ? r - rtt->srtt_us : rtt->srtt_us - r;
    rtt->rttvar_us = (uint32_t)((3 * (uint64_t)rtt->rttvar_us + error) / 4);
    /* Neither is below 1, so it never looks as if nothing had been measured. */
    rtt->srtt_us = (uint32_t)((7 * (uint64_t)rtt->srtt_us + r) / 8);
}

static lull_duration within(lull_duration d, const struct tcp_rtt_limits *limits)
{
    return d < limits->min ? limits->min : d > limits->max ? limits->max : d;
}

/* [REQ 6298/2.1] [REQ 6298/2.4] [REQ 6298/2.5] [REQ 6298/5.5] [REQ 9293/MUST-18] */
lull_duration tcp_rtt_timeout(const struct tcp_rtt *rtt, const struct tcp_rtt_limits *limits,
                              unsigned backoff)
{
    uint64_t spread = 4 * (uint64_t)rtt->rttvar_us;
    lull_duration base = limits->initial;

    if (rtt->srtt_us != 0)
        base =
            LULL_US((int64_t)(rtt->srtt_us
                              + (spread > CLOCK_GRANULARITY_US ? spread : CLOCK_GRANULARITY_US)));
    base = within(base, limits);
    return within(base << (backoff < 20 ? backoff : 20), limits);
}
