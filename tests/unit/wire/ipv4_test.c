/* The IPv4 header between bytes and numbers. */
#include "base/address.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"

/* 10.0.0.1 sends 10.0.0.2 six bytes of TCP. */
static struct ipv4_header typical(void)
{
    return (struct ipv4_header){
        .source = address_from_ipv4_word(0x0a000001),
        .destination = address_from_ipv4_word(0x0a000002),
        .protocol = IPV4_TCP,
        .ttl = 64,
        .tos = 0x12,
        .dont_fragment = true,
        .identification = 0xbeef,
        .header_bytes = 20,
        .total_bytes = 26,
    };
}

static void write_packet(const struct ipv4_header *header, uint8_t packet[26])
{
    memset(packet, 'x', 26);
    assert_int_equal(ipv4_emit(header, packet), 20);
}

static enum ipv4_refusal parse_bytes(const uint8_t *from, size_t len)
{
    struct ipv4_header header;
    struct span payload;
    const struct span bytes = exact_bytes(from, len);
    const enum ipv4_refusal refusal = ipv4_parse(bytes, &header, &payload);
    free_bytes(bytes);
    return refusal;
}

static void fix_checksum(uint8_t *packet)
{
    const size_t bytes = (size_t)(packet[0] & 15) * 4;
    store_be16(packet + 10, 0);
    store_be16(packet + 10, checksum_of(packet, bytes));
}

static void a_header_has_its_fields_in_their_places(void **state)
{
    static const uint8_t want[20] = {0x45, 0x12, 0,  26, 0xbe, 0xef, 0x40, 0, 64, 6,
                                     0x67, 0xda, 10, 0,  0,    1,    10,   0, 0,  2};
    const struct ipv4_header header = typical();
    uint8_t packet[26];
    (void)state;
    write_packet(&header, packet);
    assert_memory_equal(packet, want, sizeof want);
}

/* Field by field: padding between them has no value. */
static void expect_same_header(const struct ipv4_header *a, const struct ipv4_header *b)
{
    assert_memory_equal(&a->source, &b->source, 16);
    assert_memory_equal(&a->destination, &b->destination, 16);
    assert_int_equal(a->protocol, b->protocol);
    assert_int_equal(a->ttl, b->ttl);
    assert_int_equal(a->tos, b->tos);
    assert_int_equal(a->dont_fragment, b->dont_fragment);
    assert_int_equal(a->more_fragments, b->more_fragments);
    assert_int_equal(a->identification, b->identification);
    assert_int_equal(a->fragment_offset, b->fragment_offset);
    assert_int_equal(a->header_bytes, b->header_bytes);
    assert_int_equal(a->total_bytes, b->total_bytes);
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    uint8_t *packet = calloc(1, 65535);
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 2000; round++) {
        struct ipv4_header in = {0}, out = {0};
        struct span payload;
        in.source = address_from_ipv4_word((uint32_t)prng_next(&p));
        in.destination = address_from_ipv4_word((uint32_t)prng_next(&p));
        in.protocol = (uint8_t)prng_next(&p);
        in.ttl = (uint8_t)prng_next(&p);
        in.tos = (uint8_t)prng_next(&p);
        in.dont_fragment = prng_chance(&p, 1, 2);
        in.more_fragments = prng_chance(&p, 1, 2);
        in.identification = (uint16_t)prng_next(&p);
        in.header_bytes = 20;
        in.total_bytes = (uint16_t)(20 + prng_below(&p, 65516));
        in.fragment_offset = (uint16_t)(prng_below(&p, 65536u - (in.total_bytes - 20)) / 8 * 8);
        ipv4_emit(&in, packet);
        assert_int_equal(ipv4_parse((struct span){packet, 65535}, &out, &payload), IPV4_OK);
        expect_same_header(&in, &out);
        assert_ptr_equal(payload.data, packet + 20);
        assert_int_equal(payload.len, in.total_bytes - 20);
    }
    free(packet);
}

static void every_prefix_is_refused_and_padding_is_cut(void **state)
{
    const struct ipv4_header header = typical();
    uint8_t packet[46] = {0};
    struct ipv4_header out;
    struct span payload;
    (void)state;
    write_packet(&header, packet);
    for (size_t len = 0; len < 26; len++)
        assert_int_equal(parse_bytes(packet, len), len < 20 ? IPV4_TRUNCATED : IPV4_TOTAL_LENGTH);
    assert_int_equal(parse_bytes(packet, 26), IPV4_OK);
    assert_int_equal(ipv4_parse((struct span){packet, sizeof packet}, &out, &payload), IPV4_OK);
    assert_int_equal(payload.len, 6);
}

static void another_version_is_refused(void **state)
{
    const struct ipv4_header header = typical();
    uint8_t packet[26];
    (void)state;
    write_packet(&header, packet);
    packet[0] = 0x65;
    fix_checksum(packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_VERSION);
}

static void a_header_shorter_than_twenty_bytes_or_longer_than_the_packet_is_refused(void **state)
{
    const struct ipv4_header header = typical();
    uint8_t packet[26];
    (void)state;
    write_packet(&header, packet);
    packet[0] = 0x44;
    fix_checksum(packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_HEADER_LENGTH);
    packet[0] = 0x47;
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_HEADER_LENGTH);
}

static void a_total_length_below_the_header_is_refused(void **state)
{
    struct ipv4_header header = typical();
    uint8_t packet[26];
    (void)state;
    header.total_bytes = 19;
    write_packet(&header, packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_TOTAL_LENGTH);
    header.total_bytes = 20;
    write_packet(&header, packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_OK);
}

static void any_flipped_bit_of_the_header_is_refused(void **state)
{
    const struct ipv4_header header = typical();
    (void)state;
    for (size_t bit = 0; bit < 160; bit++) {
        uint8_t packet[26];
        write_packet(&header, packet);
        packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(parse_bytes(packet, sizeof packet), IPV4_OK);
    }
}

static void a_wrong_checksum_is_named(void **state)
{
    const struct ipv4_header header = typical();
    uint8_t packet[26];
    (void)state;
    write_packet(&header, packet);
    packet[8]--;
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_CHECKSUM);
}

static void options_are_skipped_and_the_payload_follows_them(void **state)
{
    const struct ipv4_header header = typical();
    uint8_t packet[26];
    struct ipv4_header out;
    struct span payload;
    (void)state;
    write_packet(&header, packet);
    packet[0] = 0x46;
    fix_checksum(packet);
    assert_int_equal(ipv4_parse((struct span){packet, sizeof packet}, &out, &payload), IPV4_OK);
    assert_int_equal(out.header_bytes, 24);
    assert_ptr_equal(payload.data, packet + 24);
    assert_int_equal(payload.len, 2);
}

static void fragments_are_recognised(void **state)
{
    struct ipv4_header header = typical();
    (void)state;
    assert_false(ipv4_is_fragment(&header));
    header.more_fragments = true;
    assert_true(ipv4_is_fragment(&header));
    header.fragment_offset = 8;
    assert_true(ipv4_is_fragment(&header));
    header.more_fragments = false;
    assert_true(ipv4_is_fragment(&header));
}

/* The largest packet has 65535 bytes of payload at most; a fragment may end there, not behind. */
static void a_fragment_that_ends_behind_every_packet_is_refused(void **state)
{
    struct ipv4_header header = typical();
    uint8_t packet[28] = {0};
    (void)state;
    header.fragment_offset = 65528;
    header.total_bytes = 27;
    ipv4_emit(&header, packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_OK);
    header.total_bytes = 28;
    ipv4_emit(&header, packet);
    assert_int_equal(parse_bytes(packet, sizeof packet), IPV4_FRAGMENT_END);
}

static void a_quoted_packet_may_be_cut_and_have_any_checksum(void **state)
{
    struct ipv4_header header = typical(), out;
    struct span payload;
    uint8_t packet[26];
    (void)state;
    header.total_bytes = 1500;
    write_packet(&header, packet);
    packet[8]--;
    for (size_t len = 0; len <= sizeof packet; len++) {
        const struct span bytes = exact_bytes(packet, len);
        assert_int_equal(ipv4_parse_quoted(bytes, &out, &payload),
                         len < 20 ? IPV4_TRUNCATED : IPV4_OK);
        if (len >= 20) {
            assert_int_equal(out.total_bytes, 1500);
            assert_ptr_equal(payload.data, bytes.data + 20);
            assert_int_equal(payload.len, len - 20);
        }
        free_bytes(bytes);
    }
}

/* Linux quotes more than 8 bytes, and a short packet may be followed by ICMP extensions. */
static void a_quoted_packet_ends_at_its_own_length(void **state)
{
    struct ipv4_header header = typical(), out;
    struct span payload;
    uint8_t packet[26];
    (void)state;
    header.total_bytes = 23;
    write_packet(&header, packet);
    assert_int_equal(ipv4_parse_quoted((struct span){packet, sizeof packet}, &out, &payload),
                     IPV4_OK);
    assert_int_equal(payload.len, 3);
    header.total_bytes = 19;
    write_packet(&header, packet);
    assert_int_equal(ipv4_parse_quoted((struct span){packet, sizeof packet}, &out, &payload),
                     IPV4_TOTAL_LENGTH);
}

static void any_bytes_are_parsed_or_refused(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 2);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[80];
        struct ipv4_header header;
        struct span payload;
        const size_t len = prng_below(&p, sizeof bytes);
        random_bytes(&p, bytes, sizeof bytes);
        bytes[0] = (uint8_t)(0x40 | (bytes[0] & 15));
        store_be16(bytes + 2, (uint16_t)prng_below(&p, sizeof bytes));
        const struct span exact = exact_bytes(bytes, len);
        if (ipv4_parse_quoted(exact, &header, &payload) == IPV4_OK)
            assert_true(payload.data + payload.len <= exact.data + exact.len);
        if (len >= (size_t)(bytes[0] & 15) * 4 && (bytes[0] & 15) >= 5) {
            fix_checksum((uint8_t *)(uintptr_t)exact.data);
            if (ipv4_parse(exact, &header, &payload) == IPV4_OK)
                assert_true(payload.data + payload.len <= exact.data + exact.len);
        }
        free_bytes(exact);
    }
}

static void every_refusal_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(ipv4_refusal_name(IPV4_OK), "ok");
    assert_string_equal(ipv4_refusal_name(IPV4_FRAGMENT_END), "fragment end");
    assert_string_equal(ipv4_refusal_name(IPV4_REFUSALS), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_its_fields_in_their_places),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
        cmocka_unit_test(every_prefix_is_refused_and_padding_is_cut),
        cmocka_unit_test(another_version_is_refused),
        cmocka_unit_test(a_header_shorter_than_twenty_bytes_or_longer_than_the_packet_is_refused),
        cmocka_unit_test(a_total_length_below_the_header_is_refused),
        cmocka_unit_test(any_flipped_bit_of_the_header_is_refused),
        cmocka_unit_test(a_wrong_checksum_is_named),
        cmocka_unit_test(options_are_skipped_and_the_payload_follows_them),
        cmocka_unit_test(fragments_are_recognised),
        cmocka_unit_test(a_fragment_that_ends_behind_every_packet_is_refused),
        cmocka_unit_test(a_quoted_packet_may_be_cut_and_have_any_checksum),
        cmocka_unit_test(a_quoted_packet_ends_at_its_own_length),
        cmocka_unit_test(any_bytes_are_parsed_or_refused),
        cmocka_unit_test(every_refusal_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
