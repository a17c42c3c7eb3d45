#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_talks.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

static uint8_t packet[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX + 100];

/* Client @port of 10.0.0.1 with port 80 of 10.0.0.2; from the server when @back. */
static struct span segment(uint16_t port, uint8_t flags, unsigned text, int back)
{
    const uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
    const struct tcp_segment tcp = {
        .source_port = back ? 80 : port,
        .destination_port = back ? port : 80,
        .flags = flags,
    };
    struct ipv4_header ip = {
        .source = lull_address_ipv4(back ? b : a),
        .destination = lull_address_ipv4(back ? a : b),
        .protocol = IPV4_TCP,
        .ttl = 64,
    };

    ip.total_bytes =
        (uint16_t)(IPV4_HEADER_BYTES + tcp_header_emit(&tcp, packet + IPV4_HEADER_BYTES) + text);
    ipv4_emit(&ip, packet);
    return (struct span){packet, ip.total_bytes};
}

static void both_directions_are_one_conversation(void **state)
{
    struct cli_talks talks = {0};

    (void)state;
    assert_int_equal(cli_talks_add(&talks, segment(5000, TCP_SYN | TCP_ACK, 0, 1), 10), 0);
    cli_talks_add(&talks, segment(5000, TCP_ACK, 7, 0), 20);
    cli_talks_add(&talks, segment(5000, TCP_ACK | TCP_FIN, 3, 1), 30);
    assert_int_equal(talks.count, 1);
    const struct cli_talk *t = &talks.talks[0];
    assert_int_equal(t->name[0].port, 5000);
    assert_int_equal(t->packets, 3);
    assert_int_equal(t->syns, 1);
    assert_int_equal(t->fins, 1);
    assert_int_equal(t->bytes, 10);
    assert_int_equal(t->kept, 3 * 40 + 10);
    assert_int_equal(t->first, 10);
    assert_int_equal(t->last, 30);
    assert_ptr_equal(cli_talks_find(&talks, &t->name[1], &t->name[0]), t);
    cli_talks_free(&talks);
}

static void any_number_of_them_is_found_again_in_order(void **state)
{
    struct cli_talks talks = {0};

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 20000; i++)
            assert_int_equal(cli_talks_add(&talks, segment((uint16_t)(1000 + i), TCP_ACK, 0, 0), i),
                             0);
    }
    assert_int_equal(talks.count, 20000);
    for (unsigned i = 0; i < 20000; i++) {
        assert_int_equal(talks.talks[i].name[0].port, 1000 + i);
        assert_int_equal(talks.talks[i].packets, 2);
    }
    cli_talks_free(&talks);
}

static void what_is_no_whole_header_is_passed_over(void **state)
{
    struct cli_talks talks = {0};
    struct span s = segment(5000, TCP_SYN, 0, 0);

    (void)state;
    for (size_t len = 0; len < s.len; len++)
        cli_talks_add(&talks, (struct span){s.data, len}, 0);
    packet[IPV4_HEADER_BYTES + 12] = 0x40;
    cli_talks_add(&talks, s, 0);
    s = segment(5000, TCP_SYN, 0, 0);
    packet[6] = 0x20; /* more fragments */
    cli_talks_add(&talks, s, 0);
    s = segment(5000, TCP_SYN, 0, 0);
    packet[9] = IPV4_UDP;
    cli_talks_add(&talks, s, 0);
    assert_int_equal(talks.count, 0);
    assert_int_equal(talks.errors, 0);
    packet[9] = IPV4_ICMP;
    cli_talks_add(&talks, s, 0);
    assert_int_equal(talks.errors, 1);
    cli_talks_free(&talks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_one_conversation),
        cmocka_unit_test(any_number_of_them_is_found_again_in_order),
        cmocka_unit_test(what_is_no_whole_header_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
