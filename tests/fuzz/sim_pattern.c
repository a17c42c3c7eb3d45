/* Patterns of faults: whatever is written, reading ends, and what is accepted has one letter for
 * each frame. */
#include <string.h>

#include "base/check.h"
#include "fuzz.h"
#include "sim/sim_link.h"

#define TEXT_MAX 256u

static uint32_t frames_of(const struct sim_pattern *p)
{
    uint32_t frames = 0;

    for (unsigned i = 0; i < p->run_count; i++)
        frames += p->runs[i].count;
    return frames;
}

/* The first frame of the second turn is the first of the first, or passes. */
static void check_turn(const struct sim_pattern *p)
{
    struct sim_fate first = {0}, again = {0}, none = {0};

    sim_pattern_apply(p, 0, &first);
    sim_pattern_apply(p, p->frames, &again);
    LULL_CHECK(memcmp(&again, p->repeated ? &first : &none, sizeof again) == 0);
    sim_pattern_apply(p, p->frames - 1, &first);
    sim_pattern_apply(p, UINT64_MAX, &first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    const size_t length = size < TEXT_MAX ? size : TEXT_MAX;
    struct sim_pattern pattern;
    size_t wrong;

    memcpy(text, data, length);
    text[length] = '\0';
    if (!sim_pattern_parse(&pattern, text, &wrong)) {
        LULL_CHECK(wrong <= strlen(text));
        return 0;
    }
    LULL_CHECK(pattern.frames > 0 && pattern.run_count <= SIM_PATTERN_RUNS_MAX);
    LULL_CHECK(frames_of(&pattern) == pattern.frames);
    check_turn(&pattern);
    return 0;
}
