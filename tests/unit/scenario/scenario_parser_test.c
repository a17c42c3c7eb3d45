#include <string.h>

#include "cmocka_all.h"
#include "exact_bytes.h"
#include "scenario/scenario_parser.h"
#include "scenario/scenario_words.h"

static struct scenario_script script;
static struct scenario_fault fault;
static struct span text; /* of the script; kept until the next */

static bool read_text(const char *lines)
{
    if (text.data != NULL)
        free_bytes(text);
    text = exact_bytes(lines, strlen(lines));
    memset(&fault, 0, sizeof fault);
    return scenario_parser_read(&script, text, &fault);
}

static const struct scenario_event *event(const char *lines)
{
    if (!read_text(lines))
        fail_msg("%s: %u:%u: %s", lines, fault.place.line, fault.place.column, fault.text);
    assert_true(script.event_count > 0);
    return &script.events[0];
}

static void times_are_absolute_relative_any_or_a_range(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct scenario_time time;
    } rows[] = {
        {"0 > . 1:1(0)", {SCENARIO_AT, 0, 0}},
        {"0.1 > . 1:1(0)", {SCENARIO_AT, LULL_MS(100), 0}},
        {"+.25 > . 1:1(0)", {SCENARIO_AFTER, LULL_MS(250), 0}},
        {"+2 > . 1:1(0)", {SCENARIO_AFTER, LULL_SEC(2), 0}},
        {"* > . 1:1(0)", {SCENARIO_ANY_TIME, 0, 0}},
        {"1~2.5 > . 1:1(0)", {SCENARIO_AT_RANGE, LULL_SEC(1), LULL_MS(2500)}},
        {"+.1~+.2 > . 1:1(0)", {SCENARIO_AFTER_RANGE, LULL_MS(100), LULL_MS(200)}},
        {"1000000 > . 1:1(0)", {SCENARIO_AT, LULL_SEC(1000000), 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct scenario_time *time = &event(rows[i].text)->time;
        assert_int_equal(time->kind, rows[i].time.kind);
        assert_int_equal(time->from, rows[i].time.from);
        assert_int_equal(time->until, rows[i].time.until);
    }
}

static void a_packet_has_all_its_fields(void **state)
{
    (void)state;
    const struct scenario_event *e =
        event("0 < [ect0] 5000 > 80 FP. 1:1001(1000) ack 7 win 8 urg 9 "
              "<mss 1460,sackOK,TS val 3 ecr 4,nop,wscale 7>");
    const struct scenario_packet *k = &e->packet;
    static const uint8_t options[] = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
                                      0, 3, 0, 0,   0, 4, 1, 3,  3, 7};
    assert_int_equal(e->kind, SCENARIO_PACKET);
    assert_false(k->outbound);
    assert_int_equal(k->protocol, SCENARIO_TCP);
    assert_int_equal(k->tos_kind, SCENARIO_TOS_ECN);
    assert_int_equal(k->tos, 2);
    assert_int_equal(k->source_port, 5000);
    assert_int_equal(k->destination_port, 80);
    assert_int_equal(k->flags, TCP_FIN | TCP_PSH | TCP_ACK);
    assert_int_equal(k->seq, 1);
    assert_int_equal(k->text_bytes, 1000);
    assert_int_equal(k->ack, 7);
    assert_int_equal(k->wnd, 8);
    assert_int_equal(k->urgent, 9);
    assert_int_equal(k->option_bytes, sizeof options);
    assert_memory_equal(k->options, options, sizeof options);
}

static void what_is_not_written_of_a_sent_packet_is_not_compared(void **state)
{
    (void)state;
    const struct scenario_packet *k = &event("0 > S. 0:0(0) ack 1 <...>")->packet;
    assert_true(k->outbound && k->any_window && k->any_options);
    k = &event("0 > - 0:0(0) win 5 <eol,nop,nop,nop>")->packet;
    assert_false(k->any_window || k->any_options);
    assert_int_equal(k->flags, 0);
    assert_int_equal(k->option_bytes, 4);
    k = &event("0 > . 1:1(0) <nop,nop,sack 1:2 3:4>")->packet;
    assert_int_equal(k->options[3], 18);
    assert_int_equal(load_be32(k->options + 16), 4);
}

static void an_icmp_error_has_type_code_mtu_and_quote(void **state)
{
    (void)state;
    const struct scenario_packet *k =
        &event("0 < icmp unreachable frag_needed mtu 1200 [1:1001(1000)]")->packet;
    assert_int_equal(k->protocol, SCENARIO_ICMP);
    assert_int_equal(k->icmp_type, 3);
    assert_int_equal(k->icmp_code, 4);
    assert_int_equal(k->icmp_mtu, 1200);
    assert_true(k->quotes);
    assert_int_equal(k->seq, 1);
    k = &event("0 < icmp time_exceeded")->packet;
    assert_int_equal(k->icmp_type, 11);
    assert_false(k->quotes);
}

/* The value at the end of a chain of steps: 'v' into a list, '>' to the next, '=' what is assigned,
 * '|' the next alternative. */
static const struct scenario_value *walk(uint16_t index, const char *steps)
{
    for (; *steps != '\0'; steps++) {
        const struct scenario_value *v = &script.values[index];
        index = *steps == 'v'   ? v->first
                : *steps == '>' ? v->next
                : *steps == '=' ? v->assigned
                                : v->or_next;
        assert_int_not_equal(index, 0);
    }
    return &script.values[index];
}

static void a_call_has_arguments_a_result_and_an_error(void **state)
{
    (void)state;
    const struct scenario_call *c =
        &event("0...1.5 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)")->call;
    assert_true(scenario_words_equal(c->name, "connect"));
    assert_true(c->blocks);
    assert_int_equal(c->ends, LULL_MS(1500));
    assert_int_equal(c->argument_count, 3);
    assert_int_equal(walk(c->arguments, "")->number, 3);
    assert_int_equal(walk(c->arguments, ">")->kind, SCENARIO_ELLIPSIS);
    assert_int_equal(walk(c->result, "")->number, -1);
    assert_true(scenario_words_equal(c->error, "EINPROGRESS"));
    c = &event("0 close(3) = 0")->call;
    assert_false(c->blocks);
    assert_int_equal(c->error.len, 0);
}

static void arguments_are_nested(void **state)
{
    (void)state;
    const struct scenario_call *c =
        &event("0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0")->call;
    assert_int_equal(walk(c->arguments, ">>>")->kind, SCENARIO_STRUCT);
    assert_true(scenario_words_equal(walk(c->arguments, ">>>v>")->text, "linger"));
    assert_int_equal(walk(c->arguments, ">>>vv")->number, 1);
    c = &event("0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0x2 (flags O_RDWR|O_NONBLOCK)")->call;
    assert_true(scenario_words_equal(walk(c->arguments, ">>|")->text, "O_NONBLOCK"));
    assert_int_equal(walk(c->result, "")->number, 2);
    c = &event("0 bind(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = "
               "inet_addr(\"1.2.3.4\")}, ...) = 0")
             ->call;
    assert_int_equal(walk(c->arguments, ">v>vv")->number, 80);
    assert_true(scenario_words_equal(walk(c->arguments, ">v>>vv")->text, "1.2.3.4"));
    c = &event("0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, 0) = 9")
             ->call;
    assert_int_equal(walk(c->arguments, ">v>=vv>")->number, 1000);
    c = &event("0 read(4, \"abc\"..., 3) = ...")->call;
    assert_int_equal(walk(c->arguments, ">")->kind, SCENARIO_STRING);
    assert_int_equal(walk(c->result, "")->kind, SCENARIO_ELLIPSIS);
}

static const struct scenario_term *terms(const char *lines, unsigned count)
{
    const struct scenario_event *e = event(lines);
    assert_int_equal(e->condition.count, count);
    return script.terms + e->condition.first;
}

static void assertions_are_chains_of_comparisons(void **state)
{
    (void)state;
    const struct scenario_term *t = terms(
        "0 %{ assert 1 <= tcpi_rto < 9 and tcpi_state == TCP_CLOSE or tcpi_rtt != 3, tcpi_rto; "
        "\\\n assert tcpi_rttvar >= 4, 'rttvar %d' % tcpi_rttvar\n assert tcpi_rtt > 5 }%",
        6);
    assert_int_equal(t[0].operator, SCENARIO_LESS_EQUAL);
    assert_int_equal(t[0].left.number, 1);
    assert_true(scenario_words_equal(t[0].right.name, "tcpi_rto"));
    assert_int_equal(t[1].operator, SCENARIO_LESS);
    assert_int_equal(t[1].right.number, 9);
    assert_false(t[1].or_else || t[1].last);
    assert_int_equal(t[2].right.number, 7);
    assert_true(t[2].or_else && !t[2].last);
    assert_int_equal(t[3].operator, SCENARIO_NOT_EQUAL);
    assert_true(t[3].last);
    assert_int_equal(t[4].operator, SCENARIO_MORE_EQUAL);
    assert_true(t[4].last && t[5].last);
    assert_int_equal(t[5].operator, SCENARIO_MORE);
    assert_int_equal(t[4].place.line, 2);
    /* Behind a comma a comparison counts, and a mere value is a message. */
    t = terms("0 %{ assert tcpi_rtt == 1, tcpi_rtt, tcpi_rto == 2 }%", 2);
    assert_int_equal(t[1].right.number, 2);
}

static void directives_are_settings_or_events(void **state)
{
    (void)state;
    const struct scenario_term *t =
        terms("//lull: msl=2s\n//lull: +60.5 expect records == 1 and counter TWExpired < 0x10 and "
              "state == FIN-WAIT-1 and time_left >= 250ms and refusal IR-13",
              5);
    assert_int_equal(script.setting_count, 1);
    assert_true(scenario_words_equal(script.settings[0].name, "msl"));
    assert_true(scenario_words_equal(script.settings[0].value, "2s"));
    assert_int_equal(script.events[0].kind, SCENARIO_EXPECT);
    assert_int_equal(script.events[0].time.kind, SCENARIO_AFTER);
    assert_int_equal(script.events[0].time.from, LULL_MS(60500));
    assert_true(scenario_words_equal(t[1].left.argument, "TWExpired"));
    assert_int_equal(t[1].right.number, 16);
    assert_true(scenario_words_equal(t[2].right.word, "FIN-WAIT-1"));
    assert_int_equal(t[3].right.number, LULL_MS(250));
    assert_int_equal(t[4].operator, SCENARIO_EQUAL);
    assert_true(scenario_words_equal(t[4].right.word, "IR-13"));
    assert_int_equal(event("//lull: 3 incarnation 2")->incarnation, 2);
    assert_int_equal(script.events[0].time.kind, SCENARIO_AT);
    assert_int_equal(event("//lull: knob tw.msl_ms=15s")->turn.value, 15000);
    assert_int_equal(script.events[0].turn.knob, LULL_KNOB_tw_msl_ms);
}

static void tags_are_collected_from_comments(void **state)
{
    (void)state;
    event("// A [REQ CH-01] b [REQ CH-02, TT-03] c [RE] [REQ X\n0 > . 1:1(0)");
    assert_int_equal(script.requirement_count, 3);
    assert_true(scenario_words_equal(script.requirements[0], "CH-01"));
    assert_true(scenario_words_equal(script.requirements[1], "CH-02, TT-03"));
}

static void commands_stand_at_either_end(void **state)
{
    (void)state;
    event("--mtu=1000\n`../common/defaults.sh`\n0 > . 1:1(0)\n`rm -rf /`");
    assert_int_equal(script.event_count, 1);
    assert_int_equal(script.mtu, 1000);
}

/* Line, column and every word. */
static void what_is_wrong_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *fault;
    } rows[] = {
        {"", 1, 1, "expected an event, found the end of the script"},
        {"\n  x", 2, 3, "expected a time in seconds, found 'x'"},
        {"0 x", 1, 4, "expected '(', found the end of the script"},
        {"0", 1, 2, "expected '<', '>', a system call or %{ code }%, found the end of the script"},
        {"0 \"a\"", 1, 3, "expected '<', '>', a system call or %{ code }%, found a \"string\""},
        {"-1 > . 1:1(0)", 1, 1, "'-1': a time cannot be negative"},
        {"1000001 > . 1:1(0)", 1, 1, "'1000001': the time is too far away"},
        {"2~1 > . 1:1(0)", 1, 1, "the range of times ends before it begins"},
        {"+1~2 > . 1:1(0)", 1, 4, "expected '+', found '2'"},
        {"1~2 < . 1:1(0) win 5", 1, 1, "only a packet that is sent can have such a time"},
        {"* close(3) = 0", 1, 1, "only a packet that is sent can have such a time"},
        {"0 `x`", 1, 3, "a command can only stand before the first event"},
        {"0 < . 1:1(0)", 1, 13,
         "expected 'win', which every packet that arrives must have, found the end of the script"},
        {"0 < Q 1:1(0)", 1, 5, "'Q': flags are letters of FSRP.UEW"},
        {"0 < 5 > S 1:1(0)", 1, 9, "expected a port, found 'S'"},
        {"0 < 65536 > 1 S 1:1(0)", 1, 5, "'65536': the number is out of range"},
        {"0 > . 1:3(1)", 1, 7, "the sequence numbers and the length do not agree"},
        {"0 > . 1:65477(65476)", 1, 15, "'65476': the number is out of range"},
        {"0 > . 4294967296:1(1)", 1, 7, "'4294967296': the number is out of range"},
        {"0 > .", 1, 6, "expected a sequence number, found the end of the script"},
        {"0 > 1:1(0)", 1, 6, "expected '>', found ':'"},
        {"0 > [x] . 1:1(0)", 1, 6, "expected ect0, ect1, ce, noecn, tos or ttl, found 'x'"},
        {"0 < [ect01] . 1:1(0)", 1, 6, "expected ect0, ect1, ce, noecn, tos or ttl, found 'ect01'"},
        {"0 > . 1:1(0) <x>", 1, 15,
         "expected mss, wscale, sackOK, sack, TS, nop or eol, found 'x'"},
        {"0 > . 1:1(0) <mss 1,>", 1, 21,
         "expected mss, wscale, sackOK, sack, TS, nop or eol, found '>'"},
        {"0 > . 1:1(0) <TS 1>", 1, 18, "expected 'val', found '1'"},
        {"0 > . 1:1(0) <nop>", 1, 15, "the options must be padded to a multiple of 4 bytes"},
        {"0 > . 1:1(0) <nop,nop>", 1, 15, "the options must be padded to a multiple of 4 bytes"},
        {"0 < . 1:1(0) win 1 <...>", 1, 21, "only a packet that is sent can have <...>"},
        {"0 > . 1:1(0) <sack 1:2 1:2 1:2 1:2 1:2>", 1, 39, "the options do not fit into 40 bytes"},
        {"0 < icmp x", 1, 10, "expected unreachable, time_exceeded or source_quench, found 'x'"},
        {"0 < icmp unreachable exceeded_ttl", 1, 22,
         "expected a code of this type, such as port_unreachable, found 'exceeded_ttl'"},
        {"0 fork() = 0", 1, 3, "'fork': this system call is not supported"},
        {"0 close() = 0", 1, 3, "'close': the system call has another number of arguments"},
        {"0 close(3, 4) = 0", 1, 3, "'close': the system call has another number of arguments"},
        {"0 close(3)", 1, 11, "expected '=', found the end of the script"},
        {"0 close(3,) = 0", 1, 11,
         "expected a number, a word, a \"string\", ..., [ or {, found ')'"},
        {"0 close([[[[[[[[[3]]]]]]]]]) = 0", 1, 17, "the argument is nested too deeply"},
        {"0 close(3) = 0 (x \"", 1, 19, "a \" is not closed"},
        {"1...0.5 close(3) = 0", 1, 2, "the call ends before it begins"},
        {"0...x close(3) = 0", 1, 5, "expected a time in seconds, found 'x'"},
        {"0 %{ }%", 1, 6, "expected assert, found the end of the script"},
        {"0 %{ print 1 }%", 1, 6, "expected assert, found 'print'"},
        {"0 %{ assert tcpi_x == 1 }%", 1, 13, "'tcpi_x': Lull has no such field of TCP_INFO"},
        {"0 %{ assert x == 1 }%", 1, 13,
         "expected a field tcpi_..., a state TCP_... or a number, found 'x'"},
        {"0 %{ assert tcpi_rto }%", 1, 22,
         "expected a comparison such as ==, found the end of the "
         "script"},
        {"0 %{ assert tcpi_rto = 1 }%", 1, 24, "expected '=', found '1'"},
        {"//lull: nonsense", 1, 9, "'nonsense': there is no such directive or fact"},
        {"//lull: records 1", 1, 17, "'1': expected a comparison such as =="},
        {"//lull: records == x", 1, 20, "'x': expected a number"},
        {"//lull: records == 1 or", 1, 22, "'or': expected 'and' or the end of the line"},
        {"//lull: counter X == 1", 1, 17, "'X': there is no counter of that name"},
        {"//lull: state < x", 1, 17, "'x': words can only be == or !="},
        {"//lull: time_left == x", 1, 22, "'x': expected a duration"},
        {"//lull: incarnation 0", 1, 21, "'0': expected the number of an incarnation, from 1"},
        {"//lull: +x records == 1", 1, 9, "'+x': expected a time such as +60 or 0.5"},
        {"//lull: y=1", 1, 9, "'y': there is no such setting"},
        {"//lull: msl=x", 1, 9, "'msl': the value is none of this setting, or out of its range"},
        {"0 close(3) = 0\n//lull: msl=2s", 2, 9,
         "'msl': a setting can only stand before the first event"},
        {"//lull: knob tw.msl_ms=x", 1, 14,
         "'tw.msl_ms=x': the value is none of this setting, or out of its range"},
        {"--x=1\n0 close(3) = 0", 1, 1, "'--x': there is no such option"},
        {"--mtu=5\n0 close(3) = 0", 1, 1, "'--mtu': the option needs a whole number in its range"},
        {"--ip_version=ipv6\n", 1, 1, "'--ip_version': only ipv4 is supported"},
        {"`true\nrm -rf /`\n", 2, 1,
         "'rm -rf /': commands are not run; only sysctl and defaults.sh are understood"},
        {"`sysctl -q net.ipv4.ip_default_ttl=x`", 1, 1,
         "'sysctl -q net.ipv4.ip_default_ttl=x': the value is none of this setting, or out of its "
         "range"},
        {"0 close(3) = 0\n`x` y", 2, 5,
         "expected the end of the script behind its last `command`, found 'y'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(read_text(rows[i].text));
        assert_string_equal(fault.text, rows[i].fault);
        if (fault.place.line != rows[i].line || fault.place.column != rows[i].column)
            fail_msg("%s: at %u:%u", rows[i].text, fault.place.line, fault.place.column);
    }
}

/* @line so many times, then the end of one. */
static void expect_full(const char *line, unsigned times, const char *problem)
{
    size_t bytes = strlen(line);
    char *lines = malloc(bytes * times + 1);

    for (unsigned i = 0; i < times; i++)
        memcpy(lines + bytes * i, line, bytes);
    lines[bytes * times] = '\0';
    if (problem == NULL) {
        assert_true(read_text(lines));
    } else {
        assert_false(read_text(lines));
        assert_non_null(strstr(fault.text, problem));
    }
    free(lines);
}

static void a_script_has_room_for_so_much_and_no_more(void **state)
{
    (void)state;
    expect_full("0 close(3)=0\n", SCENARIO_EVENTS_MAX, NULL);
    expect_full("0 close(3)=0\n", SCENARIO_EVENTS_MAX + 1, "too many events");
    expect_full("0 poll([1,2,3,4,5,6,7,8,9,10,11,12],1,1)=0\n", SCENARIO_VALUES_MAX / 16 + 1,
                "too many arguments");
    expect_full("0 %{assert 1==1; assert 1==1}%\n", SCENARIO_TERMS_MAX / 2, NULL);
    expect_full("0 %{assert 1==1; assert 1==1}%\n", SCENARIO_TERMS_MAX / 2 + 1,
                "compares too much");
    expect_full("//lull: msl=2s\n", SCENARIO_SETTINGS_MAX + 1, "too many settings");
}

static int free_text(void **state)
{
    (void)state;
    free_bytes(text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_absolute_relative_any_or_a_range),
        cmocka_unit_test(a_packet_has_all_its_fields),
        cmocka_unit_test(what_is_not_written_of_a_sent_packet_is_not_compared),
        cmocka_unit_test(an_icmp_error_has_type_code_mtu_and_quote),
        cmocka_unit_test(a_call_has_arguments_a_result_and_an_error),
        cmocka_unit_test(arguments_are_nested),
        cmocka_unit_test(assertions_are_chains_of_comparisons),
        cmocka_unit_test(directives_are_settings_or_events),
        cmocka_unit_test(tags_are_collected_from_comments),
        cmocka_unit_test(commands_stand_at_either_end),
        cmocka_unit_test(what_is_wrong_is_named_with_its_place),
        cmocka_unit_test(a_script_has_room_for_so_much_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, free_text);
}
