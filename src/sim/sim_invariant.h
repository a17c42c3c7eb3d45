/* sim_invariant.h - what must hold in every world, looked at after every event.
 *
 * The judge is an observer: it compares what hosts say, what their tables hold and what their users
 * read with what the world knows and they do not (sim_ghost.h, sim_ledger.h).  It changes nothing,
 * and the stack knows nothing of it. */
#ifndef SIM_SIM_INVARIANT_H
#define SIM_SIM_INVARIANT_H

#include "sim/sim_silence.h"
#include "sim/sim_world.h"

#define SIM_INVARIANT_COUNT 30 /* INV-01 to INV-30 */
#define SIM_VIOLATIONS_MAX  8  /* kept; all are counted */

struct sim_violation {
    uint8_t invariant; /* 1 is INV-01 */
    uint8_t node;      /* where it was seen */
    lull_time at;
    struct lull_name local, remote; /* the tuple, as @node has it; all zero: none */
    char text[192];                 /* a sentence with the numbers compared */
};

struct sim_invariant_options {
    uint32_t ignored;  /* bit n: INV-n is not judged, because what is configured breaks it */
    lull_duration msl; /* that the network keeps: no packet lives longer */
};

struct sim_judge;

/* Bytes for a judge of a world of @plan. */
size_t sim_invariant_bytes(const struct sim_plan *plan);

/* A judge in the caller's memory, aligned as for any object, who watches @w from now on. */
struct sim_judge *sim_invariant_init(void *memory, struct sim_world *w,
                                     const struct sim_invariant_options *options);

/* The world has come to its end: what should have happened by now?  Users have closed, and time was
 * given. */
void sim_invariant_finish(struct sim_judge *judge);

/* How many were seen, and the first of them; NULL beyond those kept. */
uint64_t sim_invariant_violations(const struct sim_judge *judge);
const struct sim_violation *sim_invariant_violation(const struct sim_judge *judge, unsigned i);

/* "No octet written in one incarnation is read in another"; static.  NULL for a number that is
 * none. */
const char *sim_invariant_text(unsigned invariant);

/* How often the judge looked at something that @invariant is about: 0 says that a run shows
 * nothing of it. */
uint64_t sim_invariant_looked(const struct sim_judge *judge, unsigned invariant);

/* How often it did not look, or let pass what it saw. */
uint64_t sim_invariant_unjudged(const struct sim_judge *judge, enum sim_silence why);

#endif
