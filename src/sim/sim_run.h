/* sim_run.h - one seed, played to its end and judged.
 *
 *     void *memory = aligned_alloc(64, sim_run_bytes());
 *     struct sim_result result;
 *     sim_run(memory, &setup, seed, &result);
 *
 * The same setup and seed give the same result to the bit, whatever else the machine does. */
#ifndef SIM_SIM_RUN_H
#define SIM_SIM_RUN_H

#include "sim/sim_case.h"
#include "sim/sim_choice.h"
#include "sim/sim_invariant.h"
#include "sim/sim_workload.h"

struct sim_setup {
    struct sim_case_options options;
    uint32_t ignored; /* bit n: INV-n is not judged */
};

/* What happened to records and tuples, of all hosts. */
enum sim_run_tally {
    SIM_RUN_TIME_WAIT, /* records that were made */
    SIM_RUN_FIN_WAIT_2,
    SIM_RUN_HOLD,
    SIM_RUN_REARMED,
    SIM_RUN_EXPIRED,
    SIM_RUN_RECYCLED, /* reuse that was accepted and came about, of a SYN */
    SIM_RUN_RECYCLED_ACTIVE,
    SIM_RUN_EVICTED,
    SIM_RUN_KILLED,
    SIM_RUN_PARKED,      /* a handshake began that may replace the record of its tuple */
    SIM_RUN_SYN_REFUSED, /* reuse that was rejected */
    SIM_RUN_CALL_REFUSED,
    SIM_RUN_COUNT
};

struct sim_result {
    uint64_t seed;
    uint64_t violations;
    uint32_t violated; /* bit n: INV-n */
    unsigned kept;
    struct sim_violation first[SIM_VIOLATIONS_MAX];

    uint64_t looked[SIM_INVARIANT_COUNT + 1]; /* by number, from 1 */
    uint64_t unjudged[SIM_SILENCE_COUNT];
    uint64_t tally[SIM_RUN_COUNT];
    uint64_t fates[SIM_FAULT_COUNT]; /* faults that happened, by number of their bit */
    struct sim_workload_counts work;
    uint64_t frames, connections;
    uint32_t faults_dropped; /* that happened and found no room in the list */
    lull_duration took;      /* virtual time */
    uint64_t trace_hash;
};

/* Memory for a run, whatever the seed; aligned to 64. */
size_t sim_run_bytes(void);

/* @memory need not be cleared. */
void sim_run(void *memory, const struct sim_setup *setup, uint64_t seed, struct sim_result *result);

/* "restored", and a phrase that says what it counts; static. */
const char *sim_run_tally_name(enum sim_run_tally tally);
const char *sim_run_tally_text(enum sim_run_tally tally);

/* --- with a say in what takes place --- */

struct sim_watcher {
    sim_observer *tell; /* NULL: nobody */
    void *context;
};

struct sim_play {
    void *memory; /* sim_run_bytes() */
    const struct sim_setup *setup;
    uint64_t seed;
    const struct sim_choice *choice; /* NULL: all of it */
    struct sim_watcher watcher;
};

void sim_run_play(const struct sim_play *play, struct sim_result *result);

/* Of the run that was played last in @memory; valid until the next. */
const struct sim_case *sim_run_case(const void *memory);
const struct sim_world *sim_run_world(const void *memory);

#endif
