/* ICMP messages between bytes and numbers, and what errors quote. */
#include "base/address.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/checksum.h"
#include "wire/icmpv4.h"

static void an_echo_request_has_its_fields_in_their_places(void **state)
{
    static const uint8_t want[] = {8, 0, 0x19, 0x87, 0x00, 0x07, 0x00, 0x02, 'f', 'o', 'x'};
    const struct icmpv4_message echo = {ICMPV4_ECHO, 0, 0x00070002, {want + 8, 3}};
    uint8_t bytes[ICMPV4_HEADER_BYTES];
    (void)state;
    assert_int_equal(icmpv4_emit(&echo, bytes), 8);
    assert_memory_equal(bytes, want, sizeof bytes);
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 2000; round++) {
        struct icmpv4_message in = {.type = (uint8_t)prng_next(&p)}, out;
        uint8_t bytes[8 + 64];
        in.code = (uint8_t)prng_next(&p);
        in.rest = (uint32_t)prng_next(&p);
        in.body = (struct span){bytes + 8, prng_below(&p, 65)};
        random_bytes(&p, bytes, sizeof bytes);
        icmpv4_emit(&in, bytes);
        const struct span exact = exact_bytes(bytes, 8 + in.body.len);
        assert_true(icmpv4_parse(exact, &out));
        assert_int_equal(out.type, in.type);
        assert_int_equal(out.code, in.code);
        assert_int_equal(out.rest, in.rest);
        assert_ptr_equal(out.body.data, exact.data + 8);
        assert_int_equal(out.body.len, in.body.len);
        free_bytes(exact);
    }
}

static void short_messages_and_wrong_checksums_are_refused(void **state)
{
    const struct icmpv4_message in = {ICMPV4_ECHO, 0, 5, {NULL, 0}};
    struct icmpv4_message out;
    uint8_t bytes[ICMPV4_HEADER_BYTES];
    (void)state;
    icmpv4_emit(&in, bytes);
    for (size_t len = 0; len <= 8; len++) {
        const struct span exact = exact_bytes(bytes, len);
        assert_int_equal(icmpv4_parse(exact, &out), len == 8);
        free_bytes(exact);
    }
    for (size_t bit = 0; bit < 64; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(icmpv4_parse((struct span){bytes, 8}, &out));
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* A message of 7 bytes has no header, whatever it sums up to. */
static void seven_bytes_that_sum_to_zero_are_still_refused(void **state)
{
    uint8_t bytes[7] = {8, 0, 0, 0, 1, 2, 3};
    struct icmpv4_message out;
    (void)state;
    store_be16(bytes + 2, checksum_of(bytes, 7));
    assert_int_equal(checksum_of(bytes, 7), 0);
    const struct span exact = exact_bytes(bytes, 7);
    assert_false(icmpv4_parse(exact, &out));
    free_bytes(exact);
}

static void the_five_kinds_of_error_are_told_from_the_rest(void **state)
{
    unsigned errors = 0;
    (void)state;
    for (unsigned type = 0; type < 256; type++)
        errors += icmpv4_is_error((uint8_t)type);
    assert_int_equal(errors, 5);
    assert_true(icmpv4_is_error(3) && icmpv4_is_error(4) && icmpv4_is_error(5));
    assert_true(icmpv4_is_error(11) && icmpv4_is_error(12));
}

/* 10.0.0.1:1025 had sent TCP to 10.0.0.2:80. */
static size_t write_quoted(uint8_t *to, uint16_t fragment_offset)
{
    const struct ipv4_header header = {
        .source = address_from_ipv4_word(0x0a000001),
        .destination = address_from_ipv4_word(0x0a000002),
        .protocol = IPV4_TCP,
        .total_bytes = 40,
        .fragment_offset = fragment_offset,
        .more_fragments = true,
    };
    const size_t at = ipv4_emit(&header, to);
    store_be16(to + at, 1025);
    store_be16(to + at + 2, 80);
    store_be32(to + at + 4, 0x12345678);
    return at + 8;
}

static void an_error_tells_ports_and_sequence_number(void **state)
{
    uint8_t bytes[64];
    struct icmpv4_quote quote;
    const struct span body = exact_bytes(bytes, write_quoted(bytes, 0));
    const struct icmpv4_message message = {ICMPV4_UNREACHABLE, 3, 0, body};
    (void)state;
    assert_true(icmpv4_quoted(&message, &quote));
    assert_int_equal(quote.source_port, 1025);
    assert_int_equal(quote.destination_port, 80);
    assert_int_equal(quote.seq.raw, 0x12345678);
    assert_int_equal(quote.header.protocol, IPV4_TCP);
    assert_int_equal(address_ipv4_word(&quote.header.source), 0x0a000001);
    free_bytes(body);
}

static void a_quote_must_have_eight_bytes_of_payload(void **state)
{
    uint8_t bytes[64];
    const size_t all = write_quoted(bytes, 0);
    (void)state;
    assert_int_equal(all, 28);
    for (size_t len = 0; len <= all; len++) {
        struct icmpv4_quote quote;
        const struct span body = exact_bytes(bytes, len);
        const struct icmpv4_message message = {ICMPV4_TIME_EXCEEDED, 0, 0, body};
        assert_int_equal(icmpv4_quoted(&message, &quote), len == all);
        free_bytes(body);
    }
}

static void a_later_fragment_and_a_message_that_is_no_error_quote_nothing(void **state)
{
    uint8_t bytes[64];
    struct icmpv4_quote quote;
    struct icmpv4_message message = {ICMPV4_UNREACHABLE, 3, 0, {bytes, write_quoted(bytes, 8)}};
    (void)state;
    assert_false(icmpv4_quoted(&message, &quote));
    write_quoted(bytes, 0);
    assert_true(icmpv4_quoted(&message, &quote));
    message.type = ICMPV4_ECHO;
    assert_false(icmpv4_quoted(&message, &quote));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_request_has_its_fields_in_their_places),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
        cmocka_unit_test(short_messages_and_wrong_checksums_are_refused),
        cmocka_unit_test(seven_bytes_that_sum_to_zero_are_still_refused),
        cmocka_unit_test(the_five_kinds_of_error_are_told_from_the_rest),
        cmocka_unit_test(an_error_tells_ports_and_sequence_number),
        cmocka_unit_test(a_quote_must_have_eight_bytes_of_payload),
        cmocka_unit_test(a_later_fragment_and_a_message_that_is_no_error_quote_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
