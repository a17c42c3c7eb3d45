/* From a failing run to the least that fails alike. */
#include <stdlib.h>
#include <string.h>

#include "lull/flaws.h"

#include "cmocka_all.h"
#include "sim/sim_shrink.h"

static struct sim_shrink shrink;
static struct sim_setup setup;

static int open_memory(void **state)
{
    (void)state;
    shrink.memory = aligned_alloc(64, (sim_run_bytes() + 63) / 64 * 64);
    shrink.setup = &setup;
    sim_case_options_init(&setup.options);
    setup.ignored = ~(1u << 1); /* INV-01 alone */
    return shrink.memory == NULL;
}

static int close_memory(void **state)
{
    (void)state;
    free(shrink.memory);
    return 0;
}

/* The next seed from @seed on that fails. */
static uint64_t failing_seed(uint64_t seed)
{
    struct sim_result r;

    for (; seed < 20000; seed++) {
        sim_run(shrink.memory, &setup, seed, &r);
        if (r.violated & 1u << 1)
            return seed;
    }
    fail_msg("no seed fails");
    return 0;
}

static bool still_fails(const struct sim_choice *choice)
{
    struct sim_result r;

    sim_run_play(
        &(struct sim_play){
            .memory = shrink.memory, .setup = &setup, .seed = shrink.seed, .choice = choice},
        &r);
    return (r.violated >> shrink.invariant & 1) != 0;
}

/* Without the n-th fault. */
static bool fails_without_fault(uint32_t n)
{
    static struct sim_fault fewer[SIM_CASE_FAULTS_MAX];
    struct sim_choice choice = shrink.choice;
    uint32_t count = 0;

    for (uint32_t i = 0; i < choice.fault_count; i++)
        if (i != n)
            fewer[count++] = choice.faults[i];
    choice.faults = fewer;
    choice.fault_count = count;
    return still_fails(&choice);
}

static bool fails_without_bit(unsigned step, unsigned mishap)
{
    struct sim_choice choice = shrink.choice;

    if (step < 32)
        choice.steps &= ~(1u << step);
    if (mishap < 32)
        choice.mishaps &= ~(1u << mishap);
    return still_fails(&choice);
}

static void check_that_every_piece_is_needed(void)
{
    for (uint32_t i = 0; i < shrink.choice.fault_count; i++)
        assert_false(fails_without_fault(i));
    for (unsigned i = 0; i < 32; i++) {
        if (shrink.choice.steps >> i & 1)
            assert_false(fails_without_bit(i, 32));
        if (shrink.choice.mishaps >> i & 1)
            assert_false(fails_without_bit(32, i));
    }
}

static void what_is_left_fails_and_every_piece_of_it_is_needed(void **state)
{
    unsigned pieces = 0;

    (void)state;
    setup.options.flaws = LULL_FLAW_NO_TIME_WAIT;
    shrink.seed = 0;
    for (int i = 0; i < 5; i++) {
        shrink.seed = failing_seed(shrink.seed + 1);
        assert_true(sim_shrink_run(&shrink));
        assert_int_equal(shrink.invariant, 1);
        assert_true(still_fails(&shrink.choice));
        check_that_every_piece_is_needed();
        pieces += shrink.choice.fault_count;
    }
    assert_true(pieces >= 5); /* without a wandering duplicate there is no danger */
}

static void a_sound_run_is_not_shrunk(void **state)
{
    (void)state;
    setup.options.flaws = 0;
    shrink.seed = 3;
    assert_false(sim_shrink_run(&shrink));
    assert_int_equal(shrink.runs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_fails_and_every_piece_of_it_is_needed),
        cmocka_unit_test(a_sound_run_is_not_shrunk),
    };
    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
