/* cli_command.h - what the dispatcher knows of a command. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

struct cli_command {
    const char *name, *summary;
    /* @argv begins with the command's name and ends with NULL; returns an exit status. */
    int (*run)(char **argv);
};

int cli_serve_run(char **argv);
int cli_connect_run(char **argv);
int cli_ping_run(char **argv);
int cli_status_run(char **argv);
int cli_scenario_run(char **argv);
int cli_sim_run(char **argv);
int cli_lab_run(char **argv);
int cli_knobs_run(char **argv);
int cli_help_run(char **argv);

/* The commands in the order of the help text; the last has no name. */
const struct cli_command *cli_help_commands(void);

/* NULL when @name is none. */
const struct cli_command *cli_help_find(const char *name);

void cli_help_print_version(void);

#endif
