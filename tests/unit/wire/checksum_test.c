/* The Internet checksum against the ten lines of RFC 1071's own algorithm. */
#include "base/address.h"
#include "base/bytes.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/checksum.h"

/* One 16-bit word after the other, as section 4.1 of the RFC does it. */
static uint16_t naive_checksum(const uint8_t *data, size_t len)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint64_t)data[i] << 8 : data[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* The example of RFC 1071 section 3: the sum is ddf2. */
static void the_example_of_the_rfc_gives_its_sum(void **state)
{
    const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    (void)state;
    assert_int_equal(checksum_of(bytes, sizeof bytes), 0xffff - 0xddf2);
}

static void nothing_and_zeros_have_the_sum_zero(void **state)
{
    const uint8_t zeros[100] = {0};
    (void)state;
    assert_int_equal(checksum_of(NULL, 0), 0xffff);
    assert_int_equal(checksum_of(zeros, sizeof zeros), 0xffff);
}

/* All ones give a carry at every step. */
static void carries_are_not_lost(void **state)
{
    uint8_t ones[200];
    (void)state;
    memset(ones, 0xff, sizeof ones);
    for (size_t len = 0; len <= sizeof ones; len++) {
        const struct span s = exact_bytes(ones, len);
        assert_int_equal(checksum_of(s.data, s.len), naive_checksum(ones, len));
        free_bytes(s);
    }
}

static void every_length_and_alignment_agrees_with_the_naive_sum(void **state)
{
    struct prng p;
    uint8_t bytes[160];
    (void)state;
    prng_seed(&p, 1);
    for (size_t len = 0; len <= 150; len++) {
        random_bytes(&p, bytes, sizeof bytes);
        for (size_t at = 0; at < 8; at++)
            assert_int_equal(checksum_of(bytes + at, len), naive_checksum(bytes + at, len));
        const struct span s = exact_bytes(bytes, len);
        assert_int_equal(checksum_of(s.data, s.len), naive_checksum(bytes, len));
        free_bytes(s);
    }
}

static void a_large_buffer_agrees_with_the_naive_sum(void **state)
{
    enum { BYTES = 70001 };
    struct prng p;
    uint8_t *bytes = malloc(BYTES);
    (void)state;
    prng_seed(&p, 2);
    random_bytes(&p, bytes, BYTES);
    assert_int_equal(checksum_of(bytes, BYTES), naive_checksum(bytes, BYTES));
    memset(bytes, 0xff, BYTES);
    assert_int_equal(checksum_of(bytes, BYTES), naive_checksum(bytes, BYTES));
    free(bytes);
}

/* However the bytes are cut, also in the middle of words. */
static void pieces_sum_up_to_the_whole(void **state)
{
    struct prng p;
    uint8_t bytes[300];
    (void)state;
    prng_seed(&p, 3);
    for (int round = 0; round < 2000; round++) {
        struct checksum c = {0};
        random_bytes(&p, bytes, sizeof bytes);
        for (size_t at = 0, step; at < sizeof bytes; at += step) {
            step = prng_below(&p, 70);
            step = step < sizeof bytes - at ? step : sizeof bytes - at;
            checksum_add(&c, bytes + at, step);
        }
        assert_int_equal(checksum_finish(&c), naive_checksum(bytes, sizeof bytes));
    }
}

static void data_with_its_checksum_in_place_sums_to_zero(void **state)
{
    struct prng p;
    uint8_t bytes[40];
    (void)state;
    prng_seed(&p, 4);
    random_bytes(&p, bytes, sizeof bytes);
    store_be16(bytes + 16, 0);
    store_be16(bytes + 16, checksum_of(bytes, sizeof bytes));
    assert_int_equal(checksum_of(bytes, sizeof bytes), 0);
}

static const struct checksum_pseudo pseudo4 = {
    .source = {{[10] = 0xff, 0xff, 10, 0, 0, 1}},
    .destination = {{[10] = 0xff, 0xff, 192, 168, 2, 3}},
    .protocol = 6,
    .length = 0x1234,
};

/* Source, destination, zero, protocol, length (RFC 9293 section 3.1). */
static void the_pseudo_header_of_ipv4_is_twelve_bytes(void **state)
{
    const uint8_t bytes[] = {10, 0, 0, 1, 192, 168, 2, 3, 0, 6, 0x12, 0x34};
    struct checksum c = {0};
    (void)state;
    checksum_add_pseudo(&c, &pseudo4);
    assert_int_equal(checksum_finish(&c), naive_checksum(bytes, sizeof bytes));
}

/* Source, destination, length in 32 bits, zeros, next header (RFC 8200 section 8.1). */
static void the_pseudo_header_of_ipv6_is_forty_bytes(void **state)
{
    struct checksum_pseudo pseudo = {.protocol = 6, .length = 0x12345678};
    struct prng p;
    uint8_t bytes[40] = {[32] = 0x12, 0x34, 0x56, 0x78, [39] = 6};
    struct checksum c = {0};
    (void)state;
    prng_seed(&p, 5);
    random_bytes(&p, bytes, 32);
    memcpy(pseudo.source.bytes, bytes, 16);
    memcpy(pseudo.destination.bytes, bytes + 16, 16);
    checksum_add_pseudo(&c, &pseudo);
    assert_int_equal(checksum_finish(&c), naive_checksum(bytes, sizeof bytes));
}

/* A device sums the segment with the partial checksum in its field, and complements. */
static void a_device_can_finish_a_partial_checksum(void **state)
{
    struct prng p;
    uint8_t segment[100];
    struct checksum whole = {0};
    (void)state;
    prng_seed(&p, 6);
    random_bytes(&p, segment, sizeof segment);
    store_be16(segment + 16, 0);
    checksum_add_pseudo(&whole, &pseudo4);
    checksum_add(&whole, segment, sizeof segment);
    store_be16(segment + 16, checksum_pseudo_partial(&pseudo4));
    assert_int_equal(checksum_of(segment, sizeof segment), checksum_finish(&whole));
}

/* The example of RFC 1624 section 4: the older equation gives ffff there. */
static void an_update_gives_the_right_zero(void **state)
{
    (void)state;
    assert_int_equal(checksum_update16(0xdd2f, 0x5555, 0x3285), 0x0000);
}

static void an_update_equals_a_new_checksum(void **state)
{
    struct prng p;
    uint8_t bytes[20];
    (void)state;
    prng_seed(&p, 7);
    for (int round = 0; round < 20000; round++) {
        const size_t at = 2 * prng_below(&p, 9);
        random_bytes(&p, bytes, sizeof bytes);
        if (prng_chance(&p, 1, 2)) /* extremes are where carries go wrong */
            store_be32(bytes + at, prng_chance(&p, 1, 2) ? 0 : UINT32_MAX);
        const uint16_t before = checksum_of(bytes, sizeof bytes);
        const uint32_t old = load_be32(bytes + at);
        const uint32_t new = prng_chance(&p, 1, 4) ? UINT32_MAX : (uint32_t)prng_next(&p);

        store_be16(bytes + at, (uint16_t)(new >> 16));
        assert_int_equal(checksum_update16(before, (uint16_t)(old >> 16), (uint16_t)(new >> 16)),
                         naive_checksum(bytes, sizeof bytes));
        store_be32(bytes + at, new);
        assert_int_equal(checksum_update32(before, old, new), naive_checksum(bytes, sizeof bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_rfc_gives_its_sum),
        cmocka_unit_test(nothing_and_zeros_have_the_sum_zero),
        cmocka_unit_test(carries_are_not_lost),
        cmocka_unit_test(every_length_and_alignment_agrees_with_the_naive_sum),
        cmocka_unit_test(a_large_buffer_agrees_with_the_naive_sum),
        cmocka_unit_test(pieces_sum_up_to_the_whole),
        cmocka_unit_test(data_with_its_checksum_in_place_sums_to_zero),
        cmocka_unit_test(the_pseudo_header_of_ipv4_is_twelve_bytes),
        cmocka_unit_test(the_pseudo_header_of_ipv6_is_forty_bytes),
        cmocka_unit_test(a_device_can_finish_a_partial_checksum),
        cmocka_unit_test(an_update_gives_the_right_zero),
        cmocka_unit_test(an_update_equals_a_new_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
