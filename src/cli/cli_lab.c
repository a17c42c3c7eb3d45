/* cli_lab.c - `lull lab`: finds the command below it. */
#include "cli/cli_lab.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli_command.h"
#include "cli/cli_options.h"

static const struct cli_command commands[] = {
    {"list", "the scenarios of the book", cli_lab_list_run},
    {"run", "scenarios played, drawn and judged", cli_lab_run_run},
    {"report", "all of them as one page in HTML", cli_lab_report_run},
    {"draw", "a capture of real traffic as a picture", cli_lab_draw_run},
    {NULL, NULL, NULL},
};

static const struct cli_usage usage = {
    .command = "lab",
    .operands = "COMMAND ...",
    .summary = "Draw what TCP did, and why",
    .details = "Commands:\n"
               "  list      the scenarios of the book\n"
               "  run       scenarios played, drawn and judged\n"
               "  report    all of them as one page in HTML\n"
               "  draw      a capture of real traffic as a picture\n"
               "\n"
               "'lull lab COMMAND --help' describes a command.\n",
    .operands_min = 1,
    .operands_max = 1 << 20,
};

static const struct cli_option_group no_options[] = {{NULL, NULL, 0, NULL}};

int cli_lab_run(char **argv)
{
    struct cli_operands operands;
    enum cli_parsed parsed;

    for (const struct cli_command *c = commands; argv[1] && c->name; c++) {
        if (strcmp(c->name, argv[1]) == 0)
            return c->run(argv + 1);
    }
    parsed = cli_options_parse(&usage, no_options, argv, &operands);
    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    fprintf(stderr, "lull lab: '%s': no such command; 'lull lab --help' lists them\n", argv[1]);
    return CLI_EXIT_USAGE;
}
