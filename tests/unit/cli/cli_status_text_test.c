#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_status_text.h"

/* The right-hand side is what iproute2's ss prints for the same number. */
static void timers_are_written_as_ss_writes_them(void **state)
{
    static const struct {
        uint64_t milliseconds;
        const char *text;
    } rows[] = {
        {0, ""},
        {7, "007ms"},
        {230, "230ms"},
        {1000, "1sec"},
        {1500, "1.500ms"},
        {9998, "9.998ms"},
        {10400, "10sec"},
        {54999, "54sec"},
        {60000, "1min"},
        {60500, "1min"},
        {90000, "1min30sec"},
        {65500, "1min5sec"},
        {599999, "9min59sec"},
        {600000, "10min"},
        {659000, "10min"},
        {7200000, "120min"},
    };
    char text[CLI_STATUS_TEXT_TIMER_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cli_status_text_timer(rows[i].milliseconds, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void expect_line(void (*print)(FILE *, const char *), const char *json, const char *line)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    assert_non_null(out);
    print(out, json);
    fclose(out);
    assert_string_equal(text, line);
    free(text);
}

static void a_record_looks_as_in_ss(void **state)
{
    (void)state;
    expect_line(cli_status_text_row,
                "{\"kind\":\"time-wait\",\"state\":\"TIME-WAIT\",\"recv_q\":0,\"send_q\":0,"
                "\"local\":\"10.0.0.2:80\",\"peer\":\"10.0.0.1:40000\",\"timer\":\"timewait\","
                "\"timer_ms\":54321,\"retries\":0,\"restarts\":0}",
                "TIME-WAIT  0      0                10.0.0.2:80 10.0.0.1:40000        "
                "timer:(timewait,54sec,0)");
}

static void a_listener_has_no_timer(void **state)
{
    (void)state;
    expect_line(cli_status_text_row,
                "{\"state\":\"LISTEN\",\"recv_q\":3,\"send_q\":128,\"local\":\"*:80\","
                "\"peer\":\"*:*\",\"timer\":\"off\",\"timer_ms\":0,\"retries\":0}",
                "LISTEN     3      128                     *:80 *:*                  ");
}

static void a_record_has_a_history(void **state)
{
    (void)state;
    expect_line(
        cli_status_text_extended,
        "{\"kind\":\"time-wait\",\"snd_nxt\":4711,\"rcv_nxt\":815,\"restarts\":2,\"entered_"
        "s\":1000,"
        "\"age_ms\":65800,\"cause\":\"closed first here\",\"reason\":\"FIN answered again\"}",
        " seq:(snd 4711,rcv 815)"
        " record:(closed first here,1min6sec ago,restarts 2,last FIN answered again)");
    expect_line(cli_status_text_extended,
                "{\"snd_nxt\":1,\"rcv_nxt\":2,\"restarts\":31,\"cause\":\"reset here\","
                "\"reason\":\"entered\"}",
                " seq:(snd 1,rcv 2) record:(reset here,long ago,restarts 31,last entered)");
    expect_line(cli_status_text_extended, "{\"kind\":\"listener\",\"recv_q\":3}", "");
}

static void a_refusal_is_a_time_and_a_sentence(void **state)
{
    (void)state;
    expect_line(
        cli_status_text_refusal,
        "{\"at_ms\":12034,\"rule\":\"BL-01\",\"text\":\"bind *:80: EADDRINUSE [BL-01]: ...\"}",
        "12.034 bind *:80: EADDRINUSE [BL-01]: ...\n");
}

static void counters_limits_and_knobs_are_one_line_each(void **state)
{
    (void)state;
    expect_line(cli_status_text_counter, "{\"name\":\"TW\",\"value\":18446744073709551615}",
                "TW                              18446744073709551615\n");
    expect_line(cli_status_text_limit, "{\"name\":\"records\",\"used\":7,\"limit\":65536}",
                "records                7 of 65536\n");
    expect_line(cli_status_text_knob,
                "{\"name\":\"tw.rst\",\"value\":\"rfc9293\",\"default\":\"ignore\"}",
                "tw.rst = rfc9293    (default ignore)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_are_written_as_ss_writes_them),
        cmocka_unit_test(a_record_looks_as_in_ss),
        cmocka_unit_test(a_listener_has_no_timer),
        cmocka_unit_test(a_record_has_a_history),
        cmocka_unit_test(a_refusal_is_a_time_and_a_sentence),
        cmocka_unit_test(counters_limits_and_knobs_are_one_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
