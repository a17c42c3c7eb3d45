/* bytes.h - numbers in memory, whatever the alignment and the machine's own byte order.
 *
 * Shifts of single bytes, which both compilers turn into one load and a swap.  The rejected
 * alternative, memcpy and a builtin swap, needs a test of the machine's byte order. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Bytes to be read; borrowed. */
struct span {
    const uint8_t *data;
    size_t len;
};

static inline uint16_t load_be16(const void *from)
{
    const uint8_t *b = from;
    return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t load_be32(const void *from)
{
    const uint8_t *b = from;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

static inline uint64_t load_be64(const void *from)
{
    const uint8_t *b = from;
    return (uint64_t)load_be32(b) << 32 | load_be32(b + 4);
}

/* Little-endian: SipHash is defined on such words. */
static inline uint64_t load_le64(const void *from)
{
    const uint8_t *b = from;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24
           | (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48
           | (uint64_t)b[7] << 56;
}

static inline void store_be16(void *to, uint16_t value)
{
    uint8_t *b = to;
    b[0] = (uint8_t)(value >> 8);
    b[1] = (uint8_t)value;
}

static inline void store_be32(void *to, uint32_t value)
{
    uint8_t *b = to;
    b[0] = (uint8_t)(value >> 24);
    b[1] = (uint8_t)(value >> 16);
    b[2] = (uint8_t)(value >> 8);
    b[3] = (uint8_t)value;
}

static inline void store_be64(void *to, uint64_t value)
{
    uint8_t *b = to;
    store_be32(b, (uint32_t)(value >> 32));
    store_be32(b + 4, (uint32_t)value);
}

#endif
