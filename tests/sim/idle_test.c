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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connect_after_a_long_sleep_is_tried_more_than_once),
        cmocka_unit_test(it_is_given_up_when_its_own_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
