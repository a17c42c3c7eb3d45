/* socket.h - inside the socket layer: from handles to endpoints.
 *
 * The layer's door is the public lull/socket.h; nothing below it knows of sockets. */
#ifndef SOCKET_SOCKET_H
#define SOCKET_SOCKET_H

#include "lull/socket.h"

#include "stack/stack.h"

/* The endpoint a handle names, or NULL when it is stale. */
static inline struct stack_endpoint *socket_resolve(const struct lull_stack *s, lull_socket socket)
{
    return pool_resolve(&s->endpoints, (struct handle){socket.index, socket.generation});
}

static inline lull_socket socket_handle(const struct lull_stack *s, uint32_t endpoint)
{
    struct handle h = pool_handle(&s->endpoints, endpoint);
    return (lull_socket){h.index, h.generation};
}

#endif
