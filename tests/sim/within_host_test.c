/* Records of connections that begin and end on one stack, over a loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lull/socket.h"
#include "lull/stack.h"

#define PORT 80

static struct lull_stack *stack;
static lull_time now;
static lull_socket listener;

/* 10.0.0.1 connects, 10.0.0.2 listens. */
static struct lull_name name_of(uint8_t last, uint16_t port)
{
    const uint8_t octets[4] = {10, 0, 0, last};
    return (struct lull_name){.address = lull_address_ipv4(octets), .port = port};
}

static void assert_no_error(enum lull_error error)
{
    assert_int_equal(error, LULL_OK);
}

/* What leaves comes back, until nothing leaves. */
static void turn_frames_round(void)
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

static void later(lull_duration duration)
{
    now += duration;
    lull_stack_advance(stack, now);
    turn_frames_round();
}

static int open_stack(void **state)
{
    const struct lull_interface_config loop = {.link = LULL_LINK_LOOPBACK, .mtu = 1500};
    const struct lull_name client = name_of(1, 0), server = name_of(2, PORT);
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    size_t bytes = (lull_stack_bytes(&config) + 63) / 64 * 64;
    *state = aligned_alloc(64, bytes);
    now = LULL_SEC(1000);
    stack = lull_stack_create(*state, bytes, &config, now);
    assert_non_null(stack);
    int interface = lull_stack_add_interface(stack, &loop);
    assert_no_error(lull_stack_add_address(stack, interface, &client.address, 24));
    assert_no_error(lull_stack_add_address(stack, interface, &server.address, 24));
    assert_no_error(lull_socket_open(stack, &listener));
    assert_no_error(lull_socket_set_option(stack, listener, LULL_OPTION_REUSE_ADDRESS, 1));
    assert_no_error(lull_socket_bind(stack, listener, &server));
    assert_no_error(lull_socket_listen(stack, listener, 8));
    return 0;
}

static int free_stack(void **state)
{
    free(*state);
    return 0;
}

static void turn(enum lull_knob knob, int64_t value)
{
    assert_no_error(lull_stack_set_knob(stack, knob, value));
}

static uint64_t counted(enum lull_counter counter)
{
    return lull_stack_counter(stack, counter);
}

static uint32_t records(void)
{
    struct lull_usage usage;
    lull_stack_usage(stack, &usage);
    return usage.records;
}

/* A client's socket on port 5000, and how its connect() begins. */
static enum lull_error connect_from_5000(lull_socket *socket)
{
    const struct lull_name from = name_of(1, 5000), to = name_of(2, PORT);

    assert_no_error(lull_socket_open(stack, socket));
    assert_no_error(lull_socket_set_option(stack, *socket, LULL_OPTION_REUSE_ADDRESS, 1));
    assert_no_error(lull_socket_bind(stack, *socket, &from));
    return lull_socket_connect(stack, *socket, &to);
}

static void open_ends(lull_socket ends[2])
{
    assert_int_equal(connect_from_5000(&ends[0]), LULL_EINPROGRESS);
    turn_frames_round();
    assert_no_error(lull_socket_accept(stack, listener, &ends[1]));
}

/* One side ends first and keeps its socket, whose connection is in TIME-WAIT then. */
static void end_first(const lull_socket ends[2], int side)
{
    assert_no_error(lull_socket_shutdown(stack, ends[side], LULL_SHUT_SEND));
    turn_frames_round();
    assert_no_error(lull_socket_close(stack, ends[1 - side]));
    turn_frames_round();
}

/* --- tw.nolocal ---------------------------------------------------------------------------- */

static void a_connection_within_this_host_leaves_a_record(void **state)
{
    lull_socket ends[2];

    (void)state;
    open_ends(ends);
    end_first(ends, 0);
    assert_int_equal(records(), 1);
    assert_int_equal(counted(LULL_COUNTER_TWLocalSkipped), 0);
}

/* The ACK of the FIN goes all the same: nobody is reset.  [REQ CH-04] */
static void it_leaves_none_where_that_is_asked_for(void **state)
{
    lull_socket ends[2];
    struct lull_usage usage;

    (void)state;
    turn(LULL_KNOB_tw_nolocal, 1);
    open_ends(ends);
    end_first(ends, 0);
    assert_int_equal(records(), 0);
    assert_int_equal(counted(LULL_COUNTER_TWLocalSkipped), 1);
    assert_int_equal(counted(LULL_COUNTER_TW), 0);
    later(LULL_SEC(10));
    assert_int_equal(counted(LULL_COUNTER_TcpOutRsts), 0);
    assert_int_equal(counted(LULL_COUNTER_TcpRetransSegs), 0);
    lull_stack_usage(stack, &usage);
    assert_int_equal(usage.connections, 0);
    lull_socket_close(stack, ends[0]);
    open_ends(ends); /* the tuple is free at once */
}

/* What is waited for is a FIN, not the end of 2 MSL: an orphan's record stays. */
static void an_orphan_within_this_host_is_remembered_all_the_same(void **state)
{
    lull_socket ends[2];

    (void)state;
    turn(LULL_KNOB_tw_nolocal, 1);
    open_ends(ends);
    assert_no_error(lull_socket_close(stack, ends[0]));
    turn_frames_round();
    assert_int_equal(records(), 1);
    assert_int_equal(counted(LULL_COUNTER_FW2Entered), 1);
}

/* --- tw.abort_deletes ---------------------------------------------------------------------- */

/* [REQ 9293/3.10.5-time-wait] */
static void abort_keeps_the_record(void **state)
{
    lull_socket ends[2];

    (void)state;
    open_ends(ends);
    end_first(ends, 0);
    assert_no_error(lull_socket_abort(stack, ends[0]));
    assert_int_equal(records(), 1);
    assert_int_equal(counted(LULL_COUNTER_TWAborted), 0);
}

/* RFC 9293 section 3.10.5.  [REQ 9293/3.10.5-time-wait] */
static void abort_deletes_the_record_where_that_is_asked_for(void **state)
{
    lull_socket ends[2];

    (void)state;
    turn(LULL_KNOB_tw_abort_deletes, 1);
    open_ends(ends);
    end_first(ends, 0);
    later(LULL_SEC(30));
    assert_no_error(lull_socket_abort(stack, ends[0]));
    assert_int_equal(records(), 0);
    assert_int_equal(counted(LULL_COUNTER_TWAborted), 1);
    assert_int_equal(counted(LULL_COUNTER_TcpOutRsts), 0);
}

static void close_deletes_nothing(void **state)
{
    lull_socket ends[2];

    (void)state;
    turn(LULL_KNOB_tw_abort_deletes, 1);
    open_ends(ends);
    end_first(ends, 0);
    assert_no_error(lull_socket_set_option(stack, ends[0], LULL_OPTION_LINGER, 0));
    assert_no_error(lull_socket_close(stack, ends[0]));
    assert_int_equal(records(), 1);
}

static void abort_of_the_end_that_does_not_wait_deletes_nothing(void **state)
{
    lull_socket ends[2];

    (void)state;
    turn(LULL_KNOB_tw_abort_deletes, 1);
    open_ends(ends);
    assert_no_error(lull_socket_shutdown(stack, ends[0], LULL_SHUT_SEND));
    turn_frames_round();
    assert_no_error(lull_socket_shutdown(stack, ends[1], LULL_SHUT_SEND));
    turn_frames_round();
    assert_no_error(lull_socket_abort(stack, ends[1]));
    assert_int_equal(records(), 1);
    assert_no_error(lull_socket_abort(stack, listener));
    assert_int_equal(records(), 1);
}

/* The tuple has been through another connection since: that one's record is not his.
 * [REQ 9293/3.10.5-time-wait] */
static void abort_deletes_no_newer_incarnations_record(void **state)
{
    lull_socket ends[2], newer[2];

    (void)state;
    turn(LULL_KNOB_tw_abort_deletes, 1);
    open_ends(ends);
    end_first(ends, 1);
    later(LULL_SEC(61));
    assert_int_equal(records(), 0);
    open_ends(newer);
    end_first(newer, 1);
    assert_no_error(lull_socket_abort(stack, ends[1]));
    assert_int_equal(records(), 1);
    assert_no_error(lull_socket_abort(stack, newer[1]));
    assert_int_equal(records(), 0);
}

/* A HOLD has taken the tuple since: it is none of TIME-WAIT. */
static void abort_deletes_no_hold(void **state)
{
    lull_socket ends[2];

    (void)state;
    turn(LULL_KNOB_tw_abort_deletes, 1);
    open_ends(ends);
    assert_no_error(lull_socket_abort(stack, ends[0]));
    turn_frames_round();
    assert_int_equal(records(), 1);
    assert_no_error(lull_socket_abort(stack, ends[1]));
    assert_int_equal(records(), 1);
    assert_int_equal(counted(LULL_COUNTER_HoldEntered), 1);
}

/* --- tw.reuse_active=loopback -------------------------------------------------------------- */

static enum lull_error connect_when_the_record_is(lull_duration age, int64_t where)
{
    lull_socket ends[2], again;

    turn(LULL_KNOB_tw_reuse_active, where);
    open_ends(ends);
    end_first(ends, 0);
    assert_no_error(lull_socket_close(stack, ends[0]));
    later(age);
    return connect_from_5000(&again);
}

/* [REQ IR-14] */
static void within_this_host_connect_reuses_a_record(void **state)
{
    (void)state;
    assert_int_equal(connect_when_the_record_is(LULL_SEC(1), LULL_TW_REUSE_LOOPBACK),
                     LULL_EINPROGRESS);
    turn_frames_round();
    assert_int_equal(records(), 0);
    assert_int_equal(counted(LULL_COUNTER_TWRecycledActive), 1);
}

/* [REQ IR-15] */
static void but_not_before_the_delay(void **state)
{
    struct lull_refusal refusal;

    (void)state;
    assert_int_equal(connect_when_the_record_is(LULL_MS(999), LULL_TW_REUSE_LOOPBACK),
                     LULL_EADDRINUSE);
    lull_socket_refusal(stack, &refusal);
    assert_string_equal(refusal.rule, "IR-15");
}

/* [REQ IR-13] */
static void and_never_where_that_is_forbidden(void **state)
{
    struct lull_refusal refusal;

    (void)state;
    assert_int_equal(connect_when_the_record_is(LULL_SEC(30), LULL_TW_REUSE_NEVER),
                     LULL_EADDRINUSE);
    lull_socket_refusal(stack, &refusal);
    assert_string_equal(refusal.rule, "IR-13");
}

#define ON_A_STACK(test) cmocka_unit_test_setup_teardown(test, open_stack, free_stack)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STACK(a_connection_within_this_host_leaves_a_record),
        ON_A_STACK(it_leaves_none_where_that_is_asked_for),
        ON_A_STACK(an_orphan_within_this_host_is_remembered_all_the_same),
        ON_A_STACK(abort_keeps_the_record),
        ON_A_STACK(abort_deletes_the_record_where_that_is_asked_for),
        ON_A_STACK(close_deletes_nothing),
        ON_A_STACK(abort_of_the_end_that_does_not_wait_deletes_nothing),
        ON_A_STACK(abort_deletes_no_newer_incarnations_record),
        ON_A_STACK(abort_deletes_no_hold),
        ON_A_STACK(within_this_host_connect_reuses_a_record),
        ON_A_STACK(but_not_before_the_delay),
        ON_A_STACK(and_never_where_that_is_forbidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
