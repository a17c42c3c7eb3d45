/* cli_sim_totals.h - what runs add up to: numbers with names, all of which add. */
#ifndef CLI_SIM_TOTALS_H
#define CLI_SIM_TOTALS_H

#include "sim/sim_run.h"

enum cli_sim_total {
    CLI_SIM_RUNS,
    CLI_SIM_FAILED,
    CLI_SIM_FRAMES,
    CLI_SIM_CONNECTIONS,
    CLI_SIM_ATTEMPTS,
    CLI_SIM_REFUSED,
    CLI_SIM_ESTABLISHED,
    CLI_SIM_FINISHED,
    CLI_SIM_SERVED,
    CLI_SIM_VIRTUAL_MS,
    CLI_SIM_UNLISTED, /* faults there was no room for in a run's list */
    CLI_SIM_HASH,     /* of all traces, modulo 2^64: the same runs give the same */
    CLI_SIM_PLAIN_COUNT,
    CLI_SIM_TALLIES = CLI_SIM_PLAIN_COUNT,
    CLI_SIM_FATES = CLI_SIM_TALLIES + SIM_RUN_COUNT,
    CLI_SIM_LOOKED = CLI_SIM_FATES + SIM_FAULT_COUNT,
    CLI_SIM_VIOLATED = CLI_SIM_LOOKED + SIM_INVARIANT_COUNT,   /* runs in which it was */
    CLI_SIM_SILENCES = CLI_SIM_VIOLATED + SIM_INVARIANT_COUNT, /* what was not judged */
    CLI_SIM_TOTAL_COUNT = CLI_SIM_SILENCES + SIM_SILENCE_COUNT
};

struct cli_sim_totals {
    uint64_t value[CLI_SIM_TOTAL_COUNT];
};

void cli_sim_totals_count(struct cli_sim_totals *totals, const struct sim_result *result);
void cli_sim_totals_add(struct cli_sim_totals *totals, const struct cli_sim_totals *more);

/* "runs", "looked_01"; in @name. */
#define CLI_SIM_TOTAL_NAME_BYTES 32
void cli_sim_totals_name(unsigned index, char name[CLI_SIM_TOTAL_NAME_BYTES]);

#endif
