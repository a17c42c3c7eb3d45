/* sim_router.h - passing packets on, hop by hop (RFC 1812 sections 4.2.2.9 and 5.3.1). */
#ifndef SIM_SIM_ROUTER_H
#define SIM_SIM_ROUTER_H

#include "sim/sim_world.h"

/* Every router's routes become the ones with the fewest links. */
void sim_router_converge(struct sim_world *w);

/* @router sends what is for node @destination over @link from now on; SIM_NO_LINK: it drops it. */
void sim_router_route(struct sim_world *w, unsigned router, unsigned destination, unsigned link);

/* The link between two nodes, or SIM_NO_LINK. */
unsigned sim_router_link_between(const struct sim_world *w, unsigned a, unsigned b);

/* --- for sim's own files --- */

/* A packet has come to @router. */
void sim_router_forward(struct sim_world *w, unsigned router, struct sim_packet packet);

#endif
