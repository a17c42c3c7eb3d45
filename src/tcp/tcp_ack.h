/* tcp_ack.h - step five in full: SND.UNA, the send window, and the news for round-trip
 * time, recovery and congestion control (RFC 9293 section 3.10.7.4). */
#ifndef TCP_TCP_ACK_H
#define TCP_TCP_ACK_H

#include "tcp/tcp_arrive.h"

/* Fifth, check the ACK field; its ACK bit is set. */
enum tcp_step tcp_ack_arrives(struct tcp_env *env, struct tcp_conn *c,
                              const struct tcp_segment *seg);

/* SYN-SENT: @seg acknowledges our SYN. */
void tcp_ack_of_syn(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg);

#endif
