/* stack_advice.h - what a user is told of a connection that goes on (RFC 9293 section 3.9.2.2,
 * and R1 of section 3.8.3). */
#ifndef STACK_STACK_ADVICE_H
#define STACK_STACK_ADVICE_H

#include "stack/stack_object.h"

/* Room for the advice of one socket in sixteen. */
size_t stack_advice_bytes(uint32_t sockets);
void stack_advice_init(struct lull_stack *s, void *memory);

/* The endpoint is not told any more: it has something, which is given up. */
void stack_advice_forget(struct lull_stack *s, uint32_t endpoint);

/* An ICMP error that quotes a segment of ours, and what ip_icmp4_arrive() made of it. */
struct stack_advice_icmp {
    const struct ip_icmp4_action *action;
    struct lull_address from;
    uint8_t type, code;
};

/* Bring it to the connection it quotes.  Records are not for it. */
void stack_advice_icmp(struct lull_stack *s, const struct stack_advice_icmp *icmp);

/* The connection has reached R1 (TCP_NEWS_TROUBLE): its user and the neighbour cache are told. */
void stack_advice_trouble(struct lull_stack *s, uint32_t conn);

#endif
