/* sim_pattern.h - what happens to the frames of a direction, one letter for each.
 *
 *     "..x.xx"     the third, fifth and sixth are lost, once
 *     "..x.xx*"    and the ninth, eleventh and twelfth, and so on for ever
 *     "12.x 30.d"  twelve pass, one is lost, thirty pass, one is doubled
 *
 * A number in front repeats a letter; blanks are for the eye.  Behind the last letter everything
 * passes. */
#ifndef SIM_SIM_PATTERN_H
#define SIM_SIM_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_PATTERN_RUNS_MAX 32

struct sim_fate;

/* All zero: none. */
struct sim_pattern {
    struct {
        uint16_t count;
        char letter;
    } runs[SIM_PATTERN_RUNS_MAX];
    uint32_t frames; /* of one turn */
    uint8_t run_count;
    bool repeated;
};

/* True with @pattern written; false when @text is none, and *@wrong is where. */
bool sim_pattern_parse(struct sim_pattern *pattern, const char *text, size_t *wrong);

/* Add what the pattern says of the @ordinal-th frame, from 0, to its fate. */
void sim_pattern_apply(const struct sim_pattern *pattern, uint64_t ordinal, struct sim_fate *fate);

/* The letters and what they mean, "x lost, d doubled, ..."; static. */
const char *sim_pattern_letters(void);

#endif
