/* drawing.h - what a renderer wrote, as a string, and questions about it. */
#ifndef TESTS_UNIT_LAB_DRAWING_H
#define TESTS_UNIT_LAB_DRAWING_H

#include <string.h>

#include "lab/lab_out.h"

struct drawing {
    char text[1 << 20];
    size_t used;
};

static struct drawing drawing;

static void hear(void *context, const char *bytes, size_t count)
{
    struct drawing *d = context;

    assert_true(d->used + count < sizeof d->text);
    memcpy(d->text + d->used, bytes, count);
    d->used += count;
    d->text[d->used] = '\0';
}

static inline const struct lab_out *fresh(void)
{
    static const struct lab_out out = {hear, &drawing};

    drawing.used = 0;
    drawing.text[0] = '\0';
    return &out;
}

static inline unsigned count_of(const char *words)
{
    unsigned count = 0;

    for (const char *at = drawing.text; (at = strstr(at, words)) != NULL; at += strlen(words))
        count++;
    return count;
}

#endif
