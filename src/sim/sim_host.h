/* sim_host.h - a stack in the world: its frames, its life and its death. */
#ifndef SIM_SIM_HOST_H
#define SIM_SIM_HOST_H

#include "sim/sim_world.h"

/* The host is gone at this instant, with all its sockets; what travels, travels on. */
void sim_host_crash(struct sim_world *w, unsigned host);

/* A host that is down starts, with nothing remembered and new secrets. */
void sim_host_boot(struct sim_world *w, unsigned host);

/* A host that is down goes on with the memory it had, as a process whose stack lies in a mapped
 * file. */
void sim_host_revive(struct sim_world *w, unsigned host);

/* Time passes and the host does not notice, as in a machine that sleeps; packets are lost at its
 * door. */
void sim_host_suspend(struct sim_world *w, unsigned host);
void sim_host_resume(struct sim_world *w, unsigned host);

/* --- for sim's own files --- */

/* A packet has come over its link. */
void sim_host_hear(struct sim_world *w, unsigned host, struct sim_packet packet);

/* Take what the stack wants to send. */
void sim_host_speak(struct sim_world *w, unsigned host);

/* The same, tell that it is settled, let its users look, and again. */
void sim_host_attend(struct sim_world *w, unsigned host);

/* When its stack has something to do; LULL_TIME_NEVER while it does not run. */
lull_time sim_host_deadline(const struct sim_world *w, unsigned host);
void sim_host_advance(struct sim_world *w, unsigned host);

#endif
