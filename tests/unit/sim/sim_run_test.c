/* One seed from its beginning to its end. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_run.h"

static void *memory;

static int open_memory(void **state)
{
    (void)state;
    memory = aligned_alloc(64, (sim_run_bytes() + 63) / 64 * 64);
    return memory == NULL;
}

static int close_memory(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static struct sim_setup usual(void)
{
    struct sim_setup setup = {0};

    sim_case_options_init(&setup.options);
    return setup;
}

static void a_seed_has_one_result_whatever_lay_in_the_memory(void **state)
{
    const struct sim_setup setup = usual();
    struct sim_result first, second;

    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++) {
        memset(memory, 0xa5, sim_run_bytes());
        sim_run(memory, &setup, seed, &first);
        sim_run(memory, &setup, seed + 1000, &second);
        sim_run(memory, &setup, seed, &second);
        assert_memory_equal(&first, &second, sizeof first);
        assert_int_equal(first.seed, seed);
    }
}

static void runs_are_about_something(void **state)
{
    const struct sim_setup setup = usual();
    uint64_t tally[SIM_RUN_COUNT] = {0};
    struct sim_workload_counts work = {0};
    struct sim_result r;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        sim_run(memory, &setup, seed, &r);
        for (unsigned i = 0; i < SIM_RUN_COUNT; i++)
            tally[i] += r.tally[i];
        work.established += r.work.established;
        work.refused += r.work.refused;
        work.finished += r.work.finished;
        work.served += r.work.served;
        assert_int_equal(r.faults_dropped, 0);
        assert_true(r.took < LULL_SEC(3600));
    }
    for (unsigned i = 0; i < SIM_RUN_COUNT; i++)
        assert_true(tally[i] > 0);
    assert_true(work.established > 900);
    assert_true(work.finished > work.established / 2);
    assert_true(work.refused > 300);
    assert_true(work.served > 100);
}

/* What is left when a run is over: nothing that a user or a timer still owes. */
static void in_the_end_all_is_gone(void **state)
{
    const struct sim_setup setup = usual();
    struct sim_result r;

    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        sim_run(memory, &setup, seed, &r);
        const struct sim_world *w = sim_run_world(memory);
        assert_true(sim_world_is_quiet(w));
        for (unsigned i = 0; i < sim_run_case(memory)->hosts; i++) {
            struct lull_usage usage;
            assert_non_null(w->nodes[i].stack);
            lull_stack_usage(w->nodes[i].stack, &usage);
            assert_int_equal(usage.sockets, 0);
            assert_int_equal(usage.connections, 0);
            assert_int_equal(usage.records, 0);
            assert_int_equal(usage.listeners, 0);
        }
    }
}

static void a_choice_leaves_out_what_it_does_not_name(void **state)
{
    const struct sim_setup setup = usual();
    const struct sim_choice nothing = {.chosen = true};
    const struct sim_choice first = {.steps = 1, .chosen = true};
    struct sim_result r;

    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct sim_play play = {
            .memory = memory, .setup = &setup, .seed = seed, .choice = &nothing};
        sim_run_play(&play, &r);
        assert_int_equal(r.frames, 0);
        assert_int_equal(r.work.attempts, 0);
        play.choice = &first;
        sim_run_play(&play, &r);
        assert_true(r.work.attempts > 0);
        for (unsigned i = 0; i < SIM_FAULT_COUNT; i++)
            assert_int_equal(r.fates[i], 0);
    }
}

/* The faults that chance brought about, chosen by name, bring about the same run. */
static void the_log_of_a_run_repeats_it(void **state)
{
    const struct sim_setup setup = usual();
    static struct sim_fault faults[SIM_CASE_FAULTS_MAX];
    struct sim_result first, second;

    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        sim_run(memory, &setup, seed, &first);
        const struct sim_world *w = sim_run_world(memory);
        const struct sim_choice all = {.steps = UINT32_MAX,
                                       .mishaps = UINT32_MAX,
                                       .chosen = true,
                                       .faults = faults,
                                       .fault_count = w->log_count};
        memcpy(faults, w->log, w->log_count * sizeof faults[0]);
        sim_run_play(
            &(struct sim_play){.memory = memory, .setup = &setup, .seed = seed, .choice = &all},
            &second);
        assert_int_equal(first.trace_hash, second.trace_hash);
        assert_int_equal(first.frames, second.frames);
    }
}

/* Where records make room and that is counted, old text reaches the next incarnation, and the judge
 * says nothing. */
static void what_a_record_that_made_room_protected_is_not_judged(void **state)
{
    struct sim_setup setup = usual();
    struct sim_result r;
    uint64_t evicted = 0;

    (void)state;
    setup.options.knobs.value[LULL_KNOB_tw_max] = 1;
    setup.options.fixed = UINT64_C(1) << LULL_KNOB_tw_max;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        sim_run(memory, &setup, seed, &r);
        assert_int_equal(r.violations, 0);
        evicted += r.tally[SIM_RUN_EVICTED];
    }
    assert_true(evicted > 300);
}

/* What is forged arrives whole, and is meant for records mostly. */
static void count_forged(void *context, const struct sim_event *e)
{
    unsigned *counts = context;

    counts[0] += e->kind == SIM_FORGED;
    counts[1] += e->kind == SIM_FORGED && e->segment != NULL;
    counts[2] += e->kind == SIM_TRACED && e->trace->event == LULL_TRACE_frame_drop;
}

static void a_forger_is_heard(void **state)
{
    struct sim_setup setup = usual();
    struct sim_result r;
    unsigned counts[3] = {0};

    (void)state;
    setup.options.faults = SIM_FAULT_FORGE;
    for (uint64_t seed = 1; seed <= 200; seed++)
        sim_run_play(
            &(struct sim_play){
                .memory = memory, .setup = &setup, .seed = seed, .watcher = {count_forged, counts}},
            &r);
    assert_true(counts[0] > 200);
    assert_true(counts[1] > counts[0] / 2);
    assert_int_equal(counts[2], 0); /* no checksum was wrong */
}

static void tallies_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SIM_RUN_COUNT; i++) {
        assert_non_null(sim_run_tally_name((enum sim_run_tally)i));
        assert_non_null(sim_run_tally_text((enum sim_run_tally)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_has_one_result_whatever_lay_in_the_memory),
        cmocka_unit_test(runs_are_about_something),
        cmocka_unit_test(in_the_end_all_is_gone),
        cmocka_unit_test(a_choice_leaves_out_what_it_does_not_name),
        cmocka_unit_test(the_log_of_a_run_repeats_it),
        cmocka_unit_test(what_a_record_that_made_room_protected_is_not_judged),
        cmocka_unit_test(a_forger_is_heard),
        cmocka_unit_test(tallies_have_names),
    };
    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
