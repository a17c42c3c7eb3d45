/* host_loop_create.c - the one place where the loop meets a real stack and a real clock. */
#include "host/host_loop.h"

static const struct host_loop_verbs verbs = {
    .now = lull_host_clock_now,
    .add_interface = lull_stack_add_interface,
    .input = lull_stack_input,
    .output = lull_stack_output,
    .next_deadline = lull_stack_next_deadline,
    .advance = lull_stack_advance,
};

enum lull_error lull_host_loop_create(struct lull_stack *stack, struct lull_host_loop **loop,
                                      struct lull_failure *failure)
{
    return host_loop_open(stack, &verbs, loop, failure);
}
