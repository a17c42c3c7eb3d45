/* SO_LINGER with a time: a closed socket that waits for the acknowledgment of its FIN. */
#include "stage.h"

static void linger(lull_socket socket, int64_t seconds)
{
    assert_int_equal(lull_socket_set_option(client, socket, LULL_OPTION_LINGER, seconds), LULL_OK);
}

static void say(const char *text)
{
    struct lull_slice data = {text, strlen(text)};
    assert_int_equal(lull_socket_send(client, ends[0], data), (ptrdiff_t)data.len);
}

/* The only event there is, and it is about this socket. */
static unsigned event_of(lull_socket socket)
{
    lull_socket about;
    unsigned events;

    if (!lull_socket_next_event(client, &about, &events))
        return 0;
    assert_int_equal(about.index, socket.index);
    assert_int_equal(about.generation, socket.generation);
    return events;
}

static void forget_events(void)
{
    lull_socket about;
    unsigned events;

    while (lull_socket_next_event(client, &about, &events))
        continue;
}

static void expect_void(lull_socket socket)
{
    assert_int_equal(lull_socket_poll(client, socket), 0);
    assert_int_equal(lull_socket_user(client, socket), 0);
    assert_int_equal(lull_socket_close(client, socket), LULL_EBADF);
    assert_int_equal(usage_of(client).sockets, 0);
}

/* The server finds the text and then the end. */
static void server_reads(const char *text)
{
    char buffer[32];
    ptrdiff_t got = lull_socket_receive(server, ends[1], buffer, sizeof buffer);

    assert_int_equal(got, strlen(text));
    assert_memory_equal(buffer, text, strlen(text));
    assert_int_equal(lull_socket_receive(server, ends[1], buffer, sizeof buffer), 0);
}

/* Text is on its way and the socket closed, with so many seconds to linger. */
static void close_with_text(int64_t seconds, const struct pair_faults *faults)
{
    open_pair(faults);
    linger(ends[0], seconds);
    forget_events();
    lull_socket_set_user(client, ends[0], 7);
    say("text");
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
}

/* [REQ CH-18] */
static void the_ack_of_the_fin_ends_the_wait(void **state)
{
    struct pair_faults faults = {.delay = LULL_MS(20)};

    (void)state;
    close_with_text(5, &faults);
    assert_int_equal(lull_socket_user(client, ends[0]), 7);
    run_for(LULL_MS(40) - 1);
    assert_int_equal(event_of(ends[0]), 0);
    assert_int_equal(lull_socket_poll(client, ends[0]), 0);
    assert_int_equal(usage_of(client).sockets, 1);
    run_for(1);
    assert_int_equal(lull_socket_poll(client, ends[0]), LULL_EVENT_HANGUP);
    assert_int_equal(event_of(ends[0]), LULL_EVENT_HANGUP);
    expect_void(ends[0]);
    assert_int_equal(event_of(ends[0]), 0);
    server_reads("text");
    assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), 0);
    assert_int_equal(records(client), 1); /* in FIN-WAIT-2 */
    pair_close(&pair);
}

/* Nothing but the end may be asked for.  [REQ CH-18] */
static void a_lingering_handle_serves_for_nothing_else(void **state)
{
    struct lull_name name;
    struct lull_tcp_info info;
    struct lull_advice advice;
    char octet;
    int64_t value;
    const lull_socket *s = &ends[0];

    (void)state;
    close_with_text(5, NULL);
    assert_int_equal(lull_socket_send(client, *s, (struct lull_slice){"x", 1}), LULL_EBADF);
    assert_int_equal(lull_socket_receive(client, *s, &octet, 1), LULL_EBADF);
    assert_int_equal(lull_socket_shutdown(client, *s, LULL_SHUT_SEND), LULL_EBADF);
    assert_int_equal(lull_socket_names(client, *s, &name, &name), LULL_EBADF);
    assert_int_equal(lull_socket_info(client, *s, &info), LULL_EBADF);
    assert_int_equal(lull_socket_take_advice(client, *s, &advice), LULL_EBADF);
    assert_int_equal(lull_socket_take_error(client, *s), LULL_EBADF);
    assert_int_equal(lull_socket_get_option(client, *s, LULL_OPTION_LINGER, &value), LULL_EBADF);
    assert_int_equal(lull_socket_connect(client, *s, &name), LULL_EBADF);
    pair_close(&pair);
}

/* The peer is silent.  The timer of the wait is one of the stack's: 2 s lie between two
 * retransmissions.  [REQ CH-18] */
static void when_the_time_is_over_closing_goes_on(void **state)
{
    (void)state;
    close_with_text(2, NULL);
    lull_time closed = pair.now;
    pair.faults.loss = 1000;
    run_for(LULL_MS(1900));
    assert_int_equal(lull_stack_next_deadline(client), closed + LULL_SEC(2));
    run_for(LULL_MS(100) - 1);
    assert_int_equal(event_of(ends[0]), 0);
    assert_int_equal(usage_of(client).orphans, 0);
    run_for(1);
    assert_int_equal(event_of(ends[0]), LULL_EVENT_HANGUP | LULL_EVENT_ERROR);
    expect_void(ends[0]);
    assert_int_equal(usage_of(client).connections, 1);
    assert_int_equal(usage_of(client).orphans, 1);
    pair.faults.loss = 0;
    run_for(LULL_SEC(10));
    server_reads("text");
    assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), 0);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 0);
    assert_int_equal(usage_of(client).orphans, 0);
    pair_close(&pair);
}

/* linger.timeout_action=reset, on both sides of the moment.  [REQ CH-18] */
static void when_the_time_is_over_the_connection_is_reset_where_that_is_wanted(void **state)
{
    (void)state;
    close_with_text(2, NULL);
    assert_int_equal(
        lull_stack_set_knob(client, LULL_KNOB_linger_timeout_action, LULL_LINGER_RESET), LULL_OK);
    pair.faults.loss = 1000;
    run_for(LULL_SEC(2) - 1);
    assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), 0);
    run_for(1);
    assert_int_equal(event_of(ends[0]), LULL_EVENT_HANGUP | LULL_EVENT_ERROR);
    expect_void(ends[0]);
    run_for(0);
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 1);
    assert_int_equal(usage_of(client).connections, 0);
    pair_close(&pair);
}

/* [REQ CH-18] */
static void without_anything_to_be_acknowledged_close_is_as_ever(void **state)
{
    struct lull_name nobody = pair_name(8, PORT);
    lull_socket socket;

    (void)state;
    open_pair(NULL);
    linger(ends[0], 5);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1)); /* acknowledged */
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    expect_void(ends[0]);

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    linger(socket, 5);
    assert_int_equal(lull_socket_connect(client, socket, &nobody), LULL_EINPROGRESS);
    assert_int_equal(lull_socket_close(client, socket), LULL_OK); /* no FIN of a SYN-SENT */
    expect_void(socket);
    pair_close(&pair);
}

/* From the passive side, where the ACK of the FIN is the end of everything.  [REQ CH-18] */
static void in_last_ack_the_end_of_the_connection_ends_the_wait(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(1));
    linger(ends[0], 5);
    forget_events();
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(event_of(ends[0]), LULL_EVENT_HANGUP);
    expect_void(ends[0]);
    pair_close(&pair);
}

/* [REQ CH-18] */
static void a_second_close_lets_go_at_once(void **state)
{
    (void)state;
    close_with_text(5, NULL);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    expect_void(ends[0]);
    assert_int_equal(usage_of(client).orphans, 1);
    run_for(LULL_SEC(6));
    assert_int_equal(event_of(ends[0]), 0);
    server_reads("text");
    assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), 0);
    pair_close(&pair);
}

/* The wait was over before, and nobody had asked. */
static void a_second_close_after_the_end_takes_the_event_along(void **state)
{
    (void)state;
    close_with_text(5, NULL);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    expect_void(ends[0]);
    assert_int_equal(event_of(ends[0]), 0);
    pair_close(&pair);
}

static void abort_of_a_lingering_socket_resets(void **state)
{
    (void)state;
    close_with_text(5, NULL);
    assert_int_equal(lull_socket_abort(client, ends[0]), LULL_OK);
    expect_void(ends[0]);
    run_for(LULL_MS(1));
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(usage_of(client).connections, 0);
    pair_close(&pair);
}

/* [REQ CH-18] */
static void a_reset_ends_the_wait(void **state)
{
    (void)state;
    close_with_text(5, NULL);
    pair.faults.loss = 1000;
    run_for(0);
    struct tcp_segment reset = seen[1].segment;
    reset.flags = TCP_RST;
    reset.seq = seen[0].segment.ack; /* exact */
    forge(0, &reset);
    assert_int_equal(event_of(ends[0]), LULL_EVENT_HANGUP | LULL_EVENT_ERROR);
    expect_void(ends[0]);
    assert_int_equal(usage_of(client).connections, 0);
    pair_close(&pair);
}

/* Nobody reads any more: text resets, as for any orphan.  [REQ CH-16] */
static void text_for_a_lingering_socket_resets(void **state)
{
    (void)state;
    close_with_text(5, NULL);
    assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"late", 4}), 4);
    run_for(LULL_MS(1));
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnData), 1);
    expect_void((lull_socket){0});
    pair_close(&pair);
}

/* The tests of close in their order: lost text, then linger.  [REQ CH-15] [REQ CH-17]
 * [REQ CH-18] */
static void unread_text_comes_before_linger(void **state)
{
    const int64_t seconds[] = {0, 5, -1};

    (void)state;
    for (int i = 0; i < 3; i++) {
        open_pair(NULL);
        linger(ends[0], seconds[i]);
        assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"text", 4}), 4);
        run_for(LULL_MS(1));
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
        run_for(0);
        assert_true(seen[0].segment.flags & TCP_RST);
        assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnClose), 1);
        assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 0);
        pair_close(&pair);
    }
}

/* [REQ CH-17] */
static void linger_zero_resets_and_throws_away_what_was_queued(void **state)
{
    (void)state;
    open_pair(NULL);
    linger(ends[0], 0);
    say("text");
    struct tcp_segment before = seen[0].segment;
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(0);
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(seen[0].segment.seq.raw, before.seq.raw); /* the text never left */
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 1);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnClose), 0);
    assert_int_equal(usage_of(client).blocks, 0);
    assert_int_equal(lull_socket_take_error(server, ends[1]), LULL_ECONNRESET);
    pair_close(&pair);
}

/* A caller who never asks for events has his sockets all the same, as soon as each wait is
 * over and no sooner.  [REQ CH-18] */
static void who_ignores_the_answer_leaks_nothing(void **state)
{
    struct lull_stack_config config;
    lull_socket socket;

    (void)state;
    lull_stack_config_init(&config);
    config.sockets_max = 2;
    open_stage(&config, NULL);
    linger(ends[0], 5);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK); /* holds one of the two */
    for (int i = 0; i < 10; i++) {
        lull_socket next;
        say("text");
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
        assert_int_equal(lull_socket_open(client, &next), LULL_EMFILE);
        run_for(LULL_MS(1));
        assert_int_equal(usage_of(client).sockets, 1);
        assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
        pair_connect(&pair, listener, PORT, ends);
        linger(ends[0], 5);
    }
    forget_events();
    assert_int_equal(lull_socket_close(client, socket), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(client).sockets, 0);
    pair_close(&pair);
}

/* The connection holds the port, not the socket that is only awaited.  [REQ CH-18] */
static void a_lingering_socket_holds_no_name(void **state)
{
    struct lull_name from = pair_name(0, 5000), to = pair_name(1, PORT);
    lull_socket first, second;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_open(client, &first), LULL_OK);
    assert_int_equal(lull_socket_bind(client, first, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, first, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    linger(first, 5);
    assert_int_equal(lull_socket_close(client, first), LULL_EINPROGRESS);
    assert_int_equal(lull_socket_open(client, &second), LULL_OK);
    lull_socket_set_option(client, second, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, second, &from), LULL_OK);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ack_of_the_fin_ends_the_wait),
        cmocka_unit_test(a_lingering_handle_serves_for_nothing_else),
        cmocka_unit_test(when_the_time_is_over_closing_goes_on),
        cmocka_unit_test(when_the_time_is_over_the_connection_is_reset_where_that_is_wanted),
        cmocka_unit_test(without_anything_to_be_acknowledged_close_is_as_ever),
        cmocka_unit_test(in_last_ack_the_end_of_the_connection_ends_the_wait),
        cmocka_unit_test(a_second_close_lets_go_at_once),
        cmocka_unit_test(a_second_close_after_the_end_takes_the_event_along),
        cmocka_unit_test(abort_of_a_lingering_socket_resets),
        cmocka_unit_test(a_reset_ends_the_wait),
        cmocka_unit_test(text_for_a_lingering_socket_resets),
        cmocka_unit_test(unread_text_comes_before_linger),
        cmocka_unit_test(linger_zero_resets_and_throws_away_what_was_queued),
        cmocka_unit_test(who_ignores_the_answer_leaks_nothing),
        cmocka_unit_test(a_lingering_socket_holds_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
