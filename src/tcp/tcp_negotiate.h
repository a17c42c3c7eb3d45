/* tcp_negotiate.h - what both ends agreed on in their SYNs. */
#ifndef TCP_TCP_NEGOTIATE_H
#define TCP_TCP_NEGOTIATE_H

#include "tcp/tcp_conn.h"
#include "wire/tcp_segment.h"

/* Before our SYN: what we are ready to do (enum lull_feature). */
void tcp_negotiate_begin(struct tcp_conn *c, uint8_t features);

/* Options of our SYN or SYN-ACK. */
void tcp_negotiate_offer(const struct tcp_env *env, const struct tcp_conn *c,
                         struct tcp_options *options);

/* The peer's SYN: keep what both offered, learn its MSS and scale. */
void tcp_negotiate_agree(const struct tcp_env *env, struct tcp_conn *c,
                         const struct tcp_segment *syn);

/* Bytes of text in a full segment that carries @option_bytes of options. */
uint32_t tcp_negotiate_text_bytes(const struct tcp_conn *c, uint32_t option_bytes);

#endif
