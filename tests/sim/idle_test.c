/* Calls have no clock: what they begin after a long idle time must have all its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "internet.h"

/* Nothing has happened for longer than an attempt may last, and the first SYN is lost.  The call is
 * made without sim_call, which wakes the stack as the host's loop does.  [REQ 9293/MUST-23] */
static void a_connect_after_a_long_sleep_is_tried_more_than_once(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    struct lull_stack *client = w->nodes[INTERNET_C].stack;
    const struct lull_name to = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    struct lull_tcp_info info;
    lull_socket s;

    (void)state;
    (void)internet_listen(w);
    sim_world_run(w, w->now + LULL_SEC(400));
    sim_world_cut(w, 0);
    assert_int_equal(lull_socket_open(client, &s), LULL_OK);
    assert_int_equal(lull_socket_connect(client, s, &to), LULL_EINPROGRESS);
    sim_world_run(w, w->now + LULL_SEC(5));
    sim_world_heal(w, 0);
    sim_world_run(w, w->now + LULL_SEC(20));
    assert_int_equal(lull_socket_take_error(client, s), LULL_OK);
    assert_int_equal(lull_socket_info(client, s, &info), LULL_OK);
    assert_string_equal(info.state, "ESTABLISHED");
    free(w);
}

/* And it does end, when nobody answers. */
static void it_is_given_up_when_its_own_time_is_over(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    struct lull_stack *client = w->nodes[INTERNET_C].stack;
    const struct lull_name to = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    lull_socket s;

    (void)state;
    sim_world_run(w, w->now + LULL_SEC(400));
    sim_world_cut(w, 0);
    assert_int_equal(lull_socket_open(client, &s), LULL_OK);
    assert_int_equal(lull_socket_connect(client, s, &to), LULL_EINPROGRESS);
    sim_world_run(w, w->now + LULL_SEC(179));
    assert_int_equal(lull_socket_take_error(client, s), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(2));
    assert_int_equal(lull_socket_take_error(client, s), LULL_ETIMEDOUT);
    free(w);
}

static unsigned records(const struct sim_world *w, unsigned host)
{
    struct lull_usage usage;

    lull_stack_usage(w->nodes[host].stack, &usage);
    return usage.records;
}

/* The host falls asleep between an abort and its reset, for longer than the tuple is held.  When
 * the reset leaves, the peer may still be talking, so the tuple must not be used for another 2 MSL.
 * [REQ CH-17] */
static void a_reset_that_leaves_late_holds_its_tuple(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    const struct lull_name to = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    uint32_t streams[2];
    lull_socket s;

    (void)state;
    internet_connect(w, internet_listen(w), streams);
    assert_int_equal(sim_call_abort(w, INTERNET_C, w->streams[streams[0]].socket), LULL_OK);
    sim_host_suspend(w, INTERNET_C);
    sim_world_run(w, w->now + LULL_SEC(90));
    assert_int_equal(records(w, INTERNET_C), 1);
    sim_host_resume(w, INTERNET_C);
    assert_int_equal(records(w, INTERNET_C), 1);
    assert_int_equal(lull_stack_counter(w->nodes[INTERNET_C].stack, LULL_COUNTER_HoldEntered), 2);
    sim_world_run(w, w->now + LULL_SEC(59));
    assert_int_equal(sim_call_open(w, INTERNET_C, &s), LULL_OK);
    assert_int_equal(sim_call_bind(w, INTERNET_C, s, INTERNET_CLIENT_PORT), LULL_OK);
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &to), LULL_EADDRINUSE);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(records(w, INTERNET_C), 0);
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &to), LULL_EINPROGRESS);
    free(w);
}

/* A reset that answers a SYN holds nothing, late or not. */
static void a_late_answer_to_a_syn_holds_nothing(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    const struct lull_name to = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    lull_socket s;

    (void)state;
    assert_int_equal(sim_call_open(w, INTERNET_C, &s), LULL_OK);
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &to), LULL_EINPROGRESS);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(lull_stack_counter(w->nodes[INTERNET_S].stack, LULL_COUNTER_TcpOutRsts), 1);
    assert_int_equal(records(w, INTERNET_S), 0);
    free(w);
}

/* A connection whose stack has seen no instant for longer than its user will be waited for: both
 * directions are quiet, and the calls below are made without sim_call. */
static lull_socket asleep(struct sim_world *w, bool half_closed)
{
    uint32_t streams[2];

    internet_connect(w, internet_listen(w), streams);
    if (half_closed)
        assert_int_equal(sim_call_shutdown(w, streams[0]), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(400));
    return w->streams[streams[0]].socket;
}

/* [REQ CH-14] [REQ RL-04] */
static void an_orphan_after_a_long_sleep_has_all_its_patience(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    const lull_socket s = asleep(w, true);
    struct lull_stack *client = w->nodes[INTERNET_C].stack;

    (void)state;
    assert_int_equal(lull_socket_close(client, s), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(59));
    assert_int_equal(records(w, INTERNET_C), 1);
    assert_int_equal(lull_stack_counter(client, LULL_COUNTER_FW2Entered), 1);
    sim_world_run(w, w->now + LULL_SEC(2));
    assert_int_equal(records(w, INTERNET_C), 0);
    assert_int_equal(lull_stack_counter(client, LULL_COUNTER_FW2Expired), 1);
    free(w);
}

/* [REQ CH-18] */
static void a_linger_after_a_long_sleep_has_all_its_time(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    const lull_socket s = asleep(w, false);
    struct lull_stack *client = w->nodes[INTERNET_C].stack;

    (void)state;
    sim_world_cut(w, 0);
    assert_int_equal(lull_socket_set_option(client, s, LULL_OPTION_LINGER, 20), LULL_OK);
    assert_int_equal(lull_socket_close(client, s), LULL_EINPROGRESS);
    sim_world_run(w, w->now + LULL_SEC(19));
    assert_int_equal(lull_socket_poll(client, s), 0);
    sim_world_run(w, w->now + LULL_SEC(2));
    assert_true(lull_socket_poll(client, s) & LULL_EVENT_HANGUP);
    free(w);
}

/* Between the call and the verb the connection is still one; another socket that needs its place
 * gets it, and aborting the lingering one forgets it. */
static void what_has_no_date_yet_stands_in_nobodys_way(void **state)
{
    struct sim_plan plan = internet_wire(1);
    struct lull_stack_config config = *plan.nodes[INTERNET_C].config;
    lull_socket other;

    (void)state;
    config.connections_max = 1;
    plan.nodes[INTERNET_C].config = &config;
    struct sim_world *w = internet_open(&plan);
    const lull_socket s = asleep(w, true);
    struct lull_stack *client = w->nodes[INTERNET_C].stack;
    const struct lull_name to = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    assert_int_equal(lull_socket_close(client, s), LULL_OK);
    assert_int_equal(records(w, INTERNET_C), 0);
    assert_int_equal(lull_socket_open(client, &other), LULL_OK);
    assert_int_equal(lull_socket_connect(client, other, &to), LULL_EINPROGRESS);
    assert_int_equal(records(w, INTERNET_C), 1);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(lull_socket_set_option(client, other, LULL_OPTION_LINGER, 20), LULL_OK);
    sim_world_cut(w, 0);
    assert_int_equal(lull_socket_close(client, other), LULL_EINPROGRESS);
    assert_int_equal(lull_socket_abort(client, other), LULL_OK);
    sim_world_run(w, w->now + LULL_SEC(1));
    struct lull_usage usage;
    lull_stack_usage(client, &usage);
    assert_int_equal(usage.connections, 0);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connect_after_a_long_sleep_is_tried_more_than_once),
        cmocka_unit_test(it_is_given_up_when_its_own_time_is_over),
        cmocka_unit_test(a_reset_that_leaves_late_holds_its_tuple),
        cmocka_unit_test(a_late_answer_to_a_syn_holds_nothing),
        cmocka_unit_test(an_orphan_after_a_long_sleep_has_all_its_patience),
        cmocka_unit_test(a_linger_after_a_long_sleep_has_all_its_time),
        cmocka_unit_test(what_has_no_date_yet_stands_in_nobodys_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
