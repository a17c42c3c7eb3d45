/* socket_data.c - bytes in and out.
 *
 * The receive queue belongs to the connection while that lives and to the endpoint once it
 * waits in TIME-WAIT or is gone; the user sees no difference. */
#include "socket/socket.h"

/* Why a socket without connection cannot transfer; told once, then the end of the stream. */
static ptrdiff_t tell_error(struct stack_endpoint *e)
{
    enum lull_error error = (enum lull_error)e->error;

    e->error = LULL_OK;
    if (error != LULL_OK) {
        e->at_end = true;
        return error;
    }
    return e->kind == STACK_ENDPOINT_ENDED && e->at_end ? 0 : LULL_ENOTCONN;
}

ptrdiff_t lull_socket_send(struct lull_stack *s, lull_socket socket, struct lull_slice data)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    if (e->send_shut && e->error == LULL_OK) /* a reset comes first  [REQ CH-13] */
        return LULL_EPIPE;
    if (e->kind == STACK_ENDPOINT_CONNECTING)
        return LULL_EAGAIN;
    if (e->kind != STACK_ENDPOINT_CONNECTED) {
        ptrdiff_t told = tell_error(e);
        return told == 0 ? LULL_EPIPE : told;
    }
    return stack_user_send(s, socket.index, data);
}

/* Where unread text is, or NULL when there is no place for any. */
static struct byte_queue *unread(const struct lull_stack *s, struct stack_endpoint *e)
{
    if (e->conn != POOL_NONE)
        return &stack_conn_at(s, e->conn)->tcp.receive_queue;
    return e->kind == STACK_ENDPOINT_ENDED ? &e->ended.leftover : NULL;
}

static void take(struct lull_stack *s, lull_socket socket, uint32_t bytes)
{
    struct stack_endpoint *e = stack_endpoint_at(s, socket.index);

    if (e->conn != POOL_NONE)
        stack_user_consumed(s, socket.index, bytes);
    else
        byte_queue_consume(&e->ended.leftover, &s->blocks, bytes);
}

/* Nothing is there to be read: is it the end, or not yet? */
static ptrdiff_t nothing_to_read(struct lull_stack *s, struct stack_endpoint *e)
{
    if (e->kind == STACK_ENDPOINT_CONNECTED) {
        const struct tcp_conn *c = &stack_conn_at(s, e->conn)->tcp;
        return tcp_call_at_end(c) || e->receive_shut ? 0 : LULL_EAGAIN;
    }
    if (e->kind == STACK_ENDPOINT_CONNECTING)
        return LULL_EAGAIN;
    return tell_error(e);
}

ptrdiff_t lull_socket_receive(struct lull_stack *s, lull_socket socket, void *buffer, size_t size)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    struct byte_queue *q = unread(s, e);
    if (q == NULL || q->length == 0)
        return nothing_to_read(s, e);
    uint32_t wanted = size < q->length ? (uint32_t)size : q->length;
    uint32_t got = byte_queue_copy_out(q, &s->blocks, 0, buffer, wanted);
    take(s, socket, got);
    return (ptrdiff_t)got;
}

int lull_socket_peek(struct lull_stack *s, lull_socket socket, struct lull_slice *slices, int count)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    const struct byte_queue *q = unread(s, e);
    if (q == NULL || count <= 0)
        return 0;
    struct byte_queue_view view = {slices, (unsigned)count};
    return (int)byte_queue_peek(q, &s->blocks, 0, q->length, view);
}

enum lull_error lull_socket_skip(struct lull_stack *s, lull_socket socket, size_t bytes)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    const struct byte_queue *q = unread(s, e);
    if (q == NULL || bytes > q->length)
        return LULL_EINVAL;
    take(s, socket, (uint32_t)bytes);
    return LULL_OK;
}

unsigned lull_socket_poll(struct lull_stack *s, lull_socket socket)
{
    const struct stack_endpoint *e = socket_find(s, socket);
    return e == NULL ? 0 : stack_endpoint_conditions(s, e);
}

int lull_socket_next_event(struct lull_stack *s, lull_socket *socket, unsigned *events)
{
    uint32_t endpoint = stack_endpoint_next_event(s, events);

    if (endpoint == POOL_NONE)
        return 0;
    *socket = socket_handle(s, endpoint);
    if (stack_endpoint_at(s, endpoint)->kind == STACK_ENDPOINT_LINGERING)
        stack_endpoint_give(s, endpoint); /* that was all it waited for */
    return 1;
}
