/* An answer to our SYN (RFC 9293 section 3.10.7.3).  Our SYN is octet 100. */
#include "tcp_dsl.h"

#define OPENING(...) GIVEN(.state = TCP_SYN_SENT, __VA_ARGS__)

/* First: "if SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset".  [REQ 9293/3.10.7.3-first]
 * [REQ 9293/3.5.2-group-2] */
TEST(ack_beside_our_syn_is_answered_with_a_reset)
{
    const uint32_t wrong[] = {100, 102};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct tcp_conn c = OPENING();
        ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {wrong[i]});
        EXPECT(&c, TCP_SYN_SENT, .una = 100, .reply = TCP_REPLY_RESET);
        assert_int_equal(env.reply.seq.raw, wrong[i]);
    }
}

/* "... unless the RST bit is set". */
TEST(reset_with_an_ack_beside_our_syn_is_dropped)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_RST | TCP_ACK, .seq = {0}, .ack = {102});
    EXPECT(&c, TCP_SYN_SENT);
}

/* It is met by a segment of an older connection: an ACK with text from the middle of it. */
static struct tcp_conn attempt_meets_half_open(enum lull_connect_halfopen how, uint32_t facts)
{
    struct tcp_conn c = OPENING(.facts = facts);
    dsl_settings.knobs.value[LULL_KNOB_connect_halfopen] = how;
    if (facts & TCP_TIMESTAMPS)
        ARRIVE(&c, TCP_ACK, .seq = {7000}, .ack = {90}, .len = 10, TS(55, 0));
    else
        ARRIVE(&c, TCP_ACK, .seq = {7000}, .ack = {90}, .len = 10);
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 90);
    return c;
}

/* [REQ IR-17] */
TEST(a_half_open_peer_ends_the_attempt_where_nothing_keeps_its_segments_out)
{
    struct tcp_conn c = attempt_meets_half_open(LULL_HALFOPEN_HOLD_UNLESS_TS, 0);
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET);
    assert_int_equal(c.error, LULL_ECONNRESET);
    assert_int_equal(c.cause, LULL_CAUSE_HALF_OPEN);
    assert_int_equal(c.snd.nxt.raw, 101); /* above the peer's 90 */
    assert_int_equal(c.rcv.nxt.raw, 7010);
    assert_int_equal(COUNTED(TcpAttemptFails), 1);
}

TEST(a_half_open_peer_is_reset_and_the_attempt_goes_on_where_timestamps_do)
{
    struct tcp_conn c = attempt_meets_half_open(LULL_HALFOPEN_HOLD_UNLESS_TS, TCP_TIMESTAMPS);
    EXPECT(&c, TCP_SYN_SENT, .reply = TCP_REPLY_RESET);
    c = attempt_meets_half_open(LULL_HALFOPEN_RFC9293, 0);
    EXPECT(&c, TCP_SYN_SENT, .reply = TCP_REPLY_RESET);
    c = attempt_meets_half_open(LULL_HALFOPEN_HOLD, TCP_TIMESTAMPS);
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET);
    assert_int_equal(c.ts.recent, 55);
    assert_true(conn_is(&c, TCP_TIMESTAMPS));
}

TEST(the_hold_is_above_what_the_older_connection_has_sent)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_ACK, .seq = {7000}, .ack = {5000});
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET);
    assert_int_equal(c.snd.nxt.raw, 5000);
}

/* Over a record that knew RCV.NXT 7000 and the stamp 50. */
static struct tcp_conn over_a_record(void)
{
    struct tcp_conn c = OPENING(.facts = TCP_TIMESTAMPS | TCP_REPLACES | TCP_REPLACES_STAMPED);
    c.rcv.nxt = seq_at(7000);
    c.ts.recent = 50;
    return c;
}

/* [REQ IR-16] */
TEST(an_answer_that_may_be_old_is_reset)
{
    struct tcp_conn c = over_a_record();
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {6999}, .ack = {101}, TS(50, 0));
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 101);
    assert_int_equal(c.error, LULL_ECONNRESET);
    assert_int_equal(c.cause, LULL_CAUSE_NOT_NEW);
    assert_int_equal(COUNTED(PAWSActive), 1);
    c = over_a_record(); /* the peer's own SYN crossed ours */
    ARRIVE(&c, TCP_SYN, .seq = {6999}, TS(50, 0));
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET_AND_ACK);
    assert_int_equal(env.reply.ack.raw, 7000);
}

TEST(an_answer_that_is_newer_is_taken)
{
    struct tcp_conn c = over_a_record();
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {6999}, .ack = {101}, TS(51, 0));
    EXPECT(&c, TCP_ESTABLISHED, TCP_PENDING_ACK);
    c = over_a_record();
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {7000}, .ack = {101}, TS(50, 0));
    EXPECT(&c, TCP_ESTABLISHED, TCP_PENDING_ACK);
    c = over_a_record();
    dsl_settings.knobs.value[LULL_KNOB_tw_active_strict] = 0;
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {6999}, .ack = {101}, TS(50, 0));
    EXPECT(&c, TCP_ESTABLISHED, TCP_PENDING_ACK);
}

/* Second. */
TEST(reset_with_the_ack_of_our_syn_refuses)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_RST | TCP_ACK, .seq = {0}, .ack = {101});
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(c.error, LULL_ECONNREFUSED);
    assert_int_equal(COUNTED(TcpAttemptFails), 1);
}

TEST(reset_without_an_ack_is_dropped)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_RST, .seq = {0});
    EXPECT(&c, TCP_SYN_SENT);
}

/* Fourth. */
TEST(syn_ack_establishes)
{
    struct tcp_conn c = OPENING();
    c.snd_scale = 3; /* a SYN's window is not scaled: RFC 7323 section 2.2 */
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {101}, .wnd = 5000);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .una = 101, .rcv_nxt = 701,
           .snd_wnd = 5000);
    assert_int_equal(c.rcv.irs.raw, 700);
    assert_int_equal(c.snd.max_wnd, 5000);
    assert_true(conn_is(&c, TCP_NEWS_WRITABLE));
    SENDS(&c, TCP_ACK, .seq = {101}, .ack = {701});
    SENDS_NOTHING(&c);
}

TEST(text_and_fin_on_the_syn_ack_count)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_SYN | TCP_ACK | TCP_FIN, .seq = {700}, .ack = {101}, .len = 5);
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 707);
    expect_readable(&c, 701, 5);
}

TEST(text_queued_before_the_connection_goes_with_the_ack)
{
    struct tcp_conn c = OPENING(.unsent = 10);
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {101});
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {101}, .ack = {701}, .len = 10);
    SENDS_NOTHING(&c);
}

/* RFC 9293 MUST-10, figure 8.  [REQ 9293/MUST-10] */
TEST(syn_without_an_ack_is_a_simultaneous_open)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_SYN, .seq = {700}, .wnd = 5000);
    EXPECT(&c, TCP_SYN_RECEIVED, .pending = TCP_PENDING_SYN, .una = 100, .rcv_nxt = 701,
           .snd_wnd = 5000);
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {701});
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {101});
    EXPECT(&c, TCP_ESTABLISHED, .una = 101, .rcv_nxt = 701);
}

/* Fifth: neither SYN nor RST. */
TEST(anything_else_is_dropped)
{
    struct tcp_conn c = OPENING();
    ARRIVE(&c, TCP_ACK, .seq = {700}, .ack = {101}, .len = 5);
    EXPECT(&c, TCP_SYN_SENT, .una = 100);
    ARRIVE(&c, 0, .seq = {700}, .len = 5);
    EXPECT(&c, TCP_SYN_SENT, .una = 100);
}

TEST(the_round_trip_of_the_syn_is_measured)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    tcp_call_open(&env, &c);
    SENDS(&c, TCP_SYN, .seq = {100});
    dsl_later(LULL_MS(80));
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {101});
    assert_int_equal(c.rtt.srtt_us, 80000);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], LULL_TIME_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ack_beside_our_syn_is_answered_with_a_reset),
        cmocka_unit_test(a_half_open_peer_ends_the_attempt_where_nothing_keeps_its_segments_out),
        cmocka_unit_test(a_half_open_peer_is_reset_and_the_attempt_goes_on_where_timestamps_do),
        cmocka_unit_test(the_hold_is_above_what_the_older_connection_has_sent),
        cmocka_unit_test(an_answer_that_may_be_old_is_reset),
        cmocka_unit_test(an_answer_that_is_newer_is_taken),
        cmocka_unit_test(reset_with_an_ack_beside_our_syn_is_dropped),
        cmocka_unit_test(reset_with_the_ack_of_our_syn_refuses),
        cmocka_unit_test(reset_without_an_ack_is_dropped),
        cmocka_unit_test(syn_ack_establishes),
        cmocka_unit_test(text_and_fin_on_the_syn_ack_count),
        cmocka_unit_test(text_queued_before_the_connection_goes_with_the_ack),
        cmocka_unit_test(syn_without_an_ack_is_a_simultaneous_open),
        cmocka_unit_test(anything_else_is_dropped),
        cmocka_unit_test(the_round_trip_of_the_syn_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
