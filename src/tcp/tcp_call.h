/* tcp_call.h - user calls (RFC 9293 sections 3.10.1 to 3.10.6).
 *
 * Calls change the connection; segments leave by tcp_output_next() afterwards. */
#ifndef TCP_TCP_CALL_H
#define TCP_TCP_CALL_H

#include "lull/slice.h"

#include "tcp/tcp_conn.h"

/* Active OPEN, on a connection fresh from tcp_conn_init(). */
void tcp_call_open(struct tcp_env *env, struct tcp_conn *c);

/* SEND: bytes taken, or LULL_EAGAIN, LULL_EPIPE, LULL_ENOTCONN. */
ptrdiff_t tcp_call_send(struct tcp_env *env, struct tcp_conn *c, struct lull_slice data);

/* Room for more text in the send buffer, in bytes. */
uint32_t tcp_call_send_room(const struct tcp_conn *c);

/* RECEIVE: @bytes of the receive queue were read; the window may open. */
void tcp_call_consumed(struct tcp_env *env, struct tcp_conn *c, uint32_t bytes);

/* The peer's FIN was received: no text will follow what is queued. */
bool tcp_call_at_end(const struct tcp_conn *c);

/* CLOSE of the sending direction: a FIN follows the queued text (section 3.10.4). */
void tcp_call_shutdown_send(struct tcp_env *env, struct tcp_conn *c);

/* Closing now would throw text away that was acknowledged and not read. */
bool tcp_call_loses_text(const struct tcp_env *env, const struct tcp_conn *c);

/* CLOSE of both directions: the user is gone.  Text that would be lost turns it into a reset
 * (section 3.6.1).  The connection may be CLOSED afterwards. */
void tcp_call_close(struct tcp_env *env, struct tcp_conn *c);

/* ABORT: a reset where the peer knows the connection, in env->reply; CLOSED afterwards. */
void tcp_call_abort(struct tcp_env *env, struct tcp_conn *c);

/* The owner cannot keep a synchronized connection, whose FIN may not have left yet: a reset in
 * env->reply, also where ABORT sends none; CLOSED afterwards. */
void tcp_call_give_up(struct tcp_env *env, struct tcp_conn *c);

#endif
