#include "scenario/scenario_wire.h"

#include <string.h>

#include "base/address.h"
#include "scenario/scenario_report.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define TTL 255 /* of what arrives, as packetdrill's */

/* Behind the header: text of zeros, as packetdrill's. */
static size_t put_tcp(struct scenario_world *w, const struct scenario_flow *f,
                      const struct scenario_packet *k, const struct ipv4_header *ip)
{
    uint8_t *to = w->buffer + IPV4_HEADER_BYTES;
    const struct tcp_segment segment = {
        .seq = seq_at(k->seq),
        .ack = seq_at(k->ack),
        .wnd = k->wnd,
        .source_port = k->source_port != 0 ? k->source_port : f->remote_port,
        .destination_port = k->destination_port != 0 ? k->destination_port : f->local_port,
        .urgent = k->urgent,
        .flags = k->flags};
    size_t header = tcp_header_emit(&segment, to) + k->option_bytes;

    memcpy(to + TCP_HEADER_BYTES, k->options, k->option_bytes);
    to[12] = (uint8_t)(header / 4 << 4); /* data offset */
    memset(to + header, 0, k->text_bytes);
    const size_t bytes = header + k->text_bytes;
    const struct checksum_pseudo pseudo = {ip->source, ip->destination, IPV4_TCP, (uint32_t)bytes};
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, to, bytes);
    store_be16(to + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    return bytes;
}

/* An error quotes the header of a packet of ours and eight bytes behind it. */
static size_t put_icmp(struct scenario_world *w, const struct scenario_flow *f,
                       const struct scenario_packet *k)
{
    uint8_t *to = w->buffer + IPV4_HEADER_BYTES, *quote = to + ICMPV4_HEADER_BYTES;
    const struct ipv4_header ip = {
        .source = address_from_ipv4_word(SCENARIO_LOCAL_ADDRESS),
        .destination = address_from_ipv4_word(SCENARIO_REMOTE_ADDRESS),
        .protocol = IPV4_TCP,
        .ttl = 1,
        .dont_fragment = true,
        .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + TCP_HEADER_BYTES + k->text_bytes)};
    const struct tcp_segment segment = {.seq = seq_at(k->seq),
                                        .source_port = f->local_port,
                                        .destination_port = f->remote_port,
                                        .flags = TCP_ACK};
    uint8_t header[TCP_HEADER_BYTES_MAX];
    const struct icmpv4_message message = {
        .type = k->icmp_type,
        .code = k->icmp_code,
        .rest = k->icmp_mtu,
        .body = {quote, IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES}};

    ipv4_emit(&ip, quote);
    tcp_header_emit(&segment, header);
    memcpy(quote + IPV4_HEADER_BYTES, header, ICMPV4_QUOTED_BYTES);
    icmpv4_emit(&message, to);
    return ICMPV4_HEADER_BYTES + message.body.len;
}

void scenario_wire_arrive(struct scenario_world *w, const struct scenario_flow *flow,
                          const struct scenario_packet *packet)
{
    struct ipv4_header ip = {.source = address_from_ipv4_word(SCENARIO_REMOTE_ADDRESS),
                             .destination = address_from_ipv4_word(SCENARIO_LOCAL_ADDRESS),
                             .protocol = packet->protocol == SCENARIO_TCP ? IPV4_TCP : IPV4_ICMP,
                             .ttl = packet->ttl != 0 ? packet->ttl : TTL,
                             .tos = packet->tos};
    size_t bytes = packet->protocol == SCENARIO_TCP ? put_tcp(w, flow, packet, &ip)
                                                    : put_icmp(w, flow, packet);

    ip.total_bytes = (uint16_t)(IPV4_HEADER_BYTES + bytes);
    ipv4_emit(&ip, w->buffer);
    const struct lull_input input = {.bytes = {w->buffer, ip.total_bytes}};
    lull_stack_input(w->stack, &input, 1, w->now);
}

static void read_tcp(const struct ipv4_header *ip, struct span payload, struct scenario_sent *sent)
{
    struct scenario_packet *k = &sent->packet;
    const struct checksum_pseudo pseudo = {ip->source, ip->destination, IPV4_TCP,
                                           (uint32_t)payload.len};
    struct tcp_segment segment;

    sent->bad_checksum =
        !tcp_header_parse(payload, &segment) || !tcp_header_checksum_valid(payload, &pseudo);
    if (sent->bad_checksum)
        return;
    k->source_port = segment.source_port;
    k->destination_port = segment.destination_port;
    k->flags = segment.flags;
    k->seq = segment.seq.raw;
    k->ack = segment.ack.raw;
    k->text_bytes = (uint32_t)segment.text.len;
    k->wnd = (uint16_t)segment.wnd;
    k->urgent = segment.urgent;
    k->option_bytes = (uint8_t)(payload.len - segment.text.len - TCP_HEADER_BYTES);
    memcpy(k->options, payload.data + TCP_HEADER_BYTES, k->option_bytes);
}

static void read_icmp(struct span payload, struct scenario_sent *sent)
{
    struct scenario_packet *k = &sent->packet;
    struct icmpv4_message message;
    struct icmpv4_quote quote;

    k->protocol = SCENARIO_ICMP;
    sent->bad_checksum = !icmpv4_parse(payload, &message);
    if (sent->bad_checksum)
        return;
    k->icmp_type = message.type;
    k->icmp_code = message.code;
    k->icmp_mtu = (uint16_t)message.rest;
    k->quotes = icmpv4_quoted(&message, &quote);
    if (k->quotes)
        k->seq = quote.seq.raw;
}

static void read_packet(struct span bytes, struct scenario_sent *sent)
{
    struct ipv4_header ip;
    struct span payload;

    sent->bad_checksum = ipv4_parse(bytes, &ip, &payload) != IPV4_OK;
    if (sent->bad_checksum)
        return;
    sent->packet.tos = ip.tos;
    sent->packet.ttl = ip.ttl;
    if (ip.protocol == IPV4_TCP)
        read_tcp(&ip, payload, sent);
    else
        read_icmp(payload, sent);
}

static void note(struct scenario_world *w, const struct lull_frame *frame)
{
    size_t at = frame->header_bytes;

    if (w->sent_count == SCENARIO_SENT_MAX) {
        text_string(scenario_report_fail(w), "the stack sends more packets than can be kept");
        return;
    }
    memcpy(w->buffer, frame->header, at);
    for (unsigned i = 0; i < frame->slice_count; i++) {
        memcpy(w->buffer + at, frame->slices[i].data, frame->slices[i].len);
        at += frame->slices[i].len;
    }
    struct scenario_sent *sent = &w->sent[(w->sent_first + w->sent_count++) % SCENARIO_SENT_MAX];
    *sent = (struct scenario_sent){.at = w->now, .packet.outbound = true};
    read_packet((struct span){w->buffer, at}, sent);
}

void scenario_wire_collect(struct scenario_world *w)
{
    struct lull_frame frame;

    while (lull_stack_output(w->stack, w->now, &frame))
        note(w, &frame);
}

struct scenario_sent *scenario_wire_first(struct scenario_world *w)
{
    return w->sent_count == 0 ? NULL : &w->sent[w->sent_first];
}

void scenario_wire_drop(struct scenario_world *w)
{
    w->sent_first = (w->sent_first + 1) % SCENARIO_SENT_MAX;
    w->sent_count--;
}
