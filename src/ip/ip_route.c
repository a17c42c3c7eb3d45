/* ip_route.c - the routing table.
 *
 * Among routes of one length the order does not matter: two different prefixes of equal length have
 * no address in common. */
#include "ip/ip_route.h"

#include <stdbool.h>
#include <string.h>

#include "base/address.h"
#include "base/check.h"

size_t ip_route_bytes(unsigned capacity)
{
    LULL_CHECK(capacity <= UINT16_MAX);
    return sizeof(struct ip_route_table) + capacity * sizeof(struct ip_route);
}

void ip_route_init(struct ip_route_table *table, unsigned capacity)
{
    LULL_CHECK(capacity <= UINT16_MAX);
    table->count = 0;
    table->capacity = (uint16_t)capacity;
}

/* @bits is at most 128. */
static bool host_bits_are_zero(const struct lull_address *a, unsigned bits)
{
    if (bits % 8 != 0 && (uint8_t)(a->bytes[bits / 8] << bits % 8) != 0)
        return false;
    for (unsigned i = (bits + 7) / 8; i < sizeof a->bytes; i++)
        if (a->bytes[i] != 0)
            return false;
    return true;
}

/* That also refuses an IPv4 prefix shorter than the 96 bits that name the family: the last of
 * those is set. */
static bool is_a_prefix(const struct lull_address *destination, unsigned bits)
{
    return bits <= 128 && host_bits_are_zero(destination, bits);
}

static bool is_a_gateway_for(const struct lull_address *gateway,
                             const struct lull_address *destination)
{
    if (address_is_any(gateway))
        return true;
    return address_is_ipv4(gateway) == address_is_ipv4(destination)
           && !address_is_multicast(gateway) && !address_is_limited_broadcast(gateway);
}

/* The index of the route to exactly this prefix, or of the place where it would go in. */
static unsigned place_of(const struct ip_route_table *table, const struct lull_address *destination,
                         unsigned bits)
{
    unsigned i = 0;
    while (i < table->count && table->routes[i].prefix_bits > bits)
        i++;
    while (i < table->count && table->routes[i].prefix_bits == bits
           && !address_equal(&table->routes[i].destination, destination))
        i++;
    return i;
}

static bool is_route_to(const struct ip_route_table *table, unsigned i,
                        const struct lull_address *destination, unsigned bits)
{
    return i < table->count && table->routes[i].prefix_bits == bits
           && address_equal(&table->routes[i].destination, destination);
}

enum lull_error ip_route_add(struct ip_route_table *table, const struct ip_route *route)
{
    if (!is_a_prefix(&route->destination, route->prefix_bits)
        || !is_a_gateway_for(&route->gateway, &route->destination))
        return LULL_EINVAL;
    const unsigned at = place_of(table, &route->destination, route->prefix_bits);
    if (is_route_to(table, at, &route->destination, route->prefix_bits))
        return LULL_EADDRINUSE;
    if (table->count == table->capacity)
        return LULL_ENOBUFS;
    memmove(&table->routes[at + 1], &table->routes[at],
            (table->count - at) * sizeof table->routes[0]);
    table->routes[at] = *route;
    table->count++;
    return LULL_OK;
}

enum lull_error ip_route_remove(struct ip_route_table *table,
                                const struct lull_address *destination, unsigned prefix_bits)
{
    const unsigned at = place_of(table, destination, prefix_bits);
    if (!is_route_to(table, at, destination, prefix_bits))
        return LULL_EADDRNOTAVAIL;
    table->count--;
    memmove(&table->routes[at], &table->routes[at + 1],
            (table->count - at) * sizeof table->routes[0]);
    return LULL_OK;
}

/* The families are compared because IPv6's default route, 0 bits, has every IPv4 address in it. */
const struct ip_route *ip_route_find(const struct ip_route_table *table,
                                     const struct lull_address *destination)
{
    const bool ipv4 = address_is_ipv4(destination);
    for (unsigned i = 0; i < table->count; i++) {
        const struct ip_route *route = &table->routes[i];
        if (address_is_ipv4(&route->destination) == ipv4
            && address_in_prefix(destination, &route->destination, route->prefix_bits))
            return route;
    }
    return NULL;
}

const struct lull_address *ip_route_next_hop(const struct ip_route *route,
                                             const struct lull_address *destination)
{
    return address_is_any(&route->gateway) ? destination : &route->gateway;
}
