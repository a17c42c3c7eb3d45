/* ipv4.c - the IPv4 header.
 *
 * A packet of our own has no options, so emitting knows one length.  Arriving options are skipped
 * and not judged: none of them matters to a host that does not forward (RFC 1122 section 3.2.1.8
 * asks only that they be passed up, and TCP has no use for any). */
#include "wire/ipv4.h"

#include "base/address.h"
#include "base/check.h"
#include "wire/checksum.h"

enum {
    DONT_FRAGMENT = 0x4000,
    MORE_FRAGMENTS = 0x2000,
    OFFSET_MASK = 0x1fff, /* in units of 8 bytes */
    PACKET_BYTES_MAX = 65535
};

const char *ipv4_refusal_name(enum ipv4_refusal refusal)
{
    static const char *const names[] = {
        [IPV4_OK] = "ok",
        [IPV4_TRUNCATED] = "truncated",
        [IPV4_VERSION] = "version",
        [IPV4_HEADER_LENGTH] = "header length",
        [IPV4_TOTAL_LENGTH] = "total length",
        [IPV4_CHECKSUM] = "checksum",
        [IPV4_FRAGMENT_END] = "fragment end",
    };
    static_assert(COUNT_OF(names) == IPV4_REFUSALS, "every refusal has a name");
    return (unsigned)refusal < COUNT_OF(names) ? names[refusal] : "unknown";
}

static void read_fields(const uint8_t *from, struct ipv4_header *header)
{
    const uint16_t fragment = load_be16(from + 6);
    *header = (struct ipv4_header){
        .source = address_from_ipv4_word(load_be32(from + 12)),
        .destination = address_from_ipv4_word(load_be32(from + 16)),
        .protocol = from[9],
        .ttl = from[8],
        .tos = from[1],
        .dont_fragment = fragment & DONT_FRAGMENT,
        .more_fragments = fragment & MORE_FRAGMENTS,
        .identification = load_be16(from + 4),
        .fragment_offset = (uint16_t)((fragment & OFFSET_MASK) * 8),
        .header_bytes = (uint16_t)((from[0] & 15) * 4),
        .total_bytes = load_be16(from + 2),
    };
}

/* What a whole packet and a quoted one have in common. */
static enum ipv4_refusal read_header(struct span packet, struct ipv4_header *header)
{
    if (packet.len < IPV4_HEADER_BYTES)
        return IPV4_TRUNCATED;
    if (packet.data[0] >> 4 != 4)
        return IPV4_VERSION;
    read_fields(packet.data, header);
    if (header->header_bytes < IPV4_HEADER_BYTES || header->header_bytes > packet.len)
        return IPV4_HEADER_LENGTH;
    if (header->total_bytes < header->header_bytes)
        return IPV4_TOTAL_LENGTH;
    return IPV4_OK;
}

enum ipv4_refusal ipv4_parse(struct span packet, struct ipv4_header *header, struct span *payload)
{
    struct ipv4_header read;
    const enum ipv4_refusal refusal = read_header(packet, &read);
    if (refusal != IPV4_OK)
        return refusal;
    /* No sum wraps: the header was found to fit into the total length. */
    const uint16_t payload_bytes = (uint16_t)(read.total_bytes - read.header_bytes);
    if (read.total_bytes > packet.len)
        return IPV4_TOTAL_LENGTH;
    if (checksum_of(packet.data, read.header_bytes) != 0)
        return IPV4_CHECKSUM;
    if (read.fragment_offset + payload_bytes > PACKET_BYTES_MAX)
        return IPV4_FRAGMENT_END;
    *header = read;
    *payload = (struct span){packet.data + read.header_bytes, payload_bytes};
    return IPV4_OK;
}

enum ipv4_refusal ipv4_parse_quoted(struct span packet, struct ipv4_header *header,
                                    struct span *payload)
{
    struct ipv4_header read;
    const enum ipv4_refusal refusal = read_header(packet, &read);
    if (refusal != IPV4_OK)
        return refusal;
    const size_t end = packet.len < read.total_bytes ? packet.len : read.total_bytes;
    *header = read;
    *payload = (struct span){packet.data + read.header_bytes, end - read.header_bytes};
    return IPV4_OK;
}

size_t ipv4_emit(const struct ipv4_header *header, uint8_t *to)
{
    /* The field has no room for the rest, and a fragment in the wrong place corrupts data. */
    LULL_CHECK(header->fragment_offset % 8 == 0);
    to[0] = 4 << 4 | IPV4_HEADER_BYTES / 4;
    to[1] = header->tos;
    store_be16(to + 2, header->total_bytes);
    store_be16(to + 4, header->identification);
    store_be16(to + 6, (uint16_t)((header->dont_fragment ? DONT_FRAGMENT : 0)
                                  | (header->more_fragments ? MORE_FRAGMENTS : 0)
                                  | header->fragment_offset / 8));
    to[8] = header->ttl;
    to[9] = header->protocol;
    store_be16(to + 10, 0);
    store_be32(to + 12, address_ipv4_word(&header->source));
    store_be32(to + 16, address_ipv4_word(&header->destination));
    store_be16(to + 10, checksum_of(to, IPV4_HEADER_BYTES));
    return IPV4_HEADER_BYTES;
}
