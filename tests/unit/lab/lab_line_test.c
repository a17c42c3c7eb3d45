#include "heard.h"
#include "lab/lab_line.h"

static void blanks_at_the_end_are_not_written(void **state)
{
    struct lab_line line = {.out = fresh()};

    (void)state;
    lab_line_to(&line, 3);
    lab_line_string(&line, "a");
    lab_line_to(&line, 8);
    lab_line_end(&line);
    lab_line_end(&line);
    assert_string_equal(heard.text, "   a\n\n");
}

static void a_column_that_is_passed_is_no_place_to_go(void **state)
{
    struct lab_line line = {.out = fresh()};

    (void)state;
    lab_line_string(&line, "abcd");
    lab_line_to(&line, 2);
    lab_line_string(&line, "e");
    assert_string_equal(heard.text, "abcde");
}

static void columns_count_characters(void **state)
{
    struct lab_line line = {.out = fresh(), .utf8 = true};

    (void)state;
    lab_line_string(&line, "\xc3\xa4\xe2\x86\x92\xf0\x9f\x98\x80");
    assert_int_equal(line.column, 3);
    assert_int_equal(lab_line_width("\xc3\xa4\xe2\x86\x92!"), 3);
    assert_int_equal(lab_line_width("\xc3"), 1);
}

static void nothing_reaches_a_terminal_that_means_something_to_it(void **state)
{
    struct lab_line line = {.out = fresh(), .utf8 = true};

    (void)state;
    lab_line_string(&line, "a\x1b[2J\n\x7f\xc2\x9b\xff\xc3\xa4");
    assert_string_equal(heard.text, "a?[2J????\xc3\xa4");
}

static void ascii_has_a_question_mark_for_what_lies_beyond(void **state)
{
    struct lab_line line = {.out = fresh()};

    (void)state;
    lab_line_string(&line, "\xc3\xa4 \xe2\x86\x92");
    assert_string_equal(heard.text, "? ?");
}

static void a_blank_that_no_line_ends_at_looks_like_one(void **state)
{
    struct lab_line line = {.out = fresh()};
    struct lab_wrap wrap = {"RFC\x1f"
                            "9293 says"};

    (void)state;
    const struct lab_piece piece = lab_line_wrap(&wrap, 8);
    lab_line_bytes(&line, piece.bytes, piece.count);
    assert_string_equal(heard.text, "RFC 9293");
}

static void colours_end_with_the_line(void **state)
{
    struct lab_line line = {.out = fresh(), .colour = true};

    (void)state;
    lab_line_style(&line, LAB_BAD);
    lab_line_to(&line, 1);
    lab_line_string(&line, "x");
    lab_line_to(&line, 3);
    lab_line_string(&line, "y");
    lab_line_end(&line);
    assert_string_equal(heard.text, " \x1b[0;31mx y\x1b[0m\n");
}

static void the_paper_of_an_alarm_does_not_reach_beyond_it(void **state)
{
    struct lab_line line = {.out = fresh(), .colour = true};

    (void)state;
    lab_line_style(&line, LAB_ALARM);
    lab_line_string(&line, "!");
    lab_line_style(&line, LAB_BOLD);
    lab_line_to(&line, 2);
    lab_line_string(&line, "a");
    lab_line_end(&line);
    assert_string_equal(heard.text, "\x1b[0;1;41;97m!\x1b[0m \x1b[0;1ma\x1b[0m\n");
}

static void without_colour_there_is_not_one_escape(void **state)
{
    struct lab_line line = {.out = fresh()};

    (void)state;
    lab_line_style(&line, LAB_ALARM);
    lab_line_repeat(&line, "-", 2);
    lab_line_end(&line);
    assert_string_equal(heard.text, "--\n");
}

struct wrapping {
    unsigned width;
    const char *text, *wanted; /* pieces, separated by | */
};

static const struct wrapping wrappings[] = {
    {5, "ab cd ef", "ab cd|ef"},
    {4, "ab cd ef", "ab|cd|ef"},
    {8, "ab cd ef", "ab cd ef"},
    {3, "abcdefgh", "abc|def|gh"},
    {3, "ab cdefgh", "ab|cde|fgh"},
    {4, "  ab   cd  ", "ab|cd"},
    {2, "\xc3\xa4\xc3\xb6\xc3\xbc", "\xc3\xa4\xc3\xb6|\xc3\xbc"},
    {5, "", ""},
};

static void text_is_cut_at_blanks_and_long_words_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrappings / sizeof wrappings[0]; i++) {
        struct lab_wrap wrap = {wrappings[i].text};
        struct lab_line line = {.out = fresh(), .utf8 = true};
        do {
            const struct lab_piece piece = lab_line_wrap(&wrap, wrappings[i].width);
            lab_line_string(&line, line.column > 0 && piece.count > 0 ? "|" : "");
            lab_line_bytes(&line, piece.bytes, piece.count);
        } while (*wrap.rest != '\0');
        assert_string_equal(heard.text, wrappings[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_at_the_end_are_not_written),
        cmocka_unit_test(a_column_that_is_passed_is_no_place_to_go),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(nothing_reaches_a_terminal_that_means_something_to_it),
        cmocka_unit_test(ascii_has_a_question_mark_for_what_lies_beyond),
        cmocka_unit_test(a_blank_that_no_line_ends_at_looks_like_one),
        cmocka_unit_test(colours_end_with_the_line),
        cmocka_unit_test(the_paper_of_an_alarm_does_not_reach_beyond_it),
        cmocka_unit_test(without_colour_there_is_not_one_escape),
        cmocka_unit_test(text_is_cut_at_blanks_and_long_words_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
