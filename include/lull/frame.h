/* frame.h - frames on their way in and out of a stack.
 *
 * A frame carries facts that let a device do the heavy work: finish a checksum, cut one
 * large segment into many.  They are the facts of virtio-net and of Linux's TAP, stated in
 * neutral terms. */
#ifndef LULL_FRAME_H
#define LULL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "lull/slice.h"

/* What a device can take over, told when an interface is added. */
enum lull_capability {
    LULL_CAN_CHECKSUM = 1, /* finishes TCP checksums of frames it is given */
    LULL_CAN_SEGMENT = 2   /* cuts TCP segments into pieces of segment_bytes */
};

struct lull_offload {
    /* Where the device starts summing, from the first byte of the frame, and where in the
     * frame the sum goes; 0: every checksum in the frame is complete.  The field holds the
     * sum of the pseudo-header. */
    uint16_t checksum_start;
    uint16_t checksum_field;
    /* Text bytes of each segment when the frame holds more than one; 0: it holds one. */
    uint16_t segment_bytes;
    /* Input only, not 0: the device vouches for the transport checksum. */
    uint8_t checksum_trusted;
};

/* An arriving frame; borrowed for the call. */
struct lull_input {
    struct lull_slice bytes;
    struct lull_offload offload;
    uint8_t interface;
};

#define LULL_FRAME_HEADER_BYTES 160
#define LULL_FRAME_SLICES       20

/* A frame to be sent: headers, then slices of the send queue.  The slices are borrowed from
 * the stack and valid until the next call of any function on it. */
struct lull_frame {
    uint8_t header[LULL_FRAME_HEADER_BYTES];
    struct lull_slice slices[LULL_FRAME_SLICES];
    struct lull_offload offload;
    uint32_t total_bytes; /* header and slices */
    uint16_t header_bytes;
    uint8_t slice_count;
    uint8_t interface;
};

#endif
