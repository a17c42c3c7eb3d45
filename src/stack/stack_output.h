/* stack_output.h - the next frame to send. */
#ifndef STACK_STACK_OUTPUT_H
#define STACK_STACK_OUTPUT_H

#include "stack/stack_object.h"

/* In order of urgency: ARP requests, answers, connections in turn. */
bool stack_output_next(struct lull_stack *s, struct lull_frame *frame);

#endif
