/* The table of states: what each means, and which moves RFC 9293 figure 5 allows. */
#include <stdlib.h>
#include <stdnoreturn.h>

#include "tcp_dsl.h"

struct move {
    enum tcp_state from, to;
};

/* Figure 5, with what the text adds: a FIN on the segment that ends SYN-RECEIVED reaches
 * CLOSE-WAIT through ESTABLISHED, and a FIN that acknowledges ours skips CLOSING. */
static const struct move legal[] = {
    {TCP_CLOSED, TCP_SYN_SENT},          {TCP_CLOSED, TCP_SYN_RECEIVED},
    {TCP_SYN_SENT, TCP_ESTABLISHED},     {TCP_SYN_SENT, TCP_SYN_RECEIVED},
    {TCP_SYN_RECEIVED, TCP_ESTABLISHED}, {TCP_SYN_RECEIVED, TCP_FIN_WAIT_1},
    {TCP_SYN_RECEIVED, TCP_CLOSE_WAIT},  {TCP_ESTABLISHED, TCP_FIN_WAIT_1},
    {TCP_ESTABLISHED, TCP_CLOSE_WAIT},   {TCP_FIN_WAIT_1, TCP_FIN_WAIT_2},
    {TCP_FIN_WAIT_1, TCP_CLOSING},       {TCP_FIN_WAIT_1, TCP_TIME_WAIT},
    {TCP_FIN_WAIT_2, TCP_TIME_WAIT},     {TCP_CLOSE_WAIT, TCP_LAST_ACK},
    {TCP_CLOSING, TCP_TIME_WAIT},
};

static bool is_legal(enum tcp_state from, enum tcp_state to)
{
    for (size_t i = 0; i < COUNT_OF(legal); i++)
        if (legal[i].from == from && legal[i].to == to)
            return true;
    return false;
}

TEST(the_table_allows_the_moves_of_figure_5_and_no_others)
{
    for (int from = 0; from < TCP_STATE_COUNT; from++)
        for (int to = 0; to < TCP_STATE_COUNT; to++)
            assert_int_equal((tcp_state_traits((enum tcp_state)from)->next >> to) & 1,
                             is_legal((enum tcp_state)from, (enum tcp_state)to));
}

TEST(every_state_reaches_closed)
{
    for (int s = 0; s < TCP_STATE_COUNT; s++) {
        struct tcp_conn c = GIVEN(.state = (enum tcp_state)s);
        tcp_state_close(&env, &c, LULL_ECONNRESET);
        assert_int_equal(c.state, TCP_CLOSED);
        assert_int_equal(c.error, LULL_ECONNRESET);
    }
}

TEST(every_state_has_both_its_names)
{
    for (int s = 0; s < TCP_STATE_COUNT; s++) {
        assert_non_null(tcp_state_traits((enum tcp_state)s)->name);
        assert_non_null(tcp_state_traits((enum tcp_state)s)->brief);
    }
    assert_string_equal(tcp_state_traits(TCP_ESTABLISHED)->name, "ESTABLISHED");
    assert_string_equal(tcp_state_traits(TCP_ESTABLISHED)->brief, "ESTAB");
    assert_string_equal(tcp_state_traits(TCP_SYN_RECEIVED)->brief, "SYN-RECV");
}

TEST(text_is_received_until_the_peers_fin)
{
    const enum tcp_state yes[] = {TCP_SYN_RECEIVED, TCP_ESTABLISHED, TCP_FIN_WAIT_1,
                                  TCP_FIN_WAIT_2};
    unsigned want = 0, got = 0;

    for (size_t i = 0; i < COUNT_OF(yes); i++)
        want |= 1u << yes[i];
    for (unsigned s = 0; s < TCP_STATE_COUNT; s++)
        got |= tcp_state_traits((enum tcp_state)s)->receives_text ? 1u << s : 0;
    assert_int_equal(got, want);
}

/* Section 3.10.7.4 is about the synchronized states and SYN-RECEIVED. */
TEST(both_numbers_are_known_from_syn_received_on)
{
    for (int s = 0; s < TCP_STATE_COUNT; s++)
        assert_int_equal(tcp_state_traits((enum tcp_state)s)->synchronized, s >= TCP_SYN_RECEIVED);
}

/* Text may be queued before the connection exists, and goes out before the FIN. */
TEST(text_is_sent_in_every_state_whose_fin_may_still_wait)
{
    const enum tcp_state yes[] = {TCP_SYN_SENT,   TCP_SYN_RECEIVED, TCP_ESTABLISHED, TCP_FIN_WAIT_1,
                                  TCP_CLOSE_WAIT, TCP_CLOSING,      TCP_LAST_ACK};
    unsigned want = 0, got = 0;

    for (size_t i = 0; i < COUNT_OF(yes); i++)
        want |= 1u << yes[i];
    for (unsigned s = 0; s < TCP_STATE_COUNT; s++)
        got |= tcp_state_traits((enum tcp_state)s)->sends_text ? 1u << s : 0;
    assert_int_equal(got, want);
}

/* An illegal move stops the program in every build; here it stops the test. */
noreturn void __assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
    (void)function;
    mock_assert(0, what, file, (int)line);
    abort();
}

/* In a function of its own: a longjmp may spoil the variables of the one it lands in. */
static void must_be_refused(struct tcp_conn *c, enum tcp_state to)
{
    expect_assert_failure(tcp_state_set(&env, c, to));
}

TEST(an_illegal_move_is_never_made)
{
    for (int from = 0; from < TCP_STATE_COUNT; from++)
        for (int to = 0; to < TCP_STATE_COUNT; to++) {
            struct tcp_conn c = GIVEN(.state = (enum tcp_state)from);
            if (to == TCP_CLOSED || is_legal(c.state, (enum tcp_state)to)) {
                tcp_state_set(&env, &c, (enum tcp_state)to);
                assert_int_equal(c.state, to);
            } else {
                must_be_refused(&c, (enum tcp_state)to);
                assert_int_equal(c.state, from);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_allows_the_moves_of_figure_5_and_no_others),
        cmocka_unit_test(every_state_reaches_closed),
        cmocka_unit_test(every_state_has_both_its_names),
        cmocka_unit_test(text_is_received_until_the_peers_fin),
        cmocka_unit_test(both_numbers_are_known_from_syn_received_on),
        cmocka_unit_test(text_is_sent_in_every_state_whose_fin_may_still_wait),
        cmocka_unit_test(an_illegal_move_is_never_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
