/* stack_interface.h - our links, our addresses, and where a packet goes next. */
#ifndef STACK_STACK_INTERFACE_H
#define STACK_STACK_INTERFACE_H

#include "stack/stack_object.h"

/* Where to send a packet. */
struct stack_path {
    uint8_t interface;
    struct lull_address next_hop;
    struct lull_address source; /* our address on that link */
};

/* False when there is no route. */
bool stack_interface_route(const struct lull_stack *s, const struct lull_address *destination,
                           struct stack_path *path);

/* One of our addresses, on whatever interface. */
bool stack_interface_owns(const struct lull_stack *s, const struct lull_address *address);

/* A packet for this destination, arrived on @interface, is for us alone. */
bool stack_interface_accepts(const struct lull_stack *s, unsigned interface,
                             const struct lull_address *destination);

/* The broadcast address of one of the interface's networks. */
bool stack_interface_is_broadcast(const struct lull_stack *s, unsigned interface,
                                  const struct lull_address *address);

#endif
