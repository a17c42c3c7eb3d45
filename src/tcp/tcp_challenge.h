/* tcp_challenge.h - challenge ACKs and their limit (RFC 5961 section 7). */
#ifndef TCP_TCP_CHALLENGE_H
#define TCP_TCP_CHALLENGE_H

#include "tcp/tcp_conn.h"

/* Mark a challenge ACK, or count that a limit withheld it.  The limit is per connection; one for
 * the whole host can be set besides, and then differs from second to second, because a constant
 * one tells strangers about other connections (RFC 5961 section 7, erratum 4772). */
void tcp_challenge_send(struct tcp_env *env, struct tcp_conn *c);

#endif
