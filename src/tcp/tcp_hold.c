#include "tcp/tcp_hold.h"

#include "tcp/tcp_arrive.h"
#include "tcp/tcp_timestamp.h"

#define TS_AHEAD_MAX 15u

static lull_time held_until(const struct tcp_env *env)
{
    return env->now + 2 * TCP_KNOB_MS(env, tw_msl_ms);
}

/* Until our SYN is acknowledged anybody may have sent what we know of the peer. */
static enum lull_record_cause cause_of(const struct tcp_conn *c)
{
    if (c->cause != LULL_CAUSE_NONE)
        return c->cause;
    return conn_is(c, TCP_SYN_ACKED) ? LULL_CAUSE_ABORTED : LULL_CAUSE_STRANGER;
}

/* The peer may have filled the window it was last offered, and into one that is shut it sends an
 * octet now and then to see whether it still is (RFC 9293 section 3.8.6.1). */
static seq32 beyond(seq32 nxt, uint32_t wnd)
{
    return seq_add(nxt, wnd > 0 ? wnd : 1);
}

struct tcp_hold_facts tcp_hold_of_conn(const struct tcp_env *env, const struct tcp_conn *c)
{
    return (struct tcp_hold_facts){
        .tuple = c->tuple,
        .snd_nxt = c->snd.nxt,
        .rcv_nxt = beyond(c->rcv.nxt, c->rcv.wnd),
        .ts_recent = c->ts.recent,
        .ts_ahead = c->ts.offset - tcp_timestamp_offset(&env->settings->timestamp_key, &c->tuple),
        .cause = cause_of(c),
        .timestamps = conn_is(c, TCP_TIMESTAMPS),
    };
}

struct tcp_hold_facts tcp_hold_of_record(const struct tcp_records *t, uint32_t index)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    struct tcp_hold_facts facts = {.snd_nxt = r->snd_nxt,
                                   .rcv_nxt = beyond(r->rcv_nxt, (uint32_t)r->wnd << r->wnd_scale),
                                   .ts_recent = r->ts_recent,
                                   .ts_ahead = r->ts_ahead,
                                   .cause = LULL_CAUSE_LATE_TEXT,
                                   .timestamps = r->timestamps};
    tcp_record_tuple(t, index, &facts.tuple);
    return facts;
}

/* What it acknowledges we once sent, and what it sent we once took. */
struct tcp_hold_facts tcp_hold_of_stranger(const struct tuple *tuple, const struct tcp_segment *seg)
{
    return (struct tcp_hold_facts){
        .tuple = *tuple,
        .snd_nxt = seg->ack,
        .rcv_nxt = seq_add(seg->seq, seg->len),
        .ts_recent = seg->options.ts_value,
        .cause = LULL_CAUSE_STRANGER,
        .timestamps = (seg->options.present & TCP_OPTION_TIMESTAMPS) != 0,
    };
}

/* By cause, not by where it is: under another MSL strangers wait among the sorted. */
static enum tcp_record_queue queue_of(const struct tcp_record *r)
{
    bool stranger = r->kind == TCP_RECORD_HOLD && r->cause == LULL_CAUSE_STRANGER;
    return stranger ? TCP_RECORD_QUEUE_STRANGERS : TCP_RECORD_QUEUE_PLAIN;
}

/* [REQ CH-17] */
uint32_t tcp_hold_enter(const struct tcp_env *env, struct tcp_records *t,
                        const struct tcp_hold_facts *facts)
{
    uint32_t index = tcp_record_take(t, &facts->tuple, env->now);

    if (index == TCP_RECORD_NONE)
        return index;
    struct tcp_record *r = tcp_record_at(t, index);
    r->kind = TCP_RECORD_HOLD;
    r->cause = (unsigned)facts->cause & 15u;
    r->snd_nxt = facts->snd_nxt;
    r->rcv_nxt = facts->rcv_nxt;
    r->timestamps = facts->timestamps;
    r->ts_recent = facts->ts_recent;
    r->ts_ahead = (facts->ts_ahead < TS_AHEAD_MAX ? facts->ts_ahead : TS_AHEAD_MAX) & 15u;
    tcp_record_enqueue(t, index, queue_of(r), held_until(env));
    return index;
}

void tcp_hold_extend(const struct tcp_env *env, struct tcp_records *t, uint32_t index)
{
    lull_time until = held_until(env);

    tcp_record_note_sent(t, index, env->now);
    if (tcp_record_expiry(t, index, env->now) < until)
        tcp_record_requeue(t, index, queue_of(tcp_record_at(t, index)), until);
}

enum tcp_timewait_answer tcp_hold_arrive(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                                         const struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);

    if ((seg->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
        return seg->flags & TCP_FIN ? TCP_TIMEWAIT_DROP : TCP_TIMEWAIT_JUDGE_SYN;
    if (tcp_timewait_is_worn_out(env, t, index))
        return TCP_TIMEWAIT_DROP;
    tcp_arrive_closed(env, seg);
    if (env->reply.kind == TCP_REPLY_NONE)
        return TCP_TIMEWAIT_DROP;
    r->reason = LULL_REASON_RESET_SENT;
    r->restarts = (r->restarts < TCP_RECORD_RESTARTS_MAX ? r->restarts + 1u : r->restarts) & 31u;
    return TCP_TIMEWAIT_DROP;
}
