/* scenario_run.h - the player: the clock, and one event after the other. */
#ifndef SCENARIO_SCENARIO_RUN_H
#define SCENARIO_SCENARIO_RUN_H

#include "scenario/scenario_world.h"

/* Play all events of @w's script.  Whether they went as they should is in w->failed. */
void scenario_run(struct scenario_world *w);

#endif
