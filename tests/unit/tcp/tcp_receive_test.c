/* Steps seven and eight: segment text and FIN (RFC 9293 section 3.10.7.4), and the timestamps
 * that are looked at before step one. */
#include "tcp_dsl.h"

/* Seventh: "deliver segment text to user buffers".  [REQ 9293/SHLD-18] */
TEST(text_in_order_is_readable_and_acknowledged_later)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .rcv_nxt = 510);
    expect_readable(&c, 500, 10);
    assert_int_equal(c.rcv.wnd, 990);
    assert_true(conn_is(&c, TCP_NEWS_READABLE));
    assert_int_equal(c.deadline[TCP_TIMER_DELAYED_ACK], env.now + LULL_MS(40));
}

TEST(text_is_taken_in_every_state_before_the_peers_fin)
{
    const enum tcp_state states[] = {TCP_ESTABLISHED, TCP_FIN_WAIT_1, TCP_FIN_WAIT_2};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {c.snd.una.raw}, .len = 10);
        EXPECT(&c, states[i], .rcv_nxt = 510);
        expect_readable(&c, 500, 10);
    }
}

/* [REQ 9293/3.10.7.4-seventh] */
TEST(text_after_the_peers_fin_is_acknowledged_and_ignored)
{
    const enum tcp_state states[] = {TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
        EXPECT(&c, states[i], .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
        expect_readable(&c, 500, 0);
    }
}

/* RFC 9293 MUST-58, SHLD-19.  [REQ 9293/SHLD-19] [REQ 9293/MUST-58] */
TEST(every_second_full_segment_is_acknowledged_at_once)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 4000);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 1000);
    EXPECT(&c, TCP_ESTABLISHED, .rcv_nxt = 1500);
    ARRIVE(&c, TCP_ACK, .seq = {1500}, .ack = {100}, .len = 999);
    EXPECT(&c, TCP_ESTABLISHED, .rcv_nxt = 2499);
    ARRIVE(&c, TCP_ACK, .seq = {2499}, .ack = {100}, .len = 1);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 2500);
}

/* The timer of the first unacknowledged octet is the one that counts. */
TEST(later_text_does_not_put_off_the_ack)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    lull_time due = c.deadline[TCP_TIMER_DELAYED_ACK];
    dsl_later(LULL_MS(10));
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {100}, .len = 10);
    assert_int_equal(c.deadline[TCP_TIMER_DELAYED_ACK], due);
}

TEST(text_already_read_is_cut_off_in_front)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    ARRIVE(&c, TCP_ACK, .seq = {505}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 515);
    expect_readable(&c, 500, 15);
}

TEST(text_beyond_the_window_is_cut_off_behind)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 8);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 508);
    expect_readable(&c, 500, 8);
    assert_int_equal(c.rcv.wnd, 0);
}

TEST(text_past_a_gap_beyond_the_window_is_cut_off_behind)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 12);
    ARRIVE(&c, TCP_ACK, .seq = {505}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 5);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 512);
    expect_readable(&c, 500, 12);
    assert_int_equal(c.rcv.wnd, 0);
}

/* RFC 9293 SHLD-31; RFC 5681 section 4.2: both the gap and its end are told at once.
 * [REQ 9293/SHLD-31] [REQ 5681/4.2] */
TEST(text_past_a_gap_is_kept_and_the_gap_is_told)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
    expect_readable(&c, 500, 0);
    assert_int_equal(COUNTED(TCPOFOQueue), 1);
    c.pending = 0;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 520);
    expect_readable(&c, 500, 20);
    assert_int_equal(c.rcv.wnd, 980);
}

TEST(an_empty_pool_drops_text_that_was_not_acknowledged)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .nxt = 100);
    while (block_pool_take(env.blocks) != BLOCK_NONE)
        continue;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    assert_int_equal(c.rcv.nxt.raw, 500);
    assert_int_equal(c.rcv.wnd, 1000);
    assert_int_equal(COUNTED(TCPRcvQDrop), 1);
    assert_int_equal(COUNTED(TCPMemoryPressures), 1);
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {100}, .len = 10);
    assert_int_equal(COUNTED(TCPOFODrop), 1);
}

TEST(text_for_a_reader_who_is_gone_is_acknowledged_and_dropped)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .facts = TCP_RECEIVE_SHUT);
    ARRIVE(&c, TCP_ACK, .seq = {510}, .ack = {100}, .len = 10);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 510);
    expect_readable(&c, 500, 0);
}

/* Sixth: urgent data is ordinary text (RFC 6093 section 6).  [REQ 6093/6]
 * [REQ 9293/3.10.7.4-sixth] */
TEST(urgent_text_is_read_in_its_place)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK | TCP_URG, .seq = {500}, .ack = {100}, .len = 10, .urgent = 5);
    EXPECT(&c, TCP_ESTABLISHED, .rcv_nxt = 510);
    expect_readable(&c, 500, 10);
}

/* Text for an orphan.  [REQ CH-16] */
TEST(new_text_for_an_orphan_resets)
{
    const enum tcp_state states[] = {TCP_FIN_WAIT_1, TCP_FIN_WAIT_2};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i], .facts = TCP_ORPHAN);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .len = 1);
        EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET, .rcv_nxt = 500);
        assert_int_equal(env.reply.seq.raw, 200);
        assert_int_equal(COUNTED(TCPAbortOnData), 1);
    }
}

/* Fifth before seventh: an ACK of what we never sent comes from somebody who guesses, and his text
 * ends nothing.  [REQ CH-16] [REQ 9293/3.10.7.4-fifth] */
TEST(text_for_an_orphan_with_an_impossible_ack_is_challenged)
{
    const struct {
        uint32_t ack, wnd;
        bool believed;
    } rows[] = {{201, 100, false}, {200, 100, true}, {101, 99, true}, {99, 0, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1, .facts = TCP_ORPHAN);
        c.snd.max_wnd = rows[i].wnd;
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {rows[i].ack}, .len = 1);
        if (rows[i].believed)
            EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET, .rcv_nxt = 500);
        else
            EXPECT(&c, TCP_FIN_WAIT_1, .pending = TCP_PENDING_CHALLENGE_ACK, .rcv_nxt = 500);
    }
}

/* [REQ CH-16] */
TEST(old_text_for_an_orphan_is_only_answered)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2, .facts = TCP_ORPHAN);
    ARRIVE(&c, TCP_ACK, .seq = {499}, .ack = {200}, .len = 1);
    EXPECT(&c, TCP_FIN_WAIT_2, .pending = TCP_PENDING_ACK);
}

/* [REQ CH-16] [REQ CH-04] */
TEST(the_fin_an_orphan_waits_for_does_not_reset)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2, .facts = TCP_ORPHAN);
    ARRIVE(&c, TCP_ACK | TCP_FIN, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_TIME_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 501);
}

/* The FIN that was waited for comes with text that was read before the close.  [REQ CH-16] */
TEST(a_new_fin_behind_old_text_does_not_reset_an_orphan)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2, .facts = TCP_ORPHAN);
    ARRIVE(&c, TCP_ACK | TCP_FIN, .seq = {490}, .ack = {200}, .len = 10);
    EXPECT(&c, TCP_TIME_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 501);
}

TEST(the_reset_of_an_orphan_has_the_number_its_peer_expects)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2, .facts = TCP_ORPHAN);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 1);
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 150);
}

/* Eighth, each state.  [REQ CH-09] [REQ 9293/3.10.7.4-eighth] */
TEST(fin_in_established_enters_close_wait_and_ends_the_text)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    assert_false(tcp_call_at_end(&c));
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 511);
    expect_readable(&c, 500, 10);
    assert_true(tcp_call_at_end(&c));
    assert_true(conn_is(&c, TCP_NEWS_READABLE));
    assert_int_equal(c.rcv.wnd, 989);
}

/* RFC 9293 section 3.10.7.4: the FIN of a segment that fits but for it is processed. */
TEST(fin_behind_text_that_fills_the_window_leaves_it_closed)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {100}, .len = 1000);
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 1501);
    assert_int_equal(c.rcv.wnd, 0);
}

/* [REQ CH-05] [REQ CH-08] [REQ 9293/3.10.7.4-eighth] */
TEST(fin_that_does_not_acknowledge_ours_enters_closing)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {199});
    EXPECT(&c, TCP_CLOSING, .pending = TCP_PENDING_ACK, .una = 199, .rcv_nxt = 501);
    assert_true(conn_is(&c, TCP_CLOSED_TOGETHER));
}

/* [REQ CH-06] [REQ 9293/3.10.7.4-eighth] */
TEST(fin_that_acknowledges_our_fin_enters_time_wait)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_TIME_WAIT, .pending = TCP_PENDING_ACK, .una = 200, .rcv_nxt = 501);
}

/* [REQ CH-04] [REQ 9293/3.10.7.4-eighth] */
TEST(fin_in_fin_wait_2_enters_time_wait)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_TIME_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 501);
}

/* [REQ CH-12] [REQ 9293/3.10.7.4-eighth] */
TEST(repeated_fin_is_acknowledged_again_and_changes_nothing)
{
    const enum tcp_state states[] = {TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {499}, .ack = {100});
        EXPECT(&c, states[i], .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
        assert_false(conn_is(&c, TCP_NEWS_READABLE));
    }
}

/* The FIN's octet lies behind RCV.NXT although the segment reaches the window.  [REQ CH-12] */
TEST(repeated_fin_with_an_acceptable_number_is_acknowledged_again)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSE_WAIT);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {100});
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
}

/* [REQ 9293/3.10.7.4-eighth] [REQ CH-09] */
TEST(early_fin_waits_for_the_text_before_it)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {510}, .ack = {100}, .len = 5);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
    c.pending = 0;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 516);
    expect_readable(&c, 500, 15);
}

TEST(early_fin_without_text_waits_too)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {501}, .ack = {100});
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 500);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 1);
    EXPECT(&c, TCP_CLOSE_WAIT, .pending = TCP_PENDING_ACK, .rcv_nxt = 502);
}

/* The window ends before the FIN: the peer has to send it again. */
TEST(fin_beyond_the_window_does_not_count)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 8);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {100}, .len = 10);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 508);
}

/* Fifth, our FIN acknowledged.  [REQ CH-03] [REQ 9293/3.10.7.4-fifth] */
TEST(ack_of_our_fin_enters_fin_wait_2_and_emits_nothing)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {199});
    EXPECT(&c, TCP_FIN_WAIT_1, .una = 199);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_FIN_WAIT_2, .una = 200);
    assert_int_equal(c.send_queue.length, 0);
    SENDS_NOTHING(&c);
}

/* [REQ CH-07] [REQ 9293/3.10.7.4-fifth] */
TEST(ack_of_our_fin_in_closing_enters_time_wait_and_emits_nothing)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSING);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {199});
    EXPECT(&c, TCP_CLOSING, .una = 199);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_TIME_WAIT, .una = 200);
}

/* [REQ CH-10] [REQ 9293/3.10.7.4-fifth] */
TEST(ack_of_our_fin_in_last_ack_closes_in_order)
{
    struct tcp_conn c = GIVEN(.state = TCP_LAST_ACK);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {199});
    EXPECT(&c, TCP_LAST_ACK, .una = 199);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_CLOSED, .una = 200);
    assert_int_equal(c.error, LULL_OK);
}

/* A FIN that still waits behind text is not acknowledged by the ACK of that text.  [REQ CH-03] */
TEST(ack_of_the_text_before_an_unsent_fin_changes_no_state)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_1, .fin_unsent = true);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    EXPECT(&c, TCP_FIN_WAIT_1, .una = 200);
    assert_int_equal(c.send_queue.length, 0);
}

/* [REQ CH-16] */
TEST(text_after_the_peers_fin_does_not_reset_an_orphan)
{
    const enum tcp_state states[] = {TCP_CLOSING, TCP_LAST_ACK};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i], .facts = TCP_ORPHAN);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 1);
        EXPECT(&c, states[i], .pending = TCP_PENDING_ACK);
    }
}

TEST(a_bare_ack_past_a_gap_does_not_reset_an_orphan)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2, .facts = TCP_ORPHAN);
    ARRIVE(&c, TCP_ACK, .seq = {505}, .ack = {200});
    EXPECT(&c, TCP_FIN_WAIT_2);
}

TEST(a_fin_alone_is_news_for_the_reader)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_FIN | TCP_ACK, .seq = {500}, .ack = {100});
    assert_true(conn_is(&c, TCP_NEWS_READABLE));
    assert_int_equal(c.rcv.wnd, 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_order_is_readable_and_acknowledged_later),
        cmocka_unit_test(text_is_taken_in_every_state_before_the_peers_fin),
        cmocka_unit_test(text_after_the_peers_fin_is_acknowledged_and_ignored),
        cmocka_unit_test(every_second_full_segment_is_acknowledged_at_once),
        cmocka_unit_test(later_text_does_not_put_off_the_ack),
        cmocka_unit_test(text_already_read_is_cut_off_in_front),
        cmocka_unit_test(text_beyond_the_window_is_cut_off_behind),
        cmocka_unit_test(text_past_a_gap_beyond_the_window_is_cut_off_behind),
        cmocka_unit_test(text_past_a_gap_is_kept_and_the_gap_is_told),
        cmocka_unit_test(an_empty_pool_drops_text_that_was_not_acknowledged),
        cmocka_unit_test(text_for_a_reader_who_is_gone_is_acknowledged_and_dropped),
        cmocka_unit_test(urgent_text_is_read_in_its_place),
        cmocka_unit_test(new_text_for_an_orphan_resets),
        cmocka_unit_test(text_for_an_orphan_with_an_impossible_ack_is_challenged),
        cmocka_unit_test(old_text_for_an_orphan_is_only_answered),
        cmocka_unit_test(the_fin_an_orphan_waits_for_does_not_reset),
        cmocka_unit_test(a_new_fin_behind_old_text_does_not_reset_an_orphan),
        cmocka_unit_test(the_reset_of_an_orphan_has_the_number_its_peer_expects),
        cmocka_unit_test(fin_in_established_enters_close_wait_and_ends_the_text),
        cmocka_unit_test(fin_behind_text_that_fills_the_window_leaves_it_closed),
        cmocka_unit_test(fin_that_does_not_acknowledge_ours_enters_closing),
        cmocka_unit_test(fin_that_acknowledges_our_fin_enters_time_wait),
        cmocka_unit_test(fin_in_fin_wait_2_enters_time_wait),
        cmocka_unit_test(repeated_fin_is_acknowledged_again_and_changes_nothing),
        cmocka_unit_test(repeated_fin_with_an_acceptable_number_is_acknowledged_again),
        cmocka_unit_test(early_fin_waits_for_the_text_before_it),
        cmocka_unit_test(early_fin_without_text_waits_too),
        cmocka_unit_test(fin_beyond_the_window_does_not_count),
        cmocka_unit_test(ack_of_our_fin_enters_fin_wait_2_and_emits_nothing),
        cmocka_unit_test(ack_of_our_fin_in_closing_enters_time_wait_and_emits_nothing),
        cmocka_unit_test(ack_of_our_fin_in_last_ack_closes_in_order),
        cmocka_unit_test(ack_of_the_text_before_an_unsent_fin_changes_no_state),
        cmocka_unit_test(text_after_the_peers_fin_does_not_reset_an_orphan),
        cmocka_unit_test(a_bare_ack_past_a_gap_does_not_reset_an_orphan),
        cmocka_unit_test(a_fin_alone_is_news_for_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
