/* tcp_icmp.h - an ICMP error about a connection (RFC 9293 section 3.9.2.2, RFC 5927). */
#ifndef TCP_TCP_ICMP_H
#define TCP_TCP_ICMP_H

#include "tcp/tcp_conn.h"

struct tcp_icmp {
    seq32 seq;             /* of the segment it quotes */
    bool hard;             /* nobody there speaks TCP, or nobody listens */
    enum lull_error error; /* what it means to a user */
};

/* Obey, note, or ignore it.  The connection may be CLOSED afterwards.  False when the quoted
 * segment is not in flight, so that a stranger or a very old packet is speaking. */
bool tcp_icmp_arrive(struct tcp_env *env, struct tcp_conn *c, const struct tcp_icmp *icmp);

#endif
