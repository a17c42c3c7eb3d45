/* sim_choice.h - what of a case takes place, and its spelling.
 *
 * "s0,s2,m1,f0.1.17": steps 0 and 2, mishap 1, and of the faults that chance brought about in the
 * whole run only that of the 17th packet, from 0, that entered link 0 in direction 1.  "f*" instead
 * of faults: chance decides as it did. */
#ifndef SIM_SIM_CHOICE_H
#define SIM_SIM_CHOICE_H

#include "base/text.h"
#include "sim/sim_world.h"

/* Bit n of .steps: step n; of .mishaps: mishap n. */
struct sim_choice {
    uint32_t steps, mishaps;
    bool chosen;                    /* only .faults happen; otherwise chance decides */
    const struct sim_fault *faults; /* borrowed */
    uint32_t fault_count;
};

void sim_choice_write(const struct sim_choice *choice, struct text *t);

/* Read @text; the faults are written to @faults without their fates, at most @capacity.  False when
 * it is no choice, and *@wrong says where it ceases to be one. */
bool sim_choice_read(struct sim_choice *choice, const char *text, struct sim_fault *faults,
                     size_t *wrong);

/* Room for the faults of @text. */
uint32_t sim_choice_faults(const char *text);

/* Give @faults the fates they had in @w, where they happened.  False when one did not happen
 * there; *@which is it. */
bool sim_choice_recall(struct sim_fault *faults, uint32_t count, const struct sim_world *w,
                       uint32_t *which);

#endif
