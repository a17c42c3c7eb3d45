#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drawing.h"
#include "lab/lab_mark.h"

static void numbers_take_the_places_that_wait_for_them(void **state)
{
    (void)state;
    lab_mark(fresh(), "M% %L@ @Z", (const int[]){1, -20, 125, -5});
    assert_string_equal(drawing.text, "M1 -20L12.5 -0.5Z");
    lab_mark(fresh(), "@", (const int[]){-30});
    assert_string_equal(drawing.text, "-3");
}

static void text_is_what_xml_may_hold(void **state)
{
    const char *s = "a<b\x01\xc3\xa4\xff\xc3";

    (void)state;
    lab_mark_text(fresh(), s, strlen(s));
    assert_string_equal(drawing.text, "a&lt;b\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
    lab_mark_text(fresh(), "abc", 2);
    assert_string_equal(drawing.text, "ab");
    lab_mark_text(fresh(), "\xe6\xbc\xa2", 2); /* cut within a character */
    assert_string_equal(drawing.text, "\xef\xbf\xbd\xef\xbf\xbd");
}

static void each_line_has_its_place_and_the_beginning_stands_out(void **state)
{
    const struct lab_lines lines = {7, 10, 16, 30, {LAB_FACE_CODE, 100}, 6};

    (void)state;
    assert_int_equal(lab_mark_lines(fresh(), "TT-0 and", &lines), 42);
    assert_string_equal(drawing.text,
                        "<tspan x=\"7\" y=\"10\"><tspan class=\"b\">TT-0</tspan></tspan>"
                        "<tspan x=\"7\" y=\"26\"><tspan class=\"b\">a</tspan>nd"
                        "</tspan>");
}

static void a_word_that_was_cut_says_so(void **state)
{
    const struct lab_lines lines = {0, 0, 1, 30, {LAB_FACE_CODE, 100}, 0};

    (void)state;
    (void)lab_mark_lines(fresh(), "aaaaaa b", &lines);
    assert_string_equal(drawing.text, "<tspan x=\"0\" y=\"0\">aaaa</tspan>"
                                      "<tspan x=\"0\" y=\"1\" class=\"cut\">aa b</tspan>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_take_the_places_that_wait_for_them),
        cmocka_unit_test(text_is_what_xml_may_hold),
        cmocka_unit_test(each_line_has_its_place_and_the_beginning_stands_out),
        cmocka_unit_test(a_word_that_was_cut_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
