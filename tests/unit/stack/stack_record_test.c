/* How records come and go. */
#include "stage.h"

/* [REQ CH-05] */
static void the_record_sends_the_ack_that_was_pending(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND); /* so that it is no orphan's record */
    run_for(LULL_MS(1));
    lull_socket_close(server, ends[1]);
    pair_flush(&pair);
    assert_int_equal(usage_of(server).connections, 0); /* LAST-ACK is over */
    assert_int_equal(counted(client, LULL_COUNTER_TW), 1);
    pair_close(&pair);
}

/* [REQ TT-07] [REQ TT-10] */
static void all_that_is_due_ends_at_one_instant(void **state)
{
    (void)state;
    open_pair(NULL);
    for (int i = 0; i < 3; i++) {
        lull_socket_close(client, ends[0]);
        run_for(LULL_MS(1));
        lull_socket_close(server, ends[1]);
        run_for(LULL_MS(1));
        pair_connect(&pair, listener, PORT, ends);
    }
    assert_int_equal(records(client), 3);
    lull_stack_advance(client, pair.now + LULL_SEC(61));
    assert_int_equal(records(client), 0);
    assert_int_equal(counted(client, LULL_COUNTER_TWExpired), 3);
    pair_close(&pair);
}

/* [REQ TT-07] */
static void an_expired_record_leaves_its_tuple(void **state)
{
    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    close_first(0);
    lull_socket again = client_on(port);
    assert_int_equal(connect_to(again, PORT), LULL_EADDRINUSE);
    run_for(LULL_SEC(61));
    assert_int_equal(connect_to(again, PORT), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* The handshake that was to replace the record outlives it.  [REQ IR-10] */
static void a_handshake_whose_record_expired_stands_alone(void **state)
{
    lull_socket accepted;

    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    close_first(1);
    run_for(LULL_MS(58500));
    pair.faults.delay = LULL_MS(1000);
    lull_socket again = client_on(port);
    assert_int_equal(connect_to(again, PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(1200));
    assert_int_equal(records(server), 1); /* parked */
    assert_int_equal(usage_of(server).connections, 1);
    run_for(LULL_SEC(5));
    assert_int_equal(records(server), 0);
    assert_int_equal(counted(server, LULL_COUNTER_TWExpired), 1);
    assert_int_equal(counted(server, LULL_COUNTER_TWRecycled), 0);
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_OK);
    pair_close(&pair);
}

/* [REQ CH-17] */
static void holding_can_be_switched_off(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    config.knobs.value[LULL_KNOB_abort_hold] = 0;
    open_stage(&config, NULL);
    lull_socket_abort(client, ends[0]);
    run_for(LULL_MS(1));
    assert_int_equal(records(client), 0);
    assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), 0);
    pair_close(&pair);
}

/* The handshake over a record is reset: the record that is there already holds the tuple.
 * [REQ CH-17] */
static void a_tuple_is_held_once(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(1);
    run_for(LULL_SEC(10));
    struct tcp_segment syn = seen[0].segment;
    syn.flags = TCP_SYN;
    syn.options.ts_value += 100000;
    pair.faults.loss = 1000;
    forge(1, &syn);
    pair_flush(&pair);
    assert_int_equal(usage_of(server).connections, 1);
    lull_socket_close(server, listener);
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(server).connections, 0);
    assert_int_equal(records(server), 1);
    assert_in_range(record_of(server).timer_left, LULL_MS(59990), LULL_SEC(60));
    pair_close(&pair);
}

/* [REQ RL-10] */
static void strangers_make_room_for_each_other_and_for_nobody_else(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    config.records_max = 8; /* an eighth, and one */
    open_stage(&config, NULL);
    pair.faults.loss = 1000;
    for (uint16_t i = 0; i < 3; i++)
        forge_stranger((uint16_t)(4000 + i), 99, seq_at(1));
    assert_int_equal(records(server), 2);
    assert_int_equal(counted(server, LULL_COUNTER_HoldEvicted), 1);
    pair_close(&pair);

    config.records_max = 1;
    open_stage(&config, NULL);
    close_first(1);
    forge_stranger(4000, 99, seq_at(1));
    assert_int_equal(counted(server, LULL_COUNTER_HoldOverflow), 1);
    assert_int_equal(counted(server, LULL_COUNTER_TWEvicted), 0);
    pair_close(&pair);
}

/* An attempt that met a half-open peer leaves a HOLD, which its socket does not own.
 * [REQ 9293/3.10.5-time-wait] */
static void abort_of_a_socket_whose_tuple_is_held_keeps_the_hold(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    config.knobs.value[LULL_KNOB_tw_abort_deletes] = 1;
    open_stage(&config, NULL);
    pair.faults.loss = 1000;
    lull_socket attempt = client_on(5000);
    assert_int_equal(connect_to(attempt, PORT), LULL_EINPROGRESS);
    struct tcp_segment old = {.source_port = PORT,
                              .destination_port = 5000,
                              .flags = TCP_ACK,
                              .seq = seq_at(1),
                              .ack = seq_at(1)};
    forge(0, &old);
    assert_int_equal(records(client), 1);
    assert_int_equal(lull_socket_abort(client, attempt), LULL_OK);
    assert_int_equal(records(client), 1);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_sends_the_ack_that_was_pending),
        cmocka_unit_test(all_that_is_due_ends_at_one_instant),
        cmocka_unit_test(an_expired_record_leaves_its_tuple),
        cmocka_unit_test(a_handshake_whose_record_expired_stands_alone),
        cmocka_unit_test(holding_can_be_switched_off),
        cmocka_unit_test(a_tuple_is_held_once),
        cmocka_unit_test(strangers_make_room_for_each_other_and_for_nobody_else),
        cmocka_unit_test(abort_of_a_socket_whose_tuple_is_held_keeps_the_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
