/* scenario_call.h - system calls about a socket's life; scenario_syscall.h has the table. */
#ifndef SCENARIO_SCENARIO_CALL_H
#define SCENARIO_SCENARIO_CALL_H

#include "scenario/scenario_world.h"

enum scenario_step scenario_call_socket(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_bind(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_listen(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_accept(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_connect(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_close(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_shutdown(struct scenario_world *w, struct scenario_calling *c);
enum scenario_step scenario_call_poll(struct scenario_world *w, struct scenario_calling *c);

/* For the other calls. */

/* The call is done: with a result, or with an error, which LULL_OK is not. */
enum scenario_step scenario_call_result(struct scenario_calling *c, int64_t result);
enum scenario_step scenario_call_error(struct scenario_calling *c, enum lull_error error);

/* Besides its result the call gave @what, which is not as expected. */
void scenario_call_remark(struct scenario_calling *c, const char *what, int64_t expected,
                          int64_t actual);

/* The first argument's descriptor.  NULL: the call is over, as @step says. */
struct scenario_descriptor *scenario_call_descriptor(struct scenario_world *w,
                                                     struct scenario_calling *c,
                                                     enum scenario_step *step);

#endif
