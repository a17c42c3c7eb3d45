/* Windows, both ways (RFC 9293 section 3.8.6). */
#include "tcp/tcp_window.h"
#include "tcp_dsl.h"

static struct tcp_conn reading(uint32_t rcv_wnd, uint32_t unread)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = rcv_wnd, .receive_buffer = 8000);
    assert_int_equal(byte_queue_append(&c.receive_queue, env.blocks,
                                       dsl_octets(seq_at(500 - unread), unread), unread),
                     unread);
    return c;
}

/* Section 3.8.6.2.2: in steps of a segment or half the buffer.  [REQ 9293/MUST-39] */
TEST(the_offer_grows_by_whole_segments)
{
    struct tcp_conn c = reading(4000, 3001);
    assert_int_equal(tcp_window_to_offer(&c), 4000);
    c = reading(4000, 3000);
    assert_int_equal(tcp_window_to_offer(&c), 5000);
    c = reading(4000, 0);
    assert_int_equal(tcp_window_to_offer(&c), 8000);
}

TEST(the_offer_of_a_small_buffer_grows_by_halves)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 51, .receive_buffer = 100);
    assert_int_equal(tcp_window_to_offer(&c), 51);
    c.rcv.wnd = 50;
    assert_int_equal(tcp_window_to_offer(&c), 100);
}

/* SHLD-14: "a TCP receiver should not shrink the window".  [REQ 9293/SHLD-14] */
TEST(the_offer_is_never_taken_back)
{
    struct tcp_conn c = reading(4000, 7000);
    assert_int_equal(tcp_window_to_offer(&c), 4000);
    c = reading(4000, 8000);
    c.receive_buffer = 100;
    assert_int_equal(tcp_window_to_offer(&c), 4000);
}

TEST(the_offer_stays_within_what_the_field_can_say)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 1000, .receive_buffer = 100000);
    assert_int_equal(c.receive_buffer, 100000);
    assert_int_equal(tcp_window_to_offer(&c), 65535);
    c.rcv_scale = 1;
    assert_int_equal(tcp_window_to_offer(&c), 100000);
}

TEST(the_field_is_scaled_and_rounded_up)
{
    struct tcp_conn c = reading(4000, 0);
    c.rcv_scale = 7;
    assert_int_equal(tcp_window_advertise(&c, 128), 1);
    assert_int_equal(c.rcv.wnd, 128);
    assert_int_equal(tcp_window_advertise(&c, 129), 2);
    assert_int_equal(c.rcv.wnd, 256);
    assert_int_equal(tcp_window_advertise(&c, 7900), 62);
    assert_int_equal(c.rcv.wnd, 7936);
    assert_int_equal(tcp_window_advertise(&c, 0), 0);
    assert_int_equal(c.rcv.wnd, 0);
    c.rcv_scale = 0;
    assert_int_equal(tcp_window_advertise(&c, 4321), 4321);
    assert_int_equal(tcp_window_advertise(&c, 70000), 65535);
    assert_int_equal(c.rcv.wnd, 65535);
}

/* Rounding up at each segment would move the right edge for ever while nobody reads. */
TEST(a_reader_who_sleeps_is_never_sent_more_than_the_buffer)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 2000, .receive_buffer = 2000);
    c.rcv_scale = 7;
    for (uint32_t seq = 500; seq < 4500; seq++) {
        ARRIVE(&c, TCP_ACK, .seq = {seq}, .ack = {100}, .len = 1);
        c.pending |= TCP_PENDING_ACK;
        SENDS(&c, TCP_ACK, .seq = {200});
    }
    assert_in_range(c.receive_queue.length, 2000, 2000 + 127);
}

/* RFC 7323 section 2.4: what was in any window we offered is taken. */
TEST(the_edge_that_was_offered_is_honoured_when_the_field_cannot_say_it)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 2000, .receive_buffer = 2000);
    c.rcv_scale = 7;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 1990);
    c.pending |= TCP_PENDING_ACK;
    SENDS(&c, TCP_ACK, .seq = {200});
    ARRIVE(&c, TCP_ACK, .seq = {2490}, .ack = {100}, .len = 10);
    expect_readable(&c, 500, 2000);
}

/* Is the news worth a segment of its own? */
TEST(two_segments_of_room_are_news)
{
    struct tcp_conn c = reading(4000, 2001);
    assert_false(tcp_window_news(&c));
    c = reading(4000, 2000);
    assert_true(tcp_window_news(&c));
}

TEST(half_of_a_small_buffer_is_news)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 51, .receive_buffer = 100);
    assert_false(tcp_window_news(&c));
    c.rcv.wnd = 50;
    assert_true(tcp_window_news(&c));
    c = GIVEN(.state = TCP_ESTABLISHED, .rcv_wnd = 601, .receive_buffer = 3000);
    assert_true(tcp_window_news(&c));
    c.rcv.wnd = 1501;
    assert_false(tcp_window_news(&c));
}

TEST(any_offer_is_news_when_the_window_is_shut)
{
    struct tcp_conn c = reading(0, 7001);
    assert_false(tcp_window_news(&c));
    c = reading(0, 7000);
    assert_true(tcp_window_news(&c));
    c.state = TCP_CLOSE_WAIT;
    assert_false(tcp_window_news(&c));
}

TEST(the_smaller_of_both_windows_is_used)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .snd_wnd = 3000, .cwnd = 5000);
    assert_int_equal(tcp_window_to_use(&c), 3000);
    c.congestion.cwnd = 2000;
    assert_int_equal(tcp_window_to_use(&c), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offer_grows_by_whole_segments),
        cmocka_unit_test(the_offer_of_a_small_buffer_grows_by_halves),
        cmocka_unit_test(the_offer_is_never_taken_back),
        cmocka_unit_test(the_offer_stays_within_what_the_field_can_say),
        cmocka_unit_test(the_field_is_scaled_and_rounded_up),
        cmocka_unit_test(a_reader_who_sleeps_is_never_sent_more_than_the_buffer),
        cmocka_unit_test(the_edge_that_was_offered_is_honoured_when_the_field_cannot_say_it),
        cmocka_unit_test(two_segments_of_room_are_news),
        cmocka_unit_test(half_of_a_small_buffer_is_news),
        cmocka_unit_test(any_offer_is_news_when_the_window_is_shut),
        cmocka_unit_test(the_smaller_of_both_windows_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
