/* driver_tap.c - one system call per frame, and as few frames as possible.
 *
 * A TAP device takes one frame per read or write, so with offloads a frame may be 64 KB.
 * Batches by io_uring were measured and rejected: at this size the copy dominates, and the
 * ring costs a dependency. */
#include "driver/driver_tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lull/devices.h"

#include "driver/driver_count.h"
#include "driver/driver_frame.h"
#include "driver/driver_memory.h"
#include "driver/driver_virtio.h"

#define BATCH_FRAMES 64
#define BUFFERS      (BATCH_FRAMES + 2)
/* The IP header behind virtio's and Ethernet's lies at 16 + 14 + 2. */
#define FRAME_OFFSET 18
#define BUFFER_BYTES (DRIVER_FRAME_BYTES_MAX + 64)

static struct driver_tap *tap_of(struct lull_driver *driver)
{
    return (struct driver_tap *)driver;
}

/* Where the frame lies in a buffer; the virtio header comes directly before it. */
static uint8_t *frame_in_buffer(const struct driver_tap *tap, int buffer)
{
    return tap->memory + (size_t)buffer * BUFFER_BYTES + FRAME_OFFSET;
}

bool driver_tap_allocate(struct driver_tap *tap)
{
    tap->memory = driver_memory_map((size_t)BUFFERS * BUFFER_BYTES);
    return tap->memory != NULL;
}

static ssize_t read_again(int descriptor, void *to, size_t size)
{
    ssize_t got;
    do
        got = read(descriptor, to, size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* One frame: 1, 0 when none is waiting, or LULL_EIO.  A frame whose header makes no sense comes
 * without bytes, and the caller drops it. */
static int read_frame(const struct driver_tap *tap, int buffer, struct lull_input *input)
{
    uint8_t *frame = frame_in_buffer(tap, buffer);
    uint8_t *start = frame - tap->virtio_bytes;
    const ssize_t got = read_again(tap->driver.descriptor, start, BUFFER_BYTES - FRAME_OFFSET);
    if (got < 0)
        return errno == EAGAIN ? 0 : LULL_EIO;
    *input = (struct lull_input){0};
    if ((size_t)got <= tap->virtio_bytes)
        return 1;
    const size_t bytes = (size_t)got - tap->virtio_bytes;
    struct virtio_net_hdr header;
    if (tap->virtio_bytes != 0) {
        memcpy(&header, start, sizeof header);
        if (!driver_virtio_to_offload(&header, bytes, &input->offload))
            return 1;
    }
    input->bytes = (struct lull_slice){frame, bytes};
    return 1;
}

static int receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    const struct driver_tap *tap = tap_of(driver);
    int filled = 0, status = 1;
    for (int reads = 0; status == 1 && reads < BATCH_FRAMES && filled < count; reads++) {
        status = read_frame(tap, filled, &frames[filled]);
        if (status == 1 && frames[filled].bytes.len > 0)
            filled++;
    }
    if (filled == 0 && status < 0)
        return status;
    return driver_count_in(driver, frames, filled);
}

/* A device that is down, or whose queue is full, loses the frame as a wire would; EBADFD says
 * that the interface was deleted. */
static enum lull_error error_of_write(int os_error)
{
    switch (os_error) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
    case EIO: return LULL_EAGAIN;
    case EINVAL: return LULL_EINVAL;
    default: return LULL_EIO;
    }
}

static enum lull_error write_pieces(const struct driver_tap *tap, const struct iovec *pieces,
                                    int count)
{
    ssize_t written;
    do
        written = writev(tap->driver.descriptor, pieces, count);
    while (written < 0 && errno == EINTR);
    return written < 0 ? error_of_write(errno) : LULL_OK;
}

static enum lull_error send_with_header(const struct driver_tap *tap,
                                        const struct lull_frame *frame)
{
    struct virtio_net_hdr virtio = driver_virtio_from_frame(frame);
    struct iovec pieces[LULL_FRAME_SLICES + 2];
    int count = 0;
    if (tap->virtio_bytes != 0)
        pieces[count++] = (struct iovec){&virtio, sizeof virtio};
    if (frame->header_bytes != 0)
        pieces[count++] = (struct iovec){(void *)frame->header, frame->header_bytes};
    for (unsigned i = 0; i < frame->slice_count; i++)
        pieces[count++] = (struct iovec){(void *)frame->slices[i].data, frame->slices[i].len};
    return write_pieces(tap, pieces, count);
}

static enum lull_error send_cut(const struct driver_tap *tap, struct span whole,
                                uint16_t segment_bytes)
{
    uint8_t *piece = frame_in_buffer(tap, BATCH_FRAMES + 1);
    struct driver_frame_cut cut;
    enum lull_error result = LULL_OK;
    size_t bytes;
    if (!driver_frame_cut_begin(&cut, whole, tap->link_bytes, segment_bytes)
        || driver_frame_cut_bytes(&cut) > DRIVER_FRAME_BYTES_MAX)
        return LULL_EINVAL;
    while (result == LULL_OK && (bytes = driver_frame_cut_next(&cut, piece)) > 0)
        result = write_pieces(tap, &(struct iovec){piece, bytes}, 1);
    return result;
}

/* The device does nothing, so all is done here. */
static enum lull_error send_finished(const struct driver_tap *tap, const struct lull_frame *frame)
{
    uint8_t *whole = frame_in_buffer(tap, BATCH_FRAMES);
    const size_t bytes = driver_frame_flatten(frame, whole, DRIVER_FRAME_BYTES_MAX);
    if (bytes == 0)
        return LULL_EINVAL;
    if (frame->offload.segment_bytes != 0)
        return send_cut(tap, (struct span){whole, bytes}, frame->offload.segment_bytes);
    if (!driver_frame_complete_checksum(whole, bytes, &frame->offload))
        return LULL_EINVAL;
    return write_pieces(tap, &(struct iovec){whole, bytes}, 1);
}

static enum lull_error send_frame(struct lull_driver *driver, const struct lull_frame *frame)
{
    const struct driver_tap *tap = tap_of(driver);
    const struct lull_offload *offload = &frame->offload;
    const bool finished = offload->checksum_start == 0 && offload->segment_bytes == 0;
    const enum lull_error result = tap->virtio_bytes != 0 || finished ? send_with_header(tap, frame)
                                                                      : send_finished(tap, frame);
    return driver_count_out(driver, frame->total_bytes, result);
}

static void flush(struct lull_driver *driver)
{
    (void)driver; /* every frame is written at once */
}

static void close_driver(struct lull_driver *driver)
{
    struct driver_tap *tap = tap_of(driver);
    driver_memory_unmap(tap->memory, (size_t)BUFFERS * BUFFER_BYTES);
    close(driver->descriptor);
    free(tap);
}

const struct lull_driver_operations driver_tap_operations = {receive, send_frame, flush,
                                                             close_driver};

const char *lull_driver_tap_name(const struct lull_driver *driver)
{
    return ((const struct driver_tap *)driver)->name;
}
