/* Lines about packets, word for word. */
#include "base/address.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/describe.h"
#include "wire/ethernet.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

struct packet {
    uint8_t bytes[256];
    size_t len;
};

/* 10.0.0.1 to 10.0.0.2; the payload is put behind it by the caller. */
static struct packet ip_packet(struct ipv4_header h, size_t payload_bytes)
{
    struct packet p = {.len = 20 + payload_bytes};
    h.source = address_from_ipv4_word(0x0a000001);
    h.destination = address_from_ipv4_word(0x0a000002);
    h.total_bytes = (uint16_t)p.len;
    ipv4_emit(&h, p.bytes);
    return p;
}

static struct packet tcp_packet(struct tcp_segment s, size_t text_bytes)
{
    uint8_t header[TCP_HEADER_BYTES_MAX];
    s.source_port = 80;
    s.destination_port = 40000;
    const size_t header_bytes = tcp_header_emit(&s, header);
    struct packet p =
        ip_packet((struct ipv4_header){.protocol = IPV4_TCP}, header_bytes + text_bytes);
    memcpy(p.bytes + 20, header, header_bytes);
    return p;
}

static struct packet icmp_packet(struct icmpv4_message m)
{
    struct packet p = ip_packet((struct ipv4_header){.protocol = IPV4_ICMP}, 8 + m.body.len);
    icmpv4_emit(&m, p.bytes + 20);
    memcpy(p.bytes + 28, m.body.data, m.body.len);
    return p;
}

static void expect_packet(const struct packet *p, const char *want)
{
    char line[DESCRIBE_TEXT_BYTES];
    struct text t;
    const struct span bytes = exact_bytes(p->bytes, p->len);
    text_init(&t, line, sizeof line);
    describe_packet(&t, bytes);
    assert_string_equal(line, want);
    free_bytes(bytes);
}

static void expect_frame(uint16_t type, struct span payload, const char *want)
{
    char line[DESCRIBE_TEXT_BYTES];
    uint8_t frame[300];
    struct text t;
    const struct ethernet_header header = {.type = type};
    ethernet_emit(&header, frame);
    if (payload.len > 0)
        memcpy(frame + 14, payload.data, payload.len);
    const struct span bytes = exact_bytes(frame, 14 + payload.len);
    text_init(&t, line, sizeof line);
    describe_frame(&t, bytes);
    assert_string_equal(line, want);
    free_bytes(bytes);
}

#define EXPECT_TCP(want, text_bytes, ...)                                                          \
    do {                                                                                           \
        const struct packet p_ = tcp_packet((struct tcp_segment){__VA_ARGS__}, (text_bytes));      \
        expect_packet(&p_, "IP 10.0.0.1.80 > 10.0.0.2.40000: " want);                              \
    } while (0)

static void a_handshake_shows_its_options(void **state)
{
    (void)state;
    EXPECT_TCP("Flags [S.], seq 1, ack 2, win 65535, options [mss 1460,sackOK,TS val 1 ecr "
               "0,nop,wscale 7], length 0",
               0, .flags = TCP_SYN | TCP_ACK, .seq = {1}, .ack = {2}, .wnd = 65535,
               .options = {.present = 23, .mss = 1460, .window_scale = 7, .ts_value = 1});
}

static void data_shows_where_it_begins_and_ends(void **state)
{
    (void)state;
    EXPECT_TCP("Flags [P.], seq 4294967295:9, ack 7, win 5, length 10", 10,
               .flags = TCP_PSH | TCP_ACK, .seq = {UINT32_MAX}, .ack = {7}, .wnd = 5);
}

static void a_pure_acknowledgment_shows_no_sequence_number(void **state)
{
    (void)state;
    EXPECT_TCP("Flags [.], ack 7, win 5, options [nop,nop,sack 2 {1:2}{30:40}], length 0", 0,
               .flags = TCP_ACK, .seq = {1}, .ack = {7}, .wnd = 5,
               .options = {.present = TCP_OPTION_SACK,
                           .sack_count = 2,
                           .sack = {{{1}, {2}}, {{30}, {40}}}});
}

static void control_flags_show_the_sequence_number(void **state)
{
    (void)state;
    EXPECT_TCP("Flags [F.], seq 3, ack 7, win 5, length 0", 0, .flags = TCP_FIN | TCP_ACK,
               .seq = {3}, .ack = {7}, .wnd = 5);
    EXPECT_TCP("Flags [R], seq 3, win 0, length 0", 0, .flags = TCP_RST, .seq = {3}, .ack = {7});
    EXPECT_TCP("Flags [FSRP.UEW], seq 3, ack 7, win 5, urg 9, length 0", 0, .flags = 255,
               .seq = {3}, .ack = {7}, .wnd = 5, .urgent = 9);
    EXPECT_TCP("Flags [none], win 5, length 0", 0, .seq = {3}, .wnd = 5);
}

static void options_are_shown_as_they_are_not_as_we_would_send_them(void **state)
{
    struct packet p = tcp_packet((struct tcp_segment){.options = {.present = 16}}, 0);
    uint8_t *options = p.bytes + 40;
    (void)state;
    memcpy(options, (const uint8_t[]){3, 3, 15, 254, 4, 1, 1, 4, 3, 1, 0, 9}, 12);
    expect_packet(&p, "IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [none], win 0, options [wscale "
                      "14,unknown-254,unknown-4,eol], length 0");
    memcpy(options, (const uint8_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1}, 12);
    expect_packet(&p, "IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [none], win 0, options "
                      "[nop,nop,nop,nop,nop,nop,nop,nop,nop,malformed], length 0");
    memcpy(options, (const uint8_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4}, 12);
    expect_packet(&p, "IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [none], win 0, options "
                      "[nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,malformed], length 0");
    memcpy(options, (const uint8_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1}, 12);
    expect_packet(&p, "IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [none], win 0, options "
                      "[nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,malformed], length 0");
}

static void a_malformed_tcp_header_is_said_to_be_so(void **state)
{
    struct packet p = tcp_packet((struct tcp_segment){0}, 0);
    (void)state;
    p.bytes[32] = 0x40;
    expect_packet(&p, "IP 10.0.0.1.80 > 10.0.0.2.40000: TCP, malformed header, length 20");
    p = ip_packet((struct ipv4_header){.protocol = IPV4_TCP}, 3);
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: TCP, malformed header, length 3");
}

static void other_protocols_are_named_or_numbered(void **state)
{
    struct packet p = ip_packet((struct ipv4_header){.protocol = IPV4_UDP}, 8);
    (void)state;
    store_be32(p.bytes + 20, 53 << 16 | 54);
    expect_packet(&p, "IP 10.0.0.1.53 > 10.0.0.2.54: UDP, length 8");
    p = ip_packet((struct ipv4_header){.protocol = IPV4_UDP}, 4); /* all that ports need */
    store_be32(p.bytes + 20, 53 << 16 | 54);
    expect_packet(&p, "IP 10.0.0.1.53 > 10.0.0.2.54: UDP, length 4");
    p = ip_packet((struct ipv4_header){.protocol = IPV4_UDP}, 3);
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: UDP, length 3");
    p = ip_packet((struct ipv4_header){.protocol = 47}, 8);
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: protocol 47, length 8");
}

static void fragments_show_their_place(void **state)
{
    struct packet p = ip_packet(
        (struct ipv4_header){.protocol = IPV4_TCP, .identification = 7, .more_fragments = true}, 8);
    (void)state;
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: fragment, protocol 6, id 7, offset 0, more to come, "
                      "length 8");
    p = ip_packet(
        (struct ipv4_header){.protocol = IPV4_TCP, .identification = 7, .fragment_offset = 16}, 8);
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: fragment, protocol 6, id 7, offset 16, last, "
                      "length 8");
}

static void echoes_show_identifier_and_sequence(void **state)
{
    struct packet p = icmp_packet(
        (struct icmpv4_message){ICMPV4_ECHO, 0, 7 << 16 | 2, {(const uint8_t *)"abc", 3}});
    (void)state;
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 2, length 11");
    p = icmp_packet(
        (struct icmpv4_message){ICMPV4_ECHO_REPLY, 0, 7 << 16 | 2, {(const uint8_t *)"", 0}});
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, id 7, seq 2, length 8");
    p.bytes[27] ^= 1;
    expect_packet(&p, "IP 10.0.0.1 > 10.0.0.2: ICMP truncated or bad checksum, length 8");
}

static void expect_unreachable(uint8_t code, uint8_t protocol, const char *want)
{
    struct packet quoted = ip_packet((struct ipv4_header){.protocol = protocol}, 8);
    store_be16(quoted.bytes + 22, 80);
    const struct packet p = icmp_packet(
        (struct icmpv4_message){ICMPV4_UNREACHABLE, code, 1400, {quoted.bytes, quoted.len}});
    char line[DESCRIBE_TEXT_BYTES] = "IP 10.0.0.1 > 10.0.0.2: ICMP ";
    strcat(line, want);
    strcat(line, ", length 36");
    expect_packet(&p, line);
}

static void errors_show_what_they_are_about(void **state)
{
    (void)state;
    expect_unreachable(0, IPV4_TCP, "net 10.0.0.2 unreachable");
    expect_unreachable(1, IPV4_TCP, "host 10.0.0.2 unreachable");
    expect_unreachable(2, 47, "10.0.0.2 protocol 47 unreachable");
    expect_unreachable(3, IPV4_TCP, "10.0.0.2 tcp port 80 unreachable");
    expect_unreachable(3, IPV4_UDP, "10.0.0.2 udp port 80 unreachable");
    expect_unreachable(3, 132, "10.0.0.2 protocol 132 port 80 unreachable");
    expect_unreachable(4, IPV4_TCP, "10.0.0.2 unreachable - need to frag (mtu 1400)");
    expect_unreachable(13, IPV4_TCP, "10.0.0.2 unreachable, code 13");
}

static void errors_that_quote_nothing_and_other_messages_are_numbered(void **state)
{
    static const struct {
        uint8_t type, code;
        const char *want;
    } rows[] = {
        {3, 1, "IP 10.0.0.1 > 10.0.0.2: ICMP unreachable, code 1, length 8"},
        {11, 0, "IP 10.0.0.1 > 10.0.0.2: ICMP time exceeded in-transit, length 8"},
        {11, 1, "IP 10.0.0.1 > 10.0.0.2: ICMP time exceeded in reassembly, length 8"},
        {13, 5, "IP 10.0.0.1 > 10.0.0.2: ICMP type 13, code 5, length 8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct packet p = icmp_packet(
            (struct icmpv4_message){rows[i].type, rows[i].code, 0, {(const uint8_t *)"", 0}});
        expect_packet(&p, rows[i].want);
    }
}

static void arp_asks_and_answers(void **state)
{
    struct arp_packet arp = {.operation = ARP_REQUEST,
                             .sender_hardware = {{2, 0, 0, 0, 0, 0xab}},
                             .sender_protocol = address_from_ipv4_word(0x0a000001),
                             .target_protocol = address_from_ipv4_word(0)};
    uint8_t bytes[46] = {0};
    (void)state;
    arp_emit(&arp, bytes);
    expect_frame(0x0806, (struct span){bytes, 28},
                 "ARP, Request who-has 0.0.0.0 tell 10.0.0.1, length 28");
    arp.operation = ARP_REPLY;
    arp_emit(&arp, bytes);
    expect_frame(0x0806, (struct span){bytes, 46},
                 "ARP, Reply 10.0.0.1 is-at 02:00:00:00:00:ab, length 46");
    arp.operation = 9;
    arp_emit(&arp, bytes);
    expect_frame(0x0806, (struct span){bytes, 28}, "ARP, operation 9, length 28");
    expect_frame(0x0806, (struct span){bytes, 27}, "ARP, malformed, length 27");
}

static void frames_show_what_is_in_them(void **state)
{
    const struct packet p = tcp_packet((struct tcp_segment){.flags = TCP_ACK}, 0);
    char line[DESCRIBE_TEXT_BYTES];
    struct text t;
    (void)state;
    expect_frame(0x0800, (struct span){p.bytes, p.len},
                 "IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [.], ack 0, win 0, length 0");
    expect_frame(0x86dd, (struct span){(const uint8_t *)"\x60 six", 5}, "IP6, length 5");
    expect_frame(0x88cc, (struct span){NULL, 0}, "ethertype 0x88cc, length 0");
    expect_frame(0x0026, (struct span){NULL, 0}, "ethertype 0x0026, length 0");
    expect_frame(0x0800, (struct span){NULL, 0}, "IP, refused: truncated, length 0");
    text_init(&t, line, sizeof line);
    describe_frame(&t, (struct span){p.bytes, 13});
    assert_string_equal(line, "truncated frame, length 13");
}

static void expect_segment(struct tcp_segment s, const char *want)
{
    char line[DESCRIBE_TEXT_BYTES];
    struct text t;
    text_init(&t, line, sizeof line);
    describe_segment(&t, &s);
    assert_string_equal(line, want);
}

static void segments_are_written_as_packetdrill_does(void **state)
{
    (void)state;
    expect_segment((struct tcp_segment){.flags = TCP_SYN | TCP_ACK,
                                        .seq = {1},
                                        .ack = {2},
                                        .len = 1,
                                        .wnd = 5,
                                        .options = {.present = TCP_OPTION_MSS, .mss = 1460}},
                   "S. 1:1(0) ack 2 win 5 <mss 1460>");
    expect_segment((struct tcp_segment){.flags = TCP_FIN | TCP_PSH | TCP_ACK,
                                        .seq = {UINT32_MAX},
                                        .ack = {2},
                                        .len = 11,
                                        .wnd = 70000},
                   "FP. 4294967295:9(10) ack 2 win 70000");
    expect_segment((struct tcp_segment){.flags = TCP_RST, .seq = {3}, .ack = {2}},
                   "R 3:3(0) win 0");
    expect_segment((struct tcp_segment){.flags = TCP_URG, .urgent = 4, .len = 1},
                   "U 0:1(1) win 0 urg 4");
    expect_segment((struct tcp_segment){0}, "- 0:0(0) win 0");
    expect_segment((struct tcp_segment){.flags = TCP_SYN}, "S 0:0(0) win 0");
    expect_segment((struct tcp_segment){.flags = TCP_ACK,
                                        .options = {.present = TCP_OPTION_SACK,
                                                    .sack_count = 2,
                                                    .sack = {{{1}, {2}}, {{30}, {40}}}}},
                   ". 0:0(0) ack 0 win 0 <nop,nop,sack 1:2 30:40>");
}

/* Also the longest line: forty bytes of unknown options. */
static void any_bytes_are_described_within_the_promised_length(void **state)
{
    struct prng p;
    char line[DESCRIBE_TEXT_BYTES];
    struct text t;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 20000; round++) {
        struct packet packet = ip_packet(
            (struct ipv4_header){.protocol = prng_chance(&p, 1, 2) ? IPV4_TCP : IPV4_ICMP},
            prng_below(&p, 90));
        random_bytes(&p, packet.bytes + 20, packet.len - 20);
        const struct span bytes = exact_bytes(packet.bytes, prng_below(&p, 100));
        text_init(&t, line, sizeof line);
        describe_packet(&t, bytes);
        assert_in_range(text_length(&t), 1, DESCRIBE_TEXT_BYTES - 2);
        free_bytes(bytes);
    }
    struct packet longest = tcp_packet((struct tcp_segment){.flags = 255}, 40);
    longest.bytes[32] = 0xf0;
    memset(longest.bytes + 20, 0xff, 12);
    memset(longest.bytes + 33, 0xff, 7);
    for (size_t i = 40; i < 80; i += 2)
        memcpy(longest.bytes + i, (const uint8_t[]){255, 2}, 2);
    text_init(&t, line, sizeof line);
    describe_packet(&t, (struct span){longest.bytes, longest.len});
    assert_in_range(text_length(&t), 300, DESCRIBE_TEXT_BYTES - 2);
    assert_non_null(strstr(line, "unknown-255], length 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_shows_its_options),
        cmocka_unit_test(data_shows_where_it_begins_and_ends),
        cmocka_unit_test(a_pure_acknowledgment_shows_no_sequence_number),
        cmocka_unit_test(control_flags_show_the_sequence_number),
        cmocka_unit_test(options_are_shown_as_they_are_not_as_we_would_send_them),
        cmocka_unit_test(a_malformed_tcp_header_is_said_to_be_so),
        cmocka_unit_test(other_protocols_are_named_or_numbered),
        cmocka_unit_test(fragments_show_their_place),
        cmocka_unit_test(echoes_show_identifier_and_sequence),
        cmocka_unit_test(errors_show_what_they_are_about),
        cmocka_unit_test(errors_that_quote_nothing_and_other_messages_are_numbered),
        cmocka_unit_test(arp_asks_and_answers),
        cmocka_unit_test(frames_show_what_is_in_them),
        cmocka_unit_test(segments_are_written_as_packetdrill_does),
        cmocka_unit_test(any_bytes_are_described_within_the_promised_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
