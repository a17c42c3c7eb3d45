/* Faults that name their packet by what it is. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "internet.h"

/* --- what a pick finds ------------------------------------------------------------------- */

static struct sim_world *world;

/* Does @pick find the FIN of C's second incarnation as it enters link 1 at R1? */
static bool finds(const struct sim_pick *pick, uint8_t node, const struct sim_ghost *ghost)
{
    static const struct tcp_segment fin = {
        .source_port = 7, .destination_port = 9, .flags = TCP_FIN | TCP_ACK};
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &fin};
    uint8_t bytes[INTERNET_FORGERY_BYTES];
    const struct span packet = {bytes, internet_write(world, &forgery, bytes)};
    const struct sim_passage passage = {.packet = {packet, ghost}, .node = node, .link = 1};

    return sim_pick_finds(pick, &passage);
}

static const struct sim_ghost ghost_of_c = {.host = INTERNET_C, .incarnation = 2};

static void a_pick_is_what_it_says(void **state)
{
    static const struct {
        struct sim_pick pick;
        bool found;
    } cases[] = {
        {{.from = SIM_PICK_ANYBODY, .link = SIM_PICK_FIRST}, true},
        {{.from = INTERNET_C, .link = SIM_PICK_FIRST}, true},
        {{.from = INTERNET_S, .link = SIM_PICK_FIRST}, false},
        {{.from = INTERNET_C, .link = 1}, true},
        {{.from = INTERNET_C, .link = 0}, false},
        {{.from = INTERNET_C, .link = 1, .flags = TCP_FIN}, true},
        {{.from = INTERNET_C, .link = 1, .flags = TCP_FIN | TCP_ACK}, true},
        {{.from = INTERNET_C, .link = 1, .flags = TCP_FIN | TCP_RST}, false},
        {{.from = INTERNET_C, .link = 1, .not_flags = TCP_RST}, true},
        {{.from = INTERNET_C, .link = 1, .not_flags = TCP_RST | TCP_ACK}, false},
        {{.from = INTERNET_C, .link = 1, .text = SIM_PICK_WITHOUT_TEXT}, true},
        {{.from = INTERNET_C, .link = 1, .text = SIM_PICK_WITH_TEXT}, false},
        {{.from = INTERNET_C, .link = 1, .incarnation = 2}, true},
        {{.from = INTERNET_C, .link = 1, .incarnation = 1}, false},
    };

    (void)state;
    const struct sim_plan plan = internet_triangle(1);
    world = internet_open(&plan);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (finds(&cases[i].pick, INTERNET_C, &ghost_of_c) != cases[i].found)
            fail_msg("case %zu", i);
    free(world);
}

static void a_packet_is_first_where_it_leaves_its_host(void **state)
{
    const struct sim_pick first = {.from = INTERNET_C, .link = SIM_PICK_FIRST};
    const struct sim_pick at_link = {.from = INTERNET_C, .link = 1};

    (void)state;
    const struct sim_plan plan = internet_triangle(1);
    world = internet_open(&plan);
    assert_true(finds(&first, INTERNET_C, &ghost_of_c));
    assert_false(finds(&first, INTERNET_R1, &ghost_of_c));
    assert_true(finds(&at_link, INTERNET_R1, &ghost_of_c));
    free(world);
}

static void doubles_and_damaged_ones_are_not_found(void **state)
{
    const struct sim_pick pick = {.from = INTERNET_C, .link = 1};
    struct sim_ghost ghost = ghost_of_c;

    (void)state;
    const struct sim_plan plan = internet_triangle(1);
    world = internet_open(&plan);
    ghost.copy = 1;
    assert_false(finds(&pick, INTERNET_R1, &ghost));
    ghost.copy = 0;
    ghost.damaged = true;
    assert_false(finds(&pick, INTERNET_R1, &ghost));
    free(world);
}

static void a_decision_leaves_the_jitter(void **state)
{
    const struct sim_pick pick = {.fate = {.duplicated = true, .age = {7}}};
    struct sim_fate fate = {.lost = true, .jitter = {3, 4}};

    (void)state;
    sim_pick_decide(&pick, &fate);
    assert_false(fate.lost);
    assert_true(fate.duplicated);
    assert_int_equal(fate.age[0], 7);
    assert_int_equal(fate.jitter[0], 3);
    assert_int_equal(fate.jitter[1], 4);
}

/* --- what happens then ------------------------------------------------------------------- */

/* The FINs of S, as they leave and as they come. */
static struct {
    lull_time left[8], came[8], came_double;
    unsigned lefts, comes;
} fins;

static void watch(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->segment == NULL || !(e->segment->flags & TCP_FIN) || e->ghost->host != INTERNET_S)
        return;
    if (e->kind == SIM_SENT && fins.lefts < 8)
        fins.left[fins.lefts++] = e->at;
    if (e->kind == SIM_ARRIVES && e->ghost->copy != 0)
        fins.came_double = e->at;
    else if (e->kind == SIM_ARRIVES && fins.comes < 8)
        fins.came[fins.comes++] = e->at;
}

/* C closes first, then S; @log_of gets the faults. */
static uint64_t close_both(const struct sim_plan *plan, struct sim_fault *log, uint32_t *count)
{
    struct sim_world *w = internet_open(plan);
    uint32_t streams[2];

    memset(&fins, 0, sizeof fins);
    sim_world_watch(w, watch, NULL);
    internet_connect(w, internet_listen(w), streams);
    (void)sim_call_close(w, INTERNET_C, w->streams[streams[0]].socket);
    sim_world_run(w, w->now + LULL_SEC(1));
    (void)sim_call_close(w, INTERNET_S, w->streams[streams[1]].socket);
    sim_world_run(w, w->now + LULL_SEC(100));
    const uint64_t hash = w->trace_hash;
    *count = w->log_count;
    memcpy(log, w->log, w->log_count * sizeof *log);
    free(w);
    return hash;
}

static struct sim_plan plan_with(const struct sim_pick *picks, uint32_t count)
{
    struct sim_plan plan = internet_triangle(5);

    plan.picks = picks;
    plan.pick_count = count;
    return plan;
}

static void the_nth_is_the_nth(void **state)
{
    const struct sim_pick picks[] = {
        {.from = INTERNET_S, .link = SIM_PICK_FIRST, .flags = TCP_FIN, .nth = 1, .fate = {true}},
        {.from = INTERNET_S, .link = SIM_PICK_FIRST, .flags = TCP_FIN, .nth = 3, .fate = {true}},
    };
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    struct sim_plan plan = plan_with(picks, 1);
    (void)close_both(&plan, log, &count);
    assert_int_equal(fins.lefts, 2);
    assert_int_equal(fins.comes, 1);
    assert_int_equal(fins.came[0], fins.left[1] + LULL_MS(15));
    assert_int_equal(count, 1);
    assert_int_equal(log[0].link, 2);
    assert_int_equal(log[0].direction, 1);
    assert_true(log[0].fate.lost);

    plan = plan_with(picks + 1, 1); /* there is no third */
    (void)close_both(&plan, log, &count);
    assert_int_equal(fins.lefts, 1);
    assert_int_equal(count, 0);
}

static void each_one_may_be_meant(void **state)
{
    const struct sim_pick pick = {
        .from = INTERNET_S, .link = SIM_PICK_FIRST, .flags = TCP_FIN, .fate = {.lost = true}};
    struct sim_plan plan = plan_with(&pick, 1);
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    (void)close_both(&plan, log, &count);
    assert_true(fins.lefts > 4);
    assert_int_equal(fins.comes, 0);
    assert_true(count > 4);
}

static void a_packet_can_be_held_to_the_nanosecond(void **state)
{
    const struct sim_pick pick = {.from = INTERNET_S,
                                  .link = 1, /* between R2 and R1 */
                                  .flags = TCP_FIN,
                                  .nth = 1,
                                  .fate = {.age = {LULL_SEC(30) - LULL_MS(5)}}};
    struct sim_plan plan = plan_with(&pick, 1);
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    (void)close_both(&plan, log, &count); /* one more link of 5 ms */
    assert_int_equal(fins.came[fins.comes - 1], fins.left[0] + LULL_SEC(30));
    assert_true(fins.comes >= 2); /* the FIN that was sent again has come before */
    assert_int_equal(count, 1);
}

static void a_double_alone_can_be_held(void **state)
{
    const struct sim_pick pick = {.from = INTERNET_S,
                                  .link = 0, /* the last one */
                                  .flags = TCP_FIN,
                                  .nth = 1,
                                  .fate = {.duplicated = true, .age = {0, LULL_SEC(22)}}};
    struct sim_plan plan = plan_with(&pick, 1);
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    (void)close_both(&plan, log, &count);
    assert_int_equal(fins.lefts, 1);
    assert_int_equal(fins.comes, 1);
    assert_int_equal(fins.came[0], fins.left[0] + LULL_MS(15));
    assert_int_equal(fins.came_double, fins.left[0] + LULL_SEC(22));
}

static void what_was_picked_can_be_repeated_by_ordinals(void **state)
{
    const struct sim_pick pick = {
        .from = INTERNET_S, .link = 1, .flags = TCP_FIN, .nth = 1, .fate = {.age = {LULL_SEC(30)}}};
    struct sim_plan plan = plan_with(&pick, 1);
    struct sim_fault log[64], again[64];
    uint32_t count, count_again;

    (void)state;
    const uint64_t hash = close_both(&plan, log, &count);
    plan.chosen = true;
    plan.faults = log;
    plan.fault_count = count;
    assert_true(hash == close_both(&plan, again, &count_again));
    assert_int_equal(count_again, count);
    plan.fault_count = 0; /* and the picks are not asked */
    assert_true(hash != close_both(&plan, again, &count_again));
    assert_int_equal(count_again, 0);
}

static void picks_can_be_added_while_the_world_runs(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    const struct sim_pick pick = {.from = INTERNET_C,
                                  .link = SIM_PICK_FIRST,
                                  .text = SIM_PICK_WITH_TEXT,
                                  .nth = 2,
                                  .fate = {.lost = true}};
    uint32_t streams[2];

    (void)state;
    struct sim_world *w = internet_open(&plan);
    internet_connect(w, internet_listen(w), streams);
    (void)sim_call_send(w, streams[0], 10); /* does not count: it was not asked for yet */
    sim_world_run(w, w->now + LULL_SEC(1));
    sim_world_pick(w, &pick);
    for (int i = 0; i < 3; i++) {
        (void)sim_call_send(w, streams[0], 10);
        sim_world_run(w, w->now + LULL_MS(100));
        assert_int_equal(w->events[SIM_DOOMED], i >= 1);
    }
    free(w);
}

static void too_many_picks_make_no_plan(void **state)
{
    static const struct sim_pick picks[SIM_PICKS_MAX + 1];
    struct sim_plan plan = plan_with(picks, SIM_PICKS_MAX);

    (void)state;
    assert_int_not_equal(sim_world_bytes(&plan), 0);
    plan.pick_count++;
    assert_int_equal(sim_world_bytes(&plan), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pick_is_what_it_says),
        cmocka_unit_test(a_packet_is_first_where_it_leaves_its_host),
        cmocka_unit_test(doubles_and_damaged_ones_are_not_found),
        cmocka_unit_test(a_decision_leaves_the_jitter),
        cmocka_unit_test(the_nth_is_the_nth),
        cmocka_unit_test(each_one_may_be_meant),
        cmocka_unit_test(a_packet_can_be_held_to_the_nanosecond),
        cmocka_unit_test(a_double_alone_can_be_held),
        cmocka_unit_test(what_was_picked_can_be_repeated_by_ordinals),
        cmocka_unit_test(picks_can_be_added_while_the_world_runs),
        cmocka_unit_test(too_many_picks_make_no_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
