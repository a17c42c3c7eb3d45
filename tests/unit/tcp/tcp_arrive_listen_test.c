/* A segment for a listener (RFC 9293 section 3.10.7.2). */
#include "tcp_dsl.h"

static bool listener_opens(struct tcp_segment seg)
{
    dsl_begin();
    return tcp_arrive_listen(&env, &seg);
}

/* [REQ 9293/3.10.7.2] */
TEST(reset_is_ignored)
{
    assert_false(listener_opens((struct tcp_segment){.flags = TCP_RST}));
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_false(listener_opens((struct tcp_segment){.flags = TCP_RST | TCP_SYN}));
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* [REQ 9293/3.10.7.2] [REQ 9293/3.5.2-group-2] */
TEST(ack_is_answered_with_a_reset)
{
    assert_false(listener_opens((struct tcp_segment){.flags = TCP_ACK, .ack = {77}}));
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 77);
    assert_false(listener_opens((struct tcp_segment){.flags = TCP_SYN | TCP_ACK, .ack = {78}}));
    assert_int_equal(env.reply.seq.raw, 78);
}

/* [REQ 9293/3.10.7.2] */
TEST(syn_may_pass)
{
    assert_true(listener_opens((struct tcp_segment){.flags = TCP_SYN}));
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_true(listener_opens((struct tcp_segment){.flags = TCP_SYN | TCP_ECE | TCP_CWR}));
}

TEST(syn_with_a_fin_is_dropped)
{
    assert_false(listener_opens((struct tcp_segment){.flags = TCP_SYN | TCP_FIN}));
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* [REQ 9293/3.10.7.2] */
TEST(anything_else_is_dropped)
{
    assert_false(listener_opens((struct tcp_segment){.flags = 0, .len = 5}));
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* "RCV.NXT is set to SEG.SEQ+1, IRS is set to SEG.SEQ ... SND.NXT is set to ISS+1". */
TEST(passive_open_answers_with_a_syn_ack)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    struct tcp_segment syn = {.flags = TCP_SYN, .seq = {700}, .len = 1, .wnd = 5000};
    syn.options = (struct tcp_options){.present = TCP_OPTION_MSS, .mss = 900};

    tcp_arrive_listen_open(&env, &c, &syn);
    EXPECT(&c, TCP_SYN_RECEIVED, .pending = TCP_PENDING_SYN, .una = 100, .rcv_nxt = 701,
           .snd_wnd = 5000);
    assert_true(conn_is(&c, TCP_PASSIVE_OPEN)); /* MUST-11  [REQ 9293/MUST-11] */
    assert_int_equal(c.rcv.irs.raw, 700);
    assert_int_equal(c.snd.max_wnd, 5000);
    assert_int_equal(c.snd.wl1.raw, 700);
    assert_int_equal(c.mss, 900);
    assert_int_equal(c.stalled_since, env.now);
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {701}, .wnd = 1000);
    assert_int_equal(c.snd.nxt.raw, 101);
    SENDS_NOTHING(&c);
}

/* Text on a SYN is not kept: the peer sends it again. */
TEST(text_on_the_syn_is_left_to_be_sent_again)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    struct tcp_segment syn = {
        .flags = TCP_SYN, .seq = {700}, .len = 6, .text = {dsl_octets(seq_at(701), 5), 5}};

    tcp_arrive_listen_open(&env, &c, &syn);
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {701});
    ARRIVE(&c, TCP_ACK, .seq = {701}, .ack = {101}, .len = 5);
    EXPECT(&c, TCP_ESTABLISHED, .una = 101, .rcv_nxt = 706);
    expect_readable(&c, 701, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_is_ignored),
        cmocka_unit_test(ack_is_answered_with_a_reset),
        cmocka_unit_test(syn_may_pass),
        cmocka_unit_test(syn_with_a_fin_is_dropped),
        cmocka_unit_test(anything_else_is_dropped),
        cmocka_unit_test(passive_open_answers_with_a_syn_ack),
        cmocka_unit_test(text_on_the_syn_is_left_to_be_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
