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
    /* Rounded up: rounding down would take back up to one scale unit of what was offered.  But
     * rounding up at each segment would move the edge for ever while nobody reads; at the end
     * of the buffer the field says less than RCV.WND, up to which text is taken all the same
     * (RFC 7323 section 2.4). */
    uint32_t unit = 1u << c->rcv_scale;
    wnd = at_most(wnd, (uint32_t)UINT16_MAX << c->rcv_scale);
    uint32_t up = (wnd + unit - 1) >> c->rcv_scale;

    if (c->receive_queue.length + (up << c->rcv_scale) >= c->receive_buffer + unit) {
        c->rcv.wnd = wnd;
        return (uint16_t)(wnd >> c->rcv_scale);
    }
    c->rcv.wnd = up << c->rcv_scale;
    return (uint16_t)up;
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
