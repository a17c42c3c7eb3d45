#include <string.h>

#include "cmocka_all.h"
#include "scenario/scenario_match.h"
#include "scenario/scenario_parser.h"
#include "scenario/scenario_words.h"

static struct scenario_script script;

/* A packet as a script writes it. */
static struct scenario_packet packet(const char *text)
{
    char line[256];
    struct text t;
    struct scenario_fault fault;

    text_init(&t, line, sizeof line);
    text_string(&t, "0 ");
    text_string(&t, text);
    assert_true(scenario_parser_read(&script, scenario_words_of(line), &fault));
    return script.events[0].packet;
}

static void expect(const char *expected, const char *actual, const char *field)
{
    struct scenario_packet e = packet(expected), a = packet(actual);
    const char *found = scenario_match_packet(&e, &a);

    if (field == NULL)
        assert_null(found);
    else
        assert_string_equal(found, field);
}

static void equal_packets_match(void **state)
{
    (void)state;
    expect("> - 1:1(0)", "> - 1:1(0) win 7", NULL);
    expect("> S. 0:0(0) ack 1 win 5 <mss 1460,nop,nop,sackOK>",
           "> S. 0:0(0) ack 1 win 5 <mss 1460,nop,nop,sackOK>", NULL);
    expect("> icmp unreachable port_unreachable", "> icmp unreachable port_unreachable [1:1(0)]",
           NULL);
}

static void the_first_field_that_differs_is_named(void **state)
{
    (void)state;
    expect("> . 1:1(0) ack 1", "> icmp unreachable", "protocol");
    expect("> 1 > 2 . 1:1(0) ack 1", "> 1 > 3 . 1:1(0) ack 1", "ports");
    expect("> 1 > 2 . 1:1(0) ack 1", "> 3 > 2 . 1:1(0) ack 1", "ports");
    expect("> . 1:1(0) ack 1", "> P. 2:2(0) ack 2", "flags");
    expect("> . 1:1(0) ack 1", "> . 2:2(0) ack 2", "seq");
    expect("> . 1:1(0) ack 1", "> . 1:2(1) ack 2", "length");
    expect("> . 1:1(0) ack 1", "> . 1:1(0) ack 2 win 1", "ack");
    expect("> . 1:1(0) ack 1 win 2", "> . 1:1(0) ack 1 win 1 urg 1", "win");
    expect("> . 1:1(0) ack 1", "> . 1:1(0) ack 1 urg 1 <eol,eol,eol,eol>", "urg");
    expect("> . 1:1(0) ack 1", "> . 1:1(0) ack 1 <eol,eol,eol,eol>", "options");
    expect("> [ect0] . 1:1(0)", "> [ce] . 1:1(0)", "ECN");
    expect("> [ect01] . 1:1(0)", "> [ce] . 1:1(0)", "ECN");
    expect("> [ect01] . 1:1(0)", "> [ect1] . 1:1(0)", NULL);
    expect("> (tos 2) . 1:1(0)", "> (tos 6) . 1:1(0)", "tos");
    expect("> [ect0] . 1:1(0)", "> (tos 6) . 1:1(0)", NULL);
    expect("> (ttl 2) . 1:1(0)", "> (ttl 3) . 1:1(0)", "ttl");
    expect("> icmp unreachable", "> icmp time_exceeded", "type");
    expect("> icmp unreachable port_unreachable", "> icmp unreachable net_unreachable", "code");
    expect("> icmp unreachable frag_needed mtu 9", "> icmp unreachable frag_needed mtu 8", "mtu");
    expect("> icmp unreachable [1:1(0)]", "> icmp unreachable [2:2(0)]", "seq");
}

static void options_are_compared_one_by_one_in_their_order(void **state)
{
    (void)state;
    expect("> . 1:1(0) <...>", "> . 1:1(0) <mss 5>", NULL);
    expect("> . 1:1(0) <mss 5>", "> . 1:1(0) <mss 6>", "option mss");
    expect("> . 1:1(0) <nop,wscale 5>", "> . 1:1(0) <nop,wscale 6>", "option wscale");
    expect("> . 1:1(0) <nop,wscale 5>", "> . 1:1(0) <wscale 5,nop>", "options");
    expect("> . 1:1(0) <mss 5>", "> . 1:1(0)", "options");
    expect("> . 1:1(0) <mss 5>", "> . 1:1(0) <mss 5,nop,nop,sackOK>", "options");
    expect("> . 1:1(0) <nop,nop,sack 1:2>", "> . 1:1(0) <nop,nop,sack 1:3>", "option sack");
    expect("> . 1:1(0) <nop,nop,sack 1:2>", "> . 1:1(0) <nop,nop,sack 1:2 3:4>", "option sack");
    expect("> . 1:1(0) <nop,nop,TS val 1 ecr 2>", "> . 1:1(0) <nop,nop,TS val 9 ecr 2>", NULL);
    expect("> . 1:1(0) <nop,nop,TS val 1 ecr 2>", "> . 1:1(0) <nop,nop,TS val 1 ecr 3>",
           "option TS ecr");
}

static void timestamps_have_a_distance(void **state)
{
    (void)state;
    struct scenario_packet none = packet("> . 1:1(0)");
    struct scenario_packet late = packet("> . 1:1(0) <nop,nop,TS val 5 ecr 2>");
    struct scenario_packet early = packet("> . 1:1(0) <nop,nop,TS val 4294967295 ecr 2>");
    assert_int_equal(scenario_match_timestamp(&late, &early), 6);
    assert_int_equal(scenario_match_timestamp(&early, &late), 6);
    assert_int_equal(scenario_match_timestamp(&late, &late), 0);
    assert_int_equal(scenario_match_timestamp(&late, &none), 0);
    assert_int_equal(scenario_match_timestamp(&none, &late), 0);
}

/* What is written comes back, so that expected and actual can be laid side by side. */
static void packets_are_described_as_they_are_written(void **state)
{
    (void)state;
    static const char *const packets[] = {
        "> - 1:1(0)",
        "< SFRP.UEW 1:11(10) ack 5 win 6 urg 7",
        "> S 4294967295:4294967295(0) win 5 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>",
        "> . 1:1(0) ack 2 <nop,nop,sack 1:2 3:4>",
        "> . 4294967290:4(10) ack 2 <...>",
        "> [ect0] . 1:1(0) ack 2",
        "> [ect01] . 1:1(0) ack 2",
        "> (tos 4) . 1:1(0) ack 2",
        "> (ttl 4) . 1:1(0) ack 2",
        "> 8080 > 5000 . 1:1(0) ack 2",
        "< icmp unreachable port_unreachable [1:1001(1000)]",
        "< icmp unreachable frag_needed mtu 1200",
        "< icmp time_exceeded exceeded_ttl",
    };
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        char buffer[256];
        struct text t;
        struct scenario_packet p = packet(packets[i]);
        text_init(&t, buffer, sizeof buffer);
        scenario_match_describe(&t, &p);
        if (strstr(packets[i], "SFRP") != NULL)
            assert_string_equal(buffer, "< FSRP.UEW 1:11(10) ack 5 win 6 urg 7");
        else
            assert_string_equal(buffer, packets[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_packets_match),
        cmocka_unit_test(the_first_field_that_differs_is_named),
        cmocka_unit_test(options_are_compared_one_by_one_in_their_order),
        cmocka_unit_test(timestamps_have_a_distance),
        cmocka_unit_test(packets_are_described_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
