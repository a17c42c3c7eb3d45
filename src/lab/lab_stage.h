/* lab_stage.h - where scenarios play: hosts, routers, links and knobs, before there is a world. */
#ifndef LAB_LAB_STAGE_H
#define LAB_LAB_STAGE_H

#include "sim/sim_invariant.h"
#include "sim/sim_world.h"

/* The book's hosts, and routers between them where a stage has any:
 *
 *     wire:     C ---- S
 *     bypath:   C ---- R1 ---- R3 ---- S
 *                        \    /
 *                          R2 ---- R4      packets for S that go astray to R4 come back to R2
 */
enum { LAB_C, LAB_S, LAB_R1, LAB_R2, LAB_R3, LAB_R4 };

#define LAB_CLIENT_PORT 1500
#define LAB_SERVER_PORT 21

/* What a scenario may change before the world is made. */
struct lab_stage {
    struct sim_plan plan;
    struct lull_stack_config config[SIM_NODES_MAX]; /* plan.nodes[i].config points to the i-th */
    struct sim_invariant_options judge;
    bool flawed;    /* it plays without TIME-WAIT */
    bool twisted;   /* with the scenario's other mistake */
    unsigned which; /* case, from 1 */
};

void lab_stage_wire(struct lab_stage *stage);
void lab_stage_bypath(struct lab_stage *stage);

/* Another host, joined to @to; its number. */
unsigned lab_stage_add_host(struct lab_stage *stage, const char *name, const uint8_t octets[4],
                            unsigned to);

/* No timestamps, which would tell old from new by themselves: numbers must. */
void lab_stage_plain(struct lab_stage *stage);

/* At every host. */
void lab_stage_turn(struct lab_stage *stage, enum lull_knob knob, int64_t value);

#endif
