/* Rules as numbers and back. */
#include "lull/refusal.h"

#include "cmocka_all.h"

static void a_rule_is_its_letters_and_its_number(void **state)
{
    (void)state;
    assert_int_equal(lull_rule_number("BL-01"), 'B' << 24 | 'L' << 16 | 1);
    assert_int_equal(lull_rule_number("INV-05"), 0); /* not of this form */
    assert_int_equal(lull_rule_number("IR-999"), 'I' << 24 | 'R' << 16 | 999);
}

static void every_rule_comes_back(void **state)
{
    static const char *const rules[] = {"BL-01", "IR-18", "CH-09", "QR-20", "ZZ-99", "IR-100"};
    char text[8];

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        lull_rule_text(lull_rule_number(rules[i]), text);
        assert_string_equal(text, rules[i]);
    }
}

static void what_is_no_rule_has_no_number(void **state)
{
    static const char *const others[] = {"",      "B",     "BL",      "BL-",  "BL01",
                                         "bl-01", "BL-0x", "BL-1000", "B1-01"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(lull_rule_number(others[i]), 0);
}

static void what_is_no_number_of_a_rule_is_marked(void **state)
{
    static const uint32_t others[] = {0, 7, 'B' << 24 | 'L' << 16 | 1000, 'b' << 24 | 'L' << 16 | 1,
                                      'B' << 24 | 1};
    char text[8];

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        lull_rule_text(others[i], text);
        assert_string_equal(text, "?");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_its_letters_and_its_number),
        cmocka_unit_test(every_rule_comes_back),
        cmocka_unit_test(what_is_no_rule_has_no_number),
        cmocka_unit_test(what_is_no_number_of_a_rule_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
