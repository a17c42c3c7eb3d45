/* stack_record.c - records and the rest of the stack.
 *
 * The table is bounded.  When it is full the record with the least time left makes room:
 * exactly the promises of that tuple are void, which a counter says; refusing the newcomer,
 * as Linux does (tw.overflow=drop_new), voids the longest promise instead.
 *
 * Tuples that strangers made us reset have an eighth of the table, and make room for each other
 * only: whoever sends us stray segments must not be able to push out a TIME-WAIT, nor to take the
 * ephemeral ports away from connect(). */
#include "stack/stack_record.h"

#include "base/address.h"
#include "base/check.h"
#include "stack/stack.h"
#include "stack/stack_interface.h"
#include "stack/stack_reply.h"
#include "stack/stack_tuples.h"

#define STRANGERS_SHARE 8

void stack_record_acknowledge(struct lull_stack *s, uint32_t record)
{
    struct stack_reply reply = {.kind = STACK_REPLY_RECORD_ACK, .patience = 1};

    tcp_record_tuple(&s->records, record, &reply.tuple);
    stack_reply_push(s, &s->replies, &reply);
}

enum lull_blocker stack_record_blocker(const struct lull_stack *s, uint32_t record)
{
    static const enum lull_blocker blockers[] = {
        [TCP_RECORD_TIME_WAIT] = LULL_BLOCKER_TIME_WAIT,
        [TCP_RECORD_FIN_WAIT_2] = LULL_BLOCKER_FIN_WAIT_2,
        [TCP_RECORD_HOLD] = LULL_BLOCKER_HOLD,
    };
    return blockers[tcp_record_at(&s->records, record)->kind];
}

/* The segment at hand is the cause, where there is one. */
static void trace(struct lull_stack *s, uint32_t record, enum lull_trace_event event, uint32_t why)
{
    const struct lull_trace_record what = {
        .event = event, .arg = {[1] = why}, .segment = s->arriving};
    const struct tcp_env env = stack_env(s);

    tcp_record_trace(&env, &s->records, record, &what);
}

static void trace_enter(struct lull_stack *s, uint32_t record)
{
    trace(s, record, LULL_TRACE_tw_enter, tcp_record_at(&s->records, record)->cause);
}

/* --- ending ------------------------------------------------------------------------------ */

/* The handshake that was to replace the record stands alone now. */
static void forget_parked(struct lull_stack *s, uint32_t record)
{
    struct tuple tuple;

    tcp_record_tuple(&s->records, record, &tuple);
    struct stack_owner owner = stack_tuples_find(s, &tuple);
    if (owner.conn != POOL_NONE)
        stack_conn_at(s, owner.conn)->parked = TCP_RECORD_NONE;
}

#define NEVER LULL_COUNTER_COUNT

/* What counts each way out of each kind of record.  A record that became one of another kind
 * is counted where that happens.  [REQ OB-03] */
/* clang-format off */
static const enum lull_counter ends[][LULL_END_COUNT] = {
    [TCP_RECORD_TIME_WAIT] = {
        [LULL_END_EXPIRED]         = LULL_COUNTER_TWExpired,
        [LULL_END_RECYCLED]        = LULL_COUNTER_TWRecycled,
        [LULL_END_RECYCLED_ACTIVE] = LULL_COUNTER_TWRecycledActive,
        [LULL_END_EVICTED]         = LULL_COUNTER_TWEvicted,
        [LULL_END_KILLED]          = LULL_COUNTER_TWKilled,
        [LULL_END_ABORTED]         = LULL_COUNTER_TWAborted,
    },
    [TCP_RECORD_FIN_WAIT_2] = {
        [LULL_END_EXPIRED]         = LULL_COUNTER_FW2Expired,
        [LULL_END_RECYCLED]        = NEVER,
        [LULL_END_RECYCLED_ACTIVE] = NEVER,
        [LULL_END_EVICTED]         = LULL_COUNTER_FW2Evicted,
        [LULL_END_KILLED]          = LULL_COUNTER_FW2Killed,
        [LULL_END_ABORTED]         = NEVER,
    },
    [TCP_RECORD_HOLD] = {
        [LULL_END_EXPIRED]         = LULL_COUNTER_HoldExpired,
        [LULL_END_RECYCLED]        = LULL_COUNTER_HoldRecycled,
        [LULL_END_RECYCLED_ACTIVE] = NEVER,
        [LULL_END_EVICTED]         = LULL_COUNTER_HoldEvicted,
        [LULL_END_KILLED]          = NEVER,
        [LULL_END_ABORTED]         = NEVER,
    },
};
/* clang-format on */

void stack_record_end(struct lull_stack *s, uint32_t record, enum lull_record_end why)
{
    const struct tcp_record *r = tcp_record_at(&s->records, record);
    enum lull_counter counter = ends[r->kind][why];

    LULL_CHECK(counter != NEVER);
    s->counters[counter]++;
    trace(s, record, LULL_TRACE_tw_leave, (uint32_t)why);
    if (r->parked)
        forget_parked(s, record);
    stack_tuples_remove_record(s, record);
    tcp_record_remove(&s->records, record);
}

/* [REQ TT-07] [REQ 9293/3.10.8-time-wait] */
void stack_record_expire(struct lull_stack *s)
{
    uint32_t record;

    while ((record = tcp_record_due(&s->records, s->now)) != TCP_RECORD_NONE) {
        lull_duration late = s->now - tcp_record_expiry(&s->records, record, s->now);
        s->oldest_overdue = late > s->oldest_overdue ? late : s->oldest_overdue;
        stack_record_end(s, record, LULL_END_EXPIRED);
    }
}

/* The endpoint may have ended with an older incarnation, so the instant tells as well as the
 * tuple: the two end together.  [REQ 9293/3.10.5-time-wait] */
void stack_record_abort(struct lull_stack *s, uint32_t endpoint)
{
    const struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct stack_owner owner = stack_tuples_find(s, &e->tuple);

    if (!STACK_KNOB(s, tw_abort_deletes) || owner.record == TCP_RECORD_NONE
        || tcp_record_at(&s->records, owner.record)->kind != TCP_RECORD_TIME_WAIT
        || !tcp_record_entered_at(&s->records, owner.record, e->ended.at))
        return;
    stack_record_end(s, owner.record, LULL_END_ABORTED);
}

/* --- entering ---------------------------------------------------------------------------- */

static uint32_t most(const struct lull_stack *s)
{
    int64_t wanted = STACK_KNOB(s, tw_max);
    return wanted < s->records.capacity ? (uint32_t)wanted : s->records.capacity;
}

/* [REQ RL-01] */
static bool make_room(struct lull_stack *s)
{
    uint32_t limit = most(s);

    while (s->records.used >= limit && s->records.used > 0
           && STACK_KNOB(s, tw_overflow) == LULL_TW_OVERFLOW_EVICT_OLDEST)
        stack_record_end(s, tcp_record_oldest(&s->records), LULL_END_EVICTED);
    return s->records.used < limit;
}

/* Known by its tuple, or given back. */
static bool publish(struct lull_stack *s, uint32_t record)
{
    if (record == TCP_RECORD_NONE)
        return false;
    if (stack_tuples_add_record(s, record))
        return true;
    tcp_record_remove(&s->records, record);
    return false;
}

static bool is_within_this_host(const struct lull_stack *s, const struct tuple *tuple)
{
    return address_is_loopback(&tuple->remote) || stack_interface_owns(s, &tuple->remote);
}

static bool owes_ack(const struct tcp_conn *c)
{
    return (c->pending & (TCP_PENDING_ACK | TCP_PENDING_CHALLENGE_ACK)) != 0;
}

/* No record will send it, and the peer waits for it all the same. */
static void acknowledge_alone(struct lull_stack *s, const struct tcp_conn *c)
{
    struct stack_reply reply = {.kind = STACK_REPLY_LAST_ACK, .tuple = c->tuple, .patience = 1};
    struct tcp_env env = stack_env(s);

    if (!owes_ack(c))
        return;
    tcp_timewait_remember(&env, c, &reply.last);
    stack_reply_push(s, &s->replies, &reply);
}

void stack_record_enter(struct lull_stack *s, uint32_t conn)
{
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;
    struct tcp_env env = stack_env(s);
    bool time_wait = c->state == TCP_TIME_WAIT;

    if (time_wait && STACK_KNOB(s, tw_nolocal) && is_within_this_host(s, &c->tuple)) {
        STACK_COUNT(s, TWLocalSkipped);
        acknowledge_alone(s, c);
        return;
    }
    uint32_t record = make_room(s) ? tcp_timewait_enter(&env, &s->records, c) : TCP_RECORD_NONE;
    if (!publish(s, record)) {
        STACK_COUNT(s, TCPTimeWaitOverflow); /* [REQ RL-02] */
        acknowledge_alone(s, c);
        return;
    }
    s->counters[time_wait ? LULL_COUNTER_TW : LULL_COUNTER_FW2Entered]++;
    trace_enter(s, record);
    if (owes_ack(c))
        stack_record_acknowledge(s, record);
}

/* --- holding ----------------------------------------------------------------------------- */

/* An eighth of the table, at least one place; but never more than half of the ephemeral ports, or
 * strangers could hold them all towards one server, and with them connect(). */
static uint32_t share_of_strangers(const struct lull_stack *s)
{
    uint32_t share = most(s) / STRANGERS_SHARE + 1;
    uint32_t ports =
        (uint32_t)(STACK_KNOB(s, ports_ephemeral_last) - STACK_KNOB(s, ports_ephemeral_first) + 1);

    return share < ports / 2 ? share : ports / 2;
}

/* They make room for each other and never push out anybody else. */
static bool make_room_for_stranger(struct lull_stack *s)
{
    uint32_t share = share_of_strangers(s);

    while (s->records.queues[TCP_RECORD_QUEUE_STRANGERS].count > 0
           && s->records.queues[TCP_RECORD_QUEUE_STRANGERS].count >= share)
        stack_record_end(s, s->records.queues[TCP_RECORD_QUEUE_STRANGERS].first, LULL_END_EVICTED);
    return share > 0 && s->records.used < most(s);
}

void stack_record_hold(struct lull_stack *s, const struct tcp_hold_facts *facts)
{
    struct tcp_env env = stack_env(s);
    struct stack_owner owner = stack_tuples_find(s, &facts->tuple);
    bool stranger = facts->cause == LULL_CAUSE_STRANGER;

    if (owner.record != TCP_RECORD_NONE) {
        tcp_hold_extend(&env, &s->records, owner.record);
        if (!stranger)
            stack_reply_holds(s, &facts->tuple);
        return;
    }
    bool room = stranger ? make_room_for_stranger(s) : make_room(s);
    uint32_t record = room ? tcp_hold_enter(&env, &s->records, facts) : TCP_RECORD_NONE;
    if (!publish(s, record)) {
        STACK_COUNT(s, HoldOverflow);
        return;
    }
    STACK_COUNT(s, HoldEntered);
    trace_enter(s, record);
    if (!stranger) /* what found no room is not tried again */
        stack_reply_holds(s, &facts->tuple);
}

/* A host that sleeps between the call and this finds the HOLD expired, although the reset is only
 * now under way.  What the connection knew is gone with it, so only connect() is kept away.  [REQ
 * CH-17] */
void stack_record_reset_leaves(struct lull_stack *s, const struct stack_reply *reply)
{
    const struct tcp_hold_facts facts = {.tuple = reply->tuple,
                                         .snd_nxt = reply->reset.seq,
                                         .rcv_nxt = reply->reset.ack,
                                         .cause = LULL_CAUSE_STRANGER};
    struct tcp_env env = stack_env(s);

    if (s->records.used == 0 && !reply->holds)
        return;
    struct stack_owner owner = stack_tuples_find(s, &reply->tuple);
    if (owner.record != TCP_RECORD_NONE)
        tcp_hold_extend(&env, &s->records, owner.record);
    else if (reply->holds)
        stack_record_hold(s, &facts);
}
