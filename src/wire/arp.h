/* arp.h - address resolution for IPv4 over Ethernet (RFC 826). */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"

#include "base/bytes.h"
#include "wire/ethernet.h"

#define ARP_PACKET_BYTES 28

enum { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_packet {
    uint16_t operation; /* ARP_REQUEST, ARP_REPLY, or something nobody here speaks */
    struct ethernet_address sender_hardware, target_hardware;
    struct lull_address sender_protocol, target_protocol; /* IPv4 */
};

/* False for a short packet and for any hardware or protocol but Ethernet and IPv4.  Bytes behind
 * the packet are padding. */
LULL_MUST_USE bool arp_parse(struct span payload, struct arp_packet *packet);

/* @to: ARP_PACKET_BYTES of room, which is also what is returned. */
size_t arp_emit(const struct arp_packet *packet, uint8_t *to);

#endif
