/* The snapshot of a connection for users and tools (RFC 9293 section 3.10.6). */
#include "tcp/tcp_info.h"
#include "tcp_dsl.h"

TEST(a_snapshot_says_what_the_connection_knows)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSE_WAIT, .unsent = 30, .facts = TCP_TIMESTAMPS,
                              .snd_wnd = 7000, .cwnd = 9000);
    struct lull_tcp_info info;
    c.congestion.ssthresh = 8000;
    c.rtt = (struct tcp_rtt){100000, 10000};
    c.snd_scale = 3;
    c.rcv_scale = 5;
    c.retransmits = 4;
    c.backoff = 1;
    tcp_info_fill(&env, &c, &info);
    assert_string_equal(info.state, "CLOSE-WAIT");
    assert_int_equal(info.snd_una, 100);
    assert_int_equal(info.snd_nxt, 200);
    assert_int_equal(info.snd_wnd, 7000);
    assert_int_equal(info.rcv_nxt, 500);
    assert_int_equal(info.rcv_wnd, 1000);
    assert_int_equal(info.cwnd, 9000);
    assert_int_equal(info.ssthresh, 8000);
    assert_int_equal(info.mss, 988);
    assert_int_equal(info.unacknowledged, 100);
    assert_int_equal(info.unsent, 30);
    assert_int_equal(info.unread, 0);
    assert_int_equal(info.rtt, LULL_MS(100));
    assert_int_equal(info.rtt_variance, LULL_MS(10));
    assert_int_equal(info.rto, LULL_MS(400));
    assert_int_equal(info.retransmits_total, 4);
    assert_int_equal(info.backoff, 1);
    assert_int_equal(info.features, LULL_FEATURE_TIMESTAMPS);
    assert_int_equal(info.send_scale, 3);
    assert_int_equal(info.receive_scale, 5);
}

TEST(text_nobody_read_is_counted)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    struct lull_tcp_info info;
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {100}, .len = 12);
    tcp_info_fill(&env, &c, &info);
    assert_int_equal(info.unread, 12);
}

TEST(each_agreed_feature_is_told)
{
    const struct {
        uint32_t fact;
        uint8_t feature;
    } each[] = {{TCP_TIMESTAMPS, LULL_FEATURE_TIMESTAMPS},
                {TCP_WINDOW_SCALE, LULL_FEATURE_WINDOW_SCALE},
                {TCP_SACK, LULL_FEATURE_SACK}};
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .facts = each[i].fact);
        struct lull_tcp_info info;
        tcp_info_fill(&env, &c, &info);
        assert_int_equal(info.features, each[i].feature);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_says_what_the_connection_knows),
        cmocka_unit_test(text_nobody_read_is_counted),
        cmocka_unit_test(each_agreed_feature_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
