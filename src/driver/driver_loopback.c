/* driver_loopback.c - frames come back, unchanged and believed.
 *
 * Both abilities are claimed and neither is used: a frame that never leaves the process needs no
 * checksum, and a long segment is welcome as it is. */
#include <stdlib.h>

#include "lull/devices.h"

#include "driver/driver_count.h"
#include "driver/driver_frame.h"
#include "driver/driver_ring.h"

#define QUEUED_FRAMES 256

struct loopback {
    struct lull_driver driver;
    struct driver_ring ring;
};

static struct loopback *loopback_of(struct lull_driver *driver)
{
    return (struct loopback *)driver;
}

/* Every checksum is trusted, also a complete one: the frame never left this process. */
static int receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    const int taken = driver_ring_take(&loopback_of(driver)->ring, frames, count);
    for (int i = 0; i < taken; i++)
        frames[i].offload.checksum_trusted = 1;
    return driver_count_in(driver, frames, taken);
}

static enum lull_error send_frame(struct lull_driver *driver, const struct lull_frame *frame)
{
    const enum lull_error result = driver_ring_put(&loopback_of(driver)->ring, frame);
    return driver_count_out(driver, frame->total_bytes, result);
}

static void flush(struct lull_driver *driver)
{
    (void)driver; /* nothing is gathered */
}

static void close_driver(struct lull_driver *driver)
{
    driver_ring_close(&loopback_of(driver)->ring);
    free(driver);
}

static const struct lull_driver_operations operations = {receive, send_frame, flush, close_driver};

enum lull_error lull_driver_loopback_open(struct lull_driver **driver)
{
    struct loopback *loopback = calloc(1, sizeof *loopback);
    if (loopback == NULL)
        return LULL_ENOMEM;
    if (!driver_ring_open(&loopback->ring, QUEUED_FRAMES, DRIVER_FRAME_BYTES_MAX)) {
        free(loopback);
        return LULL_ENOMEM;
    }
    loopback->driver = (struct lull_driver){
        .operations = &operations,
        .descriptor = -1,
        .mtu = UINT16_MAX,
        .capabilities = LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT,
    };
    *driver = &loopback->driver;
    return LULL_OK;
}
