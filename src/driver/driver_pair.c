/* driver_pair.c - two devices and the wire between them, in memory.
 *
 * Offload facts pass through, as between two virtual machines on one host: a sender that left
 * its checksum to the device is believed by the receiver, and a long segment stays long. */
#include <stdlib.h>
#include <string.h>

#include "lull/devices.h"

#include "driver/driver_count.h"
#include "driver/driver_frame.h"
#include "driver/driver_ring.h"

/* Beyond the MTU: a link header with a tag or two. */
#define LINK_BYTES_MAX 64

struct pair_end {
    struct lull_driver driver;
    struct driver_ring arriving;
    struct pair_end *other; /* NULL once it was closed */
};

static struct pair_end *end_of(struct lull_driver *driver)
{
    return (struct pair_end *)driver;
}

static int receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    const int taken = driver_ring_take(&end_of(driver)->arriving, frames, count);
    return driver_count_in(driver, frames, taken);
}

static enum lull_error send_frame(struct lull_driver *driver, const struct lull_frame *frame)
{
    struct pair_end *other = end_of(driver)->other;
    const enum lull_error result =
        other == NULL ? LULL_EIO : driver_ring_put(&other->arriving, frame);
    return driver_count_out(driver, frame->total_bytes, result);
}

static void flush(struct lull_driver *driver)
{
    (void)driver; /* nothing is gathered */
}

static void close_driver(struct lull_driver *driver)
{
    struct pair_end *end = end_of(driver);
    if (end->other != NULL)
        end->other->other = NULL;
    driver_ring_close(&end->arriving);
    free(end);
}

static const struct lull_driver_operations operations = {receive, send_frame, flush, close_driver};

/* Locally administered addresses that differ between the ends. */
static const uint8_t hardware[2][6] = {{2, 'l', 'u', 'l', 'l', 1}, {2, 'l', 'u', 'l', 'l', 2}};

static struct pair_end *open_end(const struct lull_pair_config *config, unsigned side)
{
    const size_t slot_bytes = config->capabilities & LULL_CAN_SEGMENT
                                  ? DRIVER_FRAME_BYTES_MAX
                                  : (size_t)config->mtu + LINK_BYTES_MAX;
    struct pair_end *end = calloc(1, sizeof *end);
    if (end == NULL)
        return NULL;
    if (!driver_ring_open(&end->arriving, config->frames, slot_bytes)) {
        free(end);
        return NULL;
    }
    end->driver = (struct lull_driver){
        .operations = &operations,
        .descriptor = -1,
        .mtu = config->mtu,
        .capabilities = config->capabilities,
    };
    memcpy(end->driver.hardware, hardware[side], sizeof hardware[side]);
    return end;
}

enum lull_error lull_driver_pair_open(const struct lull_pair_config *config,
                                      struct lull_driver *ends[2])
{
    if (config->frames == 0 || config->mtu == 0)
        return LULL_EINVAL;
    struct pair_end *left = open_end(config, 0);
    struct pair_end *right = open_end(config, 1);
    if (left == NULL || right == NULL) {
        if (left != NULL)
            close_driver(&left->driver);
        if (right != NULL)
            close_driver(&right->driver);
        return LULL_ENOMEM;
    }
    left->other = right;
    right->other = left;
    ends[0] = &left->driver;
    ends[1] = &right->driver;
    return LULL_OK;
}
