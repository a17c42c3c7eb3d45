#include "tcp/tcp_receive.h"

#include "tcp/tcp_reassembly.h"

/* [REQ 9293/SHLD-18] [REQ 9293/SHLD-19] */
void tcp_receive_acknowledge_later(const struct tcp_env *env, struct tcp_conn *c)
{
    /* Every second full segment is acknowledged at once (RFC 9293 SHLD-19). */
    if (seq_span(c->rcv.acked, c->rcv.nxt) >= 2 * c->congestion.mss) {
        c->pending |= TCP_PENDING_ACK;
        return;
    }
    if (c->deadline[TCP_TIMER_DELAYED_ACK] == LULL_TIME_NEVER)
        c->deadline[TCP_TIMER_DELAYED_ACK] = env->now + env->settings->delayed_ack;
}

/* Text in order.  Returns the octets RCV.NXT moved. */
static uint32_t take_in_order(struct tcp_env *env, struct tcp_conn *c, struct span text)
{
    uint32_t taken = (uint32_t)text.len;

    if (!conn_is(c, TCP_RECEIVE_SHUT)) {
        taken = byte_queue_append(&c->receive_queue, env->blocks, text.data, (uint32_t)text.len);
        if (taken < text.len) {
            TCP_COUNT(env, TCPRcvQDrop);
            TCP_COUNT(env, TCPMemoryPressures);
        }
        c->facts |= TCP_NEWS_READABLE;
    }
    c->rcv.nxt = seq_add(c->rcv.nxt, taken);
    return taken + tcp_reassembly_join(env, c);
}

static void take_past_gap(struct tcp_env *env, struct tcp_conn *c, seq32 seq, struct span text)
{
    if (conn_is(c, TCP_RECEIVE_SHUT))
        return;
    if (tcp_reassembly_store(env, c, seq, text))
        TCP_COUNT(env, TCPOFOQueue);
    else
        TCP_COUNT(env, TCPOFODrop);
}

/* [REQ 5681/4.2] */
void tcp_receive_text(struct tcp_env *env, struct tcp_conn *c, const struct tcp_segment *seg)
{
    struct span text = seg->text;
    seq32 seq = seg->seq;

    if (seq_lt(seq, c->rcv.nxt)) {
        uint32_t seen = seq_span(seq, c->rcv.nxt);
        if (seen >= text.len)
            return;
        text.data += seen;
        text.len -= seen;
        seq = c->rcv.nxt;
    }
    uint32_t ahead = seq_span(c->rcv.nxt, seq);
    if (ahead >= c->rcv.wnd)
        return;
    if (text.len > c->rcv.wnd - ahead)
        text.len = c->rcv.wnd - ahead;

    bool gap = tcp_reassembly_has_gap(c);
    if (ahead > 0) {
        take_past_gap(env, c, seq, text);
    } else {
        uint32_t moved = take_in_order(env, c, text);
        c->rcv.wnd -= moved < c->rcv.wnd ? moved : c->rcv.wnd;
    }
    /* A gap is reported and its end is told at once (RFC 5681 section 4.2). */
    if (ahead > 0 || gap || text.len < seg->text.len)
        c->pending |= TCP_PENDING_ACK;
    else
        tcp_receive_acknowledge_later(env, c);
}
