/* tcp_isn.h - initial sequence numbers (RFC 6528). */
#ifndef TCP_TCP_ISN_H
#define TCP_TCP_ISN_H

#include "base/seq32.h"
#include "base/time.h"
#include "base/tuple.h"
#include "tcp/tcp_env.h"

/* ISN = M + F(tuple, key): each tuple has its own line, rising by one each isn.tick_ns. */
seq32 tcp_isn_choose(const struct tcp_settings *settings, const struct tuple *tuple, lull_time now);

/* @isn when it follows @last in sequence space, otherwise a number that does.  @last is the
 * highest number the old incarnation of @tuple may have used (RFC 9293 MAY-2). */
seq32 tcp_isn_above(const struct tcp_settings *settings, const struct tuple *tuple, seq32 isn,
                    seq32 last);

#endif
