/* tcp_timewait.c - records and their clock.
 *
 * Everybody waits equally long, so a record that enters or starts again goes to the tail of
 * its queue and expiry looks at the head only: no timer per record, O(1) for each operation.
 * The exception, a connection so slow that 2 MSL would not cover two of its
 * retransmissions, waits in a queue of its own, kept in order by insertion.
 *
 * The queues are linked through the records.  An append-only log would save eight bytes a
 * record, but a record that starts again leaves a hole in it, and a peer that repeats its FIN
 * makes as many holes as it likes; docs/decisions/0004 has the account. */
#include "tcp/tcp_timewait.h"

#include <assert.h>

#include "base/address.h"
#include "base/check.h"
#include "tcp/tcp_timeout.h"
#include "tcp/tcp_timestamp.h"
#include "tcp/tcp_window.h"

/* [REQ RL-03] */
static_assert(sizeof(struct tcp_timewait_record) == 40, "docs/limits.md promises 40 bytes");

#define HALF_SECOND_MS 500
#define AGE_MAX        2047u
#define RESTARTS_MAX   31u
#define TS_AHEAD_MAX   15u

size_t tcp_timewait_bytes(uint32_t capacity)
{
    return (size_t)capacity * sizeof(struct tcp_timewait_record);
}

void tcp_timewait_init(struct tcp_timewait *t, void *memory, uint32_t capacity)
{
    LULL_CHECK(capacity <= TCP_TIMEWAIT_CAPACITY_MAX);
    *t = (struct tcp_timewait){.capacity = capacity};
    rel_set(&t->records, memory);
    t->first_free = TCP_TIMEWAIT_NONE;
    for (int q = 0; q < TCP_TIMEWAIT_QUEUE_COUNT; q++)
        t->queues[q].first = t->queues[q].last = TCP_TIMEWAIT_NONE;
}

/* Milliseconds, rounded up so that nothing expires early. */
static uint32_t in_ms(lull_time at)
{
    return (uint32_t)((at + LULL_MS(1) - 1) / LULL_MS(1));
}

static bool ms_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static void unlink_record(struct tcp_timewait *t, uint32_t index)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);

    if (r->previous == TCP_TIMEWAIT_NONE)
        t->queues[r->queue].first = r->next;
    else
        tcp_timewait_at(t, r->previous)->next = r->next & TCP_TIMEWAIT_NONE;
    if (r->next == TCP_TIMEWAIT_NONE)
        t->queues[r->queue].last = r->previous;
    else
        tcp_timewait_at(t, r->next)->previous = r->previous & TCP_TIMEWAIT_NONE;
    t->queues[r->queue].count--;
}

/* Behind @after, or at the head with TCP_TIMEWAIT_NONE. */
static void link_record(struct tcp_timewait *t, uint32_t index, enum tcp_timewait_queue queue,
                        uint32_t after)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    uint32_t next =
        after == TCP_TIMEWAIT_NONE ? t->queues[queue].first : tcp_timewait_at(t, after)->next;

    r->queue = (unsigned)queue & 3u;
    r->previous = after & TCP_TIMEWAIT_NONE;
    r->next = next & TCP_TIMEWAIT_NONE;
    if (after == TCP_TIMEWAIT_NONE)
        t->queues[queue].first = index;
    else
        tcp_timewait_at(t, after)->next = index & TCP_TIMEWAIT_NONE;
    if (next == TCP_TIMEWAIT_NONE)
        t->queues[queue].last = index;
    else
        tcp_timewait_at(t, next)->previous = index & TCP_TIMEWAIT_NONE;
    t->queues[queue].count++;
}

/* At the place its expiry asks for: the tail, but for the queue of the slow. */
static void enqueue(struct tcp_timewait *t, uint32_t index, enum tcp_timewait_queue queue)
{
    uint32_t after = t->queues[queue].last;
    uint32_t expiry = tcp_timewait_at(t, index)->expiry_ms;

    while (after != TCP_TIMEWAIT_NONE && ms_before(expiry, tcp_timewait_at(t, after)->expiry_ms))
        after = tcp_timewait_at(t, after)->previous;
    link_record(t, index, queue, after);
}

static uint32_t take(struct tcp_timewait *t)
{
    uint32_t index = t->first_free;

    if (index != TCP_TIMEWAIT_NONE)
        t->first_free = tcp_timewait_at(t, index)->next;
    else if (t->high_water < t->capacity)
        index = t->high_water++;
    else
        return TCP_TIMEWAIT_NONE;
    t->used++;
    return index;
}

void tcp_timewait_remove(struct tcp_timewait *t, uint32_t index)
{
    unlink_record(t, index);
    tcp_timewait_at(t, index)->queue = TCP_TIMEWAIT_QUEUE_FREE;
    tcp_timewait_at(t, index)->next = t->first_free & TCP_TIMEWAIT_NONE;
    t->first_free = index;
    t->used--;
}

static lull_duration two_msl(const struct tcp_env *env)
{
    return 2 * TCP_KNOB_MS(env, tw_msl_ms);
}

/* 2 MSL, but long enough for two more of the peer's retransmissions, judged by our own
 * timeout.  [REQ TT-01] [REQ TT-02] [REQ 9293/MUST-13] */
static lull_duration time_wait_for(const struct tcp_env *env, const struct tcp_conn *c)
{
    lull_duration floor = tcp_timeout_rto(env, c) * TCP_KNOB(env, tw_rto_floor) / 10;
    lull_duration twice = two_msl(env);
    return c->rtt.srtt_us != 0 && floor > twice ? floor : twice;
}

uint32_t tcp_timewait_enter(const struct tcp_env *env, struct tcp_timewait *t,
                            const struct tcp_conn *c)
{
    uint32_t index = take(t);
    enum tcp_timewait_queue queue = TCP_TIMEWAIT_QUEUE_FIN_WAIT_2;
    lull_duration wait = TCP_KNOB_MS(env, fw2_orphan_ms);

    if (index == TCP_TIMEWAIT_NONE)
        return index;
    if (c->state == TCP_TIME_WAIT) {
        wait = time_wait_for(env, c);
        queue = wait > two_msl(env) ? TCP_TIMEWAIT_QUEUE_LATE : TCP_TIMEWAIT_QUEUE_PLAIN;
    }
    uint32_t ahead = c->ts.offset - tcp_timestamp_offset(&env->settings->timestamp_key, &c->tuple);
    *tcp_timewait_at(t, index) = (struct tcp_timewait_record){
        .local = address_ipv4_word(&c->tuple.local),
        .remote = address_ipv4_word(&c->tuple.remote),
        .local_port = c->tuple.local_port,
        .remote_port = c->tuple.remote_port,
        .snd_nxt = c->snd.nxt,
        .rcv_nxt = c->rcv.nxt,
        .ts_recent = c->ts.recent,
        .expiry_ms = in_ms(env->now + wait),
        .timestamps = conn_is(c, TCP_TIMESTAMPS),
        .ts_ahead = (ahead < TS_AHEAD_MAX ? ahead : TS_AHEAD_MAX) & 15u,
        .wnd = (uint16_t)(c->rcv.wnd >> c->rcv_scale),
    };
    enqueue(t, index, queue);
    return index;
}

lull_time tcp_timewait_expiry(const struct tcp_timewait *t, uint32_t index, lull_time now)
{
    int64_t now_ms = now / LULL_MS(1);
    int32_t left = (int32_t)(tcp_timewait_at(t, index)->expiry_ms - (uint32_t)now_ms);
    return LULL_MS(now_ms + left);
}

/* [REQ RL-01] */
uint32_t tcp_timewait_oldest(const struct tcp_timewait *t)
{
    uint32_t oldest = TCP_TIMEWAIT_NONE;

    for (int q = 0; q < TCP_TIMEWAIT_QUEUE_COUNT; q++) {
        uint32_t first = t->queues[q].first;
        if (first == TCP_TIMEWAIT_NONE)
            continue;
        if (oldest == TCP_TIMEWAIT_NONE
            || ms_before(tcp_timewait_at(t, first)->expiry_ms,
                         tcp_timewait_at(t, oldest)->expiry_ms))
            oldest = first;
    }
    return oldest;
}

lull_time tcp_timewait_next(const struct tcp_timewait *t, lull_time now)
{
    uint32_t oldest = tcp_timewait_oldest(t);
    return oldest == TCP_TIMEWAIT_NONE ? LULL_TIME_NEVER : tcp_timewait_expiry(t, oldest, now);
}

/* [REQ TT-07] [REQ TT-10] */
uint32_t tcp_timewait_due(const struct tcp_timewait *t, lull_time now)
{
    uint32_t oldest = tcp_timewait_oldest(t);

    if (oldest == TCP_TIMEWAIT_NONE || tcp_timewait_expiry(t, oldest, now) > now)
        return TCP_TIMEWAIT_NONE;
    return oldest;
}

void tcp_timewait_tuple(const struct tcp_timewait *t, uint32_t index, struct tuple *tuple)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(t, index);

    *tuple = (struct tuple){.local = address_from_ipv4_word(r->local),
                            .remote = address_from_ipv4_word(r->remote),
                            .local_port = r->local_port,
                            .remote_port = r->remote_port};
}

bool tcp_timewait_matches(const struct tcp_timewait *t, uint32_t index, const struct tuple *tuple)
{
    struct tuple mine;

    tcp_timewait_tuple(t, index, &mine);
    return tuple_equal(&mine, tuple);
}

/* When the last ACK was sent.  For a slow connection it is not known: the answer lies in
 * the future, and callers take that for "just now". */
static lull_time last_ack(const struct tcp_env *env, const struct tcp_timewait *t, uint32_t index)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    lull_time expiry = tcp_timewait_expiry(t, index, env->now);

    if (r->queue == TCP_TIMEWAIT_QUEUE_FIN_WAIT_2)
        return expiry - TCP_KNOB_MS(env, fw2_orphan_ms) + LULL_MS((int64_t)r->age * HALF_SECOND_MS);
    return expiry - two_msl(env);
}

/* Extended over and over: the record serves the peer's FIN and nobody else.  [REQ TT-06] */
static bool is_worn_out(const struct tcp_env *env, const struct tcp_timewait_record *r)
{
    lull_duration lives = two_msl(env) * TCP_KNOB(env, tw_max_extend);
    return r->age == AGE_MAX || LULL_MS((int64_t)r->age * HALF_SECOND_MS) > lives;
}

/* An ACK for something that is wrong, but not too often.  [REQ RL-06] */
static enum tcp_timewait_answer ack_sometimes(struct tcp_env *env, const struct tcp_timewait *t,
                                              uint32_t index)
{
    if (is_worn_out(env, tcp_timewait_at(t, index)))
        return TCP_TIMEWAIT_DROP;
    if (env->now - last_ack(env, t, index) < TCP_KNOB_MS(env, tw_oow_ack_ms)) {
        TCP_COUNT(env, TCPACKSkippedTimeWait);
        return TCP_TIMEWAIT_DROP;
    }
    TCP_COUNT(env, TCPTimeWaitOowAcks);
    return TCP_TIMEWAIT_ACK;
}

/* SEG.ACK may be anything we sent and not so old that it proves nothing (RFC 5961
 * section 5.2, with the largest window there is, as the record does not keep its own). */
static bool ack_is_acceptable(const struct tcp_timewait_record *r, const struct tcp_segment *seg)
{
    int32_t behind = seq_diff(r->snd_nxt, seg->ack);
    return (seg->flags & TCP_ACK) && behind >= 0 && behind <= (int32_t)UINT16_MAX << 14;
}

/* What holds for both kinds of record before the ACK field is looked at.
 * [REQ SA-03] [REQ SA-04] [REQ SA-05] [REQ SA-06] [REQ SA-07] [REQ SA-10] [REQ RL-09] */
static bool answer_early(struct tcp_env *env, struct tcp_timewait *t, uint32_t index,
                         const struct tcp_segment *seg, enum tcp_timewait_answer *answer)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(t, index);

    *answer = TCP_TIMEWAIT_DROP;
    if (seg->flags & TCP_SYN) {
        if (seg->flags & TCP_ACK)
            *answer = ack_sometimes(env, t, index);
        else if (!(seg->flags & TCP_FIN))
            *answer = TCP_TIMEWAIT_JUDGE;
        return true;
    }
    if (r->timestamps && !(seg->options.present & TCP_OPTION_TIMESTAMPS)) {
        TCP_COUNT(env, TCPMissingTimestamp);
        return true;
    }
    if (r->timestamps && tcp_timestamp_before(seg->options.ts_value, r->ts_recent)) {
        TCP_COUNT(env, PAWSTimewait);
        *answer = ack_sometimes(env, t, index);
        return true;
    }
    return !(seg->flags & TCP_ACK);
}

static void take_timestamp(struct tcp_timewait_record *r, const struct tcp_segment *seg)
{
    if (r->timestamps && tcp_timestamp_before(r->ts_recent, seg->options.ts_value))
        r->ts_recent = seg->options.ts_value;
}

/* [REQ SA-08] [REQ SA-09] [REQ SA-11] [REQ SA-12] [REQ SA-13] [REQ TT-03] [REQ TT-05]
 * [REQ RL-08] [REQ 1337/F1] */
static enum tcp_timewait_answer arrive_time_wait(struct tcp_env *env, struct tcp_timewait *t,
                                                 uint32_t index, const struct tcp_segment *seg)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    enum tcp_timewait_answer answer;

    /* RFC 1337: a reset must not end the wait.  [REQ SA-02] [REQ RL-08] */
    if (seg->flags & TCP_RST) {
        TCP_COUNT(env, TWRstIgnored);
        return TCP_TIMEWAIT_DROP;
    }
    if (answer_early(env, t, index, seg, &answer))
        return answer;
    /* The peer's FIN once more fails every window test, yet it is the one segment the record
     * exists for. */
    if ((seg->flags & TCP_FIN) && seq_eq(seq_add(seg->seq, seg->len), r->rcv_nxt)
        && ack_is_acceptable(r, seg)) {
        take_timestamp(r, seg);
        return TCP_TIMEWAIT_ACK;
    }
    if (seg->len == 0 && seq_eq(seg->seq, r->rcv_nxt) && ack_is_acceptable(r, seg))
        return TCP_TIMEWAIT_DROP; /* the ACK we expect, or an older one that was overtaken */
    return ack_sometimes(env, t, index);
}

/* The FIN an orphan was waiting for.  [REQ CH-04] */
static void become_time_wait(const struct tcp_env *env, struct tcp_timewait *t, uint32_t index,
                             const struct tcp_segment *seg)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);

    unlink_record(t, index);
    r->rcv_nxt = seq_add(r->rcv_nxt, 1);
    r->age = 0;
    r->expiry_ms = in_ms(env->now + two_msl(env));
    take_timestamp(r, seg);
    enqueue(t, index, TCP_TIMEWAIT_QUEUE_PLAIN);
}

/* [REQ CH-16] [REQ RL-04] */
static enum tcp_timewait_answer arrive_fin_wait_2(struct tcp_env *env, struct tcp_timewait *t,
                                                  uint32_t index, const struct tcp_segment *seg)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    enum tcp_timewait_answer answer;

    if (seg->flags & TCP_RST)
        return seq_eq(seg->seq, r->rcv_nxt) ? TCP_TIMEWAIT_DELETE : TCP_TIMEWAIT_DROP;
    if (answer_early(env, t, index, seg, &answer))
        return answer == TCP_TIMEWAIT_JUDGE ? ack_sometimes(env, t, index) : answer;
    if (!ack_is_acceptable(r, seg))
        return ack_sometimes(env, t, index);
    if (seg->text.len > 0 && seq_lt(r->rcv_nxt, seq_add(seg->seq, (uint32_t)seg->text.len))) {
        TCP_COUNT(env, TCPAbortOnData);
        env->reply = (struct tcp_reply){TCP_REPLY_RESET, seg->ack, r->rcv_nxt};
        return TCP_TIMEWAIT_DELETE;
    }
    if ((seg->flags & TCP_FIN) && seq_eq(seq_add(seg->seq, seg->len - 1), r->rcv_nxt)) {
        become_time_wait(env, t, index, seg);
        TCP_COUNT(env, TW);
        return TCP_TIMEWAIT_ACK;
    }
    if (seg->len == 0 && seq_eq(seg->seq, r->rcv_nxt))
        return TCP_TIMEWAIT_DROP;
    return ack_sometimes(env, t, index);
}

enum tcp_timewait_answer tcp_timewait_arrive(struct tcp_env *env, struct tcp_timewait *t,
                                             uint32_t index, const struct tcp_segment *seg)
{
    if (tcp_timewait_at(t, index)->queue == TCP_TIMEWAIT_QUEUE_FIN_WAIT_2)
        return arrive_fin_wait_2(env, t, index, seg);
    return arrive_time_wait(env, t, index, seg);
}

static void grow_older(struct tcp_timewait_record *r, lull_duration since_last)
{
    int64_t halves = (since_last + LULL_MS(HALF_SECOND_MS) - 1) / LULL_MS(HALF_SECOND_MS);
    uint32_t age = r->age + (uint32_t)(halves < 0 ? 0 : halves > AGE_MAX ? AGE_MAX : halves);
    r->age = (age < AGE_MAX ? age : AGE_MAX) & AGE_MAX;
}

/* A full 2 MSL from now, never less than was left.  [REQ TT-03] [REQ TT-04] */
static void start_again(struct tcp_env *env, struct tcp_timewait *t, uint32_t index)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    uint32_t expiry = in_ms(env->now + two_msl(env));

    grow_older(r, env->now - last_ack(env, t, index));
    if (r->restarts < RESTARTS_MAX)
        r->restarts = (r->restarts + 1u) & RESTARTS_MAX;
    TCP_COUNT(env, TWRestarted);
    if (!ms_before(r->expiry_ms, expiry))
        return;
    unlink_record(t, index);
    r->expiry_ms = expiry;
    enqueue(t, index, TCP_TIMEWAIT_QUEUE_PLAIN);
    TRACE(env->trace, env->now, index, tw_rearm, r->local_port, r->remote_port, r->expiry_ms);
}

/* [REQ SA-14] */
void tcp_timewait_ack(struct tcp_env *env, struct tcp_timewait *t, uint32_t index,
                      struct tcp_segment *seg)
{
    struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    struct tuple tuple;

    if (r->queue == TCP_TIMEWAIT_QUEUE_FIN_WAIT_2)
        grow_older(r, env->now - last_ack(env, t, index));
    else
        start_again(env, t, index);
    *seg = (struct tcp_segment){.seq = r->snd_nxt,
                                .ack = r->rcv_nxt,
                                .wnd = r->wnd,
                                .source_port = r->local_port,
                                .destination_port = r->remote_port,
                                .flags = TCP_ACK};
    if (!r->timestamps)
        return;
    tcp_timewait_tuple(t, index, &tuple);
    uint32_t offset = tcp_timestamp_offset(&env->settings->timestamp_key, &tuple) + r->ts_ahead;
    seg->options.present = TCP_OPTION_TIMESTAMPS;
    seg->options.ts_value = tcp_timestamp_value(offset, env->now);
    seg->options.ts_echo = r->ts_recent;
}

struct tcp_reuse_old tcp_timewait_old(const struct tcp_timewait *t, uint32_t index)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    return (struct tcp_reuse_old){r->rcv_nxt, r->ts_recent, r->timestamps};
}

/* [REQ IR-08] [REQ IR-09] [REQ 9293/MAY-2] */
bool tcp_timewait_floor(const struct tcp_env *env, const struct tcp_timewait *t, uint32_t index,
                        struct tcp_conn_plan *plan)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(t, index);
    uint32_t offset = tcp_timestamp_offset(&env->settings->timestamp_key, &plan->tuple);
    lull_time stamp = time_earlier(last_ack(env, t, index), env->now);

    plan->floor = true;
    plan->iss_above = r->snd_nxt;
    plan->ts_above = tcp_timestamp_value(offset + r->ts_ahead, stamp);
    uint32_t first = tcp_timestamp_value(offset, env->now);
    return tcp_timestamp_before(plan->ts_above, first + TS_AHEAD_MAX);
}
