/* A campaign that finds nothing proves nothing until it is seen to find what is there: the same
 * campaign, against stacks that are wrong on purpose and against knobs that are known to break
 * something.  Each must be found by the name of what it breaks.
 *
 *   controls_test             every control; fails when one is not found within its runs
 *   controls_test --measure   a table: the runs each needs, the median over 20 start seeds
 *
 * Flaws are in lull/flaws.h, and docs/testing.md has the measured table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lull/flaws.h"

#include "base/check.h"
#include "sim/sim_run.h"

#define INV(n)      (1u << (n))
#define MEASURES    20u
#define SEEDS_APART 1000000u

struct control {
    const char *name;
    uint8_t flaws;
    enum lull_profile profile;
    const char *knob; /* NULL: none */
    uint32_t must;    /* each of these is found within .runs */
    uint32_t may;     /* these follow from them; anything else is a mistake of the judge */
    unsigned runs;
};

/* clang-format off */
static const struct control controls[] = {
    {"no TIME-WAIT", LULL_FLAW_NO_TIME_WAIT, LULL_PROFILE_DEFAULT, NULL,
     INV(1) | INV(4) | INV(5) | INV(15), INV(2) | INV(3) | INV(7) | INV(8) | INV(11), 600},
    {"1 MSL instead of 2", LULL_FLAW_ONE_MSL, LULL_PROFILE_DEFAULT, NULL,
     INV(4) | INV(5) | INV(15), INV(1) | INV(3) | INV(7) | INV(11), 900},
    {"timer from the last activity", LULL_FLAW_STALE_STAMP, LULL_PROFILE_DEFAULT, NULL,
     INV(4) | INV(5) | INV(15), INV(1) | INV(3) | INV(7) | INV(11) | INV(30), 600},
    {"listener before record", LULL_FLAW_LISTENER_FIRST, LULL_PROFILE_DEFAULT, NULL,
     INV(1) | INV(8) | INV(12), INV(2) | INV(3) | INV(9) | INV(11), 600},
    {"reuse destroys the record", LULL_FLAW_DESTROY_ON_REUSE, LULL_PROFILE_DEFAULT, NULL,
     INV(5) | INV(7), INV(1) | INV(3) | INV(4) | INV(11), 900},
    {"resets are obeyed", 0, LULL_PROFILE_DEFAULT, "tw.rst=rfc9293",
     INV(4), INV(1) | INV(3) | INV(5) | INV(11), 900},
    {"no HOLD", 0, LULL_PROFILE_DEFAULT, "abort.hold=0",
     INV(25), INV(1) | INV(2) | INV(3) | INV(11), 100},
    {"profile linux", 0, LULL_PROFILE_LINUX, NULL,
     INV(1) | INV(4) | INV(25), INV(3) | INV(2) | INV(11) | INV(18), 900},
    {"profile bsd", 0, LULL_PROFILE_BSD, NULL,
     INV(5) | INV(15) | INV(18) | INV(25), INV(1) | INV(2) | INV(3) | INV(4) | INV(11), 900},
};
/* clang-format on */

static void *memory;

static struct sim_setup set_up(const struct control *control)
{
    struct sim_setup setup = {0};
    char name[32];

    sim_case_options_init(&setup.options);
    lull_knobs_init(&setup.options.knobs, control->profile);
    setup.options.flaws = control->flaws;
    if (control->knob == NULL)
        return setup;
    LULL_CHECK(lull_knobs_assign(&setup.options.knobs, control->knob) == LULL_OK);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(control->knob, "="), control->knob);
    setup.options.fixed = UINT64_C(1) << lull_knob_find(name);
    return setup;
}

/* Runs until each of .must was found, at most @most; in @found what was. */
static unsigned search(const struct control *control, uint64_t seed, unsigned most, uint32_t *found)
{
    const struct sim_setup setup = set_up(control);
    struct sim_result result;
    unsigned runs = 0;

    *found = 0;
    while (runs < most && (*found & control->must) != control->must) {
        sim_run(memory, &setup, seed + runs++, &result);
        *found |= result.violated;
    }
    return runs;
}

static void print_names(const char *title, uint32_t set)
{
    printf("%s", title);
    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++)
        if (set >> i & 1)
            printf(" INV-%02u", i);
}

static int check(const struct control *control)
{
    uint32_t found;
    const unsigned runs = search(control, 1, control->runs, &found);
    const uint32_t missed = control->must & ~found,
                   strange = found & ~control->must & ~control->may;

    printf("%s: %u runs:", control->name, runs);
    print_names("", found);
    if (missed != 0)
        print_names("; NOT FOUND:", missed);
    if (strange != 0)
        print_names("; NOT EXPECTED:", strange);
    printf("\n");
    return missed != 0 || strange != 0;
}

/* The sound stack, with the same seeds: nothing. */
static int check_sound(void)
{
    static const struct control sound = {.name = "nothing wrong", .must = INV(31)};
    uint32_t found;
    const unsigned runs = search(&sound, 1, 600, &found);

    printf("%s: %u runs:", sound.name, runs);
    print_names("", found);
    printf("\n");
    return found != 0;
}

/* --- measuring --------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static void measure_one(const struct control *control, unsigned invariant)
{
    struct control only = *control;
    unsigned runs[MEASURES];
    uint32_t found;

    only.must = INV(invariant);
    for (unsigned i = 0; i < MEASURES; i++)
        runs[i] = search(&only, 1 + (uint64_t)i * SEEDS_APART, 20000, &found);
    qsort(runs, MEASURES, sizeof runs[0], by_size);
    printf("| %s | INV-%02u | %u | %u |\n", control->name, invariant, runs[MEASURES / 2],
           runs[MEASURES - 1]);
    fflush(stdout);
}

static void measure(const struct control *control)
{
    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++)
        if (control->must >> i & 1)
            measure_one(control, i);
}

int main(int argc, char **argv)
{
    const bool measures = argc > 1 && strcmp(argv[1], "--measure") == 0;
    int failed = 0;

    memory = aligned_alloc(64, (sim_run_bytes() + 63) / 64 * 64);
    LULL_CHECK(memory != NULL);
    if (!measures)
        failed = check_sound();
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        if (measures)
            measure(&controls[i]);
        else
            failed |= check(&controls[i]);
    }
    free(memory);
    return failed;
}
