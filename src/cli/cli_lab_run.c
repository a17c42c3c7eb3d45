/* cli_lab_run.c - `lull lab run`: scenarios played, drawn and judged.
 *
 * The picture is the command's output, and a text carries its verdict; so the verdict has a line of
 * its own only where the picture is none or goes to a file, and on standard error where a picture
 * of another format is on standard output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_expect.h"
#include "cli/cli_lab.h"
#include "cli/cli_lab_play.h"
#include "cli/cli_options.h"
#include "cli/cli_parse.h"
#include "cli/cli_picture.h"

struct wish {
    struct lab_play_options play;
    const struct cli_picture *picture;
    const char *output, *golden; /* NULL: none */
    int all, no_picture, is_text;
};

/* --- options ----------------------------------------------------------------------------- */

static const char *set_all(void *settings, const char *value)
{
    (void)value;
    ((struct wish *)settings)->all = 1;
    return NULL;
}

static const char *set_without(void *settings, const char *value)
{
    (void)value;
    ((struct wish *)settings)->play.without_timewait = true;
    return NULL;
}

static const char *set_mistake(void *settings, const char *value)
{
    (void)value;
    ((struct wish *)settings)->play.twisted = true;
    return NULL;
}

static const char *set_case(void *settings, const char *value)
{
    uint64_t number;

    if (cli_parse_number(value, (struct cli_range){1, 1000}, &number))
        return "a number from 1";
    ((struct wish *)settings)->play.which = (unsigned)number;
    return NULL;
}

static const char *set_msl(void *settings, const char *value)
{
    return cli_parse_msl(value, &((struct wish *)settings)->play.msl);
}

static const char *set_loss(void *settings, const char *value)
{
    uint64_t percent;

    if (cli_parse_number(value, (struct cli_range){0, 100}, &percent))
        return "a number from 0 to 100";
    ((struct wish *)settings)->play.loss_percent = (uint32_t)percent;
    return NULL;
}

static const char *set_seed(void *settings, const char *value)
{
    uint64_t seed;

    if (cli_parse_number(value, (struct cli_range){1, UINT64_MAX}, &seed))
        return "a number from 1";
    ((struct wish *)settings)->play.seed = seed;
    return NULL;
}

static const char *set_format(void *settings, const char *value)
{
    struct wish *wish = settings;

    wish->picture = cli_picture_find(value);
    wish->is_text = strcmp(value, "text") == 0 || strcmp(value, "plain") == 0;
    return wish->picture ? NULL : cli_picture_names();
}

static const char *set_output(void *settings, const char *value)
{
    ((struct wish *)settings)->output = value;
    return *value ? NULL : "the name of a file";
}

static const char *set_no_picture(void *settings, const char *value)
{
    (void)value;
    ((struct wish *)settings)->no_picture = 1;
    return NULL;
}

static const char *set_expect(void *settings, const char *value)
{
    ((struct wish *)settings)->golden = value;
    return *value ? NULL : "the name of a file";
}

static const struct cli_option options[] = {
    {"all", NULL, "every scenario in every form, a line for each", set_all},
    {"without-timewait", NULL, "the twin in which no host has TIME-WAIT", set_without},
    {"mistake", NULL, "the form with the scenario's other mistake", set_mistake},
    {"case", "NUMBER", "this case alone; otherwise all are judged and one is drawn", set_case},
    {"msl", "SECONDS", "MSL of every host; only the invariants are judged then", set_msl},
    {"loss", "PERCENT", "packets lost by chance; only the invariants are judged then", set_loss},
    {"seed", "NUMBER", "of chance, and of ISNs; only the invariants are judged then", set_seed},
    {"format", "NAME", "text, plain, mermaid, svg, html, jsonl or pcapng; text unless told",
     set_format},
    {"output", "FILE", "where the picture goes; standard output unless told", set_output},
    {"o", "FILE", "the same", set_output},
    {"no-picture", NULL, "the verdict alone", set_no_picture},
    {"expect", "FILE", "compare the picture with this one; plain text unless --format is given",
     set_expect},
};

static const struct cli_usage usage = {
    .command = "lab run",
    .operands = "NAME...",
    .summary = "Play scenarios in a simulated internet, draw and judge them",
    .details =
        "No device, no clock and no privilege is needed, and the same command always gives\n"
        "the same picture. 'lull lab list' names the scenarios.\n"
        "\n"
        "The exit status is 0 when all came as expected, 1 when something did not. A form\n"
        "with a mistake is as expected when its danger strikes. With --msl, --loss or --seed\n"
        "what a scenario expects is not judged, only the invariants are.\n",
    .operands_min = 0,
    .operands_max = 1 << 10,
};

static int complain(const char *subject, const char *problem)
{
    fflush(stdout);
    fprintf(stderr, "lull %s: %s: %s\n", usage.command, subject, problem);
    return CLI_EXIT_USAGE;
}

/* --- one scenario ------------------------------------------------------------------------ */

/* The verdict where the picture does not say it. */
static void tell_verdict(const struct wish *wish, const struct lab_scenario *scenario,
                         const struct lab_story *story)
{
    const int on_output = !wish->no_picture && !wish->golden && !wish->output;
    char name[64], line[192];

    if (on_output && wish->is_text)
        return;
    cli_lab_play_name(scenario, &wish->play, name);
    cli_lab_play_verdict(story, line);
    fprintf(on_output ? stderr : stdout, "%s: %s\n", name, line);
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int run_one(const struct wish *wish, const struct lab_scenario *scenario,
                   struct cli_lab_play *play)
{
    int status = CLI_EXIT_OK;

    if (cli_lab_play(play, scenario, &wish->play) < 0)
        return complain(scenario->name, "not enough memory");
    if (wish->golden)
        status = cli_expect_picture(wish->picture, &play->story, wish->golden, usage.command);
    else if (!wish->no_picture)
        status = cli_picture_draw(wish->picture, &play->story, wish->output, usage.command);
    tell_verdict(wish, scenario, &play->story);
    return worse(status, play->story.as_expected ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}

/* What is asked for does not exist for this scenario. */
static const char *missing(const struct wish *wish, const struct lab_scenario *scenario)
{
    if (!scenario)
        return "no such scenario; 'lull lab list' names them";
    if (wish->play.without_timewait && !scenario->without)
        return "it has no twin without TIME-WAIT: nothing strikes there";
    if (wish->play.twisted && !scenario->twist)
        return "it has no form with another mistake";
    if (wish->play.which > (scenario->cases > 1 ? scenario->cases : 1))
        return "it has no such case";
    return NULL;
}

static int run_named(const struct wish *wish, const struct cli_operands *names)
{
    struct cli_lab_play *play = calloc(1, sizeof *play); /* a story is large for a stack */
    int status = CLI_EXIT_OK;

    if (!play)
        return complain("memory", "not enough");
    for (int i = 0; i < names->count; i++) {
        const struct lab_scenario *scenario = lab_book_named(names->values[i]);
        const char *problem = missing(wish, scenario);
        if (problem)
            status = complain(names->values[i], problem);
        else
            status = worse(status, run_one(wish, scenario, play));
    }
    cli_lab_play_free(play);
    free(play);
    return status;
}

/* --- all of them ------------------------------------------------------------------------- */

struct tally {
    unsigned run, judged, expected;
};

static int run_forms(const struct wish *wish, const struct lab_scenario *scenario,
                     struct cli_lab_play *play, struct tally *tally)
{
    struct lab_play_options form = wish->play;
    char name[64], line[192];

    for (unsigned i = 0; i < CLI_LAB_FORMS; i++) {
        if (!cli_lab_play_form(scenario, i, &form))
            continue;
        if (cli_lab_play(play, scenario, &form) < 0)
            return complain(scenario->name, "not enough memory");
        cli_lab_play_name(scenario, &form, name);
        cli_lab_play_verdict(&play->story, line);
        printf("%-43s %s\n", name, line);
        tally->run++;
        tally->judged += play->story.judged;
        tally->expected += play->story.judged && play->story.as_expected;
    }
    return CLI_EXIT_OK;
}

static int run_all(const struct wish *wish)
{
    struct cli_lab_play *play = calloc(1, sizeof *play);
    const struct lab_scenario *scenario;
    struct tally tally = {0};
    int status = CLI_EXIT_OK;

    if (!play)
        return complain("memory", "not enough");
    for (unsigned i = 0; (scenario = lab_book(i)) != NULL && status == CLI_EXIT_OK; i++)
        status = run_forms(wish, scenario, play, &tally);
    printf("lab: %u of %u as expected", tally.expected, tally.judged);
    if (tally.judged < tally.run)
        printf(", %u not judged", tally.run - tally.judged);
    printf("\n");
    cli_lab_play_free(play);
    free(play);
    return worse(status, tally.expected == tally.judged ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}

static int carry_out(struct wish *wish, const struct cli_operands *names)
{
    if (wish->all && (names->count > 0 || wish->output || wish->golden || wish->play.which))
        return complain("--all", "takes no name, no --case and no file: it draws nothing");
    if (wish->all && (wish->play.without_timewait || wish->play.twisted))
        return complain("--all", "plays every form; leave --without-timewait and --mistake out");
    if (wish->all)
        return run_all(wish);
    if (names->count == 0)
        return complain("NAME", "missing; 'lull lab list' names the scenarios, --all runs all");
    if (wish->play.without_timewait && wish->play.twisted)
        return complain("--mistake", "not together with --without-timewait");
    if ((wish->output || wish->golden) && names->count > 1)
        return complain("NAME", "one at a time where a file is given");
    return run_named(wish, names);
}

int cli_lab_run_run(char **argv)
{
    struct wish wish = {.is_text = 1};
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &wish}, {NULL, NULL, 0, NULL}};
    struct cli_operands operands;
    enum cli_parsed parsed = cli_options_parse(&usage, groups, argv, &operands);

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    if (!wish.picture)
        wish.picture = cli_picture_find(wish.golden ? "plain" : "text");
    return carry_out(&wish, &operands);
}
