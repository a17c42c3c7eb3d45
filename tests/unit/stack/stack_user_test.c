/* Calls of the user on a connection, and what they make the stack send. */
#include "stage.h"

/* [REQ CH-02] */
static void shutting_the_sending_side_ends_the_peers_text_at_once(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(send_text(0, "last"), 4);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    assert_int_equal(send_text(0, "more"), LULL_EPIPE);
    pair_flush(&pair);
    expect_text(1, "last");
    assert_int_equal(receive_result(1), 0);
    assert_int_equal(send_text(1, "answer"), 6);
    pair_flush(&pair);
    expect_text(0, "answer");
    pair_close(&pair);
}

/* [REQ CH-10] */
static void shutting_the_second_direction_hangs_up(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_shutdown(server, ends[1], LULL_SHUT_SEND);
    pair_flush(&pair);
    assert_false(lull_socket_poll(client, ends[0]) & LULL_EVENT_HANGUP);
    lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND);
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_HANGUP);
    pair_close(&pair);
}

static void the_fin_of_an_idle_connection_does_not_wait_for_a_timer(void **state)
{
    (void)state;
    open_pair(NULL);
    pair_flush(&pair);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    pair_flush(&pair);
    assert_int_equal(receive_result(1), 0);
    pair_close(&pair);
}

static void shutting_the_receiving_side_forgets_what_came_and_sends_no_fin(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(send_text(1, "unread"), 6);
    pair_flush(&pair);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_RECEIVE), LULL_OK);
    assert_int_equal(receive_result(0), 0);
    pair_flush(&pair);
    assert_int_equal(receive_result(1), LULL_EAGAIN);
    assert_int_equal(send_text(0, "still"), 5);
    pair_flush(&pair);
    expect_text(1, "still");
    pair_close(&pair);
}

/* [REQ CH-17] */
static void linger_zero_makes_close_a_reset(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_set_option(client, ends[0], LULL_OPTION_LINGER, 0), LULL_OK);
    lull_socket_close(client, ends[0]);
    pair_flush(&pair);
    assert_int_equal(receive_result(1), LULL_ECONNRESET);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 1);
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(counted(client, LULL_COUNTER_TW), 0);
    assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), 1);
    pair_close(&pair);
}

static void without_linger_close_is_orderly(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(send_text(0, "last"), 4);
    lull_socket_close(client, ends[0]);
    pair_flush(&pair);
    expect_text(1, "last");
    assert_int_equal(receive_result(1), 0);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 0);
    pair_close(&pair);
}

/* [REQ CH-17] */
static void an_abort_drops_what_was_queued_and_resets(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(send_text(0, "never sent"), 10);
    lull_socket_abort(client, ends[0]);
    pair_flush(&pair);
    assert_int_equal(receive_result(1), LULL_ECONNRESET);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 1);
    pair_close(&pair);
}

static void reading_a_full_buffer_opens_the_window_at_once(void **state)
{
    static const uint8_t bytes[8192];
    static uint8_t got[8192];
    lull_socket more[2];

    (void)state;
    open_pair(NULL);
    lull_socket_set_option(server, listener, LULL_OPTION_RECEIVE_BUFFER, 4096);
    pair_connect(&pair, listener, PORT, more);
    assert_true(lull_socket_send(client, more[0], (struct lull_slice){bytes, sizeof bytes}) > 4096);
    run_for(LULL_MS(100));
    unsigned sent = seen[1].segments;
    assert_true(lull_socket_receive(server, more[1], got, sizeof got) >= 2048);
    pair_flush(&pair);
    assert_true(seen[1].segments > sent);
    pair_close(&pair);
}

/* [REQ 9293/MUST-21] */
static void a_connection_under_way_learns_its_users_patience(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_set_option(client, ends[0], LULL_OPTION_USER_TIMEOUT, 3000),
                     LULL_OK);
    pair.faults.loss = 1000;
    assert_int_equal(send_text(0, "lost"), 4);
    run_for(LULL_MS(2900));
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    run_for(LULL_MS(200));
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_ETIMEDOUT);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shutting_the_sending_side_ends_the_peers_text_at_once),
        cmocka_unit_test(shutting_the_second_direction_hangs_up),
        cmocka_unit_test(the_fin_of_an_idle_connection_does_not_wait_for_a_timer),
        cmocka_unit_test(shutting_the_receiving_side_forgets_what_came_and_sends_no_fin),
        cmocka_unit_test(linger_zero_makes_close_a_reset),
        cmocka_unit_test(without_linger_close_is_orderly),
        cmocka_unit_test(an_abort_drops_what_was_queued_and_resets),
        cmocka_unit_test(reading_a_full_buffer_opens_the_window_at_once),
        cmocka_unit_test(a_connection_under_way_learns_its_users_patience),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
