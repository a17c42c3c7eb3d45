/* sim.h - the door of the simulator: a world, what lives in it, and what is done there. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/sim_call.h"
#include "sim/sim_host.h"
#include "sim/sim_incident.h"
#include "sim/sim_invariant.h"
#include "sim/sim_octets.h"
#include "sim/sim_packet.h"
#include "sim/sim_pick.h"
#include "sim/sim_router.h"
#include "sim/sim_world.h"

#endif
