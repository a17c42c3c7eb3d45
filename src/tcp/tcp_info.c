#include "tcp/tcp_info.h"

#include "tcp/tcp_build.h"
#include "tcp/tcp_timeout.h"

static uint8_t agreed(const struct tcp_conn *c)
{
    unsigned features = (conn_is(c, TCP_TIMESTAMPS) ? LULL_FEATURE_TIMESTAMPS : 0u)
                        | (conn_is(c, TCP_WINDOW_SCALE) ? LULL_FEATURE_WINDOW_SCALE : 0u)
                        | (conn_is(c, TCP_SACK) ? LULL_FEATURE_SACK : 0u);
    return (uint8_t)features;
}

void tcp_info_fill(const struct tcp_env *env, const struct tcp_conn *c, struct lull_tcp_info *info)
{
    uint32_t unsent = tcp_conn_unsent(c);

    *info = (struct lull_tcp_info){
        .state = tcp_state_traits(c->state)->name,
        .snd_una = c->snd.una.raw,
        .snd_nxt = c->snd.nxt.raw,
        .snd_wnd = c->snd.wnd,
        .rcv_nxt = c->rcv.nxt.raw,
        .rcv_wnd = c->rcv.wnd,
        .cwnd = c->congestion.cwnd,
        .ssthresh = c->congestion.ssthresh,
        .mss = c->mss - tcp_build_option_bytes(c),
        .unacknowledged = c->send_queue.length - unsent,
        .unsent = unsent,
        .unread = c->receive_queue.length,
        .rtt = LULL_US((int64_t)c->rtt.srtt_us),
        .rtt_variance = LULL_US((int64_t)c->rtt.rttvar_us),
        .rto = tcp_timeout_rto(env, c),
        .retransmits_total = c->retransmits,
        .backoff = c->backoff,
        .features = agreed(c),
        .send_scale = c->snd_scale,
        .receive_scale = c->rcv_scale,
    };
}
