/* A bounded queue of frames. */
#include "driver/driver_ring.h"
#include "driver_test.h"

static enum lull_error put_byte(struct driver_ring *ring, uint8_t value)
{
    const struct lull_frame frame = {.header = {value}, .header_bytes = 1, .total_bytes = 1};
    return driver_ring_put(ring, &frame);
}

static uint8_t byte_of(const struct lull_input *input)
{
    assert_int_equal(input->bytes.len, 1);
    return *(const uint8_t *)input->bytes.data;
}

static void frames_come_out_in_order_round_after_round(void **state)
{
    struct driver_ring ring;
    struct lull_input out[8];
    uint8_t next_in = 0, next_out = 0;
    struct prng prng;
    (void)state;
    prng_seed(&prng, 1);
    assert_true(driver_ring_open(&ring, 7, 100));
    for (int round = 0; round < 1000; round++) {
        for (uint32_t n = prng_below(&prng, 8); n > 0; n--)
            next_in = (uint8_t)(next_in + (put_byte(&ring, next_in) == LULL_OK));
        const int count = driver_ring_take(&ring, out, (int)prng_below(&prng, 8));
        for (int i = 0; i < count; i++)
            assert_int_equal(byte_of(&out[i]), next_out++);
    }
    driver_ring_close(&ring);
}

static void a_full_ring_refuses_the_next_frame(void **state)
{
    struct driver_ring ring;
    struct lull_input out[3];
    (void)state;
    assert_true(driver_ring_open(&ring, 3, 10));
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(put_byte(&ring, i), LULL_OK);
    assert_int_equal(put_byte(&ring, 3), LULL_EAGAIN);
    assert_int_equal(driver_ring_take(&ring, out, 3), 3);
    driver_ring_close(&ring);
}

/* What was taken is still being read, so its place is not free before the next take. */
static void a_taken_frame_stays_until_the_next_take(void **state)
{
    struct driver_ring ring;
    struct lull_input out[2], none[2];
    (void)state;
    assert_true(driver_ring_open(&ring, 2, 10));
    assert_int_equal(put_byte(&ring, 1), LULL_OK);
    assert_int_equal(driver_ring_take(&ring, out, 2), 1);
    assert_int_equal(put_byte(&ring, 2), LULL_OK);
    assert_int_equal(put_byte(&ring, 3), LULL_EAGAIN);
    assert_int_equal(byte_of(&out[0]), 1);
    assert_int_equal(driver_ring_take(&ring, none, 0), 0);
    assert_int_equal(put_byte(&ring, 3), LULL_OK);
    driver_ring_close(&ring);
}

static void a_frame_longer_than_a_slot_is_refused(void **state)
{
    struct lull_frame frame = {.header_bytes = 10, .total_bytes = 10};
    struct driver_ring ring;
    (void)state;
    assert_true(driver_ring_open(&ring, 1, 10));
    frame.header_bytes = 11;
    frame.total_bytes = 11;
    assert_int_equal(driver_ring_put(&ring, &frame), LULL_EINVAL);
    frame.header_bytes = 10;
    frame.total_bytes = 10;
    assert_int_equal(driver_ring_put(&ring, &frame), LULL_OK);
    driver_ring_close(&ring);
}

static void offload_facts_come_along_and_partial_checksums_are_trusted(void **state)
{
    struct lull_frame frame = {.header_bytes = 60, .total_bytes = 60};
    struct driver_ring ring;
    struct lull_input out[2];
    (void)state;
    assert_true(driver_ring_open(&ring, 2, 100));
    frame.offload = (struct lull_offload){34, 50, 1448, 0};
    assert_int_equal(driver_ring_put(&ring, &frame), LULL_OK);
    frame.offload = (struct lull_offload){0};
    assert_int_equal(driver_ring_put(&ring, &frame), LULL_OK);
    assert_int_equal(driver_ring_take(&ring, out, 2), 2);
    assert_int_equal(out[0].offload.checksum_start, 34);
    assert_int_equal(out[0].offload.checksum_field, 50);
    assert_int_equal(out[0].offload.segment_bytes, 1448);
    assert_int_equal(out[0].offload.checksum_trusted, 1);
    assert_int_equal(out[1].offload.checksum_trusted, 0);
    driver_ring_close(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_in_order_round_after_round),
        cmocka_unit_test(a_full_ring_refuses_the_next_frame),
        cmocka_unit_test(a_taken_frame_stays_until_the_next_take),
        cmocka_unit_test(a_frame_longer_than_a_slot_is_refused),
        cmocka_unit_test(offload_facts_come_along_and_partial_checksums_are_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
