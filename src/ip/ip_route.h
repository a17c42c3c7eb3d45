/* ip_route.h - where a packet goes next: longest prefix match (RFC 1122 section 3.3.1).
 *
 * An array sorted by prefix length, so that the first match is the longest.  A host has a handful
 * of routes, for which a trie costs more than it saves. */
#ifndef IP_IP_ROUTE_H
#define IP_IP_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/error.h"

struct ip_route {
    struct lull_address destination;
    struct lull_address gateway; /* any: the destination is on the link */
    uint8_t prefix_bits;         /* in 128-bit terms (base/address.h): IPv4's default is 96 */
    uint8_t interface;           /* its index; not judged here */
};

struct ip_route_table {
    uint16_t count, capacity;
    struct ip_route routes[]; /* longest prefix first */
};

/* Memory that a table of @capacity (up to 65535) routes needs. */
size_t ip_route_bytes(unsigned capacity);

/* Empty; @table has ip_route_bytes(@capacity) of memory. */
void ip_route_init(struct ip_route_table *table, unsigned capacity);

/* LULL_OK, or, with the table unchanged:
 *   LULL_EINVAL      more than 128 prefix bits, host bits set (so IPv4 needs at least 96), a
 *                    gateway of the other family, or one that is no single host
 *   LULL_EADDRINUSE  the same prefix has a route
 *   LULL_ENOBUFS     the table is full */
LULL_MUST_USE enum lull_error ip_route_add(struct ip_route_table *table,
                                           const struct ip_route *route);

/* Remove the route to exactly this prefix; LULL_EADDRNOTAVAIL when there is none. */
LULL_MUST_USE enum lull_error ip_route_remove(struct ip_route_table *table,
                                              const struct lull_address *destination,
                                              unsigned prefix_bits);

/* The route with the longest prefix that @destination is in, or NULL; valid until the table is
 * changed. */
const struct ip_route *ip_route_find(const struct ip_route_table *table,
                                     const struct lull_address *destination);

/* Where a packet to @destination is handed to on the link: the gateway or @destination itself. */
const struct lull_address *ip_route_next_hop(const struct ip_route *route,
                                             const struct lull_address *destination);

#endif
