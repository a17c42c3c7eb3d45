/* stack_orphan.c - how many orphans there may be (group RL of docs/rfc-map.md).
 *
 * Two limits, both for the newcomer: what was promised to orphans that are here is kept.
 *
 * Their number is bounded because each costs a connection that a user could have.  Their text is
 * bounded only while the pool is short, below the sixteenth at which users are told of room: with
 * room for everybody a server that answers and closes does nothing wrong, however slowly its
 * clients read.  Then a quarter of the pool is what those who left may hold on to against those
 * who are here.  A bound on text alone would reset such clients beside an empty pool; a bound on
 * room alone would make orphans pay for users who fill the pool. */
#include "stack/stack_orphan.h"

static bool is_orphan(const struct tcp_conn *c)
{
    return conn_is(c, TCP_ORPHAN) && !conn_is(c, TCP_LINGERING) && c->state != TCP_CLOSED
           && c->state != TCP_TIME_WAIT;
}

/* [REQ RL-04] [REQ CH-14] */
bool stack_orphan_is_waiting(const struct tcp_conn *c)
{
    return c->state == TCP_FIN_WAIT_2 && is_orphan(c);
}

static bool text_is_too_much(const struct lull_stack *s, const struct tcp_conn *c)
{
    uint32_t held = s->orphans.blocks + byte_queue_blocks(&c->send_queue, &s->blocks);

    return c->send_queue.length > 0 && block_pool_free(&s->blocks) < s->config.blocks_max / 16 + 1
           && held > s->config.blocks_max / 4;
}

/* [REQ RL-04] [REQ RL-05] */
bool stack_orphan_must_go(struct lull_stack *s, uint32_t conn)
{
    const struct stack_conn *orphan = stack_conn_at(s, conn);
    const struct tcp_conn *c = &orphan->tcp;

    if (stack_orphan_is_waiting(c)) {
        if (c->fin_wait_2 >= 0)
            return false;
        STACK_COUNT(s, TCPAbortOnLinger);
        return true;
    }
    if (orphan->orphan || !is_orphan(c)
        || (s->orphans.count < STACK_KNOB(s, orphan_max) && !text_is_too_much(s, c)))
        return false;
    STACK_COUNT(s, TCPAbortOnMemory);
    return true;
}

void stack_orphan_account(struct lull_stack *s, uint32_t conn)
{
    struct stack_conn *orphan = stack_conn_at(s, conn);

    if (!is_orphan(&orphan->tcp))
        return;
    s->orphans.count += orphan->orphan ? 0 : 1;
    s->orphans.blocks -= orphan->orphan_blocks;
    orphan->orphan = true;
    orphan->orphan_blocks = byte_queue_blocks(&orphan->tcp.send_queue, &s->blocks);
    s->orphans.blocks += orphan->orphan_blocks;
}

void stack_orphan_forget(struct lull_stack *s, uint32_t conn)
{
    struct stack_conn *orphan = stack_conn_at(s, conn);

    if (!orphan->orphan)
        return;
    s->orphans.count--;
    s->orphans.blocks -= orphan->orphan_blocks;
    orphan->orphan = false;
    orphan->orphan_blocks = 0;
}
