/* scenario_syscall.h - the system calls a script may make, as one table. */
#ifndef SCENARIO_SCENARIO_SYSCALL_H
#define SCENARIO_SCENARIO_SYSCALL_H

#include "scenario/scenario_world.h"

/* NULL when there is such a call with so many arguments, and otherwise what is wrong. */
const char *scenario_syscall_check(const struct scenario_call *call);

/* Try to carry out @c->event's call. */
enum scenario_step scenario_syscall_try(struct scenario_world *w, struct scenario_calling *c);

/* True when what the call returned is what its event expects; otherwise a failure is noted. */
bool scenario_syscall_judge(struct scenario_world *w, const struct scenario_calling *c);

#endif
