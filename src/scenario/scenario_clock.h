/* scenario_clock.h - virtual time: it goes from deadline to deadline, and after every step what the
 * stack sends is taken and the call that sleeps is tried again. */
#ifndef SCENARIO_SCENARIO_CLOCK_H
#define SCENARIO_SCENARIO_CLOCK_H

#include "scenario/scenario_world.h"

/* Something was done to the stack now: take what it sends and let the sleeping call go on. */
void scenario_clock_settle(struct scenario_world *w);

/* Let time pass until @until, or until @enough(w) is true; NULL: nothing is enough. */
void scenario_clock_advance(struct scenario_world *w, lull_time until,
                            bool (*enough)(struct scenario_world *w));

/* A call begins now.  It may be over when this returns, or sleep. */
void scenario_clock_call(struct scenario_world *w, const struct scenario_event *event,
                         lull_time ends);

/* Wait until the call that sleeps, if one does, has returned; it may take until its end. */
void scenario_clock_finish(struct scenario_world *w);

/* True when @at lies within the tolerance of @wanted. */
bool scenario_clock_agrees(const struct scenario_world *w, lull_time at, lull_time wanted);

#endif
