/* Reading a packet. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_packet.h"
#include "wire/checksum.h"
#include "wire/tcp_header.h"

static const uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};

/* A FIN with five octets of text from 10.0.0.1:1500 to 10.0.0.2:21. */
static size_t write_packet(uint8_t *bytes, uint8_t protocol)
{
    const struct tcp_segment segment = {.source_port = 1500,
                                        .destination_port = 21,
                                        .seq = seq_at(100),
                                        .ack = seq_at(300),
                                        .wnd = 1000,
                                        .flags = TCP_ACK | TCP_FIN};
    struct ipv4_header ip = {.source = lull_address_ipv4(a),
                             .destination = lull_address_ipv4(b),
                             .protocol = protocol,
                             .ttl = 64,
                             .total_bytes = IPV4_HEADER_BYTES + 25};
    size_t at = ipv4_emit(&ip, bytes);

    at += tcp_header_emit(&segment, bytes + at);
    memcpy(bytes + at, "hello", 5);
    return at + 5;
}

static void both_ends_and_the_segment_are_read(void **state)
{
    uint8_t bytes[100];
    struct sim_parsed parsed;

    (void)state;
    const size_t count = write_packet(bytes, IPV4_TCP);
    assert_true(sim_packet_parse((struct span){bytes, count}, &parsed));
    assert_true(parsed.is_tcp);
    assert_int_equal(parsed.source.port, 1500);
    assert_int_equal(parsed.destination.port, 21);
    const struct lull_name source = {.address = lull_address_ipv4(a), .port = 1500};
    const struct lull_name destination = {.address = lull_address_ipv4(b), .port = 21};
    assert_true(sim_packet_same_name(&parsed.source, &source));
    assert_true(sim_packet_same_name(&parsed.destination, &destination));
    assert_int_equal(parsed.segment.text.len, 5);
    assert_int_equal(parsed.segment.len, 6); /* and its FIN */
}

static void another_protocol_has_no_ports(void **state)
{
    uint8_t bytes[100];
    struct sim_parsed parsed;

    (void)state;
    const size_t count = write_packet(bytes, IPV4_ICMP);
    assert_true(sim_packet_parse((struct span){bytes, count}, &parsed));
    assert_false(parsed.is_tcp);
    assert_int_equal(parsed.source.port, 0);
}

static void a_fragment_is_no_segment(void **state)
{
    uint8_t bytes[100];
    struct sim_parsed parsed;

    (void)state;
    const size_t count = write_packet(bytes, IPV4_TCP);
    const uint16_t before = (uint16_t)(bytes[6] << 8 | bytes[7]);
    bytes[6] = 0x20; /* more fragments */
    bytes[7] = 0;
    const uint16_t sum = checksum_update16((uint16_t)(bytes[10] << 8 | bytes[11]), before, 0x2000);
    bytes[10] = (uint8_t)(sum >> 8);
    bytes[11] = (uint8_t)sum;
    assert_true(sim_packet_parse((struct span){bytes, count}, &parsed));
    assert_false(parsed.is_tcp);
}

static void a_damaged_header_is_no_packet(void **state)
{
    uint8_t bytes[100];
    struct sim_parsed parsed;

    (void)state;
    const size_t count = write_packet(bytes, IPV4_TCP);
    bytes[8]--;
    assert_false(sim_packet_parse((struct span){bytes, count}, &parsed));
    bytes[8]++;
    assert_true(sim_packet_parse((struct span){bytes, count}, &parsed));
    assert_false(sim_packet_parse((struct span){bytes, 19}, &parsed));
    assert_false(sim_packet_parse((struct span){bytes, count - 1}, &parsed)); /* cut */
}

static void names_differ_in_address_or_port(void **state)
{
    const struct lull_name name = {.address = lull_address_ipv4(a), .port = 5};
    struct lull_name other = name;

    (void)state;
    assert_true(sim_packet_same_name(&name, &other));
    other.port = 6;
    assert_false(sim_packet_same_name(&name, &other));
    other.port = 5;
    other.address = lull_address_ipv4(b);
    assert_false(sim_packet_same_name(&name, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_and_the_segment_are_read),
        cmocka_unit_test(another_protocol_has_no_ports),
        cmocka_unit_test(a_fragment_is_no_segment),
        cmocka_unit_test(a_damaged_header_is_no_packet),
        cmocka_unit_test(names_differ_in_address_or_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
