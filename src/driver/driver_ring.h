/* driver_ring.h - a bounded queue of whole frames in memory, with their offload facts. */
#ifndef DRIVER_DRIVER_RING_H
#define DRIVER_DRIVER_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/error.h"
#include "lull/frame.h"

struct driver_ring_frame {
    struct lull_offload offload;
    uint32_t bytes;
};

struct driver_ring {
    uint8_t *memory;                  /* slots of slot_bytes each */
    struct driver_ring_frame *frames; /* one per slot */
    size_t slot_bytes;
    uint32_t slots;
    uint32_t oldest;  /* slot */
    uint32_t waiting; /* put and not taken, from oldest on */
    uint32_t lent;    /* taken and perhaps still being read, just before oldest */
};

/* Memory is touched only as far as frames fill it.  False when there is none. */
bool driver_ring_open(struct driver_ring *ring, uint32_t slots, size_t slot_bytes);
void driver_ring_close(struct driver_ring *ring);

/* Copy a frame in.  LULL_OK, LULL_EAGAIN when the ring is full, LULL_EINVAL when the frame is
 * longer than a slot. */
enum lull_error driver_ring_put(struct driver_ring *ring, const struct lull_frame *frame);

/* Up to @count of the oldest frames; how many.  Their bytes stay until the next take.  A partial
 * checksum is trusted: nothing can have damaged the frame in between. */
int driver_ring_take(struct driver_ring *ring, struct lull_input *frames, int count);

#endif
