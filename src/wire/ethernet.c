/* ethernet.c - Ethernet II frames.
 *
 * Field by field and not one memcpy() of the struct, which would make its layout a promise. */
#include "wire/ethernet.h"

bool ethernet_parse(struct span frame, struct ethernet_header *header, struct span *payload)
{
    if (frame.len < ETHERNET_HEADER_BYTES)
        return false;
    memcpy(header->destination.bytes, frame.data, 6);
    memcpy(header->source.bytes, frame.data + 6, 6);
    header->type = load_be16(frame.data + 12);
    *payload = (struct span){frame.data + ETHERNET_HEADER_BYTES, frame.len - ETHERNET_HEADER_BYTES};
    return true;
}

size_t ethernet_emit(const struct ethernet_header *header, uint8_t *to)
{
    memcpy(to, header->destination.bytes, 6);
    memcpy(to + 6, header->source.bytes, 6);
    store_be16(to + 12, header->type);
    return ETHERNET_HEADER_BYTES;
}
