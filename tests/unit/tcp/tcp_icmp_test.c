/* ICMP errors about a connection (RFC 9293 section 3.9.2.2, RFC 5927). */
#include "tcp/tcp_icmp.h"
#include "tcp_dsl.h"

static bool icmp(struct tcp_conn *c, uint32_t seq, bool hard)
{
    struct tcp_icmp told = {
        .seq = seq_at(seq), .hard = hard, .error = hard ? LULL_ECONNREFUSED : LULL_EHOSTUNREACH};
    env.reply = (struct tcp_reply){0};
    return tcp_icmp_arrive(&env, c, &told);
}

/* SND.UNA is 100 and SND.NXT 200.  [REQ RL-11] */
TEST(only_what_is_in_flight_is_believed)
{
    const struct {
        uint32_t seq;
        bool believed;
    } quotes[] = {{99, false}, {100, true}, {150, true}, {199, true}, {200, false}, {0, false}};
    for (size_t i = 0; i < COUNT_OF(quotes); i++) {
        struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
        assert_int_equal(icmp(&c, quotes[i].seq, false), quotes[i].believed);
        assert_int_equal(COUNTED(OutOfWindowIcmps), quotes[i].believed ? 0 : 1);
        assert_int_equal(c.soft_error, quotes[i].believed ? LULL_EHOSTUNREACH : LULL_OK);
    }
    struct tcp_conn idle = GIVEN(.state = TCP_ESTABLISHED, .una = 200);
    assert_false(icmp(&idle, 200, false)); /* nothing is in flight */
    struct tcp_conn around = GIVEN(.state = TCP_ESTABLISHED, .una = UINT32_MAX - 9, .nxt = 90);
    assert_false(icmp(&around, UINT32_MAX - 10, false));
    assert_true(icmp(&around, 89, false));
}

static void judge(enum tcp_state in, bool hard, bool knob)
{
    bool attempt = in == TCP_SYN_SENT || in == TCP_SYN_RECEIVED;
    bool ends = hard && (attempt || knob);
    struct tcp_conn c = GIVEN(.state = in);

    dsl_settings.knobs.value[LULL_KNOB_icmp_hard_abort_sync] = knob;
    assert_true(icmp(&c, 100, hard));
    EXPECT(&c, ends ? TCP_CLOSED : in);
    assert_int_equal(c.error, ends ? LULL_ECONNREFUSED : LULL_OK);
    assert_int_equal(COUNTED(TcpAttemptFails), ends && attempt);
}

/* In every state with something in flight, both kinds, and the knob.  [REQ RL-11]
 * [REQ 9293/MUST-56] [REQ 9293/SHLD-26] */
TEST(only_a_hard_error_ends_and_only_an_attempt)
{
    const enum tcp_state states[] = {TCP_SYN_SENT,   TCP_SYN_RECEIVED, TCP_ESTABLISHED,
                                     TCP_FIN_WAIT_1, TCP_CLOSE_WAIT,   TCP_CLOSING,
                                     TCP_LAST_ACK};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        judge(states[i], false, false);
        judge(states[i], false, true);
        judge(states[i], true, false);
        judge(states[i], true, true);
    }
}

TEST(in_fin_wait_2_nothing_can_be_quoted)
{
    struct tcp_conn c = GIVEN(.state = TCP_FIN_WAIT_2);
    dsl_settings.knobs.value[LULL_KNOB_icmp_hard_abort_sync] = 1;
    assert_false(icmp(&c, 199, true));
    assert_false(icmp(&c, 200, true));
    EXPECT(&c, TCP_FIN_WAIT_2);
}

/* A guess that is one off does not end the attempt either.  [REQ RL-11] */
TEST(an_attempt_has_one_number_in_flight)
{
    for (uint32_t seq = 99; seq <= 101; seq++) {
        struct tcp_conn c = GIVEN(.state = TCP_SYN_SENT);
        assert_int_equal(icmp(&c, seq, true), seq == 100);
        EXPECT(&c, seq == 100 ? TCP_CLOSED : TCP_SYN_SENT);
    }
}

/* How a connection ends that nobody answers, after a router spoke of @seq. */
static enum lull_error ends_with(struct tcp_conn c, uint32_t seq)
{
    c.stalled_since = env.now;
    icmp(&c, seq, false);
    while (c.state != TCP_CLOSED) {
        struct tcp_emission out;
        (void)tcp_output_next(&env, &c, 0, &out);
        dsl_later(tcp_timeout_next(&c) - env.now);
        tcp_timeout_fire(&env, &c);
    }
    return c.error;
}

/* An attempt that times out tells what a router said; an established connection had better
 * news since.  [REQ CH-19] */
TEST(an_attempt_ends_with_the_reason_it_was_told)
{
    struct tcp_conn syn = GIVEN(.state = TCP_SYN_SENT);
    syn.pending = TCP_PENDING_SYN;
    assert_int_equal(ends_with(syn, 100), LULL_EHOSTUNREACH);
    syn = GIVEN(.state = TCP_SYN_SENT);
    syn.pending = TCP_PENDING_SYN;
    assert_int_equal(ends_with(syn, 101), LULL_ETIMEDOUT); /* not about us */
    struct tcp_conn established = GIVEN(.state = TCP_ESTABLISHED);
    established.pending = TCP_PENDING_RETRANSMIT;
    assert_int_equal(ends_with(established, 100), LULL_ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_in_flight_is_believed),
        cmocka_unit_test(only_a_hard_error_ends_and_only_an_attempt),
        cmocka_unit_test(in_fin_wait_2_nothing_can_be_quoted),
        cmocka_unit_test(an_attempt_has_one_number_in_flight),
        cmocka_unit_test(an_attempt_ends_with_the_reason_it_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
