/* stack_refuse.c - the one place where a refusal is made.
 *
 * The last few are kept, because a SYN is refused behind the user's back: by the time somebody
 * asks, the next refusal has come. */
#include "stack/stack_refuse.h"

#include "stack/stack_record.h"

static void name_tuple(const struct tuple *t, struct lull_incarnation *held)
{
    held->local = (struct lull_name){t->local, t->zone, t->local_port};
    held->remote = (struct lull_name){t->remote, t->zone, t->remote_port};
}

static void describe_record(const struct lull_stack *s, uint32_t record,
                            struct lull_refusal *refusal)
{
    const struct tcp_record *r = tcp_record_at(&s->records, record);
    lull_time expiry = tcp_record_expiry(&s->records, record, s->now);
    struct tuple tuple;

    refusal->blocker = stack_record_blocker(s, record);
    refusal->remaining = expiry > s->now ? expiry - s->now : 0;
    refusal->held = (struct lull_incarnation){
        .snd_nxt = r->snd_nxt.raw,
        .rcv_nxt = r->rcv_nxt.raw,
        .entered = tcp_record_entered(&s->records, record, s->now),
        .restarts = r->restarts,
        .cause = (enum lull_record_cause)r->cause,
        .reason = (enum lull_record_reason)r->reason,
    };
    tcp_record_tuple(&s->records, record, &tuple);
    name_tuple(&tuple, &refusal->held);
}

static void describe_conn(const struct lull_stack *s, uint32_t conn, struct lull_refusal *refusal)
{
    const struct tcp_conn *c = &stack_conn_at(s, conn)->tcp;

    refusal->blocker = LULL_BLOCKER_CONNECTION;
    refusal->remaining = LULL_TIME_NEVER;
    refusal->held = (struct lull_incarnation){
        .snd_nxt = c->snd.nxt.raw, .rcv_nxt = c->rcv.nxt.raw, .entered = LULL_TIME_NEVER};
    name_tuple(&c->tuple, &refusal->held);
}

/* [REQ OB-04] */
void stack_refuse_describe(const struct lull_stack *s, const struct stack_owner *obstacle,
                           struct lull_refusal *refusal)
{
    if (obstacle->conn != POOL_NONE)
        describe_conn(s, obstacle->conn, refusal);
    else
        describe_record(s, obstacle->record, refusal);
}

/* What does not fit is as good as for ever. */
static uint32_t remaining_ms(const struct lull_refusal *refusal)
{
    lull_duration ms = refusal->remaining / LULL_MS(1);
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static void trace(const struct lull_stack *s, const struct lull_refusal *refusal)
{
    struct lull_trace_record event = {
        .event = LULL_TRACE_refused,
        .arg = {refusal->call, lull_rule_number(refusal->rule), remaining_ms(refusal)},
        .local = refusal->held.local.port != 0 ? refusal->held.local : refusal->local,
        .remote = refusal->held.local.port != 0 ? refusal->held.remote : refusal->remote,
        .segment = s->arriving,
    };
    if (s->trace.sink != NULL)
        trace_write(&s->trace, s->now, 0, &event);
}

static void copy_name(struct lull_name *to, const struct lull_name *from)
{
    to->address = from->address;
    to->zone = from->zone;
    to->port = from->port;
}

/* Member by member into clear memory.  The holes of a struct that is copied as a whole are what
 * lay on the call stack, and two stacks with one history must be equal byte for byte. */
static void keep(struct lull_refusal *kept, const struct lull_refusal *refusal)
{
    memset(kept, 0, sizeof *kept);
    kept->call = refusal->call;
    kept->blocker = refusal->blocker;
    kept->error = refusal->error;
    memcpy(kept->rule, refusal->rule, sizeof kept->rule);
    copy_name(&kept->local, &refusal->local);
    copy_name(&kept->remote, &refusal->remote);
    kept->blockers = refusal->blockers;
    kept->remaining = refusal->remaining;
    kept->remedy = refusal->remedy;
    copy_name(&kept->held.local, &refusal->held.local);
    copy_name(&kept->held.remote, &refusal->held.remote);
    kept->held.snd_nxt = refusal->held.snd_nxt;
    kept->held.rcv_nxt = refusal->held.rcv_nxt;
    kept->held.entered = refusal->held.entered;
    kept->held.restarts = refusal->held.restarts;
    kept->held.cause = refusal->held.cause;
    kept->held.reason = refusal->held.reason;
}

enum lull_error stack_refuse(struct lull_stack *s, const struct lull_refusal *refusal)
{
    struct lull_refusal *kept = &s->refusals.kept[s->refusals.count % STACK_REFUSALS];

    keep(kept, refusal);
    kept->at = s->now;
    s->refusals.count++;
    trace(s, kept);
    return kept->error;
}

static const struct {
    const char *rule; /* NULL: no refusal */
    enum lull_remedy remedy;
} attempts[LULL_CAUSE_COUNT] = {
    [LULL_CAUSE_NOT_NEW] = {"IR-16", LULL_REMEDY_OTHER_PORT_OR_WAIT},
    [LULL_CAUSE_HALF_OPEN] = {"IR-17", LULL_REMEDY_OTHER_PORT_OR_TIMESTAMPS},
};

/* [REQ OB-04] */
void stack_refuse_attempt(struct lull_stack *s, const struct tuple *tuple,
                          enum lull_record_cause cause)
{
    struct lull_refusal refusal = {.call = LULL_REFUSED_CONNECT,
                                   .error = LULL_ECONNRESET,
                                   .local = {tuple->local, tuple->zone, tuple->local_port},
                                   .remote = {tuple->remote, tuple->zone, tuple->remote_port},
                                   .blockers = 1,
                                   .remedy = attempts[cause].remedy};
    if (attempts[cause].rule == NULL)
        return;
    struct stack_owner owner = stack_tuples_find(s, tuple);
    if (owner.record == TCP_RECORD_NONE)
        return;
    memcpy(refusal.rule, attempts[cause].rule, strlen(attempts[cause].rule) + 1);
    stack_refuse_describe(s, &owner, &refusal);
    (void)stack_refuse(s, &refusal);
}

const struct lull_refusal *stack_refuse_last(const struct lull_stack *s)
{
    uint64_t count = s->refusals.count;
    return count == 0 ? NULL : &s->refusals.kept[(count - 1) % STACK_REFUSALS];
}

const struct lull_refusal *stack_refuse_next(const struct lull_stack *s, uint64_t *cursor)
{
    uint64_t count = s->refusals.count;
    uint64_t oldest = count > STACK_REFUSALS ? count - STACK_REFUSALS : 0;

    if (*cursor < oldest)
        *cursor = oldest;
    return *cursor < count ? &s->refusals.kept[(*cursor)++ % STACK_REFUSALS] : NULL;
}
