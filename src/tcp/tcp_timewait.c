/* tcp_timewait.c - what a record in TIME-WAIT or FIN-WAIT-2 does with a segment.
 *
 * The order of the checks is that of group SA: resets first, because nothing may answer them;
 * then SYNs, which belong to the owner's decision; timestamps; and the peer's FIN before any
 * window, which it would fail although it is the one segment the record exists for.
 *
 * Every ACK that leaves starts the 2 MSL again, and what is not answered changes nothing
 * (docs/decisions/0005). */
#include "tcp/tcp_timewait.h"

#include "tcp/tcp_isn.h"
#include "tcp/tcp_record_trace.h"
#include "tcp/tcp_timeout.h"
#include "tcp/tcp_timestamp.h"
#include "tcp/tcp_window.h"

#define TS_AHEAD_MAX    15u
#define TICKS_MAX       0x20000000u /* with the largest isn.reuse_bump less than 2^31 */
#define FORGOTTEN_AFTER LULL_MS(1)  /* LULL_FLAW_NO_TIME_WAIT: time to send the ACK that is owed */

static lull_duration two_msl(const struct tcp_env *env)
{
    if (TCP_FLAW(env, NO_TIME_WAIT))
        return FORGOTTEN_AFTER;
    if (TCP_FLAW(env, ONE_MSL))
        return TCP_KNOB_MS(env, tw_msl_ms);
    return 2 * TCP_KNOB_MS(env, tw_msl_ms);
}

/* --- entering ---------------------------------------------------------------------------- */

/* 2 MSL, but long enough for two more of the peer's retransmissions, judged by our own
 * timeout.  [REQ TT-01] [REQ TT-02] [REQ 9293/MUST-13] */
static lull_duration time_wait_for(const struct tcp_env *env, const struct tcp_conn *c)
{
    lull_duration floor = tcp_timeout_rto(env, c) * TCP_KNOB(env, tw_rto_floor) / 10;
    lull_duration twice = two_msl(env);
    if (TCP_FLAW(env, NO_TIME_WAIT) || TCP_FLAW(env, ONE_MSL))
        return twice;
    return c->rtt.srtt_us != 0 && floor > twice ? floor : twice;
}

/* Milliseconds the connection's TSval runs ahead of the clock. */
static unsigned ts_ahead_of(const struct tcp_env *env, const struct tcp_conn *c)
{
    uint32_t ahead = c->ts.offset - tcp_timestamp_offset(&env->settings->timestamp_key, &c->tuple);
    return ahead < TS_AHEAD_MAX ? ahead : TS_AHEAD_MAX;
}

void tcp_timewait_remember(const struct tcp_env *env, const struct tcp_conn *c,
                           struct tcp_record *r)
{
    r->kind = c->state == TCP_TIME_WAIT ? TCP_RECORD_TIME_WAIT : TCP_RECORD_FIN_WAIT_2;
    r->cause =
        conn_is(c, TCP_CLOSED_TOGETHER) ? LULL_CAUSE_CLOSED_TOGETHER : LULL_CAUSE_CLOSED_FIRST;
    r->snd_nxt = c->snd.nxt;
    r->rcv_nxt = c->rcv.nxt;
    r->ts_recent = c->ts.recent;
    r->timestamps = conn_is(c, TCP_TIMESTAMPS);
    r->ts_ahead = ts_ahead_of(env, c) & 15u;
    r->wnd = (c->rcv.wnd >> c->rcv_scale) & UINT16_MAX;
    r->wnd_scale = c->rcv_scale & 15u;
    r->reuse_address = conn_is(c, TCP_REUSE_ADDRESS);
    r->reuse_port = conn_is(c, TCP_REUSE_PORT);
}

/* A patience of its own waits among the sorted: those who have it mostly have the same, and would
 * each have to pass all who have the stack's.  [REQ RL-04] */
uint32_t tcp_timewait_enter(const struct tcp_env *env, struct tcp_records *t,
                            const struct tcp_conn *c)
{
    uint32_t index = tcp_record_take(t, &c->tuple, env->now);
    enum tcp_record_queue queue = TCP_RECORD_QUEUE_FIN_WAIT_2;
    lull_duration wait = TCP_KNOB_MS(env, fw2_orphan_ms);

    if (index == TCP_RECORD_NONE)
        return index;
    if (c->state == TCP_TIME_WAIT) {
        wait = time_wait_for(env, c);
        queue = wait > two_msl(env) ? TCP_RECORD_QUEUE_SORTED : TCP_RECORD_QUEUE_PLAIN;
    } else if (c->fin_wait_2 > 0) {
        wait = c->fin_wait_2;
        queue = TCP_RECORD_QUEUE_SORTED;
    }
    tcp_timewait_remember(env, c, tcp_record_at(t, index));
    tcp_record_enqueue(t, index, queue, env->now + wait);
    return index;
}

/* --- answering --------------------------------------------------------------------------- */

static lull_duration since_sent(const struct tcp_env *env, const struct tcp_records *t,
                                uint32_t index)
{
    return env->now - tcp_record_sent(t, index, env->now);
}

/* [REQ TT-06] */
bool tcp_timewait_is_worn_out(const struct tcp_env *env, const struct tcp_records *t,
                              uint32_t index)
{
    lull_duration lives = two_msl(env) * TCP_KNOB(env, tw_max_extend);
    lull_time entered = tcp_record_entered(t, index, env->now);

    return lives > 0 && (entered == LULL_TIME_NEVER || env->now - entered > lives);
}

static enum tcp_timewait_answer answer_for(struct tcp_record *r, enum lull_record_reason reason)
{
    r->reason = (unsigned)reason & 15u;
    return TCP_TIMEWAIT_ACK;
}

/* An ACK for something that is wrong, but not too often.  One from FIN-WAIT-2 extends nothing, so
 * it cannot be asked for too long: the peer may probe a half-closed connection.  [REQ RL-06] */
static enum tcp_timewait_answer ack_sometimes(struct tcp_env *env, struct tcp_records *t,
                                              uint32_t index, enum lull_record_reason reason)
{
    if (tcp_record_at(t, index)->kind == TCP_RECORD_TIME_WAIT
        && tcp_timewait_is_worn_out(env, t, index))
        return TCP_TIMEWAIT_DROP;
    if (since_sent(env, t, index) < TCP_KNOB_MS(env, tw_oow_ack_ms)) {
        TCP_COUNT(env, TCPACKSkippedTimeWait);
        return TCP_TIMEWAIT_DROP;
    }
    TCP_COUNT(env, TCPTimeWaitOowAcks);
    return answer_for(tcp_record_at(t, index), reason);
}

/* A full 2 MSL from now, never less than was left.  [REQ TT-03] [REQ TT-04] */
static void start_again(struct tcp_env *env, struct tcp_records *t, uint32_t index)
{
    struct tcp_record *r = tcp_record_at(t, index);
    lull_time expiry = env->now + two_msl(env);

    if (TCP_FLAW(env, STALE_STAMP))
        return;
    if (r->reason != LULL_REASON_ENTERED) { /* the first ACK is a part of entering */
        r->restarts =
            (r->restarts < TCP_RECORD_RESTARTS_MAX ? r->restarts + 1u : r->restarts) & 31u;
        TCP_COUNT(env, TWRestarted);
    }
    if (tcp_record_expiry(t, index, env->now) >= expiry)
        return;
    tcp_record_requeue(t, index, TCP_RECORD_QUEUE_PLAIN, expiry);
    tcp_record_trace(
        env, t, index,
        &(struct lull_trace_record){.event = LULL_TRACE_tw_rearm, .arg = {[1] = r->reason}});
}

/* [REQ SA-08] */
static enum tcp_timewait_answer answer_fin_again(struct tcp_env *env, struct tcp_records *t,
                                                 uint32_t index)
{
    struct tcp_record *r = tcp_record_at(t, index);
    lull_duration least = TCP_KNOB_MS(env, tw_dupfin_min_ms);

    r->reason = LULL_REASON_FIN_AGAIN;
    if (TCP_KNOB(env, tw_restart_on) == LULL_TW_RESTART_FIN)
        start_again(env, t, index);
    if (least > 0 && since_sent(env, t, index) < least) {
        TCP_COUNT(env, TCPACKSkippedTimeWait);
        return TCP_TIMEWAIT_DROP;
    }
    return TCP_TIMEWAIT_ACK;
}

/* --- arriving ---------------------------------------------------------------------------- */

/* SEG.ACK may be anything we sent and not so old that it proves nothing (RFC 5961
 * section 5.2, with the largest window there is, as the record does not keep its own). */
static bool ack_is_acceptable(const struct tcp_record *r, const struct tcp_segment *seg)
{
    int32_t behind = seq_diff(r->snd_nxt, seg->ack);
    return (seg->flags & TCP_ACK) && behind >= 0 && behind <= (int32_t)UINT16_MAX << 14;
}

static enum tcp_timewait_answer answer_syn(struct tcp_env *env, struct tcp_records *t,
                                           uint32_t index, const struct tcp_segment *seg)
{
    if (seg->flags & TCP_ACK)
        return ack_sometimes(env, t, index, LULL_REASON_SYN_ACK); /* [REQ SA-10] */
    if ((seg->flags & TCP_FIN) && TCP_KNOB(env, tw_drop_synfin))
        return TCP_TIMEWAIT_DROP;  /* [REQ SA-03] */
    return TCP_TIMEWAIT_JUDGE_SYN; /* [REQ SA-04] [REQ RL-09] */
}

/* What holds for both kinds of record before the ACK field is looked at.
 * [REQ SA-05] [REQ SA-06] [REQ SA-07] */
static bool answer_early(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                         const struct tcp_segment *seg, enum tcp_timewait_answer *answer)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    bool stamped = (seg->options.present & TCP_OPTION_TIMESTAMPS) != 0;

    *answer = TCP_TIMEWAIT_DROP;
    if (seg->flags & TCP_SYN) {
        *answer = answer_syn(env, t, index, seg);
        return true;
    }
    if (r->timestamps && !stamped && !TCP_KNOB(env, ts_tolerate_missing)) {
        TCP_COUNT(env, TCPMissingTimestamp);
        return true;
    }
    if (r->timestamps && stamped && tcp_timestamp_before(seg->options.ts_value, r->ts_recent)) {
        TCP_COUNT(env, PAWSTimewait);
        *answer = ack_sometimes(env, t, index, LULL_REASON_OLD_STAMP);
        return true;
    }
    return !(seg->flags & TCP_ACK);
}

static void take_timestamp(struct tcp_record *r, const struct tcp_segment *seg)
{
    if (r->timestamps && (seg->options.present & TCP_OPTION_TIMESTAMPS)
        && tcp_timestamp_before(r->ts_recent, seg->options.ts_value))
        r->ts_recent = seg->options.ts_value;
}

static enum lull_record_reason reason_for(const struct tcp_segment *seg)
{
    if (seg->flags & TCP_FIN)
        return LULL_REASON_OTHER_FIN;
    return seg->len > 0 ? LULL_REASON_TEXT : LULL_REASON_ACK;
}

/* [REQ SA-09] [REQ SA-11] [REQ SA-12] [REQ SA-13] [REQ TT-03] [REQ TT-05] */
static enum tcp_timewait_answer arrive_time_wait(struct tcp_env *env, struct tcp_records *t,
                                                 uint32_t index, const struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);
    enum tcp_timewait_answer answer;

    if (seg->flags & TCP_RST)
        return TCP_TIMEWAIT_JUDGE_RESET;
    if (answer_early(env, t, index, seg, &answer))
        return answer;
    /* The peer's FIN once more fails every window test, yet it is the one segment the record
     * exists for. */
    if ((seg->flags & TCP_FIN) && seq_eq(seq_add(seg->seq, seg->len), r->rcv_nxt)
        && ack_is_acceptable(r, seg)) {
        take_timestamp(r, seg);
        return answer_fin_again(env, t, index);
    }
    if (seg->len == 0 && seq_eq(seg->seq, r->rcv_nxt) && ack_is_acceptable(r, seg))
        return TCP_TIMEWAIT_DROP; /* the ACK we expect, or an older one that was overtaken */
    return ack_sometimes(env, t, index, reason_for(seg));
}

/* The FIN an orphan was waiting for.  [REQ CH-04] */
static void become_time_wait(const struct tcp_env *env, struct tcp_records *t, uint32_t index,
                             const struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);
    lull_time from = TCP_FLAW(env, STALE_STAMP) ? tcp_record_sent(t, index, env->now) : env->now;

    r->kind = TCP_RECORD_TIME_WAIT;
    r->reason = LULL_REASON_ENTERED;
    r->rcv_nxt = seq_add(r->rcv_nxt, 1);
    take_timestamp(r, seg);
    tcp_record_enter_again(t, index, env->now);
    tcp_record_requeue(t, index, TCP_RECORD_QUEUE_PLAIN, from + two_msl(env));
    tcp_record_trace(env, t, index,
                     &(struct lull_trace_record){.event = LULL_TRACE_tw_enter,
                                                 .arg = {[1] = r->cause},
                                                 .segment = tcp_record_trace_segment(seg)});
}

/* Text that the peer may have sent: behind what we have, and not behind the window.  Whoever
 * cannot see the connection would have to guess that. */
static bool brings_new_text(const struct tcp_record *r, const struct tcp_segment *seg)
{
    seq32 edge = seq_add(r->rcv_nxt, (uint32_t)r->wnd << r->wnd_scale);

    return seg->text.len > 0 && seq_lt(seg->seq, edge)
           && seq_lt(r->rcv_nxt, seq_add(seg->seq, (uint32_t)seg->text.len));
}

/* [REQ CH-16] [REQ RL-04] */
static enum tcp_timewait_answer arrive_fin_wait_2(struct tcp_env *env, struct tcp_records *t,
                                                  uint32_t index, const struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);
    enum tcp_timewait_answer answer;

    if (seg->flags & TCP_RST)
        return seq_eq(seg->seq, r->rcv_nxt) ? TCP_TIMEWAIT_DELETE : TCP_TIMEWAIT_DROP;
    if (answer_early(env, t, index, seg, &answer))
        return answer == TCP_TIMEWAIT_JUDGE_SYN
                   ? ack_sometimes(env, t, index, LULL_REASON_SYN_REJECTED)
                   : answer;
    if (!ack_is_acceptable(r, seg))
        return ack_sometimes(env, t, index, reason_for(seg));
    if (brings_new_text(r, seg)) {
        TCP_COUNT(env, TCPAbortOnData);
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, r->rcv_nxt};
        return TCP_TIMEWAIT_DELETE;
    }
    if ((seg->flags & TCP_FIN) && seq_eq(seq_add(seg->seq, seg->len - 1), r->rcv_nxt)) {
        become_time_wait(env, t, index, seg);
        TCP_COUNT(env, FW2TimeWait);
        TCP_COUNT(env, TW);
        return TCP_TIMEWAIT_ACK;
    }
    if (seg->len == 0 && seq_eq(seg->seq, r->rcv_nxt))
        return TCP_TIMEWAIT_DROP;
    return ack_sometimes(env, t, index, reason_for(seg));
}

enum tcp_timewait_answer tcp_timewait_arrive(struct tcp_env *env, struct tcp_records *t,
                                             uint32_t index, const struct tcp_segment *seg)
{
    if (tcp_record_at(t, index)->kind == TCP_RECORD_FIN_WAIT_2)
        return arrive_fin_wait_2(env, t, index, seg);
    return arrive_time_wait(env, t, index, seg);
}

/* --- resets and refused SYNs ------------------------------------------------------------- */

/* RFC 9293 section 3.10.7.4, second step, as RFC 5961 section 3.2 hardens it. */
static enum tcp_timewait_answer obey_reset(struct tcp_env *env, struct tcp_records *t,
                                           uint32_t index, const struct tcp_segment *seg)
{
    const struct tcp_record *r = tcp_record_at(t, index);

    if (seq_eq(seg->seq, r->rcv_nxt))
        return TCP_TIMEWAIT_DELETE;
    if (seq_within(seg->seq, r->rcv_nxt, (uint32_t)r->wnd << r->wnd_scale))
        return ack_sometimes(env, t, index, LULL_REASON_RESET);
    return TCP_TIMEWAIT_DROP;
}

/* The peer answers our ACK of its SYN: it has no connection, so nothing more of the old one will
 * be sent, and what is under way is gone after one MSL. */
static bool shorten(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                    const struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);
    lull_time expiry = env->now + TCP_KNOB_MS(env, tw_msl_ms);

    if (!seq_eq(seg->seq, r->rcv_nxt) || r->reason != LULL_REASON_SYN_REJECTED
        || since_sent(env, t, index) > TCP_KNOB_MS(env, tw_solicited_ms))
        return false;
    r->reason = LULL_REASON_RESET;
    (void)tcp_record_shorten(t, index, expiry);
    TCP_COUNT(env, TWSolicitedResets);
    return true;
}

/* RFC 1337 F1: a reset must not end the wait.  [REQ SA-02] [REQ RL-08] [REQ 1337/F1]
 * [REQ 1337/H1] [REQ 1337/H2] [REQ 1337/H3] */
enum tcp_timewait_answer tcp_timewait_reset(struct tcp_env *env, struct tcp_records *t,
                                            uint32_t index, const struct tcp_segment *seg,
                                            enum lull_tw_rst rule)
{
    enum tcp_timewait_answer answer = TCP_TIMEWAIT_DROP;

    if (rule == LULL_TW_RST_RFC9293)
        answer = obey_reset(env, t, index, seg);
    else if (rule == LULL_TW_RST_SOLICITED && shorten(env, t, index, seg))
        return TCP_TIMEWAIT_DROP;
    if (answer == TCP_TIMEWAIT_DROP)
        TCP_COUNT(env, TWRstIgnored);
    return answer;
}

enum tcp_timewait_answer tcp_timewait_reject(struct tcp_env *env, struct tcp_records *t,
                                             uint32_t index, enum lull_tw_syn_reject rule)
{
    if (rule == LULL_TW_SYN_REJECT_DROP)
        return TCP_TIMEWAIT_DROP;
    return ack_sometimes(env, t, index, LULL_REASON_SYN_REJECTED);
}

/* --- sending ----------------------------------------------------------------------------- */

void tcp_timewait_ack(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                      struct tcp_segment *seg)
{
    struct tcp_record *r = tcp_record_at(t, index);
    struct tuple tuple;

    if (r->kind == TCP_RECORD_TIME_WAIT && TCP_KNOB(env, tw_restart_on) == LULL_TW_RESTART_ACK_SENT)
        start_again(env, t, index);
    tcp_record_note_sent(t, index, env->now);
    tcp_record_tuple(t, index, &tuple);
    tcp_timewait_write(env, r, &tuple, seg);
}

/* [REQ SA-14] */
void tcp_timewait_write(const struct tcp_env *env, const struct tcp_record *r,
                        const struct tuple *tuple, struct tcp_segment *seg)
{
    *seg = (struct tcp_segment){.seq = r->snd_nxt,
                                .ack = r->rcv_nxt,
                                .wnd = r->wnd,
                                .source_port = tuple->local_port,
                                .destination_port = tuple->remote_port,
                                .flags = TCP_ACK};
    if (!r->timestamps)
        return;
    uint32_t offset = tcp_timestamp_offset(&env->settings->timestamp_key, tuple) + r->ts_ahead;
    seg->options.present = TCP_OPTION_TIMESTAMPS;
    seg->options.ts_value = tcp_timestamp_value(offset, env->now);
    seg->options.ts_echo = r->ts_recent;
}

/* --- the next incarnation ---------------------------------------------------------------- */

/* The attempt has sent timestamps on the tuple; when is not known, so now.  [REQ IR-09]
 * [REQ IR-10] */
void tcp_timewait_restored(const struct tcp_env *env, struct tcp_records *t, uint32_t index,
                           const struct tcp_conn *attempt)
{
    struct tcp_record *r = tcp_record_at(t, index);

    r->parked = 0;
    r->reason = LULL_REASON_RESTORED;
    if (!conn_is(attempt, TCP_TIMESTAMPS))
        return;
    tcp_record_note_sent(t, index, env->now);
    r->ts_ahead = ts_ahead_of(env, attempt) & 15u;
}

struct tcp_reuse_old tcp_timewait_old(const struct tcp_records *t, uint32_t index)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    return (struct tcp_reuse_old){r->rcv_nxt, r->ts_recent, r->timestamps};
}

/* Ticks of the ISN clock since the record was made, by which a number that is made from the record
 * moves on as one of the clock does: two attempts over one record have two, or what the peer has
 * left of the first would answer the second with what was agreed in the first.  0 once they are too
 * many to be above. */
static uint32_t isn_ticks(const struct tcp_env *env, const struct tcp_records *t, uint32_t index,
                          const struct tuple *tuple)
{
    lull_time entered = tcp_record_entered(t, index, env->now);

    if (entered == LULL_TIME_NEVER)
        return 0;
    uint32_t ticks =
        seq_span(tcp_isn_choose(env->settings, tuple, entered - TCP_RECORD_ENTERED_ROUNDED),
                 tcp_isn_choose(env->settings, tuple, env->now));
    return ticks < TICKS_MAX ? ticks : 0;
}

/* [REQ IR-08] [REQ IR-09] [REQ 9293/MAY-2] [REQ 1337/F2] [REQ 7323/5.8] [REQ 7323/B.2] */
bool tcp_timewait_floor(const struct tcp_env *env, const struct tcp_records *t, uint32_t index,
                        struct tcp_conn_plan *plan)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    uint32_t offset = tcp_timestamp_offset(&env->settings->timestamp_key, &plan->tuple);
    lull_time stamp = time_earlier(tcp_record_sent(t, index, env->now), env->now);

    plan->floor = true;
    plan->iss_above = r->snd_nxt;
    plan->iss_ticks = isn_ticks(env, t, index, &plan->tuple);
    plan->ts_above = tcp_timestamp_value(offset + r->ts_ahead, stamp);
    uint32_t first = tcp_timestamp_value(offset, env->now);
    return tcp_timestamp_before(plan->ts_above, first + TS_AHEAD_MAX);
}
