/* cli_knobs.c - `lull knobs`: the table of knobs, for people, for programs and for docs/knobs.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli_command.h"
#include "cli/cli_json.h"
#include "cli/cli_knobs_text.h"
#include "cli/cli_options.h"

#define COLUMNS_LEAST   40
#define COLUMNS_DEFAULT 80
#define COLUMNS_MOST    120
#define OBJECT_BYTES    2048 /* no row of the table is longer as JSON */

struct settings {
    int profile; /* enum lull_profile, or CLI_KNOBS_EVERY_PROFILE */
    int changed, json, markdown;
    uint8_t chosen[LULL_KNOB_COUNT];
};

static const char *set_profile(void *settings, const char *value)
{
    int profile = lull_profile_find(value);

    if (profile < 0)
        return "one of default, strict, linux, bsd";
    ((struct settings *)settings)->profile = profile;
    return NULL;
}

static const char *set_changed(void *settings, const char *value)
{
    (void)value;
    ((struct settings *)settings)->changed = 1;
    return NULL;
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct settings *)settings)->json = 1;
    return NULL;
}

static const char *set_markdown(void *settings, const char *value)
{
    (void)value;
    ((struct settings *)settings)->markdown = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"profile", "NAME", "the values of default, strict, linux or bsd alone", set_profile},
    {"changed", NULL, "only what the profile, or any, sets otherwise than default", set_changed},
    {"json", NULL, "an array of objects", set_json},
    {"markdown", NULL, "docs/knobs.md", set_markdown},
};

static const struct cli_usage usage = {
    .command = "knobs",
    .operands = "[NAME...]",
    .summary = "Print what can be turned, its values in each profile, and what they break",
    .details = "The commands that have a stack turn knobs with --profile and --knob NAME=VALUE.\n",
    .operands_max = LULL_KNOB_COUNT,
};

static int is_changed(const struct lull_knob_info *info, int profile)
{
    int changed = 0;

    for (int p = 0; p < LULL_PROFILE_COUNT; p++)
        if (profile == CLI_KNOBS_EVERY_PROFILE || profile == p)
            changed |= info->value[p] != info->value[LULL_PROFILE_DEFAULT];
    return changed;
}

/* 0, or CLI_EXIT_USAGE after a line on standard error. */
static int choose(struct settings *s, const struct cli_operands *names)
{
    for (int i = 0; i < names->count; i++) {
        int knob = lull_knob_find(names->values[i]);
        if (knob < 0) {
            fprintf(stderr, "lull knobs: '%s': no such knob; 'lull knobs' lists them\n",
                    names->values[i]);
            return CLI_EXIT_USAGE;
        }
        s->chosen[knob] = 1;
    }
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        s->chosen[i] |= names->count == 0;
        s->chosen[i] &= !s->changed || is_changed(lull_knob_info((enum lull_knob)i), s->profile);
    }
    return CLI_EXIT_OK;
}

/* --- JSON -------------------------------------------------------------------------------- */

static void write_value(struct cli_json *json, const char *key, enum lull_knob knob, int64_t value)
{
    char text[CLI_KNOBS_VALUE_BYTES];

    lull_knob_text(knob, value, text, sizeof text);
    cli_json_pair_string(json, key, text);
}

/* "a|b|c" or "a b c" as an array. */
static void write_list(struct cli_json *json, const char *key, const char *list)
{
    char copy[128];

    snprintf(copy, sizeof copy, "%s", list);
    cli_json_key(json, key);
    cli_json_array(json);
    for (char *rest, *word = strtok_r(copy, "| ", &rest); word; word = strtok_r(NULL, "| ", &rest))
        cli_json_string(json, word);
    cli_json_end_array(json);
}

/* Values are texts, as --knob takes them. */
static void write_knob(struct cli_json *json, enum lull_knob knob, int profile)
{
    const struct lull_knob_info *info = lull_knob_info(knob);

    cli_json_object(json);
    cli_json_pair_string(json, "name", info->name);
    for (int p = 0; p < LULL_PROFILE_COUNT; p++)
        if (profile == CLI_KNOBS_EVERY_PROFILE || profile == p)
            write_value(json, lull_profile_name((enum lull_profile)p), knob, info->value[p]);
    if (info->is_of_words) {
        write_list(json, "choices", info->unit);
    } else {
        cli_json_pair_string(json, "unit", info->unit);
        write_value(json, "least", knob, info->least);
        write_value(json, "most", knob, info->most);
    }
    cli_json_pair_string(json, "scope", cli_knobs_text_scope(info->scope));
    write_list(json, "serves", info->serves);
    cli_json_pair_string(json, "effect", info->effect);
    cli_json_pair_string(json, "breaks", info->breaks);
    cli_json_end_object(json);
}

static void print_json(const struct settings *s)
{
    const char *before = "";
    char buffer[OBJECT_BYTES];
    struct cli_json json;

    printf("[");
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        if (!s->chosen[i])
            continue;
        cli_json_init(&json, buffer, sizeof buffer);
        write_knob(&json, (enum lull_knob)i, s->profile);
        printf("%s\n  %s", before, json.overflow ? "null" : buffer);
        before = ",";
    }
    printf("\n]\n");
}

/* --- text -------------------------------------------------------------------------------- */

/* Of the terminal; where there is none, what every terminal has. */
static int columns(void)
{
    const char *wanted = getenv("COLUMNS");
    struct winsize size = {0};
    long count = wanted ? strtol(wanted, NULL, 10) : 0;

    if (count <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        count = size.ws_col;
    if (count <= 0)
        return COLUMNS_DEFAULT;
    return count < COLUMNS_LEAST ? COLUMNS_LEAST : count > COLUMNS_MOST ? COLUMNS_MOST : (int)count;
}

/* The fixed ones stand at the end, in a section that says why. */
static void print_text(const struct settings *s)
{
    const struct cli_knobs_page page = {stdout, columns(), s->profile};
    int shown = 0;

    for (int fixed = 0; fixed < 2; fixed++) {
        int in_section = 0;
        for (int i = 0; i < LULL_KNOB_COUNT; i++) {
            if (!s->chosen[i] || cli_knobs_text_is_fixed((enum lull_knob)i) != fixed)
                continue;
            printf("%s", shown++ > 0 ? "\n" : "");
            if (fixed && in_section++ == 0)
                cli_knobs_text_fixed(&page);
            cli_knobs_text_row(&page, (enum lull_knob)i);
        }
    }
}

int cli_knobs_run(char **argv)
{
    struct settings s = {.profile = CLI_KNOBS_EVERY_PROFILE};
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &s}, {NULL, NULL, 0, NULL}};
    struct cli_operands names;
    enum cli_parsed parsed = cli_options_parse(&usage, groups, argv, &names);

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    if (s.markdown && (s.json || s.changed || s.profile >= 0 || names.count > 0))
        return cli_options_complain("knobs", "--markdown", "given alone: it prints a whole page");
    if (choose(&s, &names) != CLI_EXIT_OK)
        return CLI_EXIT_USAGE;
    if (s.markdown)
        cli_knobs_text_markdown(stdout);
    else if (s.json)
        print_json(&s);
    else
        print_text(&s);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "lull knobs: standard output: %s\n", strerror(errno));
        return CLI_EXIT_FAILED;
    }
    return CLI_EXIT_OK;
}
