#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lull/error.h"

static void every_error_has_its_own_text_and_name(void **state)
{
#define ERROR(name, number, text)                                                                  \
    assert_string_equal(lull_error_text((enum lull_error)(-(number))), text);                      \
    assert_string_equal(lull_error_name((enum lull_error)(-(number))), "E" #name);
    LULL_ERRORS(ERROR)
#undef ERROR
    (void)state;
}

static void a_published_number_never_changes(void **state)
{
    assert_int_equal(LULL_EAGAIN, -1);
    assert_int_equal(LULL_EADDRINUSE, -8);
    assert_int_equal(LULL_EIO, -23);
    (void)state;
}

static void success_and_strange_numbers_have_a_text_too(void **state)
{
    assert_string_equal(lull_error_text(LULL_OK), "no error");
    assert_string_equal(lull_error_name(LULL_OK), "OK");
    for (int n = -1000; n <= 1; n += 1001) {
        assert_string_equal(lull_error_text((enum lull_error)n), "not an error of this library");
        assert_string_equal(lull_error_name((enum lull_error)n), "EUNKNOWN");
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_own_text_and_name),
        cmocka_unit_test(a_published_number_never_changes),
        cmocka_unit_test(success_and_strange_numbers_have_a_text_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
