/* The header that Linux puts before a frame of a TAP device. */
#include "driver/driver_virtio.h"
#include "driver_test.h"

static struct lull_frame frame_with(struct lull_offload offload)
{
    struct lull_frame frame = {.offload = offload, .header_bytes = 66, .total_bytes = 4000};
    frame.header[34 + 12] = 8 << 4; /* a TCP header with 12 bytes of options */
    return frame;
}

static void a_finished_frame_asks_for_nothing(void **state)
{
    const struct lull_frame frame = frame_with((struct lull_offload){0});
    const struct virtio_net_hdr header = driver_virtio_from_frame(&frame);
    (void)state;
    assert_memory_equal(&header, &(struct virtio_net_hdr){0}, sizeof header);
}

static void a_partial_checksum_is_asked_for(void **state)
{
    const struct lull_frame frame =
        frame_with((struct lull_offload){.checksum_start = 34, .checksum_field = 50});
    const struct virtio_net_hdr header = driver_virtio_from_frame(&frame);
    (void)state;
    assert_int_equal(header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
    assert_int_equal(header.csum_start, 34);
    assert_int_equal(header.csum_offset, 16);
    assert_int_equal(header.gso_type, VIRTIO_NET_HDR_GSO_NONE);
}

static void segmentation_is_asked_for(void **state)
{
    const struct lull_frame frame = frame_with(
        (struct lull_offload){.checksum_start = 34, .checksum_field = 50, .segment_bytes = 1448});
    const struct virtio_net_hdr header = driver_virtio_from_frame(&frame);
    (void)state;
    assert_int_equal(header.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
    assert_int_equal(header.gso_size, 1448);
    assert_int_equal(header.hdr_len, 66);
}

/* Text that was copied behind the header is no part of it. */
static void header_length_is_tcps_own(void **state)
{
    struct lull_frame frame = frame_with(
        (struct lull_offload){.checksum_start = 34, .checksum_field = 50, .segment_bytes = 1448});
    frame.header_bytes = 160;
    (void)state;
    assert_int_equal(driver_virtio_from_frame(&frame).hdr_len, 66);
    frame.header_bytes = 46; /* the offset lies in a slice */
    assert_int_equal(driver_virtio_from_frame(&frame).hdr_len, 46);
}

static bool offload_of(struct virtio_net_hdr header, struct lull_offload *offload)
{
    return driver_virtio_to_offload(&header, 1000, offload);
}

static void a_partial_checksum_is_trusted(void **state)
{
    struct lull_offload offload;
    (void)state;
    assert_true(offload_of((struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                                   .csum_start = 34,
                                                   .csum_offset = 16},
                           &offload));
    assert_int_equal(offload.checksum_start, 34);
    assert_int_equal(offload.checksum_field, 50);
    assert_int_equal(offload.checksum_trusted, 1);
    assert_int_equal(offload.segment_bytes, 0);
}

static void a_checksum_the_device_has_verified_is_trusted(void **state)
{
    struct lull_offload offload;
    (void)state;
    assert_true(
        offload_of((struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_DATA_VALID}, &offload));
    assert_int_equal(offload.checksum_start, 0);
    assert_int_equal(offload.checksum_trusted, 1);
}

static void a_checksum_nobody_vouches_for_is_not_trusted(void **state)
{
    struct lull_offload offload;
    (void)state;
    assert_true(offload_of((struct virtio_net_hdr){.csum_start = 34}, &offload));
    assert_memory_equal(&offload, &(struct lull_offload){0}, sizeof offload);
}

static void merged_segments_tell_their_size(void **state)
{
    struct lull_offload offload;
    (void)state;
    assert_true(offload_of(
        (struct virtio_net_hdr){.gso_type = VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN,
                                .gso_size = 1400},
        &offload));
    assert_int_equal(offload.segment_bytes, 1400);
}

static void a_checksum_outside_the_frame_is_refused(void **state)
{
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 900, .csum_offset = 98};
    struct lull_offload offload;
    (void)state;
    assert_true(offload_of(header, &offload));
    header.csum_offset = 99;
    assert_false(offload_of(header, &offload));
    header.csum_start = 0;
    assert_false(offload_of(header, &offload));
    header.csum_start = UINT16_MAX;
    header.csum_offset = UINT16_MAX;
    assert_false(driver_virtio_to_offload(&header, 1 << 20, &offload));
}

static void an_offload_that_was_not_asked_for_is_refused(void **state)
{
    struct lull_offload offload;
    (void)state;
    assert_false(offload_of((struct virtio_net_hdr){.gso_type = VIRTIO_NET_HDR_GSO_UDP}, &offload));
    assert_false(
        offload_of((struct virtio_net_hdr){.gso_type = VIRTIO_NET_HDR_GSO_TCPV6}, &offload));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finished_frame_asks_for_nothing),
        cmocka_unit_test(a_partial_checksum_is_asked_for),
        cmocka_unit_test(segmentation_is_asked_for),
        cmocka_unit_test(header_length_is_tcps_own),
        cmocka_unit_test(a_partial_checksum_is_trusted),
        cmocka_unit_test(a_checksum_the_device_has_verified_is_trusted),
        cmocka_unit_test(a_checksum_nobody_vouches_for_is_not_trusted),
        cmocka_unit_test(merged_segments_tell_their_size),
        cmocka_unit_test(a_checksum_outside_the_frame_is_refused),
        cmocka_unit_test(an_offload_that_was_not_asked_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
