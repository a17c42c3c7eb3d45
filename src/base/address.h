/* address.h - questions about addresses (the type is lull/address.h).
 *
 * Prefix lengths are counted in 128-bit terms here, so an IPv4 /24 is 120: routes and
 * sources are then compared without asking for the family.  address_prefix_bits() converts
 * what a person writes. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <string.h>

#include "lull/address.h"

#include "base/bytes.h"
#include "base/check.h"

/* True for ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
static inline bool address_is_ipv4(const struct lull_address *a)
{
    return load_be64(a->bytes) == 0 && load_be32(a->bytes + 8) == 0xffff;
}

/* Host order; meaningful only for an IPv4 address. */
static inline uint32_t address_ipv4_word(const struct lull_address *a)
{
    return load_be32(a->bytes + 12);
}

static inline struct lull_address address_from_ipv4_word(uint32_t word)
{
    struct lull_address a = {{[10] = 0xff, [11] = 0xff}};
    store_be32(a.bytes + 12, word);
    return a;
}

/* Both spellings of "any" count: all zero, and 0.0.0.0 in its mapped form, because a program
 * that asks for 0.0.0.0 means the first. */
static inline bool address_is_any(const struct lull_address *a)
{
    const uint32_t family = load_be32(a->bytes + 8);
    return load_be64(a->bytes) == 0 && (family == 0 || family == 0xffff)
           && address_ipv4_word(a) == 0;
}

static inline bool address_equal(const struct lull_address *a, const struct lull_address *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* 224.0.0.0/4 (RFC 1112 section 4) and ff00::/8 (RFC 4291 section 2.7). */
static inline bool address_is_multicast(const struct lull_address *a)
{
    return address_is_ipv4(a) ? address_ipv4_word(a) >> 28 == 14 : a->bytes[0] == 0xff;
}

/* 255.255.255.255 (RFC 919 section 7). */
static inline bool address_is_limited_broadcast(const struct lull_address *a)
{
    return address_is_ipv4(a) && address_ipv4_word(a) == UINT32_MAX;
}

/* 127.0.0.0/8 (RFC 1122 section 3.2.1.3) and ::1 (RFC 4291 section 2.5.3). */
static inline bool address_is_loopback(const struct lull_address *a)
{
    if (address_is_ipv4(a))
        return address_ipv4_word(a) >> 24 == 127;
    return load_be64(a->bytes) == 0 && load_be64(a->bytes + 8) == 1;
}

/* Written prefix @length to 128-bit terms; the family is @a's. */
static inline unsigned address_prefix_bits(const struct lull_address *a, unsigned length)
{
    return address_is_ipv4(a) ? length + 96 : length;
}

/* True when the first @bits (0 to 128) of both are equal. */
static inline bool address_in_prefix(const struct lull_address *a,
                                     const struct lull_address *prefix, unsigned bits)
{
    LULL_CHECK(bits <= 128);
    const unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->bytes, prefix->bytes, whole) != 0)
        return false;
    return rest == 0 || (a->bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0;
}

#endif
