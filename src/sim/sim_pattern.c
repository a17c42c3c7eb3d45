/* sim_pattern.c - patterns are kept as runs, so that a fault late in a long transfer costs no more
 * than an early one. */
#include "sim/sim_pattern.h"

#include <string.h>

#include "sim/sim_link.h"

#define COUNT_MAX UINT16_MAX

static bool is_letter(char c)
{
    return c == '.' || c == 'x' || c == 'd' || c == 'r' || c == 'c' || c == 't';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number at *@at, or 1 when there is none; 0 when it is too large. */
static uint32_t read_count(const char *text, size_t *at)
{
    uint32_t count = 0;

    if (!is_digit(text[*at]))
        return 1;
    for (; is_digit(text[*at]); (*at)++) {
        count = 10 * count + (uint32_t)(text[*at] - '0');
        if (count > COUNT_MAX)
            return 0;
    }
    return count;
}

static bool add_run(struct sim_pattern *p, uint32_t count, char letter)
{
    if (p->run_count > 0 && p->runs[p->run_count - 1].letter == letter
        && p->runs[p->run_count - 1].count + count <= COUNT_MAX) {
        p->runs[p->run_count - 1].count = (uint16_t)(p->runs[p->run_count - 1].count + count);
    } else if (p->run_count < SIM_PATTERN_RUNS_MAX) {
        p->runs[p->run_count].count = (uint16_t)count;
        p->runs[p->run_count++].letter = letter;
    } else {
        return false;
    }
    p->frames += count;
    return true;
}

/* One run, or the star at the end; *@at is past it, or where it is wrong. */
static bool read_piece(struct sim_pattern *p, const char *text, size_t *at)
{
    size_t end = *at;

    if (p->repeated || (text[end] == '*' && p->frames == 0))
        return false;
    if (text[end] == '*') {
        p->repeated = true;
        *at = end + 1;
        return true;
    }
    const uint32_t count = read_count(text, &end);
    if (count == 0 || !is_letter(text[end]) || !add_run(p, count, text[end]))
        return false;
    *at = end + 1;
    return true;
}

bool sim_pattern_parse(struct sim_pattern *pattern, const char *text, size_t *wrong)
{
    *pattern = (struct sim_pattern){0};
    *wrong = 0;
    while (text[*wrong] != '\0') {
        if (text[*wrong] == ' ')
            ++*wrong;
        else if (!read_piece(pattern, text, wrong))
            return false;
    }
    return pattern->frames > 0;
}

static char letter_at(const struct sim_pattern *p, uint64_t ordinal)
{
    if (p->frames == 0 || (ordinal >= p->frames && !p->repeated))
        return '.';
    uint64_t left = ordinal % p->frames;
    unsigned i = 0;
    while (left >= p->runs[i].count)
        left -= p->runs[i++].count;
    return p->runs[i].letter;
}

void sim_pattern_apply(const struct sim_pattern *pattern, uint64_t ordinal, struct sim_fate *fate)
{
    switch (letter_at(pattern, ordinal)) {
    case 'x': fate->lost = true; break;
    case 'd': fate->duplicated = true; break;
    case 'r': fate->late = true; break;
    case 'c': fate->corrupted = true; break;
    case 't': fate->truncated = true; break;
    default: break;
    }
}

const char *sim_pattern_letters(void)
{
    return ". passes, x is lost, d is doubled, r is late, c has a bit turned, t is cut short";
}
