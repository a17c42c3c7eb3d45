/* Echo requests of our own, over a loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lull/stack.h"

static const struct lull_address host = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}};

static int make_stack(void **state)
{
    const struct lull_interface_config loop = {.link = LULL_LINK_LOOPBACK, .mtu = 1500};
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    size_t bytes = (lull_stack_bytes(&config) + 63) / 64 * 64;
    *state = aligned_alloc(64, bytes);
    if (*state == NULL || lull_stack_create(*state, bytes, &config, 0) == NULL)
        return -1;
    int interface = lull_stack_add_interface(*state, &loop);
    return lull_stack_add_address(*state, interface, &host, 24);
}

static int free_stack(void **state)
{
    free(*state);
    return 0;
}

/* What leaves comes back, until nothing leaves. */
static void turn_frames_round(struct lull_stack *stack, lull_time now)
{
    struct lull_frame frame;
    uint8_t bytes[2048];

    while (lull_stack_output(stack, now, &frame)) {
        size_t length = frame.header_bytes;
        memcpy(bytes, frame.header, length);
        for (int i = 0; i < frame.slice_count; i++) {
            assert_true(length + frame.slices[i].len <= sizeof bytes);
            memcpy(bytes + length, frame.slices[i].data, frame.slices[i].len);
            length += frame.slices[i].len;
        }
        const struct lull_input input = {{bytes, length}, frame.offload, frame.interface};
        lull_stack_input(stack, &input, 1, now);
    }
}

static void expect_answer(struct lull_stack *stack, uint16_t sequence, lull_duration round_trip)
{
    struct lull_echo echo;

    assert_int_equal(lull_stack_take_echo(stack, &echo), 1);
    assert_int_equal(echo.sequence, sequence);
    assert_int_equal(echo.round_trip, round_trip);
    assert_memory_equal(&echo.from, &host, sizeof host);
}

static void an_answer_tells_who_which_and_how_long(void **state)
{
    struct lull_echo echo;

    assert_int_equal(lull_stack_take_echo(*state, &echo), 0);
    assert_int_equal(lull_stack_send_echo(*state, &host, 7, 56), LULL_OK);
    turn_frames_round(*state, LULL_MS(3));
    expect_answer(*state, 7, LULL_MS(3));
    assert_int_equal(lull_stack_take_echo(*state, &echo), 0);
}

static void answers_that_come_together_are_all_told(void **state)
{
    for (uint16_t i = 1; i <= 16; i++) {
        assert_int_equal(lull_stack_send_echo(*state, &host, i, 8), LULL_OK);
        turn_frames_round(*state, 0);
    }
    for (uint16_t i = 1; i <= 16; i++)
        expect_answer(*state, i, 0);
}

static void the_oldest_of_too_many_answers_makes_room(void **state)
{
    struct lull_echo echo;

    for (uint16_t i = 1; i <= 19; i++) {
        assert_int_equal(lull_stack_send_echo(*state, &host, i, 8), LULL_OK);
        turn_frames_round(*state, 0);
    }
    for (uint16_t i = 4; i <= 19; i++)
        expect_answer(*state, i, 0);
    assert_int_equal(lull_stack_take_echo(*state, &echo), 0);
}

static void sizes_beyond_one_packet_are_refused(void **state)
{
    assert_int_equal(lull_stack_send_echo(*state, &host, 1, 7), LULL_EMSGSIZE);
    assert_int_equal(lull_stack_send_echo(*state, &host, 1, 1473), LULL_EMSGSIZE);
    assert_int_equal(lull_stack_send_echo(*state, &host, 1, 1472), LULL_OK);
    turn_frames_round(*state, 0);
    expect_answer(*state, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_tells_who_which_and_how_long, make_stack,
                                        free_stack),
        cmocka_unit_test_setup_teardown(answers_that_come_together_are_all_told, make_stack,
                                        free_stack),
        cmocka_unit_test_setup_teardown(the_oldest_of_too_many_answers_makes_room, make_stack,
                                        free_stack),
        cmocka_unit_test_setup_teardown(sizes_beyond_one_packet_are_refused, make_stack,
                                        free_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
