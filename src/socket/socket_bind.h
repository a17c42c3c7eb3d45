/* socket_bind.h - may a socket take this local address and port? */
#ifndef SOCKET_SOCKET_BIND_H
#define SOCKET_SOCKET_BIND_H

#include "socket/socket.h"

/* When SO_REUSEADDR lets a bind pass beside connections; values of bind.over_connected. */
enum socket_bind_over {
    SOCKET_BIND_OVER_NEVER,
    SOCKET_BIND_OVER_NEW, /* when the newcomer has it */
    SOCKET_BIND_OVER_BOTH /* when both have it */
};

/* What stacks disagree about: the knobs bind.*, which say more. */
struct socket_bind_rules {
    bool strict, tw_require_both;
    enum socket_bind_over over_connected;
    bool relaxed_double, specific_over_wildcard;
};

struct socket_bind_rules socket_bind_rules(const struct lull_knobs *knobs);

/* One side: what it is called and what was set on it. */
struct socket_bind_side {
    struct lull_name local;
    bool ipv6_only, reuse_address, reuse_port;
    uint32_t owner;
};

/* Who holds the port already. */
struct socket_bind_holder {
    struct socket_bind_side side;
    struct lull_name remote;
    enum lull_blocker kind;
    lull_duration remaining; /* of a record; LULL_TIME_NEVER otherwise */
};

/* The rule by which @holder keeps @request from the port, "BL-05", or NULL when it does
 * not.  A pure function: the bind matrix is its table. */
const char *socket_bind_conflict(const struct socket_bind_rules *rules,
                                 const struct socket_bind_side *request,
                                 const struct socket_bind_holder *holder);

/* Before the socket listens: it has a port, now if not before, and nobody stands in its way.
 * LULL_OK, or an error with the reason in the stack's refusal. */
enum lull_error socket_bind_for_listen(struct lull_stack *s, struct stack_endpoint *e);

#endif
