/* ip_icmp_limit.c - a token bucket kept as the time at which it is full again. */
#include "ip/ip_icmp_limit.h"

#include "base/check.h"

void ip_icmp_limit_init(struct ip_icmp_limit *limit, uint32_t per_second, uint32_t burst)
{
    LULL_CHECK(per_second <= LULL_SEC(1));
    limit->interval = per_second == 0 ? 0 : LULL_SEC(1) / per_second;
    limit->depth = limit->interval * burst;
    limit->full_at = INT64_MIN;
}

bool ip_icmp_limit_take(struct ip_icmp_limit *limit, lull_time now)
{
    const lull_time full_at = limit->full_at > now ? limit->full_at : now;
    if (limit->interval == 0 || full_at - now > limit->depth - limit->interval)
        return false;
    limit->full_at = full_at + limit->interval;
    return true;
}
