/* Closing and TIME-WAIT in whole conversations: what the unit tests of tcp_timewait.c and
 * socket_bind.c cannot see, because it takes two stacks, a wire and a clock.
 * Every segment's checksum is looked at on the wire.  [REQ 9293/MUST-2] */
#include "stage.h"

/* What a record would answer, were it not for the packet around it.  [REQ SA-01]
 * [REQ 9293/MUST-63] [REQ 9293/MUST-3] */
static void a_bad_checksum_or_source_is_dropped_without_an_answer(void **state)
{
    const uint8_t broadcast[4] = {10, 0, 0, 255};
    uint8_t tcp[TCP_HEADER_BYTES_MAX];
    struct ipv4_header ip = header_to(0, IPV4_TCP);

    (void)state;
    open_pair(NULL);
    close_first(0);
    run_for(LULL_SEC(1));
    struct tcp_segment fin = seen[1].segment; /* the server's FIN, with what it acknowledged */
    fin.flags = TCP_FIN | TCP_ACK;
    struct span payload = {tcp, tcp_header_emit(&fin, tcp)};
    lull_duration left = record_of(client).timer_left;
    unsigned sent = seen[0].segments;

    forge_packet(0, &ip, payload, 0); /* the checksum in it is 0 */
    assert_int_equal(counted(client, LULL_COUNTER_TcpInCsumErrors), 1);
    ip.source = lull_address_ipv4(broadcast);
    forge_packet(0, &ip, payload, 1);
    run_for(0);
    assert_int_equal(counted(client, LULL_COUNTER_IpInAddrErrors), 1);
    assert_int_equal(seen[0].segments, sent);
    assert_int_equal(record_of(client).timer_left, left);

    ip = header_to(0, IPV4_TCP); /* the same, from whom and as it should be */
    forge_packet(0, &ip, payload, 1);
    run_for(0);
    assert_int_equal(seen[0].segments, sent + 1);
    pair_close(&pair);
}

/* Nobody listens, says an ICMP error that quotes what @segment's header says. */
static void forge_unreachable(const struct tcp_segment *segment)
{
    forge_icmp(0, segment, &(struct forged_icmp){ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE, 2});
}

/* [REQ SA-15] [REQ RL-11] */
static void an_icmp_error_ends_neither_a_connection_nor_a_record(void **state)
{
    struct lull_usage usage;

    (void)state;
    open_pair(NULL);
    pair.faults.loss = 1000;
    assert_int_equal(lull_socket_send(client, ends[0], (struct lull_slice){"text", 4}), 4);
    run_for(0);
    forge_unreachable(&seen[0].segment); /* it is in flight */
    lull_stack_usage(client, &usage);
    assert_int_equal(usage.connections, 1);
    pair_close(&pair);

    open_pair(NULL);
    close_first(0);
    lull_duration left = record_of(client).timer_left;
    forge_unreachable(&seen[0].segment);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInMsgs), 1);
    assert_int_equal(counted(client, LULL_COUNTER_IcmpInErrors), 0);
    assert_int_equal(record_of(client).timer_left, left);
    pair_close(&pair);
}

/* The same error, about the SYN that is in flight: nobody listens there.  [REQ RL-11] */
static void an_icmp_error_ends_an_attempt_only_when_it_quotes_its_syn(void **state)
{
    struct lull_name to = pair_name(1, PORT);
    struct tcp_segment syn;
    lull_socket socket;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    pair.faults.loss = 1000;
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    run_for(0);
    syn = seen[0].segment;
    syn.seq = seq_add(syn.seq, 1); /* never sent */
    forge_unreachable(&syn);
    assert_int_equal(lull_socket_take_error(client, socket), LULL_OK);
    forge_unreachable(&seen[0].segment);
    assert_int_equal(lull_socket_take_error(client, socket), LULL_ECONNREFUSED);
    pair_close(&pair);
}

/* [REQ CH-08] [REQ TT-10] */
static void both_close_at_once_and_both_wait(void **state)
{
    struct pair_faults faults = {.delay = LULL_MS(20)};

    (void)state;
    open_pair(&faults);
    lull_socket_close(client, ends[0]);
    lull_socket_close(server, ends[1]);
    run_for(LULL_SEC(1));
    assert_int_equal(record_of(client).restarts, 0);
    assert_int_equal(record_of(server).restarts, 0);
    unsigned sent = seen[0].segments + seen[1].segments;
    run_for(LULL_SEC(60));
    assert_int_equal(records(client), 0);
    assert_int_equal(records(server), 0);
    assert_int_equal(seen[0].segments + seen[1].segments, sent);
    pair_close(&pair);
}

/* [REQ TT-01] [REQ TT-03] [REQ SA-08] */
static void a_lost_last_ack_is_sent_again_and_the_time_starts_again(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_close(client, ends[0]);
    run_for(LULL_MS(1));
    lull_socket_close(server, ends[1]);
    pair.faults.lose_nth = UINT64_C(1) << (pair.frames + 1); /* behind the server's FIN */
    run_for(LULL_MS(100));
    assert_int_equal(record_of(client).restarts, 0);
    struct lull_usage usage;
    lull_stack_usage(server, &usage);
    assert_int_equal(usage.connections, 1); /* LAST-ACK */
    run_for(LULL_SEC(2));
    lull_stack_usage(server, &usage);
    assert_int_equal(usage.connections, 0);
    assert_int_equal(record_of(client).restarts, 1);
    run_for(LULL_MS(58200)); /* more than 60 s after the first ACK, less after the second */
    assert_int_equal(records(client), 1);
    run_for(LULL_SEC(2));
    assert_int_equal(records(client), 0);
    pair_close(&pair);
}

/* [REQ SA-02] [REQ RL-08] [REQ TT-05] */
static void no_reset_ends_a_record(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(0);
    run_for(LULL_SEC(10));
    lull_duration left = record_of(client).timer_left;
    struct tcp_segment reset = seen[1].segment;
    reset.flags = TCP_RST | TCP_ACK;
    reset.seq = seen[0].segment.ack; /* exact */
    forge(0, &reset);
    reset.flags = TCP_RST;
    forge(0, &reset);
    assert_int_equal(counted(client, LULL_COUNTER_TWRstIgnored), 2);
    assert_int_equal(record_of(client).timer_left, left);
    pair_close(&pair);
}

/* [REQ IR-10] [REQ RL-09] */
static void a_forged_syn_leaves_the_record_as_it_was(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(1);
    run_for(LULL_SEC(10));
    lull_duration left = record_of(server).timer_left;
    struct tcp_segment syn = seen[0].segment;
    syn.flags = TCP_SYN;
    syn.options.ts_value += 100000; /* newer than anything */
    syn.options.ts_echo = 0;
    forge(1, &syn);
    pair_flush(&pair); /* the client, who knows of nothing, resets the SYN-ACK */
    assert_true(seen[1].segment.flags & TCP_SYN);
    assert_true(seen[0].segment.flags & TCP_RST);
    struct lull_usage usage;
    lull_stack_usage(server, &usage);
    assert_int_equal(usage.connections, 0);
    assert_int_equal(record_of(server).timer_left, left);
    assert_int_equal(counted(server, LULL_COUNTER_TWRecycled), 0);
    pair_close(&pair);
}

/* A client's socket on the port its last connection had. */
static enum lull_error connect_again(lull_socket *socket, uint16_t local_port)
{
    struct lull_name from = pair_name(0, local_port), to = pair_name(1, PORT);

    assert_int_equal(lull_socket_open(client, socket), LULL_OK);
    lull_socket_set_option(client, *socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, *socket, &from), LULL_OK);
    return lull_socket_connect(client, *socket, &to);
}

/* [REQ IR-01] [REQ IR-12] [REQ BL-03] */
static void a_newer_syn_replaces_the_record(void **state)
{
    lull_socket again, accepted;

    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    close_first(1);
    run_for(LULL_SEC(1));
    assert_int_equal(connect_again(&again, port), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_OK);
    assert_int_equal(records(server), 0);
    assert_int_equal(counted(server, LULL_COUNTER_TWRecycled), 1);
    pair_close(&pair);
}

/* [REQ IR-11] */
static void without_a_listener_a_syn_gets_no_answer_and_the_record_stays(void **state)
{
    lull_socket again;

    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    close_first(1);
    lull_socket_close(server, listener);
    run_for(LULL_SEC(1));
    unsigned sent = seen[1].segments;
    assert_int_equal(connect_again(&again, port), LULL_EINPROGRESS);
    run_for(LULL_MS(500));
    assert_int_equal(seen[1].segments, sent);
    assert_int_equal(records(server), 1);
    assert_int_equal(counted(server, LULL_COUNTER_TWSynRejected), 1);
    pair_close(&pair);
}

/* [REQ IR-13] [REQ OB-04] */
static void connect_to_a_remembered_tuple_is_refused_with_the_seconds_left(void **state)
{
    struct lull_refusal refusal;
    lull_socket again;

    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    close_first(0);
    run_for(LULL_SEC(20));
    unsigned sent = seen[0].segments;
    assert_int_equal(connect_again(&again, port), LULL_EADDRINUSE);
    lull_socket_refusal(client, &refusal);
    assert_string_equal(refusal.rule, "IR-13");
    assert_int_equal(refusal.blocker, LULL_BLOCKER_TIME_WAIT);
    assert_in_range(refusal.remaining, LULL_SEC(39), LULL_SEC(40));
    run_for(LULL_SEC(1));
    assert_int_equal(seen[0].segments, sent);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_checksum_or_source_is_dropped_without_an_answer),
        cmocka_unit_test(an_icmp_error_ends_neither_a_connection_nor_a_record),
        cmocka_unit_test(an_icmp_error_ends_an_attempt_only_when_it_quotes_its_syn),
        cmocka_unit_test(both_close_at_once_and_both_wait),
        cmocka_unit_test(a_lost_last_ack_is_sent_again_and_the_time_starts_again),
        cmocka_unit_test(no_reset_ends_a_record),
        cmocka_unit_test(a_forged_syn_leaves_the_record_as_it_was),
        cmocka_unit_test(a_newer_syn_replaces_the_record),
        cmocka_unit_test(without_a_listener_a_syn_gets_no_answer_and_the_record_stays),
        cmocka_unit_test(connect_to_a_remembered_tuple_is_refused_with_the_seconds_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
