#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_options.h"
#include "cli/cli_settings.h"

struct kept {
    const char *name;
    int loud;
};

static const char *set_name(void *settings, const char *value)
{
    ((struct kept *)settings)->name = value;
    return strcmp(value, "bad") == 0 ? "good" : NULL;
}

static const char *set_loud(void *settings, const char *value)
{
    assert_null(value);
    ((struct kept *)settings)->loud++;
    return NULL;
}

static const struct cli_option options[] = {
    {"name", "WORD", "what it is called", set_name},
    {"loud", NULL, "with noise", set_loud},
    {"a-name-too-long-for-its-column", "WORD", "on the next line", set_name},
    {"n", "WORD", "the same", set_name},
};

static const struct cli_usage usage = {
    .command = "try",
    .operands = "[X]",
    .summary = "Try it",
    .details = "More.\n",
    .operands_max = 1,
};

/* @words ends with NULL. */
static enum cli_parsed parse(char **words, struct kept *kept, struct cli_operands *operands)
{
    const struct cli_option_group groups[] = {{"Options", options, 4, kept}, {NULL, NULL, 0, NULL}};

    return cli_options_parse(&usage, groups, words, operands);
}

#define PARSE(kept, operands, ...)                                                                 \
    parse((char *[]){(char[]){"try"}, __VA_ARGS__, NULL}, kept, operands)
#define WORD(text)                                                                                 \
    (char[])                                                                                       \
    {                                                                                              \
        text                                                                                       \
    }

static void values_reach_whoever_keeps_them(void **state)
{
    struct kept kept = {0};
    struct cli_operands operands;

    (void)state;
    assert_int_equal(PARSE(&kept, &operands, WORD("--name"), WORD("a"), WORD("--loud"), WORD("x")),
                     CLI_PARSED);
    assert_string_equal(kept.name, "a");
    assert_int_equal(kept.loud, 1);
    assert_int_equal(operands.count, 1);
    assert_string_equal(operands.values[0], "x");
    assert_int_equal(PARSE(&kept, &operands, WORD("--name=b"), WORD("--lo")), CLI_PARSED);
    assert_string_equal(kept.name, "b");
    assert_int_equal(kept.loud, 2);
    assert_int_equal(operands.count, 0);
}

static void a_name_of_one_letter_has_one_dash(void **state)
{
    struct kept kept = {0};
    struct cli_operands operands;

    (void)state;
    assert_int_equal(PARSE(&kept, &operands, WORD("x"), WORD("-n"), WORD("a")), CLI_PARSED);
    assert_string_equal(kept.name, "a");
    assert_int_equal(PARSE(&kept, &operands, WORD("-nb")), CLI_PARSED);
    assert_string_equal(kept.name, "b");
    assert_int_equal(PARSE(&kept, &operands, WORD("-n")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("-n"), WORD("bad")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("-l")), CLI_REFUSED);
}

static void operands_behind_two_dashes_are_no_options(void **state)
{
    struct kept kept = {0};
    struct cli_operands operands;

    (void)state;
    assert_int_equal(PARSE(&kept, &operands, WORD("--"), WORD("--loud")), CLI_PARSED);
    assert_int_equal(kept.loud, 0);
    assert_string_equal(operands.values[0], "--loud");
}

/* The complaint's words are watched by tests/cli/bad_input.sh. */
static void what_is_wrong_ends_the_parsing(void **state)
{
    struct kept kept = {0};
    struct cli_operands operands;

    (void)state;
    assert_int_equal(PARSE(&kept, &operands, WORD("--name"), WORD("bad")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("--name")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("--loud=1")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("--none")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("x"), WORD("y")), CLI_REFUSED);
    assert_int_equal(PARSE(&kept, &operands, WORD("-h")), CLI_HELPED);
    assert_int_equal(PARSE(&kept, &operands, WORD("--help"), WORD("--none")), CLI_HELPED);
    assert_int_equal(kept.loud, 0);
    assert_int_equal(cli_options_status(CLI_REFUSED), 2);
    assert_int_equal(cli_options_status(CLI_HELPED), 0);
}

static void the_help_is_made_of_the_same_rows(void **state)
{
    const struct cli_option_group groups[] = {{"Options", options, 3, NULL}, {NULL, NULL, 0, NULL}};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    cli_options_help(out, &usage, groups);
    fclose(out);
    assert_string_equal(text, "Usage: lull try [OPTION...] [X]\nTry it.\n\nOptions:\n"
                              "  --name WORD               what it is called\n"
                              "  --loud                    with noise\n"
                              "  --a-name-too-long-for-its-column WORD\n"
                              "                            on the next line\n"
                              "  --help                    print this text\n\nMore.\n");
    free(text);
}

static enum cli_parsed parse_settings(struct cli_settings *settings, char **words)
{
    const struct cli_option_group groups[] = {cli_settings_group(settings), {NULL, NULL, 0, NULL}};
    struct cli_operands operands;

    cli_settings_init(settings);
    return cli_options_parse(&usage, groups, words, &operands);
}

static void common_options_reach_the_stack_s_configuration(void **state)
{
    char *words[] = {WORD("try"),
                     WORD("--msl=2s"),
                     WORD("--limit=sockets=7"),
                     WORD("--no-sack"),
                     WORD("--limit=records=2k"),
                     WORD("--seed=0102"),
                     WORD("--tun=tun9"),
                     WORD("--address=10.0.0.2/24"),
                     NULL};
    struct cli_settings settings;

    (void)state;
    assert_int_equal(parse_settings(&settings, words), CLI_PARSED);
    assert_int_equal(settings.config.knobs.value[LULL_KNOB_tw_msl_ms], 2000);
    assert_int_equal(settings.config.sockets_max, 7);
    assert_int_equal(settings.config.records_max, 2048);
    assert_int_equal(settings.config.features, LULL_FEATURE_TIMESTAMPS | LULL_FEATURE_WINDOW_SCALE);
    assert_int_equal(settings.config.seed[1], 2);
    assert_string_equal(settings.device, "tun9");
    assert_true(settings.is_tun);
    assert_int_equal(settings.prefix_length, 24);
    assert_int_equal(cli_settings_check("try", &settings), 0);
}

static void what_a_stack_cannot_do_without_is_asked_for(void **state)
{
    char *nothing[] = {WORD("try"), NULL};
    char *no_address[] = {WORD("try"), WORD("--tap=x"), NULL};
    char *no_socket[] = {WORD("try"), WORD("--tap=x"), WORD("--address=10.0.0.2/24"),
                         WORD("--limit=sockets=0"), NULL};
    struct cli_settings settings;

    (void)state;
    assert_int_equal(parse_settings(&settings, nothing), CLI_PARSED);
    assert_int_equal(cli_settings_check("try", &settings), 2);
    assert_int_equal(parse_settings(&settings, no_address), CLI_PARSED);
    assert_int_equal(cli_settings_check("try", &settings), 2);
    assert_int_equal(parse_settings(&settings, no_socket), CLI_PARSED);
    assert_int_equal(cli_settings_check("try", &settings), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_reach_whoever_keeps_them),
        cmocka_unit_test(a_name_of_one_letter_has_one_dash),
        cmocka_unit_test(operands_behind_two_dashes_are_no_options),
        cmocka_unit_test(what_is_wrong_ends_the_parsing),
        cmocka_unit_test(the_help_is_made_of_the_same_rows),
        cmocka_unit_test(common_options_reach_the_stack_s_configuration),
        cmocka_unit_test(what_a_stack_cannot_do_without_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
