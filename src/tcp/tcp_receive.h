/* tcp_receive.h - step seven: segment text (RFC 9293 section 3.10.7.4). */
#ifndef TCP_TCP_RECEIVE_H
#define TCP_TCP_RECEIVE_H

#include "tcp/tcp_conn.h"

/* Trim the text to the window, store it, move RCV.NXT, and decide when to acknowledge. */
void tcp_receive_text(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg);

/* Mark an ACK that may wait for company (RFC 9293 section 3.8.6.3). */
void tcp_receive_acknowledge_later(const struct tcp_env *env, struct tcp_conn *c);

#endif
