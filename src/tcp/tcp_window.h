/* tcp_window.h - how much may be sent, and how much we let the peer send
 * (RFC 9293 section 3.8.6). */
#ifndef TCP_TCP_WINDOW_H
#define TCP_TCP_WINDOW_H

#include "tcp/tcp_conn.h"

/* The window to advertise now, in bytes: RCV.WND grown to what the buffer has room for.
 * It never takes back what was offered, and moves only by worthwhile steps
 * (RFC 9293 section 3.8.6.2.2). */
uint32_t tcp_window_to_offer(const struct tcp_conn *c);

/* The window field for a segment, and RCV.WND up to which text will be taken: as the peer will
 * understand it, or up to one unit of the scale more. */
uint16_t tcp_window_advertise(struct tcp_conn *c, uint32_t wnd);

/* The user has read: is the news worth a segment of its own? */
bool tcp_window_news(const struct tcp_conn *c);

/* Bytes that may be sent beyond SND.UNA now: the smaller of the peer's window and the
 * congestion window. */
uint32_t tcp_window_to_use(const struct tcp_conn *c);

#endif
