/* socket.c - a socket's life: opened, listening or connected, closed. */
#include "socket/socket.h"

#include <string.h>

#include "base/address.h"
#include "socket/socket_bind.h"

enum lull_error lull_socket_open(struct lull_stack *s, lull_socket *socket)
{
    uint32_t endpoint = stack_endpoint_take(s);

    if (endpoint == POOL_NONE)
        return LULL_EMFILE;
    *socket = socket_handle(s, endpoint);
    return LULL_OK;
}

enum lull_error lull_socket_listen(struct lull_stack *s, lull_socket socket, unsigned backlog)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    if (backlog == 0)
        return LULL_EINVAL;
    if (e->kind == STACK_ENDPOINT_LISTENING) { /* a second listen changes the backlog */
        stack_listener_at(s, e->listener)->backlog = backlog;
        return LULL_OK;
    }
    if (e->kind != STACK_ENDPOINT_IDLE)
        return LULL_EOPNOTSUPP;
    enum lull_error error = socket_bind_for_listen(s, e);
    return error == LULL_OK ? stack_listen_open(s, socket.index, backlog) : error;
}

enum lull_error lull_socket_accept(struct lull_stack *s, lull_socket listener,
                                   lull_socket *accepted)
{
    const struct stack_endpoint *e = socket_resolve(s, listener);

    if (e == NULL)
        return LULL_EBADF;
    if (e->kind != STACK_ENDPOINT_LISTENING)
        return LULL_EINVAL;
    if (stack_listener_at(s, e->listener)->waiting == 0)
        return LULL_EAGAIN;
    uint32_t endpoint = stack_endpoint_take(s);
    if (endpoint == POOL_NONE)
        return LULL_EMFILE;
    struct stack_endpoint *child = stack_endpoint_at(s, endpoint);
    child->keep_alive = e->keep_alive;
    child->no_delay = e->no_delay;
    child->reuse_address = e->reuse_address;
    child->reuse_port = e->reuse_port;
    child->ipv6_only = e->ipv6_only;
    child->owner = e->owner;
    child->linger_seconds = e->linger_seconds;
    child->linger2_seconds = e->linger2_seconds;
    child->keep_idle_seconds = e->keep_idle_seconds;
    child->keep_interval_seconds = e->keep_interval_seconds;
    child->keep_count = e->keep_count;
    child->user_timeout_ms = e->user_timeout_ms;
    child->send_buffer = e->send_buffer;
    child->receive_buffer = e->receive_buffer;
    child->knobs = e->knobs;
    *accepted = socket_handle(s, endpoint);
    return stack_listen_accept(s, e->listener, endpoint);
}

enum lull_error lull_socket_connect(struct lull_stack *s, lull_socket socket,
                                    const struct lull_name *remote)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    switch ((enum stack_endpoint_kind)e->kind) {
    case STACK_ENDPOINT_CONNECTING: return LULL_EALREADY;
    case STACK_ENDPOINT_CONNECTED: return LULL_EISCONN;
    case STACK_ENDPOINT_LISTENING: return LULL_EOPNOTSUPP;
    case STACK_ENDPOINT_LINGERING: /* not resolved */
    case STACK_ENDPOINT_ENDED: return LULL_EINVAL;
    case STACK_ENDPOINT_IDLE: break;
    }
    enum lull_error error = stack_connect_open(s, socket.index, remote);
    return error == LULL_OK ? LULL_EINPROGRESS : error;
}

static bool has_conn(const struct stack_endpoint *e)
{
    return e->conn != POOL_NONE;
}

enum lull_error lull_socket_shutdown(struct lull_stack *s, lull_socket socket,
                                     enum lull_direction direction)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    if (((unsigned)direction & ~(unsigned)LULL_SHUT_BOTH) != 0 || direction == 0)
        return LULL_EINVAL;
    if (e->kind == STACK_ENDPOINT_ENDED && e->at_end)
        return LULL_OK;
    if (e->kind != STACK_ENDPOINT_CONNECTED)
        return LULL_ENOTCONN;
    stack_user_shutdown(s, socket.index, direction);
    return LULL_OK;
}

static enum lull_error finish(struct lull_stack *s, lull_socket socket,
                              enum lull_error (*let_go)(struct lull_stack *, uint32_t))
{
    const struct stack_endpoint *e = socket_find(s, socket);
    enum lull_error gone = LULL_OK;

    if (e == NULL)
        return LULL_EBADF;
    if (e->kind == STACK_ENDPOINT_LISTENING)
        stack_listen_close(s, socket.index);
    else if (has_conn(e))
        gone = let_go(s, socket.index);
    if (gone == LULL_OK)
        stack_endpoint_give(s, socket.index);
    return gone;
}

enum lull_error lull_socket_close(struct lull_stack *s, lull_socket socket)
{
    return finish(s, socket, stack_user_close);
}

enum lull_error lull_socket_abort(struct lull_stack *s, lull_socket socket)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);

    if (e != NULL && e->kind == STACK_ENDPOINT_ENDED)
        stack_record_abort(s, socket.index);
    return finish(s, socket, stack_user_abort);
}

enum lull_error lull_socket_names(struct lull_stack *s, lull_socket socket, struct lull_name *local,
                                  struct lull_name *remote)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    *local = stack_endpoint_local(e);
    *remote = stack_endpoint_remote(e);
    return LULL_OK;
}

enum lull_error lull_socket_take_error(struct lull_stack *s, lull_socket socket)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    enum lull_error error = (enum lull_error)e->error;
    e->error = LULL_OK;
    return error;
}

int lull_socket_take_advice(struct lull_stack *s, lull_socket socket, struct lull_advice *advice)
{
    if (socket_resolve(s, socket) == NULL)
        return LULL_EBADF;
    return stack_advice_take(s, socket.index, advice);
}

void lull_socket_set_user(struct lull_stack *s, lull_socket socket, uint64_t user)
{
    struct stack_endpoint *e = socket_find(s, socket);

    if (e != NULL)
        e->user = user;
}

uint64_t lull_socket_user(struct lull_stack *s, lull_socket socket)
{
    const struct stack_endpoint *e = socket_find(s, socket);
    return e == NULL ? 0 : e->user;
}

void lull_socket_refusal(const struct lull_stack *s, struct lull_refusal *refusal)
{
    const struct lull_refusal *last = stack_refuse_last(s);
    *refusal = last != NULL ? *last : (struct lull_refusal){.call = LULL_REFUSED_NOTHING};
}

int lull_socket_next_refusal(const struct lull_stack *s, uint64_t *cursor,
                             struct lull_refusal *refusal)
{
    const struct lull_refusal *next = stack_refuse_next(s, cursor);

    if (next != NULL)
        *refusal = *next;
    return next != NULL;
}

enum lull_error lull_socket_info(struct lull_stack *s, lull_socket socket,
                                 struct lull_tcp_info *info)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);
    struct tcp_env env = stack_env(s);

    if (e == NULL)
        return LULL_EBADF;
    if (has_conn(e))
        tcp_info_fill(&env, &stack_conn_at(s, e->conn)->tcp, info);
    else
        *info = (struct lull_tcp_info){.state = "CLOSED"};
    return LULL_OK;
}
