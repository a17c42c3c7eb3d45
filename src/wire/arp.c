/* arp.c - address resolution packets, IPv4 over Ethernet only. */
#include "wire/arp.h"

#include <string.h>

#include "base/address.h"

/* The four fields that name the two address families, as they must stand there (RFC 826,
 * "Packet format"): Ethernet, IPv4, 6 bytes, 4 bytes. */
static const uint8_t families[6] = {0x00, 0x01, 0x08, 0x00, 6, 4};

enum { OPERATION_AT = 6, SENDER_AT = 8, TARGET_AT = 18 };

bool arp_parse(struct span payload, struct arp_packet *packet)
{
    const uint8_t *from = payload.data;
    if (payload.len < ARP_PACKET_BYTES || memcmp(from, families, sizeof families) != 0)
        return false;
    packet->operation = load_be16(from + OPERATION_AT);
    memcpy(packet->sender_hardware.bytes, from + SENDER_AT, 6);
    packet->sender_protocol = address_from_ipv4_word(load_be32(from + SENDER_AT + 6));
    memcpy(packet->target_hardware.bytes, from + TARGET_AT, 6);
    packet->target_protocol = address_from_ipv4_word(load_be32(from + TARGET_AT + 6));
    return true;
}

size_t arp_emit(const struct arp_packet *packet, uint8_t *to)
{
    memcpy(to, families, sizeof families);
    store_be16(to + OPERATION_AT, packet->operation);
    memcpy(to + SENDER_AT, packet->sender_hardware.bytes, 6);
    store_be32(to + SENDER_AT + 6, address_ipv4_word(&packet->sender_protocol));
    memcpy(to + TARGET_AT, packet->target_hardware.bytes, 6);
    store_be32(to + TARGET_AT + 6, address_ipv4_word(&packet->target_protocol));
    return ARP_PACKET_BYTES;
}
