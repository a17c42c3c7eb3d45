/* User calls (RFC 9293 sections 3.10.1 to 3.10.6). */
#include "tcp_dsl.h"

static ptrdiff_t send_octets(struct tcp_conn *c, uint32_t seq, uint32_t bytes)
{
    return tcp_call_send(&env, c, (struct lull_slice){dsl_octets(seq_at(seq), bytes), bytes});
}

/* OPEN. */
TEST(open_sends_a_syn)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    tcp_call_open(&env, &c);
    EXPECT(&c, TCP_SYN_SENT, .pending = TCP_PENDING_SYN);
    struct tcp_emission out = SENDS(&c, TCP_SYN, .seq = {100}, .wnd = 1000);
    assert_int_equal(out.segment.ack.raw, 0);
    assert_int_equal(out.segment.len, 1);
    assert_int_equal(c.snd.nxt.raw, 101);
    SENDS_NOTHING(&c);
}

/* SEND. */
TEST(send_takes_what_the_buffer_has_room_for)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .send_buffer = 150);
    assert_int_equal(tcp_call_send_room(&c), 50);
    assert_int_equal(send_octets(&c, 200, 60), 50);
    assert_int_equal(tcp_call_send_room(&c), 0);
    assert_int_equal(send_octets(&c, 250, 1), LULL_EAGAIN);
    assert_int_equal(c.send_queue.length, 150);
}

TEST(a_buffer_made_smaller_than_its_text_has_no_room)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .send_buffer = 99);
    assert_int_equal(tcp_call_send_room(&c), 0);
    assert_int_equal(send_octets(&c, 200, 1), LULL_EAGAIN);
}

TEST(send_is_allowed_while_the_peer_may_still_read)
{
    const enum tcp_state states[] = {TCP_SYN_SENT, TCP_SYN_RECEIVED, TCP_ESTABLISHED,
                                     TCP_CLOSE_WAIT};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        assert_int_equal(send_octets(&c, 200, 10), 10);
    }
}

/* "error: connection closing".  [REQ CH-20] */
TEST(send_after_close_is_refused)
{
    for (int s = TCP_ESTABLISHED; s <= TCP_CLOSE_WAIT; s++) {
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        tcp_call_shutdown_send(&env, &c);
        assert_int_equal(send_octets(&c, 200, 10), LULL_EPIPE);
    }
}

TEST(send_without_a_connection_is_refused)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    assert_int_equal(send_octets(&c, 200, 10), LULL_ENOTCONN);
}

TEST(an_empty_pool_asks_the_sender_to_wait)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .nxt = 100);
    while (block_pool_take(env.blocks) != BLOCK_NONE)
        continue;
    assert_int_equal(send_octets(&c, 100, 10), LULL_EAGAIN);
    assert_int_equal(COUNTED(TCPMemoryPressures), 1);
}

/* CLOSE in every state of section 3.10.4.  [REQ CH-01] [REQ CH-10]
 * [REQ CH-20] [REQ 9293/3.10.4-syn-sent] [REQ 9293/3.10.4-established] [REQ 9293/3.10.4-fin-wait]
 * [REQ 9293/3.10.4-close-wait] [REQ 9293/3.10.4-closing] */
TEST(close_moves_each_state_as_section_3_10_4_says)
{
    const struct {
        enum tcp_state from, to;
    } moves[] = {
        {TCP_CLOSED, TCP_CLOSED},
        {TCP_SYN_SENT, TCP_CLOSED},
        {TCP_SYN_RECEIVED, TCP_SYN_RECEIVED},
        {TCP_ESTABLISHED, TCP_FIN_WAIT_1},
        {TCP_FIN_WAIT_1, TCP_FIN_WAIT_1},
        {TCP_FIN_WAIT_2, TCP_FIN_WAIT_2},
        {TCP_CLOSE_WAIT, TCP_LAST_ACK},
        {TCP_CLOSING, TCP_CLOSING},
        {TCP_LAST_ACK, TCP_LAST_ACK},
        {TCP_TIME_WAIT, TCP_TIME_WAIT},
    };
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        struct tcp_conn c = GIVEN(.state = moves[i].from);
        tcp_call_close(&env, &c);
        EXPECT(&c, moves[i].to);
        assert_true(conn_is(&c, TCP_ORPHAN));
        assert_int_equal(c.error, LULL_OK);
    }
}

/* [REQ CH-01] */
TEST(close_with_nothing_queued_sends_a_fin_at_once)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200);
    tcp_call_close(&env, &c);
    SENDS(&c, TCP_FIN | TCP_ACK, .seq = {200}, .ack = {500});
    assert_int_equal(c.snd.nxt.raw, 201);
    assert_int_not_equal(c.deadline[TCP_TIMER_RETRANSMIT], LULL_TIME_NEVER);
    SENDS_NOTHING(&c);
}

/* [REQ CH-02] */
TEST(the_fin_follows_the_last_octet_queued)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .unsent = 1500);
    tcp_call_close(&env, &c);
    EXPECT(&c, TCP_FIN_WAIT_1);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS(&c, TCP_FIN | TCP_ACK | TCP_PSH, .seq = {1200}, .len = 500);
    assert_int_equal(c.snd.nxt.raw, 1701);
    SENDS_NOTHING(&c);
}

/* [REQ CH-10] */
TEST(close_in_close_wait_sends_the_fin_after_the_text)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSE_WAIT, .unsent = 10);
    tcp_call_close(&env, &c);
    EXPECT(&c, TCP_LAST_ACK);
    SENDS(&c, TCP_FIN | TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
}

/* [REQ CH-20] */
TEST(a_second_close_sends_no_second_fin)
{
    for (int s = TCP_FIN_WAIT_1; s < TCP_TIME_WAIT; s++) {
        if (s == TCP_CLOSE_WAIT)
            continue;
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        uint32_t nxt = c.snd.nxt.raw;
        tcp_call_shutdown_send(&env, &c);
        tcp_call_close(&env, &c);
        EXPECT(&c, (enum tcp_state)s);
        SENDS_NOTHING(&c);
        assert_int_equal(c.snd.nxt.raw, nxt);
    }
}

/* Section 3.10.4, SYN-RECEIVED: the FIN waits for the handshake.  [REQ 9293/3.10.4-syn-received] */
TEST(close_in_syn_received_waits_for_the_handshake)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_RECEIVED);
    tcp_call_shutdown_send(&env, &c);
    EXPECT(&c, TCP_SYN_RECEIVED);
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {101});
    EXPECT(&c, TCP_FIN_WAIT_1);
    SENDS(&c, TCP_FIN | TCP_ACK, .seq = {101});
}

/* [REQ CH-15] [REQ 9293/SHLD-3] */
TEST(close_with_unread_text_resets)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 1); /* one octet is enough */
    tcp_call_close(&env, &c);
    EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET_AND_ACK);
    assert_int_equal(env.reply.seq.raw, 200);
    assert_int_equal(env.reply.ack.raw, 501);
    assert_int_equal(COUNTED(TCPAbortOnClose), 1);
}

/* In every state that can have some; also from those in which ABORT is silent.  [REQ CH-15] */
TEST(unread_text_resets_whatever_was_sent_before)
{
    const enum tcp_state states[] = {TCP_FIN_WAIT_1, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT, TCP_CLOSING,
                                     TCP_LAST_ACK};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct tcp_conn c = GIVEN(.state = states[i]);
        assert_int_equal(byte_queue_append(&c.receive_queue, env.blocks, "x", 1), 1);
        tcp_call_close(&env, &c);
        EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET_AND_ACK);
        assert_int_equal(env.reply.seq.raw, 200);
        assert_int_equal(COUNTED(TCPAbortOnClose), 1);
    }
}

/* The FIN is not text: a peer that only closed has nothing left unread. */
TEST(close_after_the_peers_fin_with_all_text_read_is_orderly)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK | TCP_FIN, .seq = {500}, .ack = {200}, .len = 5);
    tcp_call_consumed(&env, &c, 5);
    tcp_call_close(&env, &c);
    assert_int_equal(c.state, TCP_LAST_ACK);
    assert_int_equal(COUNTED(TCPAbortOnClose), 0);
}

/* close.rst_on_unread=0: a FIN, and what was not read is gone with its blocks.  [REQ CH-15] */
TEST(close_with_unread_text_sends_a_fin_where_that_is_wanted)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200);
    dsl_settings.knobs.value[LULL_KNOB_close_rst_on_unread] = 0;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .len = 5);
    ARRIVE(&c, TCP_ACK, .seq = {600}, .ack = {200}, .len = 5); /* past a gap */
    assert_int_not_equal(block_pool_used(env.blocks), 0);
    tcp_call_close(&env, &c);
    assert_int_equal(c.state, TCP_FIN_WAIT_1);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_int_equal(COUNTED(TCPAbortOnClose), 0);
    assert_int_equal(block_pool_used(env.blocks), 0);
    SENDS(&c, TCP_FIN | TCP_ACK, .seq = {200}, .ack = {505});
}

/* Both sides of "unread": the last octet decides.  [REQ CH-15] */
TEST(one_octet_decides_whether_text_is_lost)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 5);
    tcp_call_consumed(&env, &c, 4);
    assert_true(tcp_call_loses_text(&env, &c));
    tcp_call_consumed(&env, &c, 1);
    assert_false(tcp_call_loses_text(&env, &c));
}

/* Unlike ABORT, also where our FIN may wait behind text.  [REQ RL-05] */
TEST(giving_up_tells_the_peer_in_every_state)
{
    for (int s = TCP_SYN_RECEIVED; s < TCP_TIME_WAIT; s++) {
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        uint32_t nxt = c.snd.nxt.raw;
        tcp_call_give_up(&env, &c);
        EXPECT(&c, TCP_CLOSED, .reply = TCP_REPLY_RESET_AND_ACK);
        assert_int_equal(env.reply.seq.raw, nxt);
        assert_int_equal(env.reply.ack.raw, 500);
        assert_int_equal(c.error, LULL_ECONNABORTED);
    }
}

/* ABORT, section 3.10.5.  [REQ CH-17] [REQ 9293/3.10.5-synchronized] [REQ 9293/3.10.5-silent] */
TEST(abort_tells_the_peer_where_it_must_know)
{
    for (int s = TCP_CLOSED; s < TCP_TIME_WAIT; s++) {
        if (s == TCP_LISTEN)
            continue;
        bool told = s != TCP_CLOSED && s != TCP_SYN_SENT && s != TCP_CLOSING && s != TCP_LAST_ACK;
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        uint32_t nxt = c.snd.nxt.raw;
        tcp_call_abort(&env, &c);
        EXPECT(&c, TCP_CLOSED, .reply = told ? TCP_REPLY_RESET_AND_ACK : TCP_REPLY_NONE);
        assert_int_equal(c.error, LULL_ECONNABORTED);
        if (told)
            assert_int_equal(env.reply.seq.raw, nxt);
    }
}

/* RECEIVE: the window opens when that is worth a segment. */
TEST(reading_opens_a_closed_window_at_once)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 4000, .receive_buffer = 4000);
    for (uint32_t seq = 500; seq < 4500; seq += 1000)
        ARRIVE(&c, TCP_ACK, .seq = {seq}, .ack = {100}, .len = 1000);
    SENDS(&c, TCP_ACK, .seq = {200}, .ack = {4500});
    assert_int_equal(c.rcv.wnd, 0);
    tcp_call_consumed(&env, &c, 999);
    EXPECT(&c, TCP_ESTABLISHED);
    tcp_call_consumed(&env, &c, 1);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK);
    SENDS(&c, TCP_ACK, .seq = {200}, .ack = {4500}, .wnd = 1000);
}

TEST(the_end_is_seen_once_the_fin_was_received)
{
    for (int s = TCP_ESTABLISHED; s <= TCP_TIME_WAIT; s++) {
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        bool end =
            s == TCP_CLOSE_WAIT || s == TCP_CLOSING || s == TCP_LAST_ACK || s == TCP_TIME_WAIT;
        assert_int_equal(tcp_call_at_end(&c), end);
    }
    struct tcp_conn c = GIVEN(.state = TCP_SYN_SENT);
    assert_false(tcp_call_at_end(&c));
}

/* Half-close: the other direction goes on without limit.  [REQ CH-14] [REQ 9293/MAY-1] */
TEST(a_half_closed_connection_goes_on_receiving)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2);
    dsl_later(LULL_SEC(86400));
    tcp_timeout_fire(&env, &c);
    tcp_timeout_review(&env, &c);
    assert_int_equal(tcp_timeout_next(&c), LULL_TIME_NEVER);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .len = 10);
    EXPECT(&c, TCP_FIN_WAIT_2, .rcv_nxt = 510);
    expect_readable(&c, 500, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_sends_a_syn),
        cmocka_unit_test(send_takes_what_the_buffer_has_room_for),
        cmocka_unit_test(a_buffer_made_smaller_than_its_text_has_no_room),
        cmocka_unit_test(send_is_allowed_while_the_peer_may_still_read),
        cmocka_unit_test(send_after_close_is_refused),
        cmocka_unit_test(send_without_a_connection_is_refused),
        cmocka_unit_test(an_empty_pool_asks_the_sender_to_wait),
        cmocka_unit_test(close_moves_each_state_as_section_3_10_4_says),
        cmocka_unit_test(close_with_nothing_queued_sends_a_fin_at_once),
        cmocka_unit_test(the_fin_follows_the_last_octet_queued),
        cmocka_unit_test(close_in_close_wait_sends_the_fin_after_the_text),
        cmocka_unit_test(a_second_close_sends_no_second_fin),
        cmocka_unit_test(close_in_syn_received_waits_for_the_handshake),
        cmocka_unit_test(close_with_unread_text_resets),
        cmocka_unit_test(unread_text_resets_whatever_was_sent_before),
        cmocka_unit_test(close_after_the_peers_fin_with_all_text_read_is_orderly),
        cmocka_unit_test(close_with_unread_text_sends_a_fin_where_that_is_wanted),
        cmocka_unit_test(one_octet_decides_whether_text_is_lost),
        cmocka_unit_test(giving_up_tells_the_peer_in_every_state),
        cmocka_unit_test(abort_tells_the_peer_where_it_must_know),
        cmocka_unit_test(reading_opens_a_closed_window_at_once),
        cmocka_unit_test(the_end_is_seen_once_the_fin_was_received),
        cmocka_unit_test(a_half_closed_connection_goes_on_receiving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
