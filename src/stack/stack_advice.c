#include "stack/stack_advice.h"

#include "stack/stack_conn.h"
#include "stack/stack_interface.h"
#include "stack/stack_tuples.h"

/* The newest of its kind stays, with the number of those not taken.  A connection without a user
 * has nobody to tell.  [REQ 9293/SHLD-25] [REQ RL-12] */
static void tell(struct lull_stack *s, uint32_t conn, const struct lull_advice *advice)
{
    uint32_t endpoint = stack_conn_at(s, conn)->endpoint;

    if (endpoint == POOL_NONE)
        return;
    struct lull_advice *kept = &stack_endpoint_at(s, endpoint)->advice[advice->kind];
    uint32_t count = kept->count < UINT32_MAX ? kept->count + 1 : kept->count;
    *kept = *advice;
    kept->count = count;
    kept->at = s->now;
    stack_endpoint_tell(s, endpoint, LULL_EVENT_ADVICE);
}

/* [REQ 9293/MUST-54] [REQ SA-15] */
void stack_advice_icmp(struct lull_stack *s, const struct stack_advice_icmp *icmp)
{
    const struct ip_icmp4_action *action = icmp->action;
    struct tuple tuple = {.local = action->quote.header.source,
                          .remote = action->quote.header.destination,
                          .local_port = action->quote.source_port,
                          .remote_port = action->quote.destination_port};
    struct tcp_icmp told = {.seq = action->quote.seq,
                            .hard = action->severity == IP_ICMP4_HARD,
                            .error = action->error};
    struct lull_advice advice = {.kind = LULL_ADVICE_ICMP,
                                 .error = action->error,
                                 .icmp_type = icmp->type,
                                 .icmp_code = icmp->code,
                                 .from = icmp->from};
    struct stack_owner owner = stack_tuples_find(s, &tuple);
    struct tcp_env env = stack_env(s);

    if (owner.conn == POOL_NONE)
        return;
    struct tcp_conn *c = &stack_conn_at(s, owner.conn)->tcp;
    if (!tcp_icmp_arrive(&env, c, &told))
        return;
    if (c->state != TCP_CLOSED)
        tell(s, owner.conn, &advice);
    stack_conn_settle(s, owner.conn, &env);
}

/* The way to the peer is asked about again: its hardware address may be another one now.
 * [REQ 9293/MUST-20] */
static void doubt_neighbor(struct lull_stack *s, const struct tcp_conn *c)
{
    struct stack_path path;
    struct link_neighbor_key key;

    if (!stack_interface_route(s, &c->tuple.remote, &path))
        return;
    key = (struct link_neighbor_key){path.next_hop, path.interface};
    link_neighbor_doubt(&s->neighbors, &key);
}

/* [REQ 9293/SHLD-9] */
void stack_advice_trouble(struct lull_stack *s, uint32_t conn)
{
    struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;
    struct lull_advice advice = {
        .kind = LULL_ADVICE_RETRANSMITS, .error = LULL_ETIMEDOUT, .from = c->tuple.remote};

    if (!conn_is(c, TCP_NEWS_TROUBLE))
        return;
    c->facts &= ~(uint32_t)TCP_NEWS_TROUBLE;
    tell(s, conn, &advice);
    doubt_neighbor(s, c);
}
