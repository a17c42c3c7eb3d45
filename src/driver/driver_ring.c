/* driver_ring.c - slots of equal size, each as large as the largest frame.
 *
 * Packing frames behind each other would hold more small ones, at the price of a frame that may
 * wrap around the end; untouched pages cost nothing, so slots win. */
#include "driver/driver_ring.h"

#include <stdlib.h>

#include "driver/driver_frame.h"
#include "driver/driver_memory.h"

bool driver_ring_open(struct driver_ring *ring, uint32_t slots, size_t slot_bytes)
{
    *ring = (struct driver_ring){.slots = slots, .slot_bytes = slot_bytes};
    ring->frames = calloc(slots, sizeof *ring->frames);
    ring->memory = driver_memory_map(slots * slot_bytes);
    if (ring->frames != NULL && ring->memory != NULL)
        return true;
    driver_ring_close(ring);
    return false;
}

void driver_ring_close(struct driver_ring *ring)
{
    driver_memory_unmap(ring->memory, ring->slots * ring->slot_bytes);
    free(ring->frames);
    *ring = (struct driver_ring){0};
}

/* The slot @distance behind the oldest. */
static uint32_t slot_after(const struct driver_ring *ring, uint32_t distance)
{
    return (uint32_t)(((uint64_t)ring->oldest + distance) % ring->slots);
}

enum lull_error driver_ring_put(struct driver_ring *ring, const struct lull_frame *frame)
{
    if (ring->waiting + ring->lent == ring->slots)
        return LULL_EAGAIN;
    const uint32_t slot = slot_after(ring, ring->waiting);
    const size_t bytes =
        driver_frame_flatten(frame, ring->memory + slot * ring->slot_bytes, ring->slot_bytes);
    if (bytes == 0)
        return LULL_EINVAL;
    ring->frames[slot] = (struct driver_ring_frame){frame->offload, (uint32_t)bytes};
    ring->waiting++;
    return LULL_OK;
}

int driver_ring_take(struct driver_ring *ring, struct lull_input *frames, int count)
{
    ring->lent = 0;
    while (ring->waiting > 0 && (int)ring->lent < count) {
        const struct driver_ring_frame *kept = &ring->frames[ring->oldest];
        struct lull_input *out = &frames[ring->lent];
        *out = (struct lull_input){
            .bytes = {ring->memory + ring->oldest * ring->slot_bytes, kept->bytes},
            .offload = kept->offload,
        };
        if (out->offload.checksum_start != 0)
            out->offload.checksum_trusted = 1;
        ring->oldest = slot_after(ring, 1);
        ring->waiting--;
        ring->lent++;
    }
    return (int)ring->lent;
}
