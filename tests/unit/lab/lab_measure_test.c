#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_measure.h"

static const struct lab_font text = {LAB_FACE_TEXT, 100};
static const struct lab_font bold = {LAB_FACE_BOLD, 100};
static const struct lab_font code = {LAB_FACE_CODE, 100};

static int width(const char *s, const struct lab_font *font)
{
    return lab_measure_width(s, strlen(s), font);
}

static void code_has_one_width_and_bold_is_wider(void **state)
{
    (void)state;
    assert_int_equal(width("iiii", &code), width("WWWW", &code));
    assert_int_equal(width("WWWWWWWWWW", &code), 61);
    assert_true(width("iiii", &text) < width("WWWW", &text));
    assert_true(width("some words", &text) < width("some words", &bold));
}

static void what_is_not_ascii_is_taken_for_wide(void **state)
{
    (void)state;
    assert_int_equal(width("\xc3\xa4", &text), 8);
    assert_int_equal(width("\xe6\xbc\xa2", &text), 13);
    assert_int_equal(width("\xe6\xbc\xa2", &code), 13);
}

static void a_line_ends_at_the_last_space_that_fits(void **state)
{
    const char *s = "aaaa bbbb cccc";

    (void)state;
    assert_int_equal(lab_measure_line(s, 55, &code), 10); /* nine characters are 54.9 px */
    assert_int_equal(lab_measure_line(s, 54, &code), 5);
    assert_int_equal(lab_measure_line(s, 1000, &code), strlen(s));
}

static void a_word_wider_than_the_line_is_cut_between_characters(void **state)
{
    (void)state;
    assert_int_equal(lab_measure_line("aaaaaaaa", 25, &code), 4);
    assert_int_equal(lab_measure_line("\xc3\xa4\xc3\xa4\xc3\xa4", 13, &code), 4);
    assert_int_equal(lab_measure_line("\xe6\xbc\xa2\xe5\xad\x97", 1, &code), 3); /* at least one */
}

static void lines_are_counted_to_the_end(void **state)
{
    (void)state;
    assert_int_equal(lab_measure_lines("", 100, &code), 0);
    assert_int_equal(lab_measure_lines("aaaa bbbb cccc", 55, &code), 2);
    assert_int_equal(lab_measure_lines("aaaa bbbb cccc", 54, &code), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_has_one_width_and_bold_is_wider),
        cmocka_unit_test(what_is_not_ascii_is_taken_for_wide),
        cmocka_unit_test(a_line_ends_at_the_last_space_that_fits),
        cmocka_unit_test(a_word_wider_than_the_line_is_cut_between_characters),
        cmocka_unit_test(lines_are_counted_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
