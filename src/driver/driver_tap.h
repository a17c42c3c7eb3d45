/* driver_tap.h - frames to and from the Linux kernel by a TAP or TUN device
 * (Documentation/networking/tuntap.rst).
 *
 * This file moves frames; driver_tap_open.c finds and configures the device. */
#ifndef DRIVER_DRIVER_TAP_H
#define DRIVER_DRIVER_TAP_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/driver.h"

struct driver_tap {
    struct lull_driver driver; /* first; its descriptor is the device */
    char name[IF_NAMESIZE];
    uint8_t *memory;     /* receive buffers, then two more for software segmentation */
    size_t virtio_bytes; /* of the header in front of each frame; 0: no offloads */
    size_t link_bytes;   /* of the link header; 0 for TUN */
};

extern const struct lull_driver_operations driver_tap_operations;

/* The buffers.  False when there is no memory. */
bool driver_tap_allocate(struct driver_tap *tap);

#endif
