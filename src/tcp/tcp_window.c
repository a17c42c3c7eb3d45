#include "tcp/tcp_window.h"

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* [REQ 9293/MUST-39] [REQ 9293/SHLD-14] */
uint32_t tcp_window_to_offer(const struct tcp_conn *c)
{
    uint32_t held = c->receive_queue.length;
    uint32_t room = c->receive_buffer > held ? c->receive_buffer - held : 0;
    uint32_t step = at_most(c->receive_buffer / 2, c->mss);

    room = at_most(room, (uint32_t)UINT16_MAX << c->rcv_scale);
    return room >= c->rcv.wnd + step ? room : c->rcv.wnd;
}

uint16_t tcp_window_advertise(struct tcp_conn *c, uint32_t wnd)
{
    /* Rounded up: rounding down would take back up to one scale unit of what was offered
     * (RFC 7323 section 2.4). */
    uint32_t unit = 1u << c->rcv_scale;
    uint32_t field = at_most((wnd + unit - 1) >> c->rcv_scale, UINT16_MAX);

    c->rcv.wnd = field << c->rcv_scale;
    return (uint16_t)field;
}

bool tcp_window_news(const struct tcp_conn *c)
{
    uint32_t offer = tcp_window_to_offer(c);
    uint32_t worth = at_most(c->receive_buffer / 2, 2 * (uint32_t)c->mss);

    if (!tcp_state_traits(c->state)->receives_text)
        return false;
    return offer >= c->rcv.wnd + worth || (c->rcv.wnd == 0 && offer > 0);
}

uint32_t tcp_window_to_use(const struct tcp_conn *c)
{
    return at_most(c->snd.wnd, c->congestion.cwnd);
}

bool tcp_window_is_shut(const struct tcp_conn *c)
{
    /* One octet may be outstanding: the probe itself. */
    return c->snd.wnd == 0 && tcp_state_traits(c->state)->synchronized
           && seq_span(c->snd.una, c->snd.nxt) <= 1
           && (c->send_queue.length > 0 || (conn_is(c, TCP_FIN_QUEUED) && !tcp_conn_fin_acked(c)));
}
