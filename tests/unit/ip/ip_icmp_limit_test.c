/* The rate limit of ICMP errors (RFC 1812 section 4.3.2.8). */
#include "base/prng.h"
#include "cmocka_all.h"
#include "ip/ip.h"

static unsigned take_all(struct ip_icmp_limit *limit, lull_time now)
{
    unsigned taken = 0;
    while (taken < 1000 && ip_icmp_limit_take(limit, now))
        taken++;
    return taken;
}

static void a_burst_is_allowed_and_no_more(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 10, 6);
    assert_int_equal(take_all(&limit, 0), 6);
    assert_int_equal(take_all(&limit, 0), 0);
}

static void tokens_come_back_at_the_rate(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 10, 6);
    assert_int_equal(take_all(&limit, LULL_SEC(5)), 6);
    assert_int_equal(take_all(&limit, LULL_SEC(5) + LULL_MS(100) - 1), 0);
    assert_int_equal(take_all(&limit, LULL_SEC(5) + LULL_MS(100)), 1);
    assert_int_equal(take_all(&limit, LULL_SEC(5) + LULL_MS(399)), 2);
    assert_int_equal(take_all(&limit, LULL_SEC(5) + LULL_MS(400)), 1);
}

static void silence_fills_the_bucket_but_not_beyond(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 10, 6);
    assert_int_equal(take_all(&limit, 0), 6);
    assert_int_equal(take_all(&limit, LULL_SEC(100)), 6);
    assert_int_equal(take_all(&limit, LULL_SEC(100) + LULL_MS(100)), 1);
}

static void the_origin_of_time_does_not_matter(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 1, 2);
    assert_int_equal(take_all(&limit, -LULL_SEC(1000000)), 2);
    ip_icmp_limit_init(&limit, 1, 2);
    assert_int_equal(take_all(&limit, INT64_MAX / 2), 2);
}

static void a_rate_or_a_burst_of_zero_allows_nothing(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 0, 6);
    assert_int_equal(take_all(&limit, LULL_SEC(9)), 0);
    ip_icmp_limit_init(&limit, 10, 0);
    assert_int_equal(take_all(&limit, LULL_SEC(9)), 0);
}

static void the_largest_numbers_do_not_overflow(void **state)
{
    struct ip_icmp_limit limit;
    (void)state;
    ip_icmp_limit_init(&limit, 1, UINT32_MAX);
    assert_int_equal(take_all(&limit, LULL_SEC(9)), 1000);
    ip_icmp_limit_init(&limit, 1000000000, 3);
    assert_int_equal(take_all(&limit, 0), 3);
    assert_int_equal(take_all(&limit, 2), 2);
}

/* Over any stretch of time no more than burst + rate * time leave. */
static void no_stretch_of_time_exceeds_the_promise(void **state)
{
    enum { RATE = 100, BURST = 7 };
    struct ip_icmp_limit limit;
    struct prng p;
    lull_time now = 0;
    uint64_t taken = 0;
    (void)state;
    prng_seed(&p, 1);
    ip_icmp_limit_init(&limit, RATE, BURST);
    for (int round = 0; round < 100000; round++) {
        now += prng_below(&p, (uint32_t)LULL_MS(8));
        taken += ip_icmp_limit_take(&limit, now);
        assert_true(taken <= BURST + (uint64_t)now * RATE / (uint64_t)LULL_SEC(1));
    }
    assert_true(taken + 2 * BURST > (uint64_t)now * RATE / (uint64_t)LULL_SEC(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_allowed_and_no_more),
        cmocka_unit_test(tokens_come_back_at_the_rate),
        cmocka_unit_test(silence_fills_the_bucket_but_not_beyond),
        cmocka_unit_test(the_origin_of_time_does_not_matter),
        cmocka_unit_test(a_rate_or_a_burst_of_zero_allows_nothing),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
        cmocka_unit_test(no_stretch_of_time_exceeds_the_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
