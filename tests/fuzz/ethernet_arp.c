/* Ethernet and ARP: what is parsed is emitted again as the same bytes. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "wire/arp.h"
#include "wire/ethernet.h"

static void check_arp(struct span payload)
{
    struct arp_packet packet;
    uint8_t emitted[ARP_PACKET_BYTES];
    if (!arp_parse(payload, &packet))
        return;
    assert(arp_emit(&packet, emitted) == sizeof emitted);
    assert(memcmp(emitted, payload.data, sizeof emitted) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ethernet_header header;
    struct span payload;
    uint8_t emitted[ETHERNET_HEADER_BYTES];
    if (!ethernet_parse((struct span){data, size}, &header, &payload))
        return 0;
    assert(payload.len + sizeof emitted == size);
    assert(ethernet_emit(&header, emitted) == sizeof emitted);
    assert(memcmp(emitted, data, sizeof emitted) == 0);
    check_arp(payload);
    return 0;
}
