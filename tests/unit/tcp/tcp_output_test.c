/* Which octets go out now (RFC 9293 sections 3.7.4 and 3.8.6). */
#include "tcp/tcp_output.h"
#include "tcp_dsl.h"

/* Nothing is in flight. */
#define IDLE(...) GIVEN(.state = TCP_ESTABLISHED, .una = 200, __VA_ARGS__)
/* A hundred octets are. */
#define BUSY(...) GIVEN(.state = TCP_ESTABLISHED, __VA_ARGS__)

static struct tcp_emission next_burst(struct tcp_conn *c, uint32_t burst)
{
    struct tcp_emission out;
    assert_true(tcp_output_next(&env, c, burst, &out));
    return out;
}

TEST(an_idle_connection_has_nothing_to_say)
{
    struct tcp_conn c = IDLE();
    assert_false(tcp_output_is_wanted(&c));
    SENDS_NOTHING(&c);
}

/* [REQ 9293/MUST-61] */
TEST(text_goes_out_in_full_segments_and_the_last_one_is_pushed)
{
    struct tcp_conn c = IDLE(.unsent = 2500, .facts = TCP_NO_DELAY);
    assert_true(tcp_output_is_wanted(&c));
    SENDS(&c, TCP_ACK, .seq = {200}, .ack = {500}, .len = 1000);
    SENDS(&c, TCP_ACK, .seq = {1200}, .ack = {500}, .len = 1000);
    struct tcp_emission out = SENDS(&c, TCP_ACK | TCP_PSH, .seq = {2200}, .len = 500);
    assert_int_equal(out.text_offset, 2000);
    assert_int_equal(out.segment_bytes, 0);
    assert_int_equal(out.segment.source_port, 4000);
    assert_int_equal(out.segment.destination_port, 80);
    SENDS_NOTHING(&c);
    assert_int_equal(c.snd.nxt.raw, 2700);
    assert_int_equal(COUNTED(TcpOutSegs), 3);
}

/* Nagle's algorithm.  [REQ 9293/SHLD-7] */
TEST(a_small_piece_goes_out_when_nothing_is_in_flight)
{
    struct tcp_conn c = IDLE(.unsent = 10);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
}

TEST(a_small_piece_waits_for_what_is_in_flight)
{
    struct tcp_conn c = BUSY(.unsent = 999);
    assert_false(tcp_output_is_wanted(&c));
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 999);
}

TEST(a_full_segment_waits_for_nothing)
{
    struct tcp_conn c = BUSY(.unsent = 1000);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 1000);
}

TEST(the_small_tail_of_a_long_text_waits)
{
    struct tcp_conn c = IDLE(.unsent = 1010);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {1200});
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {1200}, .len = 10);
}

/* MUST-17: "there must be a way to disable it".  [REQ 9293/MUST-17] */
TEST(a_small_piece_does_not_wait_without_delay)
{
    struct tcp_conn c = BUSY(.unsent = 10, .facts = TCP_NO_DELAY);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
}

TEST(a_small_piece_before_the_fin_does_not_wait)
{
    struct tcp_conn c = BUSY(.unsent = 10);
    tcp_call_shutdown_send(&env, &c);
    SENDS(&c, TCP_FIN | TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
}

/* Silly-window avoidance, section 3.8.6.2.1.  [REQ 9293/MUST-38] */
TEST(half_of_the_largest_window_is_worth_sending)
{
    struct tcp_conn c = IDLE(.unsent = 5000, .snd_wnd = 900);
    c.snd.wnd = 450;
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 450);
}

TEST(less_than_half_of_the_largest_window_is_not)
{
    struct tcp_conn c = IDLE(.unsent = 5000, .snd_wnd = 900);
    c.snd.wnd = 449;
    assert_true(tcp_output_is_stuck(&c));
    SENDS_NOTHING(&c);
}

TEST(half_of_the_largest_window_waits_for_what_is_in_flight)
{
    struct tcp_conn c = BUSY(.unsent = 500, .snd_wnd = 900);
    SENDS_NOTHING(&c);
}

/* Window edges. */
TEST(nothing_goes_beyond_the_peers_window)
{
    struct tcp_conn c = BUSY(.unsent = 5000, .snd_wnd = 2100);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS(&c, TCP_ACK, .seq = {1200}, .len = 1000);
    SENDS_NOTHING(&c);
}

TEST(nothing_goes_beyond_the_congestion_window)
{
    struct tcp_conn c = BUSY(.unsent = 5000, .cwnd = 2099);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS_NOTHING(&c);
}

/* [REQ 9293/MUST-34] [REQ 9293/SHLD-15] */
TEST(a_window_that_shrank_sends_nothing)
{
    struct tcp_conn c = BUSY(.unsent = 5000);
    c.snd.wnd = 50;
    SENDS_NOTHING(&c);
}

TEST(the_fin_needs_room_in_the_window)
{
    struct tcp_conn c = IDLE(.unsent = 1000, .snd_wnd = 1000);
    tcp_call_shutdown_send(&env, &c);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 1000);
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {1200}, .wnd = 1);
    SENDS(&c, TCP_ACK | TCP_FIN, .seq = {1200});
    SENDS_NOTHING(&c);
}

/* RFC 6691, MUST-16: options count against the MSS.  [REQ 9293/MUST-16] */
TEST(options_take_their_bytes_from_the_text)
{
    struct tcp_conn c = IDLE(.unsent = 2000, .facts = TCP_TIMESTAMPS);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 988);
}

TEST(sack_blocks_take_their_bytes_from_the_text)
{
    struct tcp_conn c = IDLE(.unsent = 2000, .facts = TCP_SACK);
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {200}, .len = 10);
    struct tcp_emission out = SENDS(&c, TCP_ACK, .seq = {200}, .len = 964);
    assert_int_equal(out.segment.options.sack_count, 1);
    c = IDLE(.unsent = 2000, .facts = TCP_SACK | TCP_TIMESTAMPS);
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {200}, .len = 10, TS(1, 1));
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 960);
}

/* A device that cuts segments takes several at once. */
TEST(a_burst_is_whole_segments)
{
    struct tcp_conn c = IDLE(.unsent = 5000);
    struct tcp_emission out = next_burst(&c, 2999);
    assert_int_equal(out.text_bytes, 2000);
    assert_int_equal(out.segment_bytes, 1000);
    assert_int_equal(out.segment.flags, TCP_ACK);
    assert_int_equal(c.snd.nxt.raw, 2200);
    out = next_burst(&c, 999);
    assert_int_equal(out.text_bytes, 1000);
    assert_int_equal(out.segment_bytes, 0);
    out = next_burst(&c, 65535);
    assert_int_equal(out.text_bytes, 2000);
    assert_int_equal(out.segment.flags, TCP_ACK | TCP_PSH);
}

TEST(a_burst_may_end_with_a_small_piece_and_the_fin)
{
    struct tcp_conn c = IDLE(.unsent = 2010);
    tcp_call_shutdown_send(&env, &c);
    struct tcp_emission out = next_burst(&c, 65535);
    assert_int_equal(out.text_bytes, 2010);
    assert_int_equal(out.segment.len, 2011);
    assert_int_equal(out.segment.flags, TCP_ACK | TCP_PSH | TCP_FIN);
}

/* SHLD-18: an ACK rides on text.  [REQ 9293/SHLD-18] */
TEST(text_carries_the_ack_that_waited)
{
    struct tcp_conn c = IDLE(.unsent = 10);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .len = 10);
    assert_int_not_equal(c.deadline[TCP_TIMER_DELAYED_ACK], LULL_TIME_NEVER);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .ack = {510}, .len = 10);
    assert_int_equal(c.deadline[TCP_TIMER_DELAYED_ACK], LULL_TIME_NEVER);
    assert_int_equal(c.rcv.acked.raw, 510);
    SENDS_NOTHING(&c);
}

TEST(a_bare_ack_comes_from_snd_nxt)
{
    const uint8_t why[] = {TCP_PENDING_ACK, TCP_PENDING_CHALLENGE_ACK,
                           TCP_PENDING_ACK | TCP_PENDING_CHALLENGE_ACK};
    for (size_t i = 0; i < COUNT_OF(why); i++) {
        struct tcp_conn c = BUSY();
        c.pending = why[i];
        assert_true(tcp_output_is_wanted(&c));
        SENDS(&c, TCP_ACK, .seq = {200}, .ack = {500});
        assert_int_equal(COUNTED(TcpOutSegs), 1);
        SENDS_NOTHING(&c);
    }
}

/* Section 3.8.4: an octet the peer has seen, so that it answers.
 * [REQ 9293/SHLD-12] */
TEST(a_keep_alive_comes_from_below_snd_nxt)
{
    struct tcp_conn c = IDLE();
    c.pending = TCP_PENDING_KEEP_ALIVE;
    SENDS(&c, TCP_ACK, .seq = {199}, .ack = {500});
    assert_int_equal(COUNTED(TCPKeepAlive), 1);
    assert_int_equal(c.snd.nxt.raw, 200);
    SENDS_NOTHING(&c);
}

/* Section 3.8.6.1.  [REQ 9293/MUST-36] */
TEST(a_probe_is_one_octet_past_a_zero_window)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.snd.wnd = 0;
    assert_true(tcp_output_is_stuck(&c));
    SENDS_NOTHING(&c);
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
    assert_int_equal(c.snd.nxt.raw, 201);
    assert_int_equal(COUNTED(TCPWinProbe), 1);
    assert_int_equal(COUNTED(TcpRetransSegs), 0);
    SENDS_NOTHING(&c);
    assert_true(tcp_output_is_stuck(&c));
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
    assert_int_equal(COUNTED(TcpRetransSegs), 1);
    assert_int_equal(c.snd.nxt.raw, 201);
}

TEST(a_lonely_fin_is_its_own_probe)
{
    struct tcp_conn c = IDLE();
    c.snd.wnd = 0;
    tcp_call_shutdown_send(&env, &c);
    assert_true(tcp_output_is_stuck(&c));
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK | TCP_FIN, .seq = {200});
    assert_true(tcp_output_is_stuck(&c));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {201}, .wnd = 0);
    EXPECT(&c, TCP_FIN_WAIT_2, .una = 201);
    assert_false(tcp_output_is_stuck(&c));
}

TEST(the_probe_of_the_last_octet_does_not_carry_the_fin)
{
    struct tcp_conn c = IDLE(.unsent = 1);
    c.snd.wnd = 0;
    tcp_call_shutdown_send(&env, &c);
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 1);
}

/* Section 3.8.6.2.1 (4): after the override timeout a small piece goes anyway. */
TEST(a_probe_of_a_silly_window_fills_it)
{
    struct tcp_conn c = IDLE(.unsent = 50, .snd_wnd = 900);
    c.snd.wnd = 20;
    assert_true(tcp_output_is_stuck(&c));
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 20);
}

TEST(a_probe_that_became_unnecessary_is_forgotten)
{
    struct tcp_conn c = IDLE();
    c.pending = TCP_PENDING_PROBE;
    SENDS_NOTHING(&c);
    assert_int_equal(c.pending, 0);
    c = IDLE(.unsent = 10);
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    SENDS_NOTHING(&c);
}

TEST(nothing_is_stuck_while_an_ack_is_due)
{
    struct tcp_conn c = BUSY(.unsent = 50);
    c.snd.wnd = 0;
    assert_false(tcp_output_is_stuck(&c));
    c = IDLE(.unsent = 50);
    assert_false(tcp_output_is_stuck(&c));
    c = IDLE();
    assert_false(tcp_output_is_stuck(&c));
}

/* What was sent goes again from SND.UNA. */
TEST(a_retransmission_begins_at_una)
{
    struct tcp_conn c = BUSY(.nxt = 1600);
    c.pending = TCP_PENDING_RETRANSMIT;
    SENDS(&c, TCP_ACK, .seq = {100}, .len = 1000);
    SENDS_NOTHING(&c);
    assert_int_equal(c.snd.nxt.raw, 1600);
    assert_int_equal(COUNTED(TcpRetransSegs), 1);
    assert_int_equal(c.retransmits, 1);
}

/* [REQ CH-11] */
TEST(a_retransmitted_fin_keeps_its_number)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1);
    c.pending = TCP_PENDING_RETRANSMIT;
    SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {100}, .len = 99);
    assert_int_equal(c.snd.nxt.raw, 200);
    c = GIVEN(.state = TCP_LAST_ACK, .nxt = 1101);
    c.pending = TCP_PENDING_RETRANSMIT;
    SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {100}, .len = 1000);
    c = GIVEN(.state = TCP_LAST_ACK, .nxt = 1102);
    c.pending = TCP_PENDING_RETRANSMIT;
    SENDS(&c, TCP_ACK, .seq = {100}, .len = 1000);
    assert_int_equal(c.snd.nxt.raw, 1102);
}

TEST(a_retransmission_acknowledged_meanwhile_is_forgotten)
{
    struct tcp_conn c = BUSY();
    c.pending = TCP_PENDING_RETRANSMIT;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    SENDS_NOTHING(&c);
    assert_int_equal(c.pending, 0);
}

TEST(a_closed_connection_sends_nothing)
{
    const enum tcp_state states[] = {TCP_CLOSED, TCP_SYN_SENT, TCP_TIME_WAIT};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        c.pending = TCP_PENDING_ACK;
        SENDS_NOTHING(&c);
    }
}

TEST(text_waits_for_the_handshake)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_RECEIVED, .unsent = 10);
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {101});
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {101}, .len = 10);
}

TEST(a_syn_ack_carries_the_ack_that_waited)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_RECEIVED);
    c.pending = TCP_PENDING_SYN | TCP_PENDING_ACK;
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {500});
    SENDS_NOTHING(&c);
}

TEST(sack_takes_no_bytes_while_there_is_no_gap)
{
    struct tcp_conn c = IDLE(.unsent = 2000, .facts = TCP_SACK);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
}

TEST(a_burst_is_cut_where_its_segments_end)
{
    struct tcp_conn c = IDLE(.unsent = 2000, .facts = TCP_TIMESTAMPS);
    struct tcp_emission out = next_burst(&c, 2000);
    assert_int_equal(out.text_bytes, 1976);
    assert_int_equal(out.segment_bytes, 988);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_connection_has_nothing_to_say),
        cmocka_unit_test(text_goes_out_in_full_segments_and_the_last_one_is_pushed),
        cmocka_unit_test(a_small_piece_goes_out_when_nothing_is_in_flight),
        cmocka_unit_test(a_small_piece_waits_for_what_is_in_flight),
        cmocka_unit_test(a_full_segment_waits_for_nothing),
        cmocka_unit_test(the_small_tail_of_a_long_text_waits),
        cmocka_unit_test(a_small_piece_does_not_wait_without_delay),
        cmocka_unit_test(a_small_piece_before_the_fin_does_not_wait),
        cmocka_unit_test(half_of_the_largest_window_is_worth_sending),
        cmocka_unit_test(less_than_half_of_the_largest_window_is_not),
        cmocka_unit_test(half_of_the_largest_window_waits_for_what_is_in_flight),
        cmocka_unit_test(nothing_goes_beyond_the_peers_window),
        cmocka_unit_test(nothing_goes_beyond_the_congestion_window),
        cmocka_unit_test(a_window_that_shrank_sends_nothing),
        cmocka_unit_test(the_fin_needs_room_in_the_window),
        cmocka_unit_test(options_take_their_bytes_from_the_text),
        cmocka_unit_test(sack_blocks_take_their_bytes_from_the_text),
        cmocka_unit_test(a_burst_is_whole_segments),
        cmocka_unit_test(a_burst_may_end_with_a_small_piece_and_the_fin),
        cmocka_unit_test(text_carries_the_ack_that_waited),
        cmocka_unit_test(a_bare_ack_comes_from_snd_nxt),
        cmocka_unit_test(a_keep_alive_comes_from_below_snd_nxt),
        cmocka_unit_test(a_probe_is_one_octet_past_a_zero_window),
        cmocka_unit_test(a_lonely_fin_is_its_own_probe),
        cmocka_unit_test(the_probe_of_the_last_octet_does_not_carry_the_fin),
        cmocka_unit_test(a_probe_of_a_silly_window_fills_it),
        cmocka_unit_test(a_probe_that_became_unnecessary_is_forgotten),
        cmocka_unit_test(nothing_is_stuck_while_an_ack_is_due),
        cmocka_unit_test(a_retransmission_begins_at_una),
        cmocka_unit_test(a_retransmitted_fin_keeps_its_number),
        cmocka_unit_test(a_retransmission_acknowledged_meanwhile_is_forgotten),
        cmocka_unit_test(a_closed_connection_sends_nothing),
        cmocka_unit_test(text_waits_for_the_handshake),
        cmocka_unit_test(a_syn_ack_carries_the_ack_that_waited),
        cmocka_unit_test(sack_takes_no_bytes_while_there_is_no_gap),
        cmocka_unit_test(a_burst_is_cut_where_its_segments_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
