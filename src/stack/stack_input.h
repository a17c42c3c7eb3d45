/* stack_input.h - a frame's way up: link, IP, then ICMP or TCP. */
#ifndef STACK_STACK_INPUT_H
#define STACK_STACK_INPUT_H

#include "stack/stack_object.h"

void stack_input_frame(struct lull_stack *s, const struct lull_input *frame);

#endif
