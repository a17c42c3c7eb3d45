/* cli_help.c - `lull help`, and the table of commands it prints. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_command.h"
#include "cli/cli_options.h"

static const struct cli_command commands[] = {
    {"serve", "an HTTP file server or an echo server", cli_serve_run},
    {"connect", "carry bytes between a connection and standard input and output", cli_connect_run},
    {"ping", "ask a host to answer, and measure how long it takes", cli_ping_run},
    {"status", "connections, TIME-WAIT records and counters of a running lull", cli_status_run},
    {"scenario", "play scripts in packetdrill's notation on virtual time", cli_scenario_run},
    {"sim", "play seeded internets on virtual time and judge every event", cli_sim_run},
    {"lab", "draw what TCP did, and why: a capture of real traffic", cli_lab_run},
    {"knobs", "what can be turned, in which profile it is how, and what it breaks", cli_knobs_run},
    {"help", "this text, or that of a command", cli_help_run},
    {NULL, NULL, NULL},
};

static const struct cli_usage usage = {
    .command = "help",
    .operands = "[COMMAND]",
    .summary = "Say what the commands are and how they are used",
    .operands_max = 1,
};

static const struct cli_option_group no_options[] = {{NULL, NULL, 0, NULL}};

const struct cli_command *cli_help_commands(void)
{
    return commands;
}

const struct cli_command *cli_help_find(const char *name)
{
    for (const struct cli_command *c = commands; c->name; c++) {
        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

void cli_help_print_version(void)
{
    printf("lull %s\n", LULL_VERSION);
}

static void list_commands(void)
{
    printf("Usage: lull COMMAND [OPTION...]\n"
           "A TCP/IP stack in user space that knows when a connection is really over.\n\n"
           "Commands:\n");
    for (const struct cli_command *c = commands; c->name; c++)
        printf("  %-10s %s\n", c->name, c->summary);
    printf("\n'lull help COMMAND' describes a command; 'lull --version' prints the version.\n");
}

int cli_help_run(char **argv)
{
    struct cli_operands operands;
    enum cli_parsed parsed = cli_options_parse(&usage, no_options, argv, &operands);
    const struct cli_command *command;
    char option[] = "--help";

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    if (operands.count == 0) {
        list_commands();
        return CLI_EXIT_OK;
    }
    command = cli_help_find(operands.values[0]);
    if (!command) {
        fprintf(stderr, "lull help: '%s': no such command; 'lull help' lists them\n",
                operands.values[0]);
        return CLI_EXIT_USAGE;
    }
    return command->run((char *[]){operands.values[0], option, NULL});
}
