/* check.h - promises that are kept in every build.
 *
 * assert() would do if every embedder built without NDEBUG; LULL_CHECK does not depend on
 * that.  It guards memory safety and the state machine.  For costly or merely helpful
 * tests use assert() itself. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <assert.h>

#define LULL_CHECK(condition)                                                                      \
    ((condition) ? (void)0 : __assert_fail(#condition, __FILE__, __LINE__, __func__))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
