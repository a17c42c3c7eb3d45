/* States, TIME-WAIT and resets. */
#include "lab/infer_dsl.h"

static void what_is_sent_proves_and_what_passes_makes_possible(void **state)
{
    (void)state;
    const struct lab_event *e = pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    expect_states(e, "SYN-SENT", "nobody knows");
    e = pass(.from = SERVER, .at = 50, .flags = SYN_ACK, .seq = 900, .ack = 501);
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
    e = pass(.from = CLIENT, .at = 100, .flags = ACK, .seq = 501, .ack = 901);
    expect_states(e, "ESTABLISHED", "ESTABLISHED?");
    e = pass(.from = SERVER, .at = 150, .flags = ACK, .seq = 901, .ack = 501, .text = 5);
    expect_states(e, "ESTABLISHED", "ESTABLISHED");
}

static void who_closes_first_ends_in_time_wait(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e = close_first(1000, 500, 900, 0);
    expect_states(&capture.events[3], "FIN-WAIT-1", "CLOSE-WAIT?");
    expect_said(&capture.events[3], "10.0.0.1 closes first");
    expect_states(&capture.events[4], "FIN-WAIT-2?", "CLOSE-WAIT");
    expect_states(&capture.events[5], "TIME-WAIT?", "LAST-ACK");
    expect_states(e, "TIME-WAIT", "CLOSED?");
    assert_string_equal(e->rule, "TT-01");
    assert_int_equal(e->side[CLIENT].timer, LULL_TIMER_TIMEWAIT);
    assert_int_equal(e->side[CLIENT].until, e->at + LULL_SEC(60));
    assert_true(e->inferred & LAB_INFERRED_TIMER);
    assert_int_equal(e->side[SERVER].incarnation, 0);
    expect_said(e, "2 MSL, 60.000 s assumed");
}

static void the_server_too_when_it_closes_first(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = SERVER, .at = 200, .flags = FIN_ACK, .seq = 901, .ack = 501);
    pass(.from = CLIENT, .at = 210, .flags = FIN_ACK, .seq = 501, .ack = 902);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 260, .flags = ACK, .seq = 902, .ack = 502);
    expect_states(&capture.events[4], "LAST-ACK", "TIME-WAIT?");
    expect_states(e, "CLOSED?", "TIME-WAIT");
}

static void fins_that_cross_bring_both_ends_through_closing(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = FIN_ACK, .seq = 501, .ack = 901);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 205, .flags = FIN_ACK, .seq = 901, .ack = 501);
    expect_states(e, "CLOSING?", "FIN-WAIT-1");
    expect_said(e, "they cross");
    e = pass(.from = CLIENT, .at = 210, .flags = ACK, .seq = 502, .ack = 902);
    expect_state(e, CLIENT, "CLOSING");
    e = pass(.from = SERVER, .at = 215, .flags = ACK, .seq = 902, .ack = 502);
    expect_state(e, CLIENT, "TIME-WAIT?");
    expect_state(e, SERVER, "TIME-WAIT?");
}

static void both_ends_may_open_at_once(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    const struct lab_event *e = pass(.from = SERVER, .at = 10, .flags = TCP_SYN, .seq = 900);
    assert_int_equal(e->incarnation, 1);
    expect_states(e, "SYN-RECEIVED?", "SYN-SENT");
    expect_said(e, "both ends open at once");
    e = pass(.from = CLIENT, .at = 20, .flags = SYN_ACK, .seq = 500, .ack = 901);
    expect_state(e, CLIENT, "SYN-RECEIVED");
    assert_int_equal(e->repeats, 0);
    e = pass(.from = SERVER, .at = 30, .flags = SYN_ACK, .seq = 900, .ack = 501);
    expect_state(e, CLIENT, "ESTABLISHED?");
    assert_int_equal(capture.story.conversations[0].incarnations, 1);
}

static void the_wait_has_an_end_of_its_own_within_the_capture(void **state)
{
    (void)state;
    capture.story.msl = LULL_SEC(3);
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    pass(.from = CLIENT, .at = 9000, .flags = TCP_SYN, .seq = 7, .port = 99);
    const struct lab_event *e = &capture.events[7];
    assert_int_equal(e->kind, LAB_RECORD);
    assert_int_equal(e->at, START + LULL_MS(1070) + LULL_SEC(6));
    assert_true(e->inferred & LAB_INFERRED_TIMER);
    expect_states(e, "CLOSED?", "CLOSED?");
    assert_int_equal(capture.events[8].kind, LAB_SEGMENT);
}

static void a_wait_that_outlasts_the_capture_has_none(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    lab_infer_end(&capture.infer);
    assert_int_equal(capture.story.event_count, 7);
}

static void a_fin_behind_a_gap_changes_nothing_at_its_receiver(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 200, .flags = FIN_ACK, .seq = 511, .ack = 901);
    expect_states(e, "FIN-WAIT-1", "ESTABLISHED?");
}

static void a_reset_at_rcv_nxt_ends_both_sides(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 200, .flags = TCP_RST, .seq = 501);
    expect_states(e, "CLOSED", "CLOSED?");
    expect_said(e, "at RCV.NXT");
}

static void a_reset_elsewhere_may_be_challenged(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 200, .flags = TCP_RST, .seq = 700);
    expect_states(e, "CLOSED", "ESTABLISHED?");
    assert_string_equal(e->rule, "RFC 5961 3.2");
    e = pass(.from = CLIENT, .at = 300, .flags = ACK, .seq = 501, .ack = 901, .text = 10);
    assert_int_equal(e->repeats, LAB_NONE);
    assert_string_equal(e->why, "");
}

static void a_reset_for_the_syn_refuses_it(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 10, .flags = TCP_RST | ACK, .seq = 0, .ack = 501);
    expect_states(e, "CLOSED?", "CLOSED");
    expect_said(e, "refused");
    pass(.from = CLIENT, .at = 20, .flags = TCP_SYN, .seq = 800);
    e = pass(.from = SERVER, .at = 30, .flags = TCP_RST | ACK, .seq = 0, .ack = 5);
    expect_state(e, CLIENT, "SYN-SENT");
}

static void a_reset_in_time_wait_has_two_readings(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    const struct lab_event *e = pass(.from = SERVER, .at = 2000, .flags = TCP_RST, .seq = 902);
    expect_states(e, "TIME-WAIT?", "CLOSED");
    expect_said(e, "RFC 1337 ignores");
}

/* The client was started again, and its old connection still stands at the server. */
static void a_syn_may_meet_a_half_open_connection(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = SERVER, .at = 150, .flags = ACK, .seq = 901, .ack = 501, .text = 5);
    const struct lab_event *e = pass(.from = CLIENT, .at = 5000, .flags = TCP_SYN, .seq = 70000);
    assert_int_equal(e->incarnation, 2);
    expect_states(e, "SYN-SENT", "ESTABLISHED");
    assert_int_equal(e->side[SERVER].incarnation, 1);
    expect_said(e, "#1 was not seen to end at 10.0.0.2");
    e = pass(.from = SERVER, .at = 5050, .flags = ACK, .seq = 906, .ack = 501);
    assert_int_equal(e->incarnation, 1);
    expect_states(e, "SYN-SENT", "ESTABLISHED");
    expect_said(e, "out of the older incarnation");
    e = pass(.from = CLIENT, .at = 5100, .flags = TCP_RST, .seq = 501);
    assert_int_equal(e->incarnation, 1);
    expect_states(e, "SYN-SENT", "CLOSED?");
    e = pass(.from = CLIENT, .at = 6000, .flags = TCP_SYN, .seq = 70000);
    assert_int_equal(e->incarnation, 2);
    e = pass(.from = SERVER, .at = 6050, .flags = SYN_ACK, .seq = 3000, .ack = 70001);
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
    assert_int_equal(e->side[SERVER].incarnation, 2);
}

/* The new ISN lies just below the old numbers, so that the reset's would fit both. */
static void a_reset_from_a_new_attempt_meets_the_old_end(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = SERVER, .at = 150, .flags = ACK, .seq = 901, .ack = 501, .text = 5);
    pass(.from = CLIENT, .at = 5000, .flags = TCP_SYN, .seq = 400);
    pass(.from = SERVER, .at = 5050, .flags = ACK, .seq = 906, .ack = 501);
    const struct lab_event *e = pass(.from = CLIENT, .at = 5100, .flags = TCP_RST, .seq = 501);
    assert_int_equal(e->incarnation, 1);
    expect_states(e, "SYN-SENT", "CLOSED?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_sent_proves_and_what_passes_makes_possible, open_capture),
        cmocka_unit_test_setup(who_closes_first_ends_in_time_wait, open_capture),
        cmocka_unit_test_setup(the_server_too_when_it_closes_first, open_capture),
        cmocka_unit_test_setup(fins_that_cross_bring_both_ends_through_closing, open_capture),
        cmocka_unit_test_setup(both_ends_may_open_at_once, open_capture),
        cmocka_unit_test_setup(the_wait_has_an_end_of_its_own_within_the_capture, open_capture),
        cmocka_unit_test_setup(a_wait_that_outlasts_the_capture_has_none, open_capture),
        cmocka_unit_test_setup(a_fin_behind_a_gap_changes_nothing_at_its_receiver, open_capture),
        cmocka_unit_test_setup(a_reset_at_rcv_nxt_ends_both_sides, open_capture),
        cmocka_unit_test_setup(a_reset_elsewhere_may_be_challenged, open_capture),
        cmocka_unit_test_setup(a_reset_for_the_syn_refuses_it, open_capture),
        cmocka_unit_test_setup(a_reset_in_time_wait_has_two_readings, open_capture),
        cmocka_unit_test_setup(a_reset_from_a_new_attempt_meets_the_old_end, open_capture),
        cmocka_unit_test_setup(a_syn_may_meet_a_half_open_connection, open_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
