/* socket.h - inside the socket layer: from handles to endpoints.
 *
 * The layer's door is the public lull/socket.h; nothing below it knows of sockets. */
#ifndef SOCKET_SOCKET_H
#define SOCKET_SOCKET_H

#include "lull/socket.h"

#include "stack/stack.h"

/* The endpoint a handle names, also one that was closed and lingers; NULL when it is stale. */
static inline struct stack_endpoint *socket_find(const struct lull_stack *s, lull_socket socket)
{
    return pool_resolve(&s->endpoints, (struct handle){socket.index, socket.generation});
}

/* The endpoint a handle names, or NULL when it is stale or was closed. */
static inline struct stack_endpoint *socket_resolve(const struct lull_stack *s, lull_socket socket)
{
    struct stack_endpoint *e = socket_find(s, socket);
    return e != NULL && e->kind != STACK_ENDPOINT_LINGERING ? e : NULL;
}

static inline lull_socket socket_handle(const struct lull_stack *s, uint32_t endpoint)
{
    struct handle h = pool_handle(&s->endpoints, endpoint);
    return (lull_socket){h.index, h.generation};
}

#endif
