/* Bytes that cannot be guessed: here only that they are there, all of them, and fresh. */
#include <string.h>

#include "lull/host.h"

#include "cmocka_all.h"

static void every_byte_is_filled_and_none_behind(void **state)
{
    uint8_t bytes[301], seen[301] = {0};
    (void)state;
    /* A byte is 0 once in 256 times, so never in 16 fills is a sign of one that is left out. */
    for (int round = 0; round < 16; round++) {
        memset(bytes, 0, sizeof bytes);
        assert_int_equal(lull_host_entropy_fill(bytes, 300), LULL_OK);
        for (int i = 0; i < 301; i++)
            seen[i] |= bytes[i];
    }
    for (int i = 0; i < 300; i++)
        assert_int_not_equal(seen[i], 0);
    assert_int_equal(seen[300], 0);
}

static void two_fills_differ(void **state)
{
    uint8_t a[32] = {0}, b[32] = {0};
    (void)state;
    assert_int_equal(lull_host_entropy_fill(a, sizeof a), LULL_OK);
    assert_int_equal(lull_host_entropy_fill(b, sizeof b), LULL_OK);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_filled_and_none_behind),
        cmocka_unit_test(two_fills_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
