/* Capture blocks, read back by a decoder of the format that knows nothing of the writer. */
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/pcapng.h"

#define BUFFER_BYTES 4096

struct block {
    uint32_t type;
    struct span body; /* between the two lengths */
};

static struct block decode_block(const uint8_t *from, size_t bytes)
{
    assert_true(bytes >= 12 && bytes % 4 == 0);
    assert_int_equal(load_be32(from + 4), bytes);
    assert_int_equal(load_be32(from + bytes - 4), bytes);
    return (struct block){load_be32(from), {from + 8, bytes - 12}};
}

/* The value of the option @kind; data is NULL when it is not there.  The list must be closed by an
 * end and end there. */
static struct span find_option(struct span options, uint16_t kind)
{
    struct span found = {NULL, 0};
    size_t at = 0;
    if (options.len == 0)
        return found;
    for (;;) {
        assert_true(at + 4 <= options.len);
        const uint16_t this_kind = load_be16(options.data + at);
        const size_t len = load_be16(options.data + at + 2);
        assert_true(at + 4 + len <= options.len);
        if (this_kind == 0) {
            assert_int_equal(len, 0);
            assert_int_equal(at + 4, options.len);
            return found;
        }
        if (this_kind == kind)
            found = (struct span){options.data + at + 4, len};
        at += 4 + (len + 3) / 4 * 4;
    }
}

static struct span behind(struct span s, size_t bytes)
{
    return (struct span){s.data + bytes, s.len - bytes};
}

static void a_section_tells_byte_order_and_version(void **state)
{
    uint8_t bytes[28];
    (void)state;
    assert_int_equal(pcapng_section_bytes(), sizeof bytes);
    assert_int_equal(pcapng_section(bytes, sizeof bytes), sizeof bytes);
    const struct block block = decode_block(bytes, sizeof bytes);
    assert_int_equal(block.type, 0x0a0d0d0a);
    assert_int_equal(load_be32(block.body.data), 0x1a2b3c4d);
    assert_int_equal(load_be16(block.body.data + 4), 1);
    assert_int_equal(load_be16(block.body.data + 6), 0);
    assert_true(load_be64(block.body.data + 8) == UINT64_MAX);
}

static void an_interface_tells_link_type_name_and_nanoseconds(void **state)
{
    const struct pcapng_interface interface = {PCAPNG_ETHERNET, 262144, "lull0"};
    uint8_t bytes[BUFFER_BYTES];
    (void)state;
    const size_t len = pcapng_interface(&interface, bytes, sizeof bytes);
    assert_int_equal(len, pcapng_interface_bytes(&interface));
    const struct block block = decode_block(bytes, len);
    assert_int_equal(block.type, 1);
    assert_int_equal(load_be16(block.body.data), 1);
    assert_int_equal(load_be16(block.body.data + 2), 0);
    assert_int_equal(load_be32(block.body.data + 4), 262144);
    const struct span name = find_option(behind(block.body, 8), 2);
    assert_int_equal(name.len, 5);
    assert_memory_equal(name.data, "lull0", 5);
    const struct span resolution = find_option(behind(block.body, 8), 9);
    assert_int_equal(resolution.len, 1);
    assert_int_equal(resolution.data[0], 9);
}

static void an_interface_needs_no_name(void **state)
{
    const struct pcapng_interface interface = {.link_type = PCAPNG_RAW_IP};
    uint8_t bytes[BUFFER_BYTES];
    (void)state;
    const size_t len = pcapng_interface(&interface, bytes, sizeof bytes);
    const struct block block = decode_block(bytes, len);
    assert_int_equal(load_be16(block.body.data), 101);
    assert_null(find_option(behind(block.body, 8), 2).data);
    assert_non_null(find_option(behind(block.body, 8), 9).data);
}

static void a_packet_without_extras_has_no_options(void **state)
{
    const struct pcapng_packet packet = {
        .at = INT64_C(0x0123456789abcdef),
        .interface = 3,
        .original_bytes = 1514,
        .data = {(const uint8_t *)"12345", 5},
    };
    uint8_t bytes[BUFFER_BYTES];
    (void)state;
    memset(bytes, 0xaa, sizeof bytes);
    const size_t len = pcapng_packet(&packet, bytes, sizeof bytes);
    assert_int_equal(len, 32 + 8);
    const struct block block = decode_block(bytes, len);
    assert_int_equal(block.type, 6);
    assert_int_equal(load_be32(block.body.data), 3);
    assert_int_equal(load_be32(block.body.data + 4), 0x01234567);
    assert_int_equal(load_be32(block.body.data + 8), 0x89abcdef);
    assert_int_equal(load_be32(block.body.data + 12), 5);
    assert_int_equal(load_be32(block.body.data + 16), 1514);
    assert_memory_equal(block.body.data + 20, "12345\0\0\0", 8);
    assert_int_equal(block.body.len, 28);
}

static void a_comment_and_a_direction_are_options(void **state)
{
    struct pcapng_packet packet = {.comment = "SYN, again", .direction = PCAPNG_INBOUND};
    uint8_t bytes[BUFFER_BYTES];
    (void)state;
    struct block block = decode_block(bytes, pcapng_packet(&packet, bytes, sizeof bytes));
    struct span options = behind(block.body, 20);
    assert_int_equal(find_option(options, 1).len, 10);
    assert_memory_equal(find_option(options, 1).data, "SYN, again", 10);
    assert_int_equal(find_option(options, 2).len, 4);
    assert_int_equal(load_be32(find_option(options, 2).data), 1);

    packet.comment = NULL;
    packet.direction = PCAPNG_OUTBOUND;
    block = decode_block(bytes, pcapng_packet(&packet, bytes, sizeof bytes));
    options = behind(block.body, 20);
    assert_null(find_option(options, 1).data);
    assert_int_equal(load_be32(find_option(options, 2).data), 2);

    packet.comment = "";
    packet.direction = PCAPNG_DIRECTION_UNKNOWN;
    block = decode_block(bytes, pcapng_packet(&packet, bytes, sizeof bytes));
    assert_int_equal(find_option(behind(block.body, 20), 1).len, 0);
    assert_non_null(find_option(behind(block.body, 20), 1).data);
}

static void a_comment_is_cut_at_what_an_option_can_hold(void **state)
{
    char *comment = malloc(70001);
    uint8_t *bytes = malloc(80000);
    const struct pcapng_packet packet = {.comment = comment};
    (void)state;
    memset(comment, 'c', 70000);
    comment[70000] = '\0';
    const struct block block = decode_block(bytes, pcapng_packet(&packet, bytes, 80000));
    assert_int_equal(find_option(behind(block.body, 20), 1).len, 65535);
    free(comment);
    free(bytes);
}

/* Every length of data and comment, in a buffer that has exactly the room, and one byte less. */
static void a_block_is_written_whole_or_not_at_all(void **state)
{
    char comment[] = "abcdefg";
    (void)state;
    for (size_t len = 0; len < 9; len++) {
        const struct pcapng_packet packet = {.data = {(const uint8_t *)"123456789", len},
                                             .comment = comment + len % 8,
                                             .direction = (enum pcapng_direction)(len % 3)};
        const size_t need = pcapng_packet_bytes(&packet);
        uint8_t *bytes = calloc(1, need);
        assert_int_equal(pcapng_packet(&packet, bytes, need - 1), 0);
        for (size_t i = 0; i < need; i++)
            assert_int_equal(bytes[i], 0);
        assert_int_equal(pcapng_packet(&packet, bytes, need), need);
        assert_memory_equal(decode_block(bytes, need).body.data + 20, "123456789", len);
        free(bytes);
    }
    const struct pcapng_interface interface = {PCAPNG_ETHERNET, 0, "x"};
    const size_t need = pcapng_interface_bytes(&interface);
    uint8_t bytes[64];
    assert_int_equal(pcapng_interface(&interface, bytes, need - 1), 0);
    assert_int_equal(pcapng_interface(&interface, bytes, need), need);
    assert_int_equal(pcapng_section(bytes, 27), 0);
    assert_int_equal(pcapng_section(bytes, 28), 28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_tells_byte_order_and_version),
        cmocka_unit_test(an_interface_tells_link_type_name_and_nanoseconds),
        cmocka_unit_test(an_interface_needs_no_name),
        cmocka_unit_test(a_packet_without_extras_has_no_options),
        cmocka_unit_test(a_comment_and_a_direction_are_options),
        cmocka_unit_test(a_comment_is_cut_at_what_an_option_can_hold),
        cmocka_unit_test(a_block_is_written_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
