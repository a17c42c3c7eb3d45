/* How many challenge ACKs there are (RFC 5961 section 7). */
#include "tcp/tcp_challenge.h"
#include "tcp_dsl.h"

static void set_limit(int64_t limit)
{
    dsl_settings.knobs.value[LULL_KNOB_challenge_host_limit] = limit;
}

static bool is_allowed(struct tcp_conn *c)
{
    c->pending = 0;
    tcp_challenge_send(&env, c);
    return c->pending == TCP_PENDING_CHALLENGE_ACK;
}

/* What @count connections, each asked once in this instant, may send together. */
static int allowed_among(int count)
{
    static struct tcp_conn conns[64];
    int allowed = 0;

    assert_true(count <= 64);
    for (int i = 0; i < count; i++) {
        conns[i].challenged_at = env.now - LULL_MS(500);
        allowed += is_allowed(&conns[i]);
    }
    return allowed;
}

/* [REQ RL-07] [REQ 5961/7] */
TEST(one_connection_challenges_once_in_half_a_second)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    assert_true(is_allowed(&c));
    dsl_later(LULL_MS(500) - 1);
    assert_false(is_allowed(&c));
    dsl_later(1);
    assert_true(is_allowed(&c));
    assert_int_equal(COUNTED(TCPChallengeACK), 2);
    assert_int_equal(COUNTED(TCPACKSkippedChallenge), 1);
}

/* [REQ RL-07] */
TEST(without_a_limit_for_the_host_connections_do_not_know_each_other)
{
    dsl_begin();
    assert_int_equal(allowed_among(64), 64);
}

/* [REQ RL-07] */
TEST(the_limit_of_the_host_lies_between_a_half_and_one_and_a_half)
{
    bool reached[64] = {false};

    dsl_begin();
    set_limit(10);
    for (int second = 0; second < 400; second++) {
        int allowed = allowed_among(64);
        assert_in_range(allowed, 5, 14);
        assert_int_equal(allowed_among(64), 0); /* what is spent is spent */
        reached[allowed] = true;
        dsl_later(LULL_SEC(1));
    }
    for (int allowed = 5; allowed <= 14; allowed++)
        assert_true(reached[allowed]);
}

/* Another secret, another series: nobody outside can tell.  [REQ RL-07] */
TEST(the_limit_of_a_second_is_secret)
{
    int differ = 0;

    dsl_begin();
    for (int second = 0; second < 50; second++) {
        int series[2];
        for (uint64_t key = 0; key < 2; key++) {
            set_limit(10);
            dsl_settings.challenge_key.word[0] = key;
            dsl_challenges = (struct tcp_challenge_budget){0};
            series[key] = allowed_among(64);
        }
        differ += series[0] != series[1];
        dsl_later(LULL_SEC(1));
    }
    assert_in_range(differ, 30, 50);
}

/* [REQ RL-07] */
TEST(a_second_begins_with_all_it_has)
{
    dsl_begin();
    set_limit(1);
    env.now = LULL_SEC(2000) - 1;
    assert_int_equal(allowed_among(3), 1);
    dsl_later(1);
    assert_int_equal(allowed_among(3), 1);
    env.now = 0; /* the first of them */
    dsl_challenges = (struct tcp_challenge_budget){0};
    assert_int_equal(allowed_among(3), 1);
}

/* A flood at one connection spends nothing of what the others have.  [REQ RL-07] */
TEST(the_limit_of_the_connection_comes_first)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    set_limit(2);
    assert_true(is_allowed(&c));
    for (int i = 0; i < 100; i++)
        assert_false(is_allowed(&c));
    assert_int_equal(dsl_challenges.spent, 1);
}

/* Refused by the host, a connection has not had its turn.  [REQ RL-07] */
TEST(a_connection_the_host_refused_may_challenge_in_the_next_second)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED);
    env.now = LULL_SEC(2000) - LULL_MS(1);
    set_limit(1);
    assert_int_equal(allowed_among(1), 1);
    assert_false(is_allowed(&c));
    dsl_later(LULL_MS(1));
    assert_true(is_allowed(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_challenges_once_in_half_a_second),
        cmocka_unit_test(without_a_limit_for_the_host_connections_do_not_know_each_other),
        cmocka_unit_test(the_limit_of_the_host_lies_between_a_half_and_one_and_a_half),
        cmocka_unit_test(the_limit_of_a_second_is_secret),
        cmocka_unit_test(a_second_begins_with_all_it_has),
        cmocka_unit_test(the_limit_of_the_connection_comes_first),
        cmocka_unit_test(a_connection_the_host_refused_may_challenge_in_the_next_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
