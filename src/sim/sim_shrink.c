/* sim_shrink.c - delta debugging over a list of units: steps, then mishaps, then faults.
 *
 * Every try is a whole run, which takes a fraction of a millisecond, so no cleverness is spent on
 * needing fewer. */
#include "sim/sim_shrink.h"

#include <string.h>

#define FIRST_MISHAP SIM_CASE_STEPS_MAX
#define FIRST_FAULT  (SIM_CASE_STEPS_MAX + SIM_CASE_MISHAPS_MAX)

static void choose(struct sim_shrink *s)
{
    s->choice = (struct sim_choice){.chosen = !s->by_chance, .faults = s->faults};
    for (unsigned i = 0; i < FIRST_MISHAP; i++)
        s->choice.steps |= (uint32_t)s->kept[i] << i;
    for (unsigned i = 0; i < SIM_CASE_MISHAPS_MAX; i++)
        s->choice.mishaps |= (uint32_t)s->kept[FIRST_MISHAP + i] << i;
    for (uint32_t i = 0; i < s->fault_total; i++)
        if (s->kept[FIRST_FAULT + i])
            s->faults[s->choice.fault_count++] = s->all[i];
}

static const struct sim_violation *find(const struct sim_result *result, unsigned invariant)
{
    for (unsigned i = 0; i < result->kept; i++)
        if (result->first[i].invariant == invariant)
            return &result->first[i];
    return NULL;
}

/* Is the invariant violated still?  .violation is kept up to date. */
static bool fails(struct sim_shrink *s)
{
    struct sim_result result;

    choose(s);
    s->runs++;
    sim_run_play(
        &(struct sim_play){
            .memory = s->memory, .setup = s->setup, .seed = s->seed, .choice = &s->choice},
        &result);
    const struct sim_violation *found = find(&result, s->invariant);
    if (found != NULL)
        s->violation = *found;
    return found != NULL;
}

/* Leave out the units from @first to @end; true when some could be. */
static bool leave_out(struct sim_shrink *s, unsigned first, unsigned end)
{
    bool before[SIM_SHRINK_UNITS_MAX], any = false;

    memcpy(before, s->kept, sizeof before);
    for (unsigned i = first; i < end; i++) {
        any |= s->kept[i];
        s->kept[i] = false;
    }
    if (any && fails(s))
        return true;
    memcpy(s->kept, before, sizeof before);
    return false;
}

/* Pieces of half the length each time, down to one by one. */
static bool shorten(struct sim_shrink *s, unsigned first, unsigned end)
{
    bool shorter = false;

    for (unsigned length = end - first; length > 0; length /= 2)
        for (unsigned at = first; at < end; at += length)
            shorter |= leave_out(s, at, at + length < end ? at + length : end);
    return shorter;
}

static void keep_all(struct sim_shrink *s)
{
    const struct sim_case *c = sim_run_case(s->memory);

    memset(s->kept, 0, sizeof s->kept);
    for (unsigned i = 0; i < c->step_count; i++)
        s->kept[i] = true;
    for (unsigned i = 0; i < c->mishap_count; i++)
        s->kept[FIRST_MISHAP + i] = true;
    for (uint32_t i = 0; i < s->fault_total; i++)
        s->kept[FIRST_FAULT + i] = true;
}

bool sim_shrink_run(struct sim_shrink *s)
{
    struct sim_result result;
    bool shorter = true;

    s->runs = 1;
    sim_run(s->memory, s->setup, s->seed, &result);
    if (result.kept == 0)
        return false;
    s->invariant = result.first[0].invariant;
    const struct sim_world *w = sim_run_world(s->memory);
    s->by_chance = w->log_dropped > 0;
    s->fault_total = s->by_chance ? 0 : w->log_count;
    memcpy(s->all, w->log, s->fault_total * sizeof s->all[0]);
    keep_all(s);
    while (shorter) {
        shorter = shorten(s, FIRST_FAULT, FIRST_FAULT + s->fault_total);
        shorter |= shorten(s, FIRST_MISHAP, FIRST_FAULT);
        shorter |= shorten(s, 0, FIRST_MISHAP);
    }
    return fails(s);
}
