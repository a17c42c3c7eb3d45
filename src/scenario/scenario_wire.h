/* scenario_wire.h - between a script's packets and the bytes the stack takes and gives. */
#ifndef SCENARIO_SCENARIO_WIRE_H
#define SCENARIO_SCENARIO_WIRE_H

#include "scenario/scenario_world.h"

/* @packet arrives now; its numbers are those of the wire, its ports @flow's unless it has some. */
void scenario_wire_arrive(struct scenario_world *w, const struct scenario_flow *flow,
                          const struct scenario_packet *packet);

/* Take everything the stack sends now. */
void scenario_wire_collect(struct scenario_world *w);

/* The oldest packet that was sent and not yet dropped; NULL when there is none. */
struct scenario_sent *scenario_wire_first(struct scenario_world *w);
void scenario_wire_drop(struct scenario_world *w);

#endif
