/* cli_sim_trace.h - one run, a line for each thing that happens. */
#ifndef CLI_SIM_TRACE_H
#define CLI_SIM_TRACE_H

#include "cli/cli_sim.h"

/* Play @sim's seed, or what .only leaves of it, and say what was violated; with .trace every event.
 * An exit status. */
int cli_sim_trace_run(const struct cli_sim *sim);

#endif
