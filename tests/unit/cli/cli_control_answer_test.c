#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lull/socket.h"

#include "cli/cli_control_answer.h"
#include "cli/cli_json.h"
#include "cli/cli_network.h"

#define LISTENERS 300

struct fixture {
    struct cli_settings settings;
    struct cli_network network;
    struct cli_control_answer answer;
    void *memory;
    char text[200000]; /* of a whole answer */
    unsigned pieces;
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    cli_settings_init(&f->settings);
    f->settings.config.listeners_max = LISTENERS;
    size_t bytes = (lull_stack_bytes(&f->settings.config) + 63) / 64 * 64;
    f->memory = aligned_alloc(64, bytes);
    f->network.settings = &f->settings;
    f->network.stack = lull_stack_create(f->memory, bytes, &f->settings.config, 0);
    *state = f;
    return f->network.stack == NULL;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;

    free(f->memory);
    free(f);
    return 0;
}

static void listen_on(struct lull_stack *stack, uint16_t port)
{
    const struct lull_name name = {.port = port};
    lull_socket socket;

    assert_int_equal(lull_socket_open(stack, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(stack, socket, &name), LULL_OK);
    assert_int_equal(lull_socket_listen(stack, socket, 5), LULL_OK);
}

/* The whole answer, sent @step bytes at a time. */
static void ask(struct fixture *f, const char *request, size_t step)
{
    struct lull_slice piece;
    const void *last = NULL;
    size_t used = 0, left = 0;

    f->pieces = 0;
    cli_control_answer_begin(&f->answer, &f->network, request);
    while ((piece = cli_control_answer_piece(&f->answer)).len > 0) {
        size_t bytes = piece.len < step ? piece.len : step;
        f->pieces += left == 0 || last == NULL;
        assert_true(piece.len <= CLI_CONTROL_PIECE_BYTES);
        assert_true(used + bytes < sizeof f->text);
        memcpy(f->text + used, piece.data, bytes);
        used += bytes;
        left = piece.len - bytes;
        last = piece.data;
        cli_control_answer_sent(&f->answer, bytes);
    }
    f->text[used] = '\0';
}

/* Lines of the answer, the last of which counts those before it. */
static unsigned count_lines(struct fixture *f)
{
    unsigned lines = 0;
    char end[24] = "";

    for (char *line = strtok(f->text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_string_equal(end, ""); /* nothing follows the last line */
        if (cli_json_field(line, "end", end, sizeof end))
            continue;
        assert_int_equal(line[0], '{');
        assert_int_equal(line[strlen(line) - 1], '}');
        lines++;
    }
    assert_int_equal(strtoul(end, NULL, 10), lines);
    assert_string_not_equal(end, "");
    return lines;
}

static void many_rows_are_answered_in_several_pieces(void **state)
{
    struct fixture *f = *state;

    for (uint16_t i = 0; i < LISTENERS; i++)
        listen_on(f->network.stack, (uint16_t)(1000 + i));
    ask(f, "rows", 1 << 20);
    assert_true(f->pieces >= 3);
    assert_non_null(strstr(f->text, "\"local\":\"*:1000\""));
    assert_non_null(strstr(f->text, "\"local\":\"*:1299\""));
    assert_int_equal(count_lines(f), LISTENERS);
}

static void a_client_that_takes_little_gets_the_same(void **state)
{
    struct fixture *f = *state;
    static char whole[sizeof f->text];

    listen_on(f->network.stack, 80);
    ask(f, "rows", 1 << 20);
    memcpy(whole, f->text, sizeof whole);
    ask(f, "rows", 7);
    assert_string_equal(f->text, whole);
    assert_int_equal(count_lines(f), 1);
}

static void no_rows_are_an_answer_too(void **state)
{
    struct fixture *f = *state;

    ask(f, "rows", 1 << 20);
    assert_string_equal(f->text, "{\"end\":0}\n");
}

static void every_counter_is_named_once(void **state)
{
    struct fixture *f = *state;

    ask(f, "counters", 1 << 20);
    assert_non_null(strstr(f->text, "{\"name\":\"TWRecycled\",\"value\":0,\"text\":\""));
    assert_int_equal(count_lines(f), LULL_COUNTER_COUNT);
}

static void usage_is_told_with_its_limits(void **state)
{
    struct fixture *f = *state;

    listen_on(f->network.stack, 80);
    ask(f, "usage", 1 << 20);
    assert_non_null(strstr(f->text, "{\"name\":\"listeners\",\"used\":1,\"limit\":300}\n"));
    assert_non_null(strstr(f->text, "{\"name\":\"orphans\",\"used\":0,\"limit\":65536}\n"));
    assert_int_equal(count_lines(f), 8);
}

static void knobs_that_were_turned_are_told_with_their_defaults(void **state)
{
    struct fixture *f = *state;

    ask(f, "knobs", 1 << 20);
    assert_string_equal(f->text, "{\"end\":0}\n");
    lull_stack_set_knob(f->network.stack, LULL_KNOB_tw_rst, LULL_TW_RST_RFC9293);
    lull_stack_set_knob(f->network.stack, LULL_KNOB_trace_tw, 0);
    ask(f, "knobs", 1 << 20);
    assert_string_equal(f->text,
                        "{\"name\":\"tw.rst\",\"value\":\"rfc9293\",\"default\":\"ignore\"}\n"
                        "{\"name\":\"trace.tw\",\"value\":\"0\",\"default\":\"1\"}\n"
                        "{\"end\":2}\n");
}

static void refusals_are_told_with_their_reasons(void **state)
{
    struct fixture *f = *state;
    const struct lull_name name = {.port = 80};
    lull_socket socket;

    ask(f, "refusals", 1 << 20);
    assert_string_equal(f->text, "{\"end\":0}\n");
    listen_on(f->network.stack, 80);
    assert_int_equal(lull_socket_open(f->network.stack, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(f->network.stack, socket, &name), LULL_EADDRINUSE);
    ask(f, "refusals", 1 << 20);
    assert_non_null(strstr(f->text, "{\"at_ms\":0,\"call\":\"bind\",\"error\":\"EADDRINUSE\","
                                    "\"rule\":\"BL-05\",\"blocker\":\"listener\",\"blockers\":1,"
                                    "\"local\":\"*:80\",\"peer\":\"*:*\",\"remedy\":\"close "));
    assert_non_null(
        strstr(f->text, "\"text\":\"bind *:80: EADDRINUSE [BL-05]: 1 listening; close "));
    assert_int_equal(count_lines(f), 1);
}

static void another_request_is_refused(void **state)
{
    struct fixture *f = *state;

    ask(f, "row", 1 << 20);
    assert_string_equal(f->text, "{\"error\":\"no such request\"}\n{\"end\":0}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_rows_are_answered_in_several_pieces, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(a_client_that_takes_little_gets_the_same, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(no_rows_are_an_answer_too, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(every_counter_is_named_once, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(usage_is_told_with_its_limits, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(knobs_that_were_turned_are_told_with_their_defaults,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(refusals_are_told_with_their_reasons, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(another_request_is_refused, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
