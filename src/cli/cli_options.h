/* cli_options.h - options of a command as tables: what they are called, what they mean and who
 * keeps their value.
 *
 * The same rows give the parsing, the help text and the complaints, so that the three cannot
 * disagree.  getopt_long does the splitting: people know its rules. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#define CLI_EXIT_OK     0
#define CLI_EXIT_FAILED 1
#define CLI_EXIT_USAGE  2 /* what was typed cannot be carried out */

struct cli_option {
    const char *name;     /* without the dashes; of one letter, it has one dash */
    const char *argument; /* how the help calls its value; NULL: it takes none */
    const char *help;
    /* Keep @value, which is borrowed from argv and NULL without an argument.  NULL, or what the
     * value must be. */
    const char *(*set)(void *settings, const char *value);
};

struct cli_option_group {
    const char *title; /* of its section in the help */
    const struct cli_option *options;
    size_t count;
    void *settings;
};

struct cli_usage {
    const char *command;  /* "serve" */
    const char *operands; /* "HOST PORT"; "" without any */
    const char *summary;  /* one sentence without a full stop */
    const char *details;  /* paragraphs below the options; may be NULL */
    int operands_min, operands_max;
};

/* What parsing came to. */
enum cli_parsed {
    CLI_PARSED, /* carry on */
    CLI_HELPED, /* --help was answered: exit 0 */
    CLI_REFUSED /* a line on standard error said what was wrong: exit CLI_EXIT_USAGE */
};

struct cli_operands {
    char **values; /* borrowed from argv */
    int count;
};

/* @argv begins with the command's name.  @groups ends with a row whose options are NULL. */
enum cli_parsed cli_options_parse(const struct cli_usage *usage,
                                  const struct cli_option_group *groups, char **argv,
                                  struct cli_operands *operands);

/* The exit status for a result other than CLI_PARSED. */
int cli_options_status(enum cli_parsed parsed);

void cli_options_help(FILE *out, const struct cli_usage *usage,
                      const struct cli_option_group *groups);

/* "lull serve: --port 99999: must be ..." on standard error; CLI_EXIT_USAGE. */
int cli_options_complain(const char *command, const char *what, const char *must_be);

#endif
