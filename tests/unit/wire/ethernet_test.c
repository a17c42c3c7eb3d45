/* Ethernet headers between bytes and numbers. */
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/ethernet.h"

static const uint8_t frame[] = {0x02, 1, 2, 3, 4, 5, 0x06, 7, 8, 9, 10, 11, 0x08, 0x06, 'a', 'b'};

static void fields_are_read_in_network_order(void **state)
{
    struct ethernet_header header;
    struct span payload;
    const struct span bytes = exact_bytes(frame, sizeof frame);
    (void)state;
    assert_true(ethernet_parse(bytes, &header, &payload));
    assert_memory_equal(header.destination.bytes, frame, 6);
    assert_memory_equal(header.source.bytes, frame + 6, 6);
    assert_int_equal(header.type, ETHERNET_ARP);
    assert_ptr_equal(payload.data, bytes.data + 14);
    assert_int_equal(payload.len, 2);
    free_bytes(bytes);
}

static void anything_shorter_than_a_header_is_refused(void **state)
{
    struct ethernet_header header;
    struct span payload;
    (void)state;
    for (size_t len = 0; len <= sizeof frame; len++) {
        const struct span bytes = exact_bytes(frame, len);
        assert_int_equal(ethernet_parse(bytes, &header, &payload), len >= 14);
        free_bytes(bytes);
    }
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 1000; round++) {
        struct ethernet_header in, out;
        struct span payload;
        uint8_t bytes[ETHERNET_HEADER_BYTES];
        random_bytes(&p, (uint8_t *)&in, sizeof in);
        assert_int_equal(ethernet_emit(&in, bytes), sizeof bytes);
        assert_true(ethernet_parse((struct span){bytes, sizeof bytes}, &out, &payload));
        assert_memory_equal(&in, &out, sizeof in);
        assert_int_equal(payload.len, 0);
    }
}

static void broadcast_is_all_ones_and_groups_have_the_lowest_bit(void **state)
{
    struct ethernet_address a = ethernet_broadcast();
    (void)state;
    assert_true(ethernet_is_broadcast(&a) && ethernet_is_group(&a));
    a.bytes[5] = 0xfe;
    assert_false(ethernet_is_broadcast(&a));
    assert_true(ethernet_is_group(&a));
    a.bytes[0] = 0xfe;
    assert_false(ethernet_is_group(&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_in_network_order),
        cmocka_unit_test(anything_shorter_than_a_header_is_refused),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
        cmocka_unit_test(broadcast_is_all_ones_and_groups_have_the_lowest_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
