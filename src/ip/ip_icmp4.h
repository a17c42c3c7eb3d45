/* ip_icmp4.h - ICMPv4: what an arriving message asks for, and errors of our own
 * (RFC 1122 section 3.2.2). */
#ifndef IP_IP_ICMP4_H
#define IP_IP_ICMP4_H

#include <stdbool.h>
#include <stdint.h>

#include "lull/error.h"

#include "base/bytes.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"

enum ip_icmp4_verb {
    IP_ICMP4_IGNORE,
    IP_ICMP4_ECHO_REPLY,   /* send .reply back to the source */
    IP_ICMP4_ERROR_FOR_TCP /* tell the connection that .quote names */
};

/* How much an error means to TCP (RFC 1122 section 4.2.3.9, RFC 9293 section 3.9.2.2).  Whether a
 * hard error ends a synchronised connection is TCP's to decide (RFC 5927 section 5.2). */
enum ip_icmp4_severity {
    IP_ICMP4_SOFT,                /* a hint; never ends a connection */
    IP_ICMP4_HARD,                /* nobody there speaks TCP, or nobody listens */
    IP_ICMP4_FRAGMENTATION_NEEDED /* path MTU discovery (RFC 1191); .mtu says what fits */
};

struct ip_icmp4_action {
    enum ip_icmp4_verb verb;
    struct icmpv4_message reply; /* its body borrows from the message that arrived */
    struct icmpv4_quote quote;   /* the source is, or claims to be, us */
    enum ip_icmp4_severity severity;
    enum lull_error error; /* what the error means to a user */
    uint16_t mtu;          /* at least 68 (RFC 791); guessed when the router did not say */
};

/* @header and @payload: of a packet addressed to us.  A pure function: whether the reply passes the
 * rate limit, and whether the connection exists and has seq in flight, are the caller's questions.
 */
struct ip_icmp4_action ip_icmp4_arrive(const struct ipv4_header *header, struct span payload);

/* True unless RFC 1122 section 3.2.2 forbids an error about this packet: it is an error itself, a
 * fragment other than the first, not addressed to one host, or not sent by one.  Packets that came
 * as a broadcast of the link, and subnet broadcasts, are for the caller to recognise. */
bool ip_icmp4_may_answer(const struct ipv4_header *header, struct span payload);

/* The ICMPV4_UNREACHABLE message with @code about @packet, which @header was read from: its
 * body, borrowed, is the header and 8 bytes of payload. */
struct icmpv4_message ip_icmp4_unreachable(uint8_t code, const struct ipv4_header *header,
                                           struct span packet);

#endif
