/* host_loop.h - the loop, and the seam where its tests put something other than a stack. */
#ifndef HOST_HOST_LOOP_H
#define HOST_HOST_LOOP_H

#include "lull/host.h"

/* What the loop asks of a stack and of the clock, in the words of lull/stack.h. */
/* The first argument is passed through and never looked at. */
struct host_loop_verbs {
    lull_time (*now)(void);
    int (*add_interface)(struct lull_stack *stack, const struct lull_interface_config *config);
    void (*input)(struct lull_stack *stack, const struct lull_input *frames, unsigned count,
                  lull_time now);
    int (*output)(struct lull_stack *stack, lull_time now, struct lull_frame *frame);
    lull_time (*next_deadline)(const struct lull_stack *stack);
    void (*advance)(struct lull_stack *stack, lull_time now);
};

/* lull_host_loop_create() with other verbs; @verbs is borrowed, as @stack is. */
enum lull_error host_loop_open(struct lull_stack *stack, const struct host_loop_verbs *verbs,
                               struct lull_host_loop **loop, struct lull_failure *failure);

/* How long to sleep at @now: until the earlier of both, not at all when that has come, -1 when
 * neither ever comes. */
lull_duration host_loop_patience(lull_time now, lull_time deadline, lull_time until);

#endif
