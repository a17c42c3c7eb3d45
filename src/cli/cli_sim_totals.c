#include "cli/cli_sim_totals.h"

#include <stdio.h>

static const char *const plain_names[CLI_SIM_PLAIN_COUNT] = {[CLI_SIM_RUNS] = "runs",
                                                             [CLI_SIM_FAILED] = "failed",
                                                             [CLI_SIM_FRAMES] = "frames",
                                                             [CLI_SIM_CONNECTIONS] = "connections",
                                                             [CLI_SIM_ATTEMPTS] = "attempts",
                                                             [CLI_SIM_REFUSED] = "refused",
                                                             [CLI_SIM_ESTABLISHED] = "established",
                                                             [CLI_SIM_FINISHED] = "finished",
                                                             [CLI_SIM_SERVED] =
                                                                 "served_after_refusal",
                                                             [CLI_SIM_VIRTUAL_MS] = "virtual_ms",
                                                             [CLI_SIM_UNLISTED] = "faults_unlisted",
                                                             [CLI_SIM_HASH] = "trace_hash"};

void cli_sim_totals_count(struct cli_sim_totals *totals, const struct sim_result *r)
{
    uint64_t *value = totals->value;

    value[CLI_SIM_RUNS]++;
    value[CLI_SIM_FAILED] += r->violations > 0;
    value[CLI_SIM_FRAMES] += r->frames;
    value[CLI_SIM_CONNECTIONS] += r->connections;
    value[CLI_SIM_ATTEMPTS] += r->work.attempts;
    value[CLI_SIM_REFUSED] += r->work.refused;
    value[CLI_SIM_ESTABLISHED] += r->work.established;
    value[CLI_SIM_FINISHED] += r->work.finished;
    value[CLI_SIM_SERVED] += r->work.served;
    value[CLI_SIM_VIRTUAL_MS] += (uint64_t)(r->took / LULL_MS(1));
    value[CLI_SIM_UNLISTED] += r->faults_dropped;
    value[CLI_SIM_HASH] += r->trace_hash;
    for (unsigned i = 0; i < SIM_RUN_COUNT; i++)
        value[CLI_SIM_TALLIES + i] += r->tally[i];
    for (unsigned i = 0; i < SIM_SILENCE_COUNT; i++)
        value[CLI_SIM_SILENCES + i] += r->unjudged[i];
    for (unsigned i = 0; i < SIM_FAULT_COUNT; i++)
        value[CLI_SIM_FATES + i] += r->fates[i];
    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++) {
        value[CLI_SIM_LOOKED + i - 1] += r->looked[i];
        value[CLI_SIM_VIOLATED + i - 1] += r->violated >> i & 1;
    }
}

void cli_sim_totals_add(struct cli_sim_totals *totals, const struct cli_sim_totals *more)
{
    for (unsigned i = 0; i < CLI_SIM_TOTAL_COUNT; i++)
        totals->value[i] += more->value[i];
}

void cli_sim_totals_name(unsigned index, char name[CLI_SIM_TOTAL_NAME_BYTES])
{
    if (index < CLI_SIM_TALLIES)
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "%s", plain_names[index]);
    else if (index < CLI_SIM_FATES)
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "%s",
                 sim_run_tally_name((enum sim_run_tally)(index - CLI_SIM_TALLIES)));
    else if (index < CLI_SIM_LOOKED)
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "fault_%s",
                 sim_case_fault_name(index - CLI_SIM_FATES));
    else if (index < CLI_SIM_VIOLATED)
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "looked_%02u", index - CLI_SIM_LOOKED + 1);
    else if (index < CLI_SIM_SILENCES)
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "violated_%02u", index - CLI_SIM_VIOLATED + 1);
    else
        snprintf(name, CLI_SIM_TOTAL_NAME_BYTES, "unjudged_%s",
                 sim_silence_name((enum sim_silence)(index - CLI_SIM_SILENCES)));
}
