/* scenario_sockopt.h - options of sockets and descriptors; scenario_syscall.h has the table. */
#ifndef SCENARIO_SCENARIO_SOCKOPT_H
#define SCENARIO_SCENARIO_SOCKOPT_H

#include "scenario/scenario_world.h"

enum scenario_step scenario_sockopt_set(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_sockopt_get(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_sockopt_fcntl(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_sockopt_ioctl(struct scenario_world *w, struct scenario_calling *c);

#endif
