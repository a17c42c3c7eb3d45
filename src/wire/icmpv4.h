/* icmpv4.h - ICMP messages (RFC 792), in host order. */
#ifndef WIRE_ICMPV4_H
#define WIRE_ICMPV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"

#include "base/bytes.h"
#include "base/seq32.h"
#include "wire/ipv4.h"

#define ICMPV4_HEADER_BYTES 8

/* What of a packet's payload every error quotes at least (RFC 792). */
#define ICMPV4_QUOTED_BYTES 8

enum {
    ICMPV4_ECHO_REPLY = 0,
    ICMPV4_UNREACHABLE = 3,
    ICMPV4_SOURCE_QUENCH = 4,
    ICMPV4_REDIRECT = 5,
    ICMPV4_ECHO = 8,
    ICMPV4_TIME_EXCEEDED = 11,
    ICMPV4_PARAMETER_PROBLEM = 12
};

/* Codes of ICMPV4_UNREACHABLE (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
enum {
    ICMPV4_NET_UNREACHABLE = 0,
    ICMPV4_HOST_UNREACHABLE = 1,
    ICMPV4_PROTOCOL_UNREACHABLE = 2,
    ICMPV4_PORT_UNREACHABLE = 3,
    ICMPV4_FRAGMENTATION_NEEDED = 4,
    ICMPV4_SOURCE_ROUTE_FAILED = 5,
    ICMPV4_NET_UNKNOWN = 6,
    ICMPV4_NET_PROHIBITED = 9,
    ICMPV4_NET_TOS = 11
};

struct icmpv4_message {
    uint8_t type, code;
    uint32_t rest;    /* the four bytes behind the checksum: identifier and sequence, or MTU */
    struct span body; /* borrowed; echoed data, or the quoted packet */
};

/* The beginning of the packet an error is about. */
struct icmpv4_quote {
    struct ipv4_header header;
    uint16_t source_port, destination_port;
    seq32 seq; /* of a TCP segment; of anything else it means nothing */
};

/* @payload: of an IPv4 packet that is no fragment.  False when it is shorter than a header or its
 * checksum is wrong.  Types are not judged. */
LULL_MUST_USE bool icmpv4_parse(struct span payload, struct icmpv4_message *message);

/* Write the header with the checksum over header and body.  The caller puts the body behind it.
 *
 * @to: ICMPV4_HEADER_BYTES of room, which is also what is returned. */
size_t icmpv4_emit(const struct icmpv4_message *message, uint8_t *to);

/* True for the types that report a failure of another packet. */
bool icmpv4_is_error(uint8_t type);

/* Read what an error quotes.  False when @message is no error, when the quoted packet is none or
 * not its first fragment, or when fewer than 8 bytes of its payload are there. */
LULL_MUST_USE bool icmpv4_quoted(const struct icmpv4_message *message, struct icmpv4_quote *quote);

#endif
