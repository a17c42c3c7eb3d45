/* Repetitions, gaps, losses, probes. */
#include "lab/infer_dsl.h"

/* SC-05 as it looks from outside. */
static void a_fin_that_comes_again_tells_that_its_acknowledgment_was_lost(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *ack = close_first(1000, 500, 900, 0);
    assert_int_equal(ack->fate, LAB_FATE_UNKNOWN);
    const struct lab_event *fin =
        pass(.from = SERVER, .at = 1400, .flags = FIN_ACK, .seq = 901, .ack = 502);
    assert_int_equal(ack->fate, LAB_FATE_LOST);
    assert_true(ack->inferred & LAB_INFERRED_FATE);
    assert_int_equal(fin->repeats, 5);
    expect_states(fin, "TIME-WAIT", "LAST-ACK");
    expect_said(fin, "after its acknowledgment passed");
    const struct lab_event *again =
        pass(.from = CLIENT, .at = 1450, .flags = ACK, .seq = 502, .ack = 902);
    expect_states(again, "TIME-WAIT", "CLOSED?");
    assert_int_equal(again->side[CLIENT].restarts, 1);
    assert_int_equal(again->side[CLIENT].until, again->at + LULL_SEC(60));
    assert_string_equal(again->rule, "TT-03");
    fin = pass(.from = SERVER, .at = 2250, .flags = FIN_ACK, .seq = 901, .ack = 502);
    assert_int_equal(again->fate, LAB_FATE_LOST);
    assert_int_equal(fin->repeats, 5);
}

static void an_answer_that_the_repetition_may_have_crossed_is_not_blamed(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *ack = close_first(1000, 500, 900, 0);
    const struct lab_event *fin =
        pass(.from = SERVER, .at = 1100, .flags = FIN_ACK, .seq = 901, .ack = 502);
    assert_int_equal(ack->fate, LAB_FATE_UNKNOWN);
    expect_said(fin, "may have crossed");
}

static void a_fin_that_nobody_answers_was_probably_lost(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 1000, .flags = FIN_ACK, .seq = 501, .ack = 901);
    const struct lab_event *again =
        pass(.from = CLIENT, .at = 1300, .flags = FIN_ACK, .seq = 501, .ack = 901);
    assert_int_equal(capture.events[3].fate, LAB_FATE_LOST);
    assert_int_equal(again->repeats, 3);
    assert_int_equal(again->fate, LAB_FATE_UNKNOWN);
    assert_true(again->inferred & LAB_INFERRED_REPETITION);
    expect_state(again, CLIENT, "FIN-WAIT-1");
    pass(.from = SERVER, .at = 1350, .flags = ACK, .seq = 901, .ack = 502);
    assert_int_equal(again->fate, LAB_FATE_ARRIVED);
    assert_int_equal(capture.events[3].fate, LAB_FATE_LOST);
}

static void every_repetition_names_the_first_sending(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 100);
    pass(.from = CLIENT, .at = 201, .flags = ACK, .seq = 601, .ack = 901, .text = 100);
    pass(.from = CLIENT, .at = 500, .flags = ACK, .seq = 501, .ack = 901, .text = 100);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 1100, .flags = ACK, .seq = 551, .ack = 901, .text = 10);
    assert_int_equal(capture.events[5].repeats, 3);
    assert_int_equal(e->repeats, 3);
    assert_int_equal(capture.events[4].repeats, LAB_NONE);
    assert_int_equal(capture.events[4].fate, LAB_FATE_UNKNOWN);
}

/* SC-08 at the server: the repetition comes first, and 20 s later what went round in a loop. */
static void what_has_come_over_many_more_hops_is_no_repetition(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 500, .flags = ACK, .seq = 501, .ack = 901, .text = 100, .hops = 61);
    const struct lab_event *ack =
        pass(.from = SERVER, .at = 550, .flags = ACK, .seq = 901, .ack = 601);
    const struct lab_event *e = pass(.from = CLIENT, .at = 21000, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 100, .hops = 5);
    expect_said(e, "the same numbers passed 20.500 s ago, with 56 hops more left: this one has "
                   "probably gone astray");
    assert_int_equal(e->repeats, LAB_NONE);
    assert_int_equal(ack->fate, LAB_FATE_UNKNOWN);
    e = pass(.from = CLIENT, .at = 22000, .flags = ACK, .seq = 501, .ack = 901, .text = 100,
             .hops = 60); /* the way of the moment is a little longer */
    assert_int_equal(e->repeats, 3);
    assert_int_equal(ack->fate, LAB_FATE_LOST);
}

static void what_is_acknowledged_has_arrived(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 100);
    pass(.from = CLIENT, .at = 201, .flags = ACK, .seq = 601, .ack = 901, .text = 100);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 601);
    assert_int_equal(capture.events[3].fate, LAB_FATE_ARRIVED);
    assert_true(capture.events[3].inferred & LAB_INFERRED_FATE);
    assert_int_equal(capture.events[4].fate, LAB_FATE_UNKNOWN);
    pass(.from = SERVER, .at = 251, .flags = ACK, .seq = 901, .ack = 701);
    assert_int_equal(capture.events[4].fate, LAB_FATE_ARRIVED);
}

static void what_a_sack_tells_of_has_arrived_too(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    for (unsigned i = 0; i < 3; i++)
        pass(.from = CLIENT, .at = 200 + i, .flags = ACK, .seq = 501 + 100 * i, .ack = 901,
             .text = 100);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 501, .sack = {601, 701});
    assert_int_equal(capture.events[3].fate, LAB_FATE_UNKNOWN);
    assert_int_equal(capture.events[4].fate, LAB_FATE_ARRIVED);
    assert_int_equal(capture.events[5].fate, LAB_FATE_UNKNOWN);
    pass(.from = CLIENT, .at = 260, .flags = ACK, .seq = 501, .ack = 901, .text = 100);
    assert_int_equal(capture.events[3].fate, LAB_FATE_LOST);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 270, .flags = ACK, .seq = 601, .ack = 901, .text = 100);
    expect_said(e, "though a SACK had told of it");
}

static void a_gap_is_told_and_who_fills_it_too(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 601, .ack = 901, .text = 100, .id = 9);
    expect_said(e, "numbers 1 to 100 have not passed here");
    e = pass(.from = CLIENT, .at = 500, .flags = ACK, .seq = 501, .ack = 901, .text = 100,
             .id = 10);
    expect_said(e, "fills the gap of t=0.200");
    expect_said(e, "lost before this point");
    assert_true(e->inferred & LAB_INFERRED_REPETITION);
    e = pass(.from = SERVER, .at = 550, .flags = ACK, .seq = 901, .ack = 701);
    assert_int_equal(capture.infer.missed, 0);
    assert_string_equal(e->why, "");
}

static void a_lower_identification_tells_that_it_was_overtaken(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 601, .ack = 901, .text = 100, .id = 50);
    const struct lab_event *e = pass(.from = CLIENT, .at = 201, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 100, .id = 49);
    expect_said(e, "overtaken");
}

static void what_is_acknowledged_and_never_passed_was_missed(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 601, .ack = 901, .text = 100);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 701);
    expect_said(e, "the capture has missed packets");
    assert_int_equal(capture.infer.missed, 1);
    lab_infer_end(&capture.infer);
    assert_string_equal(capture.events[5].what, "flaws of the capture");
}

static void the_number_before_snd_nxt_is_a_keepalive(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 10);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 511);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 60000, .flags = ACK, .seq = 510, .ack = 901);
    assert_string_equal(e->what, "keep-alive");
    assert_int_equal(e->repeats, LAB_NONE);
    e = pass(.from = CLIENT, .at = 61000, .flags = ACK, .seq = 510, .ack = 901, .text = 1);
    assert_string_equal(e->what, "keep-alive");
    e = pass(.from = CLIENT, .at = 61500, .flags = ACK, .seq = 505, .ack = 901, .text = 1);
    assert_string_equal(e->what, "");
    e = pass(.from = CLIENT, .at = 62000, .flags = ACK, .seq = 509, .ack = 901, .text = 2);
    assert_string_equal(e->what, "");
    assert_int_equal(e->repeats, 3);
}

static void an_octet_against_a_closed_window_is_a_probe(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 10);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 511, .wnd = -1);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 500, .flags = ACK, .seq = 511, .ack = 901, .text = 1);
    assert_string_equal(e->what, "window probe");
    e = pass(.from = CLIENT, .at = 900, .flags = ACK, .seq = 511, .ack = 901, .text = 1);
    assert_string_equal(e->what, "window probe");
    assert_int_equal(capture.events[5].fate, LAB_FATE_UNKNOWN);
}

/* SC-08 at the receiver: the first sending was trapped, and its repetition came another way. */
static void a_first_sending_may_pass_after_its_repetition(void **state)
{
    (void)state;
    handshake(0, 500, 900, 100);
    pass(.from = CLIENT, .at = 1200, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .ts = 1200);
    const struct lab_event *ack =
        pass(.from = SERVER, .at = 1250, .flags = ACK, .seq = 901, .ack = 511, .ts = 8250);
    const struct lab_event *e = pass(.from = CLIENT, .at = 22500, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 10, .ts = 200);
    expect_said(e, "a late one: the same numbers passed 21.300 s ago, and were sent after it, as"
                   " the timestamp says");
    assert_int_equal(ack->fate, LAB_FATE_UNKNOWN);
    assert_int_equal(e->repeats, LAB_NONE);
}

static void without_timestamps_the_identification_tells(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 1200, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 90);
    const struct lab_event *e = pass(.from = CLIENT, .at = 22500, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 10, .id = 89);
    expect_said(e, "as the IP identification says");
    assert_int_equal(capture.events[3].fate, LAB_FATE_UNKNOWN);
}

static void equal_acknowledgments_are_no_repetitions(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 501);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 251, .flags = ACK, .seq = 901, .ack = 501);
    assert_int_equal(e->repeats, LAB_NONE);
    assert_int_equal(e->inferred & LAB_INFERRED_REPETITION, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_fin_that_comes_again_tells_that_its_acknowledgment_was_lost,
                               open_capture),
        cmocka_unit_test_setup(an_answer_that_the_repetition_may_have_crossed_is_not_blamed,
                               open_capture),
        cmocka_unit_test_setup(a_fin_that_nobody_answers_was_probably_lost, open_capture),
        cmocka_unit_test_setup(every_repetition_names_the_first_sending, open_capture),
        cmocka_unit_test_setup(what_has_come_over_many_more_hops_is_no_repetition, open_capture),
        cmocka_unit_test_setup(what_is_acknowledged_has_arrived, open_capture),
        cmocka_unit_test_setup(what_a_sack_tells_of_has_arrived_too, open_capture),
        cmocka_unit_test_setup(a_gap_is_told_and_who_fills_it_too, open_capture),
        cmocka_unit_test_setup(a_lower_identification_tells_that_it_was_overtaken, open_capture),
        cmocka_unit_test_setup(what_is_acknowledged_and_never_passed_was_missed, open_capture),
        cmocka_unit_test_setup(the_number_before_snd_nxt_is_a_keepalive, open_capture),
        cmocka_unit_test_setup(an_octet_against_a_closed_window_is_a_probe, open_capture),
        cmocka_unit_test_setup(a_first_sending_may_pass_after_its_repetition, open_capture),
        cmocka_unit_test_setup(without_timestamps_the_identification_tells, open_capture),
        cmocka_unit_test_setup(equal_acknowledgments_are_no_repetitions, open_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
