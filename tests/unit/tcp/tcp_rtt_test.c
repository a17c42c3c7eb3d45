/* The retransmission timeout (RFC 6298). */
#include "tcp/tcp_rtt.h"
#include "tcp/tcp_timestamp.h"
#include "tcp_dsl.h"

static const struct tcp_rtt_limits limits = {LULL_MS(200), LULL_SEC(1), LULL_SEC(60)};
static const struct tcp_rtt_limits no_floor = {0, LULL_SEC(1), LULL_SEC(60)};

static struct tcp_rtt measured(uint32_t srtt_us, uint32_t rttvar_us)
{
    return (struct tcp_rtt){srtt_us, rttvar_us};
}

/* Section 2.1.  [REQ 6298/2.1] */
TEST(before_a_measurement_the_timeout_is_the_initial_one)
{
    struct tcp_rtt rtt = {0};
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), LULL_SEC(1));
}

/* Section 2.2.  [REQ 6298/2.2] */
TEST(the_first_measurement_is_taken_whole)
{
    struct tcp_rtt rtt = {0};
    tcp_rtt_sample(&rtt, LULL_MS(100));
    assert_int_equal(rtt.srtt_us, 100000);
    assert_int_equal(rtt.rttvar_us, 50000);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), LULL_MS(300));
}

/* Section 2.3: the variation from the old SRTT, then the SRTT.  [REQ 6298/2.3] */
TEST(further_measurements_are_smoothed)
{
    struct tcp_rtt rtt = measured(100000, 50000);
    tcp_rtt_sample(&rtt, LULL_MS(180));
    assert_int_equal(rtt.rttvar_us, (3 * 50000 + 80000) / 4);
    assert_int_equal(rtt.srtt_us, (7 * 100000 + 180000) / 8);
    rtt = measured(100000, 50000);
    tcp_rtt_sample(&rtt, LULL_MS(20));
    assert_int_equal(rtt.rttvar_us, (3 * 50000 + 80000) / 4);
    assert_int_equal(rtt.srtt_us, (7 * 100000 + 20000) / 8);
}

TEST(a_measurement_is_never_nothing)
{
    struct tcp_rtt rtt = {0};
    tcp_rtt_sample(&rtt, 0);
    assert_int_equal(rtt.srtt_us, 1);
    for (int i = 0; i < 20; i++)
        tcp_rtt_sample(&rtt, 1);
    assert_int_equal(rtt.srtt_us, 1);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), limits.min);
}

TEST(an_absurd_measurement_does_not_overflow)
{
    struct tcp_rtt rtt = {0};
    tcp_rtt_sample(&rtt, LULL_SEC(1000000));
    tcp_rtt_sample(&rtt, LULL_SEC(1000000));
    assert_int_equal(rtt.srtt_us, UINT32_MAX / 8);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), limits.max);
}

/* Section 2.3: RTO = SRTT + max(G, 4 * RTTVAR), G = 1 ms. */
TEST(the_variation_counts_four_times_and_never_less_than_a_tick)
{
    struct tcp_rtt rtt = measured(300000, 251);
    assert_int_equal(tcp_rtt_timeout(&rtt, &no_floor, 0), LULL_US(301004));
    rtt = measured(300000, 249);
    assert_int_equal(tcp_rtt_timeout(&rtt, &no_floor, 0), LULL_US(301000));
}

/* Sections 2.4 and 2.5.  [REQ 6298/2.4] [REQ 6298/2.5] */
TEST(the_timeout_stays_within_its_bounds)
{
    struct tcp_rtt rtt = measured(1000, 100);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), LULL_MS(200));
    rtt = measured(50000000, 20000000);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 0), LULL_SEC(60));
}

/* Section 5.5.  [REQ 6298/5.5] */
TEST(back_off_doubles_up_to_the_largest)
{
    struct tcp_rtt rtt = measured(1000, 100);
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 1), LULL_MS(400));
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 8), LULL_MS(51200));
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 9), LULL_SEC(60));
    assert_int_equal(tcp_rtt_timeout(&rtt, &limits, 255), LULL_SEC(60));
}

/* Section 3, Karn: what was sent twice is not timed.  [REQ 6298/3] */
TEST(a_retransmitted_segment_is_not_timed)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200, .unsent = 10);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_SEC(1));
    tcp_timeout_fire(&env, &c);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_MS(10));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {210});
    assert_int_equal(c.rtt.srtt_us, 0);
}

/* ... except with timestamps, which tell the copies apart. */
TEST(a_retransmitted_segment_is_timed_by_its_stamp)
{
    struct tcp_conn c =
        GIVEN(.state = TCP_ESTABLISHED, .una = 200, .unsent = 10, .facts = TCP_TIMESTAMPS);
    struct tcp_emission out = SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_SEC(1));
    tcp_timeout_fire(&env, &c);
    out = SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_MS(10));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {210}, TS(1, out.segment.options.ts_value));
    assert_int_equal(c.rtt.srtt_us, 10000);
}

TEST(one_octet_of_a_flight_is_timed)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200, .unsent = 2000);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    dsl_later(LULL_MS(5));
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {1200}, .len = 1000);
    dsl_later(LULL_MS(15));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    assert_int_equal(c.rtt.srtt_us, 0);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {1200});
    assert_int_equal(c.rtt.srtt_us, 20000);
    dsl_later(LULL_MS(80));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {2200});
    assert_int_equal(c.rtt.srtt_us, 20000);
}

TEST(an_ack_up_to_the_timed_octet_does_not_time_it)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .unsent = 1000);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 1000);
    dsl_later(LULL_MS(5));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    assert_int_equal(c.rtt.srtt_us, 0);
    dsl_later(LULL_MS(5));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {201});
    assert_int_equal(c.rtt.srtt_us, 10000);
}

/* An echo of the first copy measures how long we waited to repeat it. */
TEST(the_stamp_of_the_first_copy_times_nothing)
{
    struct tcp_conn c =
        GIVEN(.state = TCP_ESTABLISHED, .una = 200, .unsent = 10, .facts = TCP_TIMESTAMPS);
    struct tcp_emission first = SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_SEC(1));
    tcp_timeout_fire(&env, &c);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_MS(10));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {210}, TS(1, first.segment.options.ts_value));
    assert_int_equal(c.rtt.srtt_us, 0);
}

TEST(without_a_timeout_stamps_time_nothing)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .facts = TCP_TIMESTAMPS);
    uint32_t now = tcp_timestamp_value(c.ts.offset, env.now);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {150}, TS(1, now - 30));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {160}, TS(1, now));
    assert_int_equal(c.rtt.srtt_us, 0);
}

TEST(a_segment_sent_again_before_its_timeout_is_not_timed_either)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .una = 200, .unsent = 10);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    c.pending = TCP_PENDING_RETRANSMIT;
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    dsl_later(LULL_MS(10));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {210});
    assert_int_equal(c.rtt.srtt_us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_a_measurement_the_timeout_is_the_initial_one),
        cmocka_unit_test(the_first_measurement_is_taken_whole),
        cmocka_unit_test(further_measurements_are_smoothed),
        cmocka_unit_test(a_measurement_is_never_nothing),
        cmocka_unit_test(an_absurd_measurement_does_not_overflow),
        cmocka_unit_test(the_variation_counts_four_times_and_never_less_than_a_tick),
        cmocka_unit_test(the_timeout_stays_within_its_bounds),
        cmocka_unit_test(back_off_doubles_up_to_the_largest),
        cmocka_unit_test(a_retransmitted_segment_is_not_timed),
        cmocka_unit_test(a_retransmitted_segment_is_timed_by_its_stamp),
        cmocka_unit_test(one_octet_of_a_flight_is_timed),
        cmocka_unit_test(an_ack_up_to_the_timed_octet_does_not_time_it),
        cmocka_unit_test(the_stamp_of_the_first_copy_times_nothing),
        cmocka_unit_test(without_a_timeout_stamps_time_nothing),
        cmocka_unit_test(a_segment_sent_again_before_its_timeout_is_not_timed_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
