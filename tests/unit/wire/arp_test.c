/* ARP packets between bytes and numbers. */
#include "base/address.h"
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/arp.h"

/* 02:..:01, 10.0.0.1, asks who has 10.0.0.2. */
static const uint8_t request[ARP_PACKET_BYTES] = {0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01, //
                                                  2,    0,    0,    0,    0, 1,             //
                                                  10,   0,    0,    1,                      //
                                                  2,    0,    0,    0,    0, 9,             //
                                                  10,   0,    0,    2};

static void fields_are_read_from_their_places(void **state)
{
    struct arp_packet packet;
    const struct span bytes = exact_bytes(request, sizeof request);
    (void)state;
    assert_true(arp_parse(bytes, &packet));
    assert_int_equal(packet.operation, ARP_REQUEST);
    assert_memory_equal(packet.sender_hardware.bytes, request + 8, 6);
    assert_memory_equal(packet.target_hardware.bytes, request + 18, 6);
    assert_true(address_is_ipv4(&packet.sender_protocol));
    assert_int_equal(address_ipv4_word(&packet.sender_protocol), 0x0a000001);
    assert_int_equal(address_ipv4_word(&packet.target_protocol), 0x0a000002);
    free_bytes(bytes);
}

static void every_prefix_is_refused_and_padding_is_not(void **state)
{
    struct arp_packet packet;
    uint8_t padded[46] = {0};
    (void)state;
    memcpy(padded, request, sizeof request);
    for (size_t len = 0; len <= sizeof padded; len++) {
        const struct span bytes = exact_bytes(padded, len);
        assert_int_equal(arp_parse(bytes, &packet), len >= 28);
        free_bytes(bytes);
    }
}

static void other_families_are_refused(void **state)
{
    (void)state;
    for (size_t at = 0; at < 6; at++) {
        struct arp_packet packet;
        uint8_t bytes[sizeof request];
        memcpy(bytes, request, sizeof request);
        bytes[at] ^= 1;
        assert_false(arp_parse((struct span){bytes, sizeof bytes}, &packet));
    }
}

static void emitting_gives_the_same_bytes(void **state)
{
    struct arp_packet packet;
    uint8_t bytes[ARP_PACKET_BYTES];
    (void)state;
    assert_true(arp_parse((struct span){request, sizeof request}, &packet));
    assert_int_equal(arp_emit(&packet, bytes), sizeof bytes);
    assert_memory_equal(bytes, request, sizeof bytes);
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 1000; round++) {
        struct arp_packet in = {.operation = (uint16_t)prng_next(&p)}, out = {0};
        uint8_t bytes[ARP_PACKET_BYTES];
        random_bytes(&p, in.sender_hardware.bytes, 6);
        random_bytes(&p, in.target_hardware.bytes, 6);
        in.sender_protocol = address_from_ipv4_word((uint32_t)prng_next(&p));
        in.target_protocol = address_from_ipv4_word((uint32_t)prng_next(&p));
        arp_emit(&in, bytes);
        assert_true(arp_parse((struct span){bytes, sizeof bytes}, &out));
        assert_int_equal(in.operation, out.operation);
        assert_memory_equal(&in.sender_hardware, &out.sender_hardware, 6);
        assert_memory_equal(&in.target_hardware, &out.target_hardware, 6);
        assert_memory_equal(&in.sender_protocol, &out.sender_protocol, 16);
        assert_memory_equal(&in.target_protocol, &out.target_protocol, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_from_their_places),
        cmocka_unit_test(every_prefix_is_refused_and_padding_is_not),
        cmocka_unit_test(other_families_are_refused),
        cmocka_unit_test(emitting_gives_the_same_bytes),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
