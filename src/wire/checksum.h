/* checksum.h - the Internet checksum (RFC 1071), whole, in pieces, and updated in place.
 *
 * A checksum is passed around as a number in host order, as the field would be read with
 * load_be16() and is written with store_be16().  The running sum inside is kept in the machine's
 * own byte order, because the sum of swapped words is the swapped sum (RFC 1071 section 2): only
 * the end result has to be turned. */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"

/* A sum over pieces that follow each other; all zero is the sum of nothing. */
struct checksum {
    uint64_t sum; /* 16-bit words of the machine's byte order, carries not yet folded */
    bool odd;     /* the pieces so far end in the middle of a word */
};

/* What TCP and UDP protect besides their own bytes (RFC 9293 section 3.1, RFC 8200 section 8.1).
 * The family is the source's. */
struct checksum_pseudo {
    struct lull_address source, destination;
    uint8_t protocol;
    uint32_t length; /* bytes of header and text */
};

/* Any alignment, any length, also odd ones in the middle. */
void checksum_add(struct checksum *c, const void *data, size_t len);
void checksum_add_pseudo(struct checksum *c, const struct checksum_pseudo *pseudo);

/* The complement of the folded sum: what belongs into the field when the sum was taken with the
 * field zero; 0 when the sum was taken with a right checksum in place. */
uint16_t checksum_finish(const struct checksum *c);

/* The same for one piece. */
uint16_t checksum_of(const void *data, size_t len);

/* The folded sum, not complemented: what the field holds when a device is to finish the checksum
 * from there (VIRTIO_NET_HDR_F_NEEDS_CSUM of virtio 1.1 section 5.1.6.2, CHECKSUM_PARTIAL). */
uint16_t checksum_pseudo_partial(const struct checksum_pseudo *pseudo);

/* The checksum after @old in what it covers became @new (RFC 1624 section 3, equation 3).  Equal
 * to computing it anew, except that data of nothing but zeros gets 0x0000 and not 0xffff; no IP,
 * ICMP or TCP header is such data. */
uint16_t checksum_update16(uint16_t checksum, uint16_t old, uint16_t new);
uint16_t checksum_update32(uint16_t checksum, uint32_t old, uint32_t new);

#endif
