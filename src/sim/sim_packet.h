/* sim_packet.h - a packet as the world sees it, read once. */
#ifndef SIM_SIM_PACKET_H
#define SIM_SIM_PACKET_H

#include <stdbool.h>

#include "lull/address.h"

#include "sim/sim_ghost.h"
#include "wire/ipv4.h"
#include "wire/tcp_segment.h"

/* Links carry nothing longer. */
#define SIM_PACKET_BYTES_MAX 1600u

/* A packet and its ghost; borrowed. */
struct sim_packet {
    struct span bytes;
    const struct sim_ghost *ghost;
};

struct sim_parsed {
    struct ipv4_header ip;
    struct span payload;
    bool is_tcp; /* a whole segment; .segment and the ports are valid */
    struct tcp_segment segment;
    struct lull_name source, destination;
};

/* False when it is no IPv4 packet, or a damaged one.  Checksums of TCP are not looked at. */
bool sim_packet_parse(struct span packet, struct sim_parsed *parsed);

bool sim_packet_same_name(const struct lull_name *a, const struct lull_name *b);

#endif
