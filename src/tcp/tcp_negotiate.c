#include "tcp/tcp_negotiate.h"

#include "tcp/tcp_timestamp.h"

#define MSS_DEFAULT 536 /* RFC 9293 MUST-15 */
#define MSS_FLOOR   64  /* a smaller one would only make us send headers */
#define SCALE_MAX   14  /* RFC 7323 section 2.3 */

/* The facts that mean "offered" before the SYNs and "agreed" after them. */
#define NEGOTIABLE (TCP_TIMESTAMPS | TCP_SACK | TCP_WINDOW_SCALE)

/* [REQ 7323/2.3] */
static uint8_t scale_for(uint32_t buffer)
{
    uint8_t scale = 0;
    while (scale < SCALE_MAX && (buffer >> scale) > UINT16_MAX)
        scale++;
    return scale;
}

void tcp_negotiate_begin(struct tcp_conn *c, uint8_t features)
{
    c->facts &= ~(uint32_t)NEGOTIABLE;
    c->facts |= (features & LULL_FEATURE_TIMESTAMPS ? TCP_TIMESTAMPS : 0u)
                | (features & LULL_FEATURE_SACK ? TCP_SACK : 0u)
                | (features & LULL_FEATURE_WINDOW_SCALE ? TCP_WINDOW_SCALE : 0u);
    c->mss = MSS_DEFAULT < c->mss_local ? MSS_DEFAULT : c->mss_local;
    c->rcv_scale = conn_is(c, TCP_WINDOW_SCALE) ? scale_for(c->receive_buffer) : 0;
    c->snd_scale = 0;
}

/* [REQ 9293/MUST-14] [REQ 9293/SHLD-5] [REQ 2018/2] */
void tcp_negotiate_offer(const struct tcp_env *env, const struct tcp_conn *c,
                         struct tcp_options *options)
{
    options->present = TCP_OPTION_MSS;
    options->mss = c->mss_local;
    if (conn_is(c, TCP_WINDOW_SCALE)) {
        options->present |= TCP_OPTION_WINDOW_SCALE;
        options->window_scale = c->rcv_scale;
    }
    if (conn_is(c, TCP_SACK))
        options->present |= TCP_OPTION_SACK_PERMITTED;
    if (conn_is(c, TCP_TIMESTAMPS)) {
        options->present |= TCP_OPTION_TIMESTAMPS;
        options->ts_value = tcp_timestamp_value(c->ts.offset, env->now);
        options->ts_echo = c->state == TCP_SYN_SENT ? 0 : c->ts.recent;
    }
}

/* [REQ 9293/MUST-15] [REQ 7323/1.3] [REQ 2018/2] */
void tcp_negotiate_agree(const struct tcp_env *env, struct tcp_conn *c,
                         const struct tcp_segment *syn)
{
    const struct tcp_options *theirs = &syn->options;
    uint16_t mss = theirs->present & TCP_OPTION_MSS ? theirs->mss : MSS_DEFAULT;

    mss = mss < MSS_FLOOR ? MSS_FLOOR : mss;
    c->mss = mss < c->mss_local ? mss : c->mss_local;
    if (!(theirs->present & TCP_OPTION_WINDOW_SCALE))
        c->facts &= ~(uint32_t)TCP_WINDOW_SCALE;
    if (!(theirs->present & TCP_OPTION_SACK_PERMITTED))
        c->facts &= ~(uint32_t)TCP_SACK;
    if (!(theirs->present & TCP_OPTION_TIMESTAMPS))
        c->facts &= ~(uint32_t)TCP_TIMESTAMPS;
    c->snd_scale = conn_is(c, TCP_WINDOW_SCALE) ? theirs->window_scale : 0;
    c->rcv_scale = conn_is(c, TCP_WINDOW_SCALE) ? c->rcv_scale : 0;
    if (conn_is(c, TCP_TIMESTAMPS)) {
        c->ts.recent = theirs->ts_value;
        c->ts.recent_at = env->now;
    }
    tcp_congestion_init(&c->congestion,
                        tcp_negotiate_text_bytes(c, conn_is(c, TCP_TIMESTAMPS) ? 12 : 0));
}

uint32_t tcp_negotiate_text_bytes(const struct tcp_conn *c, uint32_t option_bytes)
{
    return (uint32_t)c->mss - option_bytes;
}
