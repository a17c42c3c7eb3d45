#include <string.h>

#include "cmocka_all.h"
#include "scenario/scenario_flow.h"
#include "scenario/scenario_tcp_option.h"

/* Ours began at 1,000,000, which the script calls 0; theirs at 5,000. */
static const struct scenario_flow empty = {.local_port = 8080,
                                           .remote_port = 40000,
                                           .knows_local = true,
                                           .knows_remote = true,
                                           .local_isn = 1000000,
                                           .remote_isn = 5000};

static struct scenario_packet packet(uint8_t flags)
{
    return (struct scenario_packet){.flags = flags, .seq = 10, .ack = 20};
}

/* Two NOPs, then an option of 10 bytes with these two numbers in it. */
static void add_option(struct scenario_packet *p, uint8_t kind, uint32_t first, uint32_t second)
{
    uint8_t *o = p->options + 2;

    memset(p->options, SCENARIO_OPTION_NOP, 2);
    o[0] = kind;
    o[1] = 10;
    store_be32(o + 2, first);
    store_be32(o + 6, second);
    p->option_bytes = 12;
}

static void expect_numbers(const struct scenario_packet *p, uint32_t seq, uint32_t ack)
{
    assert_int_equal(p->seq, seq);
    assert_int_equal(p->ack, ack);
}

static void numbers_count_from_the_isns(void **state)
{
    (void)state;
    struct scenario_packet in = packet(TCP_ACK), out;
    assert_null(scenario_flow_to_wire(&empty, &in));
    expect_numbers(&in, 5010, 1000020);

    out = packet(TCP_ACK);
    out.seq = 1000010;
    out.ack = 5020;
    scenario_flow_to_script(&empty, &out);
    expect_numbers(&out, 10, 20);
}

static void the_remote_number_in_a_syn_is_the_wires(void **state)
{
    (void)state;
    struct scenario_flow flow = empty;
    struct scenario_packet in = packet(TCP_SYN | TCP_ACK), out = packet(TCP_SYN | TCP_ACK);

    flow.script_isn = 7; /* the script wrote S 7:7(0) */
    assert_null(scenario_flow_to_wire(&flow, &in));
    expect_numbers(&in, 10, 1000013);
    out.seq = 1000000;
    scenario_flow_to_script(&flow, &out);
    expect_numbers(&out, 7, 20);
}

static void an_acknowledgment_number_without_its_flag_stays(void **state)
{
    (void)state;
    struct scenario_packet in = packet(TCP_RST), out = packet(TCP_RST);

    assert_null(scenario_flow_to_wire(&empty, &in));
    assert_int_equal(in.ack, 20);
    scenario_flow_to_script(&empty, &out);
    assert_int_equal(out.ack, 20);
}

static void blocks_move_with_what_they_acknowledge(void **state)
{
    (void)state;
    struct scenario_packet in = packet(TCP_ACK), out = packet(TCP_ACK);

    add_option(&in, SCENARIO_OPTION_SACK, 1, 11);
    assert_null(scenario_flow_to_wire(&empty, &in));
    assert_int_equal(load_be32(in.options + 4), 1000001);
    assert_int_equal(load_be32(in.options + 8), 1000011);
    add_option(&out, SCENARIO_OPTION_SACK, 5001, 5011);
    scenario_flow_to_script(&empty, &out);
    assert_int_equal(load_be32(out.options + 4), 1);
    assert_int_equal(load_be32(out.options + 8), 11);
}

static uint32_t echoed(const struct scenario_flow *flow, uint32_t echo)
{
    struct scenario_packet in = packet(TCP_ACK);

    add_option(&in, SCENARIO_OPTION_TIMESTAMPS, 700, echo);
    assert_null(scenario_flow_to_wire(flow, &in));
    assert_int_equal(load_be32(in.options + 4), 700); /* the script's own is the peer's own */
    return load_be32(in.options + 8);
}

static void timestamps_are_known_by_name_or_reckoned_from_the_first(void **state)
{
    (void)state;
    struct scenario_flow flow = empty;
    struct scenario_packet in = packet(TCP_ACK), out = packet(TCP_ACK);

    add_option(&in, SCENARIO_OPTION_TIMESTAMPS, 700, 100);
    assert_non_null(scenario_flow_to_wire(&flow, &in));
    in.flags = TCP_RST; /* echoes nothing */
    assert_null(scenario_flow_to_wire(&flow, &in));

    scenario_flow_learn(&flow, 100, 4000);
    scenario_flow_learn(&flow, 200, 4103);
    assert_int_equal(echoed(&flow, 100), 4000);
    assert_int_equal(echoed(&flow, 200), 4103);
    assert_int_equal(echoed(&flow, 250), 4150);
    add_option(&out, SCENARIO_OPTION_TIMESTAMPS, 4103, 700);
    scenario_flow_to_script(&flow, &out);
    assert_int_equal(load_be32(out.options + 4), 203);
    assert_int_equal(load_be32(out.options + 8), 700);

    for (uint32_t i = 0; i < SCENARIO_TIMESTAMPS_MAX; i++)
        scenario_flow_learn(&flow, 1000 + i, 9000 + 2 * i);
    assert_int_equal(echoed(&flow, 200), 4100); /* forgotten, so reckoned */
    assert_int_equal(echoed(&flow, 1000), 9000);
    assert_int_equal(echoed(&flow, 1000 + SCENARIO_TIMESTAMPS_MAX - 1),
                     9000 + 2 * (SCENARIO_TIMESTAMPS_MAX - 1));
}

static void an_icmp_error_quotes_a_number_of_ours(void **state)
{
    (void)state;
    struct scenario_packet in = packet(0);

    in.protocol = SCENARIO_ICMP;
    assert_null(scenario_flow_to_wire(&empty, &in));
    assert_int_equal(in.seq, 1000010);
}

/* What is malformed must not lead a walk astray. */
static void options_are_found_only_whole(void **state)
{
    (void)state;
    struct scenario_packet p = packet(0);

    add_option(&p, SCENARIO_OPTION_TIMESTAMPS, 1, 2);
    assert_ptr_equal(scenario_tcp_option_find(&p, SCENARIO_OPTION_TIMESTAMPS), p.options + 2);
    assert_ptr_equal(scenario_tcp_option_find(&p, SCENARIO_OPTION_NOP), p.options);
    assert_null(scenario_tcp_option_find(&p, SCENARIO_OPTION_SACK));
    p.options[3] = 9;
    assert_null(scenario_tcp_option_find(&p, SCENARIO_OPTION_TIMESTAMPS));
    p.options[3] = 11; /* behind the end */
    assert_null(scenario_tcp_option_find(&p, SCENARIO_OPTION_TIMESTAMPS));
    assert_int_equal(scenario_tcp_option_bytes(&p, 2), 10);
    p.option_bytes = 3;
    assert_int_equal(scenario_tcp_option_bytes(&p, 2), 1);
    assert_null(scenario_tcp_option_find(&p, SCENARIO_OPTION_TIMESTAMPS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_count_from_the_isns),
        cmocka_unit_test(the_remote_number_in_a_syn_is_the_wires),
        cmocka_unit_test(an_acknowledgment_number_without_its_flag_stays),
        cmocka_unit_test(blocks_move_with_what_they_acknowledge),
        cmocka_unit_test(timestamps_are_known_by_name_or_reckoned_from_the_first),
        cmocka_unit_test(an_icmp_error_quotes_a_number_of_ours),
        cmocka_unit_test(options_are_found_only_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
