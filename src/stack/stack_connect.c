/* stack_connect.c - the active OPEN (RFC 9293 section 3.10.1). */
#include "base/address.h"
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_interface.h"
#include "stack/stack_tuples.h"

#define IP_AND_TCP_HEADER_BYTES 40

static enum lull_error refuse(struct lull_stack *s, const struct lull_refusal *refusal)
{
    s->refusal = *refusal;
    TRACE(&s->trace, s->now, 0, refused, (uint32_t)refusal->call, (uint32_t)refusal->blocker,
          refusal->remaining == LULL_TIME_NEVER ? 0 : (uint32_t)(refusal->remaining / LULL_MS(1)));
    return refusal->error;
}

/* [REQ IR-13] SO_REUSEADDR concerns the port, never the pair: nothing gets past a tuple that
 * is remembered. */
static enum lull_error refuse_tuple(struct lull_stack *s, const struct tuple *tuple,
                                    const struct stack_owner *owner)
{
    struct lull_refusal refusal = {
        .call = LULL_REFUSED_CONNECT,
        .blocker = LULL_BLOCKER_CONNECTION,
        .error = LULL_EADDRINUSE,
        .rule = "IR-13",
        .local = {tuple->local, tuple->zone, tuple->local_port},
        .remote = {tuple->remote, tuple->zone, tuple->remote_port},
        .blockers = 1,
        .remaining = LULL_TIME_NEVER,
        .remedy = "connect from another local port",
    };
    if (owner->conn == POOL_NONE) {
        const struct tcp_timewait_record *r = tcp_timewait_at(&s->timewait, owner->record);
        refusal.blocker = r->queue == TCP_TIMEWAIT_QUEUE_FIN_WAIT_2 ? LULL_BLOCKER_FIN_WAIT_2
                                                                    : LULL_BLOCKER_TIME_WAIT;
        refusal.remaining = tcp_timewait_expiry(&s->timewait, owner->record, s->now) - s->now;
        refusal.remedy = "connect from another local port, or wait";
    }
    return refuse(s, &refusal);
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
        .remedy = "add local addresses, widen the ephemeral range, or let the peer close first",
    };
    return refuse(s, &refusal);
}

static bool is_possible_peer(const struct lull_name *remote)
{
    return remote->port != 0 && address_is_ipv4(&remote->address)
           && !address_is_any(&remote->address) && address_ipv4_word(&remote->address) != 0
           && !address_is_multicast(&remote->address)
           && !address_is_limited_broadcast(&remote->address);
}

static uint16_t smaller_mss(uint16_t link, uint16_t wanted)
{
    return wanted != 0 && wanted < link ? wanted : link;
}

/* Fills in the tuple's local half.  LULL_OK or a refusal. */
static enum lull_error choose_local(struct lull_stack *s, const struct stack_endpoint *e,
                                    const struct stack_path *path, struct tuple *tuple)
{
    struct lull_name remote = {tuple->remote, tuple->zone, tuple->remote_port};

    tuple->local = address_is_any(&e->local.address) ? path->source : e->local.address;
    tuple->local_port = e->local.port;
    if (tuple->local_port == 0) {
        tuple->local_port = stack_ports_choose(s, &tuple->local, &remote);
        return tuple->local_port != 0 ? LULL_OK : refuse_exhausted(s, &remote);
    }
    struct stack_owner owner = stack_tuples_find(s, tuple);
    if (owner.conn != POOL_NONE || owner.record != TCP_TIMEWAIT_NONE)
        return refuse_tuple(s, tuple, &owner);
    return LULL_OK;
}

enum lull_error stack_connect_open(struct lull_stack *s, uint32_t endpoint,
                                   const struct lull_name *remote)
{
    struct stack_endpoint *e = stack_endpoint_at(s, endpoint);
    struct stack_path path;
    struct tcp_conn_plan plan = {.send_buffer = e->send_buffer,
                                 .receive_buffer = e->receive_buffer,
                                 .features = s->config.features};

    if (!is_possible_peer(remote))
        return LULL_EINVAL;
    if (!stack_interface_route(s, &remote->address, &path))
        return LULL_ENETUNREACH;
    plan.tuple.remote = remote->address;
    plan.tuple.remote_port = remote->port;
    plan.tuple.zone = remote->zone;
    enum lull_error error = choose_local(s, e, &path, &plan.tuple);
    if (error != LULL_OK)
        return error;
    plan.mss_local = smaller_mss(
        (uint16_t)(s->interfaces[path.interface].mtu - IP_AND_TCP_HEADER_BYTES), e->mss_max);
    uint32_t conn = stack_conn_make(s, &plan);
    if (conn == POOL_NONE)
        return LULL_ENOBUFS;
    stack_conn_at(s, conn)->endpoint = endpoint;
    e->kind = STACK_ENDPOINT_CONNECTING;
    e->conn = conn;
    e->remote = *remote;
    e->local.address = plan.tuple.local;
    if (e->bound && e->local.port == 0)
        stack_endpoint_drop_port(s, e);
    e->local.port = plan.tuple.local_port;
    struct tcp_env env = stack_env(s);
    tcp_call_open(&env, &stack_conn_at(s, conn)->tcp);
    STACK_COUNT(s, TcpActiveOpens);
    stack_user_apply_options(s, endpoint);
    stack_conn_settle(s, conn, &env);
    return LULL_OK;
}
