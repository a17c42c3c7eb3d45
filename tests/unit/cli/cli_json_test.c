#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_json.h"

static void commas_stand_between_values_and_nowhere_else(void **state)
{
    char text[200];
    struct cli_json json;

    (void)state;
    cli_json_init(&json, text, sizeof text);
    cli_json_object(&json);
    cli_json_pair_string(&json, "a", "b");
    cli_json_key(&json, "list");
    cli_json_array(&json);
    cli_json_number(&json, -1);
    cli_json_counter(&json, UINT64_MAX);
    cli_json_object(&json);
    cli_json_end_object(&json);
    cli_json_end_array(&json);
    cli_json_pair_number(&json, "n", INT64_MIN);
    cli_json_pair_string(&json, "nothing", NULL);
    cli_json_end_object(&json);
    assert_string_equal(text, "{\"a\":\"b\",\"list\":[-1,18446744073709551615,{}],"
                              "\"n\":-9223372036854775808,\"nothing\":null}");
    assert_false(json.overflow);
}

static void lines_begin_afresh(void **state)
{
    char text[40];
    struct cli_json json;

    (void)state;
    cli_json_init(&json, text, sizeof text);
    cli_json_number(&json, 1);
    cli_json_end_line(&json);
    cli_json_number(&json, 2);
    cli_json_end_line(&json);
    assert_string_equal(text, "1\n2\n");
    assert_int_equal(json.used, 4);
}

static void quote(char *text, size_t size, const char *value)
{
    struct cli_json json;

    cli_json_init(&json, text, size);
    cli_json_string(&json, value);
    assert_false(json.overflow);
}

static void what_json_forbids_is_escaped(void **state)
{
    char text[80];

    (void)state;
    quote(text, sizeof text, "a\"b\\c\n\x01\x1f \x7f/");
    assert_string_equal(text, "\"a\\\"b\\\\c\\u000a\\u0001\\u001f \\u007f/\"");
}

static void what_is_not_utf8_becomes_a_replacement(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"\xc3\xa9", "\"\xc3\xa9\""},
        {"\xe2\x82\xac", "\"\xe2\x82\xac\""},
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        {"\xc2\x80", "\"\xc2\x80\""},
        {"\xe0\xa0\x80", "\"\xe0\xa0\x80\""},
        {"\xed\x9f\xbf", "\"\xed\x9f\xbf\""},
        {"\xf0\x90\x80\x80", "\"\xf0\x90\x80\x80\""},
        {"\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},
        {"\xe2\x82\x80\x80", "\"\xe2\x82\x80\\ufffd\""},
        {"\x80", "\"\\ufffd\""},
        {"\xc3", "\"\\ufffd\""},
        {"\xc3(", "\"\\ufffd(\""},
        {"\xc0\xaf", "\"\\ufffd\\ufffd\""},
        {"\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xe2\x82", "\"\\ufffd\\ufffd\""},
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"\xff", "\"\\ufffd\""},
    };
    char text[80];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        quote(text, sizeof text, rows[i].in);
        assert_string_equal(text, rows[i].out);
    }
}

static void too_small_a_buffer_is_reported_and_never_overrun(void **state)
{
    char text[8];
    struct cli_json json;

    (void)state;
    memset(text, 'x', sizeof text);
    cli_json_init(&json, text, 4);
    cli_json_string(&json, "a");
    assert_false(json.overflow);
    cli_json_init(&json, text, 4);
    cli_json_string(&json, "ab");
    assert_true(json.overflow);
    assert_int_equal(text[4], 'x');
    cli_json_init(&json, text, 0);
    cli_json_number(&json, 1);
    assert_true(json.overflow);
}

static void too_deep_a_nesting_is_reported(void **state)
{
    char text[80];
    struct cli_json json;

    (void)state;
    cli_json_init(&json, text, sizeof text);
    for (int i = 0; i < CLI_JSON_DEPTH_MAX - 1; i++)
        cli_json_array(&json);
    assert_false(json.overflow);
    cli_json_array(&json);
    assert_true(json.overflow);
}

static void a_field_is_read_as_it_was_written(void **state)
{
    char line[300], value[40];
    struct cli_json json;

    (void)state;
    cli_json_init(&json, line, sizeof line);
    cli_json_object(&json);
    cli_json_pair_string(&json, "a", "x\"y\\z\n1,}");
    cli_json_pair_number(&json, "bb", -12);
    cli_json_pair_string(&json, "b", "10.0.0.1:80");
    cli_json_end_object(&json);
    assert_true(cli_json_field(line, "a", value, sizeof value));
    assert_string_equal(value, "x\"y\\z\n1,}");
    assert_true(cli_json_field(line, "bb", value, sizeof value));
    assert_string_equal(value, "-12");
    assert_true(cli_json_field(line, "b", value, sizeof value));
    assert_string_equal(value, "10.0.0.1:80");
    assert_false(cli_json_field(line, "c", value, sizeof value));
    assert_true(cli_json_field(line, "b", value, 4));
    assert_string_equal(value, "10.");
}

static void a_line_that_is_cut_off_has_no_field_beyond(void **state)
{
    static const char *const cut[] = {"", "{", "{\"a", "{\"a\"", "{\"b\":1", "{\"b\":\"x\\", "[1]"};
    char value[40];

    (void)state;
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++)
        assert_false(cli_json_field(cut[i], "a", value, sizeof value));
    assert_false(cli_json_field("{\"b\":1}", "a", value, sizeof value));
    assert_string_equal(value, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_values_and_nowhere_else),
        cmocka_unit_test(lines_begin_afresh),
        cmocka_unit_test(what_json_forbids_is_escaped),
        cmocka_unit_test(what_is_not_utf8_becomes_a_replacement),
        cmocka_unit_test(too_small_a_buffer_is_reported_and_never_overrun),
        cmocka_unit_test(too_deep_a_nesting_is_reported),
        cmocka_unit_test(a_field_is_read_as_it_was_written),
        cmocka_unit_test(a_line_that_is_cut_off_has_no_field_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
