/* scenario_transfer.h - system calls that move bytes; scenario_syscall.h has the table.
 *
 * What is written is zeros, and what is read is not looked at, as in packetdrill. */
#ifndef SCENARIO_SCENARIO_TRANSFER_H
#define SCENARIO_SCENARIO_TRANSFER_H

#include "scenario/scenario_world.h"

enum scenario_step scenario_transfer_read(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_recv(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_recvmsg(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_readv(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_write(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_send(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_sendmsg(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_transfer_writev(struct scenario_world *w, struct scenario_calling *c);

#endif
