#include "tcp/tcp_congestion.h"

#include "base/check.h"
#include "tcp/tcp_congestion_reno.h"

/* One line each. */
static const struct tcp_congestion_controller *const controllers[] = {
    &tcp_congestion_reno,
};

const struct tcp_congestion_controller *tcp_congestion_of(const struct tcp_congestion *cc)
{
    LULL_CHECK(cc->controller < COUNT_OF(controllers));
    return controllers[cc->controller];
}

/* [REQ 6928/2] */
void tcp_congestion_init(struct tcp_congestion *cc, uint32_t mss)
{
    uint32_t ten = 10 * mss;
    uint32_t floor = 2 * mss > 14600 ? 2 * mss : 14600;

    *cc = (struct tcp_congestion){.mss = mss, .ssthresh = UINT32_MAX};
    cc->cwnd = ten < floor ? ten : floor; /* RFC 6928 section 2 */
    tcp_congestion_of(cc)->init(cc);
}
