#include "scenario/scenario_transfer.h"

#include "scenario/scenario_argument.h"
#include "scenario/scenario_call.h"

#define PIECE_BYTES 4096

/* Flags of send and recv, as Linux numbers them. */
enum { DO_NOT_WAIT = 0x40, END_OF_RECORD = 0x80, NO_SIGNAL = 0x4000 };

/* What a call asks for. */
struct transfer {
    int64_t bytes, flags;
};

static enum scenario_step sleep_or(const struct scenario_descriptor *d,
                                   const struct transfer *transfer, struct scenario_calling *c,
                                   enum lull_error error)
{
    if (d->nonblocking || (transfer->flags & DO_NOT_WAIT))
        return scenario_call_error(c, error);
    return SCENARIO_SLEEPS;
}

static enum scenario_step receive(struct scenario_world *w, struct scenario_calling *c,
                                  const struct transfer *transfer)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    int64_t done = 0;
    ptrdiff_t got = 0;

    if (d == NULL)
        return step;
    do {
        int64_t left = transfer->bytes - done;
        size_t size = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
        got = lull_socket_receive(w->stack, d->socket, w->buffer, size);
        done += got > 0 ? got : 0;
    } while (got == PIECE_BYTES);
    if (done > 0 || got == 0)
        return scenario_call_result(c, done);
    if (got == LULL_EAGAIN)
        return sleep_or(d, transfer, c, LULL_EAGAIN);
    return scenario_call_error(c, (enum lull_error)got);
}

/* A call that sleeps goes on until all is taken, one that does not gives back what was. */
static enum scenario_step send_zeros(struct scenario_world *w, struct scenario_calling *c,
                                     const struct transfer *transfer)
{
    static const uint8_t zeros[PIECE_BYTES];
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    ptrdiff_t taken = 0;

    if (d == NULL)
        return step;
    while (c->done < transfer->bytes) {
        int64_t left = transfer->bytes - c->done;
        struct lull_slice piece = {zeros, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES};
        taken = lull_socket_send(w->stack, d->socket, piece);
        if (taken <= 0)
            break;
        c->done += taken;
    }
    if (taken == LULL_EAGAIN) {
        step = sleep_or(d, transfer, c, LULL_EAGAIN);
        if (step == SCENARIO_SLEEPS || c->done == 0)
            return step;
    }
    if (c->done > 0 || taken == 0)
        return scenario_call_result(c, c->done);
    return scenario_call_error(c, (enum lull_error)taken);
}

/* The buffer is "...", the number of bytes is at @size, flags are at @flags unless that is 0. */
static bool read_arguments(struct scenario_world *w, struct scenario_calling *c, unsigned flags,
                           struct transfer *transfer)
{
    const struct scenario_value *buffer = scenario_argument(w, c, 1);
    const struct scenario_value *size = scenario_argument(w, c, 2);

    *transfer = (struct transfer){0};
    if (buffer->kind != SCENARIO_ELLIPSIS)
        return scenario_argument_refuse(w, buffer, "the buffer must be ...");
    if (!scenario_argument_number(w, size, &transfer->bytes))
        return false;
    if (transfer->bytes < 0 || transfer->bytes > INT32_MAX)
        return scenario_argument_refuse(w, size, "the number of bytes is out of range");
    if (flags == 0)
        return true;
    const struct scenario_value *v = scenario_argument(w, c, flags);
    if (!scenario_argument_number(w, v, &transfer->flags))
        return false;
    return (transfer->flags & ~(DO_NOT_WAIT | END_OF_RECORD | NO_SIGNAL)) == 0
           || scenario_argument_refuse(w, v, "this flag is not supported");
}

/* {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0} */
static bool read_message(struct scenario_world *w, struct scenario_calling *c,
                         struct transfer *transfer)
{
    const struct scenario_value *v = scenario_argument(w, c, 1);
    const struct scenario_value *iov = scenario_argument_member(w, v, "msg_iov");

    if (iov == NULL)
        return scenario_argument_refuse(w, v, "expected {..., msg_iov(N)=[...], ...}");
    return scenario_argument_vector(w, iov, &transfer->bytes)
           && scenario_argument_number(w, scenario_argument(w, c, 2), &transfer->flags);
}

enum scenario_step scenario_transfer_read(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_arguments(w, c, 0, &t) ? receive(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_recv(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_arguments(w, c, 3, &t) ? receive(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_recvmsg(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_message(w, c, &t) ? receive(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_readv(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t = {0};
    return scenario_argument_vector(w, scenario_argument(w, c, 1), &t.bytes) ? receive(w, c, &t)
                                                                             : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_write(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_arguments(w, c, 0, &t) ? send_zeros(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_send(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_arguments(w, c, 3, &t) ? send_zeros(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_sendmsg(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t;
    return read_message(w, c, &t) ? send_zeros(w, c, &t) : SCENARIO_BAD;
}

enum scenario_step scenario_transfer_writev(struct scenario_world *w, struct scenario_calling *c)
{
    struct transfer t = {0};
    return scenario_argument_vector(w, scenario_argument(w, c, 1), &t.bytes) ? send_zeros(w, c, &t)
                                                                             : SCENARIO_BAD;
}
