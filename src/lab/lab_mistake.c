/* lab_mistake.c - flaws and knobs that are known to be wrong. */
#include "lab/lab_mistake.h"

static void add_flaw(struct lab_stage *stage, enum lull_flaw flaw)
{
    for (unsigned i = 0; i < stage->plan.node_count; i++)
        stage->config[i].flaws |= (uint8_t)flaw;
}

void lab_mistake_listener_first(struct lab_stage *stage)
{
    add_flaw(stage, LULL_FLAW_LISTENER_FIRST);
}

void lab_mistake_destroy_on_reuse(struct lab_stage *stage)
{
    add_flaw(stage, LULL_FLAW_DESTROY_ON_REUSE);
}

void lab_mistake_obey_resets(struct lab_stage *stage)
{
    lab_stage_turn(stage, LULL_KNOB_tw_rst, LULL_TW_RST_RFC9293);
}
