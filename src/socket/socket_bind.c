/* socket_bind.c - the bind rules: group BL of docs/rfc-map.md.
 *
 * Berkeley's strictness is kept: a port with connections or records on it is refused unless
 * the newcomer says SO_REUSEADDR.  With it, records and connections do not matter, because the
 * pair stays protected one level below (a SYN for a remembered tuple is judged by the record,
 * a connect to it is refused); a listener, or a socket that may become one, always does. */
#include "socket/socket_bind.h"

#include "base/address.h"
#include "base/check.h"

static bool addresses_meet(const struct lull_name *a, const struct lull_name *b)
{
    return address_is_any(&a->address) || address_is_any(&b->address)
           || (address_equal(&a->address, &b->address) && a->zone == b->zone);
}

const char *socket_bind_conflict(const struct socket_bind_request *request,
                                 const struct socket_bind_holder *holder)
{
    bool same = address_equal(&request->local.address, &holder->local.address);

    if (request->local.port != holder->local.port
        || !addresses_meet(&request->local, &holder->local))
        return NULL; /* [REQ BL-08] [REQ BL-09] */
    switch (holder->kind) {
    case LULL_BLOCKER_LISTENER: return same ? "BL-05" : "BL-07"; /* [REQ BL-05] [REQ BL-07] */
    case LULL_BLOCKER_BOUND: return "BL-06";                     /* [REQ BL-06] */
    case LULL_BLOCKER_TIME_WAIT:
    case LULL_BLOCKER_FIN_WAIT_2:
    case LULL_BLOCKER_HOLD: return request->reuse_address ? NULL : "BL-01"; /* [REQ BL-01] */
    case LULL_BLOCKER_CONNECTION:
        return request->reuse_address ? NULL : "BL-04"; /* [REQ BL-04] */ /* [REQ BL-04] */
    case LULL_BLOCKER_NONE:
    case LULL_BLOCKER_LIMIT: break;
    }
    return NULL;
}

/* Gathers the answer over everything that holds the port. */
struct search {
    const struct lull_stack *stack;
    const struct socket_bind_request *request;
    struct lull_refusal *refusal;
};

static const char *remedy_for(enum lull_blocker kind)
{
    switch (kind) {
    case LULL_BLOCKER_TIME_WAIT:
    case LULL_BLOCKER_FIN_WAIT_2:
    case LULL_BLOCKER_HOLD: return "set SO_REUSEADDR before bind, or wait";
    case LULL_BLOCKER_CONNECTION: return "set SO_REUSEADDR before bind";
    case LULL_BLOCKER_LISTENER:
    case LULL_BLOCKER_BOUND: return "close the other socket or choose another port";
    default: return NULL;
    }
}

/* The one that will stand in the way longest is the one to name. */
static void note(struct search *search, const struct socket_bind_holder *holder)
{
    struct lull_refusal *refusal = search->refusal;
    const char *rule = socket_bind_conflict(search->request, holder);

    if (rule == NULL)
        return;
    refusal->blockers++;
    if (refusal->blockers > 1 && holder->remaining <= refusal->remaining)
        return;
    refusal->blocker = holder->kind;
    refusal->remote = holder->remote;
    refusal->remaining = holder->remaining;
    refusal->remedy = remedy_for(holder->kind);
    memcpy(refusal->rule, rule, strlen(rule) + 1);
}

static bool visit_holder(void *context, const struct stack_holder *holder)
{
    const struct tuple *t = &holder->tuple;
    struct socket_bind_holder h = {.local = {t->local, t->zone, t->local_port},
                                   .remote = {t->remote, t->zone, t->remote_port},
                                   .kind = holder->kind,
                                   .remaining = holder->remaining};
    note(context, &h);
    return true;
}

static void visit_endpoints(struct search *search, const struct stack_endpoint *self)
{
    const struct lull_stack *s = search->stack;

    for (uint32_t i = pool_next_live(&s->endpoints, 0); i != POOL_NONE;
         i = pool_next_live(&s->endpoints, i + 1)) {
        const struct stack_endpoint *e = stack_endpoint_at(s, i);
        if (e == self || !e->bound || e->kind == STACK_ENDPOINT_CONNECTED
            || e->kind == STACK_ENDPOINT_CONNECTING)
            continue; /* its connection speaks for it */
        struct socket_bind_holder h = {.local = e->local,
                                       .kind = e->kind == STACK_ENDPOINT_LISTENING
                                                   ? LULL_BLOCKER_LISTENER
                                                   : LULL_BLOCKER_BOUND,
                                       .reuse_address = e->reuse_address,
                                       .remaining = LULL_TIME_NEVER};
        note(search, &h);
    }
}

/* LULL_OK, or LULL_EADDRINUSE with the reason in the stack's refusal. */
static enum lull_error judge(struct lull_stack *s, const struct stack_endpoint *self,
                             const struct socket_bind_request *request)
{
    struct lull_refusal refusal = {.call = LULL_REFUSED_BIND,
                                   .error = LULL_EADDRINUSE,
                                   .local = request->local,
                                   .remaining = LULL_TIME_NEVER};
    struct search search = {s, request, &refusal};
    struct stack_port port = stack_port_holders(s, request->local.port);

    if (port.bound > 0)
        visit_endpoints(&search, self);
    if (!request->reuse_address)
        stack_ports_visit(s, request->local.port, visit_holder, &search);
    if (refusal.blockers == 0)
        return LULL_OK;
    s->refusal = refusal;
    TRACE(&s->trace, s->now, 0, refused, LULL_REFUSED_BIND, (uint32_t)refusal.blocker,
          refusal.remaining == LULL_TIME_NEVER ? 0 : (uint32_t)(refusal.remaining / LULL_MS(1)));
    return LULL_EADDRINUSE;
}

static enum lull_error bind_ephemeral(struct lull_stack *s, struct stack_endpoint *e,
                                      const struct lull_name *name)
{
    uint16_t port = stack_ports_choose(s, &name->address, NULL);

    if (port == 0) {
        s->refusal = (struct lull_refusal){.call = LULL_REFUSED_BIND,
                                           .blocker = LULL_BLOCKER_LIMIT,
                                           .error = LULL_EADDRNOTAVAIL,
                                           .rule = "IR-18",
                                           .remaining = LULL_TIME_NEVER,
                                           .remedy = "widen the ephemeral range"};
        return LULL_EADDRNOTAVAIL;
    }
    e->local = *name;
    e->local.port = port;
    stack_endpoint_hold_port(s, e);
    return LULL_OK;
}

/* [REQ BL-02] */
enum lull_error lull_socket_bind(struct lull_stack *s, lull_socket socket,
                                 const struct lull_name *name)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    if (e->bound || e->kind != STACK_ENDPOINT_IDLE)
        return LULL_EINVAL;
    if (!address_is_any(&name->address) && !stack_interface_owns(s, &name->address))
        return LULL_EADDRNOTAVAIL;
    if (name->port == 0)
        return bind_ephemeral(s, e, name);
    struct socket_bind_request request = {*name, e->reuse_address};
    enum lull_error error = judge(s, e, &request);
    if (error != LULL_OK)
        return error;
    e->local = *name;
    stack_endpoint_hold_port(s, e);
    return LULL_OK;
}
