/* sim_packet.c - reading a packet. */
#include "sim/sim_packet.h"

#include "base/address.h"
#include "wire/tcp_header.h"

bool sim_packet_parse(struct span packet, struct sim_parsed *parsed)
{
    if (ipv4_parse(packet, &parsed->ip, &parsed->payload) != IPV4_OK)
        return false;
    parsed->source = (struct lull_name){.address = parsed->ip.source};
    parsed->destination = (struct lull_name){.address = parsed->ip.destination};
    parsed->is_tcp = parsed->ip.protocol == IPV4_TCP && !ipv4_is_fragment(&parsed->ip)
                     && tcp_header_parse(parsed->payload, &parsed->segment);
    if (parsed->is_tcp) {
        parsed->source.port = parsed->segment.source_port;
        parsed->destination.port = parsed->segment.destination_port;
    }
    return true;
}

bool sim_packet_same_name(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}
