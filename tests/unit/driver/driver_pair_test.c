/* Two devices back to back. */
#include "lull/devices.h"

#include "driver_test.h"

static const struct lull_pair_config offloading = {
    .frames = 4, .mtu = 1500, .capabilities = LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT};
static const struct lull_pair_config plain = {.frames = 4, .mtu = 1500};

static struct made_segment made;

static struct lull_frame segment_of(size_t text_bytes, uint16_t segment_bytes)
{
    const struct segment_shape shape = {
        .link_bytes = 14, .text_bytes = text_bytes, .segment_bytes = segment_bytes};
    struct prng prng;
    prng_seed(&prng, 1);
    make_segment(&made, &shape, &prng);
    return frame_of_segment(&made);
}

static void what_one_end_sends_the_other_receives(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++) {
        struct lull_driver *ends[2];
        struct lull_input in;
        const struct lull_frame frame = segment_of(40000, 1448);
        assert_int_equal(lull_driver_pair_open(&offloading, ends), LULL_OK);
        ends[1 - from]->interface = 5;
        assert_int_equal(ends[from]->operations->send(ends[from], &frame), LULL_OK);
        ends[from]->operations->flush(ends[from]);
        assert_int_equal(ends[from]->operations->receive(ends[from], &in, 1), 0);
        assert_int_equal(ends[1 - from]->operations->receive(ends[1 - from], &in, 1), 1);
        assert_int_equal(in.bytes.len, made.len);
        assert_memory_equal(in.bytes.data, made.bytes, made.len);
        assert_int_equal(in.offload.segment_bytes, 1448);
        assert_int_equal(in.offload.checksum_start, 34);
        assert_int_equal(in.offload.checksum_trusted, 1);
        assert_int_equal(in.interface, 5);
        ends[0]->operations->close(ends[0]);
        ends[1]->operations->close(ends[1]);
    }
}

static void a_complete_checksum_is_for_the_receiver_to_verify(void **state)
{
    struct lull_driver *ends[2];
    struct lull_input in;
    struct lull_frame frame = segment_of(100, 0);
    (void)state;
    frame.offload = (struct lull_offload){0};
    assert_int_equal(lull_driver_pair_open(&plain, ends), LULL_OK);
    assert_int_equal(ends[0]->operations->send(ends[0], &frame), LULL_OK);
    assert_int_equal(ends[1]->operations->receive(ends[1], &in, 1), 1);
    assert_int_equal(in.offload.checksum_trusted, 0);
    ends[0]->operations->close(ends[0]);
    ends[1]->operations->close(ends[1]);
}

static void a_frame_longer_than_the_wire_takes_is_lost(void **state)
{
    struct lull_driver *ends[2];
    const struct lull_frame frame = segment_of(3000, 0);
    (void)state;
    assert_int_equal(lull_driver_pair_open(&plain, ends), LULL_OK);
    assert_int_equal(ends[0]->operations->send(ends[0], &frame), LULL_EINVAL);
    assert_int_equal(ends[0]->dropped_out, 1);
    ends[0]->operations->close(ends[0]);
    ends[1]->operations->close(ends[1]);
}

static void a_frame_too_many_is_lost(void **state)
{
    struct lull_driver *ends[2];
    const struct lull_frame frame = segment_of(10, 0);
    (void)state;
    assert_int_equal(lull_driver_pair_open(&plain, ends), LULL_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(ends[0]->operations->send(ends[0], &frame), LULL_OK);
    assert_int_equal(ends[0]->operations->send(ends[0], &frame), LULL_EAGAIN);
    ends[0]->operations->close(ends[0]);
    ends[1]->operations->close(ends[1]);
}

static void when_one_end_is_closed_the_other_cannot_send(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        struct lull_driver *ends[2];
        const struct lull_frame frame = segment_of(10, 0);
        struct lull_input in;
        assert_int_equal(lull_driver_pair_open(&plain, ends), LULL_OK);
        struct lull_driver *left = ends[1 - closed];
        assert_int_equal(ends[closed]->operations->send(ends[closed], &frame), LULL_OK);
        ends[closed]->operations->close(ends[closed]);
        assert_int_equal(left->operations->send(left, &frame), LULL_EIO);
        assert_int_equal(left->operations->receive(left, &in, 1), 1);
        left->operations->close(left);
    }
}

static void the_ends_have_different_local_addresses(void **state)
{
    struct lull_driver *ends[2];
    (void)state;
    assert_int_equal(lull_driver_pair_open(&plain, ends), LULL_OK);
    assert_memory_not_equal(ends[0]->hardware, ends[1]->hardware, 6);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ends[i]->hardware[0] & 3, 2);
        ends[i]->operations->close(ends[i]);
    }
}

static void a_pair_that_holds_nothing_is_refused(void **state)
{
    struct lull_driver *ends[2];
    (void)state;
    assert_int_equal(lull_driver_pair_open(&(struct lull_pair_config){.mtu = 1500}, ends),
                     LULL_EINVAL);
    assert_int_equal(lull_driver_pair_open(&(struct lull_pair_config){.frames = 1}, ends),
                     LULL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_end_sends_the_other_receives),
        cmocka_unit_test(a_complete_checksum_is_for_the_receiver_to_verify),
        cmocka_unit_test(a_frame_longer_than_the_wire_takes_is_lost),
        cmocka_unit_test(a_frame_too_many_is_lost),
        cmocka_unit_test(when_one_end_is_closed_the_other_cannot_send),
        cmocka_unit_test(the_ends_have_different_local_addresses),
        cmocka_unit_test(a_pair_that_holds_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
