/* cli_lab_draw.c - `lull lab draw`: a capture file as a picture.
 *
 * A file that breaks off is common: captures end with the machine they were made for.  So what was
 * read is drawn, and the complaint and the exit status say that it was not all. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli_draw.h"
#include "cli/cli_lab.h"
#include "cli/cli_options.h"
#include "cli/cli_parse.h"
#include "cli/cli_picture.h"

struct wish {
    struct cli_draw draw;
    const struct cli_picture *picture;
    const char *output; /* NULL: standard output */
    int list;
};

static const char *set_format(void *settings, const char *value)
{
    struct wish *wish = settings;

    wish->picture = cli_picture_find(value);
    return wish->picture ? NULL : cli_picture_names();
}

static const char *set_output(void *settings, const char *value)
{
    ((struct wish *)settings)->output = value;
    return *value ? NULL : "the name of a file";
}

static const char *set_msl(void *settings, const char *value)
{
    return cli_parse_msl(value, &((struct wish *)settings)->draw.msl);
}

static const char *set_conversation(void *settings, const char *value)
{
    struct cli_draw *draw = &((struct wish *)settings)->draw;
    struct cli_draw_choice *choice = &draw->choices[draw->choice_count];
    const struct cli_range range = {1, UINT32_MAX};

    if (draw->choice_count == CLI_DRAW_CHOICES_MAX)
        return "given at most 32 times";
    if (cli_parse_number(value, range, &choice->number) != NULL
        && cli_parse_name(value, &choice->name) != NULL)
        return "a number of --list, or an address and a port such as 10.0.0.1:80";
    draw->choice_count++;
    return NULL;
}

static const char *set_list(void *settings, const char *value)
{
    (void)value;
    ((struct wish *)settings)->list = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"format", "NAME", "text, plain, mermaid, svg, html, jsonl or pcapng; text unless told",
     set_format},
    {"output", "FILE", "where the picture goes; standard output unless told", set_output},
    {"o", "FILE", "the same", set_output},
    {"msl", "SECONDS", "MSL that the hosts are taken to go by; 30 unless told", set_msl},
    {"conversation", "WHICH", "number in --list, or ADDRESS:PORT; may be repeated",
     set_conversation},
    {"list", NULL, "the conversations of the file, and no picture", set_list},
};

static const struct cli_usage usage = {
    .command = "lab draw",
    .operands = "FILE",
    .summary = "Draw a capture of real traffic, with the states of both ends",
    .details =
        "FILE is a capture of tcpdump, Wireshark or lull --capture, pcap or pcapng. A capture\n"
        "knows only what passed one point: states, timers and losses are inferred, marked as\n"
        "such, and the picture says from what. TCP over IPv4 is drawn.\n"
        "\n"
        "When the file breaks off, what is before is drawn, and the exit status is 2.\n",
    .operands_min = 1,
    .operands_max = 1,
};

static int complain(const char *problem)
{
    fflush(stdout);
    fprintf(stderr, "lull %s: %s\n", usage.command, problem);
    return CLI_EXIT_USAGE;
}

/* What could be drawn and is not, because a story has no room for it. */
static void tell_left_out(const struct cli_draw *draw)
{
    if (draw->choice_count == 0 && draw->chosen < draw->talks.count)
        fprintf(stderr,
                "lull %s: %s: %zu of %zu conversations are drawn; --list shows all, and"
                " --conversation chooses\n",
                usage.command, draw->path, draw->chosen, draw->talks.count);
}

static int tell_nothing(const struct cli_draw *draw)
{
    const int empty = draw->talks.count == 0;

    fprintf(stderr, "lull %s: %s: %s\n", usage.command, draw->path,
            empty ? "no TCP over IPv4 in it" : "no such conversation; --list shows what there is");
    return empty ? CLI_EXIT_FAILED : CLI_EXIT_USAGE;
}

static int draw_picture(struct wish *wish)
{
    struct cli_draw *draw = &wish->draw;
    const int broken = draw->problem[0] != '\0'; /* which was told */

    if (cli_draw_infer(draw) != 0)
        return complain(draw->problem);
    if (draw->chosen == 0)
        return broken && draw->talks.count == 0 ? CLI_EXIT_USAGE : tell_nothing(draw);
    tell_left_out(draw);
    return cli_picture_draw(wish->picture, &draw->story, wish->output, usage.command);
}

static int carry_out(struct wish *wish)
{
    struct cli_draw *draw = &wish->draw;
    const int scanned = cli_draw_scan(draw);
    int status = CLI_EXIT_OK;

    if (scanned != 0)
        complain(draw->problem);
    if (scanned < 0)
        return CLI_EXIT_USAGE;
    if (wish->list)
        cli_talks_print(stdout, &draw->talks);
    else
        status = draw_picture(wish);
    return scanned ? CLI_EXIT_USAGE : status;
}

int cli_lab_draw_run(char **argv)
{
    struct wish *wish = calloc(1, sizeof *wish); /* a story is large for a stack */
    struct cli_operands operands;
    enum cli_parsed parsed;
    int status;

    if (!wish)
        return complain("not enough memory");
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], wish}, {NULL, NULL, 0, NULL}};
    wish->picture = cli_picture_find("text");
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    if (parsed == CLI_PARSED) {
        wish->draw.path = operands.values[0];
        wish->draw.progress = isatty(STDERR_FILENO);
        status = carry_out(wish);
    } else {
        status = cli_options_status(parsed);
    }
    cli_draw_free(&wish->draw);
    free(wish);
    return status;
}
