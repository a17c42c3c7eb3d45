/* ip_icmp4.c - ICMPv4 for a host.
 *
 * Codes that RFC 1122 does not call hard are soft here, also "administratively prohibited" and
 * "unknown", which other stacks take as fatal: anybody on the path can forge one, and a connection
 * attempt that is really hopeless ends by its own timeout, with that error as the reason. */
#include "ip/ip_icmp4.h"

#include "base/address.h"
#include "base/check.h"

/* The least MTU a link may have (RFC 791 section 3.2). */
#define MTU_MIN 68

/* One host, as the source of what deserves an answer (RFC 1122 section 3.2.2): not 0.0.0.0/8, not
 * loopback, not multicast, not class E, which ends with the broadcast address. */
static bool is_one_host(const struct lull_address *a)
{
    const uint32_t first = address_ipv4_word(a) >> 24;
    return first != 0 && first != 127 && first < 224;
}

static bool is_addressed_to_many(const struct lull_address *a)
{
    return address_is_multicast(a) || address_is_limited_broadcast(a);
}

/* The MTU a router meant that did not know RFC 1191: the next lower one among those in use (section
 * 7.1 there) below the size that did not pass. */
static uint16_t guessed_mtu(uint16_t too_large)
{
    static const uint16_t plateaus[] = {32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296};
    for (size_t i = 0; i < COUNT_OF(plateaus); i++)
        if (plateaus[i] < too_large)
            return plateaus[i];
    return MTU_MIN;
}

static uint16_t stated_mtu(const struct icmpv4_message *message, const struct icmpv4_quote *quote)
{
    const uint16_t stated = (uint16_t)message->rest;
    if (stated == 0)
        return guessed_mtu(quote->header.total_bytes);
    return stated > MTU_MIN ? stated : MTU_MIN;
}

static enum lull_error unreachable_error(uint8_t code)
{
    switch (code) {
    case ICMPV4_PROTOCOL_UNREACHABLE:
    case ICMPV4_PORT_UNREACHABLE: return LULL_ECONNREFUSED;
    case ICMPV4_FRAGMENTATION_NEEDED: return LULL_EMSGSIZE;
    case ICMPV4_NET_UNREACHABLE:
    case ICMPV4_NET_UNKNOWN:
    case ICMPV4_NET_PROHIBITED:
    case ICMPV4_NET_TOS: return LULL_ENETUNREACH;
    default: return LULL_EHOSTUNREACH;
    }
}

static enum ip_icmp4_severity unreachable_severity(uint8_t code)
{
    switch (code) {
    case ICMPV4_PROTOCOL_UNREACHABLE:
    case ICMPV4_PORT_UNREACHABLE: return IP_ICMP4_HARD;
    case ICMPV4_FRAGMENTATION_NEEDED: return IP_ICMP4_FRAGMENTATION_NEEDED;
    default: return IP_ICMP4_SOFT;
    }
}

/* Source quench is ignored (RFC 6633), and redirects too: our routes are configured, and a redirect
 * is how a stranger on the link would change them.  [REQ 9293/MUST-55] */
static struct ip_icmp4_action arrive_error(const struct icmpv4_message *message)
{
    struct ip_icmp4_action action = {.verb = IP_ICMP4_IGNORE};
    if (message->type == ICMPV4_SOURCE_QUENCH || message->type == ICMPV4_REDIRECT)
        return action;
    if (!icmpv4_quoted(message, &action.quote) || action.quote.header.protocol != IPV4_TCP)
        return action;
    action.verb = IP_ICMP4_ERROR_FOR_TCP;
    action.severity = IP_ICMP4_SOFT;
    action.error = LULL_EHOSTUNREACH;
    if (message->type == ICMPV4_UNREACHABLE) {
        action.severity = unreachable_severity(message->code);
        action.error = unreachable_error(message->code);
    }
    if (action.severity == IP_ICMP4_FRAGMENTATION_NEEDED)
        action.mtu = stated_mtu(message, &action.quote);
    return action;
}

/* An echo to many is discarded (RFC 1122 section 3.2.2.6 allows it): answering is how a host
 * takes part in an amplified flood. */
static bool is_an_echo_to_answer(const struct ipv4_header *header,
                                 const struct icmpv4_message *message)
{
    return message->type == ICMPV4_ECHO && message->code == 0
           && !is_addressed_to_many(&header->destination);
}

struct ip_icmp4_action ip_icmp4_arrive(const struct ipv4_header *header, struct span payload)
{
    struct ip_icmp4_action action = {.verb = IP_ICMP4_IGNORE};
    struct icmpv4_message message;
    if (header->protocol != IPV4_ICMP || ipv4_is_fragment(header) || address_is_any(&header->source)
        || is_addressed_to_many(&header->source))
        return action;
    if (!icmpv4_parse(payload, &message))
        return action;
    if (icmpv4_is_error(message.type))
        return arrive_error(&message);
    if (is_an_echo_to_answer(header, &message)) {
        action.verb = IP_ICMP4_ECHO_REPLY;
        action.reply = message;
        action.reply.type = ICMPV4_ECHO_REPLY;
    }
    return action;
}

bool ip_icmp4_may_answer(const struct ipv4_header *header, struct span payload)
{
    if (header->fragment_offset != 0 || is_addressed_to_many(&header->destination)
        || !is_one_host(&header->source))
        return false;
    if (header->protocol != IPV4_ICMP)
        return true;
    return payload.len > 0 && !icmpv4_is_error(payload.data[0]);
}

struct icmpv4_message ip_icmp4_unreachable(uint8_t code, const struct ipv4_header *header,
                                           struct span packet)
{
    const size_t wanted = (size_t)header->header_bytes + ICMPV4_QUOTED_BYTES;
    const size_t whole = header->total_bytes < packet.len ? header->total_bytes : packet.len;
    return (struct icmpv4_message){
        .type = ICMPV4_UNREACHABLE,
        .code = code,
        .body = {packet.data, wanted < whole ? wanted : whole},
    };
}
