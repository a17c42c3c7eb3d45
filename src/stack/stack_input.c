#include "stack/stack_input.h"

#include "base/address.h"
#include "stack/stack.h"
#include "stack/stack_icmp.h"
#include "stack/stack_interface.h"
#include "stack/stack_reply.h"
#include "stack/stack_tcp.h"

/* Reasons in the frame_drop trace event. */
enum {
    DROP_LINK = 1,
    DROP_IP = 2,
    DROP_ADDRESS = 3,
    DROP_FRAGMENT = 4,
    DROP_PROTOCOL = 5,
    DROP_QUIET = 6
};

static void drop(struct lull_stack *s, const struct lull_input *frame, uint32_t reason)
{
    TRACE(&s->trace, s->now, 0, frame_drop, frame->interface, reason, (uint32_t)frame->bytes.len);
}

static void arrive_ipv4(struct lull_stack *s, const struct lull_input *frame, struct span packet)
{
    struct ipv4_header header;
    struct stack_packet p = {.ip = &header,
                             .interface = frame->interface,
                             .checksum_trusted = frame->offload.checksum_trusted != 0};

    STACK_COUNT(s, IpInReceives);
    if (ipv4_parse(packet, &header, &p.payload) != IPV4_OK) {
        STACK_COUNT(s, IpInHdrErrors);
        drop(s, frame, DROP_IP);
        return;
    }
    /* A packet for many is not for us: no protocol here wants one.  [REQ 9293/MUST-57] */
    if (!stack_interface_accepts(s, frame->interface, &header.destination)) {
        STACK_COUNT(s, IpInAddrErrors);
        drop(s, frame, DROP_ADDRESS);
        return;
    }
    if (ipv4_is_fragment(&header)) {
        STACK_COUNT(s, IpReasmFails);
        drop(s, frame, DROP_FRAGMENT);
        return;
    }
    if (header.protocol == IPV4_TCP) {
        STACK_COUNT(s, IpInDelivers);
        stack_tcp_arrive(s, &p);
    } else if (header.protocol == IPV4_ICMP) {
        STACK_COUNT(s, IpInDelivers);
        stack_icmp_arrive(s, &p);
    } else {
        STACK_COUNT(s, IpInUnknownProtos);
        drop(s, frame, DROP_PROTOCOL);
        stack_icmp_unreachable(s, &p, packet);
    }
}

static const struct lull_address *address_asked_for(const struct stack_interface *i,
                                                    const struct arp_packet *arp)
{
    for (unsigned a = 0; a < i->address_count; a++) {
        if (address_equal(&i->addresses[a].address, &arp->target_protocol))
            return &i->addresses[a].address;
    }
    return i->address_count > 0 ? &i->addresses[0].address : NULL;
}

static void arrive_arp(struct lull_stack *s, const struct lull_input *frame, struct span packet)
{
    const struct stack_interface *i = &s->interfaces[frame->interface];
    struct arp_packet arp;

    if (!arp_parse(packet, &arp)) {
        drop(s, frame, DROP_LINK);
        return;
    }
    s->counters[arp.operation == ARP_REQUEST ? LULL_COUNTER_ArpInRequests
                                             : LULL_COUNTER_ArpInReplies]++;
    const struct lull_address *ours = address_asked_for(i, &arp);
    if (ours == NULL)
        return;
    struct link_arp_self self = {
        .interface = frame->interface, .address = *ours, .hardware = i->hardware};
    struct link_arp_outcome outcome = link_arp_arrive(&s->neighbors, &self, &arp, s->now);
    if (outcome.conflict)
        STACK_COUNT(s, ArpConflicts);
    stack_resolution_review(s);
    if (outcome.answer) {
        struct stack_reply reply = {
            .kind = STACK_REPLY_ARP, .arp = outcome.reply, .interface = frame->interface};
        stack_reply_push(s, &s->replies, &reply);
    }
}

static bool is_for_us(const struct stack_interface *i, const struct ethernet_header *header)
{
    return memcmp(header->destination.bytes, i->hardware.bytes, 6) == 0
           || ethernet_is_broadcast(&header->destination);
}

static void arrive_ethernet(struct lull_stack *s, const struct lull_input *frame, struct span bytes)
{
    const struct stack_interface *i = &s->interfaces[frame->interface];
    struct ethernet_header header;
    struct span payload;

    if (!ethernet_parse(bytes, &header, &payload) || !is_for_us(i, &header)) {
        drop(s, frame, DROP_LINK);
        return;
    }
    if (header.type == ETHERNET_IPV4)
        arrive_ipv4(s, frame, payload);
    else if (header.type == ETHERNET_ARP)
        arrive_arp(s, frame, payload);
    else
        drop(s, frame, DROP_LINK);
}

void stack_input_frame(struct lull_stack *s, const struct lull_input *frame)
{
    struct span bytes = {frame->bytes.data, frame->bytes.len};

    if (frame->interface >= s->interface_count)
        return;
    TRACE(&s->trace, s->now, 0, frame_in, frame->interface, (uint32_t)bytes.len, 0);
    if (stack_is_quiet(s)) {
        STACK_COUNT(s, QuietDrops);
        drop(s, frame, DROP_QUIET);
        return;
    }
    if (s->interfaces[frame->interface].link == LULL_LINK_ETHERNET)
        arrive_ethernet(s, frame, bytes);
    else
        arrive_ipv4(s, frame, bytes);
}
