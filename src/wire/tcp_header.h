/* tcp_header.h - the TCP header (RFC 9293 section 3.1) between bytes and struct tcp_segment.
 *
 * The checksum is apart, because a device may have computed it already, or may be about to. */
#ifndef WIRE_TCP_HEADER_H
#define WIRE_TCP_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"

#include "base/bytes.h"
#include "wire/checksum.h"
#include "wire/tcp_segment.h"

#define TCP_HEADER_BYTES     20
#define TCP_HEADER_BYTES_MAX 60

/* Where the checksum lies in the header. */
#define TCP_CHECKSUM_OFFSET 16

/* Read header, options and text of @packet, the payload of an IP packet.  Reserved bits are
 * ignored, and malformed options as tcp_options.h says.  The text borrows from @packet.
 *
 * False, and @segment unspecified, when the header does not fit into @packet or says that it is
 * shorter than 20 bytes. */
LULL_MUST_USE bool tcp_header_parse(struct span packet, struct tcp_segment *segment);

/* @packet: header and text; @pseudo's length must be theirs. */
bool tcp_header_checksum_valid(struct span packet, const struct checksum_pseudo *pseudo);

/* Write header and options with checksum 0; the caller puts the text behind it.  Text and len do
 * not matter; wnd must fit into 16 bits.
 *
 * @to: TCP_HEADER_BYTES_MAX of room.  Returns the bytes written. */
size_t tcp_header_emit(const struct tcp_segment *segment, uint8_t *to);

#endif
