/* stack_tcp.h - a TCP segment arrives at the stack. */
#ifndef STACK_STACK_TCP_H
#define STACK_STACK_TCP_H

#include "stack/stack_object.h"

/* What IP knows of a packet it hands up. */
struct stack_packet {
    const struct ipv4_header *ip;
    struct span payload;
    unsigned interface;
    bool checksum_trusted;
};

void stack_tcp_arrive(struct lull_stack *s, const struct stack_packet *packet);

#endif
