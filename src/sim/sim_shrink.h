/* sim_shrink.h - from a run that fails to the least that fails alike.
 *
 * The faults that happened, the mishaps and the conversations are left out, many at a time and then
 * one by one (Zeller's delta debugging), as long as the same invariant is violated.  What is left
 * is needed, every piece of it. */
#ifndef SIM_SIM_SHRINK_H
#define SIM_SIM_SHRINK_H

#include "sim/sim_run.h"

#define SIM_SHRINK_UNITS_MAX (SIM_CASE_FAULTS_MAX + SIM_CASE_STEPS_MAX + SIM_CASE_MISHAPS_MAX)

struct sim_shrink {
    void *memory; /* sim_run_bytes(); borrowed */
    const struct sim_setup *setup;
    uint64_t seed;

    unsigned invariant;             /* that is violated */
    struct sim_violation violation; /* the first of it, in the shortest run */
    struct sim_choice choice;       /* what is left, with faults from .faults */
    struct sim_fault faults[SIM_CASE_FAULTS_MAX];
    unsigned runs; /* that it took */

    /* For its own use. */
    struct sim_fault all[SIM_CASE_FAULTS_MAX]; /* that happened in the whole run */
    bool kept[SIM_SHRINK_UNITS_MAX];           /* steps, mishaps, faults */
    uint32_t fault_total;
    bool by_chance; /* the list of faults is incomplete: chance decides */
};

/* With .memory, .setup and .seed filled in.  False when nothing is violated.  The shortest run is
 * the last one played in .memory. */
bool sim_shrink_run(struct sim_shrink *s);

#endif
