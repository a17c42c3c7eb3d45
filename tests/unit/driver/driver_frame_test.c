/* Checksums and segmentation without the help of a device. */
#include "driver/driver_frame.h"
#include "driver_test.h"

static struct made_segment made;

static void flattening_joins_header_and_slices(void **state)
{
    uint8_t bytes[1000], joined[1000];
    struct prng prng;
    (void)state;
    prng_seed(&prng, 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)prng_next(&prng);
    for (unsigned slices = 1; slices <= LULL_FRAME_SLICES; slices++) {
        const struct lull_frame frame =
            frame_of((struct span){bytes, sizeof bytes}, prng_below(&prng, 161), slices);
        memset(joined, 0, sizeof joined);
        assert_int_equal(driver_frame_flatten(&frame, joined, sizeof joined), sizeof joined);
        assert_memory_equal(joined, bytes, sizeof bytes);
    }
}

static void a_frame_longer_than_the_room_is_refused(void **state)
{
    static const uint8_t bytes[100] = {1};
    uint8_t room[100];
    const struct lull_frame frame = frame_of((struct span){bytes, sizeof bytes}, 40, 1);
    (void)state;
    assert_int_equal(driver_frame_flatten(&frame, room, 100), 100);
    assert_int_equal(driver_frame_flatten(&frame, room, 99), 0);
}

static void a_completed_checksum_is_right_for_every_length(void **state)
{
    struct prng prng;
    (void)state;
    prng_seed(&prng, 2);
    for (size_t text = 0; text < 200; text++) {
        const struct segment_shape shape = {.link_bytes = text % 2 * 14, .text_bytes = text};
        struct ipv4_header ip;
        struct tcp_segment tcp;
        make_segment(&made, &shape, &prng);
        assert_true(driver_frame_complete_checksum(made.bytes, made.len, &made.offload));
        assert_whole_segment(
            (struct span){made.bytes + shape.link_bytes, made.len - shape.link_bytes}, &ip, &tcp);
    }
}

static void a_complete_checksum_is_left_alone(void **state)
{
    static const struct lull_offload nothing = {.checksum_trusted = 1};
    uint8_t bytes[4] = {1, 2, 3, 4};
    (void)state;
    assert_true(driver_frame_complete_checksum(bytes, sizeof bytes, &nothing));
    assert_memory_equal(bytes, ((uint8_t[]){1, 2, 3, 4}), 4);
}

static void a_checksum_outside_the_frame_is_refused(void **state)
{
    static const struct lull_offload behind = {.checksum_start = 2, .checksum_field = 7};
    static const struct lull_offload last = {.checksum_start = 2, .checksum_field = 6};
    static const struct lull_offload before = {.checksum_start = 2, .checksum_field = 1};
    uint8_t bytes[8] = {0};
    (void)state;
    assert_false(driver_frame_complete_checksum(bytes, sizeof bytes, &behind));
    assert_false(driver_frame_complete_checksum(bytes, sizeof bytes, &before));
    assert_memory_equal(bytes, (uint8_t[8]){0}, 8);
    assert_true(driver_frame_complete_checksum(bytes, sizeof bytes, &last));
}

static void a_checksum_of_zero_is_written_as_ones(void **state)
{
    static const struct lull_offload offload = {.checksum_start = 2, .checksum_field = 2};
    uint8_t bytes[6] = {0, 0, 0xff, 0xff, 0, 0};
    (void)state;
    assert_true(driver_frame_complete_checksum(bytes, sizeof bytes, &offload));
    assert_int_equal(load_be16(bytes + 2), 0xffff);
}

/* Flags that belong to the end only come there, CWR only at the beginning, the rest everywhere. */
static void check_flags(uint8_t whole, uint8_t piece, bool first, bool last)
{
    const uint8_t end = TCP_FIN | TCP_PSH;
    assert_int_equal(piece & end, last ? whole & end : 0);
    assert_int_equal(piece & TCP_CWR, first ? whole & TCP_CWR : 0);
    assert_int_equal(piece & ~(end | TCP_CWR), whole & ~(end | TCP_CWR));
}

/* Cut what was made and put it together again. */
static void check_pieces(const struct segment_shape *shape)
{
    static uint8_t piece[DRIVER_FRAME_BYTES_MAX];
    struct driver_frame_cut cut;
    size_t done = 0, count = 0, bytes;
    assert_true(driver_frame_cut_begin(&cut, (struct span){made.bytes, made.len}, shape->link_bytes,
                                       shape->segment_bytes));
    while ((bytes = driver_frame_cut_next(&cut, piece)) > 0) {
        struct ipv4_header ip;
        struct tcp_segment tcp;
        assert_true(bytes <= driver_frame_cut_bytes(&cut));
        assert_memory_equal(piece, made.bytes, shape->link_bytes);
        assert_whole_segment((struct span){piece + shape->link_bytes, bytes - shape->link_bytes},
                             &ip, &tcp);
        const bool last = done + tcp.text.len == shape->text_bytes;
        if (!last)
            assert_int_equal(tcp.text.len, shape->segment_bytes);
        assert_true(tcp.text.len <= shape->segment_bytes);
        assert_int_equal(ip.identification, (uint16_t)(shape->identification + count));
        assert_int_equal(tcp.seq.raw, (uint32_t)(shape->seq + done));
        assert_int_equal(tcp.ack.raw, 77);
        check_flags(shape->flags, tcp.flags, count == 0, last);
        assert_memory_equal(tcp.text.data, made.bytes + made.text_at + done, tcp.text.len);
        done += tcp.text.len;
        count++;
    }
    assert_int_equal(done, shape->text_bytes);
    assert_int_equal(count, shape->text_bytes == 0 ? 1
                                                   : (shape->text_bytes + shape->segment_bytes - 1)
                                                         / shape->segment_bytes);
}

static void pieces_joined_are_the_whole(void **state)
{
    struct prng prng;
    (void)state;
    prng_seed(&prng, 3);
    for (int round = 0; round < 300; round++) {
        const struct segment_shape shape = {
            .link_bytes = prng_below(&prng, 2) * 14,
            .text_bytes = prng_below(&prng, round % 10 == 0 ? 60000 : 5000),
            .option_bytes = (size_t)prng_below(&prng, 11) * 4,
            .flags = (uint8_t)prng_next(&prng),
            .seq = (uint32_t)prng_next(&prng),
            .identification = (uint16_t)prng_next(&prng),
            .segment_bytes = (uint16_t)(1 + prng_below(&prng, 1460)),
        };
        make_segment(&made, &shape, &prng);
        check_pieces(&shape);
    }
}

static void text_of_whole_segments_leaves_no_empty_piece(void **state)
{
    const struct segment_shape shape = {
        .text_bytes = 3000, .segment_bytes = 1000, .flags = TCP_FIN | TCP_ACK};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 4);
    make_segment(&made, &shape, &prng);
    check_pieces(&shape);
}

static void a_segment_without_text_is_one_piece(void **state)
{
    const struct segment_shape shape = {.segment_bytes = 1000, .flags = TCP_FIN | TCP_ACK};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 5);
    make_segment(&made, &shape, &prng);
    check_pieces(&shape);
}

static bool may_be_cut(size_t len, uint16_t segment_bytes)
{
    struct driver_frame_cut cut;
    return driver_frame_cut_begin(&cut, (struct span){made.bytes, len}, made.link_bytes,
                                  segment_bytes);
}

static void only_whole_tcp_segments_are_cut(void **state)
{
    const struct segment_shape shape = {.link_bytes = 14, .text_bytes = 100};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 6);
    make_segment(&made, &shape, &prng);
    assert_true(may_be_cut(made.len, 10));
    assert_false(may_be_cut(made.len, 0));
    for (size_t len = 0; len < made.len; len++)
        assert_false(may_be_cut(len, 10));

    put_ip_header(made.bytes + 14, IPV4_UDP, 120, 0);
    assert_false(may_be_cut(made.len, 10));
    put_ip_header(made.bytes + 14, IPV4_TCP, 19, 0);
    assert_false(may_be_cut(made.len, 10));
}

static void a_fragment_is_not_cut(void **state)
{
    const struct segment_shape shape = {.text_bytes = 100};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 7);
    make_segment(&made, &shape, &prng);
    made.bytes[6] = 0x20; /* more fragments */
    store_be16(made.bytes + 10, 0);
    store_be16(made.bytes + 10, checksum_of(made.bytes, 20));
    assert_false(may_be_cut(made.len, 10));
}

static void a_tcp_header_that_cannot_be_is_not_cut(void **state)
{
    const struct segment_shape shape = {.text_bytes = 4};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 8);
    make_segment(&made, &shape, &prng);
    made.bytes[20 + 12] = 4 << 4;
    assert_false(may_be_cut(made.len, 10));
    made.bytes[20 + 12] = 6 << 4;
    assert_true(may_be_cut(made.len, 10));
    made.bytes[20 + 12] = 7 << 4;
    assert_false(may_be_cut(made.len, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flattening_joins_header_and_slices),
        cmocka_unit_test(a_frame_longer_than_the_room_is_refused),
        cmocka_unit_test(a_completed_checksum_is_right_for_every_length),
        cmocka_unit_test(a_complete_checksum_is_left_alone),
        cmocka_unit_test(a_checksum_outside_the_frame_is_refused),
        cmocka_unit_test(a_checksum_of_zero_is_written_as_ones),
        cmocka_unit_test(pieces_joined_are_the_whole),
        cmocka_unit_test(text_of_whole_segments_leaves_no_empty_piece),
        cmocka_unit_test(a_segment_without_text_is_one_piece),
        cmocka_unit_test(only_whole_tcp_segments_are_cut),
        cmocka_unit_test(a_fragment_is_not_cut),
        cmocka_unit_test(a_tcp_header_that_cannot_be_is_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
