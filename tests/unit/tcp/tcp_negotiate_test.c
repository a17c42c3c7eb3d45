/* What the SYNs agree on (RFC 9293 section 3.7.1, RFC 7323, RFC 2018). */
#include "tcp/tcp_negotiate.h"
#include "tcp/tcp_timestamp.h"
#include "tcp_dsl.h"

enum { ALL = LULL_FEATURE_TIMESTAMPS | LULL_FEATURE_WINDOW_SCALE | LULL_FEATURE_SACK };

static const struct tcp_options everything = {
    .present = TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE | TCP_OPTION_SACK_PERMITTED
               | TCP_OPTION_TIMESTAMPS,
    .mss = 1400,
    .window_scale = 5,
    .ts_value = 77,
};

static struct tcp_conn opening(uint8_t features, uint32_t receive_buffer, uint16_t mss)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED, .receive_buffer = receive_buffer, .mss = mss);
    tcp_negotiate_begin(&c, features);
    return c;
}

static struct tcp_options offer(const struct tcp_conn *c)
{
    struct tcp_options options = {0};
    tcp_negotiate_offer(&env, c, &options);
    return options;
}

static void agree(struct tcp_conn *c, const struct tcp_options *theirs)
{
    struct tcp_segment syn = {.flags = TCP_SYN, .options = *theirs};
    tcp_negotiate_agree(&env, c, &syn);
}

/* SHLD-5, MAY-3: the MSS in every SYN.  [REQ 9293/SHLD-5] */
TEST(a_syn_always_tells_the_mss)
{
    struct tcp_conn c = opening(0, 16384, 1460);
    struct tcp_options options = offer(&c);
    assert_int_equal(options.present, TCP_OPTION_MSS);
    assert_int_equal(options.mss, 1460);
}

TEST(each_feature_is_offered_by_itself)
{
    const struct {
        uint8_t feature, option;
    } each[] = {{LULL_FEATURE_TIMESTAMPS, TCP_OPTION_TIMESTAMPS},
                {LULL_FEATURE_WINDOW_SCALE, TCP_OPTION_WINDOW_SCALE},
                {LULL_FEATURE_SACK, TCP_OPTION_SACK_PERMITTED}};
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct tcp_conn c = opening(each[i].feature, 16384, 1460);
        assert_int_equal(offer(&c).present, TCP_OPTION_MSS | each[i].option);
        agree(&c, &everything);
        assert_int_equal(offer(&c).present, TCP_OPTION_MSS | each[i].option);
    }
}

/* A SYN-ACK repeats only what the SYN had.  [REQ 7323/1.3] [REQ 2018/2] */
TEST(nothing_is_agreed_that_the_peer_did_not_offer)
{
    const uint8_t without[] = {TCP_OPTION_WINDOW_SCALE, TCP_OPTION_SACK_PERMITTED,
                               TCP_OPTION_TIMESTAMPS};
    for (size_t i = 0; i < COUNT_OF(without); i++) {
        struct tcp_conn c = opening(ALL, 200000, 1460);
        struct tcp_options theirs = everything;
        theirs.present &= (uint8_t)~without[i];
        agree(&c, &theirs);
        assert_int_equal(offer(&c).present, everything.present & ~without[i]);
    }
}

/* RFC 7323 section 2.3: the smallest shift that shows the whole buffer.  [REQ 7323/2.3] */
TEST(the_scale_fits_the_buffer)
{
    const struct {
        uint32_t buffer;
        uint8_t scale;
    } rows[] = {{1, 0}, {65535, 0}, {65536, 1}, {131071, 1}, {131072, 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tcp_conn c = opening(ALL, 16384, 1460);
        c.receive_buffer = rows[i].buffer;
        tcp_negotiate_begin(&c, ALL);
        assert_int_equal(c.rcv_scale, rows[i].scale);
    }
    struct tcp_conn c = opening(ALL, 16384, 1460);
    c.receive_buffer = UINT32_MAX;
    tcp_negotiate_begin(&c, ALL);
    assert_int_equal(c.rcv_scale, 14);
    assert_int_equal(offer(&c).window_scale, 14);
}

TEST(scales_count_only_when_both_ends_agree)
{
    struct tcp_conn c = opening(ALL, 200000, 1460);
    agree(&c, &everything);
    assert_int_equal(c.snd_scale, 5);
    assert_int_equal(c.rcv_scale, 2);
    c = opening(0, 200000, 1460);
    assert_int_equal(c.rcv_scale, 0);
    agree(&c, &everything);
    assert_int_equal(c.snd_scale, 0);
    c = opening(ALL, 200000, 1460);
    agree(&c, &(struct tcp_options){.window_scale = 5});
    assert_int_equal(c.snd_scale, 0);
    assert_int_equal(c.rcv_scale, 0);
}

/* MUST-14 to 16: the smaller of what they take and what our link takes; 536 when they do not
 * say.  [REQ 9293/MUST-14] [REQ 9293/MUST-15] */
TEST(segments_suit_both_ends)
{
    const struct {
        uint16_t theirs, ours, agreed;
    } rows[] = {{1400, 1460, 1400}, {1460, 1400, 1400}, {1400, 1400, 1400},
                {0, 1460, 64},      {64, 1460, 64},     {65, 1460, 65}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tcp_conn c = opening(0, 16384, rows[i].ours);
        agree(&c, &(struct tcp_options){.present = TCP_OPTION_MSS, .mss = rows[i].theirs});
        assert_int_equal(c.mss, rows[i].agreed);
    }
}

TEST(a_peer_that_tells_no_mss_gets_536)
{
    struct tcp_conn c = opening(0, 16384, 1460);
    assert_int_equal(c.mss, 536);
    agree(&c, &(struct tcp_options){.mss = 1400});
    assert_int_equal(c.mss, 536);
    c = opening(0, 16384, 500);
    assert_int_equal(c.mss, 500);
}

TEST(the_first_stamp_is_remembered)
{
    struct tcp_conn c = opening(ALL, 16384, 1460);
    agree(&c, &everything);
    assert_int_equal(c.ts.recent, 77);
    assert_int_equal(c.ts.recent_at, env.now);
    c = opening(0, 16384, 1460);
    agree(&c, &everything);
    assert_int_equal(c.ts.recent, 0);
}

/* RFC 7323 section 3.2: TSecr is zero in a SYN, the peer's value in a SYN-ACK. */
TEST(the_echo_is_zero_without_anything_to_echo)
{
    struct tcp_conn c = opening(ALL, 16384, 1460);
    c.ts.recent = 77;
    c.state = TCP_SYN_SENT;
    assert_int_equal(offer(&c).ts_echo, 0);
    assert_int_equal(offer(&c).ts_value, tcp_timestamp_value(c.ts.offset, env.now));
    c.state = TCP_SYN_RECEIVED;
    assert_int_equal(offer(&c).ts_echo, 77);
}

TEST(the_congestion_window_starts_from_the_text_of_a_segment)
{
    struct tcp_conn c = opening(ALL, 16384, 1460);
    agree(&c, &everything);
    assert_int_equal(c.congestion.mss, 1388);
    c = opening(0, 16384, 1460);
    agree(&c, &everything);
    assert_int_equal(c.congestion.mss, 1400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_always_tells_the_mss),
        cmocka_unit_test(each_feature_is_offered_by_itself),
        cmocka_unit_test(nothing_is_agreed_that_the_peer_did_not_offer),
        cmocka_unit_test(the_scale_fits_the_buffer),
        cmocka_unit_test(scales_count_only_when_both_ends_agree),
        cmocka_unit_test(segments_suit_both_ends),
        cmocka_unit_test(a_peer_that_tells_no_mss_gets_536),
        cmocka_unit_test(the_first_stamp_is_remembered),
        cmocka_unit_test(the_echo_is_zero_without_anything_to_echo),
        cmocka_unit_test(the_congestion_window_starts_from_the_text_of_a_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
