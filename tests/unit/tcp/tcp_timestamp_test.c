/* Timestamps: the clock, PAWS, TS.Recent, the round trip (RFC 7323 sections 3 to 5). */
#include "tcp/tcp_timestamp.h"
#include "tcp_dsl.h"

#define STAMPED(...)                                                                               \
    stamped_conn(GIVEN(.state = TCP_ESTABLISHED, .facts = TCP_TIMESTAMPS, __VA_ARGS__))

/* The peer's last stamp was 1000, just now. */
static struct tcp_conn stamped_conn(struct tcp_conn c)
{
    c.ts.recent = 1000;
    c.ts.recent_at = env.now;
    return c;
}

static uint32_t our_clock(const struct tcp_conn *c)
{
    return tcp_timestamp_value(c->ts.offset, env.now);
}

/* Section 5.3 R1.  [REQ 7323/5.3-R1] */
TEST(an_older_stamp_is_answered_with_an_ack_and_dropped)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .una = 100, .rcv_nxt = 500);
    assert_int_equal(COUNTED(PAWSEstab), 1);
}

/* Timestamps are checked before the number.  [REQ 7323/5.3-R1] */
TEST(an_older_stamp_counts_whatever_the_number)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {5000}, .ack = {150}, .len = 5, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .una = 100, .rcv_nxt = 500);
    assert_int_equal(COUNTED(PAWSEstab), 1);
}

/* [REQ 7323/5.3-R1] */
TEST(an_older_stamp_without_text_gets_a_limited_ack)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_CHALLENGE_ACK, .una = 100);
}

/* [REQ 7323/5.3-R1] [REQ 7323/5.2] */
TEST(an_equal_stamp_is_accepted)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(1000, 0));
    EXPECT(&c, TCP_ESTABLISHED, .una = 150, .rcv_nxt = 505);
}

TEST(stamps_are_compared_across_the_wrap)
{
    struct tcp_conn c = STAMPED();
    c.ts.recent = 0xffffffffu;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(3, 0));
    EXPECT(&c, TCP_ESTABLISHED, .una = 150, .rcv_nxt = 505);
    assert_int_equal(c.ts.recent, 3);
}

/* Section 5.2.  [REQ 7323/5.2] [REQ IR-07] */
TEST(a_stamp_is_before_another_up_to_half_the_circle)
{
    assert_true(tcp_timestamp_before(5, 6));
    assert_false(tcp_timestamp_before(5, 5));
    assert_true(tcp_timestamp_before(5, 5 + 0x7fffffffu));
    assert_false(tcp_timestamp_before(5, 5 + 0x80000000u));
    assert_false(tcp_timestamp_before(5 + 0x80000000u, 5));
    assert_true(tcp_timestamp_before(5 + 0x80000001u, 5));
}

/* Section 5.3: resets are exempt.  [REQ 7323/5.2-rst] */
TEST(a_reset_is_not_judged_by_its_stamp)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_RST, .seq = {500}, TS(1, 0));
    EXPECT(&c, TCP_CLOSED);
    c = STAMPED();
    ARRIVE(&c, TCP_RST, .seq = {500});
    EXPECT(&c, TCP_CLOSED);
}

/* Section 5.5: after 24 days TS.Recent proves nothing.  [REQ 7323/5.5] */
TEST(a_stamp_goes_stale)
{
    struct tcp_conn c = STAMPED();
    dsl_later(LULL_SEC(24 * 24 * 3600) - 1);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .una = 100, .rcv_nxt = 500);
    c.pending = 0;
    dsl_later(1);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .una = 150, .rcv_nxt = 505);
    assert_int_equal(c.ts.recent, 999);
}

/* Section 3.2.  [REQ 7323/3.2] */
TEST(a_segment_without_the_agreed_stamp_is_dropped_silently)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5);
    EXPECT(&c, TCP_ESTABLISHED, .una = 100, .rcv_nxt = 500);
    assert_int_equal(COUNTED(TCPMissingTimestamp), 1);
}

/* A peer that lost its memory begins without stamps; only a challenge tells it that we have
 * not (RFC 9293 section 3.5.1, RFC 5961 section 4). */
TEST(a_syn_without_a_stamp_is_challenged_like_any_other)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_SYN, .seq = {600});
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_CHALLENGE_ACK);
}

TEST(stamps_that_were_not_agreed_on_are_ignored)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    c.ts.recent = 1000;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, .len = 5, TS(999, 0));
    EXPECT(&c, TCP_ESTABLISHED, .una = 150, .rcv_nxt = 505);
    assert_int_equal(c.ts.recent, 1000);
}

/* Section 4.3 (2): only a segment that covers Last.ACK.sent.  [REQ 7323/4.3] */
TEST(recent_is_taken_from_the_segment_we_acknowledged_up_to)
{
    struct tcp_conn c = STAMPED();
    dsl_later(LULL_SEC(1));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 5, TS(1001, 0));
    assert_int_equal(c.ts.recent, 1001);
    assert_int_equal(c.ts.recent_at, env.now);
}

TEST(recent_is_not_taken_from_a_segment_past_our_last_ack)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {501}, .ack = {100}, .len = 5, TS(1001, 0));
    assert_int_equal(c.ts.recent, 1000);
}

TEST(a_segment_that_is_not_acceptable_does_not_set_recent)
{
    struct tcp_conn c = STAMPED();
    ARRIVE(&c, TCP_ACK, .seq = {499}, .ack = {100}, TS(1001, 0));
    assert_int_equal(c.ts.recent, 1000);
}

TEST(every_segment_carries_clock_and_echo)
{
    struct tcp_conn c = STAMPED();
    c.pending = TCP_PENDING_ACK;
    struct tcp_emission out = SENDS(&c, TCP_ACK, .seq = {200});
    assert_int_equal(out.segment.options.present, TCP_OPTION_TIMESTAMPS);
    assert_int_equal(out.segment.options.ts_value, our_clock(&c));
    assert_int_equal(out.segment.options.ts_echo, 1000);
}

/* Section 5.4: one tick each millisecond.  [REQ 7323/5.4] */
TEST(the_clock_ticks_milliseconds)
{
    assert_int_equal(tcp_timestamp_value(0, LULL_MS(7)), 7);
    assert_int_equal(tcp_timestamp_value(0, LULL_MS(8) - 1), 7);
    assert_int_equal(tcp_timestamp_value(5, LULL_MS(4294967295)), 4);
}

TEST(each_tuple_has_a_clock_of_its_own)
{
    const struct siphash_key key = {{1, 2}}, other = {{1, 3}};
    struct tuple a = dsl_tuple(4000), b = dsl_tuple(4001);
    assert_int_equal(tcp_timestamp_offset(&key, &a), tcp_timestamp_offset(&key, &a));
    assert_int_not_equal(tcp_timestamp_offset(&key, &a), tcp_timestamp_offset(&key, &b));
    assert_int_not_equal(tcp_timestamp_offset(&key, &a), tcp_timestamp_offset(&other, &a));
}

static lull_duration round_trip_of(const struct tcp_conn *c, uint32_t echo)
{
    struct tcp_segment seg = {TS(1, echo)};
    return tcp_timestamp_round_trip(c, &seg, env.now);
}

TEST(an_echo_tells_the_round_trip)
{
    struct tcp_conn c = STAMPED();
    assert_int_equal(round_trip_of(&c, our_clock(&c) - 30), LULL_MS(30));
    assert_int_equal(round_trip_of(&c, our_clock(&c)), LULL_MS(1));
}

TEST(an_echo_that_was_not_ours_tells_nothing)
{
    struct tcp_conn c = STAMPED();
    c.ts.offset += 30 - our_clock(&c); /* so that 0 would tell 30 ms */
    assert_int_equal(round_trip_of(&c, 0), 0);
    assert_int_equal(round_trip_of(&c, our_clock(&c) + 1), 0);
    struct tcp_segment bare = {.options = {.ts_echo = our_clock(&c) - 20}};
    assert_int_equal(tcp_timestamp_round_trip(&c, &bare, env.now), 0);
    c.facts = 0;
    assert_int_equal(round_trip_of(&c, our_clock(&c) - 20), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_stamp_is_answered_with_an_ack_and_dropped),
        cmocka_unit_test(an_older_stamp_counts_whatever_the_number),
        cmocka_unit_test(an_older_stamp_without_text_gets_a_limited_ack),
        cmocka_unit_test(an_equal_stamp_is_accepted),
        cmocka_unit_test(stamps_are_compared_across_the_wrap),
        cmocka_unit_test(a_stamp_is_before_another_up_to_half_the_circle),
        cmocka_unit_test(a_reset_is_not_judged_by_its_stamp),
        cmocka_unit_test(a_stamp_goes_stale),
        cmocka_unit_test(a_segment_without_the_agreed_stamp_is_dropped_silently),
        cmocka_unit_test(a_syn_without_a_stamp_is_challenged_like_any_other),
        cmocka_unit_test(stamps_that_were_not_agreed_on_are_ignored),
        cmocka_unit_test(recent_is_taken_from_the_segment_we_acknowledged_up_to),
        cmocka_unit_test(recent_is_not_taken_from_a_segment_past_our_last_ack),
        cmocka_unit_test(a_segment_that_is_not_acceptable_does_not_set_recent),
        cmocka_unit_test(every_segment_carries_clock_and_echo),
        cmocka_unit_test(the_clock_ticks_milliseconds),
        cmocka_unit_test(each_tuple_has_a_clock_of_its_own),
        cmocka_unit_test(an_echo_tells_the_round_trip),
        cmocka_unit_test(an_echo_that_was_not_ours_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
