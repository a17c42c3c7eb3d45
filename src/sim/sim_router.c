/* sim_router.c - hop limits, routes, and the errors that tell of them.
 *
 * A router remembers nothing, so a packet in a loop lives until its hop limit is used up or the
 * loop heals: that is the wandering duplicate TIME-WAIT waits for. */
#include "sim/sim_router.h"

#include <string.h>

#include "base/address.h"
#include "base/check.h"
#include "sim/sim_packet.h"
#include "wire/checksum.h"
#include "wire/icmpv4.h"

#define TTL_OFFSET      8
#define CHECKSUM_OFFSET 10
#define FIRST_TTL       64
#define QUOTED_BYTES    (IPV4_HEADER_BYTES_MAX + ICMPV4_QUOTED_BYTES)

/* --- routes ------------------------------------------------------------------------------ */

static unsigned other_end(const struct sim_world *w, unsigned link, unsigned node)
{
    return w->ends[link][0] == node ? w->ends[link][1] : w->ends[link][0];
}

/* The first step from everywhere to @destination, breadth first. */
static void find_routes(struct sim_world *w, unsigned destination)
{
    unsigned queue[SIM_NODES_MAX], first = 0, last = 0;
    bool seen[SIM_NODES_MAX] = {false};

    queue[last++] = destination;
    seen[destination] = true;
    while (first < last) {
        const unsigned at = queue[first++];
        if (at != destination && w->nodes[at].kind == SIM_HOST)
            continue; /* hosts pass nothing on */
        for (unsigned i = 0; i < w->nodes[at].link_count; i++) {
            const unsigned link = w->nodes[at].links[i], next = other_end(w, link, at);
            if (seen[next])
                continue;
            seen[next] = true;
            w->nodes[next].routes[destination] = (uint8_t)link;
            queue[last++] = next;
        }
    }
}

void sim_router_converge(struct sim_world *w)
{
    for (unsigned i = 0; i < w->node_count; i++)
        memset(w->nodes[i].routes, SIM_NO_LINK, sizeof w->nodes[i].routes);
    for (unsigned i = 0; i < w->node_count; i++)
        find_routes(w, i);
}

unsigned sim_router_link_between(const struct sim_world *w, unsigned a, unsigned b)
{
    for (unsigned link = 0; link < w->link_count; link++)
        if ((w->ends[link][0] == a && w->ends[link][1] == b)
            || (w->ends[link][0] == b && w->ends[link][1] == a))
            return link;
    return SIM_NO_LINK;
}

void sim_router_route(struct sim_world *w, unsigned router, unsigned destination, unsigned link)
{
    LULL_CHECK(w->nodes[router].kind == SIM_ROUTER);
    w->nodes[router].routes[destination] = (uint8_t)link;
    sim_world_tell(w, &(struct sim_event){.kind = SIM_CHANGED,
                                          .node = (uint8_t)router,
                                          .link = (uint8_t)link,
                                          .about = (uint8_t)destination,
                                          .what = "a route changes"});
}

/* --- errors ------------------------------------------------------------------------------ */

static bool may_be_answered(const struct sim_parsed *parsed)
{
    struct icmpv4_message message;

    if (parsed->ip.fragment_offset != 0 || address_is_any(&parsed->ip.source))
        return false;
    return parsed->ip.protocol != IPV4_ICMP
           || (icmpv4_parse(parsed->payload, &message) && !icmpv4_is_error(message.type));
}

/* An error goes to whoever sent the packet, on the way that leads there (RFC 1812 section 4.3.2).
 */
static void complain(struct sim_world *w, unsigned router, struct sim_packet about,
                     const struct icmpv4_message *what)
{
    const struct sim_node *n = &w->nodes[router];
    uint8_t bytes[IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES + QUOTED_BYTES];
    struct icmpv4_message message = *what;
    struct sim_parsed parsed;

    if (!sim_packet_parse(about.bytes, &parsed) || !may_be_answered(&parsed))
        return;
    const unsigned to = sim_world_node(w, &parsed.ip.source);
    if (to == SIM_NODES_MAX || n->routes[to] == SIM_NO_LINK)
        return;
    const size_t quoted = parsed.ip.header_bytes + (size_t)ICMPV4_QUOTED_BYTES;
    message.body =
        (struct span){about.bytes.data, quoted < about.bytes.len ? quoted : about.bytes.len};
    const struct ipv4_header ip = {
        .source = n->address,
        .destination = parsed.ip.source,
        .protocol = IPV4_ICMP,
        .ttl = FIRST_TTL,
        .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES + message.body.len)};
    size_t at = ipv4_emit(&ip, bytes);
    at += icmpv4_emit(&message, bytes + at);
    memcpy(bytes + at, message.body.data, message.body.len);
    const struct sim_ghost ghost = {.number = ++w->emissions,
                                    .emitted_at = w->now,
                                    .voice = SIM_VOICE_NONE,
                                    .incarnation = about.ghost->incarnation,
                                    .host = (uint8_t)router};
    const struct sim_packet packet = {{bytes, at + message.body.len}, &ghost};
    sim_world_tell(w, &(struct sim_event){.kind = SIM_SENT,
                                          .node = (uint8_t)router,
                                          .link = n->routes[to],
                                          .packet = packet.bytes,
                                          .ghost = &ghost});
    sim_world_carry(w, router, n->routes[to], packet);
}

/* --- forwarding -------------------------------------------------------------------------- */

static void tell(struct sim_world *w, unsigned router, enum sim_event_kind kind,
                 const struct sim_packet *packet)
{
    sim_world_tell(w, &(struct sim_event){.kind = kind,
                                          .node = (uint8_t)router,
                                          .hops = packet->bytes.data[TTL_OFFSET],
                                          .packet = packet->bytes,
                                          .ghost = packet->ghost});
}

/* One hop less, and the checksum of the header with it (RFC 1624). */
static void age(uint8_t *bytes)
{
    const uint16_t before = load_be16(bytes + TTL_OFFSET);

    bytes[TTL_OFFSET]--;
    store_be16(bytes + CHECKSUM_OFFSET, checksum_update16(load_be16(bytes + CHECKSUM_OFFSET),
                                                          before, load_be16(bytes + TTL_OFFSET)));
}

/* RFC 1812 section 5.2.7.1: a packet without a route is reported. */
static void strand(struct sim_world *w, unsigned router, struct sim_packet packet)
{
    tell(w, router, SIM_STRANDED, &packet);
    complain(w, router, packet,
             &(struct icmpv4_message){.type = ICMPV4_UNREACHABLE, .code = ICMPV4_NET_UNREACHABLE});
}

/* RFC 1812 section 5.3.1. */
static void expire(struct sim_world *w, unsigned router, struct sim_packet packet)
{
    tell(w, router, SIM_EXPIRED, &packet);
    complain(w, router, packet, &(struct icmpv4_message){.type = ICMPV4_TIME_EXCEEDED});
}

void sim_router_forward(struct sim_world *w, unsigned router, struct sim_packet packet)
{
    uint8_t bytes[SIM_PACKET_BYTES_MAX];
    struct sim_ghost ghost = *packet.ghost;
    struct sim_parsed parsed;

    if (packet.bytes.len > sizeof bytes || !sim_packet_parse(packet.bytes, &parsed)) {
        sim_world_drop(w, router, packet, "its header is damaged");
        return;
    }
    memcpy(bytes, packet.bytes.data, packet.bytes.len);
    const struct sim_packet kept = {{bytes, packet.bytes.len}, &ghost};
    const unsigned to = sim_world_node(w, &parsed.ip.destination);
    if (to == router) {
        sim_world_drop(w, router, packet, "nobody lives in a router");
        return;
    }
    if (parsed.ip.ttl <= 1) {
        expire(w, router, kept);
        return;
    }
    if (to == SIM_NODES_MAX || w->nodes[router].routes[to] == SIM_NO_LINK) {
        strand(w, router, kept);
        return;
    }
    age(bytes);
    tell(w, router, SIM_FORWARDED, &kept);
    sim_world_carry(w, router, w->nodes[router].routes[to], kept);
}
