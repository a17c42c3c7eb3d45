/* The quiet time of a stack that was created with restart.mode=quiet.  [REQ QR-01]
 * [REQ 9293/3.4.3-quiet]
 *
 * The server starts again while a client believes in their connection. */
#include "lull/knobs.h"

#include "stage.h"

#define QUIET LULL_SEC(60)

static lull_time started;
static unsigned from_server; /* frames of any kind */

static void count_frames(void *context, int from, const uint8_t *frame, size_t bytes)
{
    (void)context;
    (void)frame;
    (void)bytes;
    from_server += from == 1;
}

static void restart_server(const char *mode, const char *duration)
{
    struct lull_interface_config interface = {.link = LULL_LINK_ETHERNET, .mtu = 1500};
    struct lull_stack_config config = default_config();
    struct lull_name name = pair_name(1, 0);

    assert_int_equal(lull_knobs_assign(&config.knobs, mode), LULL_OK);
    assert_int_equal(lull_knobs_assign(&config.knobs, duration), LULL_OK);
    server = lull_stack_create(pair.memory[1], lull_stack_bytes(&config), &config, pair.now);
    assert_non_null(server);
    pair.stack[1] = server;
    memcpy(interface.hardware, seen[1].hardware.bytes, sizeof interface.hardware);
    assert_int_equal(lull_stack_add_interface(server, &interface), 0);
    assert_int_equal(lull_stack_add_address(server, 0, &name.address, 24), LULL_OK);
    started = pair.now;
}

static void open_restarted(const char *mode, const char *duration)
{
    open_pair(NULL);
    restart_server(mode, duration);
    from_server = 0;
    pair.watch = count_frames;
}

/* Asked twice, because the first time may do no more than find that an ARP request is due. */
static bool leaves_at(lull_time at)
{
    struct lull_frame frame;
    bool first = lull_stack_output(server, at, &frame);
    return lull_stack_output(server, at, &frame) || first;
}

/* A segment of no connection arrives at @at; does anything leave? */
static bool answers_at(lull_time at)
{
    const struct tcp_segment stray = {.source_port = 4000,
                                      .destination_port = 80,
                                      .seq = seq_at(1),
                                      .ack = seq_at(2),
                                      .wnd = 1000,
                                      .flags = TCP_ACK};
    pair.now = at;
    forge(1, &stray);
    return leaves_at(at);
}

static void nothing_is_sent_and_nothing_processed(void **state)
{
    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=60s");
    send_text(0, "for whom?");
    run_for(QUIET - LULL_MS(1));
    const uint64_t drops = counted(server, LULL_COUNTER_QuietDrops);
    assert_true(drops > 3); /* the text, again and again */
    assert_int_equal(from_server, 0);
    assert_int_equal(counted(server, LULL_COUNTER_IpInReceives), 0);
    assert_int_equal(counted(server, LULL_COUNTER_TcpInSegs), 0);
    assert_int_equal(counted(server, LULL_COUNTER_ArpInRequests), 0);
    run_for(LULL_SEC(60));
    assert_true(from_server > 0); /* the next copy is reset */
    assert_true(counted(server, LULL_COUNTER_TcpOutRsts) > 0);
    assert_int_equal(counted(server, LULL_COUNTER_QuietDrops), drops);
    pair_close(&pair);
}

static void a_host_that_asks_for_our_address_is_not_answered(void **state)
{
    const uint8_t octets[4] = {10, 0, 0, 2};
    const struct lull_address address = lull_address_ipv4(octets);

    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=60s");
    assert_int_equal(lull_stack_send_echo(client, &address, 1, 8), LULL_OK);
    run_for(QUIET - LULL_MS(1));
    assert_int_equal(from_server, 0);
    assert_int_equal(counted(server, LULL_COUNTER_IcmpInEchos), 0);
    assert_true(counted(server, LULL_COUNTER_QuietDrops) > 0);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_stack_send_echo(client, &address, 2, 8), LULL_OK);
    run_for(LULL_SEC(1));
    assert_int_equal(counted(server, LULL_COUNTER_IcmpInEchos), 1);
    assert_true(from_server > 0);
    pair_close(&pair);
}

static void it_ends_at_its_instant_and_not_before(void **state)
{
    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=60s");
    assert_int_equal(lull_stack_next_deadline(server), started + QUIET);
    assert_false(answers_at(started));
    assert_false(answers_at(started + QUIET - 1));
    assert_int_equal(lull_stack_next_deadline(server), started + QUIET);
    assert_int_equal(counted(server, LULL_COUNTER_QuietDrops), 2);
    assert_true(answers_at(started + QUIET)); /* our neighbour's address is asked for */
    assert_int_equal(counted(server, LULL_COUNTER_QuietDrops), 2);
    assert_int_equal(counted(server, LULL_COUNTER_TcpInSegs), 1);
    pair_close(&pair);
}

/* What waits to be sent when it ends is sent then, and not before. */
static void an_echo_request_waits_for_the_end(void **state)
{
    const uint8_t octets[4] = {10, 0, 0, 1};
    const struct lull_address address = lull_address_ipv4(octets);

    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=60s");
    assert_int_equal(lull_stack_send_echo(server, &address, 1, 8), LULL_OK);
    assert_false(leaves_at(started + QUIET - 1));
    assert_true(leaves_at(started + QUIET));
    pair_close(&pair);
}

static enum lull_error connect_from_server(void)
{
    const struct lull_name name = pair_name(0, PORT);
    return lull_socket_connect(server, open_socket(server), &name);
}

static void connect_is_refused_with_the_reason(void **state)
{
    struct lull_refusal refusal;
    char text[200];

    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=60s");
    lull_stack_advance(server, started + LULL_SEC(20));
    assert_int_equal(connect_from_server(), LULL_EADDRNOTAVAIL);
    refusal = refusal_of(server);
    assert_int_equal(refusal.call, LULL_REFUSED_CONNECT);
    assert_int_equal(refusal.blocker, LULL_BLOCKER_QUIET);
    assert_int_equal(refusal.error, LULL_EADDRNOTAVAIL);
    assert_int_equal(refusal.remaining, LULL_SEC(40));
    assert_true(lull_refusal_text(&refusal, text, sizeof text) > 0);
    assert_string_equal(text, "connect 10.0.0.1:80: EADDRNOTAVAIL [QR-01]: quiet after a start for "
                              "40.0 s; wait: tuples of the time before the start may be in use");
    assert_string_equal(lull_refusal_blocker_name(refusal.blocker), "quiet");
    assert_int_equal(counted(server, LULL_COUNTER_TcpActiveOpens), 0);

    lull_stack_advance(server, started + QUIET - 1);
    assert_int_equal(connect_from_server(), LULL_EADDRNOTAVAIL);
    lull_stack_advance(server, started + QUIET);
    assert_int_equal(connect_from_server(), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* A peer that goes on asking gets in when it is over. */
static void a_listener_may_stand_ready(void **state)
{
    (void)state;
    open_restarted("restart.mode=quiet", "quiet.ms=3s");
    (void)pair_listen(&pair, 1, PORT);
    assert_int_equal(connect_to(open_socket(client), PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(2999));
    assert_int_equal(counted(server, LULL_COUNTER_TcpPassiveOpens), 0);
    run_for(LULL_SEC(10));
    assert_int_equal(counted(server, LULL_COUNTER_TcpPassiveOpens), 1);
    pair_close(&pair);
}

static void it_needs_both_knobs(void **state)
{
    static const char *const pairs[][2] = {{"restart.mode=off", "quiet.ms=60s"},
                                           {"restart.mode=quiet", "quiet.ms=0"}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        open_restarted(pairs[i][0], pairs[i][1]);
        assert_int_equal(lull_stack_next_deadline(server), LULL_TIME_NEVER);
        answers_at(started);
        assert_int_equal(counted(server, LULL_COUNTER_QuietDrops), 0);
        assert_int_equal(counted(server, LULL_COUNTER_TcpInSegs), 1);
        assert_int_equal(connect_from_server(), LULL_EINPROGRESS);
        pair_close(&pair);
    }
}

static void the_knobs_are_for_creation(void **state)
{
    struct lull_knobs knobs;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_restart_mode, LULL_RESTART_QUIET),
                     LULL_EOPNOTSUPP);
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_quiet_ms, 1), LULL_EOPNOTSUPP);
    lull_knobs_init(&knobs, LULL_PROFILE_DEFAULT);
    assert_int_equal(knobs.value[LULL_KNOB_restart_mode], LULL_RESTART_OFF);
    assert_int_equal(knobs.value[LULL_KNOB_quiet_ms], 2 * knobs.value[LULL_KNOB_tw_msl_ms]);
    assert_int_equal(lull_knobs_assign(&knobs, "restart.mode=persist"), LULL_EINVAL);
    assert_int_equal(lull_knobs_assign(&knobs, "restart.mode=quiet"), LULL_OK);
    lull_knobs_init(&knobs, LULL_PROFILE_STRICT);
    assert_int_equal(knobs.value[LULL_KNOB_quiet_ms], 2 * knobs.value[LULL_KNOB_tw_msl_ms]);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_and_nothing_processed),
        cmocka_unit_test(a_host_that_asks_for_our_address_is_not_answered),
        cmocka_unit_test(it_ends_at_its_instant_and_not_before),
        cmocka_unit_test(an_echo_request_waits_for_the_end),
        cmocka_unit_test(connect_is_refused_with_the_reason),
        cmocka_unit_test(a_listener_may_stand_ready),
        cmocka_unit_test(it_needs_both_knobs),
        cmocka_unit_test(the_knobs_are_for_creation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
