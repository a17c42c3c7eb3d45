/* tcp_arrive_listen.c - a segment for a listener (RFC 9293 section 3.10.7.2).
 *
 * The listener itself never changes state: each SYN that may pass gets a connection of its
 * own in SYN-RECEIVED, and a handshake that fails leaves the listener as it was.  Text on a
 * SYN is not kept; the peer sends it again once it has our SYN (RFC 9293 section 3.4
 * allows either). */
#include "tcp/tcp_arrive.h"
#include "tcp/tcp_negotiate.h"

/* [REQ 9293/3.10.7.2] */
bool tcp_arrive_listen(struct tcp_env *env, const struct tcp_segment *seg)
{
    /* First, RST: nothing it could refer to. */
    if (seg->flags & TCP_RST)
        return false;
    /* Second, ACK: of what?  Nothing was sent from LISTEN. */
    if (seg->flags & TCP_ACK) {
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)};
        return false;
    }
    /* Third, SYN; with a FIN it is nothing an honest TCP sends. */
    return (seg->flags & (TCP_SYN | TCP_FIN)) == TCP_SYN;
}

/* [REQ 9293/MUST-11] */
void tcp_arrive_listen_open(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    c->facts |= TCP_PASSIVE_OPEN;
    c->rcv.irs = seg->seq;
    c->rcv.nxt = c->rcv.acked = seq_add(seg->seq, 1);
    c->snd.wnd = c->snd.max_wnd = seg->wnd;
    c->snd.wl1 = seg->seq;
    c->snd.wl2 = seg->ack;
    tcp_negotiate_agree(env, c, seg);
    c->pending |= TCP_PENDING_SYN;
    c->stalled_since = env->now;
    tcp_state_set(env, c, TCP_SYN_RECEIVED);
}
