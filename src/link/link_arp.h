/* link_arp.h - what an ARP packet means to one address of ours (RFC 826, RFC 5227). */
#ifndef LINK_LINK_ARP_H
#define LINK_LINK_ARP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "link/link_neighbor.h"
#include "wire/arp.h"

/* Us, on one interface, under one address. */
struct link_arp_self {
    struct lull_address address; /* IPv4 */
    struct ethernet_address hardware;
    uint32_t interface;
};

struct link_arp_outcome {
    bool answer;             /* send .reply to its target_hardware */
    bool resolved;           /* output that waits for the sender may go */
    bool conflict;           /* somebody else uses our address (RFC 5227 section 2.4) */
    struct arp_packet reply; /* meaningful when answer */
};

/* Learn from @packet and say what to do.  Packets whose sender cannot be one host are ignored, and
 * so are our own coming back.  Call once for each address of the interface.
 *
 * What to do about a conflict is the caller's policy; nothing is learned from such a packet. */
struct link_arp_outcome link_arp_arrive(struct link_neighbor_cache *cache,
                                        const struct link_arp_self *self,
                                        const struct arp_packet *packet, lull_time now);

/* The question of a probe (link_neighbor_next_probe()). */
struct arp_packet link_arp_request(const struct link_arp_self *self,
                                   const struct lull_address *target);

/* The broadcast that says that our address is ours (RFC 5227 section 2.3). */
struct arp_packet link_arp_announcement(const struct link_arp_self *self);

#endif
