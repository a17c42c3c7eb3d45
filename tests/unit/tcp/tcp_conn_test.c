/* A connection from its plan: what tcp_conn_init() decides, and what the SYNs then carry. */
#include "tcp/tcp_isn.h"
#include "tcp/tcp_timestamp.h"
#include "tcp_dsl.h"

enum { ALL = LULL_FEATURE_TIMESTAMPS | LULL_FEATURE_WINDOW_SCALE | LULL_FEATURE_SACK };

static struct tcp_conn fresh(void)
{
    struct tcp_conn c = {0};

    dsl_begin();
    tcp_conn_init(&env, &c,
                  &(struct tcp_conn_plan){.tuple = dsl_tuple(4000),
                                          .id = 7,
                                          .send_buffer = 3000,
                                          .receive_buffer = 100000,
                                          .mss_local = 1400,
                                          .features = ALL});
    return c;
}

static const struct tcp_options theirs = {
    .present = TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE | TCP_OPTION_SACK_PERMITTED
               | TCP_OPTION_TIMESTAMPS,
    .mss = 1000,
    .window_scale = 5,
    .ts_value = 77,
};

static void has_agreed(const struct tcp_conn *c)
{
    assert_true(conn_is(c, TCP_TIMESTAMPS));
    assert_true(conn_is(c, TCP_SACK));
    assert_true(conn_is(c, TCP_WINDOW_SCALE));
    assert_int_equal(c->mss, 1000);
    assert_int_equal(c->snd_scale, 5);
    assert_int_equal(c->rcv_scale, 1);
    assert_int_equal(c->ts.recent, 77);
    assert_int_equal(c->snd.wl1.raw, 700);
    assert_int_equal(c->snd.wl2.raw, c->state == TCP_ESTABLISHED ? c->snd.una.raw : 0);
}

TEST(a_new_connection_follows_its_plan)
{
    struct tcp_conn c = fresh();
    assert_int_equal(c.state, TCP_CLOSED);
    assert_int_equal(c.error, LULL_OK);
    assert_int_equal(c.id, 7);
    assert_int_equal(c.send_buffer, 3000);
    assert_int_equal(c.receive_buffer, 100000);
    assert_int_equal(c.mss_local, 1400);
    assert_int_equal(c.rcv.wnd, 65535);
    assert_int_equal(c.rcv.ranges, BLOCK_NONE);
    assert_int_equal(c.heard_at, env.now);
    assert_int_equal(c.stalled_since, LULL_TIME_NEVER);
    assert_int_equal(tcp_timeout_next(&c), LULL_TIME_NEVER);
    assert_int_equal(c.snd.iss.raw, tcp_isn_choose(&dsl_settings, &c.tuple, env.now).raw);
    assert_int_equal(c.snd.una.raw, c.snd.iss.raw);
    assert_int_equal(c.snd.nxt.raw, c.snd.iss.raw);
    assert_int_equal(c.ts.offset, tcp_timestamp_offset(&dsl_settings.timestamp_key, &c.tuple));
}

TEST(buffers_are_cut_to_what_a_queue_can_hold)
{
    struct tcp_conn c = {0};
    dsl_begin();
    uint32_t limit = byte_queue_limit(env.blocks);
    tcp_conn_init(&env, &c,
                  &(struct tcp_conn_plan){
                      .mss_local = 1000, .send_buffer = limit + 1, .receive_buffer = UINT32_MAX});
    assert_int_equal(c.send_buffer, limit);
    assert_int_equal(c.receive_buffer, limit);
}

TEST(an_active_open_offers_and_agrees)
{
    struct tcp_conn c = fresh();
    seq32 iss = c.snd.iss;
    tcp_call_open(&env, &c);
    dsl_later(LULL_SEC(400)); /* the call was made long after the last verb */
    struct tcp_emission out = SENDS(&c, TCP_SYN, .seq = iss, .wnd = 65535);
    assert_int_equal(c.stalled_since, env.now);
    assert_int_equal(out.segment.options.present, theirs.present);
    assert_int_equal(out.segment.options.mss, 1400);
    ARRIVE(&c, TCP_SYN | TCP_ACK, .seq = {700}, .ack = seq_add(iss, 1), .options = theirs);
    EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_ACK, .rcv_nxt = 701);
    has_agreed(&c);
}

TEST(a_passive_open_agrees_and_answers)
{
    struct tcp_conn c = fresh();
    seq32 iss = c.snd.iss;
    struct tcp_segment syn = {
        .flags = TCP_SYN, .seq = {700}, .len = 1, .wnd = 9, .options = theirs};
    tcp_arrive_listen_open(&env, &c, &syn);
    has_agreed(&c);
    struct tcp_emission out = SENDS(&c, TCP_SYN | TCP_ACK, .seq = iss, .ack = {701}, .wnd = 65535);
    assert_int_equal(out.segment.options.present, theirs.present);
    assert_int_equal(out.segment.options.ts_echo, 77);
    ARRIVE(&c, TCP_ACK, .seq = {701}, .ack = seq_add(iss, 1), .wnd = 100, TS(78, 1));
    EXPECT(&c, TCP_ESTABLISHED, .snd_wnd = 3200);
    assert_int_equal(c.snd.max_wnd, 3200);
}

TEST(unsent_text_is_what_was_never_sent)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .unsent = 30);
    assert_int_equal(tcp_conn_unsent(&c), 30);
    assert_int_equal(tcp_conn_in_flight(&c), 100);
    c.facts |= TCP_RESENDING;
    c.snd.resend = seq_at(120);
    assert_int_equal(tcp_conn_in_flight(&c), 20);
    c = GIVEN(.state = TCP_SYN_SENT, .unsent = 30);
    assert_int_equal(tcp_conn_unsent(&c), 30);
    assert_int_equal(tcp_conn_text_start(&c).raw, 101);
    c = GIVEN(.state = TCP_FIN_WAIT_1);
    assert_int_equal(tcp_conn_unsent(&c), 0);
    assert_false(tcp_conn_fin_acked(&c));
    c = GIVEN(.state = TCP_FIN_WAIT_2);
    assert_true(tcp_conn_fin_acked(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_connection_follows_its_plan),
        cmocka_unit_test(buffers_are_cut_to_what_a_queue_can_hold),
        cmocka_unit_test(an_active_open_offers_and_agrees),
        cmocka_unit_test(a_passive_open_agrees_and_answers),
        cmocka_unit_test(unsent_text_is_what_was_never_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
