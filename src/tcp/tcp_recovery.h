/* tcp_recovery.h - fast retransmit and fast recovery (RFC 5681 section 3.2, RFC 6582). */
#ifndef TCP_TCP_RECOVERY_H
#define TCP_TCP_RECOVERY_H

#include "tcp/tcp_conn.h"

/* An ACK that told nothing new while text is outstanding. */
void tcp_recovery_duplicate_ack(struct tcp_env *env, struct tcp_conn *c);

/* SND.UNA has moved by @acked octets; @in_flight is what was outstanding before. */
void tcp_recovery_new_ack(struct tcp_env *env, struct tcp_conn *c,
                          const struct tcp_congestion_ack *ack);

/* The retransmission timer expired: everything in flight counts as lost. */
void tcp_recovery_timeout(struct tcp_env *env, struct tcp_conn *c);

#endif
