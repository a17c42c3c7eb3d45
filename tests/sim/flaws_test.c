/* Each flaw does what its text says, and a stack without flaws does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internet.h"
#include "wire/checksum.h"

static struct lull_stack_config config;

/* C closes first and S @patience later. */
static struct sim_world *closed_world(uint32_t flaws, lull_duration patience, lull_socket *listener)
{
    struct sim_plan plan = internet_wire(7);
    uint32_t streams[2];

    config = *plan.nodes[INTERNET_C].config;
    config.flaws = (uint8_t)flaws;
    plan.nodes[INTERNET_C].config = plan.nodes[INTERNET_S].config = &config;
    struct sim_world *w = internet_open(&plan);
    *listener = internet_listen(w);
    internet_connect(w, *listener, streams);
    assert_int_equal(sim_call_close(w, INTERNET_C, w->streams[streams[0]].socket), LULL_OK);
    sim_world_run(w, w->now + patience);
    assert_int_equal(sim_call_close(w, INTERNET_S, w->streams[streams[1]].socket), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(1));
    return w;
}

static unsigned records(const struct sim_world *w, unsigned host)
{
    struct lull_usage usage;

    lull_stack_usage(w->nodes[host].stack, &usage);
    return usage.records;
}

/* Seconds after the close at which C's record is gone, or 99. */
static int gone_after(uint32_t flaws, lull_duration patience)
{
    lull_socket listener;
    struct sim_world *w = closed_world(flaws, patience, &listener);
    int seconds = 0;

    while (records(w, INTERNET_C) > 0 && seconds < 99) {
        sim_world_run(w, w->now + LULL_SEC(1));
        seconds++;
    }
    free(w);
    return seconds;
}

static void time_wait_can_be_nothing_or_half_or_stale(void **state)
{
    (void)state;
    assert_in_range(gone_after(0, LULL_SEC(20)), 59, 60);
    assert_int_equal(gone_after(LULL_FLAW_NO_TIME_WAIT, LULL_SEC(20)), 0);
    assert_in_range(gone_after(LULL_FLAW_ONE_MSL, LULL_SEC(20)), 29, 30);
    assert_in_range(gone_after(LULL_FLAW_STALE_STAMP, LULL_SEC(20)), 39, 40);
}

/* S closes first, so the record is there; an old SYN of C's is repeated. */
static unsigned opened_by_old_syn(uint32_t flaws, unsigned *left)
{
    lull_socket listener;
    struct sim_plan plan = internet_wire(8);
    uint32_t streams[2];
    uint8_t syn[100];
    size_t bytes = 0;

    config = *plan.nodes[INTERNET_C].config;
    config.flaws = (uint8_t)flaws;
    plan.nodes[INTERNET_C].config = plan.nodes[INTERNET_S].config = &config;
    struct sim_world *w = internet_open(&plan);
    listener = internet_listen(w);
    internet_connect(w, listener, streams);
    const struct sim_voice *v = &w->ledger.voices[0];
    struct ipv4_header ip = {.source = v->local.address,
                             .destination = v->remote.address,
                             .protocol = IPV4_TCP,
                             .ttl = 64,
                             .total_bytes = 40};
    bytes = ipv4_emit(&ip, syn);
    syn[bytes + 0] = (uint8_t)(v->local.port >> 8);
    syn[bytes + 1] = (uint8_t)v->local.port;
    syn[bytes + 2] = (uint8_t)(v->remote.port >> 8);
    syn[bytes + 3] = (uint8_t)v->remote.port;
    store_be32(syn + bytes + 4, v->iss.raw);
    memset(syn + bytes + 8, 0, 12);
    syn[bytes + 12] = 5 << 4;
    syn[bytes + 13] = TCP_SYN;
    store_be16(syn + bytes + 14, 1000);
    assert_int_equal(sim_call_close(w, INTERNET_S, w->streams[streams[1]].socket), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_call_close(w, INTERNET_C, w->streams[streams[0]].socket), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(records(w, INTERNET_S), 1);
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &(struct checksum_pseudo){ip.source, ip.destination, IPV4_TCP, 20});
    checksum_add(&sum, syn + bytes, 20);
    store_be16(syn + bytes + 16, checksum_finish(&sum));
    sim_world_inject(w, INTERNET_C, (struct span){syn, 40});
    sim_world_run(w, w->now + LULL_MS(8));
    struct lull_usage usage;
    lull_stack_usage(w->nodes[INTERNET_S].stack, &usage);
    *left = records(w, INTERNET_S);
    free(w);
    return usage.connections;
}

static void a_listener_can_be_asked_before_the_record(void **state)
{
    unsigned left;

    (void)state;
    assert_int_equal(opened_by_old_syn(0, &left), 0);
    assert_int_equal(left, 1);
    assert_int_equal(opened_by_old_syn(LULL_FLAW_LISTENER_FIRST, &left), 1);
    assert_int_equal(left, 1);
    assert_int_equal(
        opened_by_old_syn(LULL_FLAW_LISTENER_FIRST | LULL_FLAW_DESTROY_ON_REUSE, &left), 1);
    assert_int_equal(left, 0);
}

static void flaws_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LULL_FLAW_COUNT; i++) {
        assert_int_equal(lull_flaw_named(lull_flaw_name(i)), 1u << i);
        assert_non_null(lull_flaw_text(i));
    }
    assert_null(lull_flaw_name(LULL_FLAW_COUNT));
    assert_int_equal(lull_flaw_named("no-time"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_wait_can_be_nothing_or_half_or_stale),
        cmocka_unit_test(a_listener_can_be_asked_before_the_record),
        cmocka_unit_test(flaws_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
