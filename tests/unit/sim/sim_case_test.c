/* Drawing a case: what every one of them keeps to. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_packet.h"
#include "sim/sim_run.h"

#define SEEDS 3000

static struct sim_case one, other;

static struct sim_case_options usual(void)
{
    struct sim_case_options options;

    sim_case_options_init(&options);
    return options;
}

static void the_same_seed_makes_the_same_case(void **state)
{
    const struct sim_case_options options = usual();

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        sim_case_make(&one, seed, &options);
        sim_case_make(&other, seed, &options);
        for (unsigned i = 0; i < one.plan.node_count; i++)
            one.plan.nodes[i].config = other.plan.nodes[i].config = NULL; /* each has its own */
        one.plan.picks = other.plan.picks = NULL;
        assert_memory_equal(&one, &other, sizeof one);
    }
}

static void every_case_is_a_world(void **state)
{
    struct sim_case_options options = usual();
    const size_t most = (sim_case_largest(&other), sim_world_bytes(&other.plan));

    (void)state;
    options.faults = SIM_FAULTS_ALL;
    assert_true(most > 0);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        sim_case_make(&one, seed, &options);
        const size_t bytes = sim_world_bytes(&one.plan);
        assert_true(bytes > 0);
        assert_true(bytes <= most);
        assert_true(one.step_count >= 2 && one.step_count <= SIM_CASE_STEPS_MAX);
        assert_true(one.mishap_count <= SIM_CASE_MISHAPS_MAX);
    }
}

/* All that can delay a packet, over every link once. */
static lull_duration slowest(const struct sim_case *c)
{
    lull_duration sum = 0;

    for (unsigned i = 0; i < c->plan.link_count; i++) {
        const struct sim_link_options *o = &c->plan.links[i].options;
        const lull_duration late = o->reorder_ppm > 0 ? o->reorder_by : 0;
        const lull_duration twice = o->duplicate_ppm > 0 ? o->double_by : 0;
        sum += o->delay + o->jitter + (late > twice ? late : twice);
    }
    return sum;
}

static void no_packet_can_outlive_the_msl(void **state)
{
    const struct sim_case_options options = usual();
    unsigned held = 0, picked = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        sim_case_make(&one, seed, &options);
        assert_int_equal(one.plan.lifetime_max, one.msl);
        assert_true(slowest(&one) <= one.msl);
        for (unsigned i = 0; i < one.plan.pick_count; i++)
            assert_true(one.picks[i].fate.age[1] <= one.msl);
        held += one.held > one.msl * 3 / 4;
        picked += one.plan.pick_count > 0;
    }
    assert_true(held > SEEDS / 20);
    assert_true(picked > SEEDS / 20);
}

/* A host that forgets is away for 2 MSL or keeps quiet for as long. */
static void a_host_forgets_only_what_is_over(void **state)
{
    const struct sim_case_options options = usual();
    unsigned crashes = 0, quiet = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        sim_case_make(&one, seed, &options);
        for (unsigned i = 0; i < one.mishap_count; i++) {
            const struct sim_mishap *m = &one.mishaps[i];
            if (m->kind != SIM_MISHAP_CRASH)
                continue;
            const struct lull_knobs *knobs = &one.configs[m->node].knobs;
            crashes++;
            quiet += one.quiet;
            if (one.quiet)
                assert_int_equal(LULL_MS(knobs->value[LULL_KNOB_quiet_ms]),
                                 2 * one.msl / LULL_MS(1) * LULL_MS(1));
            else
                assert_true(m->lasts >= 2 * one.msl);
        }
    }
    assert_true(quiet > 0 && crashes > quiet);
}

static void a_fixed_knob_stays(void **state)
{
    struct sim_case_options options = usual();

    (void)state;
    options.knobs.value[LULL_KNOB_tw_msl_ms] = 12345;
    options.knobs.value[LULL_KNOB_isn_tick_ns] = 777;
    options.fixed = UINT64_C(1) << LULL_KNOB_tw_msl_ms | UINT64_C(1) << LULL_KNOB_isn_tick_ns;
    for (uint64_t seed = 0; seed < 200; seed++) {
        sim_case_make(&one, seed, &options);
        for (unsigned i = 0; i < one.hosts; i++) {
            assert_int_equal(one.configs[i].knobs.value[LULL_KNOB_tw_msl_ms], 12345);
            assert_int_equal(one.configs[i].knobs.value[LULL_KNOB_isn_tick_ns], 777);
        }
    }
}

static void without_faults_nothing_befalls(void **state)
{
    struct sim_case_options options = usual();

    (void)state;
    options.faults = 0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        sim_case_make(&one, seed, &options);
        assert_int_equal(one.plan.pick_count, 0);
        for (unsigned i = 0; i < one.plan.link_count; i++) {
            const struct sim_link_options *o = &one.plan.links[i].options;
            assert_int_equal(o->loss_ppm + o->duplicate_ppm + o->reorder_ppm + o->corrupt_ppm
                                 + o->truncate_ppm + o->burst_enter_ppm,
                             0);
        }
        for (unsigned i = 0; i < one.mishap_count; i++)
            assert_true(one.mishaps[i].kind == SIM_MISHAP_RELISTEN
                        || one.mishaps[i].kind == SIM_MISHAP_BIND);
    }
}

static void options_decide_where_they_are_given(void **state)
{
    struct sim_case_options options = usual();

    (void)state;
    for (unsigned hosts = 2; hosts <= SIM_CASE_HOSTS_MAX; hosts++) {
        options.hosts = hosts;
        options.msl = LULL_SEC(10 + hosts);
        options.flaws = 3;
        for (uint64_t seed = 0; seed < 100; seed++) {
            sim_case_make(&one, seed, &options);
            assert_int_equal(one.hosts, hosts);
            assert_int_equal(one.msl, options.msl);
            assert_int_equal(one.configs[hosts - 1].flaws, 3);
            assert_int_equal(one.configs[0].knobs.value[LULL_KNOB_tw_msl_ms], (10 + hosts) * 1000);
        }
    }
}

/* Every kind of thing must occur, or nothing is shown about it. */
static void cases_differ(void **state)
{
    struct sim_case_options options = usual();
    unsigned kinds[SIM_MISHAP_KIND_COUNT] = {0}, endings[SIM_ENDING_COUNT] = {0};
    unsigned cues[SIM_CUE_COUNT] = {0}, routers[4] = {0}, same = 0, steps = 0;

    (void)state;
    options.faults = SIM_FAULTS_ALL;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        sim_case_make(&one, seed, &options);
        routers[one.plan.node_count - one.hosts]++;
        for (unsigned i = 0; i < one.mishap_count; i++)
            kinds[one.mishaps[i].kind]++;
        for (unsigned i = 0; i < one.step_count; i++) {
            const struct sim_step *s = &one.steps[i];
            endings[s->parts[0].ending]++;
            cues[s->parts[1].cue]++;
            same += i > 0 && s->from != 0 && s->from == s[-1].from && s->to == s[-1].to
                    && s->client == s[-1].client && s->server == s[-1].server;
            steps++;
        }
    }
    for (unsigned i = 0; i < SIM_MISHAP_KIND_COUNT; i++)
        assert_true(kinds[i] > 10);
    for (unsigned i = 0; i < SIM_ENDING_COUNT; i++)
        assert_true(endings[i] > 10);
    for (unsigned i = 0; i < SIM_CUE_COUNT; i++)
        assert_true(cues[i] > 10);
    assert_true(routers[0] > 0 && routers[1] > 0 && routers[3] > 0);
    assert_true(same > steps / 3);
}

static void faults_have_names(void **state)
{
    (void)state;
    assert_string_equal(sim_case_fault_name(0), "loss");
    assert_string_equal(sim_case_fault_name(SIM_FAULT_COUNT - 1), "turn");
    assert_null(sim_case_fault_name(SIM_FAULT_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_makes_the_same_case),
        cmocka_unit_test(every_case_is_a_world),
        cmocka_unit_test(no_packet_can_outlive_the_msl),
        cmocka_unit_test(a_host_forgets_only_what_is_over),
        cmocka_unit_test(a_fixed_knob_stays),
        cmocka_unit_test(without_faults_nothing_befalls),
        cmocka_unit_test(options_decide_where_they_are_given),
        cmocka_unit_test(cases_differ),
        cmocka_unit_test(faults_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
