/* tcp_info.h - a snapshot of a connection for users and tools (RFC 9293 section 3.10.6). */
#ifndef TCP_TCP_INFO_H
#define TCP_TCP_INFO_H

#include "lull/socket.h"

#include "tcp/tcp_conn.h"

void tcp_info_fill(const struct tcp_env *env, const struct tcp_conn *c, struct lull_tcp_info *info);

#endif
