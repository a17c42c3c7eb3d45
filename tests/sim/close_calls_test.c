/* What the calls answer while a connection closes, and after it has. */
#include "stage.h"

static enum lull_error shut(lull_socket socket)
{
    return lull_socket_shutdown(client, socket, LULL_SHUT_SEND);
}

static ptrdiff_t say(lull_socket socket)
{
    return lull_socket_send(client, socket, (struct lull_slice){"x", 1});
}

static ptrdiff_t hear(lull_socket socket)
{
    char octet;
    return lull_socket_receive(client, socket, &octet, 1);
}

static const char *state_of(lull_socket socket)
{
    struct lull_tcp_info info;
    assert_int_equal(lull_socket_info(client, socket, &info), LULL_OK);
    return info.state;
}

/* A reset with the one number that is obeyed. */
static void forge_reset(void)
{
    struct tcp_segment reset = seen[1].segment;

    reset.flags = TCP_RST;
    reset.seq = seen[0].segment.ack;
    forge(0, &reset);
}

/* The client has shut its side, in one of the states that follow. */
static void reach(const char *wanted)
{
    open_pair(NULL);
    if (strcmp(wanted, "LAST-ACK") == 0) {
        assert_int_equal(lull_socket_shutdown(server, ends[1], LULL_SHUT_SEND), LULL_OK);
        run_for(LULL_MS(1));
        assert_string_equal(state_of(ends[0]), "CLOSE-WAIT");
    }
    if (strcmp(wanted, "FIN-WAIT-2") != 0)
        pair.faults.loss = 1000;
    assert_int_equal(shut(ends[0]), LULL_OK);
    run_for(0);
    if (strcmp(wanted, "CLOSING") == 0) { /* the FINs cross */
        struct tcp_segment fin = {.source_port = PORT,
                                  .destination_port = seen[0].segment.source_port,
                                  .seq = seen[0].segment.ack,
                                  .ack = seen[0].segment.seq,
                                  .wnd = 1000,
                                  .flags = TCP_FIN | TCP_ACK,
                                  .options = seen[1].segment.options};
        fin.options.present &= TCP_OPTION_TIMESTAMPS;
        forge(0, &fin);
        run_for(0);
    }
    assert_string_equal(state_of(ends[0]), wanted);
}

static const char *const closing[] = {"FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK"};
#define CLOSING_STATES (sizeof closing / sizeof *closing)

/* One FIN in a connection's life, whatever is called.  [REQ CH-20] */
static void a_second_shutdown_or_close_sends_no_second_fin(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLOSING_STATES; i++) {
        struct lull_tcp_info before, after;
        reach(closing[i]);
        assert_int_equal(lull_socket_info(client, ends[0], &before), LULL_OK);
        assert_int_equal(shut(ends[0]), LULL_OK);
        assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_BOTH), LULL_OK);
        unsigned sent = seen[0].segments;
        run_for(0);
        assert_int_equal(seen[0].segments, sent);
        assert_int_equal(lull_socket_info(client, ends[0], &after), LULL_OK);
        assert_int_equal(after.snd_nxt, before.snd_nxt);
        assert_string_equal(after.state, before.state);
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
        run_for(0);
        assert_int_equal(seen[0].segments, sent);
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_EBADF);
        assert_int_equal(shut(ends[0]), LULL_EBADF);
        pair_close(&pair);
    }
}

/* The connection is a record; the socket is still there.  [REQ CH-20] [REQ CH-04] */
static void in_time_wait_shutdown_and_close_succeed_and_send_nothing(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(shut(ends[0]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(records(client), 1);
    unsigned sent = seen[0].segments;
    assert_int_equal(hear(ends[0]), 0); /* the end of the stream */
    assert_int_equal(say(ends[0]), LULL_EPIPE);
    assert_int_equal(shut(ends[0]), LULL_OK);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EBADF);
    run_for(LULL_MS(1));
    assert_int_equal(seen[0].segments, sent);
    assert_int_equal(records(client), 1);
    pair_close(&pair);
}

/* [REQ CH-02] [REQ CH-20] */
static void after_shutdown_send_is_epipe(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLOSING_STATES; i++) {
        reach(closing[i]);
        assert_int_equal(say(ends[0]), LULL_EPIPE);
        pair_close(&pair);
    }
}

/* Idle for ten days, and then for ten more.  TCP_LINGER2 is for those who have closed.
 * [REQ CH-14] [REQ RL-04] */
static void a_half_closed_connection_lasts_while_its_user_is_there(void **state)
{
    char buffer[8];

    (void)state;
    open_pair(NULL);
    lull_socket_set_option(client, ends[0], LULL_OPTION_LINGER2, 1);
    assert_int_equal(shut(ends[0]), LULL_OK);
    run_for(LULL_SEC(1));
    for (int i = 0; i < 2; i++) {
        unsigned sent = seen[0].segments;
        assert_string_equal(state_of(ends[0]), "FIN-WAIT-2");
        run_for(LULL_SEC(864000));
        assert_int_equal(seen[0].segments, sent);
        assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"text", 4}), 4);
        run_for(LULL_MS(100));
        assert_int_equal(lull_socket_receive(client, ends[0], buffer, sizeof buffer), 4);
        assert_int_equal(seen[0].segments, sent + 1); /* an ACK */
        assert_int_equal(usage_of(server).blocks, 0);
    }
    pair_close(&pair);
}

/* [REQ CH-13] [REQ 9293/MUST-12] */
static void a_reset_is_told_once_by_whichever_call_is_next(void **state)
{
    ptrdiff_t (*const calls[])(lull_socket) = {say, hear};

    (void)state;
    for (size_t i = 0; i < CLOSING_STATES; i++) {
        for (int next = 0; next < 2; next++) {
            reach(closing[i]);
            forge_reset();
            assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_ERROR);
            assert_int_equal(calls[next](ends[0]), LULL_ECONNRESET);
            assert_false(lull_socket_poll(client, ends[0]) & LULL_EVENT_ERROR);
            assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
            assert_int_equal(hear(ends[0]), 0);
            assert_int_equal(say(ends[0]), LULL_EPIPE);
            assert_int_equal(usage_of(client).connections, 0);
            assert_int_equal(records(client), 0);
            assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
            pair_close(&pair);
        }
    }
}

/* Nobody is there to be told, and nothing answers a reset.  [REQ CH-13] */
static void a_reset_of_an_orphan_in_last_ack_is_silent(void **state)
{
    lull_socket about;
    unsigned events;

    (void)state;
    reach("LAST-ACK");
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    while (lull_socket_next_event(client, &about, &events))
        continue;
    unsigned sent = seen[0].segments;
    struct tcp_segment off = seen[1].segment; /* one beside the exact number: a challenge */
    off.flags = TCP_RST;
    off.seq = seq_add(seen[0].segment.ack, 1);
    forge(0, &off);
    assert_int_equal(usage_of(client).connections, 1);
    run_for(0);
    assert_int_equal(seen[0].segments, sent + 1);
    forge_reset();
    assert_int_equal(usage_of(client).connections, 0);
    run_for(0);
    assert_int_equal(seen[0].segments, sent + 1);
    assert_int_equal(lull_socket_next_event(client, &about, &events), 0);
    pair_close(&pair);
}

/* After an error the calls say so, and close is close.  [REQ 9293/MUST-12] */
static void after_an_error_close_succeeds_and_shutdown_does_not(void **state)
{
    (void)state;
    open_pair(NULL);
    forge_reset();
    assert_int_equal(shut(ends[0]), LULL_ENOTCONN);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_ECONNRESET);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    assert_int_equal(lull_socket_abort(client, ends[0]), LULL_EBADF);
    pair_close(&pair);
}

/* [REQ CH-15] */
static void unread_text_turns_close_into_a_reset_or_a_fin(void **state)
{
    (void)state;
    for (int knob = 0; knob <= 1; knob++) {
        open_pair(NULL);
        lull_stack_set_knob(client, LULL_KNOB_close_rst_on_unread, knob);
        assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"text", 4}), 4);
        run_for(LULL_MS(100));
        assert_int_equal(hear(ends[0]), 1); /* three are left */
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
        run_for(LULL_MS(1));
        assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), knob);
        assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnClose), knob);
        assert_int_equal(usage_of(client).connections, 0);
        assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), knob);
        assert_int_equal(counted(client, LULL_COUNTER_FW2Entered), !knob);
        assert_int_equal(usage_of(client).blocks, 0);
        assert_int_equal(lull_socket_take_error(server, ends[1]), knob ? LULL_ECONNRESET : LULL_OK);
        pair_close(&pair);
    }
}

/* The last octet read, it is a FIN again.  [REQ CH-15] */
static void with_everything_read_close_is_a_fin(void **state)
{
    char buffer[8];

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"text", 4}), 4);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_receive(client, ends[0], buffer, sizeof buffer), 4);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(0);
    assert_int_equal(counted(client, LULL_COUNTER_TcpOutRsts), 0);
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnClose), 0);
    pair_close(&pair);
}

/* The last octet we know, and the first we do not: at an orphan in FIN-WAIT-1.  [REQ CH-16] */
static void only_new_text_resets_an_orphan(void **state)
{
    (void)state;
    for (int fresh = 0; fresh <= 1; fresh++) {
        open_pair(NULL);
        assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"x", 1}), 1);
        run_for(LULL_MS(100));
        struct tcp_segment text = seen[1].segment;
        assert_int_equal(hear(ends[0]), 1);
        pair.faults.loss = 1000;
        assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
        run_for(0);
        pair.faults.loss = 0;
        if (fresh)
            assert_int_equal(lull_socket_send(server, ends[1], (struct lull_slice){"y", 1}), 1);
        else
            forge(0, &text); /* an ACK of what it said, without new octets */
        seq32 next = seen[0].segment.ack;
        run_for(LULL_MS(1));
        assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnData), fresh);
        assert_int_equal(usage_of(client).connections, fresh ? 0 : 1);
        if (fresh) {
            assert_true(seen[0].segment.flags & TCP_RST);
            assert_false(seen[0].segment.flags & TCP_ACK); /* never acknowledged */
        } else {
            assert_int_equal(seen[0].segment.ack.raw, next.raw);
        }
        pair_close(&pair);
    }
}

/* One that waits to be accepted, and one whose handshake is under way. */
static void end_the_listener(enum lull_error (*how)(struct lull_stack *, lull_socket))
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket waiting, embryonic;

    open_pair(NULL);
    assert_int_equal(lull_socket_open(client, &waiting), LULL_OK);
    assert_int_equal(lull_socket_connect(client, waiting, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_open(client, &embryonic), LULL_OK);
    assert_int_equal(lull_socket_connect(client, embryonic, &to), LULL_EINPROGRESS);
    pair.faults.lose_nth = UINT64_C(1) << (pair.frames + 1); /* its SYN-ACK */
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(server).connections, 3);
    assert_int_equal(how(server, listener), LULL_OK);
    assert_int_equal(usage_of(server).connections, 1); /* the one that was accepted */
    assert_int_equal(usage_of(server).listeners, 0);
    run_for(LULL_MS(1));
    assert_int_equal(counted(server, LULL_COUNTER_TcpOutRsts), 2);
    assert_int_equal(lull_socket_take_error(client, waiting), LULL_ECONNRESET);
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_WRITABLE);
    assert_int_equal(say(ends[0]), 1);
    pair_close(&pair);
}

/* [REQ 9293/3.10.4-listen] */
static void closing_a_listener_ends_what_nobody_accepted(void **state)
{
    (void)state;
    end_the_listener(lull_socket_close);
}

/* [REQ 9293/3.10.5-listen] */
static void so_does_aborting_it(void **state)
{
    (void)state;
    end_the_listener(lull_socket_abort);
}

/* A SYN to everybody is nobody's, whatever it would find.  [REQ 9293/MUST-63]
 * [REQ 9293/MUST-57] */
static void a_syn_to_many_is_dropped(void **state)
{
    const uint8_t many[][4] = {
        {10, 0, 0, 255}, {255, 255, 255, 255}, {224, 0, 0, 1}, {239, 1, 2, 3}, {10, 0, 0, 0}};
    struct tcp_segment syn = {.source_port = 4000,
                              .destination_port = PORT,
                              .flags = TCP_SYN,
                              .seq = seq_at(1),
                              .wnd = 1000};
    uint8_t tcp[TCP_HEADER_BYTES_MAX];
    struct span payload = {tcp, tcp_header_emit(&syn, tcp)};
    struct lull_name any = {.port = PORT};

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    assert_int_equal(lull_socket_open(server, &listener), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, listener, LULL_OPTION_REUSE_ADDRESS, 1),
                     LULL_OK);
    assert_int_equal(lull_socket_bind(server, listener, &any), LULL_OK);
    assert_int_equal(lull_socket_listen(server, listener, 4), LULL_OK);
    unsigned sent = seen[1].segments;
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        struct ipv4_header ip = header_to(1, IPV4_TCP);
        ip.destination = lull_address_ipv4(many[i]);
        forge_packet(1, &ip, payload, 1);
        run_for(0);
        assert_int_equal(seen[1].segments, sent);
        assert_int_equal(usage_of(server).connections, 1);
        assert_int_equal(counted(server, LULL_COUNTER_IpInAddrErrors), i + 1);
    }
    struct ipv4_header ip = header_to(1, IPV4_TCP); /* the same to the one it is for */
    forge_packet(1, &ip, payload, 1);
    run_for(0);
    assert_true(seen[1].segments > sent);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_shutdown_or_close_sends_no_second_fin),
        cmocka_unit_test(in_time_wait_shutdown_and_close_succeed_and_send_nothing),
        cmocka_unit_test(after_shutdown_send_is_epipe),
        cmocka_unit_test(a_half_closed_connection_lasts_while_its_user_is_there),
        cmocka_unit_test(a_reset_is_told_once_by_whichever_call_is_next),
        cmocka_unit_test(a_reset_of_an_orphan_in_last_ack_is_silent),
        cmocka_unit_test(after_an_error_close_succeeds_and_shutdown_does_not),
        cmocka_unit_test(unread_text_turns_close_into_a_reset_or_a_fin),
        cmocka_unit_test(with_everything_read_close_is_a_fin),
        cmocka_unit_test(only_new_text_resets_an_orphan),
        cmocka_unit_test(closing_a_listener_ends_what_nobody_accepted),
        cmocka_unit_test(so_does_aborting_it),
        cmocka_unit_test(a_syn_to_many_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
