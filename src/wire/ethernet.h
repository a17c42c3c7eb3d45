/* ethernet.h - Ethernet II frames, without the preamble and the check sequence (RFC 894). */
#ifndef WIRE_ETHERNET_H
#define WIRE_ETHERNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lull/api.h"

#include "base/bytes.h"

#define ETHERNET_HEADER_BYTES 14

/* Values of the type field (IEEE 802 numbers, RFC 9542). */
enum { ETHERNET_IPV4 = 0x0800, ETHERNET_ARP = 0x0806, ETHERNET_IPV6 = 0x86dd };

struct ethernet_address {
    uint8_t bytes[6];
};

struct ethernet_header {
    struct ethernet_address destination, source;
    uint16_t type; /* below 0x0600 it is a length: IEEE 802.3, which nobody here speaks */
};

/* False when @frame is shorter than a header.  @payload borrows from @frame and still has the
 * padding of short frames at its end. */
LULL_MUST_USE bool ethernet_parse(struct span frame, struct ethernet_header *header,
                                  struct span *payload);

/* @to: ETHERNET_HEADER_BYTES of room, which is also what is returned. */
size_t ethernet_emit(const struct ethernet_header *header, uint8_t *to);

static inline struct ethernet_address ethernet_broadcast(void)
{
    return (struct ethernet_address){{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
}

static inline bool ethernet_equal(const struct ethernet_address *a,
                                  const struct ethernet_address *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static inline bool ethernet_is_broadcast(const struct ethernet_address *a)
{
    const struct ethernet_address broadcast = ethernet_broadcast();
    return ethernet_equal(a, &broadcast);
}

/* The group bit: multicast and broadcast. */
static inline bool ethernet_is_group(const struct ethernet_address *a)
{
    return a->bytes[0] & 1;
}

#endif
