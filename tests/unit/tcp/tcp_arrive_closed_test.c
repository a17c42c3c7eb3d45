/* A segment for a connection that does not exist (RFC 9293 section 3.10.7.1).  [REQ SA-16] */
#include "tcp_dsl.h"

static struct tcp_reply answer_to(struct tcp_segment seg)
{
    dsl_begin();
    tcp_arrive_closed(&env, &seg);
    return env.reply;
}

/* [REQ 9293/3.10.7.1] */
TEST(reset_is_never_answered)
{
    assert_int_equal(answer_to((struct tcp_segment){.flags = TCP_RST}).kind, TCP_REPLY_NONE);
    assert_int_equal(answer_to((struct tcp_segment){.flags = TCP_RST | TCP_ACK}).kind,
                     TCP_REPLY_NONE);
}

/* <SEQ=SEG.ACK><CTL=RST>  [REQ 9293/3.10.7.1] [REQ 9293/3.5.2-group-1] */
TEST(segment_with_an_ack_is_answered_at_that_number)
{
    struct tcp_reply reply =
        answer_to((struct tcp_segment){.flags = TCP_ACK, .seq = {5}, .ack = {77}, .len = 3});
    assert_int_equal(reply.kind, TCP_REPLY_RESET);
    assert_int_equal(reply.seq.raw, 77);
}

/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>  [REQ 9293/3.10.7.1] [REQ 9293/3.5.2-group-1] */
TEST(segment_without_an_ack_is_answered_at_zero)
{
    struct tcp_reply reply =
        answer_to((struct tcp_segment){.flags = TCP_SYN, .seq = {0xffffffffu}, .len = 1});
    assert_int_equal(reply.kind, TCP_REPLY_RESET_AND_ACK);
    assert_int_equal(reply.seq.raw, 0);
    assert_int_equal(reply.ack.raw, 0);
    reply = answer_to((struct tcp_segment){.flags = TCP_FIN, .seq = {500}, .len = 11});
    assert_int_equal(reply.ack.raw, 511);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_is_never_answered),
        cmocka_unit_test(segment_with_an_ack_is_answered_at_that_number),
        cmocka_unit_test(segment_without_an_ack_is_answered_at_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
