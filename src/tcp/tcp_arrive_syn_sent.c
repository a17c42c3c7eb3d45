/* tcp_arrive_syn_sent.c - an answer to our SYN, or a SYN that crossed it
 * (RFC 9293 section 3.10.7.3). */
#include "tcp/tcp_ack.h"
#include "tcp/tcp_arrive.h"
#include "tcp/tcp_negotiate.h"
#include "tcp/tcp_timestamp.h"

/* First, check the ACK bit: it must cover our SYN and nothing we did not send.
 * [REQ 9293/3.10.7.3-first] */
static bool ack_is_acceptable(const struct tcp_conn *c, const struct tcp_segment *seg)
{
    return seq_lt(c->snd.iss, seg->ack) && seq_leq(seg->ack, c->snd.nxt);
}

static enum tcp_step check_ack(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    if (!(seg->flags & TCP_ACK) || ack_is_acceptable(c, seg))
        return TCP_NEXT;
    if (!(seg->flags & TCP_RST))
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)};
    return TCP_DROP;
}

/* Second, check the RST bit: believed only with an acceptable ACK. */
static enum tcp_step check_rst(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    if (!(seg->flags & TCP_RST))
        return TCP_NEXT;
    if (seg->flags & TCP_ACK) {
        TCP_COUNT(env, TcpAttemptFails);
        tcp_state_close(env, c, LULL_ECONNREFUSED);
    }
    return TCP_DROP;
}

static void take_syn(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    c->rcv.irs = seg->seq;
    c->rcv.nxt = c->rcv.acked = seq_add(seg->seq, 1);
    c->snd.wnd = c->snd.max_wnd = seg->wnd; /* unscaled, RFC 7323 section 2.2 */
    c->snd.wl1 = seg->seq;
    c->snd.wl2 = seg->ack;
    tcp_negotiate_agree(env, c, seg);
}

/* Fourth, check the SYN bit (third, security, is declined).  [REQ 9293/MUST-10] */
static enum tcp_step check_syn(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    if (!(seg->flags & TCP_SYN))
        return TCP_DROP;
    take_syn(env, c, seg);
    if (!(seg->flags & TCP_ACK)) {
        /* Simultaneous open (RFC 9293 MUST-10): our SYN again, now with an ACK. */
        c->pending |= TCP_PENDING_SYN;
        tcp_state_set(env, c, TCP_SYN_RECEIVED);
        return TCP_DROP;
    }
    tcp_state_set(env, c, TCP_ESTABLISHED);
    tcp_ack_of_syn(env, c, seg);
    c->pending |= TCP_PENDING_ACK;
    c->facts |= TCP_NEWS_WRITABLE;
    return TCP_NEXT;
}

void tcp_arrive_syn_sent(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    if (check_ack(env, c, seg) == TCP_DROP || check_rst(env, c, seg) == TCP_DROP
        || check_syn(env, c, seg) == TCP_DROP)
        return;
    /* What follows the SYN in sequence space is ordinary text and FIN. */
    seg->seq = seq_add(seg->seq, 1);
    seg->len--;
    seg->flags &= (uint8_t)~TCP_SYN;
    tcp_arrive_text_and_fin(env, c, seg);
}
