/* sim_forger.h - somebody off the path who sends segments in another's name, with numbers that are
 * near what they should be.
 *
 * Records are told anything; live connections only what must not harm them, a SYN, a reset beside
 * the exact number, an ICMP error about nothing that is in flight: whoever knows the exact numbers
 * can speak for the peer, and nothing forbids that. */
#ifndef SIM_SIM_FORGER_H
#define SIM_SIM_FORGER_H

#include "sim/sim_case.h"

struct sim_forger {
    struct sim_world *world;
    struct prng prng;
    uint64_t sent;
    struct {
        const struct sim_mishap *mishap;
        int64_t left; /* segments */
    } campaigns[SIM_CASE_MISHAPS_MAX];
    unsigned campaign_count;
};

void sim_forger_init(struct sim_forger *f, struct sim_world *w, uint64_t seed);

/* @mishap, which is borrowed, says whom, for how long, and how many segments. */
void sim_forger_begin(struct sim_forger *f, const struct sim_mishap *mishap);

#endif
