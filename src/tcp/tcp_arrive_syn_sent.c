/* tcp_arrive_syn_sent.c - an answer to our SYN, or a SYN that crossed it
 * (RFC 9293 section 3.10.7.3). */
#include "tcp/tcp_ack.h"
#include "tcp/tcp_arrive.h"
#include "tcp/tcp_negotiate.h"
#include "tcp/tcp_timestamp.h"

/* First, check the ACK bit: it must cover our SYN and nothing we did not send.
 * [REQ 9293/3.10.7.3-first] [REQ 9293/3.5.2-group-2] */
static bool ack_is_acceptable(const struct tcp_conn *c, const struct tcp_segment *seg)
{
    return seq_lt(c->snd.iss, seg->ack) && seq_leq(seg->ack, c->snd.nxt);
}

/* The peer still has an older connection of this tuple, and is reset.  What it sent on that one
 * is still under way and would fit into ours, so the attempt ends here and the tuple is held,
 * unless timestamps would keep the old segments out.  [REQ IR-17] */
static void find_half_open(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    int64_t how = TCP_KNOB(env, connect_halfopen);
    bool stamped = conn_is(c, TCP_TIMESTAMPS) && (seg->options.present & TCP_OPTION_TIMESTAMPS);

    /* An answer with a SYN is one to an older SYN of ours (RFC 9293 figure 8): nothing is open. */
    if ((seg->flags & TCP_SYN) || how == LULL_HALFOPEN_RFC9293
        || (how == LULL_HALFOPEN_HOLD_UNLESS_TS && stamped))
        return;
    /* What the HOLD must be above: all that either end of the older connection has sent. */
    if (seq_lt(c->snd.nxt, seg->ack))
        c->snd.nxt = seg->ack;
    c->rcv.nxt = seq_add(seg->seq, seg->len);
    c->ts.recent = seg->options.ts_value;
    c->facts &= ~(uint32_t)TCP_TIMESTAMPS;
    c->facts |= seg->options.present & TCP_OPTION_TIMESTAMPS ? TCP_TIMESTAMPS : 0u;
    c->cause = LULL_CAUSE_HALF_OPEN;
    TCP_COUNT(env, TcpAttemptFails);
    tcp_state_close(env, c, LULL_ECONNRESET);
}

static enum tcp_step check_ack(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    if (!(seg->flags & TCP_ACK) || ack_is_acceptable(c, seg))
        return TCP_NEXT;
    if (!(seg->flags & TCP_RST)) {
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)};
        find_half_open(env, c, seg);
    }
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

/* Before the fourth: over a record, a SYN that may be as old as the record is no answer.  The
 * peer is told, and the record, which the owner kept, goes on.  [REQ IR-16] */
static enum tcp_step check_newness(struct tcp_env *env, struct tcp_conn *c, struct tcp_segment *seg)
{
    const struct tcp_reuse_old old = {c->rcv.nxt, c->ts.recent, conn_is(c, TCP_REPLACES_STAMPED)};

    if (!conn_is(c, TCP_REPLACES) || !(seg->flags & TCP_SYN) || !TCP_KNOB(env, tw_active_strict)
        || tcp_reuse_is_new(&old, seg))
        return TCP_NEXT;
    TCP_COUNT(env, PAWSActive);
    TCP_COUNT(env, TcpAttemptFails);
    env->reply = seg->flags & TCP_ACK ? (struct tcp_reply){TCP_REPLY_RESET, seg->ack, seq_at(0)}
                                      : (struct tcp_reply){TCP_REPLY_RESET_AND_ACK, seq_at(0),
                                                           seq_add(seg->seq, seg->len)};
    c->cause = LULL_CAUSE_NOT_NEW;
    tcp_state_close(env, c, LULL_ECONNRESET);
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
        || check_newness(env, c, seg) == TCP_DROP || check_syn(env, c, seg) == TCP_DROP)
        return;
    /* What follows the SYN in sequence space is ordinary text and FIN. */
    seg->seq = seq_add(seg->seq, 1);
    seg->len--;
    seg->flags &= (uint8_t)~TCP_SYN;
    tcp_arrive_text_and_fin(env, c, seg);
}
