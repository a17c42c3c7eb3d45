/* ip_icmp_limit.h - how many ICMP errors may leave (RFC 1812 section 4.3.2.8).
 *
 * A token bucket kept as one instant, the time at which it will be full again: nothing has to be
 * refilled, and an idle limit needs no timer. */
#ifndef IP_IP_ICMP_LIMIT_H
#define IP_IP_ICMP_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "lull/api.h"

#include "base/time.h"

struct ip_icmp_limit {
    lull_duration interval; /* from one token to the next; 0: no error ever leaves */
    lull_duration depth;    /* of the whole bucket */
    lull_time full_at;
};

/* A full bucket of @burst tokens that gains @per_second (up to 10^9) of them; with either 0
 * nothing is ever allowed. */
void ip_icmp_limit_init(struct ip_icmp_limit *limit, uint32_t per_second, uint32_t burst);

/* Take a token; false when there is none.  @now must not go back. */
LULL_MUST_USE bool ip_icmp_limit_take(struct ip_icmp_limit *limit, lull_time now);

#endif
