/* What follows an event: news for the user, the record, and everything given back. */
#include "stack/stack.h"
#include "stage.h"

static void news_is_told_once(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_true(events_of(client, ends[0]) & LULL_EVENT_WRITABLE);
    assert_int_equal(send_text(1, "news"), 4);
    pair_flush(&pair);
    assert_true(events_of(client, ends[0]) & LULL_EVENT_READABLE);
    assert_int_equal(send_text(0, "unread stays unread"), 19);
    pair_flush(&pair);
    assert_int_equal(events_of(client, ends[0]), 0);
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_READABLE);
    pair_close(&pair);
}

static void who_found_the_buffer_full_is_told_of_room(void **state)
{
    static const uint8_t bytes[4096];
    const struct lull_slice text = {bytes, sizeof bytes};

    (void)state;
    open_pair(NULL);
    lull_socket_set_option(client, ends[0], LULL_OPTION_SEND_BUFFER, 2048);
    assert_int_equal(lull_socket_send(client, ends[0], text), 2048);
    assert_int_equal(lull_socket_send(client, ends[0], text), LULL_EAGAIN);
    events_of(client, ends[0]);
    run_for(LULL_SEC(1)); /* the peer acknowledges */
    assert_true(events_of(client, ends[0]) & LULL_EVENT_WRITABLE);
    pair_close(&pair);
}

/* [REQ CH-09] */
static void hangup_comes_with_the_end_of_both_directions(void **state)
{
    (void)state;
    open_pair(NULL);
    events_of(client, ends[0]);
    lull_socket_shutdown(server, ends[1], LULL_SHUT_SEND);
    pair_flush(&pair);
    assert_int_equal(events_of(client, ends[0]) & (LULL_EVENT_READABLE | LULL_EVENT_HANGUP),
                     LULL_EVENT_READABLE);
    lull_socket_shutdown(server, ends[1], LULL_SHUT_RECEIVE);
    events_of(server, ends[1]);
    lull_socket_close(client, ends[0]);
    run_for(LULL_MS(1));
    assert_true(events_of(server, ends[1]) & LULL_EVENT_HANGUP);
    pair_close(&pair);
}

/* [REQ CH-05] */
static void unread_text_survives_its_connection(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND);
    pair_flush(&pair);
    assert_int_equal(send_text(1, "unread"), 6);
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
    assert_int_equal(records(client), 1);
    assert_int_equal(usage_of(client).connections, 0);
    expect_text(0, "unread");
    assert_int_equal(receive_result(0), 0);
    assert_int_equal(usage_of(client).blocks, 0);
    pair_close(&pair);
}

/* [REQ CH-13] [REQ RL-03] */
static void a_reset_is_an_error_and_everything_is_given_back(void **state)
{
    (void)state;
    open_pair(NULL);
    events_of(client, ends[0]);
    pair.faults.loss = 1000;
    assert_int_equal(send_text(0, "in flight"), 9);
    run_for(LULL_MS(1));
    assert_true(usage_of(client).blocks > 0);
    pair.faults.loss = 0;
    lull_socket_abort(server, ends[1]);
    pair_flush(&pair);
    assert_int_equal(usage_of(client).blocks, 0);
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(lull_stack_next_deadline(client), LULL_TIME_NEVER);
    assert_true(events_of(client, ends[0]) & LULL_EVENT_ERROR);
    assert_int_equal(receive_result(0), LULL_ECONNRESET);
    assert_int_equal(receive_result(0), 0);
    pair_close(&pair);
}

/* What is aborted while it waits for its turn must not have one. */
static void an_aborted_connection_loses_its_turn_to_send(void **state)
{
    (void)state;
    open_pair(NULL);
    run_for(LULL_SEC(1));
    unsigned sent = seen[0].segments;
    assert_int_equal(send_text(0, "waits for its turn"), 18);
    lull_socket_abort(client, ends[0]);
    pair_connect(&pair, listener, PORT, ends); /* in the place of the old one */
    assert_int_equal(send_text(0, "first"), 5);
    pair_flush(&pair);
    expect_text(1, "first");
    assert_true(seen[0].segments - sent <= 4); /* the reset, SYN, ACK, text */
    pair_close(&pair);
}

/* [REQ CH-14] */
static void with_a_user_fin_wait_2_lasts(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND);
    run_for(LULL_SEC(1000));
    assert_int_equal(usage_of(client).connections, 1);
    assert_int_equal(records(client), 0);
    assert_int_equal(send_text(1, "late"), 4);
    run_for(LULL_MS(1));
    expect_text(0, "late");
    pair_close(&pair);
}

/* [REQ CH-14] [REQ RL-04] */
static void an_orphan_in_fin_wait_2_shrinks_to_a_record(void **state)
{
    (void)state;
    open_pair(NULL);
    pair.faults.delay = LULL_MS(10);
    lull_socket_close(client, ends[0]);
    assert_int_equal(usage_of(client).connections, 1); /* FIN-WAIT-1 */
    run_for(LULL_MS(100));
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(records(client), 1);
    assert_int_equal(counted(client, LULL_COUNTER_FW2Entered), 1);
    assert_int_equal(counted(client, LULL_COUNTER_TW), 0);
    run_for(LULL_SEC(61));
    assert_int_equal(records(client), 0);
    assert_int_equal(counted(client, LULL_COUNTER_FW2Expired), 1);
    assert_int_equal(counted(client, LULL_COUNTER_TWExpired), 0);
    pair_close(&pair);
}

/* [REQ IR-10] */
static void a_handshake_that_failed_gives_its_record_back(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(1);
    run_for(LULL_SEC(1));
    struct tcp_segment syn = seen[0].segment;
    syn.flags = TCP_SYN;
    syn.options.ts_value += 100000;
    forge(1, &syn);
    assert_true(tcp_record_at(&server->records, 0)->parked);
    pair_flush(&pair); /* the client resets what it did not ask for */
    assert_false(tcp_record_at(&server->records, 0)->parked);
    assert_int_equal(tcp_record_at(&server->records, 0)->reason, LULL_REASON_RESTORED);
    assert_int_equal(usage_of(server).connections, 0);
    pair_close(&pair);
}

/* An attempt over the client's record, which the peer answers with numbers of the old life. */
static lull_socket attempt_over_a_record(lull_socket socket)
{
    struct tcp_segment old = seen[1].segment;

    pair.faults.loss = 1000;
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    pair_flush(&pair);
    old.flags = TCP_SYN | TCP_ACK;
    old.seq = seq_add(old.seq, (uint32_t)-1000);
    old.ack = seq_add(seen[0].segment.seq, 1);
    old.options.ts_echo = seen[0].segment.options.ts_value;
    forge(0, &old);
    return socket;
}

static void open_where_reuse_is_allowed(uint16_t only_port)
{
    struct lull_stack_config config = default_config();

    config.knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    config.knobs.value[LULL_KNOB_ports_ephemeral_first] = only_port;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = only_port;
    open_stage(&config, NULL);
    close_first(0);
    run_for(LULL_SEC(10));
}

/* There is no other port here, so going on ends at once, and says why.  [REQ IR-16] */
static void an_attempt_that_proved_nothing_goes_on_from_another_port(void **state)
{
    (void)state;
    open_where_reuse_is_allowed(50000);
    lull_socket socket = attempt_over_a_record(open_socket(client));
    assert_int_equal(lull_socket_take_error(client, socket), LULL_EADDRNOTAVAIL);
    assert_string_equal(refusal_of(client).rule, "IR-18");
    pair_close(&pair);
}

/* [REQ IR-16] */
static void where_the_user_chose_the_port_the_attempt_is_over(void **state)
{
    (void)state;
    open_where_reuse_is_allowed(50000);
    lull_socket socket = attempt_over_a_record(client_on(50000));
    assert_int_equal(usage_of(client).connections, 0);
    enum lull_error error = lull_socket_take_error(client, socket);
    assert_int_not_equal(error, LULL_OK);
    assert_int_not_equal(error, LULL_EADDRNOTAVAIL);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(news_is_told_once),
        cmocka_unit_test(who_found_the_buffer_full_is_told_of_room),
        cmocka_unit_test(hangup_comes_with_the_end_of_both_directions),
        cmocka_unit_test(unread_text_survives_its_connection),
        cmocka_unit_test(a_reset_is_an_error_and_everything_is_given_back),
        cmocka_unit_test(an_aborted_connection_loses_its_turn_to_send),
        cmocka_unit_test(with_a_user_fin_wait_2_lasts),
        cmocka_unit_test(an_orphan_in_fin_wait_2_shrinks_to_a_record),
        cmocka_unit_test(a_handshake_that_failed_gives_its_record_back),
        cmocka_unit_test(an_attempt_that_proved_nothing_goes_on_from_another_port),
        cmocka_unit_test(where_the_user_chose_the_port_the_attempt_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
