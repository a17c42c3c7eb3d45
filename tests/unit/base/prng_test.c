#include "base/prng.h"
#include "base_test.h"

/* Computed by hand from the authors' description, starting at state 1, 2, 3, 4. */
static void the_sequence_is_that_of_xoshiro256_starstar(void **state)
{
    (void)state;
    const uint64_t expected[] = {11520u,
                                 0u,
                                 1509978240u,
                                 1215971899390074240u,
                                 1216172134540287360u,
                                 607988272756665600u,
                                 16172922978634559625u,
                                 8476171486693032832u,
                                 10595114339597558777u,
                                 2904607092377533576u};
    struct prng p = {{1, 2, 3, 4}};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_true(prng_next(&p) == expected[i]);
}

static void seeding_spreads_the_seed_with_splitmix64(void **state)
{
    (void)state;
    struct prng p;
    prng_seed(&p, 0);
    const uint64_t expected[] = {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu,
                                 0xf88bb8a8724c81ecu};
    assert_memory_equal(p.state, expected, sizeof expected);
    assert_true(prng_next(&p) == 0x99ec5f36cb75f2b4u);
}

static void draws_stay_below_the_bound_and_reach_all_below_it(void **state)
{
    (void)state;
    struct prng p;
    prng_seed(&p, 7);
    for (uint32_t bound = 1; bound <= 9; bound++) {
        uint32_t seen[9] = {0};
        for (int i = 0; i < 9000; i++) {
            const uint32_t drawn = prng_below(&p, bound);
            assert_true(drawn < bound);
            seen[drawn]++;
        }
        for (uint32_t value = 0; value < bound; value++)
            assert_in_range(seen[value], 9000 / bound * 8 / 10, 9000 / bound * 12 / 10);
    }
    EXPECT_REFUSED(prng_below(&p, 0));
}

/* 3 * 2^30: plain scaling would give every third value two chances in four. */
static void a_bound_that_does_not_divide_2_to_the_32_brings_no_bias(void **state)
{
    (void)state;
    struct prng p;
    prng_seed(&p, 8);
    uint32_t seen[3] = {0};
    for (int i = 0; i < 30000; i++)
        seen[prng_below(&p, UINT32_C(3) << 30) % 3]++;
    for (int value = 0; value < 3; value++)
        assert_in_range(seen[value], 9600, 10400);
}

static void chances_come_true_as_often_as_asked(void **state)
{
    (void)state;
    struct prng p;
    prng_seed(&p, 9);
    int hits = 0;
    for (int i = 0; i < 10000; i++) {
        hits += prng_chance(&p, 1, 4);
        assert_false(prng_chance(&p, 0, 5));
        assert_true(prng_chance(&p, 5, 5));
    }
    assert_in_range(hits, 2350, 2650);
}

RUN(cmocka_unit_test(the_sequence_is_that_of_xoshiro256_starstar),
    cmocka_unit_test(seeding_spreads_the_seed_with_splitmix64),
    cmocka_unit_test(draws_stay_below_the_bound_and_reach_all_below_it),
    cmocka_unit_test(a_bound_that_does_not_divide_2_to_the_32_brings_no_bias),
    cmocka_unit_test(chances_come_true_as_often_as_asked))
