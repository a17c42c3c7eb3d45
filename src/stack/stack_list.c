/* stack_list.c - everything that holds a port, row by row.
 *
 * The cursor is kind << 32 | position, so a walk survives changes between its steps. */
#include "base/address.h"
#include "stack/stack_object.h"

enum { WALK_LISTENERS, WALK_CONNECTIONS, WALK_RECORDS };

static void set_timer(const struct lull_stack *s, lull_time deadline, struct lull_row *row)
{
    row->timer_left = deadline > s->now ? deadline - s->now : 0;
    row->timer_at = deadline;
}

static void fill_timer(const struct lull_stack *s, const struct tcp_conn *c, struct lull_row *row)
{
    if (c->deadline[TCP_TIMER_RETRANSMIT] != LULL_TIME_NEVER) {
        row->timer = tcp_output_is_stuck(c) ? LULL_TIMER_PERSIST : LULL_TIMER_ON;
        set_timer(s, c->deadline[TCP_TIMER_RETRANSMIT], row);
        row->timer_retries = c->backoff;
    } else if (c->deadline[TCP_TIMER_KEEP_ALIVE] != LULL_TIME_NEVER) {
        row->timer = LULL_TIMER_KEEPALIVE;
        set_timer(s, c->deadline[TCP_TIMER_KEEP_ALIVE], row);
        row->timer_retries = c->keep_probes;
    }
}

static void fill_names(const struct tuple *tuple, struct lull_row *row)
{
    row->local = (struct lull_name){tuple->local, tuple->zone, tuple->local_port};
    row->remote = (struct lull_name){tuple->remote, tuple->zone, tuple->remote_port};
}

static void fill_conn(const struct lull_stack *s, uint32_t index, struct lull_row *row)
{
    const struct tcp_conn *c = &stack_conn_at(s, index)->tcp;

    *row = (struct lull_row){.kind = LULL_ROW_CONNECTION,
                             .timer_at = LULL_TIME_NEVER,
                             .state = tcp_state_traits(c->state)->brief,
                             .receive_queue = c->receive_queue.length,
                             .send_queue = c->send_queue.length,
                             .snd_nxt = c->snd.nxt.raw,
                             .rcv_nxt = c->rcv.nxt.raw};
    fill_names(&c->tuple, row);
    fill_timer(s, c, row);
}

static void fill_listener(const struct lull_stack *s, uint32_t index, struct lull_row *row)
{
    const struct stack_listener *l = stack_listener_at(s, index);

    *row = (struct lull_row){.kind = LULL_ROW_LISTENER,
                             .timer_at = LULL_TIME_NEVER,
                             .state = tcp_state_traits(TCP_LISTEN)->brief,
                             .receive_queue = l->waiting,
                             .send_queue = l->backlog,
                             .local = l->local};
}

/* HOLD is no state of RFC 9293, and ss has no word for it. */
static const struct {
    enum lull_row_kind kind;
    const char *state;
} kinds[] = {
    [TCP_RECORD_TIME_WAIT] = {LULL_ROW_TIME_WAIT, "TIME-WAIT"},
    [TCP_RECORD_FIN_WAIT_2] = {LULL_ROW_FIN_WAIT_2, "FIN-WAIT-2"},
    [TCP_RECORD_HOLD] = {LULL_ROW_HOLD, "HOLD"},
};

/* [REQ OB-01] [REQ OB-06] */
static void fill_record(const struct lull_stack *s, uint32_t index, struct lull_row *row)
{
    const struct tcp_record *r = tcp_record_at(&s->records, index);
    lull_time entered = tcp_record_entered(&s->records, index, s->now);
    struct tuple tuple;

    tcp_record_tuple(&s->records, index, &tuple);
    *row = (struct lull_row){
        .kind = kinds[r->kind].kind,
        .state = kinds[r->kind].state,
        .timer = LULL_TIMER_TIMEWAIT,
        .snd_nxt = r->snd_nxt.raw,
        .rcv_nxt = r->rcv_nxt.raw,
        .restarts = r->restarts,
        .entered = entered,
        .age = entered == LULL_TIME_NEVER ? entered
               : entered < s->now         ? s->now - entered
                                          : 0,
        .cause = (enum lull_record_cause)r->cause,
        .reason = (enum lull_record_reason)r->reason,
    };
    fill_names(&tuple, row);
    set_timer(s, tcp_record_expiry(&s->records, index, s->now), row);
}

static int walk_pool(const struct pool *pool, uint64_t *cursor, uint32_t *index)
{
    *index = pool_next_live(pool, (uint32_t)*cursor);
    if (*index != POOL_NONE) {
        *cursor = (*cursor & ~(uint64_t)UINT32_MAX) | (*index + 1);
        return 1;
    }
    *cursor = ((*cursor >> 32) + 1) << 32;
    return 0;
}

/* Records lie in their table from 0 to the high-water mark; the free ones are marked. */
static int walk_records(const struct lull_stack *s, uint64_t *cursor, uint32_t *index)
{
    for (*index = (uint32_t)*cursor; *index < s->records.high_water; (*index)++) {
        if (tcp_record_is_live(&s->records, *index)) {
            *cursor = (*cursor & ~(uint64_t)UINT32_MAX) | (*index + 1);
            return 1;
        }
    }
    return 0;
}

int lull_stack_list(const struct lull_stack *s, uint64_t *cursor, struct lull_row *row)
{
    uint32_t index;

    if (*cursor >> 32 == WALK_LISTENERS && walk_pool(&s->listeners, cursor, &index)) {
        fill_listener(s, index, row);
        return 1;
    }
    if (*cursor >> 32 == WALK_CONNECTIONS && walk_pool(&s->conns, cursor, &index)) {
        fill_conn(s, index, row);
        return 1;
    }
    if (*cursor >> 32 == WALK_RECORDS && walk_records(s, cursor, &index)) {
        fill_record(s, index, row);
        return 1;
    }
    return 0;
}
