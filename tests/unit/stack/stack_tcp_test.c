/* Whose segment it is: packets in nobody's name, SYNs that meet a record, ICMP errors. */
#include "stage.h"

static struct lull_address address_of(uint8_t first, uint8_t last)
{
    const uint8_t octets[4] = {first, 0, 0, last};
    return lull_address_ipv4(octets);
}

/* A SYN to a server that listens on every address, in a packet with these ends. */
static void forge_syn_between(struct lull_address source, struct lull_address destination)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX];
    struct ipv4_header ip = header_to(1, IPV4_TCP);
    struct tcp_segment syn = {.source_port = 4000,
                              .destination_port = PORT + 1,
                              .seq = seq_at(1),
                              .wnd = 1000,
                              .flags = TCP_SYN};

    ip.source = source;
    ip.destination = destination;
    forge_packet(1, &ip, (struct span){tcp, tcp_header_emit(&syn, tcp)}, 1);
    pair_flush(&pair);
}

/* [REQ SA-01] [REQ 9293/MUST-57] [REQ 9293/MUST-63] */
static void packets_from_or_to_no_single_host_are_dropped(void **state)
{
    const struct lull_address us = address_of(10, 2), peer = address_of(10, 1);
    const struct {
        struct lull_address source, destination;
    } rows[] = {
        {address_of(0, 0), us},      {address_of(224, 1), us},   {address_of(10, 255), us},
        {peer, address_of(10, 255)}, {peer, address_of(224, 1)}, {peer, address_of(10, 77)},
    };

    (void)state;
    open_pair(NULL);
    struct lull_name any = {.port = PORT + 1};
    lull_socket everywhere = open_socket(server);
    assert_int_equal(lull_socket_bind(server, everywhere, &any), LULL_OK);
    assert_int_equal(lull_socket_listen(server, everywhere, 1), LULL_OK);
    unsigned sent = seen[1].segments;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_syn_between(rows[i].source, rows[i].destination);
        assert_int_equal(seen[1].segments, sent);
        assert_int_equal(usage_of(server).connections, 1);
    }
    forge_syn_between(peer, us); /* and how it would have been answered */
    assert_int_equal(seen[1].segments, sent + 1);
    pair_close(&pair);
}

static void a_header_that_makes_no_sense_is_counted(void **state)
{
    const uint8_t tcp[TCP_HEADER_BYTES_MAX] = {[12] = 0x40}; /* a header of four words */
    struct ipv4_header ip = header_to(1, IPV4_TCP);

    (void)state;
    open_pair(NULL);
    forge_packet(1, &ip, (struct span){tcp, 20}, 1);
    assert_int_equal(counted(server, LULL_COUNTER_TcpInErrs), 1);
    pair_close(&pair);
}

/* [REQ 9293/MUST-14] */
static void both_sides_agree_on_what_fits_into_the_mtu(void **state)
{
    struct lull_tcp_info info;

    (void)state;
    open_pair(NULL);
    for (int side = 0; side < 2; side++) {
        lull_socket_info(pair.stack[side], ends[side], &info);
        assert_int_equal(info.mss, 1500 - 40 - 12); /* the timestamps are in each segment */
    }
    pair_close(&pair);
}

/* --- a SYN for a record ----------------------------------------------------------------- */

/* What the client's connection began with, beside the numbers it ended with. */
static struct tcp_segment syn_like(struct tcp_segment last)
{
    last.flags = TCP_SYN;
    last.ack = seq_at(0);
    last.options.ts_echo = 0;
    return last;
}

/* [REQ IR-03] [REQ RL-09] */
static void an_older_syn_is_refused_and_explained(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(1);
    run_for(LULL_SEC(10));
    struct tcp_segment syn = syn_like(seen[0].segment);
    syn.options.ts_value -= 1000;
    unsigned sent = seen[1].segments;
    forge(1, &syn);
    pair_flush(&pair);
    assert_int_equal(seen[1].segments, sent);
    assert_int_equal(usage_of(server).connections, 0);
    assert_int_equal(counted(server, LULL_COUNTER_TWSynRejected), 1);
    struct lull_refusal refusal = refusal_of(server);
    assert_int_equal(refusal.call, LULL_REFUSED_SYN);
    assert_string_equal(refusal.rule, "IR-03");
    assert_in_range(refusal.remaining, LULL_SEC(49), LULL_SEC(50));
    pair_close(&pair);
}

/* Timestamps we would not agree to prove nothing: the number decides.  [REQ IR-06] */
static void without_timestamps_of_ours_the_number_decides(void **state)
{
    struct lull_stack_config config = default_config();

    (void)state;
    config.features = 0;
    open_stage(&config, NULL);
    close_first(1);
    run_for(LULL_SEC(1));
    struct tcp_segment syn = syn_like(seen[0].segment);
    syn.seq = seq_add(syn.seq, (uint32_t)-1000);
    syn.options.present = TCP_OPTION_TIMESTAMPS;
    syn.options.ts_value = 123456;
    forge(1, &syn);
    assert_int_equal(usage_of(server).connections, 0);
    assert_string_equal(refusal_of(server).rule, "IR-06");
    pair_close(&pair);
}

/* [REQ RL-09] */
static void a_full_backlog_admits_no_syn_past_a_record(void **state)
{
    (void)state;
    open_pair(NULL);
    close_first(1);
    struct tcp_segment syn = syn_like(seen[0].segment);
    assert_int_equal(lull_socket_listen(server, listener, 1), LULL_OK);
    assert_int_equal(connect_to(open_socket(client), PORT), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    uint32_t connections = usage_of(server).connections;
    syn.options.ts_value += 100000;
    forge(1, &syn);
    assert_int_equal(usage_of(server).connections, connections);
    assert_int_equal(counted(server, LULL_COUNTER_ListenDrops), 1);
    assert_int_equal(records(server), 1);
    pair_close(&pair);
}

/* The server says and hears nothing but this: SYN with the timestamp @stamp, ACK, FIN. */
static struct tcp_segment forge_from_port(uint32_t seq, uint8_t flags, uint32_t stamp)
{
    struct tcp_segment segment = {.source_port = 4000,
                                  .destination_port = PORT,
                                  .seq = seq_at(seq),
                                  .wnd = 1000,
                                  .flags = flags,
                                  .options = {.present = TCP_OPTION_TIMESTAMPS, .ts_value = stamp}};
    if (flags & TCP_ACK) {
        segment.ack = seq_add(seen[1].segment.seq, 1);
        segment.options.ts_echo = seen[1].segment.options.ts_value;
    }
    forge(1, &segment);
    pair_flush(&pair);
    return segment;
}

/* A whole connection in no time, closed first by the server. */
static void live_and_die(uint32_t stamp)
{
    lull_socket accepted;

    forge_from_port(1000, TCP_SYN, stamp);
    forge_from_port(1001, TCP_ACK, stamp);
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_OK);
    lull_socket_close(server, accepted);
    pair_flush(&pair);
    forge_from_port(1001, TCP_FIN | TCP_ACK, stamp);
    assert_int_equal(records(server), 1);
}

/* Each incarnation's timestamps begin above the last one's; within one millisecond they can be so
 * far ahead of the clock and no farther.  [REQ IR-09] */
static void too_many_lives_within_a_millisecond_are_refused(void **state)
{
    (void)state;
    open_pair(NULL);
    run_for(LULL_MS(1));
    pair.faults.loss = 1000; /* the client would reset what it knows nothing of */
    for (uint32_t stamp = 1; stamp <= 16; stamp++)
        live_and_die(stamp);
    forge_from_port(1000, TCP_SYN, 17);
    assert_string_equal(refusal_of(server).rule, "IR-09");
    assert_int_equal(counted(server, LULL_COUNTER_TWSynRejected), 1);
    assert_int_equal(usage_of(server).connections, 1);
    run_for(LULL_MS(1));
    live_and_die(17);
    pair_close(&pair);
}

/* [REQ CH-16] */
static void text_for_an_orphans_record_resets_the_peer(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket_close(client, ends[0]);
    run_for(LULL_SEC(1));
    assert_int_equal(records(client), 1);
    assert_int_equal(send_text(1, "too late"), 8);
    run_for(LULL_MS(1));
    assert_int_equal(counted(client, LULL_COUNTER_FW2Killed), 1);
    assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), 1); /* [REQ CH-17] */
    assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnData), 1);
    assert_int_equal(lull_socket_take_error(server, ends[1]), LULL_ECONNRESET);
    pair_close(&pair);
}

/* --- strangers -------------------------------------------------------------------------- */

/* [REQ RL-10] [REQ SA-16] */
static void a_stranger_is_reset_and_its_tuple_held(void **state)
{
    struct tcp_segment syn = {.source_port = 4001, .destination_port = 99, .flags = TCP_SYN};

    (void)state;
    open_pair(NULL);
    pair.faults.loss = 1000;
    unsigned sent = seen[1].segments;
    for (unsigned i = 1; i <= 2; i++) { /* the second one meets the record */
        forge_stranger(4000, 99, seq_at(77));
        assert_int_equal(seen[1].segments, sent + i);
        assert_int_equal(seen[1].segment.flags, TCP_RST);
        assert_int_equal(seen[1].segment.seq.raw, 77);
        assert_int_equal(counted(server, LULL_COUNTER_HoldEntered), 1);
    }
    forge(1, &syn); /* belongs to no connection yet */
    pair_flush(&pair);
    assert_int_equal(seen[1].segments, sent + 3);
    assert_int_equal(counted(server, LULL_COUNTER_HoldEntered), 1);
    pair_close(&pair);
}

/* The server's first number for a SYN, after a segment that claims to acknowledge @claimed. */
static seq32 iss_after_stranger(const seq32 *claimed)
{
    struct tcp_segment syn = {
        .source_port = 4000, .destination_port = PORT, .wnd = 1000, .flags = TCP_SYN};

    open_pair(NULL);
    pair.faults.loss = 1000;
    if (claimed != NULL)
        forge_stranger(4000, PORT, *claimed);
    forge(1, &syn);
    pair_flush(&pair);
    assert_int_equal(seen[1].segment.flags, TCP_SYN | TCP_ACK);
    seq32 iss = seen[1].segment.seq;
    pair_close(&pair);
    return iss;
}

/* [REQ RL-10] [REQ 9293/MUST-9] */
static void a_stranger_does_not_choose_our_numbers(void **state)
{
    (void)state;
    const seq32 natural = iss_after_stranger(NULL), claimed = seq_add(natural, 1000);
    assert_int_equal(iss_after_stranger(&claimed).raw, natural.raw);
}

/* --- ICMP errors ------------------------------------------------------------------------ */

/* [REQ RL-11] [REQ 9293/SHLD-26] */
static void a_soft_error_does_not_end_an_attempt(void **state)
{
    const struct forged_icmp host = {ICMPV4_UNREACHABLE, ICMPV4_HOST_UNREACHABLE, 2};
    const struct forged_icmp port = {ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE, 2};

    (void)state;
    open_pair(NULL);
    lull_socket socket = open_socket(client);
    pair.faults.loss = 1000;
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    run_for(0);
    forge_icmp(0, &seen[0].segment, &host);
    assert_int_equal(usage_of(client).connections, 2);
    forge_icmp(0, &seen[0].segment, &port);
    assert_int_equal(usage_of(client).connections, 1);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_from_or_to_no_single_host_are_dropped),
        cmocka_unit_test(a_header_that_makes_no_sense_is_counted),
        cmocka_unit_test(both_sides_agree_on_what_fits_into_the_mtu),
        cmocka_unit_test(an_older_syn_is_refused_and_explained),
        cmocka_unit_test(without_timestamps_of_ours_the_number_decides),
        cmocka_unit_test(a_full_backlog_admits_no_syn_past_a_record),
        cmocka_unit_test(too_many_lives_within_a_millisecond_are_refused),
        cmocka_unit_test(text_for_an_orphans_record_resets_the_peer),
        cmocka_unit_test(a_stranger_is_reset_and_its_tuple_held),
        cmocka_unit_test(a_stranger_does_not_choose_our_numbers),
        cmocka_unit_test(a_soft_error_does_not_end_an_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
