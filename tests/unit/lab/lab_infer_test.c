/* What passes, who talks, what is kept: packets to events.  The inferences about one incarnation
 * are in lab_infer_ends_test.c and lab_infer_repeat_test.c, those about several in
 * lab_infer_place_test.c. */
#include "base/address.h"
#include "lab/infer_dsl.h"
#include "wire/icmpv4.h"

static void a_segment_is_told_as_it_is_on_the_wire(void **state)
{
    (void)state;
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 250, .flags = TCP_SYN, .seq = 500, .text = 3, .ts = 77);
    assert_int_equal(e->kind, LAB_SEGMENT);
    assert_int_equal(e->at, START + LULL_MS(250));
    assert_int_equal(capture.story.start, e->at);
    assert_int_equal(e->segment.seq, 500);
    assert_int_equal(e->segment.flags, TCP_SYN);
    assert_int_equal(e->segment.text_bytes, 3);
    assert_int_equal(e->segment.options, TCP_OPTION_TIMESTAMPS);
    assert_int_equal(e->segment.ts_value, 77);
    assert_int_equal(e->segment.wnd, 5000);
    assert_int_equal(e->segment.hops, 64);
    assert_int_equal(e->frame_bytes, 20 + 32 + 3);
    assert_memory_equal(lab_story_packet(&capture.story, e).data, capture.packet, e->frame_bytes);
    assert_int_equal(e->fate, LAB_FATE_UNKNOWN);
    assert_true(capture.story.captured);
}

static void who_opens_stands_left_and_is_called_by_address(void **state)
{
    (void)state;
    pass(.from = SERVER, .flags = SYN_ACK, .seq = 900, .ack = 501);
    const struct lab_conversation *c = &capture.story.conversations[0];
    assert_int_equal(c->name[0].port, 1500);
    assert_string_equal(capture.story.parties[c->party[0]].name, "10.0.0.1");
    assert_string_equal(capture.story.parties[c->party[1]].name, "10.0.0.2");
    assert_int_equal(capture.events[0].party, c->party[1]);
}

static void a_long_address_becomes_a_letter(void **state)
{
    const size_t bytes = build(&(struct passing){.flags = TCP_SYN, .seq = 1});

    (void)state;
    memcpy(capture.packet + 12, "\xc0\xa8\xc8\xc9", 4);
    lab_infer_packet(&capture.infer, (struct span){capture.packet, bytes}, START);
    assert_string_equal(capture.story.parties[0].name, "A");
    assert_string_equal(capture.story.parties[1].name, "10.0.0.2");
}

static void the_ends_of_a_conversation_with_oneself_are_two_parties(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500, .myself = true);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 1, .flags = SYN_ACK, .seq = 900, .ack = 501, .myself = true);
    assert_int_equal(lab_story_side(&capture.story, &capture.events[0]), 0);
    assert_int_equal(lab_story_side(&capture.story, e), 1);
    assert_string_equal(capture.story.parties[1].name, "10.0.0.1'");
    expect_states(e, "ESTABLISHED?", "SYN-RECEIVED");
}

static void a_capture_may_begin_within_a_connection(void **state)
{
    (void)state;
    const struct lab_event *e =
        pass(.from = SERVER, .flags = ACK, .seq = 901, .ack = 501, .text = 10);
    expect_states(e, "ESTABLISHED?", "ESTABLISHED?");
    expect_said(e, "capture begins within");
    assert_true(e->inferred & LAB_INFERRED_INCARNATION);
    assert_int_equal(capture.story.conversations[0].name[0].port, 1500);
    e = pass(.from = CLIENT, .at = 10, .flags = FIN_ACK, .seq = 501, .ack = 911);
    expect_states(e, "FIN-WAIT-1", "CLOSE-WAIT?");
}

static void a_packet_kept_in_part_counts_with_all_of_its_text(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    const struct lab_event *e = pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 1000, .kept = 40);
    assert_int_equal(e->segment.text_bytes, 1000);
    assert_int_equal(e->frame_bytes, 40);
    assert_int_equal(capture.infer.cut, 1);
    e = pass(.from = SERVER, .at = 250, .flags = ACK, .seq = 901, .ack = 1501);
    assert_int_equal(capture.events[3].fate, LAB_FATE_ARRIVED);
}

static void padding_behind_a_packet_is_none_of_it(void **state)
{
    (void)state;
    const struct lab_event *e = pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500, .kept = 46);
    assert_int_equal(e->frame_bytes, 40);
    assert_int_equal(e->segment.text_bytes, 0);
    assert_int_equal(capture.infer.cut, 0);
}

static void options_that_were_cut_off_are_missed_and_the_rest_is_read(void **state)
{
    (void)state;
    const struct lab_event *e =
        pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500, .ts = 77, .text = 5, .kept = 44);
    assert_int_equal(e->segment.seq, 500);
    assert_int_equal(e->segment.options, 0);
    assert_int_equal(e->segment.text_bytes, 5);
    assert_int_equal(capture.infer.broken, 0);
}

static void what_is_not_tcp_is_counted_and_noted(void **state)
{
    size_t bytes;

    (void)state;
    bytes = build(&(struct passing){.flags = TCP_SYN});
    capture.packet[9] = IPV4_UDP;
    lab_infer_packet(&capture.infer, (struct span){capture.packet, bytes}, START);
    capture.packet[0] = 0x60;
    lab_infer_packet(&capture.infer, (struct span){capture.packet, bytes}, START);
    lab_infer_ignore(&capture.infer);
    bytes = build(&(struct passing){.flags = TCP_SYN});
    capture.packet[6] = 0x20; /* more fragments */
    lab_infer_packet(&capture.infer, (struct span){capture.packet, bytes}, START);
    bytes = build(&(struct passing){.flags = TCP_SYN});
    lab_infer_packet(&capture.infer, (struct span){capture.packet, 39}, START);
    capture.packet[20 + 12] = 0x40;
    lab_infer_packet(&capture.infer, (struct span){capture.packet, bytes}, START);
    assert_int_equal(capture.story.event_count, 0);
    assert_int_equal(capture.infer.ignored, 3);
    assert_int_equal(capture.infer.fragments, 1);
    assert_int_equal(capture.infer.broken, 2);
    lab_infer_end(&capture.infer);
    assert_int_equal(capture.events[0].kind, LAB_NOTE);
    expect_said(&capture.events[0],
                "3 not of TCP over IPv4, 1 fragments, 2 with headers cut or broken");
}

static void a_packet_seen_on_two_interfaces_is_drawn_once(void **state)
{
    (void)state;
    lab_infer_on(&capture.infer, 1);
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500, .id = 7);
    lab_infer_on(&capture.infer, 2);
    pass(.from = CLIENT, .at = 1, .flags = TCP_SYN, .seq = 500, .id = 7);
    assert_int_equal(capture.story.event_count, 1);
    assert_int_equal(capture.infer.seen_twice, 1);
}

static void the_same_identification_makes_a_double_of_the_network(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 77);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 203, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 77);
    assert_int_equal(e->kind, LAB_ARRIVAL);
    assert_true(e->is_double);
    assert_int_equal(e->of, 3);
    assert_int_equal(e->party, capture.story.conversations[0].party[SERVER]);
    assert_true(e->inferred & LAB_INFERRED_REPETITION);
    expect_said(e, "IP identification 77 too, 0.003 s later: doubled on the way");
    assert_int_equal(capture.infer.doubles, 1);
    assert_int_equal(capture.events[3].fate, LAB_FATE_UNKNOWN);
}

static void another_identification_or_none_makes_a_repetition(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 77);
    const struct lab_event *e =
        pass(.from = CLIENT, .at = 500, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 78);
    assert_int_equal(e->kind, LAB_SEGMENT);
    assert_int_equal(e->repeats, 3);
    pass(.from = CLIENT, .at = 700, .flags = ACK, .seq = 511, .ack = 901, .text = 10,
         .without_id = true);
    e = pass(.from = CLIENT, .at = 1000, .flags = ACK, .seq = 511, .ack = 901, .text = 10,
             .without_id = true);
    assert_int_equal(e->kind, LAB_SEGMENT);
    assert_int_equal(e->repeats, 5);
    assert_int_equal(capture.infer.doubles, 0);
}

static void what_comes_back_with_fewer_hops_goes_round(void **state)
{
    (void)state;
    handshake(0, 500, 900, 0);
    pass(.from = CLIENT, .at = 200, .flags = ACK, .seq = 501, .ack = 901, .text = 10, .id = 77);
    const struct lab_event *e = pass(.from = CLIENT, .at = 22200, .flags = ACK, .seq = 501,
                                     .ack = 901, .text = 10, .id = 77, .hops = 9);
    assert_int_equal(e->kind, LAB_ARRIVAL);
    assert_int_equal(e->of, 3);
    assert_int_equal(e->segment.hops, 9);
    expect_said(e, "22.000 s later, with 55 hops fewer left: it goes round");
    e = pass(.from = CLIENT, .at = 22300, .flags = ACK, .seq = 501, .ack = 901, .text = 10,
             .id = 77);
    assert_int_equal(e->kind, LAB_SEGMENT);
    assert_int_equal(e->repeats, 3);
}

/* From a router, about the last packet that was built. */
static void complain(uint8_t type, uint8_t code, unsigned at)
{
    uint8_t packet[IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES + 28];
    struct icmpv4_message message = {.type = type, .code = code, .body = {capture.packet, 28}};
    const uint8_t router[4] = {10, 0, 0, 254};
    const struct ipv4_header ip = {.source = lull_address_ipv4(router),
                                   .destination = host(CLIENT),
                                   .protocol = IPV4_ICMP,
                                   .ttl = 60,
                                   .total_bytes = sizeof packet};

    ipv4_emit(&ip, packet);
    icmpv4_emit(&message, packet + IPV4_HEADER_BYTES);
    memcpy(packet + IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES, capture.packet, 28);
    lab_infer_packet(&capture.infer, (struct span){packet, sizeof packet}, START + LULL_MS(at));
}

static void an_icmp_error_names_the_segment_it_is_about(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    complain(ICMPV4_UNREACHABLE, ICMPV4_PORT_UNREACHABLE, 10);
    const struct lab_event *e = &capture.events[1];
    assert_int_equal(e->kind, LAB_ICMP);
    assert_int_equal(e->of, 0);
    assert_string_equal(e->what, "port unreachable");
    expect_said(e, "hard error");
    assert_true(capture.story.parties[e->party].router);
    assert_int_equal(capture.events[0].fate, LAB_FATE_LOST);
    assert_true(capture.events[0].inferred & LAB_INFERRED_FATE);
    pass(.from = CLIENT, .at = 1000, .flags = TCP_SYN, .seq = 500);
    complain(ICMPV4_TIME_EXCEEDED, 0, 1010);
    assert_int_equal(capture.events[2].fate, LAB_FATE_EXPIRED);
    pass(.from = CLIENT, .at = 1020, .flags = TCP_SYN, .seq = 77, .port = 9);
    build(&(struct passing){.flags = TCP_SYN, .port = 10});
    complain(ICMPV4_TIME_EXCEEDED, 0, 1030); /* about a stranger */
    assert_int_equal(capture.infer.ignored, 1);
}

static void conversations_and_events_beyond_the_room_are_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LAB_CONVERSATIONS_MAX + 3; i++)
        pass(.from = CLIENT, .at = i, .flags = TCP_SYN, .seq = 1, .port = (uint16_t)(1000 + i));
    assert_int_equal(capture.story.conversation_count, LAB_CONVERSATIONS_MAX);
    assert_int_equal(capture.infer.left_out, 3);
    for (unsigned i = 0; i < INFER_EVENTS; i++)
        pass(.from = CLIENT, .at = 100 + i, .flags = ACK, .seq = 2 + i, .text = 1, .port = 1000);
    assert_int_equal(capture.story.events_dropped, LAB_CONVERSATIONS_MAX);
}

static void a_clock_that_goes_back_is_noted_and_events_stay_in_order(void **state)
{
    (void)state;
    pass(.from = CLIENT, .at = 500, .flags = TCP_SYN, .seq = 500);
    const struct lab_event *e =
        pass(.from = SERVER, .at = 400, .flags = SYN_ACK, .seq = 900, .ack = 501);
    assert_int_equal(e->at, START + LULL_MS(500));
    assert_int_equal(capture.infer.turned_back, 1);
}

static void the_verdict_says_that_there_is_one_point_and_what_was_assumed(void **state)
{
    (void)state;
    pass(.from = CLIENT, .flags = TCP_SYN, .seq = 500);
    lab_infer_end(&capture.infer);
    assert_non_null(strstr(capture.story.verdict, "captured at one point"));
    assert_non_null(strstr(capture.story.verdict, "MSL of 30 s"));
    assert_false(capture.story.judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_segment_is_told_as_it_is_on_the_wire, open_capture),
        cmocka_unit_test_setup(who_opens_stands_left_and_is_called_by_address, open_capture),
        cmocka_unit_test_setup(a_long_address_becomes_a_letter, open_capture),
        cmocka_unit_test_setup(the_ends_of_a_conversation_with_oneself_are_two_parties,
                               open_capture),
        cmocka_unit_test_setup(a_capture_may_begin_within_a_connection, open_capture),
        cmocka_unit_test_setup(a_packet_kept_in_part_counts_with_all_of_its_text, open_capture),
        cmocka_unit_test_setup(padding_behind_a_packet_is_none_of_it, open_capture),
        cmocka_unit_test_setup(options_that_were_cut_off_are_missed_and_the_rest_is_read,
                               open_capture),
        cmocka_unit_test_setup(what_is_not_tcp_is_counted_and_noted, open_capture),
        cmocka_unit_test_setup(a_packet_seen_on_two_interfaces_is_drawn_once, open_capture),
        cmocka_unit_test_setup(the_same_identification_makes_a_double_of_the_network, open_capture),
        cmocka_unit_test_setup(what_comes_back_with_fewer_hops_goes_round, open_capture),
        cmocka_unit_test_setup(another_identification_or_none_makes_a_repetition, open_capture),
        cmocka_unit_test_setup(an_icmp_error_names_the_segment_it_is_about, open_capture),
        cmocka_unit_test_setup(conversations_and_events_beyond_the_room_are_counted, open_capture),
        cmocka_unit_test_setup(a_clock_that_goes_back_is_noted_and_events_stay_in_order,
                               open_capture),
        cmocka_unit_test_setup(the_verdict_says_that_there_is_one_point_and_what_was_assumed,
                               open_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
