/* cli_sim.h - what the files of `lull sim` share: what was asked for, and how it is counted. */
#ifndef CLI_SIM_H
#define CLI_SIM_H

#include <stdint.h>
#include <stdio.h>

#include "sim/sim_run.h"

#define CLI_SIM_TYPED_BYTES 1024

struct cli_sim {
    struct sim_setup setup;
    uint64_t seed, runs; /* seeds from .seed on */
    unsigned shard, shards;
    unsigned threads; /* 0: one for each processor */
    unsigned keep;    /* failing seeds that are shrunk and printed */
    const char *output;
    const char *only; /* borrowed from argv, as .output */
    int json, trace;
    char typed[CLI_SIM_TYPED_BYTES]; /* the options that decide what a seed means */
    int typed_too_long;
};

/* Memory for a run; NULL after a complaint.  free() it. */
void *cli_sim_memory(void);

#endif
