/* stack.c - creation and the four verbs.
 *
 * lay_out() is the one description of the block: without memory it measures, with memory it
 * carves.  Creation touches only the headers of the tables, so the pages of a large stack
 * are not backed by memory before they are used. */
#include "stack/stack.h"

#include "base/arena.h"
#include "base/check.h"
#include "stack/stack_advice.h"
#include "stack/stack_conn.h"
#include "stack/stack_input.h"
#include "stack/stack_late.h"
#include "stack/stack_linger.h"
#include "stack/stack_output.h"
#include "stack/stack_record.h"
#include "stack/stack_reply.h"

#define ICMP_ERRORS_PER_SECOND 100
#define ICMP_ERRORS_BURST      20
#define WEEK                   LULL_SEC(7 * 24 * 3600)

void lull_stack_config_init(struct lull_stack_config *config)
{
    *config = (struct lull_stack_config){
        .sockets_max = 1024,
        .connections_max = 1024,
        .listeners_max = 16,
        .records_max = 65536,
        .blocks_max = 4096,
        .block_bytes = 4096,
        .neighbors_max = 256,
        .routes_max = 16,
        .replies_max = 256,
        .send_buffer_bytes = 256 * 1024,
        .receive_buffer_bytes = 512 * 1024,
        .rto_min = LULL_MS(200),
        .rto_initial = LULL_SEC(1),
        .delayed_ack = LULL_MS(40),
        .user_timeout = LULL_SEC(120),
        .syn_timeout = LULL_SEC(180),
        .ttl = 64,
        .features = LULL_FEATURE_TIMESTAMPS | LULL_FEATURE_WINDOW_SCALE | LULL_FEATURE_SACK,
    };
    lull_knobs_init(&config->knobs, LULL_PROFILE_DEFAULT);
}

static bool within(uint64_t value, uint64_t least, uint64_t most)
{
    return value >= least && value <= most;
}

/* docs/limits.md lists these ranges. */
static bool is_valid(const struct lull_stack_config *c)
{
    return within(c->sockets_max, 1, 1u << 27) && within(c->connections_max, 1, 1u << 27)
           && within(c->listeners_max, 1, 65535)
           && within(c->records_max, 0, TCP_RECORD_CAPACITY_MAX - (1u << 27))
           && within(c->blocks_max, 4, 1u << 30) && within(c->block_bytes, 256, 65536)
           && (c->block_bytes & (c->block_bytes - 1)) == 0 && within(c->neighbors_max, 1, 1u << 20)
           && within(c->routes_max, 1, 65535) && within(c->replies_max, 8, 1u << 20)
           && within(c->send_buffer_bytes, 256, 1u << 30)
           && within(c->receive_buffer_bytes, 256, 1u << 30)
           && within((uint64_t)c->rto_min, (uint64_t)LULL_MS(1), (uint64_t)LULL_SEC(60))
           && within((uint64_t)c->rto_initial, (uint64_t)LULL_MS(1), (uint64_t)LULL_SEC(60))
           && within((uint64_t)c->delayed_ack, 0, (uint64_t)LULL_MS(499))
           && within((uint64_t)c->user_timeout, (uint64_t)LULL_SEC(1), (uint64_t)LULL_SEC(86400))
           && within((uint64_t)c->syn_timeout, (uint64_t)LULL_SEC(1), (uint64_t)LULL_SEC(86400))
           && c->ttl > 0 && c->flaws <= LULL_FLAWS_ALL && lull_knobs_are_valid(&c->knobs);
}

/* Where every table lies.  With a measuring arena the pointers are NULL and @s too. */
static void lay_out(struct arena *arena, const struct lull_stack_config *c, struct lull_stack *s,
                    lull_time now)
{
    uint32_t references = c->connections_max + c->records_max;
    void *conns = arena_take(arena, pool_bytes(c->connections_max, sizeof(struct stack_conn)));
    void *endpoints = arena_take(arena, pool_bytes(c->sockets_max, sizeof(struct stack_endpoint)));
    void *listeners =
        arena_take(arena, pool_bytes(c->listeners_max, sizeof(struct stack_listener)));
    void *advice = arena_take(arena, stack_advice_bytes(c->sockets_max));
    void *blocks = arena_take(arena, block_pool_bytes(c->blocks_max, c->block_bytes));
    void *tuples = arena_take(arena, tuple_table_bytes(references));
    void *records = arena_take(arena, tcp_record_bytes(c->records_max));
    void *timers = arena_take(arena, timer_wheel_bytes(c->connections_max));
    void *neighbors = arena_take(arena, link_neighbor_bytes(c->neighbors_max));
    void *routes = arena_take(arena, ip_route_bytes(c->routes_max));
    void *replies = arena_take(arena, stack_reply_bytes(c->replies_max));
    void *unresolved = arena_take(arena, stack_reply_bytes(c->replies_max));
    void *ports = arena_take(arena, STACK_PORTS * sizeof(struct stack_port));

    if (s == NULL)
        return;
    pool_init(&s->conns, conns, c->connections_max, sizeof(struct stack_conn));
    pool_init(&s->endpoints, endpoints, c->sockets_max, sizeof(struct stack_endpoint));
    pool_init(&s->listeners, listeners, c->listeners_max, sizeof(struct stack_listener));
    stack_advice_init(s, advice);
    block_pool_init(&s->blocks, blocks, c->blocks_max, c->block_bytes);
    tuple_table_init(&s->tuples, tuples, references, references);
    tcp_record_init(&s->records, records, c->records_max);
    timer_wheel_init(&s->timers, timers, c->connections_max, now);
    link_neighbor_init(&s->neighbors, neighbors, c->neighbors_max, &s->neighbor_key);
    ip_route_init(routes, c->routes_max);
    rel_set(&s->routes, routes);
    stack_reply_init(&s->replies, replies, c->replies_max);
    stack_reply_init(&s->unresolved, unresolved, c->replies_max);
    rel_set(&s->ports, ports);
}

size_t lull_stack_bytes(const struct lull_stack_config *config)
{
    struct arena arena;

    if (!is_valid(config))
        return 0;
    arena_init(&arena, NULL, 0);
    arena_take(&arena, sizeof(struct lull_stack));
    lay_out(&arena, config, NULL, 0);
    return arena.wanted;
}

/* Every secret comes from the one seed, each for its own purpose. */
static void derive_keys(struct lull_stack *s)
{
    struct siphash_key root;
    memcpy(&root, s->config.seed, sizeof root);
    uint64_t second = siphash_bytes(&root, s->config.seed, sizeof s->config.seed);
    root.word[0] ^= second;

    s->tuple_key = siphash_derive(&root, 1);
    s->port_key = siphash_derive(&root, 2);
    s->tcp.isn_key = siphash_derive(&root, 3);
    s->tcp.timestamp_key = siphash_derive(&root, 4);
    prng_seed(&s->prng, siphash_derive(&root, 5).word[0]);
    s->echo.identifier = (uint16_t)prng_next(&s->prng);
    s->neighbor_key = siphash_derive(&root, 6);
    s->tcp.challenge_key = siphash_derive(&root, 7);
    s->listen_key = siphash_derive(&root, 8);
}

static void set_up_tcp(struct lull_stack *s)
{
    const struct lull_stack_config *c = &s->config;

    s->tcp.rto_min = c->rto_min;
    s->tcp.rto_initial = c->rto_initial > c->rto_min ? c->rto_initial : c->rto_min;
    s->tcp.rto_max = LULL_SEC(120);
    s->tcp.delayed_ack = c->delayed_ack;
    s->tcp.user_timeout = c->user_timeout;
    s->tcp.syn_timeout = c->syn_timeout;
    s->tcp.challenge_interval = LULL_MS(500);
    s->tcp.features = c->features;
    s->tcp.flaws = c->flaws;
    s->tcp.knobs = c->knobs;
}

/* A stack that forgot its connections keeps still until nobody else remembers them (RFC 9293
 * section 3.4.3).  Where no lease says when the one before it ended, time counts from now.  [REQ
 * QR-02] */
static lull_time quiet_end(const struct lull_knobs *knobs, lull_time now)
{
    if (knobs->value[LULL_KNOB_restart_mode] != LULL_RESTART_QUIET)
        return now;
    return now + LULL_MS(knobs->value[LULL_KNOB_quiet_ms]);
}

struct lull_stack *lull_stack_create(void *memory, size_t bytes,
                                     const struct lull_stack_config *config, lull_time now)
{
    struct arena arena;
    size_t wanted = lull_stack_bytes(config);

    if (wanted == 0 || bytes < wanted || memory == NULL || (uintptr_t)memory % 64 != 0)
        return NULL;
    arena_init(&arena, memory, bytes);
    struct lull_stack *s = arena_take(&arena, sizeof *s);
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->now = now;
    s->quiet_until = quiet_end(&config->knobs, now);
    derive_keys(s);
    lay_out(&arena, config, s, now);
    set_up_tcp(s);
    ip_icmp_limit_init(&s->icmp_limit, ICMP_ERRORS_PER_SECOND, ICMP_ERRORS_BURST);
    s->ready_first = s->ready_last = s->stuck_first = s->stuck_last = POOL_NONE;
    s->late_first = POOL_NONE;
    s->event_first = s->event_last = POOL_NONE;
    return s;
}

enum lull_error lull_stack_set_knob(struct lull_stack *s, enum lull_knob knob, int64_t value)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    struct lull_knobs wanted = s->tcp.knobs;

    if (info != NULL && info->scope == LULL_KNOB_AT_CREATION)
        return LULL_EOPNOTSUPP;
    enum lull_error error = lull_knobs_set(&wanted, knob, value);
    if (error != LULL_OK)
        return error;
    if (!lull_knobs_are_valid(&wanted))
        return LULL_EINVAL; /* the ephemeral range would be out of order */
    if (knob == LULL_KNOB_tw_msl_ms)
        tcp_record_change_msl(&s->records, (uint32_t)s->tcp.knobs.value[knob], (uint32_t)value);
    if (knob == LULL_KNOB_fw2_orphan_ms && value < s->tcp.knobs.value[knob])
        tcp_record_shorten_patience(&s->records);
    s->tcp.knobs = wanted;
    return LULL_OK;
}

int64_t lull_stack_knob(const struct lull_stack *s, enum lull_knob knob)
{
    return (unsigned)knob < LULL_KNOB_COUNT ? s->tcp.knobs.value[knob] : 0;
}

void lull_stack_set_trace(struct lull_stack *s, lull_trace_sink *sink, void *context)
{
    s->trace = (struct trace){sink, context};
}

/* Time never goes back; a caller's clock that does is held still.  One that was suspended may leap,
 * but records compare the low halves of instants: they are shown every week of it.  [REQ TT-08] */
static void set_now(struct lull_stack *s, lull_time now)
{
    while (s->records.used > 0 && now - s->now > WEEK) {
        s->now += WEEK;
        stack_record_expire(s);
    }
    if (now > s->now)
        s->now = now;
    if (s->late_first != POOL_NONE)
        stack_late_date(s);
}

void lull_stack_input(struct lull_stack *s, const struct lull_input *frames, unsigned count,
                      lull_time now)
{
    set_now(s, now);
    stack_record_expire(s);
    for (unsigned i = 0; i < count; i++)
        stack_input_frame(s, &frames[i]);
    stack_user_feed(s);
}

int lull_stack_output(struct lull_stack *s, lull_time now, struct lull_frame *frame)
{
    set_now(s, now);
    if (stack_is_quiet(s) || !stack_output_next(s, frame))
        return 0;
    STACK_COUNT(s, IpOutRequests);
    TRACE(&s->trace, s->now, 0, frame_out, frame->interface, frame->total_bytes, 0);
    return 1;
}

lull_time lull_stack_next_deadline(const struct lull_stack *s)
{
    if (stack_is_quiet(s))
        return s->quiet_until; /* there is neither a connection nor a record */
    lull_time next = timer_wheel_next(&s->timers);
    next = time_earlier(next, tcp_record_next(&s->records, s->now));
    return time_earlier(next, link_neighbor_deadline(&s->neighbors));
}

/* Answers that waited for a neighbour try again. */
static void retry_unresolved(struct lull_stack *s)
{
    struct stack_reply *reply;

    while ((reply = stack_reply_first(&s->unresolved)) != NULL) {
        stack_reply_push(s, &s->replies, reply);
        stack_reply_pop(&s->unresolved);
    }
}

void stack_resolution_review(struct lull_stack *s)
{
    if (s->neighbors.changes == s->neighbor_changes)
        return;
    s->neighbor_changes = s->neighbors.changes;
    stack_conn_unstick(s);
    retry_unresolved(s);
}

static void fire_timers(struct lull_stack *s)
{
    uint32_t index;

    while ((index = timer_wheel_expire(&s->timers, s->now)) != TIMER_NONE) {
        struct tcp_env env = stack_env(s);
        tcp_timeout_fire(&env, &stack_conn_at(s, index)->tcp);
        stack_linger_fire(s, index, &env);
        stack_conn_settle(s, index, &env);
    }
}

void lull_stack_advance(struct lull_stack *s, lull_time now)
{
    set_now(s, now);
    stack_record_expire(s);
    fire_timers(s);
    if (link_neighbor_advance(&s->neighbors, s->now))
        STACK_COUNT(s, ArpFailures);
    stack_resolution_review(s);
    stack_user_feed(s);
}

uint64_t lull_stack_counter(const struct lull_stack *s, enum lull_counter counter)
{
    return (unsigned)counter < LULL_COUNTER_COUNT ? s->counters[counter] : 0;
}

void lull_stack_usage(const struct lull_stack *s, struct lull_usage *usage)
{
    *usage = (struct lull_usage){
        .sockets = pool_used(&s->endpoints) - s->lingered,
        .connections = pool_used(&s->conns),
        .orphans = s->orphans.count,
        .listeners = pool_used(&s->listeners),
        .records = s->records.used,
        .blocks = block_pool_used(&s->blocks),
        .neighbors = pool_used(&s->neighbors.entries),
        .routes = stack_routes(s)->count,
        .oldest_overdue = s->oldest_overdue,
    };
}
