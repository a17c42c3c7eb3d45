/* What an ICMP message asks for, and which packets may be answered with an error. */
#include <string.h>

#include "base/address.h"
#include "cmocka_all.h"
#include "ip/ip.h"

static const uint32_t us = 0x0a000001, peer = 0x0a000002, router = 0x0a0000fe;

static struct ipv4_header header_from(uint32_t source, uint8_t protocol)
{
    return (struct ipv4_header){.source = address_from_ipv4_word(source),
                                .destination = address_from_ipv4_word(us),
                                .protocol = protocol,
                                .header_bytes = 20,
                                .total_bytes = 100};
}

/* A message as bytes. */
struct arrival {
    uint8_t bytes[128];
    size_t len;
};

static struct arrival message(uint8_t type, uint8_t code, uint32_t rest, struct span body)
{
    struct arrival a = {.len = 8 + body.len};
    const struct icmpv4_message m = {type, code, rest, body};
    if (body.len > 0)
        memcpy(a.bytes + 8, body.data, body.len);
    icmpv4_emit(&m, a.bytes);
    return a;
}

static struct ip_icmp4_action arrive(const struct ipv4_header *header, const struct arrival *a)
{
    return ip_icmp4_arrive(header, (struct span){a->bytes, a->len});
}

/* An error about a segment of @total_bytes that we sent from port 1025 to the peer's port 80. */
static struct arrival error_about(uint8_t protocol, uint16_t total_bytes, uint16_t type_code,
                                  uint32_t rest)
{
    uint8_t quoted[28];
    const struct ipv4_header sent = {.source = address_from_ipv4_word(us),
                                     .destination = address_from_ipv4_word(peer),
                                     .protocol = protocol,
                                     .total_bytes = total_bytes};
    ipv4_emit(&sent, quoted);
    store_be16(quoted + 20, 1025);
    store_be16(quoted + 22, 80);
    store_be32(quoted + 24, 77);
    return message((uint8_t)(type_code >> 8), (uint8_t)type_code, rest,
                   (struct span){quoted, sizeof quoted});
}

static struct ip_icmp4_action arrive_error(uint8_t type, uint8_t code, uint32_t rest)
{
    const struct ipv4_header header = header_from(router, IPV4_ICMP);
    const struct arrival a = error_about(IPV4_TCP, 1500, (uint16_t)(type << 8 | code), rest);
    return arrive(&header, &a);
}

static void an_echo_request_is_answered_with_the_same_data(void **state)
{
    const struct ipv4_header header = header_from(peer, IPV4_ICMP);
    const struct arrival a =
        message(ICMPV4_ECHO, 0, 0x12345678, (struct span){(const uint8_t *)"abc", 3});
    const struct ip_icmp4_action action = arrive(&header, &a);
    (void)state;
    assert_int_equal(action.verb, IP_ICMP4_ECHO_REPLY);
    assert_int_equal(action.reply.type, ICMPV4_ECHO_REPLY);
    assert_int_equal(action.reply.code, 0);
    assert_int_equal(action.reply.rest, 0x12345678);
    assert_ptr_equal(action.reply.body.data, a.bytes + 8);
    assert_int_equal(action.reply.body.len, 3);
}

static void an_echo_that_is_not_between_two_hosts_is_ignored(void **state)
{
    const struct arrival a = message(ICMPV4_ECHO, 0, 1, (struct span){NULL, 0});
    static const uint32_t many[] = {0xffffffff, 0xe0000001};
    static const uint32_t nobody[] = {0, 0xffffffff, 0xe0000001};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ipv4_header header = header_from(peer, IPV4_ICMP);
        header.destination = address_from_ipv4_word(many[i]);
        assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_IGNORE);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct ipv4_header header = header_from(nobody[i], IPV4_ICMP);
        assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_IGNORE);
    }
}

static void what_is_no_whole_icmp_message_is_ignored(void **state)
{
    struct ipv4_header header = header_from(peer, IPV4_ICMP);
    struct arrival a = message(ICMPV4_ECHO, 0, 1, (struct span){NULL, 0});
    (void)state;
    assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_ECHO_REPLY);
    header.more_fragments = true;
    assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_IGNORE);
    header = header_from(peer, IPV4_TCP);
    assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_IGNORE);
    header = header_from(peer, IPV4_ICMP);
    a.bytes[5] ^= 1;
    assert_int_equal(arrive(&header, &a).verb, IP_ICMP4_IGNORE);
}

static void other_queries_are_ignored(void **state)
{
    const struct ipv4_header header = header_from(peer, IPV4_ICMP);
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        const struct arrival a = message((uint8_t)type, 0, 1, (struct span){NULL, 0});
        assert_int_equal(arrive(&header, &a).verb,
                         type == ICMPV4_ECHO ? IP_ICMP4_ECHO_REPLY : IP_ICMP4_IGNORE);
    }
    const struct arrival odd = message(ICMPV4_ECHO, 1, 1, (struct span){NULL, 0});
    assert_int_equal(arrive(&header, &odd).verb, IP_ICMP4_IGNORE);
}

/* RFC 1122 section 4.2.3.9; codes it does not name are soft. */
static void errors_are_hard_or_soft_by_their_code(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 16; code++) {
        const struct ip_icmp4_action action = arrive_error(ICMPV4_UNREACHABLE, (uint8_t)code, 0);
        const enum ip_icmp4_severity want = code == 2 || code == 3 ? IP_ICMP4_HARD
                                            : code == 4            ? IP_ICMP4_FRAGMENTATION_NEEDED
                                                                   : IP_ICMP4_SOFT;
        assert_int_equal(action.verb, IP_ICMP4_ERROR_FOR_TCP);
        assert_int_equal(action.severity, want);
    }
    for (unsigned code = 0; code < 2; code++) {
        assert_int_equal(arrive_error(ICMPV4_TIME_EXCEEDED, (uint8_t)code, 0).severity,
                         IP_ICMP4_SOFT);
        assert_int_equal(arrive_error(ICMPV4_PARAMETER_PROBLEM, (uint8_t)code, 0).severity,
                         IP_ICMP4_SOFT);
    }
    /* Code 3 of another type is not "port unreachable". */
    assert_int_equal(arrive_error(ICMPV4_TIME_EXCEEDED, 3, 0).severity, IP_ICMP4_SOFT);
    assert_int_equal(arrive_error(ICMPV4_TIME_EXCEEDED, 3, 0).error, LULL_EHOSTUNREACH);
}

static void errors_have_a_meaning_for_the_user(void **state)
{
    static const enum lull_error want[] = {
        LULL_ENETUNREACH,  LULL_EHOSTUNREACH, LULL_ECONNREFUSED, LULL_ECONNREFUSED,
        LULL_EMSGSIZE,     LULL_EHOSTUNREACH, LULL_ENETUNREACH,  LULL_EHOSTUNREACH,
        LULL_EHOSTUNREACH, LULL_ENETUNREACH,  LULL_EHOSTUNREACH, LULL_ENETUNREACH,
        LULL_EHOSTUNREACH, LULL_EHOSTUNREACH,
    };
    (void)state;
    for (size_t code = 0; code < sizeof want / sizeof want[0]; code++)
        assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, (uint8_t)code, 0).error, want[code]);
    assert_int_equal(arrive_error(ICMPV4_PARAMETER_PROBLEM, 0, 0).error, LULL_EHOSTUNREACH);
}

static void an_error_names_the_connection_and_the_sequence_number(void **state)
{
    const struct ip_icmp4_action action = arrive_error(ICMPV4_TIME_EXCEEDED, 0, 0);
    (void)state;
    assert_int_equal(address_ipv4_word(&action.quote.header.source), us);
    assert_int_equal(address_ipv4_word(&action.quote.header.destination), peer);
    assert_int_equal(action.quote.source_port, 1025);
    assert_int_equal(action.quote.destination_port, 80);
    assert_int_equal(action.quote.seq.raw, 77);
}

static void quench_redirect_and_errors_about_other_protocols_are_ignored(void **state)
{
    const struct ipv4_header header = header_from(router, IPV4_ICMP);
    const struct arrival udp = error_about(IPV4_UDP, 1500, ICMPV4_UNREACHABLE << 8 | 3, 0);
    const struct arrival empty = message(ICMPV4_UNREACHABLE, 3, 0, (struct span){NULL, 0});
    (void)state;
    assert_int_equal(arrive_error(ICMPV4_SOURCE_QUENCH, 0, 0).verb, IP_ICMP4_IGNORE);
    assert_int_equal(arrive_error(ICMPV4_REDIRECT, 0, 0).verb, IP_ICMP4_IGNORE);
    assert_int_equal(arrive(&header, &udp).verb, IP_ICMP4_IGNORE);
    assert_int_equal(arrive(&header, &empty).verb, IP_ICMP4_IGNORE);
}

static void fragmentation_needed_says_what_fits(void **state)
{
    (void)state;
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 4, 1400).mtu, 1400);
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 4, 0xffff0000 | 1400).mtu, 1400);
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 4, 69).mtu, 69);
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 4, 68).mtu, 68);
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 4, 1).mtu, 68);
    assert_int_equal(arrive_error(ICMPV4_UNREACHABLE, 1, 1400).mtu, 0);
}

/* RFC 1191 section 7.1: the next lower of the sizes in use. */
static void a_router_that_does_not_say_is_understood(void **state)
{
    static const uint16_t sent[] = {65535, 32000, 17914, 8166, 4352, 2002, 1493,
                                    1492,  1006,  508,   297,  296,  60};
    static const uint16_t want[] = {32000, 17914, 8166, 4352, 2002, 1492, 1492,
                                    1006,  508,   296,  296,  68,   68};
    const struct ipv4_header header = header_from(router, IPV4_ICMP);
    (void)state;
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        const struct arrival a = error_about(IPV4_TCP, sent[i], ICMPV4_UNREACHABLE << 8 | 4, 0);
        assert_int_equal(arrive(&header, &a).mtu, want[i]);
    }
}

/* RFC 1122 section 3.2.2, in its order. */
static void errors_and_what_cannot_be_known_not_to_be_one_are_not_answered(void **state)
{
    const struct ipv4_header icmp = header_from(peer, IPV4_ICMP);
    const struct ipv4_header tcp = header_from(peer, IPV4_TCP);
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        const uint8_t byte = (uint8_t)type;
        const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        assert_int_equal(ip_icmp4_may_answer(&icmp, (struct span){&byte, 1}), !error);
        assert_true(ip_icmp4_may_answer(&tcp, (struct span){&byte, 1}));
    }
    assert_false(ip_icmp4_may_answer(&icmp, (struct span){NULL, 0}));
    assert_true(ip_icmp4_may_answer(&tcp, (struct span){NULL, 0}));
}

static void packets_to_many_are_not_answered(void **state)
{
    struct ipv4_header header = header_from(peer, IPV4_UDP);
    (void)state;
    header.destination = address_from_ipv4_word(0xffffffff);
    assert_false(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
    header.destination = address_from_ipv4_word(0xe0000001);
    assert_false(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
}

static void only_the_first_fragment_is_answered(void **state)
{
    struct ipv4_header header = header_from(peer, IPV4_UDP);
    (void)state;
    header.more_fragments = true;
    assert_true(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
    header.fragment_offset = 8;
    assert_false(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
}

static void only_one_host_is_answered(void **state)
{
    static const uint32_t bad[] = {0,          0x00ffffff, 0x7f000001, 0x7fffffff,
                                   0xe0000000, 0xefffffff, 0xf0000000, 0xffffffff};
    static const uint32_t good[] = {0x01000000, 0x7effffff, 0x80000000, 0xdfffffff};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct ipv4_header header = header_from(bad[i], IPV4_UDP);
        assert_false(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const struct ipv4_header header = header_from(good[i], IPV4_UDP);
        assert_true(ip_icmp4_may_answer(&header, (struct span){NULL, 0}));
    }
}

static void an_error_quotes_the_header_and_eight_bytes(void **state)
{
    uint8_t packet[100];
    struct ipv4_header header = header_from(peer, IPV4_UDP);
    struct icmpv4_message error =
        ip_icmp4_unreachable(ICMPV4_PROTOCOL_UNREACHABLE, &header, (struct span){packet, 100});
    (void)state;
    assert_int_equal(error.type, ICMPV4_UNREACHABLE);
    assert_int_equal(error.code, ICMPV4_PROTOCOL_UNREACHABLE);
    assert_int_equal(error.rest, 0);
    assert_ptr_equal(error.body.data, packet);
    assert_int_equal(error.body.len, 28);
    header.header_bytes = 60;
    error = ip_icmp4_unreachable(3, &header, (struct span){packet, 100});
    assert_int_equal(error.body.len, 68);
    header.total_bytes = 64; /* the rest is padding of the link */
    error = ip_icmp4_unreachable(3, &header, (struct span){packet, 100});
    assert_int_equal(error.body.len, 64);
    error = ip_icmp4_unreachable(3, &header, (struct span){packet, 62});
    assert_int_equal(error.body.len, 62);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_request_is_answered_with_the_same_data),
        cmocka_unit_test(an_echo_that_is_not_between_two_hosts_is_ignored),
        cmocka_unit_test(what_is_no_whole_icmp_message_is_ignored),
        cmocka_unit_test(other_queries_are_ignored),
        cmocka_unit_test(errors_are_hard_or_soft_by_their_code),
        cmocka_unit_test(errors_have_a_meaning_for_the_user),
        cmocka_unit_test(an_error_names_the_connection_and_the_sequence_number),
        cmocka_unit_test(quench_redirect_and_errors_about_other_protocols_are_ignored),
        cmocka_unit_test(fragmentation_needed_says_what_fits),
        cmocka_unit_test(a_router_that_does_not_say_is_understood),
        cmocka_unit_test(errors_and_what_cannot_be_known_not_to_be_one_are_not_answered),
        cmocka_unit_test(packets_to_many_are_not_answered),
        cmocka_unit_test(only_the_first_fragment_is_answered),
        cmocka_unit_test(only_one_host_is_answered),
        cmocka_unit_test(an_error_quotes_the_header_and_eight_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
