/* describe.c - Ethernet, ARP, IPv4 and ICMP as text, from the outside in. */
#include "wire/describe.h"

#include "base/address.h"
#include "base/check.h"
#include "wire/arp.h"
#include "wire/describe_tcp.h"
#include "wire/ethernet.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_options.h"

static void describe_number(struct text *t, const char *label, uint64_t value)
{
    text_string(t, label);
    text_decimal(t, value);
}

/* Every address in these formats is IPv4, and 0.0.0.0 is shown as such, not as "*". */
static void describe_address(struct text *t, const struct lull_address *a)
{
    for (size_t i = 12; i < 16; i++)
        describe_number(t, i == 12 ? "" : ".", a->bytes[i]);
}

static void describe_hardware(struct text *t, const struct ethernet_address *a)
{
    for (size_t i = 0; i < COUNT_OF(a->bytes); i++) {
        if (i > 0)
            text_character(t, ':');
        text_hex(t, a->bytes[i], 2);
    }
}

static void describe_arp(struct text *t, struct span payload)
{
    struct arp_packet packet;
    text_string(t, "ARP, ");
    if (!arp_parse(payload, &packet)) {
        text_string(t, "malformed");
    } else if (packet.operation == ARP_REQUEST) {
        text_string(t, "Request who-has ");
        describe_address(t, &packet.target_protocol);
        text_string(t, " tell ");
        describe_address(t, &packet.sender_protocol);
    } else if (packet.operation == ARP_REPLY) {
        text_string(t, "Reply ");
        describe_address(t, &packet.sender_protocol);
        text_string(t, " is-at ");
        describe_hardware(t, &packet.sender_hardware);
    } else {
        describe_number(t, "operation ", packet.operation);
    }
    describe_number(t, ", length ", payload.len);
}

/* Ports of a protocol that may have none are shown all the same: they are what was quoted. */
static void describe_protocol_port(struct text *t, const struct icmpv4_quote *quote)
{
    switch (quote->header.protocol) {
    case IPV4_TCP: describe_number(t, " tcp port ", quote->destination_port); break;
    case IPV4_UDP: describe_number(t, " udp port ", quote->destination_port); break;
    default:
        describe_number(t, " protocol ", quote->header.protocol);
        describe_number(t, " port ", quote->destination_port);
        break;
    }
}

static void describe_unreachable(struct text *t, const struct icmpv4_message *m)
{
    struct icmpv4_quote quote;
    if (!icmpv4_quoted(m, &quote)) {
        describe_number(t, "unreachable, code ", m->code);
        return;
    }
    if (m->code == ICMPV4_NET_UNREACHABLE)
        text_string(t, "net ");
    else if (m->code == ICMPV4_HOST_UNREACHABLE)
        text_string(t, "host ");
    describe_address(t, &quote.header.destination);
    if (m->code == ICMPV4_PORT_UNREACHABLE)
        describe_protocol_port(t, &quote);
    else if (m->code == ICMPV4_PROTOCOL_UNREACHABLE)
        describe_number(t, " protocol ", quote.header.protocol);
    text_string(t, " unreachable");
    if (m->code == ICMPV4_FRAGMENTATION_NEEDED) {
        describe_number(t, " - need to frag (mtu ", m->rest & 0xffff);
        text_character(t, ')');
    } else if (m->code > ICMPV4_PORT_UNREACHABLE) {
        describe_number(t, ", code ", m->code);
    }
}

static void describe_icmp(struct text *t, struct span payload)
{
    struct icmpv4_message m;
    text_string(t, "ICMP ");
    if (!icmpv4_parse(payload, &m)) {
        text_string(t, "truncated or bad checksum");
    } else if (m.type == ICMPV4_ECHO || m.type == ICMPV4_ECHO_REPLY) {
        text_string(t, m.type == ICMPV4_ECHO ? "echo request" : "echo reply");
        describe_number(t, ", id ", m.rest >> 16);
        describe_number(t, ", seq ", m.rest & 0xffff);
    } else if (m.type == ICMPV4_UNREACHABLE) {
        describe_unreachable(t, &m);
    } else if (m.type == ICMPV4_TIME_EXCEEDED) {
        text_string(t, m.code == 0 ? "time exceeded in-transit" : "time exceeded in reassembly");
    } else {
        describe_number(t, "type ", m.type);
        describe_number(t, ", code ", m.code);
    }
    describe_number(t, ", length ", payload.len);
}

/* What a later fragment holds cannot be told, and the first one is treated alike: half a segment
 * is not described as if it were one. */
static void describe_fragment(struct text *t, const struct ipv4_header *h, size_t len)
{
    describe_number(t, "fragment, protocol ", h->protocol);
    describe_number(t, ", id ", h->identification);
    describe_number(t, ", offset ", h->fragment_offset);
    text_string(t, h->more_fragments ? ", more to come" : ", last");
    describe_number(t, ", length ", len);
}

static void describe_transport(struct text *t, const struct ipv4_header *h, struct span payload)
{
    if (ipv4_is_fragment(h)) {
        describe_fragment(t, h, payload.len);
    } else if (h->protocol == IPV4_TCP) {
        describe_tcp_packet(t, payload);
    } else if (h->protocol == IPV4_ICMP) {
        describe_icmp(t, payload);
    } else if (h->protocol == IPV4_UDP) {
        describe_number(t, "UDP, length ", payload.len);
    } else {
        describe_number(t, "protocol ", h->protocol);
        describe_number(t, ", length ", payload.len);
    }
}

/* "10.0.0.1.80 > 10.0.0.2.4000: ", without the ports where there are none. */
static void describe_ends(struct text *t, const struct ipv4_header *h, struct span payload)
{
    const bool ports = (h->protocol == IPV4_TCP || h->protocol == IPV4_UDP) && payload.len >= 4
                       && !ipv4_is_fragment(h);
    describe_address(t, &h->source);
    if (ports)
        describe_number(t, ".", load_be16(payload.data));
    text_string(t, " > ");
    describe_address(t, &h->destination);
    if (ports)
        describe_number(t, ".", load_be16(payload.data + 2));
    text_string(t, ": ");
}

void describe_packet(struct text *t, struct span packet)
{
    struct ipv4_header header;
    struct span payload;
    /* A raw IP capture mixes the versions, so the packet itself says which it is. */
    if (packet.len > 0 && packet.data[0] >> 4 == 6) {
        describe_number(t, "IP6, length ", packet.len);
        return;
    }
    const enum ipv4_refusal refusal = ipv4_parse(packet, &header, &payload);
    if (refusal != IPV4_OK) {
        text_string(t, "IP, refused: ");
        text_string(t, ipv4_refusal_name(refusal));
        describe_number(t, ", length ", packet.len);
        return;
    }
    text_string(t, "IP ");
    describe_ends(t, &header, payload);
    describe_transport(t, &header, payload);
}

void describe_frame(struct text *t, struct span frame)
{
    struct ethernet_header header;
    struct span payload;
    if (!ethernet_parse(frame, &header, &payload)) {
        describe_number(t, "truncated frame, length ", frame.len);
    } else if (header.type == ETHERNET_IPV4 || header.type == ETHERNET_IPV6) {
        describe_packet(t, payload);
    } else if (header.type == ETHERNET_ARP) {
        describe_arp(t, payload);
    } else {
        text_string(t, "ethertype 0x");
        text_hex(t, header.type, 4);
        describe_number(t, ", length ", payload.len);
    }
}

void describe_segment(struct text *t, const struct tcp_segment *segment)
{
    uint8_t options[TCP_OPTIONS_BYTES_MAX];
    const size_t options_bytes = tcp_options_emit(&segment->options, options);
    const uint32_t control =
        (segment->flags & TCP_SYN ? 1u : 0u) + (segment->flags & TCP_FIN ? 1u : 0u);
    const uint32_t text_bytes = segment->len > control ? segment->len - control : 0;
    describe_tcp_flags(t, segment->flags, DESCRIBE_TCP_PACKETDRILL);
    describe_number(t, " ", segment->seq.raw);
    describe_number(t, ":", seq_add(segment->seq, text_bytes).raw);
    describe_number(t, "(", text_bytes);
    text_character(t, ')');
    if (segment->flags & TCP_ACK)
        describe_number(t, " ack ", segment->ack.raw);
    describe_number(t, " win ", segment->wnd);
    if (segment->flags & TCP_URG)
        describe_number(t, " urg ", segment->urgent);
    if (options_bytes > 0) {
        text_string(t, " <");
        describe_tcp_options(t, (struct span){options, options_bytes}, DESCRIBE_TCP_PACKETDRILL);
        text_character(t, '>');
    }
}
