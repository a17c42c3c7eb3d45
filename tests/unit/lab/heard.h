/* heard.h - an output that is short enough to be written into the test. */
#ifndef TESTS_UNIT_LAB_HEARD_H
#define TESTS_UNIT_LAB_HEARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_out.h"

static struct {
    char text[1024];
    size_t used;
} heard;

static inline void hear(void *context, const char *bytes, size_t count)
{
    (void)context;
    assert_true(heard.used + count < sizeof heard.text);
    memcpy(heard.text + heard.used, bytes, count);
    heard.used += count;
    heard.text[heard.used] = '\0';
}

/* An output that begins empty. */
static inline const struct lab_out *fresh(void)
{
    static const struct lab_out out = {hear, NULL};

    heard.used = 0;
    heard.text[0] = '\0';
    return &out;
}

#endif
