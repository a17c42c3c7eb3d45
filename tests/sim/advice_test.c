/* What a user is told of a connection that goes on: ICMP errors, and trouble in getting through. */
#include "stage.h"

static const uint8_t router[4] = {10, 0, 0, 9};

static struct lull_advice advice;

static int take(struct lull_stack *stack, lull_socket socket)
{
    memset(&advice, 0, sizeof advice);
    return lull_socket_take_advice(stack, socket, &advice);
}

/* Text is in flight, and the wire is cut. */
static void open_and_send(void)
{
    open_pair(NULL);
    pair.faults.loss = 1000;
    assert_int_equal(lull_socket_send(client, ends[0], (struct lull_slice){"text", 4}), 4);
    run_for(0);
}

static void router_says(int to, uint8_t type, uint8_t code)
{
    forge_icmp(to, &seen[to].segment, &(struct forged_icmp){type, code, router[3]});
}

/* [REQ RL-12] [REQ 9293/SHLD-25] [REQ 9293/MUST-54] [REQ 9293/MUST-56] */
static void time_exceeded_is_told_and_the_text_arrives_later(void **state)
{
    const struct lull_address from = lull_address_ipv4(router);
    char buffer[8];

    (void)state;
    open_and_send();
    (void)events_of(client, ends[0]);
    lull_time now = pair.now;
    router_says(0, ICMPV4_TIME_EXCEEDED, 0);
    assert_true(events_of(client, ends[0]) & LULL_EVENT_ADVICE);
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_ADVICE);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.kind, LULL_ADVICE_ICMP);
    assert_int_equal(advice.error, LULL_EHOSTUNREACH);
    assert_int_equal(advice.icmp_type, ICMPV4_TIME_EXCEEDED);
    assert_int_equal(advice.icmp_code, 0);
    assert_int_equal(advice.count, 1);
    assert_int_equal(advice.at, now);
    assert_memory_equal(&advice.from, &from, sizeof from);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInTimeExcds), 1);
    assert_int_equal(take(client, ends[0]), 0);
    assert_false(lull_socket_poll(client, ends[0]) & (LULL_EVENT_ADVICE | LULL_EVENT_ERROR));

    pair.faults.loss = 0;
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_receive(server, ends[1], buffer, sizeof buffer), 4);
    assert_int_equal(take(server, ends[1]), 0);
    pair_close(&pair);
}

/* Whatever is said about an established connection, it goes on.  [REQ RL-11]
 * [REQ 9293/MUST-56] [REQ 9293/SHLD-25] */
static void no_error_ends_an_established_connection(void **state)
{
    const struct {
        uint8_t type, code;
        enum lull_error error;
    } errors[] = {
        {ICMPV4_UNREACHABLE, 0, LULL_ENETUNREACH},
        {ICMPV4_UNREACHABLE, 1, LULL_EHOSTUNREACH},
        {ICMPV4_UNREACHABLE, 2, LULL_ECONNREFUSED},
        {ICMPV4_UNREACHABLE, 3, LULL_ECONNREFUSED},
        {ICMPV4_UNREACHABLE, 4, LULL_EMSGSIZE},
        {ICMPV4_UNREACHABLE, 5, LULL_EHOSTUNREACH},
        {ICMPV4_TIME_EXCEEDED, 0, LULL_EHOSTUNREACH},
        {ICMPV4_TIME_EXCEEDED, 1, LULL_EHOSTUNREACH},
        {ICMPV4_PARAMETER_PROBLEM, 0, LULL_EHOSTUNREACH},
    };

    (void)state;
    open_and_send();
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        router_says(0, errors[i].type, errors[i].code);
        assert_int_equal(take(client, ends[0]), 1);
        assert_int_equal(advice.error, errors[i].error);
        assert_int_equal(advice.icmp_type, errors[i].type);
        assert_int_equal(advice.icmp_code, errors[i].code);
        assert_int_equal(usage_of(client).connections, 1);
        assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_OK);
    }
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInDestUnreachs), 6);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInTimeExcds), 2);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInParmProbs), 1);
    pair_close(&pair);
}

/* [REQ RL-11] */
static void a_hard_error_ends_it_where_that_is_wanted(void **state)
{
    (void)state;
    open_and_send();
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_icmp_hard_abort_sync, 1), LULL_OK);
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_FRAGMENTATION_NEEDED); /* is not hard to us */
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_HOST_UNREACHABLE);
    assert_int_equal(usage_of(client).connections, 1);
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_PROTOCOL_UNREACHABLE);
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(lull_socket_take_error(client, ends[0]), LULL_ECONNREFUSED);
    pair_close(&pair);
}

/* One below, both ends, one above.  [REQ RL-11] */
static void a_quote_that_is_not_in_flight_is_nobodys(void **state)
{
    (void)state;
    open_and_send();
    struct tcp_segment sent = seen[0].segment;
    for (int off = -1; off <= 4; off++) {
        seen[0].segment.seq = seq_add(sent.seq, (uint32_t)off);
        router_says(0, ICMPV4_TIME_EXCEEDED, 0);
        assert_int_equal(take(client, ends[0]), off >= 0 && off < 4);
    }
    assert_int_equal(counted(client, LULL_COUNTER_OutOfWindowIcmps), 2);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInTimeExcds), 6);
    pair_close(&pair);
}

static void what_is_not_taken_is_counted(void **state)
{
    (void)state;
    open_and_send();
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_NET_UNREACHABLE);
    run_for(LULL_MS(10));
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_HOST_UNREACHABLE);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.count, 2);
    assert_int_equal(advice.icmp_code, ICMPV4_HOST_UNREACHABLE); /* the last */
    assert_int_equal(advice.at, pair.now);
    router_says(0, ICMPV4_UNREACHABLE, ICMPV4_NET_UNREACHABLE);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.count, 1);
    pair_close(&pair);
}

/* [REQ 9293/MUST-55] */
static void source_quench_is_ignored(void **state)
{
    (void)state;
    open_and_send();
    router_says(0, ICMPV4_SOURCE_QUENCH, 0);
    assert_int_equal(take(client, ends[0]), 0);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInSrcQuenchs), 1);
    pair_close(&pair);
}

/* The listener answers no SYN any more, and the host still answers ARP. */
static void fill_the_backlog(void)
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket waiting;

    assert_int_equal(lull_socket_listen(server, listener, 1), LULL_OK);
    assert_int_equal(lull_socket_open(client, &waiting), LULL_OK);
    assert_int_equal(lull_socket_connect(client, waiting, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
}

/* An attempt that nobody answers; a router speaks, or does not. */
static enum lull_error attempt(int type, uint8_t code)
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket socket;

    open_pair(NULL);
    fill_the_backlog();
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    run_for(0);
    lull_time begun = pair.now;
    if (type >= 0)
        router_says(0, (uint8_t)type, code);
    bool ended = usage_of(client).connections == 2;
    run_for(LULL_SEC(180) - 1);
    assert_int_equal(usage_of(client).connections, ended ? 2 : 3);
    run_for(begun + LULL_SEC(180) - pair.now);
    assert_int_equal(usage_of(client).connections, 2);
    enum lull_error error = lull_socket_take_error(client, socket);
    assert_int_equal(ended, error == LULL_ECONNREFUSED);
    pair_close(&pair);
    return error;
}

/* A soft error does not end an attempt, but is its reason when it times out.  [REQ RL-11]
 * [REQ 9293/MUST-56] [REQ 9293/SHLD-25] [REQ RL-12] */
static void an_attempt_that_times_out_says_what_a_router_said(void **state)
{
    (void)state;
    assert_int_equal(attempt(-1, 0), LULL_ETIMEDOUT);
    assert_int_equal(attempt(ICMPV4_UNREACHABLE, ICMPV4_HOST_UNREACHABLE), LULL_EHOSTUNREACH);
    assert_int_equal(attempt(ICMPV4_UNREACHABLE, ICMPV4_NET_UNREACHABLE), LULL_ENETUNREACH);
    assert_int_equal(attempt(ICMPV4_TIME_EXCEEDED, 0), LULL_EHOSTUNREACH);
    assert_int_equal(attempt(ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE), LULL_ECONNREFUSED);
    assert_int_equal(attempt(ICMPV4_UNREACHABLE, ICMPV4_PROTOCOL_UNREACHABLE), LULL_ECONNREFUSED);
}

/* The other side of a handshake: our SYN-ACK is in flight.  [REQ RL-11] */
static void a_hard_error_ends_a_handshake_and_a_soft_one_does_not(void **state)
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket socket;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    pair.faults.lose_nth = UINT64_C(1) << (pair.frames + 1); /* the SYN-ACK */
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(server).connections, 2);
    router_says(1, ICMPV4_UNREACHABLE, ICMPV4_HOST_UNREACHABLE);
    assert_int_equal(usage_of(server).connections, 2);
    struct tcp_segment answer = seen[1].segment;
    seen[1].segment.seq = seq_add(answer.seq, 1);
    router_says(1, ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE);
    assert_int_equal(usage_of(server).connections, 2);
    seen[1].segment.seq = answer.seq;
    router_says(1, ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE);
    assert_int_equal(usage_of(server).connections, 1);
    assert_int_equal(usage_of(server).listeners, 1);
    assert_int_equal(counted(server, LULL_COUNTER_TcpAttemptFails), 1);
    pair.faults.lose_nth = 0;
    run_for(LULL_SEC(2)); /* the client tries again, and the listener listens */
    assert_int_equal(usage_of(server).connections, 2);
    pair_close(&pair);
}

/* A record is not for ICMP, whatever it quotes.  [REQ SA-15] */
static void a_record_is_told_nothing(void **state)
{
    const uint8_t types[] = {ICMPV4_UNREACHABLE, ICMPV4_TIME_EXCEEDED, ICMPV4_PARAMETER_PROBLEM};

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_icmp_hard_abort_sync, 1), LULL_OK);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(records(client), 1);
    lull_time expires = lull_stack_next_deadline(client);
    for (size_t i = 0; i < sizeof types; i++)
        for (uint8_t code = 0; code < 6; code++)
            router_says(0, types[i], code);
    assert_int_equal(records(client), 1);
    assert_int_equal(lull_stack_next_deadline(client), expires);
    assert_int_equal(take(client, ends[0]), 0);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInDestUnreachs), 6);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInTimeExcds), 6);
    pair_close(&pair);
}

/* R1: after 1, 3 and 7 s.  The neighbour, who would be trusted for half a minute, is asked about
 * again five seconds after it was used once more.  [REQ 9293/SHLD-9] [REQ 9293/SHLD-10]
 * [REQ 9293/MUST-20] */
static void the_third_retransmission_is_told_and_the_neighbour_doubted(void **state)
{
    const struct lull_name peer = pair_name(1, 0);

    (void)state;
    open_and_send();
    lull_time sent = pair.now;
    uint64_t asked = counted(client, LULL_COUNTER_ArpOutRequests);
    run_for(LULL_SEC(7) - 1);
    assert_int_equal(counted(client, LULL_COUNTER_TcpRetransSegs), 2);
    assert_int_equal(take(client, ends[0]), 0);
    run_for(1);
    assert_int_equal(counted(client, LULL_COUNTER_TcpRetransSegs), 3);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.kind, LULL_ADVICE_RETRANSMITS);
    assert_int_equal(advice.error, LULL_ETIMEDOUT);
    assert_int_equal(advice.count, 1);
    assert_int_equal(advice.at, sent + LULL_SEC(7));
    assert_memory_equal(&advice.from, &peer.address, sizeof peer.address);
    run_for(LULL_SEC(5) - 1);
    assert_int_equal(counted(client, LULL_COUNTER_ArpOutRequests), asked);
    run_for(1);
    assert_int_equal(counted(client, LULL_COUNTER_ArpOutRequests), asked + 1);
    assert_int_equal(take(client, ends[0]), 0);
    pair_close(&pair);
}

/* The two kinds do not replace each other. */
static void each_kind_of_advice_is_kept(void **state)
{
    (void)state;
    open_and_send();
    run_for(LULL_SEC(7));
    router_says(0, ICMPV4_TIME_EXCEEDED, 0);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.kind, LULL_ADVICE_ICMP);
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_ADVICE);
    assert_int_equal(take(client, ends[0]), 1);
    assert_int_equal(advice.kind, LULL_ADVICE_RETRANSMITS);
    assert_int_equal(take(client, ends[0]), 0);
    assert_int_equal(take(client, (lull_socket){0}), LULL_EBADF);
    pair_close(&pair);
}

/* Room for two: whoever was told longest ago makes room, and who closes gives his back. */
static void advice_that_was_kept_longest_makes_room(void **state)
{
    struct lull_stack_config config = default_config();
    struct tcp_segment sent[3];
    lull_socket told[3];
    const int order[] = {0, 1, 0, 2};

    (void)state;
    config.sockets_max = 31;
    open_stage(&config, NULL);
    for (int i = 0; i < 3; i++) {
        pair_connect(&pair, listener, PORT, ends);
        told[i] = ends[0];
        assert_int_equal(send_text(0, "text"), 4);
        pair.faults.loss = 1000;
        run_for(0);
        pair.faults.loss = 0;
        sent[i] = seen[0].segment;
    }
    for (int i = 0; i < 4; i++)
        forge_icmp(0, &sent[order[i]], &(struct forged_icmp){ICMPV4_TIME_EXCEEDED, 0, router[3]});
    assert_int_equal(counted(client, LULL_COUNTER_AdviceEvicted), 1);
    assert_false(lull_socket_poll(client, told[1]) & LULL_EVENT_ADVICE);
    assert_int_equal(take(client, told[1]), 0);
    assert_int_equal(take(client, told[2]), 1);
    assert_int_equal(advice.count, 1);
    forge_icmp(0, &sent[2], &(struct forged_icmp){ICMPV4_TIME_EXCEEDED, 0, router[3]});
    assert_int_equal(lull_socket_abort(client, told[2]), LULL_OK);
    forge_icmp(0, &sent[1], &(struct forged_icmp){ICMPV4_TIME_EXCEEDED, 0, router[3]});
    assert_int_equal(take(client, told[1]), 1);
    assert_int_equal(take(client, told[0]), 1);
    assert_int_equal(advice.count, 2);
    assert_int_equal(counted(client, LULL_COUNTER_AdviceEvicted), 1);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_exceeded_is_told_and_the_text_arrives_later),
        cmocka_unit_test(no_error_ends_an_established_connection),
        cmocka_unit_test(a_hard_error_ends_it_where_that_is_wanted),
        cmocka_unit_test(a_quote_that_is_not_in_flight_is_nobodys),
        cmocka_unit_test(what_is_not_taken_is_counted),
        cmocka_unit_test(source_quench_is_ignored),
        cmocka_unit_test(an_attempt_that_times_out_says_what_a_router_said),
        cmocka_unit_test(a_hard_error_ends_a_handshake_and_a_soft_one_does_not),
        cmocka_unit_test(a_record_is_told_nothing),
        cmocka_unit_test(the_third_retransmission_is_told_and_the_neighbour_doubted),
        cmocka_unit_test(each_kind_of_advice_is_kept),
        cmocka_unit_test(advice_that_was_kept_longest_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
