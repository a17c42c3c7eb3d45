/* tcp_window.h - how much may be sent, and how much we let the peer send
 * (RFC 9293 section 3.8.6). */
#ifndef TCP_TCP_WINDOW_H
#define TCP_TCP_WINDOW_H

#include "tcp/tcp_conn.h"

/* The window to advertise now, in bytes: RCV.WND grown to what the buffer has room for.
 * It never takes back what was offered, and moves only by worthwhile steps
 * (RFC 9293 section 3.8.6.2.2). */
uint32_t tcp_window_to_offer(const struct tcp_conn *c);

/* The window field for a segment, and RCV.WND as the peer will understand it. */
uint16_t tcp_window_advertise(struct tcp_conn *c, uint32_t wnd);

/* The user has read: is the news worth a segment of its own? */
bool tcp_window_news(const struct tcp_conn *c);

/* Bytes that may be sent beyond SND.UNA now: the smaller of the peer's window and the
 * congestion window. */
uint32_t tcp_window_to_use(const struct tcp_conn *c);

/* Nothing can be sent because the peer's window is zero, and nothing else will make it
 * answer: the persist timer must (RFC 9293 section 3.8.6.1). */
bool tcp_window_is_shut(const struct tcp_conn *c);

#endif
