#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_parse.h"

static void numbers_are_whole_and_within_their_range(void **state)
{
    const struct cli_range range = {1, 10};
    uint64_t value = 77;

    (void)state;
    assert_null(cli_parse_number("10", range, &value));
    assert_int_equal(value, 10);
    assert_null(cli_parse_number("1", range, &value));
    assert_int_equal(value, 1);
    assert_non_null(cli_parse_number("0", range, &value));
    assert_non_null(cli_parse_number("11", range, &value));
    assert_int_equal(value, 1);
}

static void numbers_with_anything_around_them_are_refused(void **state)
{
    static const char *const wrong[] = {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "one"};
    const struct cli_range range = {0, UINT64_MAX};
    uint64_t value = 77;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_non_null(cli_parse_number(wrong[i], range, &value));
    assert_non_null(cli_parse_number("18446744073709551616", range, &value));
    assert_int_equal(value, 77);
    assert_null(cli_parse_number("18446744073709551615", range, &value));
    assert_true(value == UINT64_MAX);
}

static void sizes_know_their_units(void **state)
{
    const struct cli_range range = {1, UINT64_MAX};
    uint64_t bytes = 0;

    (void)state;
    assert_null(cli_parse_size("3", range, &bytes));
    assert_int_equal(bytes, 3);
    assert_null(cli_parse_size("3k", range, &bytes));
    assert_int_equal(bytes, 3 << 10);
    assert_null(cli_parse_size("256M", range, &bytes));
    assert_int_equal(bytes, 256 << 20);
    assert_null(cli_parse_size("2g", range, &bytes));
    assert_int_equal(bytes, 2147483648);
    assert_non_null(cli_parse_size("2t", range, &bytes));
    assert_non_null(cli_parse_size("2kb", range, &bytes));
    assert_non_null(cli_parse_size("k", range, &bytes));
    assert_non_null(cli_parse_size("0k", range, &bytes));
    assert_non_null(cli_parse_size("18014398509481984k", range, &bytes));
    assert_null(cli_parse_size("18014398509481983k", range, &bytes));
    assert_true(bytes == UINT64_C(18014398509481983) << 10);
}

static void an_msl_is_a_millisecond_to_an_hour(void **state)
{
    lull_duration d = 7;

    (void)state;
    assert_null(cli_parse_msl("1ms", &d));
    assert_true(d == LULL_MS(1));
    assert_null(cli_parse_msl("60m", &d));
    assert_true(d == LULL_SEC(3600));
    assert_string_equal(cli_parse_msl("0.5ms", &d), "1ms to 1h");
    assert_string_equal(cli_parse_msl("3600.001s", &d), "1ms to 1h");
    assert_non_null(cli_parse_msl("soon", &d));
    assert_true(d == LULL_SEC(3600));
}

static void durations_know_their_units(void **state)
{
    lull_duration d = 0;

    (void)state;
    assert_null(cli_parse_duration("250ms", &d));
    assert_int_equal(d, LULL_MS(250));
    assert_null(cli_parse_duration("30s", &d));
    assert_int_equal(d, LULL_SEC(30));
    assert_null(cli_parse_duration("30", &d));
    assert_int_equal(d, LULL_SEC(30));
    assert_null(cli_parse_duration("2m", &d));
    assert_int_equal(d, LULL_SEC(120));
    assert_null(cli_parse_duration("1.5s", &d));
    assert_int_equal(d, LULL_MS(1500));
    assert_null(cli_parse_duration("0.25m", &d));
    assert_int_equal(d, LULL_SEC(15));
    assert_null(cli_parse_duration("1.000000001s", &d));
    assert_int_equal(d, LULL_SEC(1) + 1);
    assert_null(cli_parse_duration("1440m", &d));
    assert_int_equal(d, LULL_SEC(86400));
}

static void anything_else_is_no_duration(void **state)
{
    static const char *const wrong[] = {"",    "s",   "-1s",   "1h",    "1 s",           "1sec",
                                        "1.s", ".5s", "1..5s", "1441m", "1.1234567890s", "ms"};
    lull_duration d = 5;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_non_null(cli_parse_duration(wrong[i], &d));
    assert_int_equal(d, 5);
}

static void ports_fit_in_sixteen_bits(void **state)
{
    uint16_t port = 1;

    (void)state;
    assert_null(cli_parse_port("65535", &port));
    assert_int_equal(port, 65535);
    assert_non_null(cli_parse_port("65536", &port));
    assert_non_null(cli_parse_port("http", &port));
    assert_int_equal(port, 65535);
}

static void a_name_may_leave_out_either_half(void **state)
{
    const uint8_t octets[4] = {10, 0, 0, 1};
    const struct lull_address address = lull_address_ipv4(octets);
    struct lull_name name;

    (void)state;
    assert_null(cli_parse_name("10.0.0.1:4000", &name));
    assert_memory_equal(&name.address, &address, sizeof address);
    assert_int_equal(name.port, 4000);
    assert_null(cli_parse_name(":4000", &name));
    assert_int_equal(name.port, 4000);
    assert_int_equal(name.address.bytes[15], 0);
    assert_null(cli_parse_name("10.0.0.1", &name));
    assert_int_equal(name.port, 0);
    assert_non_null(cli_parse_name("", &name));
    assert_non_null(cli_parse_name("10.0.0.1:", &name));
    assert_non_null(cli_parse_name("10.0.0:80", &name));
    assert_non_null(cli_parse_name("10.0.0.1:80:80", &name));
}

static void a_seed_is_pairs_of_hexadecimal_digits(void **state)
{
    uint8_t seed[32];

    (void)state;
    memset(seed, 0xee, sizeof seed);
    assert_null(cli_parse_seed("Aa", seed));
    assert_int_equal(seed[0], 0xaa);
    assert_null(cli_parse_seed("00fFa1", seed));
    assert_int_equal(seed[0], 0x00);
    assert_int_equal(seed[1], 0xff);
    assert_int_equal(seed[2], 0xa1);
    assert_int_equal(seed[3], 0);
    assert_int_equal(seed[31], 0);
    assert_non_null(cli_parse_seed("", seed));
    assert_non_null(cli_parse_seed("123", seed));
    assert_non_null(cli_parse_seed("12g4", seed));
    assert_int_equal(seed[1], 0xff);
    assert_null(
        cli_parse_seed("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", seed));
    assert_int_equal(seed[31], 0x1f);
    assert_non_null(
        cli_parse_seed("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00", seed));
}

static void addresses_and_prefixes_are_read_by_the_library(void **state)
{
    struct lull_address address;
    unsigned length = 0;

    (void)state;
    assert_null(cli_parse_prefix("10.0.0.1/24", &address, &length));
    assert_int_equal(length, 24);
    assert_non_null(cli_parse_prefix("10.0.0.1", &address, &length));
    assert_non_null(cli_parse_prefix("10.0.0.1/33", &address, &length));
    assert_null(cli_parse_address("10.0.0.1", &address));
    assert_int_equal(address.bytes[12], 10);
    assert_non_null(cli_parse_address("10.0.0.256", &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_and_within_their_range),
        cmocka_unit_test(numbers_with_anything_around_them_are_refused),
        cmocka_unit_test(sizes_know_their_units),
        cmocka_unit_test(durations_know_their_units),
        cmocka_unit_test(an_msl_is_a_millisecond_to_an_hour),
        cmocka_unit_test(anything_else_is_no_duration),
        cmocka_unit_test(ports_fit_in_sixteen_bits),
        cmocka_unit_test(a_name_may_leave_out_either_half),
        cmocka_unit_test(a_seed_is_pairs_of_hexadecimal_digits),
        cmocka_unit_test(addresses_and_prefixes_are_read_by_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
