#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_utf8.h"

struct row {
    const char *bytes;
    size_t wanted;
};

/* The edges of the table of RFC 3629 section 4. */
static const struct row rows[] = {
    {"a", 1},
    {"\x7f", 1},
    {"\x80", 0},
    {"\xbf", 0},
    {"\xc1\xbf", 0}, /* overlong */
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xc2\x7f", 0},
    {"\xc2\xc0", 0},
    {"\xe0\x9f\xbf", 0}, /* overlong */
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xed\xa0\x80", 0}, /* a surrogate */
    {"\xef\xbf\xbf", 3},
    {"\xe2\x82", 0},         /* cut */
    {"\xf0\x8f\xbf\xbf", 0}, /* overlong */
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
    {"\xf5\x80\x80\x80", 0},
    {"\xff", 0},
};

static void a_character_has_as_many_bytes_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(lab_utf8_bytes(rows[i].bytes, strlen(rows[i].bytes)), rows[i].wanted);
    assert_int_equal(lab_utf8_bytes("\xc3\xa4", 1), 0);
}

static void controls_are_c0_del_and_c1(void **state)
{
    (void)state;
    assert_true(lab_utf8_is_control("\x1f", 1));
    assert_false(lab_utf8_is_control(" ", 1));
    assert_false(lab_utf8_is_control("~", 1));
    assert_true(lab_utf8_is_control("\x7f", 1));
    assert_true(lab_utf8_is_control("\xc2\x9f", 2));
    assert_false(lab_utf8_is_control("\xc2\xa0", 2));
    assert_false(lab_utf8_is_control("\xc3\x80", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_has_as_many_bytes_as_the_table_says),
        cmocka_unit_test(controls_are_c0_del_and_c1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
