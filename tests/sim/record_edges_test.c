/* Where a record meets what had been decided before it: a reply that waits, a handshake that one
 * segment completes and ends, a clock that leaps, an attempt that begins again and again. */
#include "stage.h"

#define TEXT_BYTES 4

static void set_knob(enum lull_knob knob, int64_t value)
{
    assert_int_equal(lull_stack_set_knob(client, knob, value), LULL_OK);
}

/* The same as forge(), with text. */
static void forge_text(int to, const struct tcp_segment *segment)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX + TEXT_BYTES];
    struct ipv4_header ip = header_to(to, IPV4_TCP);
    size_t header = tcp_header_emit(segment, tcp);

    memset(tcp + header, 'x', TEXT_BYTES);
    forge_packet(to, &ip, (struct span){tcp, header + TEXT_BYTES}, 1);
}

/* The first record there is. */
static struct lull_row first_record(void)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(client, &cursor, &row))
        if (row.kind != LULL_ROW_CONNECTION && row.kind != LULL_ROW_LISTENER)
            return row;
    fail_msg("no record");
    return row;
}

/* The number a HOLD keeps of the peer is the edge of the window: an ACK of it would say that text
 * was taken which never came.  [REQ CH-16] [REQ CH-17] */
static void an_ack_that_waits_is_void_once_the_tuple_is_on_hold(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(LULL_SEC(2));
    assert_int_equal(first_record().kind, LULL_ROW_FIN_WAIT_2);
    struct tcp_segment late = seen[1].segment;
    unsigned before = seen[0].segments;

    late.flags = TCP_ACK;
    late.seq = seq_add(late.seq, 0u - 1u); /* old: to be acknowledged */
    forge(0, &late);
    late.seq = seq_add(late.seq, 1); /* new: the user is gone */
    forge_text(0, &late);
    pair_flush(&pair);
    assert_int_equal(first_record().kind, LULL_ROW_HOLD);
    assert_int_equal(seen[0].segments, before + 1);
    assert_true(seen[0].segment.flags & TCP_RST);
    pair_close(&pair);
}

/* An ACK that waits when the record is parked would follow the decision about the handshake's
 * first TSval.  Which of the two is met first in the table must not matter, so many tuples are
 * tried.  [REQ IR-09] [REQ IR-10] */
static void a_record_is_silent_while_it_is_parked(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    for (uint16_t port = 40000; port < 40016; port++) {
        config.knobs.value[LULL_KNOB_ports_ephemeral_first] = port;
        config.knobs.value[LULL_KNOB_ports_ephemeral_last] = port;
        open_stage(&config, NULL);
        close_first(1);
        run_for(LULL_SEC(2));
        struct tcp_segment seg = seen[0].segment;
        unsigned before = seen[1].segments;
        pair.faults.loss = 1000;

        seg.flags = TCP_ACK;
        seg.seq = seq_add(seg.seq, 100); /* to be acknowledged */
        forge(1, &seg);
        seg.flags = TCP_SYN;
        seg.options.ts_value += 5000;
        forge(1, &seg);
        assert_int_equal(usage_of(server).connections, 1);
        pair_flush(&pair);
        assert_int_equal(seen[1].segments, before + 1);
        assert_int_equal(seen[1].segment.flags, TCP_SYN | TCP_ACK);
        pair_close(&pair);
    }
}

/* The client's record of TIME-WAIT, and over it an attempt whose SYN the server never sees.
 * Returns the server's last segment, of the older incarnation. */
static struct tcp_segment attempt_over_a_record(lull_socket *socket)
{
    close_first(0);
    struct tcp_segment last = seen[1].segment;
    uint16_t port = first_record().local.port;

    set_knob(LULL_KNOB_tw_reuse_active, LULL_TW_REUSE_ANY);
    run_for(LULL_SEC(2));
    pair.faults.loss = 1000;
    *socket = client_on(port);
    assert_int_equal(connect_to(*socket, PORT), LULL_EINPROGRESS);
    pair_flush(&pair);
    assert_int_equal(seen[0].segment.flags, TCP_SYN);
    return last;
}

/* In a simultaneous open the user is gone before the peer's ACK comes, and with it text for nobody.
 * What has to be remembered then is the new incarnation, not the old one.
 * [REQ IR-12] [REQ CH-17] */
static void a_handshake_that_ends_with_its_last_segment_was_one(void **state)
{
    lull_socket socket;

    (void)state;
    open_pair(NULL);
    struct tcp_segment answer = attempt_over_a_record(&socket);
    seq32 iss = seen[0].segment.seq;

    answer.flags = TCP_SYN;
    answer.seq = seq_add(answer.seq, 100000);
    answer.options = seen[0].segment.options;
    answer.options.ts_value = answer.options.ts_value + 100000;
    forge(0, &answer);
    pair_flush(&pair);
    assert_int_equal(seen[0].segment.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(lull_socket_close(client, socket), LULL_OK);
    answer.flags = TCP_ACK;
    answer.seq = seq_add(answer.seq, 1);
    answer.ack = seq_add(iss, 1);
    answer.options.present = TCP_OPTION_TIMESTAMPS;
    forge_text(0, &answer);
    pair_flush(&pair);
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(records(client), 1);
    struct lull_row row = first_record();
    assert_int_equal(row.kind, LULL_ROW_HOLD);
    assert_true(seq_lt(iss, seq_at(row.snd_nxt)));
    assert_int_equal(counted(client, LULL_COUNTER_TWRecycledActive), 1);
    assert_int_equal(usage_of(client).connections, 0);
    pair_close(&pair);
}

/* The low halves of instants are compared: a suspension of a month must not make the past the
 * future.  [REQ TT-07] [REQ TT-08] */
static void after_a_month_of_suspension_no_record_is_left(void **state)
{
    (void)state;
    for (int days = 20; days <= 100; days += 10) {
        open_pair(NULL);
        close_first(0);
        lull_stack_advance(client, pair.now + LULL_SEC(86400) * days);
        assert_int_equal(records(client), 0);
        assert_int_equal(counted(client, LULL_COUNTER_TWExpired), 1);
        pair_close(&pair);
    }
}

static uint32_t older_than_the_record_on(uint16_t port)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(client, &cursor, &row))
        if (row.kind == LULL_ROW_TIME_WAIT && row.local.port == port)
            return row.rcv_nxt - 1;
    fail_msg("no record");
    return 0;
}

/* However often an attempt goes on from another port, it is one attempt.  [REQ IR-16]
 * [REQ 9293/MUST-23] */
static void an_attempt_that_begins_again_ends_in_time(void **state)
{
    struct lull_stack_config config = default_config();
    struct lull_name to = pair_name(1, PORT);
    enum lull_error error = LULL_OK;
    lull_socket others[2];

    (void)state;
    config.syn_timeout = LULL_SEC(10);
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = 32769;
    config.knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    config.knobs.value[LULL_KNOB_tw_reuse_delay_ms] = 100;
    open_stage(&config, NULL);
    pair_connect(&pair, listener, PORT, others);
    for (int side = 0; side < 2; side++) {
        assert_int_equal(lull_socket_close(pair.stack[side], others[side]), LULL_OK);
        run_for(LULL_MS(1));
        assert_int_equal(lull_socket_close(pair.stack[side], ends[side]), LULL_OK);
        run_for(LULL_MS(1));
    }
    assert_int_equal(records(client), 2);
    run_for(LULL_SEC(1));
    lull_socket socket = open_socket(client);
    pair.faults.loss = 1000;
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);

    lull_time begun = pair.now;
    while (error == LULL_OK && pair.now < begun + LULL_SEC(60)) {
        run_for(LULL_MS(500));
        struct tcp_segment answer = {.source_port = PORT,
                                     .destination_port = seen[0].segment.source_port,
                                     .ack = seq_add(seen[0].segment.seq, 1),
                                     .flags = TCP_SYN | TCP_ACK};
        assert_int_equal(seen[0].segment.flags, TCP_SYN);
        answer.seq = seq_at(older_than_the_record_on(answer.destination_port));
        forge(0, &answer);
        error = lull_socket_take_error(client, socket);
    }
    assert_int_equal(error, LULL_ETIMEDOUT);
    assert_in_range(pair.now - begun, LULL_SEC(9), LULL_SEC(11));
    assert_int_equal(usage_of(client).connections, 0);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ack_that_waits_is_void_once_the_tuple_is_on_hold),
        cmocka_unit_test(a_record_is_silent_while_it_is_parked),
        cmocka_unit_test(a_handshake_that_ends_with_its_last_segment_was_one),
        cmocka_unit_test(after_a_month_of_suspension_no_record_is_left),
        cmocka_unit_test(an_attempt_that_begins_again_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
