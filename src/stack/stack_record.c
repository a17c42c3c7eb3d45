/* stack_record.c - records and the rest of the stack.
 *
 * The table is bounded.  When it is full the record with the least time left makes room:
 * exactly the promises of that tuple are void, which a counter says; refusing the newcomer,
 * as Linux does, would void the longest promise instead. */
#include "stack/stack_record.h"

#include "stack/stack_reply.h"
#include "stack/stack_tuples.h"

bool stack_record_is_time_wait(const struct lull_stack *s, uint32_t record)
{
    return tcp_timewait_at(&s->timewait, record)->queue != TCP_TIMEWAIT_QUEUE_FIN_WAIT_2;
}

void stack_record_acknowledge(struct lull_stack *s, uint32_t record)
{
    struct stack_reply reply = {.kind = STACK_REPLY_RECORD_ACK, .patience = 1};

    tcp_timewait_tuple(&s->timewait, record, &reply.tuple);
    stack_reply_push(s, &s->replies, &reply);
}

/* The handshake that was to replace the record stands alone now. */
static void forget_parked(struct lull_stack *s, uint32_t record)
{
    struct tuple tuple;

    tcp_timewait_tuple(&s->timewait, record, &tuple);
    struct stack_owner owner = stack_tuples_find(s, &tuple);
    if (owner.conn != POOL_NONE)
        stack_conn_at(s, owner.conn)->parked = TCP_TIMEWAIT_NONE;
}

static void count_end(struct lull_stack *s, uint32_t record, enum stack_record_end why)
{
    bool time_wait = stack_record_is_time_wait(s, record);

    switch (why) {
    case STACK_RECORD_EXPIRED:
        s->counters[time_wait ? LULL_COUNTER_TWExpired : LULL_COUNTER_FW2Expired]++;
        break;
    case STACK_RECORD_RECYCLED: STACK_COUNT(s, TWRecycled); break;
    case STACK_RECORD_EVICTED: STACK_COUNT(s, TWEvicted); break;
    case STACK_RECORD_RESET: break;
    }
}

void stack_record_end(struct lull_stack *s, uint32_t record, enum stack_record_end why)
{
    const struct tcp_timewait_record *r = tcp_timewait_at(&s->timewait, record);

    count_end(s, record, why);
    TRACE(&s->trace, s->now, record, tw_leave, r->local_port, r->remote_port, why);
    if (r->parked)
        forget_parked(s, record);
    stack_tuples_remove_record(s, record);
    tcp_timewait_remove(&s->timewait, record);
}

/* [REQ RL-01] */
void stack_record_enter(struct lull_stack *s, uint32_t conn)
{
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;
    struct tcp_env env = stack_env(s);
    bool time_wait = c->state == TCP_TIME_WAIT;

    if (s->timewait.used == s->timewait.capacity && s->timewait.used > 0)
        stack_record_end(s, tcp_timewait_oldest(&s->timewait), STACK_RECORD_EVICTED);
    stack_tuples_remove_conn(s, conn);
    uint32_t record = tcp_timewait_enter(&env, &s->timewait, c);
    if (record == TCP_TIMEWAIT_NONE || !stack_tuples_add_record(s, record)) {
        STACK_COUNT(s, TCPTimeWaitOverflow); /* [REQ RL-02] */
        if (record != TCP_TIMEWAIT_NONE)
            tcp_timewait_remove(&s->timewait, record);
        return;
    }
    s->counters[time_wait ? LULL_COUNTER_TW : LULL_COUNTER_FW2Entered]++;
    TRACE(&s->trace, s->now, record, tw_enter, c->tuple.local_port, c->tuple.remote_port,
          tcp_timewait_at(&s->timewait, record)->expiry_ms);
    if (c->pending & (TCP_PENDING_ACK | TCP_PENDING_CHALLENGE_ACK))
        stack_record_acknowledge(s, record);
}

void stack_record_expire(struct lull_stack *s)
{
    uint32_t record;

    while ((record = tcp_timewait_due(&s->timewait, s->now)) != TCP_TIMEWAIT_NONE)
        stack_record_end(s, record, STACK_RECORD_EXPIRED);
}
