#include "cmocka_all.h"
#include "scenario/scenario_words.h"

#define WORDS(text) scenario_words_of(text)

static void words_are_compared_whole_and_at_either_end(void **state)
{
    (void)state;
    assert_true(scenario_words_equal(WORDS("listen"), "listen"));
    assert_false(scenario_words_equal(WORDS("listen"), "listener"));
    assert_false(scenario_words_equal(WORDS("listener"), "listen"));
    assert_true(scenario_words_begin(WORDS("listener"), "listen"));
    assert_false(scenario_words_begin(WORDS("list"), "listen"));
    assert_true(scenario_words_end(WORDS("common/defaults.sh"), "/defaults.sh"));
    assert_false(scenario_words_end(WORDS("aults.sh"), "/defaults.sh"));
}

static void blanks_are_trimmed_and_parts_split(void **state)
{
    (void)state;
    struct span rest = WORDS("a=b=c"), empty = WORDS("");
    assert_true(scenario_words_equal(scenario_words_trim(WORDS(" \t a b\n\\")), "a b"));
    assert_true(scenario_words_equal(scenario_words_trim(WORDS(" \n")), ""));
    assert_true(scenario_words_equal(scenario_words_split(&rest, '='), "a"));
    assert_true(scenario_words_equal(rest, "b=c"));
    assert_true(scenario_words_equal(scenario_words_split(&rest, '/'), "b=c"));
    assert_int_equal(rest.len, 0);
    assert_int_equal(scenario_words_split(&empty, '=').len, 0);
}

static void numbers_are_decimal_or_hexadecimal_and_must_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t number;
    } rows[] = {
        {"0", true, 0},
        {"4294967295", true, 4294967295},
        {"-7", true, -7},
        {"0x1F", true, 31},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"0x8000000000000000", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"0x", false, 0},
        {"1f", false, 0},
        {" 1", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t number = 0;
        assert_int_equal(scenario_words_number(WORDS(rows[i].text), &number), rows[i].ok);
        if (rows[i].ok)
            assert_int_equal(number, rows[i].number);
    }
}

static void durations_have_units_and_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        lull_duration ns;
    } rows[] = {
        {"2", true, LULL_SEC(2)},
        {"2s", true, LULL_SEC(2)},
        {".25", true, LULL_MS(250)},
        {"1.5ms", true, LULL_US(1500)},
        {"10us", true, LULL_US(10)},
        {"0.0000000019", true, 1},
        {"2.", false, 0},
        {".", false, 0},
        {"", false, 0},
        {"ms", false, 0},
        {"2h", false, 0},
        {"-2", false, 0},
        {"9223372036", false, 0}, /* half of what 64 bits hold is enough */
        {"4611686018", true, LULL_SEC(4611686018)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lull_duration ns = 0;
        assert_int_equal(scenario_words_duration(WORDS(rows[i].text), &ns), rows[i].ok);
        if (rows[i].ok)
            assert_int_equal(ns, rows[i].ns);
    }
}

static void text_is_put_on_one_line(void **state)
{
    (void)state;
    char buffer[64];
    struct text t;
    text_init(&t, buffer, sizeof buffer);
    scenario_words_put(&t, WORDS(" a\n  b\tc\x01"));
    text_character(&t, ' ');
    scenario_words_put_time(&t, LULL_MS(12345));
    text_character(&t, ' ');
    scenario_words_put_time(&t, -LULL_US(5));
    assert_string_equal(buffer, "a b c? 12.345000 -0.000005");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_compared_whole_and_at_either_end),
        cmocka_unit_test(blanks_are_trimmed_and_parts_split),
        cmocka_unit_test(numbers_are_decimal_or_hexadecimal_and_must_fit),
        cmocka_unit_test(durations_have_units_and_fractions),
        cmocka_unit_test(text_is_put_on_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
