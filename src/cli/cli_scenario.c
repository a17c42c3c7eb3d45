/* cli_scenario.c - `lull scenario`: scripts in packetdrill's notation, each against a stack of its
 * own in memory.  What a script's stack did wrong is the command's output; what is wrong with a
 * script is a complaint, on standard error. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_command.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_settings.h"
#include "scenario/scenario.h"

#define SCRIPT_BYTES_MAX (1 << 20)
#define STACK_ALIGNMENT  64

struct player {
    struct lull_stack_config config; /* before the script has its say */
    int json, verbose;
    struct scenario *scenario;
    char *text;   /* of the script */
    int has_text; /* it could be read */
    unsigned played, passed;
    int unplayable;
};

static const char *set_profile(void *settings, const char *value)
{
    return cli_settings_profile(&((struct player *)settings)->config.knobs, value);
}

static const char *set_knob(void *settings, const char *value)
{
    return cli_settings_knob(&((struct player *)settings)->config.knobs, value);
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct player *)settings)->json = 1;
    return NULL;
}

static const char *set_verbose(void *settings, const char *value)
{
    (void)value;
    ((struct player *)settings)->verbose = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"profile", "NAME", "begin with the knobs of default, strict, linux or bsd; give it first",
     set_profile},
    {"knob", "NAME=VALUE", "turn one knob, as tw.rst=rfc9293; a script's own settings win",
     set_knob},
    {"verbose", NULL, "every packet and call, the requirements, what was ignored", set_verbose},
    {"json", NULL, "an object for each script, and nothing else", set_json},
};

static const struct cli_usage usage = {
    .command = "scenario",
    .operands = "FILE...",
    .summary = "Play scripts in packetdrill's notation on virtual time",
    .details = "Each script has a stack of its own, and the script is its peer. No device, no\n"
               "clock and no privilege is needed, and the same script always gives the same\n"
               "result. docs/testing.md says what of the notation is understood.\n"
               "\n"
               "The exit status is 1 when a script failed, 2 when one could not be played.\n",
    .operands_min = 1,
    .operands_max = 1 << 20,
};

static void hear(void *context, const char *line)
{
    (void)context;
    printf("  %s\n", line);
}

/* The number of bytes, or -1 with errno. */
static long read_script(struct player *p, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t bytes;

    if (!file)
        return -1;
    bytes = fread(p->text, 1, SCRIPT_BYTES_MAX + 1, file);
    if (ferror(file)) {
        fclose(file);
        return -1;
    }
    fclose(file);
    if (bytes <= SCRIPT_BYTES_MAX)
        return (long)bytes;
    errno = EFBIG;
    return -1;
}

static void print_json(const struct player *p, const char *path,
                       const struct scenario_report *report)
{
    static const char *const results[] = {"passed", "failed", "unplayable"};
    char buffer[2 * SCENARIO_REPORT_TEXT_BYTES + 8192], id[256];
    struct cli_json json;
    struct span tag;

    cli_json_init(&json, buffer, sizeof buffer);
    cli_json_object(&json);
    cli_json_pair_string(&json, "file", path);
    cli_json_pair_string(&json, "result", results[report->result]);
    cli_json_pair_number(&json, "line", report->line);
    cli_json_pair_number(&json, "column", report->column);
    cli_json_pair_string(&json, "reason", report->text);
    cli_json_pair_number(&json, "events", report->events);
    cli_json_pair_number(&json, "took", report->took);
    cli_json_key(&json, "requirements");
    cli_json_array(&json);
    for (unsigned i = 0; p->has_text && scenario_requirement(p->scenario, i, &tag); i++) {
        snprintf(id, sizeof id, "%.*s", (int)tag.len, (const char *)tag.data);
        cli_json_string(&json, id);
    }
    cli_json_end_array(&json);
    cli_json_end_object(&json);
    cli_json_print(stdout, &json);
}

static void print_preface(const struct player *p, const char *path)
{
    struct span word;

    printf("%s\n", path);
    for (unsigned i = 0; scenario_requirement(p->scenario, i, &word); i++)
        printf("  requirement %.*s\n", (int)word.len, (const char *)word.data);
    for (unsigned i = 0; scenario_ignored(p->scenario, i, &word); i++)
        printf("  ignored: %.*s\n", (int)word.len, (const char *)word.data);
}

/* Standard output may hold lines about scripts before this one. */
static void complain(const char *path, const struct scenario_report *report)
{
    fflush(stdout);
    fprintf(stderr, "lull %s: %s", usage.command, path);
    if (report->line > 0)
        fprintf(stderr, ":%u", report->line);
    if (report->column > 0)
        fprintf(stderr, ":%u", report->column);
    fprintf(stderr, ": %s\n", report->text);
}

static void tell(struct player *p, const char *path, const struct scenario_report *report)
{
    p->passed += report->result == SCENARIO_PASSED;
    p->unplayable |= report->result == SCENARIO_UNPLAYABLE;
    if (p->json)
        print_json(p, path, report);
    else if (report->result == SCENARIO_FAILED)
        printf("%s:%u: %s\n", path, report->line, report->text);
    if (report->result == SCENARIO_UNPLAYABLE)
        complain(path, report);
}

static void play(struct player *p, struct scenario_report *report)
{
    struct lull_stack_config config = p->config;
    size_t bytes;
    void *memory;

    scenario_configure(p->scenario, &config);
    bytes = lull_stack_bytes(&config);
    memory =
        aligned_alloc(STACK_ALIGNMENT, (bytes + STACK_ALIGNMENT - 1) & ~(STACK_ALIGNMENT - 1UL));
    if (!memory) {
        report->result = SCENARIO_UNPLAYABLE;
        snprintf(report->text, sizeof report->text, "no memory for a stack of %zu bytes", bytes);
        return;
    }
    scenario_play(p->scenario, &config, memory, report);
    free(memory);
}

static void play_file(struct player *p, const char *path)
{
    static const struct scenario_listener listener = {.hears = hear};
    struct scenario_report report = {.result = SCENARIO_UNPLAYABLE};
    long bytes = read_script(p, path);
    struct span text = {(const uint8_t *)p->text, bytes < 0 ? 0 : (size_t)bytes};

    p->played++;
    p->has_text = bytes >= 0;
    if (bytes < 0) {
        snprintf(report.text, sizeof report.text, "%s", strerror(errno));
    } else if (scenario_read(p->scenario, text, &report)) {
        if (p->verbose && !p->json)
            print_preface(p, path);
        scenario_listen(p->scenario, p->verbose && !p->json ? &listener : NULL);
        play(p, &report);
    }
    tell(p, path, &report);
}

static int play_files(struct player *p, const struct cli_operands *operands)
{
    p->scenario = malloc(scenario_bytes());
    p->text = malloc(SCRIPT_BYTES_MAX + 1);
    if (!p->scenario || !p->text) {
        fprintf(stderr, "lull %s: not enough memory\n", usage.command);
        free(p->scenario);
        free(p->text);
        return CLI_EXIT_FAILED;
    }
    scenario_init(p->scenario);
    for (int i = 0; i < operands->count; i++)
        play_file(p, operands->values[i]);
    if (!p->json)
        printf("scenario: %u of %u passed\n", p->passed, p->played);
    free(p->scenario);
    free(p->text);
    if (p->unplayable)
        return CLI_EXIT_USAGE;
    return p->passed == p->played ? CLI_EXIT_OK : CLI_EXIT_FAILED;
}

int cli_scenario_run(char **argv)
{
    struct player player = {0};
    struct cli_operands operands;
    enum cli_parsed parsed;

    lull_stack_config_init(&player.config);
    /* A secret that is known, because a script is to be repeated to the bit. */
    memset(player.config.seed, 'l', sizeof player.config.seed);
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &player}, {NULL, NULL, 0, NULL}};
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    return play_files(&player, &operands);
}
