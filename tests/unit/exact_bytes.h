/* exact_bytes.h - bytes in a heap buffer of exactly their size, so that AddressSanitizer sees a
 * parser that reads one byte too far. */
#ifndef TESTS_EXACT_BYTES_H
#define TESTS_EXACT_BYTES_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/prng.h"

/* To be given to free_bytes(). */
static inline struct span exact_bytes(const void *from, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert(copy != NULL);
    if (len > 0)
        memcpy(copy, from, len);
    /* With nothing to read, not even the first byte may be. */
    return (struct span){len > 0 ? copy : copy + 1, len};
}

static inline void free_bytes(struct span bytes)
{
    free((uint8_t *)(uintptr_t)bytes.data - (bytes.len > 0 ? 0 : 1));
}

static inline void random_bytes(struct prng *p, uint8_t *to, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)prng_next(p);
}

#endif
