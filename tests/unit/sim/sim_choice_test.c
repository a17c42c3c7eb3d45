/* The spelling of a choice. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_choice.h"

static struct sim_fault faults[8];

static const char *written(const struct sim_choice *choice)
{
    static char buffer[256];
    struct text t;

    text_init(&t, buffer, sizeof buffer);
    sim_choice_write(choice, &t);
    return buffer;
}

static bool reads(const char *text, struct sim_choice *choice)
{
    size_t wrong;
    return sim_choice_read(choice, text, faults, &wrong);
}

static size_t wrong_at(const char *text)
{
    struct sim_choice choice;
    size_t wrong;

    assert_false(sim_choice_read(&choice, text, faults, &wrong));
    return wrong;
}

static void what_is_written_can_be_read(void **state)
{
    static const char *const texts[] = {
        "s0",   "s0,s31,m1", "m0,m31,f0.1.17", "s2,f15.0.4294967294", "s0,m1,f1.0.0,f1.1.2,f2.0.3",
        "s1,f*"};
    struct sim_choice choice;

    (void)state;
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(reads(texts[i], &choice));
        assert_string_equal(written(&choice), texts[i]);
    }
}

static void each_piece_is_understood(void **state)
{
    struct sim_choice choice;

    (void)state;
    assert_true(reads("s0,s3,m2,f4.1.99", &choice));
    assert_int_equal(choice.steps, 1u << 0 | 1u << 3);
    assert_int_equal(choice.mishaps, 1u << 2);
    assert_true(choice.chosen);
    assert_int_equal(choice.fault_count, 1);
    assert_int_equal(faults[0].link, 4);
    assert_int_equal(faults[0].direction, 1);
    assert_int_equal(faults[0].ordinal, 99);
    assert_true(reads("f*", &choice));
    assert_false(choice.chosen);
    assert_int_equal(sim_choice_faults("s0,f1.0.0,f1.1.2"), 2);
}

static void what_is_no_choice_is_refused_where_it_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong_at(""), 0);
    assert_int_equal(wrong_at("x1"), 0);
    assert_int_equal(wrong_at("s0,"), 3);
    assert_int_equal(wrong_at("s0;m1"), 2);
    assert_int_equal(wrong_at("s"), 1);
    assert_int_equal(wrong_at("s0,m-1"), 4);
    assert_int_equal(wrong_at("f0.2.1"), 4);
    assert_int_equal(wrong_at("f0.1"), 4);
    (void)wrong_at("s32");
    (void)wrong_at("f16.0.0");
}

static void faults_get_the_fates_they_had(void **state)
{
    struct sim_fault log[2] = {{.link = 0, .direction = 1, .ordinal = 4, .fate = {.lost = true}},
                               {.link = 1, .direction = 0, .ordinal = 9, .fate = {.late = true}}};
    const struct sim_world w = {.log = log, .log_count = 2};
    struct sim_choice choice;
    uint32_t which;

    (void)state;
    assert_true(reads("f1.0.9,f0.1.4", &choice));
    assert_true(sim_choice_recall(faults, 2, &w, &which));
    assert_true(faults[0].fate.late && !faults[0].fate.lost);
    assert_true(faults[1].fate.lost && !faults[1].fate.late);
    assert_true(reads("f0.1.4,f0.1.5", &choice));
    assert_false(sim_choice_recall(faults, 2, &w, &which));
    assert_int_equal(which, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read),
        cmocka_unit_test(each_piece_is_understood),
        cmocka_unit_test(what_is_no_choice_is_refused_where_it_is_wrong),
        cmocka_unit_test(faults_get_the_fates_they_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
