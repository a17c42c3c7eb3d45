/* Slow start and congestion avoidance (RFC 5681 section 3.1, RFC 6928). */
#include "tcp/tcp_congestion_reno.h"
#include "tcp_dsl.h"

static struct tcp_congestion fresh(uint32_t mss)
{
    struct tcp_congestion cc;
    tcp_congestion_init(&cc, mss);
    return cc;
}

static struct tcp_congestion avoiding(uint32_t cwnd, uint32_t ssthresh)
{
    struct tcp_congestion cc = fresh(1000);
    cc.cwnd = cwnd;
    cc.ssthresh = ssthresh;
    return cc;
}

static void acked(struct tcp_congestion *cc, uint32_t bytes, uint32_t in_flight)
{
    struct tcp_congestion_ack ack = {.acked = bytes, .in_flight = in_flight};
    tcp_congestion_of(cc)->acked(cc, &ack);
}

/* RFC 6928 section 2: min(10 * MSS, max(2 * MSS, 14600)).  [REQ 6928/2] */
TEST(the_initial_window_is_ten_segments_or_so)
{
    const struct {
        uint32_t mss, window;
    } rows[] = {{536, 5360},   {1460, 14600}, {1461, 14600},
                {5000, 14600}, {7300, 14600}, {8000, 16000}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tcp_congestion cc = fresh(rows[i].mss);
        assert_int_equal(cc.cwnd, rows[i].window);
        assert_int_equal(cc.ssthresh, UINT32_MAX);
    }
}

TEST(reno_is_the_controller_by_default)
{
    struct tcp_congestion cc = fresh(1000);
    assert_string_equal(tcp_congestion_of(&cc)->name, "reno");
}

/* Equation (2), with byte counting up to two segments.  [REQ 5681/3.1] */
TEST(slow_start_grows_by_what_was_acknowledged)
{
    struct tcp_congestion cc = avoiding(10000, 50000);
    acked(&cc, 700, 10000);
    assert_int_equal(cc.cwnd, 10700);
    acked(&cc, 2000, 10700);
    assert_int_equal(cc.cwnd, 12700);
    acked(&cc, 9000, 12700);
    assert_int_equal(cc.cwnd, 14700);
}

/* A window that was not filled says nothing about the path. */
TEST(slow_start_does_not_grow_an_unused_window)
{
    struct tcp_congestion cc = avoiding(10000, 50000);
    acked(&cc, 1000, 4499);
    assert_int_equal(cc.cwnd, 10000);
    acked(&cc, 1000, 4500);
    assert_int_equal(cc.cwnd, 11000);
}

/* Equation (3): one segment for each window acknowledged. */
TEST(avoidance_grows_by_a_segment_each_round_trip)
{
    struct tcp_congestion cc = avoiding(10000, 10000);
    for (int i = 0; i < 9; i++)
        acked(&cc, 1000, 10000);
    assert_int_equal(cc.cwnd, 10000);
    acked(&cc, 999, 10000);
    assert_int_equal(cc.cwnd, 10000);
    acked(&cc, 1, 10000);
    assert_int_equal(cc.cwnd, 11000);
    for (int i = 0; i < 10; i++)
        acked(&cc, 1000, 11000);
    assert_int_equal(cc.cwnd, 11000);
    acked(&cc, 1000, 11000);
    assert_int_equal(cc.cwnd, 12000);
}

TEST(avoidance_does_not_grow_an_unused_window)
{
    struct tcp_congestion cc = avoiding(10000, 10000);
    for (int i = 0; i < 20; i++)
        acked(&cc, 1000, 8999);
    assert_int_equal(cc.cwnd, 10000);
    for (int i = 0; i < 10; i++)
        acked(&cc, 1000, 9000);
    assert_int_equal(cc.cwnd, 11000);
}

/* Equation (4).  [REQ 5681/3.1-4] */
TEST(a_loss_halves_the_flight)
{
    struct tcp_congestion cc = avoiding(20000, 30000);
    tcp_congestion_of(&cc)->lost(&cc, 10000);
    assert_int_equal(cc.ssthresh, 5000);
    assert_int_equal(cc.cwnd, 20000);
    tcp_congestion_of(&cc)->lost(&cc, 5000);
    assert_int_equal(cc.ssthresh, 2500);
    tcp_congestion_of(&cc)->lost(&cc, 3999);
    assert_int_equal(cc.ssthresh, 2000);
}

TEST(a_timeout_leaves_one_segment)
{
    struct tcp_congestion cc = avoiding(20000, 30000);
    tcp_congestion_of(&cc)->timed_out(&cc, 10000);
    assert_int_equal(cc.ssthresh, 5000);
    assert_int_equal(cc.cwnd, 1000);
}

TEST(what_was_acknowledged_before_a_loss_counts_no_more)
{
    struct tcp_congestion cc = avoiding(10000, 10000);
    acked(&cc, 9000, 10000);
    tcp_congestion_of(&cc)->lost(&cc, 10000);
    cc.ssthresh = 10000;
    acked(&cc, 1000, 10000);
    assert_int_equal(cc.cwnd, 10000);
    acked(&cc, 8000, 10000);
    tcp_congestion_of(&cc)->timed_out(&cc, 10000);
    cc = (struct tcp_congestion){
        .cwnd = 10000, .ssthresh = 10000, .mss = 1000, .state = {cc.state[0]}};
    acked(&cc, 1000, 10000);
    assert_int_equal(cc.cwnd, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_initial_window_is_ten_segments_or_so),
        cmocka_unit_test(reno_is_the_controller_by_default),
        cmocka_unit_test(slow_start_grows_by_what_was_acknowledged),
        cmocka_unit_test(slow_start_does_not_grow_an_unused_window),
        cmocka_unit_test(avoidance_grows_by_a_segment_each_round_trip),
        cmocka_unit_test(avoidance_does_not_grow_an_unused_window),
        cmocka_unit_test(a_loss_halves_the_flight),
        cmocka_unit_test(a_timeout_leaves_one_segment),
        cmocka_unit_test(what_was_acknowledged_before_a_loss_counts_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
