/* cli_fault.c - loses the acknowledgment of the peer's FIN.
 *
 * The trace says which connection has just begun to wait; the next segment between its ports is
 * that acknowledgment.  Losing frames by chance was rejected here: one loss at the right place
 * shows more, and a fault link with chances is the simulator's business. */
#include "cli/cli_fault.h"

#include <stdio.h>
#include <stdlib.h>

#define ETHERNET_BYTES 14

struct fault_driver {
    struct lull_driver driver; /* first: the driver is this */
    struct lull_driver *inner;
    struct cli_fault *fault;
};

void cli_fault_record(struct cli_fault *fault, const struct lull_trace_record *record)
{
    if (record->event != LULL_TRACE_tw_enter || fault->left == 0)
        return;
    fault->armed = 1;
    fault->local_port = (uint16_t)record->arg[0];
    fault->remote_port = (uint16_t)record->arg[1];
}

static uint16_t read_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* IPv4 headers that the stack itself sends: well-formed, and whole within the frame's header. */
static int is_the_one(const struct cli_fault *fault, const struct lull_frame *frame)
{
    size_t ip = fault->link == LULL_LINK_ETHERNET ? ETHERNET_BYTES : 0;
    size_t tcp = ip + (size_t)(frame->header[ip] & 0x0f) * 4;

    return frame->header_bytes >= tcp + 20 && frame->header[ip] >> 4 == 4
           && frame->header[ip + 9] == 6 && read_u16(frame->header + tcp) == fault->local_port
           && read_u16(frame->header + tcp + 2) == fault->remote_port;
}

static void copy_counters(struct fault_driver *d)
{
    d->driver.frames_in = d->inner->frames_in;
    d->driver.frames_out = d->inner->frames_out;
    d->driver.bytes_in = d->inner->bytes_in;
    d->driver.bytes_out = d->inner->bytes_out;
    d->driver.dropped_out = d->inner->dropped_out;
}

static int receive_all(struct lull_driver *driver, struct lull_input *frames, int count)
{
    struct fault_driver *d = (struct fault_driver *)driver;
    int received;

    d->inner->interface = driver->interface;
    received = d->inner->operations->receive(d->inner, frames, count);
    copy_counters(d);
    return received;
}

static enum lull_error send_or_lose(struct lull_driver *driver, const struct lull_frame *frame)
{
    struct fault_driver *d = (struct fault_driver *)driver;
    enum lull_error error;

    if (d->fault->armed && is_the_one(d->fault, frame)) {
        d->fault->armed = 0;
        d->fault->left--;
        fprintf(stderr, "lull: lost the last ACK, port %u to %u\n", d->fault->local_port,
                d->fault->remote_port);
        return LULL_OK; /* a wire does not tell either */
    }
    error = d->inner->operations->send(d->inner, frame);
    copy_counters(d);
    return error;
}

static void flush_inner(struct lull_driver *driver)
{
    struct fault_driver *d = (struct fault_driver *)driver;

    d->inner->operations->flush(d->inner);
    copy_counters(d);
}

static void close_both(struct lull_driver *driver)
{
    struct fault_driver *d = (struct fault_driver *)driver;

    d->inner->operations->close(d->inner);
    free(d);
}

static const struct lull_driver_operations operations = {receive_all, send_or_lose, flush_inner,
                                                         close_both};

struct lull_driver *cli_fault_open_driver(struct cli_fault *fault, struct lull_driver *inner)
{
    struct fault_driver *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->driver = *inner; /* the facts about the device are the same */
    d->driver.operations = &operations;
    d->inner = inner;
    d->fault = fault;
    return &d->driver;
}
