/* link_arp.c - address resolution.
 *
 * RFC 826 lets any packet create an entry at its target and change one anywhere.  Kept is what
 * makes a network work: whoever asks us will be answered, so it is remembered; a known neighbour
 * that speaks up has perhaps moved.  Answers that nobody asked for create nothing. */
#include "link/link_arp.h"

#include "base/address.h"

static bool names_many(const struct lull_address *a)
{
    return address_is_multicast(a) || address_is_limited_broadcast(a);
}

/* Cards that answer for many are how a switch is made to flood. */
static bool is_one_card(const struct ethernet_address *a)
{
    static const struct ethernet_address none = {{0}};
    return !ethernet_is_group(a) && !ethernet_equal(a, &none);
}

static enum link_neighbor_evidence evidence_of(const struct link_arp_self *self,
                                               const struct arp_packet *packet)
{
    if (!address_equal(&packet->target_protocol, &self->address))
        return LINK_NEIGHBOR_OVERHEARD;
    return packet->operation == ARP_REQUEST ? LINK_NEIGHBOR_ADDRESSED : LINK_NEIGHBOR_SOLICITED;
}

static struct arp_packet reply_to(const struct link_arp_self *self, const struct arp_packet *packet)
{
    return (struct arp_packet){
        .operation = ARP_REPLY,
        .sender_hardware = self->hardware,
        .sender_protocol = self->address,
        .target_hardware = packet->sender_hardware,
        .target_protocol = packet->sender_protocol,
    };
}

struct link_arp_outcome link_arp_arrive(struct link_neighbor_cache *cache,
                                        const struct link_arp_self *self,
                                        const struct arp_packet *packet, lull_time now)
{
    struct link_arp_outcome outcome = {.answer = false};
    const struct link_neighbor_claim claim = {
        .key = {packet->sender_protocol, self->interface},
        .hardware = packet->sender_hardware,
        .evidence = evidence_of(self, packet),
    };
    if (packet->operation != ARP_REQUEST && packet->operation != ARP_REPLY)
        return outcome;
    if (!is_one_card(&packet->sender_hardware)
        || ethernet_equal(&packet->sender_hardware, &self->hardware)
        || names_many(&packet->sender_protocol))
        return outcome;
    /* Before learning: the cache must not say where our own address lives. */
    if (address_equal(&packet->sender_protocol, &self->address)) {
        outcome.conflict = true;
        return outcome;
    }
    /* A sender without an address only asks whether ours is free (RFC 5227 section 2.1.1). */
    if (!address_is_any(&packet->sender_protocol))
        outcome.resolved = link_neighbor_learn(cache, &claim, now);
    if (claim.evidence == LINK_NEIGHBOR_ADDRESSED) {
        outcome.answer = true;
        outcome.reply = reply_to(self, packet);
    }
    return outcome;
}

struct arp_packet link_arp_request(const struct link_arp_self *self,
                                   const struct lull_address *target)
{
    return (struct arp_packet){
        .operation = ARP_REQUEST,
        .sender_hardware = self->hardware,
        .sender_protocol = self->address,
        .target_protocol = *target,
    };
}

struct arp_packet link_arp_announcement(const struct link_arp_self *self)
{
    return link_arp_request(self, &self->address);
}
