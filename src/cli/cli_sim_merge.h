/* cli_sim_merge.h - `lull sim merge`: the results of shards, added up. */
#ifndef CLI_SIM_MERGE_H
#define CLI_SIM_MERGE_H

/* @argv begins with "merge" and ends with NULL; returns an exit status. */
int cli_sim_merge_run(char **argv);

#endif
