/* base_test.h - what the unit tests of base share.
 *
 * Broken promises (LULL_CHECK and assert) are tested too: the test binary brings its own
 * __assert_fail(), which jumps back when a failure is expected. */
#ifndef TESTS_BASE_TEST_H
#define TESTS_BASE_TEST_H

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"

static jmp_buf after_refusal;
static bool refusal_expected;

// NOLINTNEXTLINE(bugprone-reserved-identifier): replaces the C library's
void __assert_fail(const char *condition, const char *file, unsigned line, const char *function)
{
    if (refusal_expected)
        longjmp(after_refusal, 1);
    fprintf(stderr, "%s:%u: %s: %s\n", file, line, function, condition);
    abort();
}

/* The call must run into a check that fails. */
#define EXPECT_REFUSED(call)                                                                       \
    do {                                                                                           \
        refusal_expected = true;                                                                   \
        if (setjmp(after_refusal) == 0) {                                                          \
            call;                                                                                  \
            fail_msg("not refused: %s", #call);                                                    \
        }                                                                                          \
        refusal_expected = false;                                                                  \
    } while (0)

/* Memory aligned as an arena would align it, filled with rubbish, because no mechanism may
 * rely on clean memory; free() it. */
static inline void *rubbish(size_t bytes)
{
    const size_t whole = bytes == 0 ? 64 : (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, whole);
    assert_non_null(memory);
    memset(memory, 0xa5, whole);
    return memory;
}

#define RUN(...)                                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

#endif
