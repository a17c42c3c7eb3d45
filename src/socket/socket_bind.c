/* socket_bind.c - the bind rules: group BL of docs/rfc-map.md.
 *
 * Berkeley's strictness is kept: a port with connections or records on it is refused unless
 * the newcomer says SO_REUSEADDR.  With it, records and connections do not matter, because the
 * pair stays protected one level below (a SYN for a remembered tuple is judged by the record,
 * a connect to it is refused); a listener, or a socket that may become one, always does,
 * unless both say SO_REUSEPORT and have one owner.
 *
 * Where stacks disagree the rules say who is followed; docs/bind-matrix.md compares them with
 * a kernel, cell by cell. */
#include "socket/socket_bind.h"

#include "base/address.h"
#include "base/check.h"

/* --- the matrix ------------------------------------------------------------------------- */

/* How the names of two sides lie to each other. */
enum relation {
    APART,  /* no address in common */
    SAME,   /* one name */
    FAMILY, /* :: and 0.0.0.0 */
    NESTED  /* a wildcard and something it stands for */
};

static struct scope scope_of(const struct socket_bind_side *side)
{
    return (struct scope){side->local.address, side->local.zone, side->ipv6_only};
}

/* [REQ BL-08] [REQ BL-09] [REQ BL-15] */
static enum relation relation_of(const struct socket_bind_side *a, const struct socket_bind_side *b)
{
    struct scope mine = scope_of(a), other = scope_of(b);

    if (a->local.port != b->local.port || !scope_meets(&mine, &other))
        return APART;
    if (mine.zone == other.zone && address_equal(&mine.address, &other.address))
        return SAME;
    bool wild = scope_kind(&mine) != SCOPE_ONE_ADDRESS && scope_kind(&other) != SCOPE_ONE_ADDRESS;
    return wild && scope_kind(&mine) != scope_kind(&other) ? FAMILY : NESTED;
}

/* [REQ BL-01] [REQ BL-02]  No owner is asked for: the record's is gone.  [REQ BL-12] */
static bool may_pass_record(const struct socket_bind_rules *rules,
                            const struct socket_bind_side *request,
                            const struct socket_bind_side *old)
{
    bool both =
        (request->reuse_address && old->reuse_address) || (request->reuse_port && old->reuse_port);
    bool one = request->reuse_address || request->reuse_port;

    return !rules->strict || (rules->tw_require_both ? both : one);
}

/* [REQ BL-04] [REQ 9293/MUST-41] [REQ 9293/MUST-42] */
static bool may_pass_connection(const struct socket_bind_rules *rules,
                                const struct socket_bind_side *request,
                                const struct socket_bind_side *old)
{
    switch (rules->over_connected) {
    case SOCKET_BIND_OVER_NEVER: break;
    case SOCKET_BIND_OVER_NEW: return request->reuse_address;
    case SOCKET_BIND_OVER_BOTH: return request->reuse_address && old->reuse_address;
    }
    return false;
}

/* Permissions of SO_REUSEADDR among sockets that are not connected. */
static bool may_double(const struct socket_bind_rules *rules,
                       const struct socket_bind_side *request,
                       const struct socket_bind_holder *holder, enum relation relation)
{
    const struct socket_bind_side *old = &holder->side;

    if (!request->reuse_address)
        return false;
    if (rules->specific_over_wildcard && relation == NESTED && request->owner == old->owner)
        return true;
    return rules->relaxed_double && holder->kind == LULL_BLOCKER_BOUND && old->reuse_address;
}

/* [REQ BL-05] [REQ BL-06] [REQ BL-07] [REQ BL-11] [REQ BL-13] */
static const char *rule_of_socket(const struct socket_bind_side *request,
                                  const struct socket_bind_holder *holder, enum relation relation)
{
    bool listens = holder->kind == LULL_BLOCKER_LISTENER;

    if (listens && request->reuse_port && !holder->side.reuse_port)
        return "BL-11";
    if (relation == FAMILY)
        return "BL-13";
    if (!listens)
        return "BL-06";
    return relation == SAME ? "BL-05" : "BL-07";
}

static bool is_record(enum lull_blocker kind)
{
    return kind == LULL_BLOCKER_TIME_WAIT || kind == LULL_BLOCKER_FIN_WAIT_2;
}

struct socket_bind_rules socket_bind_rules(const struct lull_knobs *knobs)
{
    return (struct socket_bind_rules){
        .strict = knobs->value[LULL_KNOB_bind_strict] != 0,
        .tw_require_both = knobs->value[LULL_KNOB_bind_tw_require_both] != 0,
        .over_connected = (enum socket_bind_over)knobs->value[LULL_KNOB_bind_over_connected],
        .relaxed_double = knobs->value[LULL_KNOB_bind_relaxed_double] != 0,
        .specific_over_wildcard = knobs->value[LULL_KNOB_bind_specific_over_wildcard] != 0,
    };
}

const char *socket_bind_conflict(const struct socket_bind_rules *rules,
                                 const struct socket_bind_side *request,
                                 const struct socket_bind_holder *holder)
{
    const struct socket_bind_side *old = &holder->side;
    enum relation relation = relation_of(request, old);

    /* HOLD keeps the pair; its port is nobody's, or a stray segment could keep a server away. */
    if (relation == APART || holder->kind == LULL_BLOCKER_HOLD)
        return NULL;
    if (is_record(holder->kind))
        return may_pass_record(rules, request, old) ? NULL : "BL-01";
    bool shared = request->reuse_port && old->reuse_port;
    bool connected = holder->kind == LULL_BLOCKER_CONNECTION;
    bool permitted = connected ? may_pass_connection(rules, request, old)
                               : may_double(rules, request, holder, relation);
    if (permitted || (shared && request->owner == old->owner)) /* [REQ BL-10] */
        return NULL;
    if (shared)
        return "BL-12"; /* [REQ BL-12] */
    return connected ? "BL-04" : rule_of_socket(request, holder, relation);
}

/* --- asking it of everything that holds the port ---------------------------------------- */

/* Gathers the answer. */
struct search {
    const struct lull_stack *stack;
    enum lull_refused_call call;
    struct socket_bind_rules rules;
    const struct socket_bind_side *request;
    struct lull_refusal *refusal;
};

static const struct {
    char rule[8];
    enum lull_remedy remedy;
} remedies[] = {
    {"BL-01", LULL_REMEDY_WAIT},
    {"BL-11", LULL_REMEDY_REUSE_PORT},
    {"BL-12", LULL_REMEDY_SAME_OWNER},
    {"BL-13", LULL_REMEDY_IPV6_ONLY},
};

/* What would change the answer. */
static enum lull_remedy remedy_for(const struct search *search,
                                   const struct socket_bind_holder *holder, const char *rule)
{
    struct socket_bind_side asking = *search->request;

    asking.reuse_address = true;
    if (socket_bind_conflict(&search->rules, &asking, holder) == NULL)
        return is_record(holder->kind) ? LULL_REMEDY_REUSE_ADDRESS_OR_WAIT
                                       : LULL_REMEDY_REUSE_ADDRESS;
    for (size_t i = 0; i < COUNT_OF(remedies); i++)
        if (memcmp(remedies[i].rule, rule, strlen(rule) + 1) == 0)
            return remedies[i].remedy;
    return LULL_REMEDY_OTHER_SOCKET;
}

/* Two sockets of which either may come second stand beside each other with bind's leave: the
 * one that listens last has not lost its port to the other. */
static bool were_allowed(const struct search *search, const struct socket_bind_holder *holder)
{
    const struct socket_bind_holder self = {.side = *search->request,
                                            .kind = LULL_BLOCKER_LISTENER};
    return search->call == LULL_REFUSED_LISTEN
           && socket_bind_conflict(&search->rules, &holder->side, &self) == NULL;
}

/* The one that will stand in the way longest is the one to name: is it this one now? */
static bool note(struct search *search, const struct socket_bind_holder *holder)
{
    struct lull_refusal *refusal = search->refusal;
    const char *rule = socket_bind_conflict(&search->rules, search->request, holder);

    if (rule == NULL || were_allowed(search, holder))
        return false;
    refusal->blockers++;
    if (refusal->blockers > 1 && holder->remaining <= refusal->remaining)
        return false;
    refusal->blocker = holder->kind;
    refusal->remote = holder->remote;
    refusal->remaining = holder->remaining;
    refusal->remedy = remedy_for(search, holder, rule);
    memcpy(refusal->rule, rule, strlen(rule) + 1);
    return true;
}

static bool visit_holder(void *context, const struct stack_holder *holder)
{
    const struct tuple *t = &holder->tuple;
    struct socket_bind_holder h = {.side = {.local = {t->local, t->zone, t->local_port},
                                            .reuse_address = holder->reuse_address,
                                            .reuse_port = holder->reuse_port,
                                            .owner = holder->owner},
                                   .remote = {t->remote, t->zone, t->remote_port},
                                   .kind = holder->kind,
                                   .remaining = holder->remaining};
    struct search *search = context;
    if (note(search, &h))
        stack_refuse_describe(search->stack, &holder->found, search->refusal);
    return true;
}

static struct socket_bind_side side_of(const struct stack_endpoint *e,
                                       const struct lull_name *local)
{
    return (struct socket_bind_side){.local = *local,
                                     .ipv6_only = e->ipv6_only,
                                     .reuse_address = e->reuse_address,
                                     .reuse_port = e->reuse_port,
                                     .owner = e->owner};
}

/* A socket whose connection is over cannot listen any more, so it counts as connected. */
static enum lull_blocker kind_of(const struct stack_endpoint *e)
{
    switch ((enum stack_endpoint_kind)e->kind) {
    case STACK_ENDPOINT_LISTENING: return LULL_BLOCKER_LISTENER;
    case STACK_ENDPOINT_ENDED: return LULL_BLOCKER_CONNECTION;
    default: return LULL_BLOCKER_BOUND;
    }
}

static void visit_endpoints(struct search *search, const struct stack_endpoint *self)
{
    const struct lull_stack *s = search->stack;

    for (uint32_t i = pool_next_live(&s->endpoints, 0); i != POOL_NONE;
         i = pool_next_live(&s->endpoints, i + 1)) {
        const struct stack_endpoint *e = stack_endpoint_at(s, i);
        if (e == self || !e->holds_port || e->kind == STACK_ENDPOINT_CONNECTED
            || e->kind == STACK_ENDPOINT_CONNECTING)
            continue; /* its connection speaks for it */
        struct lull_name local = stack_endpoint_local(e);
        struct socket_bind_holder h = {.side = side_of(e, &local),
                                       .remote = stack_endpoint_remote(e),
                                       .kind = kind_of(e),
                                       .remaining = LULL_TIME_NEVER};
        (void)note(search, &h);
    }
}

/* No connection and no record can stand in the way: the walk over them is spared. */
static bool passes_pairs(const struct socket_bind_rules *rules,
                         const struct socket_bind_side *request)
{
    return request->reuse_address && rules->over_connected == SOCKET_BIND_OVER_NEW
           && !(rules->strict && rules->tw_require_both);
}

/* May @self have the name @local, for @call?  LULL_OK or a refusal. */
static enum lull_error judge(struct lull_stack *s, const struct stack_endpoint *self,
                             const struct lull_name *local, enum lull_refused_call call)
{
    struct socket_bind_side request = side_of(self, local);
    struct lull_refusal refusal = {
        .call = call, .error = LULL_EADDRINUSE, .local = *local, .remaining = LULL_TIME_NEVER};
    struct search search = {s, call, socket_bind_rules(&s->tcp.knobs), &request, &refusal};

    if (stack_port_holders(s, local->port).bound > 0)
        visit_endpoints(&search, self);
    if (!passes_pairs(&search.rules, &request))
        stack_ports_visit(s, local->port, visit_holder, &search);
    return refusal.blockers == 0 ? LULL_OK : stack_refuse(s, &refusal);
}

/* --- taking the name -------------------------------------------------------------------- */

static void take_name(struct lull_stack *s, struct stack_endpoint *e, const struct lull_name *name)
{
    e->tuple.local = name->address;
    e->tuple.zone = name->zone;
    e->tuple.local_port = name->port;
    e->bound = true;
    if (name->port != 0)
        stack_endpoint_hold_port(s, e);
}

/* A port that nobody has, for @call. */
static enum lull_error take_any_port(struct lull_stack *s, struct stack_endpoint *e,
                                     struct lull_name name, enum lull_refused_call call)
{
    struct lull_refusal refusal = {.call = call,
                                   .blocker = LULL_BLOCKER_LIMIT,
                                   .error = LULL_EADDRNOTAVAIL,
                                   .rule = "IR-18",
                                   .local = name,
                                   .remaining = LULL_TIME_NEVER,
                                   .remedy = LULL_REMEDY_WIDER_RANGE};

    name.port = stack_ports_choose(s, &name.address, NULL);
    if (name.port == 0)
        return stack_refuse(s, &refusal);
    take_name(s, e, &name);
    return LULL_OK;
}

/* IPv4 has no zones, and a wildcard may be of any.  [REQ BL-15] */
static bool is_possible(const struct lull_name *name)
{
    return name->zone == 0 || !address_is_ipv4(&name->address);
}

/* [REQ BL-02] [REQ BL-16] */
enum lull_error lull_socket_bind(struct lull_stack *s, lull_socket socket,
                                 const struct lull_name *name)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    if (e->bound || e->kind != STACK_ENDPOINT_IDLE || !is_possible(name))
        return LULL_EINVAL;
    if (!address_is_any(&name->address) && !stack_interface_owns(s, &name->address))
        return LULL_EADDRNOTAVAIL;
    if (name->port == 0 && !e->bind_no_port)
        return take_any_port(s, e, *name, LULL_REFUSED_BIND);
    enum lull_error error = name->port == 0 ? LULL_OK : judge(s, e, name, LULL_REFUSED_BIND);
    if (error == LULL_OK)
        take_name(s, e, name);
    return error;
}

/* The same question once more: of two that were bound relaxed, one may listen by now.
 * [REQ BL-05] */
enum lull_error socket_bind_for_listen(struct lull_stack *s, struct stack_endpoint *e)
{
    struct lull_name local = stack_endpoint_local(e);

    return e->holds_port ? judge(s, e, &local, LULL_REFUSED_LISTEN)
                         : take_any_port(s, e, local, LULL_REFUSED_LISTEN);
}
