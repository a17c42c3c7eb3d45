/* cli_sim_report.h - how a campaign is told: to people, and as JSON lines that can be merged.
 *
 * The lines of a shard are one for the campaign, one for each failing seed that was looked into,
 * and one with the totals.  None of them depends on the machine or on the time it took. */
#ifndef CLI_SIM_REPORT_H
#define CLI_SIM_REPORT_H

#include "cli/cli_json.h"
#include "cli/cli_sim.h"
#include "cli/cli_sim_totals.h"

#define CLI_SIM_PIECES_BYTES 8192
#define CLI_SIM_LINE_BYTES   32768 /* of a JSON line */

struct cli_sim_finding {
    uint64_t seed;
    unsigned invariant;
    int64_t at; /* since the run began */
    char host[16], tuple[2 * LULL_NAME_TEXT_BYTES];
    char text[sizeof((struct sim_violation *)0)->text];
    unsigned steps, mishaps, faults;     /* pieces that are left */
    char only[CLI_SIM_PIECES_BYTES];     /* spelled as a choice */
    char in_words[CLI_SIM_PIECES_BYTES]; /* the same, a line for each piece */
};

/* Look into a failing seed: shrink it, in @memory.  0 when it does not fail after all. */
int cli_sim_report_find(struct cli_sim_finding *finding, const struct cli_sim *sim, uint64_t seed,
                        void *memory);

/* Everything but the seed and the pieces that are left. */
void cli_sim_report_describe(struct cli_sim_finding *finding, const struct sim_case *c,
                             const struct sim_violation *violation);

/* "seed 4711: INV-01 at 12.345 s on A, 10.0.0.1:5000 10.0.0.2:80: ..." */
void cli_sim_report_where(FILE *out, const struct cli_sim_finding *finding);

void cli_sim_report_finding(FILE *out, const struct cli_sim *sim,
                            const struct cli_sim_finding *finding);
void cli_sim_report_totals(FILE *out, const struct cli_sim_totals *totals);

/* JSON lines. */
void cli_sim_report_json_head(FILE *out, const struct cli_sim *sim);
void cli_sim_report_json_finding(FILE *out, const struct cli_sim_finding *finding);
void cli_sim_report_json_totals(FILE *out, const struct cli_sim_totals *totals);

/* Where @sim's shard begins and ends, as indices of seeds. */
uint64_t cli_sim_report_first(const struct cli_sim *sim);
uint64_t cli_sim_report_end(const struct cli_sim *sim);

#endif
