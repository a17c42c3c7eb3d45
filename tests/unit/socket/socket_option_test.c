/* Knobs that a listener has for itself. */
#include "cmocka_all.h"
#include "pair.h"

static struct pair pair;
static struct lull_stack *server;

static int open_both(void **state)
{
    (void)state;
    pair_open(&pair, 1, NULL, NULL);
    server = pair.stack[1];
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    pair_close(&pair);
    return 0;
}

static void every_knob_of_that_scope_and_no_other_can_be_set(void **state)
{
    lull_socket socket = pair_listen(&pair, 1, 80);

    (void)state;
    for (int i = 0; i <= LULL_KNOB_COUNT; i++) {
        enum lull_knob knob = (enum lull_knob)i;
        const struct lull_knob_info *info = lull_knob_info(knob);
        enum lull_error error = info == NULL                            ? LULL_EINVAL
                                : info->scope == LULL_KNOB_PER_LISTENER ? LULL_OK
                                                                        : LULL_EOPNOTSUPP;
        assert_int_equal(lull_socket_set_knob(server, socket, knob, info ? info->most : 0), error);
        assert_int_equal(lull_socket_knob(server, socket, knob),
                         error == LULL_OK ? info->most : lull_stack_knob(server, knob));
    }
}

static void both_ends_of_the_range_and_no_further(void **state)
{
    lull_socket socket = pair_listen(&pair, 1, 80);

    (void)state;
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        enum lull_knob knob = (enum lull_knob)i;
        const struct lull_knob_info *info = lull_knob_info(knob);
        if (info->scope != LULL_KNOB_PER_LISTENER)
            continue;
        assert_true(info->least >= 0 && info->most <= INT32_MAX); /* as they are kept */
        assert_int_equal(lull_socket_set_knob(server, socket, knob, info->least), LULL_OK);
        assert_int_equal(lull_socket_set_knob(server, socket, knob, info->most + 1), LULL_EINVAL);
        assert_int_equal(lull_socket_set_knob(server, socket, knob, -2), LULL_EINVAL);
        assert_int_equal(lull_socket_knob(server, socket, knob), info->least);
    }
}

static void a_socket_follows_the_stack_until_it_is_set_and_after_it_is_let_go(void **state)
{
    lull_socket socket = pair_listen(&pair, 1, 80);

    (void)state;
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_fw2_orphan_ms, 5000), LULL_OK);
    assert_int_equal(lull_socket_knob(server, socket, LULL_KNOB_fw2_orphan_ms), 5000);
    assert_int_equal(lull_socket_set_knob(server, socket, LULL_KNOB_fw2_orphan_ms, 7000), LULL_OK);
    assert_int_equal(lull_socket_knob(server, socket, LULL_KNOB_fw2_orphan_ms), 7000);
    assert_int_equal(lull_stack_knob(server, LULL_KNOB_fw2_orphan_ms), 5000);
    assert_int_equal(
        lull_socket_set_knob(server, socket, LULL_KNOB_fw2_orphan_ms, LULL_KNOB_OF_STACK), LULL_OK);
    assert_int_equal(lull_socket_knob(server, socket, LULL_KNOB_fw2_orphan_ms), 5000);
}

static void an_accepted_socket_has_what_its_listener_had_then(void **state)
{
    lull_socket listener = pair_listen(&pair, 1, 80), ends[2];

    (void)state;
    lull_socket_set_knob(server, listener, LULL_KNOB_abort_hold, 0);
    pair_connect(&pair, listener, 80, ends);
    lull_socket_set_knob(server, listener, LULL_KNOB_abort_hold, 1);
    assert_int_equal(lull_socket_knob(server, ends[1], LULL_KNOB_abort_hold), 0);
    assert_int_equal(lull_socket_knob(server, ends[1], LULL_KNOB_close_rst_on_unread), 1);
}

/* They share a word.  Each is set while all the others are at the other end of their range. */
static void no_knob_touches_another(void **state)
{
    const enum lull_knob knobs[] = {
        LULL_KNOB_tw_rst,        LULL_KNOB_tw_syn_policy, LULL_KNOB_tw_seq_cmp,
        LULL_KNOB_tw_syn_reject, LULL_KNOB_abort_hold,    LULL_KNOB_close_rst_on_unread,
        LULL_KNOB_fw2_orphan_ms,
    };
    const size_t count = sizeof knobs / sizeof knobs[0];
    lull_socket socket = pair_listen(&pair, 1, 80);

    (void)state;
    for (size_t set = 0; set < count; set++) {
        for (size_t i = 0; i < count; i++)
            lull_socket_set_knob(server, socket, knobs[i], lull_knob_info(knobs[i])->least);
        lull_socket_set_knob(server, socket, knobs[set], lull_knob_info(knobs[set])->most);
        for (size_t i = 0; i < count; i++) {
            const struct lull_knob_info *info = lull_knob_info(knobs[i]);
            assert_int_equal(lull_socket_knob(server, socket, knobs[i]),
                             i == set ? info->most : info->least);
        }
    }
}

static void a_stale_handle_has_no_knobs(void **state)
{
    lull_socket socket = pair_listen(&pair, 1, 80);

    (void)state;
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(lull_socket_set_knob(server, socket, LULL_KNOB_abort_hold, 0), LULL_EBADF);
    assert_int_equal(lull_socket_knob(server, socket, LULL_KNOB_abort_hold), 0);
}

#define ON_A_PAIR(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_PAIR(every_knob_of_that_scope_and_no_other_can_be_set),
        ON_A_PAIR(both_ends_of_the_range_and_no_further),
        ON_A_PAIR(a_socket_follows_the_stack_until_it_is_set_and_after_it_is_let_go),
        ON_A_PAIR(an_accepted_socket_has_what_its_listener_had_then),
        ON_A_PAIR(no_knob_touches_another),
        ON_A_PAIR(a_stale_handle_has_no_knobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
