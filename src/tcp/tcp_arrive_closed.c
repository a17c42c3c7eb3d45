/* tcp_arrive_closed.c - a segment for a connection that does not exist
 * (RFC 9293 section 3.10.7.1). */
#include "tcp/tcp_arrive.h"

/* [REQ SA-16] [REQ 9293/3.10.7.1] [REQ 9293/3.5.2-group-1] */
void tcp_arrive_closed(struct tcp_env *env, const struct tcp_segment *seg)
{
    if (seg->flags & TCP_RST)
        return;
    if (seg->flags & TCP_ACK)
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)};
    else
        env->reply =
            (struct tcp_reply){TCP_REPLY_RESET_AND_ACK, seq_at(0), seq_add(seg->seq, seg->len)};
}
