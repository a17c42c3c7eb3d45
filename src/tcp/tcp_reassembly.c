#include "tcp/tcp_reassembly.h"

#include "base/range_set.h"

static struct range_set *set_of(const struct tcp_env *env, const struct tcp_conn *c)
{
    return block_pool_at(env->blocks, c->rcv.ranges);
}

static bool begin_set(const struct tcp_env *env, struct tcp_conn *c)
{
    if (c->rcv.ranges != BLOCK_NONE)
        return true;
    c->rcv.ranges = block_pool_take(env->blocks);
    if (c->rcv.ranges == BLOCK_NONE)
        return false;
    range_set_init(set_of(env, c), range_set_capacity_in(block_pool_bytes_each(env->blocks)));
    return true;
}

/* [REQ 9293/SHLD-31] */
bool tcp_reassembly_store(const struct tcp_env *env, struct tcp_conn *c, seq32 seq,
                          struct span text)
{
    uint32_t offset = c->receive_queue.length + seq_span(c->rcv.nxt, seq);

    if (!begin_set(env, c))
        return false;
    uint32_t stored = byte_queue_write_at(&c->receive_queue, env->blocks, offset, text);
    if (stored > 0 && range_set_add(set_of(env, c), seq, seq_add(seq, stored))) {
        c->rcv.newest = seq;
        return true;
    }
    if (set_of(env, c)->count == 0)
        tcp_reassembly_forget(env, c);
    return false;
}

uint32_t tcp_reassembly_join(const struct tcp_env *env, struct tcp_conn *c)
{
    uint32_t joined = 0;

    if (c->rcv.ranges == BLOCK_NONE)
        return 0;
    struct range_set *set = set_of(env, c);
    range_set_remove_before(set, c->rcv.nxt);
    if (set->count > 0 && seq_eq(set->ranges[0].start, c->rcv.nxt)) {
        joined = seq_span(c->rcv.nxt, set->ranges[0].end);
        byte_queue_extend(&c->receive_queue, joined);
        c->rcv.nxt = set->ranges[0].end;
        range_set_remove_before(set, c->rcv.nxt);
    }
    if (set->count == 0)
        tcp_reassembly_forget(env, c);
    return joined;
}

/* At most one range is: none, once the range that arrived last was joined. */
static bool is_newest(const struct tcp_conn *c, const struct range *r)
{
    return seq_within(c->rcv.newest, r->start, seq_span(r->start, r->end));
}

/* [REQ 2018/4] */
void tcp_reassembly_report(const struct tcp_env *env, const struct tcp_conn *c,
                           struct tcp_options *options, unsigned max)
{
    if (c->rcv.ranges == BLOCK_NONE || !conn_is(c, TCP_SACK) || max == 0)
        return;
    const struct range_set *set = set_of(env, c);
    unsigned count = 0;
    for (unsigned i = 0; i < set->count; i++)
        if (is_newest(c, &set->ranges[i]))
            options->sack[count++] = set->ranges[i];
    for (unsigned i = 0; i < set->count && count < max; i++)
        if (!is_newest(c, &set->ranges[i]))
            options->sack[count++] = set->ranges[i];
    options->sack_count = (uint8_t)count;
    options->present |= TCP_OPTION_SACK;
}

void tcp_reassembly_forget(const struct tcp_env *env, struct tcp_conn *c)
{
    if (c->rcv.ranges != BLOCK_NONE)
        block_pool_give(env->blocks, c->rcv.ranges);
    c->rcv.ranges = BLOCK_NONE;
}
