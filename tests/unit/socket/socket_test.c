/* A socket's life, on a stack with a peer. */
#include "stage.h"

/* --- listen and accept ------------------------------------------------------------------ */

static void a_second_listen_changes_the_backlog(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_listen(server, listener, 1), LULL_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(connect_to(open_socket(client), PORT), LULL_EINPROGRESS);
        run_for(LULL_MS(100));
    }
    assert_int_equal(counted(server, LULL_COUNTER_ListenOverflows), 1);
    pair_close(&pair);
}

static void only_an_idle_socket_listens(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_listen(server, listener, 0), LULL_EINVAL);
    assert_int_equal(lull_socket_listen(server, ends[1], 1), LULL_EOPNOTSUPP);
    assert_int_equal(lull_socket_listen(server, open_socket(server), 1), LULL_OK);
    pair_close(&pair);
}

static void with_nobody_waiting_accept_takes_nothing(void **state)
{
    lull_socket accepted;

    (void)state;
    open_pair(NULL);
    uint32_t sockets = usage_of(server).sockets;
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_EAGAIN);
    assert_int_equal(lull_socket_accept(server, ends[1], &accepted), LULL_EINVAL);
    assert_int_equal(usage_of(server).sockets, sockets);
    pair_close(&pair);
}

/* [REQ CH-17] [REQ 9293/MUST-21] */
static void an_accepted_socket_has_its_listeners_options(void **state)
{
    const struct {
        enum lull_option option;
        int64_t value;
    } rows[] = {
        {LULL_OPTION_REUSE_ADDRESS, 1},  {LULL_OPTION_LINGER, 0},
        {LULL_OPTION_KEEP_ALIVE, 1},     {LULL_OPTION_KEEP_IDLE, 11},
        {LULL_OPTION_KEEP_INTERVAL, 12}, {LULL_OPTION_KEEP_COUNT, 3},
        {LULL_OPTION_NO_DELAY, 1},       {LULL_OPTION_USER_TIMEOUT, 1234},
        {LULL_OPTION_SEND_BUFFER, 5000}, {LULL_OPTION_RECEIVE_BUFFER, 6000},
    };
    lull_socket more[2];
    int64_t value;

    (void)state;
    open_pair(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        lull_socket_set_option(server, listener, rows[i].option, rows[i].value);
    pair_connect(&pair, listener, PORT, more);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(lull_socket_get_option(server, more[1], rows[i].option, &value), LULL_OK);
        assert_int_equal(value, rows[i].value);
    }
    pair_close(&pair);
}

/* --- connect ---------------------------------------------------------------------------- */

static void a_socket_connects_once(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket socket = open_socket(client);
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    assert_int_equal(connect_to(socket, PORT), LULL_EALREADY);
    run_for(LULL_MS(10));
    assert_int_equal(connect_to(socket, PORT), LULL_EISCONN);
    lull_socket_abort(server, ends[1]);
    run_for(LULL_MS(10));
    assert_int_equal(connect_to(ends[0], PORT), LULL_EINVAL);
    lull_socket listening = open_socket(client);
    assert_int_equal(lull_socket_listen(client, listening, 1), LULL_OK);
    assert_int_equal(connect_to(listening, PORT), LULL_EOPNOTSUPP);
    pair_close(&pair);
}

/* --- shutdown --------------------------------------------------------------------------- */

static void shutdown_wants_a_direction_and_a_connection(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_shutdown(client, ends[0], 0), LULL_EINVAL);
    assert_int_equal(lull_socket_shutdown(client, ends[0], (enum lull_direction)4), LULL_EINVAL);
    assert_int_equal(lull_socket_shutdown(client, ends[0], (enum lull_direction)6), LULL_EINVAL);
    assert_int_equal(lull_socket_shutdown(client, open_socket(client), LULL_SHUT_BOTH),
                     LULL_ENOTCONN);
    assert_int_equal(lull_socket_shutdown(server, listener, LULL_SHUT_BOTH), LULL_ENOTCONN);
    pair_close(&pair);
}

/* [REQ CH-20] */
static void after_an_orderly_end_shutdown_has_nothing_left_to_do(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
    assert_int_equal(records(client), 1);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_BOTH), LULL_OK);
    pair_close(&pair);
}

/* [REQ CH-13] [REQ CH-20] */
static void after_a_reset_there_is_no_connection_to_shut(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_abort(server, ends[1]);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_BOTH), LULL_ENOTCONN);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_ECONNRESET);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    pair_close(&pair);
}

/* --- close and abort -------------------------------------------------------------------- */

/* [REQ CH-01] [REQ CH-17] */
static void close_sends_a_fin_and_abort_a_reset(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(receive_result(1), 0);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EBADF);
    pair_close(&pair);

    open_pair(NULL);
    assert_int_equal(lull_socket_abort(client, ends[0]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(receive_result(1), LULL_ECONNRESET);
    assert_int_equal(lull_socket_abort(client, ends[0]), LULL_EBADF);
    pair_close(&pair);
}

static void a_closed_socket_makes_room_for_another(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    config.sockets_max = 2;
    open_stage(&config, NULL);
    lull_socket extra = open_socket(client), refused;
    assert_int_equal(lull_socket_open(client, &refused), LULL_EMFILE);
    lull_socket_close(client, extra);
    assert_int_equal(lull_socket_open(client, &refused), LULL_OK);
    pair_close(&pair);
}

static void closing_a_listener_resets_who_was_not_accepted(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket waiting = open_socket(client);
    assert_int_equal(connect_to(waiting, PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(10));
    assert_int_equal(usage_of(server).connections, 2);
    lull_socket_close(server, listener);
    run_for(LULL_MS(10));
    assert_int_equal(usage_of(server).connections, 1);
    assert_int_equal(usage_of(server).listeners, 0);
    assert_int_equal(lull_socket_take_error(client, waiting), LULL_ECONNRESET);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    pair_close(&pair);
}

/* --- what a socket tells ------------------------------------------------------------------ */

static void a_handle_that_was_closed_is_refused_everywhere(void **state)
{
    struct lull_name name = pair_name(1, PORT), remote;
    struct lull_tcp_info info;
    lull_socket accepted;

    (void)state;
    open_pair(NULL);
    lull_socket stale = open_socket(client);
    lull_socket_close(client, stale);
    open_socket(client); /* in the same place */
    assert_int_equal(lull_socket_bind(client, stale, &name), LULL_EBADF);
    assert_int_equal(lull_socket_listen(client, stale, 1), LULL_EBADF);
    assert_int_equal(lull_socket_accept(client, stale, &accepted), LULL_EBADF);
    assert_int_equal(lull_socket_connect(client, stale, &name), LULL_EBADF);
    assert_int_equal(lull_socket_shutdown(client, stale, LULL_SHUT_BOTH), LULL_EBADF);
    assert_int_equal(lull_socket_close(client, stale), LULL_EBADF);
    assert_int_equal(lull_socket_abort(client, stale), LULL_EBADF);
    assert_int_equal(lull_socket_names(client, stale, &name, &remote), LULL_EBADF);
    assert_int_equal(lull_socket_take_error(client, stale), LULL_EBADF);
    assert_int_equal(lull_socket_info(client, stale, &info), LULL_EBADF);
    lull_socket_set_user(client, stale, 7);
    assert_int_equal(lull_socket_user(client, stale), 0);
    pair_close(&pair);
}

static void a_socket_keeps_its_users_number_and_tells_its_state(void **state)
{
    struct lull_tcp_info info;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_user(client, ends[0]), 0);
    lull_socket_set_user(client, ends[0], 7);
    assert_int_equal(lull_socket_user(client, ends[0]), 7);
    assert_int_equal(lull_socket_info(client, ends[0], &info), LULL_OK);
    assert_string_equal(info.state, "ESTABLISHED");
    assert_int_equal(lull_socket_info(client, open_socket(client), &info), LULL_OK);
    assert_string_equal(info.state, "CLOSED");
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_listen_changes_the_backlog),
        cmocka_unit_test(only_an_idle_socket_listens),
        cmocka_unit_test(with_nobody_waiting_accept_takes_nothing),
        cmocka_unit_test(an_accepted_socket_has_its_listeners_options),
        cmocka_unit_test(a_socket_connects_once),
        cmocka_unit_test(shutdown_wants_a_direction_and_a_connection),
        cmocka_unit_test(after_an_orderly_end_shutdown_has_nothing_left_to_do),
        cmocka_unit_test(after_a_reset_there_is_no_connection_to_shut),
        cmocka_unit_test(close_sends_a_fin_and_abort_a_reset),
        cmocka_unit_test(a_closed_socket_makes_room_for_another),
        cmocka_unit_test(closing_a_listener_resets_who_was_not_accepted),
        cmocka_unit_test(a_handle_that_was_closed_is_refused_everywhere),
        cmocka_unit_test(a_socket_keeps_its_users_number_and_tells_its_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
