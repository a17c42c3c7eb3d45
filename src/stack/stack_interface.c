#include "stack/stack_interface.h"

#include "base/address.h"
#include "stack/stack.h"

#define MTU_MIN 576 /* RFC 9293 section 3.7.1: what IPv4 promises */

static bool is_zero(const uint8_t hardware[6])
{
    static const uint8_t none[6];
    return memcmp(hardware, none, sizeof none) == 0;
}

/* Locally administered, unicast, different for every stack and interface. */
static void derive_hardware(const struct lull_stack *s, unsigned interface,
                            struct ethernet_address *hardware)
{
    uint64_t word = interface;
    uint64_t mixed = siphash_words(&s->port_key, &word, 1);

    for (int i = 0; i < 6; i++)
        hardware->bytes[i] = (uint8_t)(mixed >> (8 * i));
    hardware->bytes[0] = (uint8_t)((hardware->bytes[0] & 0xfcu) | 0x02u);
}

static struct lull_address network_of(const struct lull_address *address, unsigned bits)
{
    uint32_t mask = bits > 96 ? UINT32_MAX << (128 - bits) : 0;
    return address_from_ipv4_word(address_ipv4_word(address) & mask);
}

int lull_stack_add_interface(struct lull_stack *s, const struct lull_interface_config *config)
{
    if (config->mtu < MTU_MIN || (unsigned)config->link > LULL_LINK_LOOPBACK)
        return LULL_EINVAL;
    if (s->interface_count == STACK_INTERFACES_MAX)
        return LULL_ENOBUFS;
    struct stack_interface *i = &s->interfaces[s->interface_count];
    *i = (struct stack_interface){
        .link = config->link, .mtu = config->mtu, .capabilities = config->capabilities};
    if (is_zero(config->hardware))
        derive_hardware(s, s->interface_count, &i->hardware);
    else
        memcpy(i->hardware.bytes, config->hardware, sizeof i->hardware.bytes);
    return (int)s->interface_count++;
}

enum lull_error lull_stack_add_address(struct lull_stack *s, int interface,
                                       const struct lull_address *address, unsigned prefix_length)
{
    if (interface < 0 || (unsigned)interface >= s->interface_count || !address_is_ipv4(address)
        || address_is_any(address) || prefix_length > 32)
        return LULL_EINVAL;
    struct stack_interface *i = &s->interfaces[interface];
    if (stack_interface_owns(s, address))
        return LULL_EADDRINUSE;
    if (i->address_count == STACK_ADDRESSES_MAX)
        return LULL_ENOBUFS;
    uint8_t bits = (uint8_t)address_prefix_bits(address, prefix_length);
    struct ip_route route = {.destination = network_of(address, bits),
                             .prefix_bits = bits,
                             .interface = (uint8_t)interface};
    enum lull_error error = ip_route_add(stack_routes(s), &route);
    if (error != LULL_OK && error != LULL_EADDRINUSE) /* a second address of one network */
        return error;
    i->addresses[i->address_count++] = (struct stack_address){*address, bits};
    return LULL_OK;
}

enum lull_error lull_stack_add_default_route(struct lull_stack *s,
                                             const struct lull_address *gateway)
{
    const struct ip_route *towards = ip_route_find(stack_routes(s), gateway);

    if (!address_is_ipv4(gateway))
        return LULL_EINVAL;
    if (towards == NULL || !address_is_any(&towards->gateway))
        return LULL_ENETUNREACH;
    struct ip_route route = {.destination = address_from_ipv4_word(0),
                             .prefix_bits = 96,
                             .gateway = *gateway,
                             .interface = towards->interface};
    return ip_route_add(stack_routes(s), &route);
}

static int owner_of(const struct lull_stack *s, const struct lull_address *address)
{
    for (unsigned i = 0; i < s->interface_count; i++) {
        for (unsigned a = 0; a < s->interfaces[i].address_count; a++) {
            if (address_equal(&s->interfaces[i].addresses[a].address, address))
                return (int)i;
        }
    }
    return -1;
}

bool stack_interface_owns(const struct lull_stack *s, const struct lull_address *address)
{
    return owner_of(s, address) >= 0;
}

bool stack_interface_is_broadcast(const struct lull_stack *s, unsigned interface,
                                  const struct lull_address *address)
{
    const struct stack_interface *i = &s->interfaces[interface];
    uint32_t word = address_ipv4_word(address);

    for (unsigned a = 0; a < i->address_count; a++) {
        unsigned host_bits = 128 - i->addresses[a].prefix_bits;
        uint32_t hosts = host_bits >= 32 ? UINT32_MAX : (1u << host_bits) - 1;
        uint32_t ours = address_ipv4_word(&i->addresses[a].address);
        if (host_bits >= 2 && word == (ours | hosts))
            return true;
    }
    return address_is_limited_broadcast(address);
}

bool stack_interface_accepts(const struct lull_stack *s, unsigned interface,
                             const struct lull_address *destination)
{
    (void)interface; /* the weak host model of RFC 1122 section 3.3.4.2 */
    return stack_interface_owns(s, destination);
}

/* Packets to ourselves need a link that brings them back. */
static bool route_to_self(const struct lull_stack *s, const struct lull_address *destination,
                          struct stack_path *path)
{
    for (unsigned i = 0; i < s->interface_count; i++) {
        if (s->interfaces[i].link != LULL_LINK_LOOPBACK)
            continue;
        *path = (struct stack_path){(uint8_t)i, *destination, *destination};
        return true;
    }
    return false;
}

static const struct lull_address *source_towards(const struct stack_interface *i,
                                                 const struct lull_address *next_hop)
{
    for (unsigned a = 0; a < i->address_count; a++) {
        if (address_in_prefix(next_hop, &i->addresses[a].address, i->addresses[a].prefix_bits))
            return &i->addresses[a].address;
    }
    return i->address_count > 0 ? &i->addresses[0].address : NULL;
}

bool stack_interface_route(const struct lull_stack *s, const struct lull_address *destination,
                           struct stack_path *path)
{
    if (stack_interface_owns(s, destination))
        return route_to_self(s, destination, path);
    const struct ip_route *route = ip_route_find(stack_routes(s), destination);
    if (route == NULL)
        return false;
    path->interface = route->interface;
    path->next_hop = *ip_route_next_hop(route, destination);
    const struct lull_address *source =
        source_towards(&s->interfaces[route->interface], &path->next_hop);
    if (source == NULL)
        return false;
    path->source = *source;
    return true;
}
