/* court.h - a world of C and S with a judge, and ways to lie to him: events that did not happen,
 * tables that are spoilt.  Packets are kept as they are sent, to be told or sent again. */
#ifndef TESTS_SUPPORT_COURT_H
#define TESTS_SUPPORT_COURT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internet.h"
#include "sim/sim_judge.h"
#include "stack/stack_object.h"
#include "stack/stack_record.h"
#include "tcp/tcp_state.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define MSL_MS 2000

/* What a host sent last, of each sort. */
enum { SYN, FIN, TEXT, ACK, RESET, SORTS };

struct sample {
    uint8_t bytes[SIM_PACKET_BYTES_MAX];
    size_t len;
    struct sim_ghost ghost;
};

struct court {
    struct lull_stack_config config;
    struct sim_plan plan;
    struct sim_world *world;
    struct sim_judge *judge;
    lull_socket listener;
    uint32_t streams[2];
    struct sample samples[2][SORTS];
};

static inline void keep(void *context, const struct sim_event *e)
{
    struct court *c = context;

    if (e->kind != SIM_SENT || e->segment == NULL || e->node > INTERNET_S)
        return;
    const unsigned flags = e->segment->flags;
    const unsigned sort = flags & TCP_RST            ? RESET
                          : flags & TCP_SYN          ? SYN
                          : flags & TCP_FIN          ? FIN
                          : e->segment->text.len > 0 ? TEXT
                                                     : ACK;
    struct sample *s = &c->samples[e->node][sort];
    memcpy(s->bytes, e->packet.data, e->packet.len);
    s->len = e->packet.len;
    s->ghost = *e->ghost;
}

static inline struct court *court(uint64_t seed)
{
    struct court *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->plan = internet_wire(seed);
    c->config = *c->plan.nodes[INTERNET_C].config;
    c->config.knobs.value[LULL_KNOB_tw_msl_ms] = MSL_MS;
    c->plan.nodes[INTERNET_C].config = c->plan.nodes[INTERNET_S].config = &c->config;
    return c;
}

/* Only @invariant is judged; 0: all are. */
static inline void sit(struct court *c, unsigned invariant)
{
    const struct sim_invariant_options options = {
        .ignored = invariant == 0 ? 0 : ~(1u << invariant), .msl = LULL_MS(MSL_MS)};

    if (c->world == NULL)
        c->world = internet_open(&c->plan);
    c->judge = sim_invariant_init(malloc(sim_invariant_bytes(&c->plan)), c->world, &options);
    sim_world_watch(c->world, keep, c);
}

static inline struct court *court_about(unsigned invariant)
{
    struct court *c = court(1);

    sit(c, invariant);
    return c;
}

static inline void rise(struct court *c)
{
    free(c->judge);
    free(c->world);
    free(c);
}

static inline void wait_ms(struct court *c, int64_t ms)
{
    sim_world_run(c->world, c->world->now + LULL_MS(ms));
}

static inline void connect_both(struct court *c)
{
    if (c->world->stream_count == 0)
        c->listener = internet_listen(c->world);
    internet_connect(c->world, c->listener, c->streams);
}

static inline void say(struct court *c, unsigned end, size_t octets)
{
    uint32_t other = c->streams[1 - end];

    assert_int_equal(sim_call_send(c->world, c->streams[end], octets), octets);
    wait_ms(c, 100);
    assert_int_equal(sim_call_receive(c->world, other, SIM_CALL_BYTES_MAX), octets);
}

static inline void leave(struct court *c, unsigned end)
{
    const struct sim_stream *s = &c->world->streams[c->streams[end]];

    assert_int_equal(sim_call_close(c->world, s->host, s->socket), LULL_OK);
    wait_ms(c, 100);
}

/* An end reads to the end, so that closing resets nothing. */
static inline void read_all(struct court *c, unsigned end)
{
    while (sim_call_receive(c->world, c->streams[end], SIM_CALL_BYTES_MAX) > 0)
        continue;
}

/* @first closes first, and has a record then. */
static inline void part(struct court *c, unsigned first)
{
    leave(c, first);
    read_all(c, 1 - first);
    leave(c, 1 - first);
}

static inline void must_accuse(const struct court *c, unsigned invariant, unsigned node,
                               const char *says)
{
    const struct sim_violation *v = sim_invariant_violation(c->judge, 0);

    assert_non_null(v);
    assert_int_equal(v->invariant, invariant);
    assert_int_equal(v->node, node);
    if (strstr(v->text, says) == NULL)
        fail_msg("INV-%02u says: %s", invariant, v->text);
    assert_true(sim_invariant_looked(c->judge, invariant) > 0 || invariant == 13);
}

static inline void must_name_the_tuple(const struct court *c)
{
    const struct sim_violation *v = sim_invariant_violation(c->judge, 0);

    assert_int_equal(v->local.port,
                     v->node == INTERNET_C ? INTERNET_CLIENT_PORT : INTERNET_SERVER_PORT);
    assert_int_equal(v->remote.port,
                     v->node == INTERNET_C ? INTERNET_SERVER_PORT : INTERNET_CLIENT_PORT);
    assert_memory_equal(&v->local.address, &c->world->nodes[v->node].address,
                        sizeof v->local.address);
}

static inline void must_be_silent(const struct court *c, unsigned invariant)
{
    const struct sim_violation *v = sim_invariant_violation(c->judge, 0);

    if (v != NULL)
        fail_msg("INV-%02u at %lld: %s", v->invariant, (long long)v->at, v->text);
    assert_int_equal(sim_invariant_violations(c->judge), 0);
    if (invariant != 0)
        assert_true(sim_invariant_looked(c->judge, invariant) > 0);
}

/* --- events that did not happen ---------------------------------------------------------- */

static inline void tell_packet(struct court *c, enum sim_event_kind kind, unsigned node,
                               const struct sample *s)
{
    sim_world_tell(c->world, &(struct sim_event){.kind = kind,
                                                 .node = (uint8_t)node,
                                                 .packet = {s->bytes, s->len},
                                                 .ghost = &s->ghost});
}

static inline void tell_settled(struct court *c, unsigned node)
{
    sim_world_tell(c->world, &(struct sim_event){.kind = SIM_SETTLED, .node = (uint8_t)node});
}

static inline void tell_trace(struct court *c, unsigned node, const struct lull_trace_record *r)
{
    sim_world_tell(c->world,
                   &(struct sim_event){.kind = SIM_TRACED, .node = (uint8_t)node, .trace = r});
}

static inline void tell_state(struct court *c, unsigned node, uint32_t from, uint32_t to)
{
    const struct lull_trace_record r = {.event = LULL_TRACE_tcp_state, .arg = {from, to, 0}};
    tell_trace(c, node, &r);
}

static inline void tell_call(struct court *c, unsigned node, const struct sim_call *call)
{
    sim_world_tell(c->world,
                   &(struct sim_event){.kind = SIM_CALLED, .node = (uint8_t)node, .call = call});
}

/* Fields of a sample, as it would have been sent: sums are not looked at by observers. */
static inline void set32(struct sample *s, size_t field, uint32_t value)
{
    store_be32(s->bytes + IPV4_HEADER_BYTES + field, value);
}

static inline uint32_t get32(const struct sample *s, size_t field)
{
    return load_be32(s->bytes + IPV4_HEADER_BYTES + field);
}

enum { SEQ = 4, ACKED = 8 };

static inline void set_flags(struct sample *s, uint8_t flags)
{
    s->bytes[IPV4_HEADER_BYTES + 13] = flags;
}

static inline struct lull_stack *stack_of(const struct court *c, unsigned node)
{
    return c->world->nodes[node].stack;
}

static inline struct tcp_record *record_of(const struct court *c, unsigned node)
{
    const struct tcp_records *t = &stack_of(c, node)->records;

    for (uint32_t i = 0; i < t->high_water; i++)
        if (tcp_record_is_live(t, i))
            return tcp_record_at(t, i);
    return NULL;
}

/* Its record ends, for a reason the stack had not. */
static inline void end_record(const struct court *c, unsigned node, enum lull_record_end why)
{
    struct lull_stack *stack = stack_of(c, node);
    stack_record_end(stack, (uint32_t)(record_of(c, node) - tcp_record_at(&stack->records, 0)),
                     why);
}

/* A copy of what was captured comes to @node, as if the network had held it. */
static inline void inject(struct court *c, unsigned from, const struct sample *s)
{
    sim_world_inject(c->world, from, (struct span){s->bytes, s->len});
    wait_ms(c, 8);
}

#endif
