/* cli_main.c - the program `lull`: finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli_command.h"
#include "cli/cli_options.h"

int main(int argc, char **argv)
{
    const struct cli_command *command;
    char help[] = "help";

    /* A reader that goes away is an error of write(), not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        fprintf(stderr, "lull: a command is missing; 'lull help' lists them\n");
        return CLI_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        cli_help_print_version();
        return CLI_EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return cli_help_run((char *[]){help, NULL});
    command = cli_help_find(argv[1]);
    if (!command) {
        fprintf(stderr, "lull: '%s': no such command; 'lull help' lists them\n", argv[1]);
        return CLI_EXIT_USAGE;
    }
    return command->run(argv + 1);
}
