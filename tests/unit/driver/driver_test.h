/* driver_test.h - frames for the tests of drivers. */
#ifndef TESTS_DRIVER_TEST_H
#define TESTS_DRIVER_TEST_H

#include <stdbool.h>
#include <string.h>

#include "lull/driver.h"
#include "lull/frame.h"

#include "base/address.h"
#include "base/prng.h"
#include "cmocka_all.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define KERNEL_WORD 0x0a090001u /* 10.9.0.1 */
#define OUR_WORD    0x0a090002u

/* A TCP segment from us to the kernel, its checksum left to the device. */
struct made_segment {
    uint8_t bytes[66000];
    size_t len;
    size_t link_bytes, text_at;
    struct lull_offload offload;
};

struct segment_shape {
    size_t link_bytes; /* 0 or 14 */
    size_t text_bytes;
    size_t option_bytes; /* multiple of 4, at most 40 */
    uint8_t flags;
    uint32_t seq;
    uint16_t identification;
    uint16_t segment_bytes;
};

static inline void put_link_header(uint8_t *to, const uint8_t destination[6],
                                   const uint8_t source[6])
{
    struct ethernet_header header = {.type = ETHERNET_IPV4};
    memcpy(header.destination.bytes, destination, 6);
    memcpy(header.source.bytes, source, 6);
    ethernet_emit(&header, to);
}

static inline void put_ip_header(uint8_t *to, uint8_t protocol, size_t payload, uint16_t id)
{
    const struct ipv4_header header = {
        .source = address_from_ipv4_word(OUR_WORD),
        .destination = address_from_ipv4_word(KERNEL_WORD),
        .protocol = protocol,
        .ttl = 64,
        .dont_fragment = true,
        .identification = id,
        .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + payload),
    };
    ipv4_emit(&header, to);
}

static inline struct checksum_pseudo pseudo_of(uint8_t protocol, size_t length)
{
    return (struct checksum_pseudo){address_from_ipv4_word(OUR_WORD),
                                    address_from_ipv4_word(KERNEL_WORD), protocol,
                                    (uint32_t)length};
}

/* Text is drawn from @prng; options are NOPs. */
static inline void make_segment(struct made_segment *made, const struct segment_shape *shape,
                                struct prng *prng)
{
    const size_t tcp_bytes = TCP_HEADER_BYTES + shape->option_bytes;
    const size_t tcp_at = shape->link_bytes + IPV4_HEADER_BYTES;
    const struct tcp_segment segment = {.seq = {shape->seq},
                                        .ack = {77},
                                        .wnd = 1000,
                                        .source_port = 80,
                                        .destination_port = 40000,
                                        .flags = shape->flags};
    uint8_t *tcp = made->bytes + tcp_at;
    memset(made->bytes, 0, tcp_at);
    put_ip_header(made->bytes + shape->link_bytes, IPV4_TCP, tcp_bytes + shape->text_bytes,
                  shape->identification);
    assert_int_equal(tcp_header_emit(&segment, tcp), TCP_HEADER_BYTES);
    memset(tcp + TCP_HEADER_BYTES, 1, shape->option_bytes);
    tcp[12] = (uint8_t)(tcp_bytes / 4 << 4);
    const struct checksum_pseudo pseudo = pseudo_of(IPV4_TCP, tcp_bytes + shape->text_bytes);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, checksum_pseudo_partial(&pseudo));
    for (size_t i = 0; i < shape->text_bytes; i++)
        tcp[tcp_bytes + i] = (uint8_t)prng_next(prng);
    made->link_bytes = shape->link_bytes;
    made->text_at = tcp_at + tcp_bytes;
    made->len = made->text_at + shape->text_bytes;
    made->offload = (struct lull_offload){
        .checksum_start = (uint16_t)tcp_at,
        .checksum_field = (uint16_t)(tcp_at + TCP_CHECKSUM_OFFSET),
        .segment_bytes = shape->segment_bytes,
    };
}

/* The same bytes as the stack would hand them over: @header_bytes of header, the rest in
 * @slices of nearly equal length. */
static inline struct lull_frame frame_of(struct span bytes, size_t header_bytes, unsigned slices)
{
    struct lull_frame frame = {.total_bytes = (uint32_t)bytes.len,
                               .header_bytes = (uint16_t)header_bytes,
                               .slice_count = (uint8_t)slices};
    size_t at = header_bytes;
    memcpy(frame.header, bytes.data, header_bytes);
    for (unsigned i = 0; i < slices; i++) {
        const size_t left = bytes.len - at;
        const size_t len = i + 1 == slices ? left : left / (slices - i);
        frame.slices[i] = (struct lull_slice){bytes.data + at, len};
        at += len;
    }
    return frame;
}

static inline struct lull_frame frame_of_segment(const struct made_segment *made)
{
    struct lull_frame frame =
        frame_of((struct span){made->bytes, made->len}, made->text_at, made->len > made->text_at);
    frame.offload = made->offload;
    return frame;
}

/* Both checksums of an IPv4 TCP packet from us to the kernel are right. */
static inline void assert_whole_segment(struct span packet, struct ipv4_header *ip,
                                        struct tcp_segment *tcp)
{
    struct span payload;
    assert_int_equal(ipv4_parse(packet, ip, &payload), IPV4_OK);
    assert_int_equal(ip->total_bytes, packet.len);
    const struct checksum_pseudo pseudo = {ip->source, ip->destination, ip->protocol,
                                           (uint32_t)payload.len};
    assert_true(tcp_header_checksum_valid(payload, &pseudo));
    assert_true(tcp_header_parse(payload, tcp));
}

#endif
