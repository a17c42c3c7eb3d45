/* tcp_timeout.h - timer events (RFC 9293 section 3.10.8).
 *
 * A connection stores deadlines; its owner keeps the clockwork and calls back when the
 * earliest has passed. */
#ifndef TCP_TCP_TIMEOUT_H
#define TCP_TCP_TIMEOUT_H

#include "tcp/tcp_conn.h"

/* The earliest deadline; LULL_TIME_NEVER when nothing is awaited. */
lull_time tcp_timeout_next(const struct tcp_conn *c);

/* Whatever is due at env->now happens.  The connection may be CLOSED afterwards. */
void tcp_timeout_fire(struct tcp_env *env, struct tcp_conn *c);

/* After an event: set the timers that nothing else sets, persist and keep-alive. */
void tcp_timeout_review(const struct tcp_env *env, struct tcp_conn *c);

/* Something that must be acknowledged has been sent. */
void tcp_timeout_sent(const struct tcp_env *env, struct tcp_conn *c);

/* The peer acknowledged something new (RFC 6298 sections 5.2 and 5.3). */
void tcp_timeout_progress(const struct tcp_env *env, struct tcp_conn *c);

/* The peer's window is no longer zero: what was sent as a probe may have been thrown away,
 * so it goes out again with the rest. */
void tcp_timeout_window_opened(struct tcp_conn *c);

/* The present retransmission timeout, back-off included. */
lull_duration tcp_timeout_rto(const struct tcp_env *env, const struct tcp_conn *c);

#endif
