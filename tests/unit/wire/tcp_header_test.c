/* The TCP header between bytes and struct tcp_segment. */
#include "base/address.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/same_segment.h"
#include "wire/tcp_header.h"
#include "wire/tcp_options.h"

/* From port 80 to 40000, SYN and ACK, MSS 1460, and two bytes of text. */
static const uint8_t packet[26] = {0, 80, 0x9c, 0x40, 0,    0,    0,    1, //
                                   0, 0,  0,    2,    0x60, 0x12, 0x72, 0x10, 0,
                                   0, 0,  5,    2,    4,    0x05, 0xb4, 'h',  'i'};

static void fields_are_read_from_their_places(void **state)
{
    struct tcp_segment s;
    const struct span bytes = exact_bytes(packet, sizeof packet);
    (void)state;
    assert_true(tcp_header_parse(bytes, &s));
    assert_int_equal(s.source_port, 80);
    assert_int_equal(s.destination_port, 40000);
    assert_int_equal(s.seq.raw, 1);
    assert_int_equal(s.ack.raw, 2);
    assert_int_equal(s.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(s.wnd, 0x7210);
    assert_int_equal(s.urgent, 5);
    assert_int_equal(s.options.present, TCP_OPTION_MSS);
    assert_int_equal(s.options.mss, 1460);
    assert_ptr_equal(s.text.data, bytes.data + 24);
    assert_int_equal(s.text.len, 2);
    free_bytes(bytes);
}

static void syn_and_fin_count_one_each(void **state)
{
    uint8_t bytes[sizeof packet];
    struct tcp_segment s;
    (void)state;
    memcpy(bytes, packet, sizeof bytes);
    for (unsigned flags = 0; flags < 256; flags++) {
        bytes[13] = (uint8_t)flags;
        assert_true(tcp_header_parse((struct span){bytes, sizeof bytes}, &s));
        assert_int_equal(s.flags, flags);
        assert_int_equal(s.len, 2 + (flags & 1) + (flags >> 1 & 1));
    }
}

static void every_prefix_of_the_header_is_refused(void **state)
{
    struct tcp_segment s;
    (void)state;
    for (size_t len = 0; len <= sizeof packet; len++) {
        const struct span bytes = exact_bytes(packet, len);
        assert_int_equal(tcp_header_parse(bytes, &s), len >= 24);
        free_bytes(bytes);
    }
}

static void an_offset_below_five_words_or_behind_the_packet_is_refused(void **state)
{
    (void)state;
    for (unsigned words = 0; words < 16; words++) {
        struct tcp_segment s;
        uint8_t from[sizeof packet];
        memcpy(from, packet, sizeof from);
        from[12] = (uint8_t)(words << 4);
        const struct span bytes = exact_bytes(from, sizeof from);
        assert_int_equal(tcp_header_parse(bytes, &s), words >= 5 && words <= 6);
        free_bytes(bytes);
    }
}

static void reserved_bits_are_ignored(void **state)
{
    struct tcp_segment s;
    uint8_t bytes[sizeof packet];
    (void)state;
    memcpy(bytes, packet, sizeof bytes);
    bytes[12] |= 0x0f;
    assert_true(tcp_header_parse((struct span){bytes, sizeof bytes}, &s));
    assert_int_equal(s.text.len, 2);
}

static void emitting_gives_the_same_bytes(void **state)
{
    struct tcp_segment s;
    uint8_t bytes[TCP_HEADER_BYTES_MAX];
    (void)state;
    assert_true(tcp_header_parse((struct span){packet, sizeof packet}, &s));
    memset(bytes, 0xaa, sizeof bytes);
    assert_int_equal(tcp_header_emit(&s, bytes), 24);
    assert_memory_equal(bytes, packet, 24);
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 3000; round++) {
        struct tcp_segment in = {0}, out = {0};
        uint8_t bytes[TCP_HEADER_BYTES_MAX + 20] = {0};
        in.source_port = (uint16_t)prng_next(&p);
        in.destination_port = (uint16_t)prng_next(&p);
        in.seq = seq_at((uint32_t)prng_next(&p));
        in.ack = seq_at((uint32_t)prng_next(&p));
        in.flags = (uint8_t)prng_next(&p);
        in.wnd = prng_chance(&p, 1, 8) ? 65535 : (uint16_t)prng_next(&p);
        in.urgent = (uint16_t)prng_next(&p);
        if (prng_chance(&p, 1, 2)) {
            in.options.present = TCP_OPTION_TIMESTAMPS;
            in.options.ts_value = (uint32_t)prng_next(&p);
            in.options.ts_echo = (uint32_t)prng_next(&p);
        }
        if (prng_chance(&p, 1, 2)) {
            in.options.present |= TCP_OPTION_MSS;
            in.options.mss = (uint16_t)prng_next(&p);
        }
        const size_t header = tcp_header_emit(&in, bytes);
        const size_t text = prng_below(&p, 21);
        const struct span exact = exact_bytes(bytes, header + text);
        in.text = (struct span){exact.data + header, text};
        in.len = (uint32_t)text + (in.flags & 1) + (in.flags >> 1 & 1);
        assert_true(tcp_header_parse(exact, &out));
        expect_same_segment(&in, &out);
        free_bytes(exact);
    }
}

static void a_checksum_covers_the_pseudo_header_and_every_bit(void **state)
{
    const struct checksum_pseudo pseudo = {
        .source = address_from_ipv4_word(0x0a000001),
        .destination = address_from_ipv4_word(0x0a000002),
        .protocol = 6,
        .length = sizeof packet,
    };
    struct checksum_pseudo other = pseudo;
    struct checksum sum = {0};
    uint8_t bytes[sizeof packet];
    (void)state;
    memcpy(bytes, packet, sizeof bytes);
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, bytes, sizeof bytes);
    store_be16(bytes + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    assert_true(tcp_header_checksum_valid((struct span){bytes, sizeof bytes}, &pseudo));
    other.destination = address_from_ipv4_word(0x0a000003);
    assert_false(tcp_header_checksum_valid((struct span){bytes, sizeof bytes}, &other));
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(tcp_header_checksum_valid((struct span){bytes, sizeof bytes}, &pseudo));
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void the_longest_header_is_sixty_bytes(void **state)
{
    struct tcp_segment s = {.options = {.present = 31, .sack_count = 4}}, out;
    uint8_t bytes[TCP_HEADER_BYTES_MAX];
    (void)state;
    assert_int_equal(tcp_header_emit(&s, bytes), 60);
    assert_int_equal(bytes[12], 0xf0);
    assert_true(tcp_header_parse((struct span){bytes, 60}, &out));
    assert_int_equal(out.text.len, 0);
}

static void any_bytes_are_parsed_or_refused(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 2);
    for (int round = 0; round < 20000; round++) {
        struct tcp_segment s;
        uint8_t from[80];
        random_bytes(&p, from, sizeof from);
        const struct span bytes = exact_bytes(from, prng_below(&p, sizeof from));
        if (tcp_header_parse(bytes, &s))
            assert_ptr_equal(s.text.data + s.text.len, bytes.data + bytes.len);
        free_bytes(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_from_their_places),
        cmocka_unit_test(syn_and_fin_count_one_each),
        cmocka_unit_test(every_prefix_of_the_header_is_refused),
        cmocka_unit_test(an_offset_below_five_words_or_behind_the_packet_is_refused),
        cmocka_unit_test(reserved_bits_are_ignored),
        cmocka_unit_test(emitting_gives_the_same_bytes),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
        cmocka_unit_test(a_checksum_covers_the_pseudo_header_and_every_bit),
        cmocka_unit_test(the_longest_header_is_sixty_bytes),
        cmocka_unit_test(any_bytes_are_parsed_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
