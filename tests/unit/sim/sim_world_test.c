#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internet.h"
#include "sim/sim_world.h"

static const char *state_of(const struct sim_world *w, unsigned host)
{
    struct lull_row row;
    uint64_t cursor = 0;

    while (lull_stack_list(w->nodes[host].stack, &cursor, &row))
        if (row.kind != LULL_ROW_LISTENER)
            return row.state;
    return "CLOSED";
}

static void close_stream(struct sim_world *w, uint32_t stream)
{
    const struct sim_stream *s = &w->streams[stream];

    assert_int_equal(sim_call_close(w, s->host, s->socket), LULL_OK);
}

static void a_connection_opens_talks_and_closes(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    uint32_t streams[2];

    (void)state;
    internet_connect(w, internet_listen(w), streams);
    assert_int_equal(sim_call_send(w, streams[0], 1000), 1000);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 1000);
    assert_int_equal(sim_call_receive(w, streams[1], 4096), LULL_EAGAIN);

    close_stream(w, streams[0]);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 0);
    close_stream(w, streams[1]);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_string_equal(state_of(w, INTERNET_C), "TIME-WAIT");
    assert_string_equal(state_of(w, INTERNET_S), "CLOSED");
    sim_world_run(w, w->now + LULL_SEC(61));
    assert_string_equal(state_of(w, INTERNET_C), "CLOSED");
    assert_true(sim_world_is_quiet(w));
    free(w);
}

struct duplicates {
    unsigned forwarded, expired, arrived, icmp;
    lull_time arrived_at;
    uint64_t number;
};

static void count(void *context, const struct sim_event *e)
{
    struct duplicates *d = context;
    const bool text = e->segment != NULL && e->segment->text.len > 0;

    if (e->kind == SIM_SENT && text && d->number == 0)
        d->number = e->ghost->number;
    if (e->kind == SIM_SENT && e->segment == NULL)
        d->icmp++;
    if (e->ghost == NULL || e->ghost->number != d->number)
        return;
    d->forwarded += e->kind == SIM_FORWARDED;
    d->expired += e->kind == SIM_EXPIRED;
    if (e->kind == SIM_ARRIVES) {
        d->arrived++;
        d->arrived_at = e->at;
    }
}

/* R1 and R2 send what is for S to each other. */
static void begin_loop(struct sim_world *w)
{
    sim_router_route(w, INTERNET_R2, INTERNET_S,
                     sim_router_link_between(w, INTERNET_R1, INTERNET_R2));
}

static void a_routing_loop_holds_a_packet_until_it_heals(void **state)
{
    struct sim_plan plan = internet_triangle(2);
    struct duplicates d = {0};
    uint32_t streams[2];

    (void)state;
    plan.links[1].options.delay = LULL_MS(400);
    struct sim_world *w = internet_open(&plan);
    sim_world_watch(w, count, &d);
    internet_connect(w, internet_listen(w), streams);
    begin_loop(w);
    const lull_time sent = w->now;
    (void)sim_call_send(w, streams[0], 500);
    sim_world_run(w, sent + LULL_MS(300));
    sim_router_route(w, INTERNET_R1, INTERNET_S,
                     sim_router_link_between(w, INTERNET_R1, INTERNET_R2));
    sim_world_run(w, sent + LULL_SEC(10));
    assert_int_equal(d.arrived, 0);
    sim_router_converge(w);
    sim_world_run(w, sent + LULL_SEC(12));
    assert_int_equal(d.arrived, 1);
    assert_true(d.arrived_at > sent + LULL_SEC(10));
    assert_int_equal(d.expired, 0);
    free(w);
}

static void a_hop_limit_runs_out_and_the_sender_is_told(void **state)
{
    const struct sim_plan plan = internet_triangle(3);
    struct sim_world *w = internet_open(&plan);
    struct duplicates d = {0};
    uint32_t streams[2];

    (void)state;
    sim_world_watch(w, count, &d);
    internet_connect(w, internet_listen(w), streams);
    begin_loop(w);
    (void)sim_call_send(w, streams[0], 500);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(d.expired, 1);
    assert_int_equal(d.arrived, 0);
    assert_int_equal(d.forwarded, 63);
    assert_true(d.icmp >= 1);
    free(w);
}

static struct sim_plan noisy(uint64_t seed)
{
    struct sim_plan plan = internet_wire(seed);
    struct sim_link_options *o = &plan.links[0].options;

    o->loss_ppm = o->duplicate_ppm = o->reorder_ppm = o->corrupt_ppm = o->truncate_ppm = 60000;
    o->jitter = LULL_MS(3);
    return plan;
}

/* Its trace hash; the faults that happened are left in @log. */
static uint64_t run_noisy(const struct sim_plan *plan, struct sim_fault *log, uint32_t *count)
{
    struct sim_world *w = internet_open(plan);
    uint32_t streams[2];

    internet_connect(w, internet_listen(w), streams);
    for (int i = 0; i < 20; i++) {
        (void)sim_call_send(w, streams[0], 700);
        sim_world_run(w, w->now + LULL_SEC(1));
        (void)sim_call_receive(w, streams[1], 4096);
    }
    close_stream(w, streams[0]);
    close_stream(w, streams[1]);
    sim_world_run(w, w->now + LULL_SEC(200));
    const uint64_t hash = w->trace_hash;
    assert_int_equal(w->log_dropped, 0);
    if (log != NULL)
        memcpy(log, w->log, w->log_count * sizeof *log);
    if (count != NULL)
        *count = w->log_count;
    free(w);
    return hash;
}

static void the_same_seed_gives_the_same_run_and_another_one_another(void **state)
{
    struct sim_plan plan = noisy(4);

    (void)state;
    const uint64_t first = run_noisy(&plan, NULL, NULL);
    assert_true(first == run_noisy(&plan, NULL, NULL));
    plan.seed = 5;
    assert_true(first != run_noisy(&plan, NULL, NULL));
}

static void faults_that_are_named_give_the_same_run_without_chance(void **state)
{
    struct sim_plan plan = noisy(6);
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    const uint64_t first = run_noisy(&plan, log, &count);
    assert_true(count > 3);
    plan.chosen = true;
    plan.faults = log;
    plan.fault_count = count;
    assert_true(first == run_noisy(&plan, NULL, NULL));
    plan.fault_count = 0;
    assert_true(first != run_noisy(&plan, NULL, &count));
    assert_int_equal(count, 0);
}

static void plans_that_make_no_sense_are_refused(void **state)
{
    struct sim_plan plan = internet_wire(1);

    (void)state;
    plan.links[0].ends[1] = 7;
    assert_int_equal(sim_world_bytes(&plan), 0);
    plan = internet_wire(1);
    plan.nodes[INTERNET_C].config = NULL;
    assert_int_equal(sim_world_bytes(&plan), 0);
    plan = internet_wire(1);
    plan.links[1] = plan.links[0];
    plan.link_count = 2;
    assert_int_equal(sim_world_bytes(&plan), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_opens_talks_and_closes),
        cmocka_unit_test(a_routing_loop_holds_a_packet_until_it_heals),
        cmocka_unit_test(a_hop_limit_runs_out_and_the_sender_is_told),
        cmocka_unit_test(the_same_seed_gives_the_same_run_and_another_one_another),
        cmocka_unit_test(faults_that_are_named_give_the_same_run_without_chance),
        cmocka_unit_test(plans_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
