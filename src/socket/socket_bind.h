/* socket_bind.h - may a socket take this local address and port? */
#ifndef SOCKET_SOCKET_BIND_H
#define SOCKET_SOCKET_BIND_H

#include "socket/socket.h"

/* What the newcomer asks for. */
struct socket_bind_request {
    struct lull_name local;
    bool reuse_address;
};

/* Who holds the port already. */
struct socket_bind_holder {
    struct lull_name local, remote;
    enum lull_blocker kind;
    bool reuse_address;      /* of a bound or listening socket */
    lull_duration remaining; /* of a record; LULL_TIME_NEVER otherwise */
};

/* The rule by which @holder keeps @request from the port, "BL-05", or NULL when it does
 * not.  A pure function: the bind matrix is its table. */
const char *socket_bind_conflict(const struct socket_bind_request *request,
                                 const struct socket_bind_holder *holder);

#endif
