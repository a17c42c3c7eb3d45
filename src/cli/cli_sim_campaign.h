/* cli_sim_campaign.h - many runs, on many threads, told in the order of their seeds. */
#ifndef CLI_SIM_CAMPAIGN_H
#define CLI_SIM_CAMPAIGN_H

#include "cli/cli_sim.h"

/* An exit status.  Results are the same whatever the number of threads. */
int cli_sim_campaign_run(const struct cli_sim *sim);

#endif
