/* driver_virtio.h - the header that Linux puts before a frame of a TAP device with IFF_VNET_HDR,
 * and struct lull_offload, which say the same (virtio 1.1 section 5.1.6). */
#ifndef DRIVER_DRIVER_VIRTIO_H
#define DRIVER_DRIVER_VIRTIO_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>

#include "lull/frame.h"

struct virtio_net_hdr driver_virtio_from_frame(const struct lull_frame *frame);

/* False when the header makes no sense for a frame of @frame_bytes, or tells of an offload that
 * was not asked for. */
bool driver_virtio_to_offload(const struct virtio_net_hdr *header, size_t frame_bytes,
                              struct lull_offload *offload);

#endif
