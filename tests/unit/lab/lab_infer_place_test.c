/* Incarnations of one tuple, and TIME-WAIT between them. */
#include "lab/infer_dsl.h"

static void a_syn_sent_again_begins_nothing(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    const struct lab_event *e = pass(.from = CLIENT, .at = 1000, .flags = TCP_SYN, .seq = 500);
    assert_int_equal(e->incarnation, 1);
    assert_int_equal(e->repeats, 0);
    assert_int_equal(capture.events[0].fate, LAB_FATE_LOST);
    pass(.from = SERVER, .at = 1050, .flags = SYN_ACK, .seq = 900, .ack = 501);
    e = pass(.from = SERVER, .at = 2050, .flags = SYN_ACK, .seq = 900, .ack = 501);
    assert_int_equal(e->repeats, 2);
    pass(.from = CLIENT, .at = 2100, .flags = ACK, .seq = 501, .ack = 901);
    e = pass(.from = CLIENT, .at = 3000, .flags = TCP_SYN, .seq = 500); /* it had wandered */
    assert_int_equal(e->incarnation, 1);
    expect_state(e, CLIENT, "ESTABLISHED");
    assert_int_equal(capture.story.conversations[0].incarnations, 1);
}

static void a_syn_with_another_isn_begins_the_next_incarnation(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 90000, .flags = TCP_SYN, .seq = 70500);
    assert_int_equal(e->incarnation, 2);
    assert_true(e->inferred & LAB_INFERRED_INCARNATION);
    expect_said(e, "ISN 70500, that of #1 was 500; its last segment passed 88.930 s ago");
    e = pass(.from = SERVER, .at = 90050, .flags = SYN_ACK, .seq = 66000, .ack = 70501);
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
    assert_int_equal(e->incarnation, 2);
    assert_int_equal(e->side[CLIENT].incarnation, 2);
    assert_int_equal(capture.story.conversations[0].incarnations, 2);
}

static void the_syn_of_an_incarnation_that_is_over_begins_nothing(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 2000, .flags = TCP_SYN, .seq = 500);
    assert_int_equal(e->incarnation, 1);
    assert_int_equal(e->kind, LAB_ARRIVAL);
    assert_int_equal(e->of, 0);
    expect_states(e, "TIME-WAIT", "CLOSED?");
    expect_said(e, "taken for an old one");
    assert_int_equal(capture.story.conversations[0].incarnations, 1);
}

static void but_with_a_later_timestamp_it_does(void **state)
{
    (void)state;
    handshake(0, 500, 900, 100);
    close_first(1000, 500, 900, 1000);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 2000, .flags = TCP_SYN, .seq = 500, .ts = 2000);
    assert_int_equal(e->incarnation, 2);
    expect_said(e, "TSval 2000 > 1070");
}

static void and_so_it_does_when_all_of_the_old_one_is_dead(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 62000, .flags = TCP_SYN, .seq = 500);
    assert_int_equal(e->incarnation, 2);
    expect_said(e, "is dead after 60.930 s");
}

static void and_so_it_does_when_another_isn_answers(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    close_first(1000, 500, 900, 0);
    const struct lab_event *syn = pass(.from = CLIENT, .at = 2000, .flags = TCP_SYN, .seq = 500);
    assert_int_equal(syn->incarnation, 1);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 2050, .flags = SYN_ACK, .seq = 66000, .ack = 501);
    assert_int_equal(e->incarnation, 2);
    assert_int_equal(syn->incarnation, 2);
    assert_int_equal(syn->kind, LAB_SEGMENT);
    assert_int_equal(syn->party, capture.story.conversations[0].party[CLIENT]);
    expect_said(syn, "answered with another ISN");
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
    assert_int_equal(syn->fate, LAB_FATE_ARRIVED);
}

static void an_answer_alone_begins_one_too(void **state)
{
    (void)state;
    const struct lab_event *e = pass(.from = SERVER, .flags = SYN_ACK, .seq = 900, .ack = 501);
    assert_int_equal(e->incarnation, 1);
    expect_said(e, "the SYN did not pass here");
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
}

static void an_old_segment_in_a_newer_incarnation_is_known_by_its_numbers(void **state)
{
    (void)state;
    handshake(0, 5000, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 5001, .ack = 901, .text = 10, .id = 500);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 5011);
    close_first(1000, 5010, 900, 0);
    handshake(90000, 70500, 66000, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 91000, .flags = ACK, .seq = 5001,
                                     .ack = 901, .text = 10, .id = 500);
    assert_int_equal(e->kind, LAB_ARRIVAL);
    assert_int_equal(e->incarnation, 1);
    assert_int_equal(e->of, 3);
    assert_int_equal(e->party, capture.story.conversations[0].party[SERVER]);
    expect_said(e, "its numbers are those of #1, and #2 stands here now; it passed before, 90.800");
    assert_int_equal(e->side[SERVER].incarnation, 2);
    assert_null(strstr(e->why, "taken for new"));
    e = pass(.from = CLIENT, .at = 91001, .flags = FIN_ACK, .seq = 5011, .ack = 901, .id = 501);
    assert_int_equal(e->incarnation, 1);
    expect_states(e, "ESTABLISHED", "ESTABLISHED?");
}

/* SC-09: the numbers of the new incarnation cover those of the old one, and timestamps tell them
 * apart. */
static void in_whose_window_it_lies_it_may_be_taken_for_new(void **state)
{
    (void)state;
    handshake(0, 5000, 900, 100);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 5001, .ack = 901, .text = 10, .ts = 200);
    close_first(1000, 5010, 900, 1000);
    handshake(90000, 4900, 890, 90000);
    const struct lab_event *e = pass(.from = CLIENT, .at = 91000, .flags = ACK, .seq = 5001,
                                     .ack = 901, .text = 10, .ts = 200);
    assert_int_equal(e->incarnation, 1);
    expect_said(e, "in whose window they lie: it may be taken for new");
    e = pass(.from = CLIENT, .at = 91001, .flags = ACK, .seq = 4901, .ack = 891, .text = 10,
             .ts = 91000);
    assert_int_equal(e->incarnation, 2);
}

/* SC-09 at the server, which refuses the SYN: the old number fits the attempt, and nothing that it
 * acknowledges was said in it. */
static void an_attempt_without_an_answer_acknowledges_nothing(void **state)
{
    (void)state;
    handshake(0, 5000, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 5001, .ack = 901, .text = 10);
    pass(.from = SERVER, .at = 250, .flags = FIN_ACK, .seq = 901, .ack = 5011);
    pass(.from = CLIENT, .at = 300, .flags = FIN_ACK, .seq = 5011, .ack = 902);
    pass(.from = SERVER, .at = 350, .flags = ACK, .seq = 902, .ack = 5012);
    pass(.from = CLIENT, .at = 5000, .flags = TCP_SYN, .seq = 4000);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 22000, .flags = ACK, .seq = 5001, .ack = 901, .text = 10);
    assert_int_equal(e->incarnation, 1);
    expect_state(e, CLIENT, "SYN-SENT");
    e = pass(.from = CLIENT, .at = 22100, .flags = ACK, .seq = 4001, .ack = 77000);
    assert_int_equal(e->incarnation, 2); /* the capture has missed the answer */
}

static void a_syn_accepted_in_time_wait_names_the_rule(void **state)
{
    (void)state;
    handshake(0, 500, 900, 100);
    pass(.from = SERVER, .at = 200, .flags = FIN_ACK, .seq = 901, .ack = 501, .ts = 7200);
    pass(.from = CLIENT, .at = 210, .flags = FIN_ACK, .seq = 501, .ack = 902, .ts = 210);
    pass(.from = SERVER, .at = 260, .flags = ACK, .seq = 902, .ack = 502, .ts = 7260);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 2000, .flags = TCP_SYN, .seq = 100, .ts = 2000);
    expect_said(e, "10.0.0.2 may be in TIME-WAIT for 58.260 s");
    expect_states(e, "SYN-SENT", "TIME-WAIT");
    e = pass(.from = SERVER, .at = 2050, .flags = SYN_ACK, .seq = 66000, .ack = 101, .ts = 9050);
    assert_string_equal(e->rule, "IR-01");
    expect_said(e, "accepted, as RFC 6191 says: TSval 2000 > 210");
}

/* Server first, so that it waits; then the client asks. */
static const struct lab_event *ask(uint32_t isn, uint32_t ts, uint32_t syn_ts)
{
    handshake(0, 500, 900, ts);
    pass(.from = SERVER, .at = 200, .flags = FIN_ACK, .seq = 901, .ack = 501);
    pass(.from = CLIENT, .at = 210, .flags = FIN_ACK, .seq = 501, .ack = 902);
    pass(.from = SERVER, .at = 260, .flags = ACK, .seq = 902, .ack = 502);
    return pass(.from = CLIENT, .at = 2000, .flags = TCP_SYN, .seq = isn, .ts = syn_ts);
}

static void a_syn_answered_by_an_ack_looks_refused(void **state)
{
    (void)state;
    ask(100, 0, 0);
    const struct lab_event *ack =
        pass(.from = SERVER, .at = 2050, .flags = ACK, .seq = 902, .ack = 502);
    assert_int_equal(ack->incarnation, 1);
    const struct lab_event *e = ack + 1;
    assert_int_equal(e->kind, LAB_REFUSAL);
    assert_string_equal(e->rule, "IR-06");
    assert_int_equal(e->of, 6);
    expect_said(e, "10.0.0.2 may keep #1 in TIME-WAIT: ISN 100 < 502, which RFC 6191 does not");
    pass(.from = SERVER, .at = 2060, .flags = ACK, .seq = 902, .ack = 502);
    assert_int_equal(capture.story.event_count, 10);
}

static void a_syn_without_an_answer_does_too_after_a_second(void **state)
{
    (void)state;
    ask(100, 0, 0);
    pass(.from = CLIENT, .at = 3000, .flags = TCP_SYN, .seq = 100);
    assert_int_equal(capture.events[8].kind, LAB_REFUSAL);
    assert_string_equal(capture.events[8].what, "SYN without an answer");
    pass(.from = CLIENT, .at = 5000, .flags = TCP_SYN, .seq = 100);
    lab_infer_end(&capture.infer);
    assert_int_equal(capture.story.event_count, 10);
}

static void but_not_before(void **state)
{
    (void)state;
    ask(100, 0, 0);
    pass(.from = CLIENT, .at = 2999, .flags = TCP_SYN, .seq = 100);
    assert_int_equal(capture.story.event_count, 8);
}

static void an_answer_to_no_syn_is_said_to_be_one(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 50, .flags = SYN_ACK, .seq = 900, .ack = 777);
    assert_int_equal(e->incarnation, 1);
    expect_said(e, "acknowledges no SYN that was seen");
    expect_state(e, CLIENT, "SYN-SENT");
}

static void also_when_the_capture_ends_there(void **state)
{
    (void)state;
    ask(100, 0, 0);
    pass(.from = CLIENT, .at = 2999, .flags = TCP_SYN, .seq = 7, .port = 99);
    lab_infer_end(&capture.infer);
    assert_int_equal(capture.story.event_count, 8);
    pass(.from = CLIENT, .at = 3001, .flags = TCP_SYN, .seq = 7, .port = 98);
    lab_infer_end(&capture.infer);
    assert_int_equal(capture.story.event_count, 10);
    assert_int_equal(capture.events[9].kind, LAB_REFUSAL);
}

static void expect_rule(const char *rule, const char *words)
{
    pass(.from = SERVER, .at = 2050, .flags = ACK, .seq = 902, .ack = 502);
    assert_string_equal(capture.events[8].rule, rule);
    expect_said(&capture.events[8], words);
}

static void the_rule_of_a_refusal_is_that_of_rfc_6191(void **state)
{
    ask(502, 0, 0);
    expect_rule("IR-06", "ISN 502 >= 502, which RFC 6191 accepts");
    open_capture(state);
    ask(100, 0, 3000);
    expect_rule("IR-05", "accepts");
    open_capture(state);
    ask(100, 5000, 0);
    expect_rule("IR-04", "ISN 100 < 502, which RFC 6191 does not accept");
    open_capture(state);
    ask(100, 5000, 5099);
    expect_rule("IR-03", "TSval 5099 < 5100, which RFC 6191 does not accept");
    open_capture(state);
    ask(100, 5000, 5100);
    expect_rule("IR-03", "ISN 100 < 502");
    open_capture(state);
    ask(502, 5000, 5100);
    expect_rule("IR-02", "ISN 502 >= 502, which RFC 6191 accepts");
    open_capture(state);
    ask(100, 5000, 5101);
    expect_rule("IR-01", "TSval 5101 > 5100, which RFC 6191 accepts");
}

static void more_incarnations_than_are_remembered_go_on_counting(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        pass(.from = CLIENT, .at = i, .flags = TCP_SYN, .seq = 1000 * i);
    assert_int_equal(capture.story.conversations[0].incarnations, 20);
    assert_int_equal(capture.events[19].incarnation, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_syn_sent_again_begins_nothing, open_capture),
        cmocka_unit_test_setup(a_syn_with_another_isn_begins_the_next_incarnation, open_capture),
        cmocka_unit_test_setup(the_syn_of_an_incarnation_that_is_over_begins_nothing, open_capture),
        cmocka_unit_test_setup(but_with_a_later_timestamp_it_does, open_capture),
        cmocka_unit_test_setup(and_so_it_does_when_all_of_the_old_one_is_dead, open_capture),
        cmocka_unit_test_setup(and_so_it_does_when_another_isn_answers, open_capture),
        cmocka_unit_test_setup(an_answer_alone_begins_one_too, open_capture),
        cmocka_unit_test_setup(an_old_segment_in_a_newer_incarnation_is_known_by_its_numbers,
                               open_capture),
        cmocka_unit_test_setup(in_whose_window_it_lies_it_may_be_taken_for_new, open_capture),
        cmocka_unit_test_setup(an_attempt_without_an_answer_acknowledges_nothing, open_capture),
        cmocka_unit_test_setup(a_syn_accepted_in_time_wait_names_the_rule, open_capture),
        cmocka_unit_test_setup(a_syn_answered_by_an_ack_looks_refused, open_capture),
        cmocka_unit_test_setup(a_syn_without_an_answer_does_too_after_a_second, open_capture),
        cmocka_unit_test_setup(but_not_before, open_capture),
        cmocka_unit_test_setup(an_answer_to_no_syn_is_said_to_be_one, open_capture),
        cmocka_unit_test_setup(also_when_the_capture_ends_there, open_capture),
        cmocka_unit_test_setup(the_rule_of_a_refusal_is_that_of_rfc_6191, open_capture),
        cmocka_unit_test_setup(more_incarnations_than_are_remembered_go_on_counting, open_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
