/* What a command line asks of a wire with faults. */
#include <string.h>

#include "fault_wire_options.h"
#include "unit/cmocka_all.h"

static struct fault_wire_options options;
static char why[400];

#define PARSE(...)                                                                                 \
    fault_wire_options_parse(&options, (char *[]){__VA_ARGS__, NULL}, why, sizeof why)
#define ENDS "--left", "a", "--right", "b"

static void every_option_finds_its_place(void **state)
{
    const struct sim_link_options *d = &options.direction;
    (void)state;
    assert_true(PARSE(ENDS, "--loss", "1%", "--duplicate", "2%", "--reorder", "0.5%", "--corrupt",
                      "30ppm", "--delay", "5ms", "--jitter", "200us", "--rate", "100mbit",
                      "--queue", "256", "--seed", "77"));
    assert_true(d->loss_ppm == 10000 && d->duplicate_ppm == 20000 && d->reorder_ppm == 5000);
    assert_true(d->corrupt_ppm == 30 && d->corrupt_from == 14);
    assert_true(d->delay == LULL_MS(5) && d->jitter == LULL_US(200));
    assert_true(d->rate_bits == 100000000 && d->queue_frames == 256 && d->seed == 77);
    assert_true(PARSE(ENDS, "--burst-enter", "1%", "--burst-leave", "20%", "--reorder-by", "1.5s"));
    assert_true(d->burst_enter_ppm == 10000 && d->burst_leave_ppm == 200000);
    assert_true(d->reorder_by == LULL_MS(1500));
}

static void a_wire_without_options_is_a_good_one(void **state)
{
    const struct sim_link_options *d = &options.direction;
    (void)state;
    assert_true(PARSE(ENDS));
    assert_string_equal(options.ends[0].device, "a");
    assert_string_equal(options.ends[1].device, "b");
    assert_string_equal(options.ends[0].namespace, "");
    assert_true(d->loss_ppm + d->duplicate_ppm + d->reorder_ppm + d->burst_enter_ppm == 0);
    assert_true(d->delay == 0 && d->rate_bits == 0 && d->queue_frames == 1000);
}

static void a_namespace_is_a_process_a_name_or_a_file(void **state)
{
    (void)state;
    assert_true(PARSE("--left", "t0@123", "--right", "t1@peer"));
    assert_string_equal(options.ends[0].device, "t0");
    assert_string_equal(options.ends[0].namespace, "/proc/123/ns/net");
    assert_string_equal(options.ends[1].namespace, "/run/netns/peer");
    assert_true(PARSE("--left", "t0@./here", "--right", "t1"));
    assert_string_equal(options.ends[0].namespace, "./here");
}

static void values_that_make_no_sense_are_refused_with_an_example(void **state)
{
    static const char *const bad[][2] = {
        {"--loss", "1"},
        {"--loss", "%"},
        {"--loss", "101%"},
        {"--loss", "-1%"},
        {"--loss", "1%x"},
        {"--delay", "5"},
        {"--delay", "ms"},
        {"--delay", "1.5"},
        {"--delay", "99999999999s"},
        {"--rate", "0mbit"},
        {"--rate", "100"},
        {"--queue", "0"},
        {"--queue", "2000000"},
        {"--queue", "many"},
        {"--seed", "x"},
        {"--left", "@1"},
        {"--left", "sixteen_letters_"},
        {"--left", "a@"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(PARSE(ENDS, (char *)bad[i][0], (char *)bad[i][1]));
        assert_non_null(strstr(why, bad[i][0]));
        assert_non_null(strstr(why, bad[i][1]));
    }
}

static void whole_and_part_are_read_exactly(void **state)
{
    (void)state;
    assert_true(PARSE(ENDS, "--loss", "100%", "--delay", "0.000001s"));
    assert_int_equal(options.direction.loss_ppm, SIM_LINK_PPM);
    assert_int_equal(options.direction.delay, 1000);
    assert_true(PARSE(ENDS, "--loss", "0.0001%", "--rate", "1.5gbit"));
    assert_int_equal(options.direction.loss_ppm, 1);
    assert_int_equal(options.direction.rate_bits, 1500000000);
}

static void what_is_missing_or_unknown_is_named(void **state)
{
    (void)state;
    assert_false(PARSE("--left", "a"));
    assert_non_null(strstr(why, "--right"));
    assert_false(PARSE("--right", "a"));
    assert_non_null(strstr(why, "--left"));
    assert_false(PARSE(ENDS, "--gain", "1%"));
    assert_non_null(strstr(why, "--gain"));
    assert_false(PARSE(ENDS, "--loss"));
    assert_non_null(strstr(why, "--loss"));
}

static void help_needs_nothing_else(void **state)
{
    (void)state;
    assert_true(PARSE("--help"));
    assert_true(options.help);
    assert_true(PARSE(ENDS, "--help"));
    assert_true(options.help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_finds_its_place),
        cmocka_unit_test(a_wire_without_options_is_a_good_one),
        cmocka_unit_test(a_namespace_is_a_process_a_name_or_a_file),
        cmocka_unit_test(values_that_make_no_sense_are_refused_with_an_example),
        cmocka_unit_test(whole_and_part_are_read_exactly),
        cmocka_unit_test(what_is_missing_or_unknown_is_named),
        cmocka_unit_test(help_needs_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
