/* stack_frame.h - putting headers in front of what is sent. */
#ifndef STACK_STACK_FRAME_H
#define STACK_STACK_FRAME_H

#include "stack/stack_interface.h"
#include "stack/stack_object.h"

/* Begin a frame on @interface with link and IPv4 headers; room for the transport header
 * follows.  Returns where it goes. */
uint8_t *stack_frame_begin(const struct lull_stack *s, const struct stack_path *path,
                           const struct ethernet_address *to, struct lull_frame *frame);

/* Write the IPv4 header, now that the length is known. */
void stack_frame_finish_ip(const struct lull_stack *s, const struct stack_path *path,
                           const struct ipv4_header *ip, struct lull_frame *frame);

/* The same for a TCP segment whose text is already in frame->slices: header, checksum or
 * the facts by which the device makes it. */
void stack_frame_tcp(const struct lull_stack *s, const struct stack_path *path,
                     const struct tuple *tuple, const struct tcp_emission *emission,
                     struct lull_frame *frame);

/* Link and ARP. */
void stack_frame_arp(const struct lull_stack *s, unsigned interface,
                     const struct ethernet_address *to, const struct arp_packet *arp,
                     struct lull_frame *frame);

#endif
