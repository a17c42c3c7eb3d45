/* stack_advice.c - told once, and kept until it is taken.
 *
 * Few connections are ever in trouble, so advice is not part of the endpoint: there is room for
 * one socket in sixteen.  When that is used up, those who were told longest ago make room, which is
 * counted: advice is about what goes on, and theirs may be over. */
#include "stack/stack_advice.h"

#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_interface.h"
#include "stack/stack_tuples.h"

#define SOCKETS_PER_ADVICE 16

static uint32_t capacity(uint32_t sockets)
{
    return sockets / SOCKETS_PER_ADVICE + 1;
}

size_t stack_advice_bytes(uint32_t sockets)
{
    return pool_bytes(capacity(sockets), sizeof(struct stack_advice));
}

void stack_advice_init(struct lull_stack *s, void *memory)
{
    pool_init(&s->advice.kept, memory, capacity(s->config.sockets_max),
              sizeof(struct stack_advice));
    s->advice.oldest = s->advice.newest = POOL_NONE;
}

static struct stack_advice *advice_at(const struct lull_stack *s, uint32_t index)
{
    return pool_at(&s->advice.kept, index);
}

static void leave_queue(struct lull_stack *s, uint32_t index)
{
    const struct stack_advice *a = advice_at(s, index);
    uint32_t *before = a->older == POOL_NONE ? &s->advice.oldest : &advice_at(s, a->older)->newer;
    uint32_t *behind = a->newer == POOL_NONE ? &s->advice.newest : &advice_at(s, a->newer)->older;

    *before = a->newer;
    *behind = a->older;
}

static void enter_queue(struct lull_stack *s, uint32_t index)
{
    uint32_t last = s->advice.newest;

    advice_at(s, index)->older = last;
    advice_at(s, index)->newer = POOL_NONE;
    *(last == POOL_NONE ? &s->advice.oldest : &advice_at(s, last)->newer) = index;
    s->advice.newest = index;
}

void stack_advice_forget(struct lull_stack *s, uint32_t endpoint)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);

    leave_queue(s, e->advice);
    pool_give(&s->advice.kept, e->advice);
    e->advice = POOL_NONE;
}

/* What the endpoint has, as the newest of all. */
static struct stack_advice *take_place(struct lull_stack *s, uint32_t endpoint)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);

    if (e->advice != POOL_NONE) {
        leave_queue(s, e->advice);
    } else {
        if (pool_used(&s->advice.kept) == pool_capacity(&s->advice.kept)) {
            STACK_COUNT(s, AdviceEvicted);
            stack_advice_forget(s, advice_at(s, s->advice.oldest)->endpoint);
        }
        e->advice = pool_take(&s->advice.kept);
        advice_at(s, e->advice)->endpoint = endpoint;
    }
    enter_queue(s, e->advice);
    return advice_at(s, e->advice);
}

/* The newest of its kind stays, with the number of those not taken.  A connection without a user
 * has nobody to tell.  [REQ 9293/SHLD-25] [REQ RL-12] */
static void tell(struct lull_stack *s, uint32_t conn, const struct lull_advice *advice)
{
    uint32_t endpoint = stack_conn_at(s, conn)->endpoint;

    if (endpoint == POOL_NONE)
        return;
    struct lull_advice *kept = &take_place(s, endpoint)->of_kind[advice->kind];
    uint32_t count = kept->count < UINT32_MAX ? kept->count + 1 : kept->count;
    *kept = *advice;
    kept->count = count;
    kept->at = s->now;
    stack_endpoint_tell(s, endpoint, LULL_EVENT_ADVICE);
}

static struct lull_advice *first_of(struct stack_advice *a)
{
    for (int kind = 0; kind < LULL_ADVICE_COUNT; kind++)
        if (a->of_kind[kind].count > 0)
            return &a->of_kind[kind];
    return NULL;
}

bool stack_advice_take(struct lull_stack *s, uint32_t endpoint, struct lull_advice *advice)
{
    const struct stack_endpoint *e = stack_endpoint_at(s, endpoint);

    if (e->advice == POOL_NONE)
        return false;
    struct stack_advice *a = advice_at(s, e->advice);
    struct lull_advice *first = first_of(a);
    *advice = *first;
    first->count = 0;
    if (first_of(a) == NULL)
        stack_advice_forget(s, endpoint);
    return true;
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

    c->facts &= ~(uint32_t)TCP_NEWS_TROUBLE;
    tell(s, conn, &advice);
    doubt_neighbor(s, c);
}
