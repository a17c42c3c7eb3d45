/* ipv4.h - the IPv4 header (RFC 791 section 3.1), in host order. */
#ifndef WIRE_IPV4_H
#define WIRE_IPV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"

#include "base/bytes.h"

#define IPV4_HEADER_BYTES     20 /* as we send it: without options */
#define IPV4_HEADER_BYTES_MAX 60

/* Values of the protocol field. */
enum { IPV4_ICMP = 1, IPV4_TCP = 6, IPV4_UDP = 17 };

struct ipv4_header {
    struct lull_address source, destination;
    uint8_t protocol;
    uint8_t ttl;
    uint8_t tos; /* DSCP and ECN (RFC 2474, 3168) */
    bool dont_fragment, more_fragments;
    uint16_t identification;
    uint16_t fragment_offset; /* bytes, a multiple of 8 */
    uint16_t header_bytes;    /* with options */
    uint16_t total_bytes;     /* header and payload */
};

/* Why a packet is none, in the order of the checks. */
enum ipv4_refusal {
    IPV4_OK,
    IPV4_TRUNCATED,     /* shorter than a header */
    IPV4_VERSION,       /* not version 4 */
    IPV4_HEADER_LENGTH, /* below 20, or more than there is */
    IPV4_TOTAL_LENGTH,  /* below the header, or more than there is */
    IPV4_CHECKSUM,
    IPV4_FRAGMENT_END, /* a fragment that would reach behind byte 65535 of its packet */
    IPV4_REFUSALS
};

/* "checksum" and so on; never NULL. */
const char *ipv4_refusal_name(enum ipv4_refusal refusal);

/* Check and read a packet.  Options are skipped; link padding behind the total length is cut.
 *
 * @header and @payload are written only when IPV4_OK is returned; @payload borrows from
 * @packet, and is a part of the packet only when ipv4_is_fragment(). */
LULL_MUST_USE enum ipv4_refusal ipv4_parse(struct span packet, struct ipv4_header *header,
                                           struct span *payload);

/* The same for the beginning of a packet that an ICMP error quotes: neither is the total length
 * there, nor can the checksum be trusted, because routers change the header before they quote. */
LULL_MUST_USE enum ipv4_refusal ipv4_parse_quoted(struct span packet, struct ipv4_header *header,
                                                  struct span *payload);

/* Write a header without options and with its checksum, whatever header_bytes says.
 *
 * @to: IPV4_HEADER_BYTES of room, which is also what is returned. */
size_t ipv4_emit(const struct ipv4_header *header, uint8_t *to);

static inline bool ipv4_is_fragment(const struct ipv4_header *header)
{
    return header->more_fragments || header->fragment_offset != 0;
}

#endif
