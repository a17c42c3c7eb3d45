/* scope.h - the local addresses a socket's name stands for.
 *
 * A name is one address or one of two wildcards: 0.0.0.0 is every IPv4 address, :: is every
 * address of both families, or of IPv6 alone on a socket with IPV6_V6ONLY (RFC 3493 section
 * 5.3).  Equal addresses in different zones are different addresses (RFC 4007); a wildcard in
 * zone 0 stands for all zones.
 *
 * Binding asks whether two names meet, a listener how closely its name fits a segment.  Both
 * must mean the same by a wildcard, so both ask here. */
#ifndef BASE_SCOPE_H
#define BASE_SCOPE_H

#include "base/address.h"

struct scope {
    struct lull_address address;
    uint32_t zone;
    bool ipv6_only; /* meaningful for :: alone */
};

/* Which of the wildcards it is, if any. */
enum scope_kind { SCOPE_ONE_ADDRESS, SCOPE_ANY_IPV4, SCOPE_ANY };

static inline enum scope_kind scope_kind(const struct scope *s)
{
    if (!address_is_any(&s->address))
        return SCOPE_ONE_ADDRESS;
    return address_is_ipv4(&s->address) ? SCOPE_ANY_IPV4 : SCOPE_ANY;
}

/* IPv4 addresses have no zone, so :: in one zone stands for IPv6 alone. */
static inline bool scope_spans_ipv4(const struct scope *s)
{
    return scope_kind(s) == SCOPE_ANY_IPV4
           || (scope_kind(s) == SCOPE_ANY && !s->ipv6_only && s->zone == 0);
}

static inline bool scope_spans_ipv6(const struct scope *s)
{
    return scope_kind(s) == SCOPE_ANY;
}

/* How closely the name fits a local address: 0 not at all, then ::, 0.0.0.0, :: in the one
 * zone, and closest the address itself.  [REQ BL-15] */
static inline unsigned scope_fit(const struct scope *s, const struct lull_address *local,
                                 uint32_t zone)
{
    if (scope_kind(s) == SCOPE_ONE_ADDRESS)
        return s->zone == zone && address_equal(&s->address, local) ? 4 : 0;
    if (s->zone != 0 && s->zone != zone)
        return 0;
    if (!(address_is_ipv4(local) ? scope_spans_ipv4(s) : scope_spans_ipv6(s)))
        return 0;
    return s->zone != 0 ? 3 : scope_kind(s) == SCOPE_ANY_IPV4 ? 2 : 1;
}

/* Some address belongs to both. */
static inline bool scope_meets(const struct scope *a, const struct scope *b)
{
    if (scope_kind(a) == SCOPE_ONE_ADDRESS)
        return scope_fit(b, &a->address, a->zone) != 0;
    if (scope_kind(b) == SCOPE_ONE_ADDRESS)
        return scope_fit(a, &b->address, b->zone) != 0;
    if (scope_spans_ipv4(a) && scope_spans_ipv4(b))
        return true;
    return scope_spans_ipv6(a) && scope_spans_ipv6(b)
           && (a->zone == b->zone || a->zone == 0 || b->zone == 0);
}

#endif
