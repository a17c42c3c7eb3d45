/* tcp_rtt.h - the retransmission timeout (RFC 6298).
 *
 * Numbers in, numbers out: knows neither connections nor timers. */
#ifndef TCP_TCP_RTT_H
#define TCP_TCP_RTT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

/* Bounds of the timeout, in nanoseconds. */
struct tcp_rtt_limits {
    lull_duration min, initial, max;
};

struct tcp_rtt {
    uint32_t srtt_us, rttvar_us; /* microseconds; srtt_us 0: nothing measured yet */
};

/* Take a measurement of @sample nanoseconds (RFC 6298 sections 2.2 and 2.3). */
void tcp_rtt_sample(struct tcp_rtt *rtt, lull_duration sample);

/* The timeout after @backoff expirations in a row (RFC 6298 sections 2.4, 2.5 and 5.5). */
lull_duration tcp_rtt_timeout(const struct tcp_rtt *rtt, const struct tcp_rtt_limits *limits,
                              unsigned backoff);

#endif
