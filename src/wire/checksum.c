/* checksum.c - the Internet checksum (RFC 1071).
 *
 * Eight bytes are added at a time, with the carry kept, into four sums that do not wait for each
 * other; the compiler makes add and add-with-carry of it.  Rejected: vector instructions, which
 * need a version for each machine, and loads that are 32 bits wide, which need no carry but are
 * twice as many. */
#include "wire/checksum.h"

#include <string.h>

#include "base/address.h"
#include "base/bytes.h"

/* memcpy() is one load, and the only one allowed at any alignment. */
static inline uint64_t load_native64(const uint8_t *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

/* One's complement addition: the carry comes back in at the other end. */
static inline uint64_t add_with_carry(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* The last 0 to 7 bytes.  Each lies in the half of its word in which it would lie in a larger load,
 * because all that goes before has an even length. */
static inline uint64_t sum_of_rest(const uint8_t *from, size_t len)
{
    uint32_t four = 0;
    uint16_t two = 0, one = 0;
    if (len & 4)
        memcpy(&four, from, 4);
    if (len & 2)
        memcpy(&two, from + (len & 4), 2);
    if (len & 1)
        memcpy(&one, from + (len & 6), 1);
    return (uint64_t)four + two + one;
}

static uint64_t sum_of_words(const uint8_t *at, size_t len)
{
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (; len >= 32; at += 32, len -= 32) {
        a = add_with_carry(a, load_native64(at));
        b = add_with_carry(b, load_native64(at + 8));
        c = add_with_carry(c, load_native64(at + 16));
        d = add_with_carry(d, load_native64(at + 24));
    }
    for (; len >= 8; at += 8, len -= 8)
        a = add_with_carry(a, load_native64(at));
    b = add_with_carry(b, sum_of_rest(at, len));
    return add_with_carry(add_with_carry(a, b), add_with_carry(c, d));
}

/* Halves are added until no carry is left.  The first sum is at most 0x1fffffffe, the second
 * 0x1fffe, and so the third cannot carry. */
static uint16_t fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* From the machine's byte order to a number, without asking which order that is. */
static uint16_t number_of(uint16_t native)
{
    uint8_t bytes[2];
    memcpy(bytes, &native, sizeof bytes);
    return load_be16(bytes);
}

void checksum_add(struct checksum *c, const void *data, size_t len)
{
    uint64_t sum = sum_of_words(data, len);
    if (c->odd) { /* every byte of this piece lies in the other half of its word */
        const uint16_t folded = fold(sum);
        sum = (uint16_t)(folded << 8 | folded >> 8);
    }
    c->sum = add_with_carry(c->sum, sum);
    c->odd ^= len & 1;
}

void checksum_add_pseudo(struct checksum *c, const struct checksum_pseudo *pseudo)
{
    uint8_t bytes[40];
    if (address_is_ipv4(&pseudo->source)) {
        memcpy(bytes, pseudo->source.bytes + 12, 4);
        memcpy(bytes + 4, pseudo->destination.bytes + 12, 4);
        store_be16(bytes + 8, pseudo->protocol);
        store_be16(bytes + 10, (uint16_t)pseudo->length);
        checksum_add(c, bytes, 12);
    } else {
        memcpy(bytes, pseudo->source.bytes, 16);
        memcpy(bytes + 16, pseudo->destination.bytes, 16);
        store_be32(bytes + 32, pseudo->length);
        store_be32(bytes + 36, pseudo->protocol);
        checksum_add(c, bytes, 40);
    }
}

uint16_t checksum_finish(const struct checksum *c)
{
    return (uint16_t)~number_of(fold(c->sum));
}

uint16_t checksum_of(const void *data, size_t len)
{
    struct checksum c = {0};
    checksum_add(&c, data, len);
    return checksum_finish(&c);
}

uint16_t checksum_pseudo_partial(const struct checksum_pseudo *pseudo)
{
    struct checksum c = {0};
    checksum_add_pseudo(&c, pseudo);
    return (uint16_t)~checksum_finish(&c);
}

/* Subtracting is adding the complement.  Equation 3 never gives the wrong one of the two zeros,
 * which the older equation of RFC 1141 does. */
uint16_t checksum_update16(uint16_t checksum, uint16_t old, uint16_t new)
{
    const uint32_t sum = (uint32_t)(uint16_t)~checksum + (uint16_t)~old + new;
    return (uint16_t)~fold(sum);
}

uint16_t checksum_update32(uint16_t checksum, uint32_t old, uint32_t new)
{
    const uint16_t upper =
        checksum_update16(checksum, (uint16_t)(old >> 16), (uint16_t)(new >> 16));
    return checksum_update16(upper, (uint16_t)old, (uint16_t) new);
}
