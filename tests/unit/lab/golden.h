/* golden.h - what a renderer writes, compared with a file of tests/golden/lab.
 *
 * With LAB_GOLDEN_WRITE in the environment the files are written anew instead: look at the
 * difference before it is committed. */
#ifndef TESTS_UNIT_LAB_GOLDEN_H
#define TESTS_UNIT_LAB_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_out.h"
#include "story.h"

#define GOLDEN_BYTES 262144

static struct {
    char text[GOLDEN_BYTES];
    size_t used;
} golden;

static struct story golden_story;

static inline void golden_hear(void *context, const char *bytes, size_t count)
{
    (void)context;
    assert_true(golden.used + count < GOLDEN_BYTES);
    memcpy(golden.text + golden.used, bytes, count);
    golden.used += count;
    golden.text[golden.used] = '\0';
}

/* An output that begins empty. */
static inline const struct lab_out *golden_out(void)
{
    static const struct lab_out out = {golden_hear, NULL};

    golden.used = 0;
    golden.text[0] = '\0';
    return &out;
}

/* Names of the samples, in the order of story_samples. */
static const char *const golden_names[STORY_SAMPLES] = {
    "lost_last_ack", "wandering_duplicate", "without_time_wait", "everything", "captured", "empty",
};

static inline void golden_compare(const char *name)
{
    static char wanted[GOLDEN_BYTES];
    char path[512];
    size_t line = 1, at = 0;

    snprintf(path, sizeof path, "%s/%s", LAB_GOLDEN, name);
    if (getenv("LAB_GOLDEN_WRITE") != NULL) {
        FILE *to = fopen(path, "wb");
        assert_non_null(to);
        assert_int_equal(fwrite(golden.text, 1, golden.used, to), golden.used);
        fclose(to);
    }
    FILE *from = fopen(path, "rb");
    if (from == NULL)
        fail_msg("%s is not there", path);
    const size_t bytes = fread(wanted, 1, sizeof wanted - 1, from);
    fclose(from);
    wanted[bytes] = '\0';
    while (at < bytes && at < golden.used && wanted[at] == golden.text[at])
        line += wanted[at++] == '\n';
    if (at < bytes || at < golden.used)
        fail_msg("%s:%zu: wanted\n%.200s\n--- and got\n%.200s", path, line, wanted + at,
                 golden.text + at);
}

#endif
