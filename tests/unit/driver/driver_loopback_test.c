/* Frames come back. */
#include "lull/devices.h"

#include "driver_test.h"

static struct made_segment made;

static struct lull_frame small_frame(void)
{
    struct prng prng;
    const struct segment_shape shape = {.text_bytes = 10};
    prng_seed(&prng, 1);
    make_segment(&made, &shape, &prng);
    return frame_of_segment(&made);
}

static void a_frame_comes_back_trusted(void **state)
{
    struct lull_driver *driver;
    struct lull_input in[4];
    struct lull_frame frame = small_frame();
    (void)state;
    assert_int_equal(lull_driver_loopback_open(&driver), LULL_OK);
    driver->interface = 3;
    frame.offload = (struct lull_offload){0};
    assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    driver->operations->flush(driver);
    assert_int_equal(driver->operations->receive(driver, in, 4), 1);
    assert_int_equal(in[0].interface, 3);
    assert_int_equal(in[0].offload.checksum_trusted, 1);
    assert_int_equal(in[0].bytes.len, made.len);
    assert_memory_equal(in[0].bytes.data, made.bytes, made.len);
    assert_int_equal(driver->operations->receive(driver, in, 4), 0);
    assert_int_equal(driver->frames_in, 1);
    assert_int_equal(driver->frames_out, 1);
    assert_int_equal(driver->bytes_in, made.len);
    assert_int_equal(driver->bytes_out, made.len);
    driver->operations->close(driver);
}

static void a_frame_too_many_is_lost_and_counted(void **state)
{
    struct lull_driver *driver;
    const struct lull_frame frame = small_frame();
    (void)state;
    assert_int_equal(lull_driver_loopback_open(&driver), LULL_OK);
    for (int i = 0; i < 256; i++)
        assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_EAGAIN);
    assert_int_equal(driver->frames_out, 256);
    assert_int_equal(driver->dropped_out, 1);
    driver->operations->close(driver);
}

static void the_largest_frame_comes_back(void **state)
{
    const struct segment_shape shape = {.text_bytes = 65535 - 40, .segment_bytes = 1460};
    struct lull_driver *driver;
    struct lull_input in;
    struct prng prng;
    (void)state;
    prng_seed(&prng, 1);
    make_segment(&made, &shape, &prng);
    const struct lull_frame frame = frame_of_segment(&made);
    assert_int_equal(lull_driver_loopback_open(&driver), LULL_OK);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    assert_int_equal(driver->operations->receive(driver, &in, 1), 1);
    assert_int_equal(in.bytes.len, 65535);
    assert_int_equal(in.offload.segment_bytes, 1460);
    assert_memory_equal(in.bytes.data, made.bytes, made.len);
    driver->operations->close(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_comes_back_trusted),
        cmocka_unit_test(a_frame_too_many_is_lost_and_counted),
        cmocka_unit_test(the_largest_frame_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
