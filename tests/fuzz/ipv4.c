/* IPv4: the payload lies in the packet, and what is parsed survives emitting and parsing. */
#include "wire/ipv4.h"

#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "wire/checksum.h"

/* Options are not emitted, so the second header is shorter by them. */
static void check_round_trip(struct ipv4_header header)
{
    uint8_t packet[65535] = {0};
    struct ipv4_header again;
    struct span payload;
    header.total_bytes = (uint16_t)(header.total_bytes - header.header_bytes + IPV4_HEADER_BYTES);
    header.header_bytes = IPV4_HEADER_BYTES;
    assert(ipv4_emit(&header, packet) == IPV4_HEADER_BYTES);
    assert(ipv4_parse((struct span){packet, sizeof packet}, &again, &payload) == IPV4_OK);
    assert(again.protocol == header.protocol && again.ttl == header.ttl && again.tos == header.tos);
    assert(again.dont_fragment == header.dont_fragment);
    assert(again.more_fragments == header.more_fragments);
    assert(again.fragment_offset == header.fragment_offset);
    assert(again.identification == header.identification);
    assert(again.total_bytes == header.total_bytes);
    assert(memcmp(&again.source, &header.source, 16) == 0);
    assert(memcmp(&again.destination, &header.destination, 16) == 0);
}

static void check_packet(struct span packet)
{
    struct ipv4_header header;
    struct span payload;
    if (ipv4_parse_quoted(packet, &header, &payload) == IPV4_OK)
        assert(payload.data + payload.len <= packet.data + packet.len);
    if (ipv4_parse(packet, &header, &payload) != IPV4_OK)
        return;
    assert(payload.data == packet.data + header.header_bytes);
    assert(header.header_bytes + payload.len == header.total_bytes);
    assert(header.total_bytes <= packet.len);
    check_round_trip(header);
}

/* Once as it comes, once with a right checksum, which mutations rarely have. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t header[IPV4_HEADER_BYTES_MAX];
    check_packet((struct span){data, size});
    if (size < IPV4_HEADER_BYTES || size > sizeof header || (size_t)(data[0] & 15) * 4 > size)
        return 0;
    memcpy(header, data, size);
    store_be16(header + 10, 0);
    store_be16(header + 10, checksum_of(header, (size_t)(data[0] & 15) * 4));
    check_packet((struct span){header, size});
    return 0;
}
