/* driver_frame.h - what a device would have done to a frame, in software.
 *
 * The stack may leave checksums and segmentation to the device.  A driver whose device cannot
 * do that, or whose reader wants whole frames, does it here. */
#ifndef DRIVER_DRIVER_FRAME_H
#define DRIVER_DRIVER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/frame.h"

#include "base/bytes.h"

/* Room for every frame the stack makes: link header, IP packet, and some to spare. */
#define DRIVER_FRAME_BYTES_MAX (65536 + 64)

/* Join header and slices at @to.  Returns the bytes, or 0 when they are more than @size. */
size_t driver_frame_flatten(const struct lull_frame *frame, uint8_t *to, size_t size);

/* Replace the sum of the pseudo-header by the checksum; nothing when @offload says that every
 * checksum is complete.  False, and nothing written, when @offload points outside the frame. */
LULL_MUST_USE bool driver_frame_complete_checksum(uint8_t *bytes, size_t len,
                                                  const struct lull_offload *offload);

/* A TCP segment longer than its receiver wants, on its way to becoming several. */
struct driver_frame_cut {
    struct span frame; /* borrowed */
    struct lull_address source, destination;
    size_t link_bytes, ip_bytes, tcp_bytes; /* of the three headers */
    size_t text_bytes, text_cut;            /* of the whole, and of what has been handed out */
    uint16_t segment_bytes;
    uint16_t identification;
    uint16_t pieces; /* handed out */
};

/* Begin to cut @frame, which starts with @link_bytes of link header, into pieces of
 * @segment_bytes of text.  Its checksums do not matter, except the IP header's.
 *
 * False when it is not a whole IPv4 TCP segment, or @segment_bytes is 0. */
LULL_MUST_USE bool driver_frame_cut_begin(struct driver_frame_cut *cut, struct span frame,
                                          size_t link_bytes, uint16_t segment_bytes);

/* The most bytes that a piece has. */
size_t driver_frame_cut_bytes(const struct driver_frame_cut *cut);

/* Write the next piece, complete with all checksums, to @to, which has room for
 * driver_frame_cut_bytes().  Returns its bytes, 0 after the last. */
size_t driver_frame_cut_next(struct driver_frame_cut *cut, uint8_t *to);

#endif
