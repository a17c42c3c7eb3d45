/* Fast retransmit and fast recovery (RFC 5681 section 3.2, RFC 6582). */
#include "tcp/tcp_recovery.h"
#include "tcp_dsl.h"

/* Ten segments from 1000 to 11000 are in flight. */
static struct tcp_conn in_flight(void)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 1000, .nxt = 11000, .snd_wnd = 60000,
                              .cwnd = 10000, .unsent = 20000);
    c.snd.recover = seq_at(999);
    return c;
}

static void acks(struct tcp_conn *c, uint32_t ack)
{
    ARRIVE(c, TCP_ACK, .seq = {500}, .ack = {ack}, .wnd = 60000);
}

static void duplicates(struct tcp_conn *c, int count)
{
    for (int i = 0; i < count; i++)
        acks(c, c->snd.una.raw);
}

static void sends(struct tcp_conn *c, uint32_t seq)
{
    SENDS(c, TCP_ACK, .seq = {seq}, .len = 1000);
}

/* RFC 5681 section 3.2 steps 2 and 3.  [REQ 5681/3.2] */
TEST(the_third_duplicate_sends_the_lost_segment_again)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 2);
    SENDS_NOTHING(&c);
    duplicates(&c, 1);
    assert_int_equal(c.congestion.ssthresh, 5000);
    assert_int_equal(c.congestion.cwnd, 8000);
    sends(&c, 1000);
    SENDS_NOTHING(&c);
    assert_int_equal(COUNTED(TCPFastRetrans), 1);
    assert_int_equal(COUNTED(TCPRenoRecovery), 1);
}

/* Section 2: what a duplicate ACK is. */
TEST(a_segment_with_news_is_no_duplicate)
{
    struct tcp_conn c = in_flight();
    for (uint32_t i = 0; i < 9; i++)
        ARRIVE(&c, TCP_ACK, .seq = {500 + i}, .ack = {1000}, .len = 1, .wnd = 60000);
    assert_int_equal(c.duplicate_acks, 0);
    for (uint32_t i = 0; i < 9; i++)
        ARRIVE(&c, TCP_ACK, .seq = {509}, .ack = {1000}, .wnd = 59999 - i);
    assert_int_equal(c.duplicate_acks, 0);
}

TEST(an_ack_with_nothing_in_flight_is_no_duplicate)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200);
    for (int i = 0; i < 5; i++)
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    assert_int_equal(c.duplicate_acks, 0);
    assert_int_equal(c.pending, 0);
}

TEST(progress_starts_the_count_again)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 2);
    acks(&c, 2000);
    duplicates(&c, 2);
    assert_int_equal(COUNTED(TCPFastRetrans), 0);
}

/* Section 3.2 step 4: each further duplicate lets one new segment go. */
TEST(further_duplicates_inflate_the_window)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    duplicates(&c, 2);
    assert_int_equal(c.congestion.cwnd, 10000);
    SENDS_NOTHING(&c);
    duplicates(&c, 1);
    sends(&c, 11000);
    SENDS_NOTHING(&c);
}

/* RFC 6582 section 3.2 step 3: a partial ACK.  [REQ 6582/3.2] */
TEST(a_partial_ack_sends_the_next_hole_and_deflates)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    duplicates(&c, 4);
    assert_int_equal(c.congestion.cwnd, 12000);
    acks(&c, 4000);
    assert_true(conn_is(&c, TCP_IN_RECOVERY));
    assert_int_equal(c.congestion.cwnd, 12000 - 3000 + 1000);
    sends(&c, 4000);
    assert_int_equal(COUNTED(TCPFastRetrans), 2);
    assert_int_equal(c.congestion.ssthresh, 5000);
}

/* "If the partial ACK acknowledges at least one SMSS, add back SMSS." */
TEST(a_small_partial_ack_adds_nothing_back)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    acks(&c, 1999);
    assert_int_equal(c.congestion.cwnd, 8000 - 999);
    c = in_flight();
    duplicates(&c, 3);
    acks(&c, 2000);
    assert_int_equal(c.congestion.cwnd, 8000);
}

/* Step 3: a full ACK ends it, with min(ssthresh, max(FlightSize, SMSS) + SMSS). */
TEST(a_full_ack_ends_the_recovery)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    acks(&c, 10999);
    assert_true(conn_is(&c, TCP_IN_RECOVERY));
    c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    acks(&c, 11000);
    assert_false(conn_is(&c, TCP_IN_RECOVERY));
    assert_int_equal(c.congestion.cwnd, 2000);
    assert_int_equal(c.congestion.ssthresh, 5000);
}

TEST(a_full_ack_leaves_no_more_than_ssthresh)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    duplicates(&c, 12);
    for (uint32_t seq = 11000; seq < 21000; seq += 1000)
        sends(&c, seq);
    acks(&c, 11000);
    assert_int_equal(c.congestion.cwnd, 5000);
}

/* Step 2: duplicates of what was sent before the loss was repaired tell of the same loss. */
TEST(duplicates_up_to_recover_tell_nothing_new)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    acks(&c, 11000);
    sends(&c, 11000);
    duplicates(&c, 5);
    assert_int_equal(COUNTED(TCPRenoRecovery), 1);
    acks(&c, 11001);
    duplicates(&c, 3);
    assert_int_equal(COUNTED(TCPRenoRecovery), 2);
}

/* After 2^31 octets without loss it must not seem to lie ahead. */
TEST(recover_follows_at_a_distance)
{
    struct tcp_conn c = in_flight();
    c.snd.recover = seq_at(1999 - 0x7fffffffu);
    acks(&c, 2000);
    assert_int_equal(c.snd.recover.raw, 1999);
    acks(&c, 3000);
    duplicates(&c, 3);
    assert_int_equal(COUNTED(TCPRenoRecovery), 1);
}

TEST(a_new_connection_may_recover_at_once)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_SENT, .unsent = 5000);
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = {101});
    c.congestion.cwnd = 5000;
    for (uint32_t seq = 101; seq < 4101; seq += 500)
        if (!tcp_output_next(&env, &c, 0, &(struct tcp_emission){0}))
            break;
    for (int i = 0; i < 3; i++)
        ARRIVE(&c, TCP_ACK, .seq = {701}, .ack = {101});
    assert_int_equal(COUNTED(TCPRenoRecovery), 1);
}

/* RFC 5681 section 3.1 and RFC 6582 section 3.2 step 4. */
TEST(a_timeout_ends_recovery_and_starts_over)
{
    struct tcp_conn c = in_flight();
    duplicates(&c, 3);
    sends(&c, 1000);
    dsl_later(tcp_timeout_next(&c) - env.now);
    tcp_timeout_fire(&env, &c);
    assert_false(conn_is(&c, TCP_IN_RECOVERY));
    assert_int_equal(c.congestion.cwnd, 1000);
    assert_int_equal(c.congestion.ssthresh, 5000);
    assert_int_equal(c.snd.recover.raw, 11000);
    sends(&c, 1000);
    SENDS_NOTHING(&c);
    duplicates(&c, 5);
    SENDS_NOTHING(&c);
    assert_int_equal(COUNTED(TCPRenoRecovery), 1);
}

TEST(ssthresh_falls_once_for_timeouts_in_a_row)
{
    struct tcp_conn c = in_flight();
    c.deadline[TCP_TIMER_RETRANSMIT] = env.now;
    tcp_timeout_fire(&env, &c);
    assert_int_equal(c.congestion.ssthresh, 5000);
    assert_int_equal(c.snd.recover.raw, 11000);
    sends(&c, 1000);
    dsl_later(tcp_timeout_next(&c) - env.now);
    tcp_timeout_fire(&env, &c);
    assert_int_equal(c.congestion.ssthresh, 5000);
    assert_int_equal(c.congestion.cwnd, 1000);
}

TEST(after_a_timeout_slow_start_sends_the_flight_again)
{
    struct tcp_conn c = in_flight();
    c.deadline[TCP_TIMER_RETRANSMIT] = env.now;
    tcp_timeout_fire(&env, &c);
    sends(&c, 1000);
    acks(&c, 2000);
    assert_int_equal(c.congestion.cwnd, 2000);
    sends(&c, 2000);
    sends(&c, 3000);
    SENDS_NOTHING(&c);
    acks(&c, 11000);
    assert_false(conn_is(&c, TCP_RESENDING));
    sends(&c, 11000);
}

TEST(the_count_of_duplicates_stops_at_what_it_can_hold)
{
    struct tcp_conn c = in_flight();
    c.snd.recover = seq_at(1000);
    duplicates(&c, 300);
    assert_int_equal(c.duplicate_acks, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_third_duplicate_sends_the_lost_segment_again),
        cmocka_unit_test(a_segment_with_news_is_no_duplicate),
        cmocka_unit_test(an_ack_with_nothing_in_flight_is_no_duplicate),
        cmocka_unit_test(progress_starts_the_count_again),
        cmocka_unit_test(further_duplicates_inflate_the_window),
        cmocka_unit_test(a_partial_ack_sends_the_next_hole_and_deflates),
        cmocka_unit_test(a_small_partial_ack_adds_nothing_back),
        cmocka_unit_test(a_full_ack_ends_the_recovery),
        cmocka_unit_test(a_full_ack_leaves_no_more_than_ssthresh),
        cmocka_unit_test(duplicates_up_to_recover_tell_nothing_new),
        cmocka_unit_test(recover_follows_at_a_distance),
        cmocka_unit_test(a_new_connection_may_recover_at_once),
        cmocka_unit_test(a_timeout_ends_recovery_and_starts_over),
        cmocka_unit_test(ssthresh_falls_once_for_timeouts_in_a_row),
        cmocka_unit_test(after_a_timeout_slow_start_sends_the_flight_again),
        cmocka_unit_test(the_count_of_duplicates_stops_at_what_it_can_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
