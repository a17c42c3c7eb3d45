/* stack_tcp.c - whose segment is it?
 *
 *   connection?  record?  listener?  nobody's: reset.
 *
 * The listener is looked for before an old record is touched, and the record is only parked,
 * not destroyed, until the new handshake is complete (RFC 9293 MAY-2). */
#include "stack/stack_tcp.h"

#include "base/address.h"
#include "stack/stack_conn.h"
#include "stack/stack_interface.h"
#include "stack/stack_listen.h"
#include "stack/stack_record.h"
#include "stack/stack_refuse.h"
#include "stack/stack_reply.h"
#include "stack/stack_tuples.h"
#include "wire/tcp_header.h"

#define IP_AND_TCP_HEADER_BYTES 40

/* [REQ SA-01] [REQ 9293/MUST-63] */
static bool is_from_nobody(const struct lull_stack *s, const struct stack_packet *p)
{
    const struct lull_address *source = &p->ip->source;
    return address_is_any(source) || address_ipv4_word(source) == 0 || address_is_multicast(source)
           || stack_interface_is_broadcast(s, p->interface, source);
}

/* [REQ SA-01] [REQ 9293/MUST-3] */
static bool checksum_is_good(const struct stack_packet *p)
{
    struct checksum_pseudo pseudo = {.source = p->ip->source,
                                     .destination = p->ip->destination,
                                     .protocol = IPV4_TCP,
                                     .length = (uint32_t)p->payload.len};
    return p->checksum_trusted || tcp_header_checksum_valid(p->payload, &pseudo);
}

static void arrive_conn(struct lull_stack *s, uint32_t index, struct tcp_segment *seg)
{
    struct tcp_conn *c = &stack_conn_at(s, index)->tcp;
    struct tcp_env env = stack_env(s);

    if (c->state == TCP_SYN_RECEIVED && !(seg->flags & (TCP_RST | TCP_SYN))
        && stack_listen_is_full(s, index)) {
        STACK_COUNT(s, ListenOverflows);
        return;
    }
    tcp_arrive(&env, c, seg);
    stack_conn_settle(s, index, &env);
}

static void note_rejected_syn(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                              const char *rule)
{
    struct lull_refusal refusal = {
        .call = LULL_REFUSED_SYN,
        .error = LULL_EADDRINUSE,
        .local = {tuple->local, tuple->zone, tuple->local_port},
        .remote = {tuple->remote, tuple->zone, tuple->remote_port},
        .blockers = 1,
        .remedy = LULL_REMEDY_NEWER_SYN,
    };

    memcpy(refusal.rule, rule, strlen(rule) + 1);
    stack_refuse_describe(s, &(struct stack_owner){POOL_NONE, record}, &refusal);
    if (refusal.blocker == LULL_BLOCKER_HOLD)
        STACK_COUNT(s, HoldRejected);
    else
        STACK_COUNT(s, TWSynRejected);
    (void)stack_refuse(s, &refusal);
}

/* A SYN that may not replace the record; it is perhaps told what we expect.  HOLD has nothing
 * to expect. */
static void reject_syn(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                       const char *rule)
{
    struct tcp_env env = stack_env(s);
    int64_t how = stack_listen_knob(s, tuple, LULL_KNOB_tw_syn_reject);

    note_rejected_syn(s, tuple, record, rule);
    if (tcp_record_at(&s->records, record)->kind == TCP_RECORD_TIME_WAIT
        && tcp_timewait_reject(&env, &s->records, record, (enum lull_tw_syn_reject)how)
               == TCP_TIMEWAIT_ACK)
        stack_record_acknowledge(s, record);
}

/* A passive open.  @record: the old incarnation's, or none. */
static void open_passive(struct lull_stack *s, const struct tcp_conn_plan *shape, uint32_t listener,
                         uint32_t record, struct tcp_segment *seg)
{
    struct tcp_env env = stack_env(s);
    struct tcp_conn_plan plan = *shape;

    if (record != TCP_RECORD_NONE && !STACK_FLAW(s, LISTENER_FIRST)
        && !tcp_hold_is_hearsay(&s->records, record)
        && !tcp_timewait_floor(&env, &s->records, record, &plan)) {
        reject_syn(s, &plan.tuple, record, "IR-09"); /* a repeated SYN will find it past */
        return;
    }
    uint32_t index = stack_conn_make(s, &plan);
    if (index == POOL_NONE) {
        STACK_COUNT(s, ListenDrops);
        STACK_COUNT(s, TCPAbortOnMemory);
        return;
    }
    if (record != TCP_RECORD_NONE && STACK_FLAW(s, DESTROY_ON_REUSE)) {
        stack_record_end(s, record, LULL_END_RECYCLED);
        record = TCP_RECORD_NONE;
    }
    if (record != TCP_RECORD_NONE) {
        tcp_record_at(&s->records, record)->parked = 1;
        stack_conn_at(s, index)->parked = record;
    }
    stack_listen_begin(s, listener, index);
    tcp_arrive_listen_open(&env, &stack_conn_at(s, index)->tcp, seg);
    stack_conn_settle(s, index, &env);
}

static struct tcp_conn_plan plan_passive(const struct lull_stack *s, const struct tuple *tuple,
                                         uint32_t listener, unsigned interface)
{
    const struct stack_endpoint *e = stack_endpoint_at(s, stack_listener_at(s, listener)->endpoint);
    uint16_t mss = (uint16_t)(s->interfaces[interface].mtu - IP_AND_TCP_HEADER_BYTES);

    return (struct tcp_conn_plan){
        .tuple = *tuple,
        .send_buffer = e->send_buffer,
        .receive_buffer = e->receive_buffer,
        .mss_local = e->mss_max != 0 && e->mss_max < mss ? e->mss_max : mss,
        .features = s->config.features,
    };
}

/* Whoever resets a segment of a connection that it does not know may have been a party to it:
 * the tuple is held.  A SYN belongs to no connection yet.  [REQ RL-10] */
static void hold_stranger(struct lull_stack *s, const struct tuple *tuple,
                          const struct tcp_segment *seg, const struct tcp_reply *reply)
{
    if (reply->kind == TCP_REPLY_NONE || (seg->flags & (TCP_SYN | TCP_ACK)) != TCP_ACK
        || !stack_listen_knob(s, tuple, LULL_KNOB_abort_hold))
        return;
    struct tcp_hold_facts facts = tcp_hold_of_stranger(tuple, seg);
    stack_record_hold(s, &facts);
}

static void arrive_listener(struct lull_stack *s, const struct tuple *tuple, uint32_t listener,
                            struct tcp_segment *seg, const struct stack_packet *p)
{
    struct tcp_env env = stack_env(s);

    if (!tcp_arrive_listen(&env, seg)) {
        stack_reply_reset(s, tuple, &env.reply);
        hold_stranger(s, tuple, seg, &env.reply);
        return;
    }
    if (!stack_listen_admits(s, listener))
        return;
    struct tcp_conn_plan plan = plan_passive(s, tuple, listener, p->interface);
    open_passive(s, &plan, listener, TCP_RECORD_NONE, seg);
}

static void arrive_nobody(struct lull_stack *s, const struct tuple *tuple,
                          const struct tcp_segment *seg)
{
    struct tcp_env env = stack_env(s);

    tcp_arrive_closed(&env, seg);
    stack_reply_reset(s, tuple, &env.reply);
    hold_stranger(s, tuple, seg, &env.reply);
}

/* No connection and no record speak for the tuple. */
static void arrive_unknown(struct lull_stack *s, const struct tuple *tuple, struct tcp_segment *seg,
                           const struct stack_packet *p)
{
    uint32_t listener = stack_listen_find(s, tuple);

    if (listener != POOL_NONE)
        arrive_listener(s, tuple, listener, seg, p);
    else
        arrive_nobody(s, tuple, seg);
}

/* Of the listener who would get the new connection. */
static struct tcp_reuse_rules reuse_rules(const struct lull_stack *s, uint32_t listener)
{
    const struct stack_endpoint *e = stack_endpoint_at(s, stack_listener_at(s, listener)->endpoint);

    return (struct tcp_reuse_rules){
        .policy = (enum lull_tw_syn_policy)stack_endpoint_knob(s, e, LULL_KNOB_tw_syn_policy),
        .seq_cmp = (enum lull_tw_seq_cmp)stack_endpoint_knob(s, e, LULL_KNOB_tw_seq_cmp),
        .offer_timestamps = (s->config.features & LULL_FEATURE_TIMESTAMPS) != 0,
        .tolerate_missing = STACK_KNOB(s, ts_tolerate_missing) != 0,
    };
}

/* A SYN for a tuple that is remembered: group IR.  [REQ BL-03] [REQ RL-09] */
static void judge_syn(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                      struct tcp_segment *seg, const struct stack_packet *p)
{
    struct tcp_reuse_old old = tcp_timewait_old(&s->records, record);
    uint32_t listener = stack_listen_find(s, tuple);

    if (listener == POOL_NONE) { /* [REQ IR-11] */
        reject_syn(s, tuple, record, "IR-11");
        return;
    }
    struct tcp_reuse_rules rules = reuse_rules(s, listener);
    struct tcp_reuse_verdict verdict = tcp_reuse_judge(&old, seg, &rules);
    if (!verdict.accepted && !STACK_FLAW(s, LISTENER_FIRST)) {
        reject_syn(s, tuple, record, verdict.rule);
        return;
    }
    if (!stack_listen_admits(s, listener))
        return;
    struct tcp_conn_plan plan = plan_passive(s, tuple, listener, p->interface);
    open_passive(s, &plan, listener, record, seg);
}

/* The record's manners, and what its owner does about them. */
static void arrive_record(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                          struct tcp_segment *seg, const struct stack_packet *p)
{
    struct tcp_env env = stack_env(s);
    enum tcp_timewait_answer answer = tcp_timewait_arrive(&env, &s->records, record, seg);

    if (answer == TCP_TIMEWAIT_JUDGE_RESET)
        answer =
            tcp_timewait_reset(&env, &s->records, record, seg,
                               (enum lull_tw_rst)stack_listen_knob(s, tuple, LULL_KNOB_tw_rst));
    if (answer == TCP_TIMEWAIT_ACK)
        stack_record_acknowledge(s, record);
    else if (answer == TCP_TIMEWAIT_JUDGE_SYN)
        judge_syn(s, tuple, record, seg, p);
    else if (answer == TCP_TIMEWAIT_DELETE) {
        struct tcp_hold_facts facts = tcp_hold_of_record(&s->records, record);
        stack_record_end(s, record, LULL_END_KILLED);
        stack_reply_reset(s, tuple, &env.reply);
        if (env.reply.kind != TCP_REPLY_NONE && stack_listen_knob(s, tuple, LULL_KNOB_abort_hold))
            stack_record_hold(s, &facts);
    }
}

/* Where the record rests on what anybody could have sent, only connect() is kept away.  Such a
 * segment must not choose our ISS either, so the new connection has no floor. */
static void open_beside_hearsay(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                                struct tcp_segment *seg, const struct stack_packet *p)
{
    uint32_t listener = stack_listen_find(s, tuple);

    if (listener == POOL_NONE) {
        arrive_nobody(s, tuple, seg);
        return;
    }
    if (!stack_listen_admits(s, listener))
        return;
    struct tcp_conn_plan plan = plan_passive(s, tuple, listener, p->interface);
    open_passive(s, &plan, listener, record, seg);
}

/* On HOLD everything but a SYN is reset, and a SYN is judged. */
static void arrive_hold(struct lull_stack *s, const struct tuple *tuple, uint32_t record,
                        struct tcp_segment *seg, const struct stack_packet *p)
{
    struct tcp_env env = stack_env(s);

    if (tcp_hold_arrive(&env, &s->records, record, seg) == TCP_TIMEWAIT_DROP)
        stack_reply_reset(s, tuple, &env.reply);
    else if (tcp_hold_is_hearsay(&s->records, record))
        open_beside_hearsay(s, tuple, record, seg, p);
    else
        judge_syn(s, tuple, record, seg, p);
}

/* Whoever speaks for the tuple. */
static void deliver(struct lull_stack *s, const struct stack_packet *p, struct tcp_segment *seg)
{
    struct tuple tuple = {.local = p->ip->destination,
                          .remote = p->ip->source,
                          .local_port = seg->destination_port,
                          .remote_port = seg->source_port};
    struct stack_owner owner = stack_tuples_find(s, &tuple);

    if (owner.conn != POOL_NONE)
        arrive_conn(s, owner.conn, seg);
    else if (owner.record == TCP_RECORD_NONE)
        arrive_unknown(s, &tuple, seg, p);
    else if (tcp_record_at(&s->records, owner.record)->kind == TCP_RECORD_HOLD)
        arrive_hold(s, &tuple, owner.record, seg, p);
    else
        arrive_record(s, &tuple, owner.record, seg, p);
}

void stack_tcp_arrive(struct lull_stack *s, const struct stack_packet *p)
{
    struct tcp_segment seg;

    STACK_COUNT(s, TcpInSegs);
    if (is_from_nobody(s, p)) {
        STACK_COUNT(s, IpInAddrErrors);
        return;
    }
    if (!checksum_is_good(p)) {
        STACK_COUNT(s, TcpInCsumErrors);
        return;
    }
    if (!tcp_header_parse(p->payload, &seg)) {
        STACK_COUNT(s, TcpInErrs);
        return;
    }
    s->arriving = tcp_record_trace_segment(&seg);
    deliver(s, p, &seg);
    s->arriving = (struct lull_trace_segment){0};
}
