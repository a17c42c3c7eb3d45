/* stack_icmp.h - ICMP of the stack: echo both ways, errors in both directions. */
#ifndef STACK_STACK_ICMP_H
#define STACK_STACK_ICMP_H

#include "stack/stack_tcp.h"

void stack_icmp_arrive(struct lull_stack *s, const struct stack_packet *p);

/* Nobody here speaks that protocol: tell the sender, within the rate limit. */
void stack_icmp_unreachable(struct lull_stack *s, const struct stack_packet *p, struct span packet);

#endif
