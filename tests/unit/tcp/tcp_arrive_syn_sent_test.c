/* An answer to our SYN (RFC 9293 section 3.10.7.3).  Our SYN is octet 100. */
#include "tcp_dsl.h"

#define OPENING(...) GIVEN(.state = TCP_SYN_SENT, __VA_ARGS__)

/* First: "if SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset".  [REQ 9293/3.10.7.3-first] */
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
