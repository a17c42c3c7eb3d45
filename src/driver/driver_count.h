/* driver_count.h - the counters of struct lull_driver, kept alike by every driver. */
#ifndef DRIVER_DRIVER_COUNT_H
#define DRIVER_DRIVER_COUNT_H

#include <stddef.h>

#include "lull/driver.h"

/* @count frames were received; their interface is filled in. */
static inline int driver_count_in(struct lull_driver *driver, struct lull_input *frames, int count)
{
    for (int i = 0; i < count; i++) {
        frames[i].interface = driver->interface;
        driver->bytes_in += frames[i].bytes.len;
    }
    driver->frames_in += (uint64_t)count;
    return count;
}

/* What was not taken counts as dropped and never as sent, whatever the reason.
 * A frame of @bytes was handed over, or not, as @result says. */
static inline enum lull_error driver_count_out(struct lull_driver *driver, size_t bytes,
                                               enum lull_error result)
{
    if (result != LULL_OK) {
        driver->dropped_out++;
        return result;
    }
    driver->frames_out++;
    driver->bytes_out += bytes;
    return LULL_OK;
}

#endif
