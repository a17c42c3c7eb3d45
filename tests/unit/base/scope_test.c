/* Which local addresses a name stands for. */
#include "base/scope.h"
#include "cmocka_all.h"

static struct lull_address ipv4(uint8_t last)
{
    const uint8_t octets[4] = {last == 0 ? 0 : 10, 0, 0, last};
    return lull_address_ipv4(octets);
}

static struct lull_address ipv6(uint8_t last)
{
    return (struct lull_address){{[0] = last == 0 ? 0 : 0xfe, [15] = last}};
}

static unsigned fit(struct scope scope, struct lull_address local, uint32_t zone)
{
    return scope_fit(&scope, &local, zone);
}

/* [REQ BL-13] [REQ BL-15] [REQ BL-14] */
static void a_closer_name_fits_better(void **state)
{
    (void)state;
    struct scope any = {.address = ipv6(0)}, any_in_2 = {ipv6(0), 2, false};
    struct scope any_ipv4 = {.address = ipv4(0)};
    struct scope one = {.address = ipv4(1)}, one_in_2 = {ipv6(1), 2, false};

    assert_true(fit(any, ipv4(1), 0) < fit(any_ipv4, ipv4(1), 0));
    assert_true(fit(any_ipv4, ipv4(1), 0) < fit(one, ipv4(1), 0));
    assert_true(fit(any, ipv6(1), 2) < fit(any_in_2, ipv6(1), 2));
    assert_true(fit(any_in_2, ipv6(1), 2) < fit(one_in_2, ipv6(1), 2));
    assert_true(fit(any, ipv4(1), 0) > 0);
    assert_true(fit(any, ipv6(1), 2) > 0);
}

/* [REQ BL-13] [REQ BL-15] */
static void what_a_name_does_not_stand_for_does_not_fit(void **state)
{
    (void)state;
    struct scope only_ipv6 = {ipv6(0), 0, true}, any_in_2 = {ipv6(0), 2, false};
    struct scope any_ipv4 = {.address = ipv4(0)}, one_in_2 = {ipv6(1), 2, false};

    assert_int_equal(fit(only_ipv6, ipv4(1), 0), 0);
    assert_int_not_equal(fit(only_ipv6, ipv6(1), 0), 0);
    assert_int_equal(fit(any_in_2, ipv4(1), 0), 0);
    assert_int_equal(fit(any_in_2, ipv6(1), 3), 0);
    assert_int_equal(fit(any_ipv4, ipv6(1), 0), 0);
    assert_int_equal(fit(one_in_2, ipv6(1), 3), 0);
    assert_int_equal(fit(one_in_2, ipv6(1), 0), 0);
    assert_int_equal(fit(one_in_2, ipv6(2), 2), 0);
}

/* Two names meet exactly when some address fits both.  [REQ BL-08] [REQ BL-09] [REQ BL-14] */
static void names_meet_where_an_address_fits_both(void **state)
{
    const struct scope names[] = {{ipv6(0), 0, false}, {ipv6(0), 0, true},  {ipv6(0), 2, false},
                                  {ipv6(0), 2, true},  {ipv6(0), 3, false}, {ipv4(0), 0, false},
                                  {ipv4(0), 0, true},  {ipv4(1), 0, false}, {ipv4(2), 0, false},
                                  {ipv6(1), 0, false}, {ipv6(1), 2, false}, {ipv6(1), 3, false},
                                  {ipv6(2), 2, false}};
    const int count = sizeof names / sizeof names[0];

    (void)state;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            unsigned shared = 0;
            for (uint8_t last = 1; last < 5; last++) {
                shared |= fit(names[i], ipv4(last), 0) * fit(names[j], ipv4(last), 0);
                for (uint32_t zone = 0; zone < 5; zone++)
                    shared |= fit(names[i], ipv6(last), zone) * fit(names[j], ipv6(last), zone);
            }
            assert_int_equal(scope_meets(&names[i], &names[j]), shared != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closer_name_fits_better),
        cmocka_unit_test(what_a_name_does_not_stand_for_does_not_fit),
        cmocka_unit_test(names_meet_where_an_address_fits_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
