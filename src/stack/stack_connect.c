/* stack_connect.c - the active OPEN (RFC 9293 section 3.10.1). */
#include "base/address.h"
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_interface.h"
#include "stack/stack_record.h"
#include "stack/stack_tuples.h"

#define IP_AND_TCP_HEADER_BYTES 40

/* [REQ IR-13] SO_REUSEADDR concerns the port, never the pair: nothing gets past a tuple that
 * is live, and past one that is remembered only what rule @rule allows. */
static enum lull_error refuse_tuple(struct lull_stack *s, const struct tuple *tuple,
                                    const struct stack_owner *owner, const char *rule)
{
    struct lull_refusal refusal = {
        .call = LULL_REFUSED_CONNECT,
        .error = LULL_EADDRINUSE,
        .local = {tuple->local, tuple->zone, tuple->local_port},
        .remote = {tuple->remote, tuple->zone, tuple->remote_port},
        .blockers = 1,
        .remedy =
            owner->conn != POOL_NONE ? LULL_REMEDY_OTHER_PORT : LULL_REMEDY_OTHER_PORT_OR_WAIT,
    };
    memcpy(refusal.rule, rule, strlen(rule) + 1);
    stack_refuse_describe(s, owner, &refusal);
    return stack_refuse(s, &refusal);
}

static enum lull_error refuse_exhausted(struct lull_stack *s, const struct lull_name *remote)
{
    struct lull_refusal refusal = {
        .call = LULL_REFUSED_CONNECT,
        .blocker = LULL_BLOCKER_LIMIT,
        .error = LULL_EADDRNOTAVAIL,
        .rule = "IR-18",
        .remote = *remote,
        .remaining = LULL_TIME_NEVER,
        .remedy = LULL_REMEDY_MORE_TUPLES,
    };
    return stack_refuse(s, &refusal);
}

/* Any tuple may be one that the stack before this one had in use.  A socket may listen: that
 * assigns no number and sends nothing.  [REQ QR-01] */
static enum lull_error refuse_quiet(struct lull_stack *s, const struct stack_endpoint *e,
                                    const struct lull_name *remote)
{
    struct lull_refusal refusal = {
        .call = LULL_REFUSED_CONNECT,
        .blocker = LULL_BLOCKER_QUIET,
        .error = LULL_EADDRNOTAVAIL,
        .rule = "QR-01",
        .local = {e->tuple.local, e->tuple.zone, e->tuple.local_port},
        .remote = *remote,
        .remaining = s->quiet_until - s->now,
        .remedy = LULL_REMEDY_AFTER_QUIET,
    };
    return stack_refuse(s, &refusal);
}

/* [REQ 9293/MUST-46] [REQ BL-15] IPv4 has no zones: with one the tuple would match no segment. */
static bool is_possible_peer(const struct lull_name *remote)
{
    return remote->port != 0 && address_is_ipv4(&remote->address)
           && !address_is_any(&remote->address) && address_ipv4_word(&remote->address) != 0
           && remote->zone == 0 && !address_is_multicast(&remote->address)
           && !address_is_limited_broadcast(&remote->address);
}

static uint16_t smaller_mss(uint16_t link, uint16_t wanted)
{
    return wanted != 0 && wanted < link ? wanted : link;
}

/* The tuple an attempt is made on, and the record it may replace. */
struct target {
    struct tuple tuple;
    uint32_t record; /* TCP_RECORD_NONE: the tuple is free */
};

static bool is_within_this_host(const struct lull_stack *s, const struct stack_path *path,
                                const struct tuple *tuple)
{
    return s->interfaces[path->interface].link == LULL_LINK_LOOPBACK
           || address_is_loopback(&tuple->remote) || stack_interface_owns(s, &tuple->remote);
}

static struct tcp_reuse_verdict judge_reuse(const struct lull_stack *s,
                                            const struct stack_path *path, uint32_t record)
{
    const struct tcp_record *r = tcp_record_at(&s->records, record);
    struct tuple tuple;

    tcp_record_tuple(&s->records, record, &tuple);
    struct tcp_reuse_attempt attempt = {
        .time_wait = r->kind == TCP_RECORD_TIME_WAIT,
        .timestamps = r->timestamps && (s->config.features & LULL_FEATURE_TIMESTAMPS) != 0,
        .loopback = is_within_this_host(s, path, &tuple),
        .age = s->now - tcp_record_sent(&s->records, record, s->now),
    };
    return tcp_reuse_judge_active(&attempt, &s->tcp.knobs);
}

/* The user named both ends. */
static enum lull_error take_named(struct lull_stack *s, const struct stack_path *path,
                                  struct target *target)
{
    struct stack_owner owner = stack_tuples_find(s, &target->tuple);

    if (owner.conn != POOL_NONE)
        return refuse_tuple(s, &target->tuple, &owner, "IR-13");
    if (owner.record == TCP_RECORD_NONE)
        return LULL_OK;
    struct tcp_reuse_verdict verdict = judge_reuse(s, path, owner.record);
    if (!verdict.accepted)
        return refuse_tuple(s, &target->tuple, &owner, verdict.rule);
    target->record = owner.record;
    return LULL_OK;
}

/* An ephemeral port whose record may be replaced.  The walk is as long as the search for a free
 * port was, and only taken where reuse is allowed at all. */
static bool find_reusable(const struct lull_stack *s, const struct stack_path *path,
                          struct target *target)
{
    uint32_t last = (uint32_t)STACK_KNOB(s, ports_ephemeral_last);

    for (uint32_t p = (uint32_t)STACK_KNOB(s, ports_ephemeral_first); p <= last; p++) {
        target->tuple.local_port = (uint16_t)p;
        if (stack_port_holders(s, (uint16_t)p).bound > 0)
            continue;
        struct stack_owner owner = stack_tuples_find(s, &target->tuple);
        if (owner.conn != POOL_NONE || owner.record == TCP_RECORD_NONE
            || !judge_reuse(s, path, owner.record).accepted)
            continue;
        target->record = owner.record;
        return true;
    }
    return false;
}

static bool may_reuse_at_all(const struct lull_stack *s, const struct stack_path *path,
                             const struct tuple *tuple)
{
    const struct tcp_reuse_attempt best = {.time_wait = true,
                                           .timestamps = true,
                                           .loopback = is_within_this_host(s, path, tuple),
                                           .age = LULL_TIME_NEVER};
    return tcp_reuse_judge_active(&best, &s->tcp.knobs).accepted;
}

/* The choice is ours: a free tuple, or when there is none one that may be reused.
 * [REQ IR-14] [REQ IR-18] */
static enum lull_error take_any(struct lull_stack *s, const struct stack_path *path,
                                struct target *target)
{
    struct lull_name remote = {target->tuple.remote, target->tuple.zone, target->tuple.remote_port};

    target->tuple.local_port = stack_ports_choose(s, &target->tuple.local, &remote);
    if (target->tuple.local_port != 0)
        return LULL_OK;
    if (may_reuse_at_all(s, path, &target->tuple) && find_reusable(s, path, target))
        return LULL_OK;
    return refuse_exhausted(s, &remote);
}

/* Whether what the user bound may be this end: :: of IPv6 alone is not. */
static bool suits(const struct stack_endpoint *e, const struct tuple *tuple)
{
    struct scope scope = stack_endpoint_scope(e);
    return !e->bound || scope_fit(&scope, &tuple->local, tuple->zone) != 0;
}

/* Fills in the tuple's local half.  LULL_OK or a refusal.  [REQ BL-16] [REQ 9293/MUST-44]
 * [REQ 9293/MUST-45] */
static enum lull_error choose_local(struct lull_stack *s, const struct stack_endpoint *e,
                                    const struct stack_path *path, struct target *target)
{
    target->tuple.local = address_is_any(&e->tuple.local) ? path->source : e->tuple.local;
    target->tuple.local_port = e->tuple.local_port;
    if (!suits(e, &target->tuple))
        return LULL_ENETUNREACH;
    return e->tuple.local_port != 0 ? take_named(s, path, target) : take_any(s, path, target);
}

/* The record waits beside the attempt until the peer has answered.  LULL_EADDRINUSE while no
 * timestamp above the old ones can be promised: for a millisecond. */
static enum lull_error park(struct lull_stack *s, const struct target *target,
                            struct tcp_conn_plan *plan, struct tcp_reuse_old *old)
{
    struct tcp_env env = stack_env(s);
    struct stack_owner owner = {POOL_NONE, target->record};

    if (target->record == TCP_RECORD_NONE)
        return LULL_OK;
    if (!tcp_timewait_floor(&env, &s->records, target->record, plan))
        return refuse_tuple(s, &target->tuple, &owner, "IR-09");
    *old = tcp_timewait_old(&s->records, target->record);
    plan->replaces = old;
    return LULL_OK;
}

static void begin(struct lull_stack *s, uint32_t endpoint, uint32_t conn)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct tcp_env env = stack_env(s);

    stack_conn_at(s, conn)->endpoint = endpoint;
    e->kind = STACK_ENDPOINT_CONNECTING;
    e->conn = conn;
    e->tuple = stack_conn_at(s, conn)->tcp.tuple;
    tcp_call_open(&env, &stack_conn_at(s, conn)->tcp);
    STACK_COUNT(s, TcpActiveOpens);
    stack_user_apply_options(s, endpoint);
    stack_conn_settle(s, conn, &env);
}

enum lull_error stack_connect_open(struct lull_stack *s, uint32_t endpoint,
                                   const struct lull_name *remote)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct target target = {.record = TCP_RECORD_NONE};
    struct stack_path path;
    struct tcp_conn_plan plan = {.send_buffer = e->send_buffer,
                                 .receive_buffer = e->receive_buffer,
                                 .features = s->config.features};
    struct tcp_reuse_old old;

    if (!is_possible_peer(remote))
        return LULL_EINVAL;
    if (!stack_interface_route(s, &remote->address, &path))
        return LULL_ENETUNREACH;
    if (stack_interface_is_broadcast(s, path.interface, &remote->address))
        return LULL_EINVAL; /* what is one of an interface shows only with the route */
    if (stack_is_quiet(s))
        return refuse_quiet(s, e, remote);
    target.tuple.remote = remote->address;
    target.tuple.remote_port = remote->port;
    target.tuple.zone = remote->zone;
    enum lull_error error = choose_local(s, e, &path, &target);
    plan.tuple = target.tuple;
    if (error == LULL_OK)
        error = park(s, &target, &plan, &old);
    if (error != LULL_OK)
        return error;
    plan.mss_local = smaller_mss(
        (uint16_t)(s->interfaces[path.interface].mtu - IP_AND_TCP_HEADER_BYTES), e->mss_max);
    uint32_t conn = stack_conn_make(s, &plan);
    if (conn == POOL_NONE)
        return LULL_ENOBUFS;
    if (target.record != TCP_RECORD_NONE) {
        tcp_record_at(&s->records, target.record)->parked = 1;
        stack_conn_at(s, conn)->parked = target.record;
    }
    begin(s, endpoint, conn);
    return LULL_OK;
}

void stack_connect_again(struct lull_stack *s, uint32_t endpoint, lull_time since)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct lull_name remote = stack_endpoint_remote(e);

    e->kind = STACK_ENDPOINT_IDLE;
    e->tuple.local_port = 0;
    enum lull_error error = stack_connect_open(s, endpoint, &remote);
    if (error == LULL_OK) {
        stack_conn_at(s, e->conn)->tcp.stalled_since = since;
        return;
    }
    stack_endpoint_end(s, e, error);
    stack_endpoint_tell(s, endpoint,
                        LULL_EVENT_READABLE | LULL_EVENT_WRITABLE | LULL_EVENT_HANGUP
                            | LULL_EVENT_ERROR);
}
