/* lab_forge.c - a packet from numbers. */
#include "lab/lab_forge.h"

#include <string.h>

#include "base/bytes.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define TEXT_BYTES_MAX 255u
#define PACKET_BYTES   (IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX + TEXT_BYTES_MAX)

static size_t put_tcp(const struct lab_forgery *f, uint8_t *to)
{
    struct tcp_segment segment = f->segment;

    segment.source_port = f->from.port;
    segment.destination_port = f->to.port;
    size_t bytes = tcp_header_emit(&segment, to);
    memset(to + bytes, 'x', f->text_bytes);
    bytes += f->text_bytes;
    const struct checksum_pseudo pseudo = {.source = f->from.address,
                                           .destination = f->to.address,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)bytes};
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, to, bytes);
    store_be16(to + TCP_CHECKSUM_OFFSET, (uint16_t)(checksum_finish(&sum) + f->damaged));
    return bytes;
}

void lab_forge(struct lab_scene *s, const struct lab_forgery *f)
{
    uint8_t packet[PACKET_BYTES];
    const size_t tcp = put_tcp(f, packet + IPV4_HEADER_BYTES);
    const struct ipv4_header ip = {.source = f->from.address,
                                   .destination = f->to.address,
                                   .protocol = IPV4_TCP,
                                   .ttl = f->hops != 0 ? f->hops : 64,
                                   .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + tcp)};

    (void)ipv4_emit(&ip, packet);
    sim_world_inject(s->world, f->node, (struct span){packet, IPV4_HEADER_BYTES + tcp});
}
