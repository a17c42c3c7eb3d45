#include "cli/cli_options.h"

#include <getopt.h>
#include <string.h>

#define OPTIONS_MAX 64
#define HELP_COLUMN 28

/* Values of getopt_long that cannot be mistaken for a character. */
enum { FIRST_VALUE = 256, HELP_VALUE = 1000 };

struct flat {
    struct option rows[OPTIONS_MAX + 2];
    const struct cli_option *option[OPTIONS_MAX];
    void *settings[OPTIONS_MAX];
    int count;
    char letters[2 + 2 * OPTIONS_MAX + 2]; /* ":h", and those of the options */
};

static int is_letter(const struct cli_option *o)
{
    return o->name[1] == '\0';
}

static void add_letter(char *letters, const struct cli_option *o)
{
    char *end = letters + strlen(letters);
    *end++ = o->name[0];
    if (o->argument)
        *end++ = ':';
    *end = '\0';
}

static void flatten(struct flat *flat, const struct cli_option_group *groups)
{
    memset(flat, 0, sizeof *flat);
    memcpy(flat->letters, ":h", sizeof ":h");
    for (; groups->options; groups++) {
        for (size_t i = 0; i < groups->count && flat->count < OPTIONS_MAX; i++) {
            const struct cli_option *o = &groups->options[i];
            flat->rows[flat->count] = (struct option){
                .name = o->name,
                .has_arg = o->argument ? required_argument : no_argument,
                .val = FIRST_VALUE + flat->count,
            };
            if (is_letter(o))
                add_letter(flat->letters, o);
            flat->option[flat->count] = o;
            flat->settings[flat->count++] = groups->settings;
        }
    }
    flat->rows[flat->count] = (struct option){.name = "help", .val = HELP_VALUE};
}

int cli_options_complain(const char *command, const char *what, const char *must_be)
{
    fprintf(stderr, "lull %s: %s: must be %s\n", command, what, must_be);
    return CLI_EXIT_USAGE;
}

static enum cli_parsed refuse(const struct cli_usage *usage, const char *what, const char *why)
{
    fprintf(stderr, "lull %s: %s: %s; 'lull %s --help' tells more\n", usage->command, what, why,
            usage->command);
    return CLI_REFUSED;
}

/* getopt_long found something wrong with @typed. */
static enum cli_parsed refuse_option(const struct cli_usage *usage, int result, const char *typed)
{
    if (result == ':')
        return refuse(usage, typed, "needs a value");
    if (optopt >= FIRST_VALUE)
        return refuse(usage, typed, "takes no value");
    return refuse(usage, typed, "no such option, or the beginning of several");
}

/* The place of the option that getopt_long found; -1: none. */
static int index_of(const struct flat *flat, int result)
{
    if (result >= FIRST_VALUE)
        return result - FIRST_VALUE;
    for (int i = 0; i < flat->count; i++) {
        if (is_letter(flat->option[i]) && flat->option[i]->name[0] == result)
            return i;
    }
    return -1;
}

static enum cli_parsed keep(const struct cli_usage *usage, const struct flat *flat, int index)
{
    const struct cli_option *o = flat->option[index];
    const char *must_be = o->set(flat->settings[index], o->argument ? optarg : NULL);

    if (!must_be)
        return CLI_PARSED;
    fprintf(stderr, "lull %s: %s%s '%s': must be %s\n", usage->command, is_letter(o) ? "-" : "--",
            o->name, optarg, must_be);
    return CLI_REFUSED;
}

static enum cli_parsed check_operands(const struct cli_usage *usage,
                                      const struct cli_operands *operands)
{
    if (operands->count > usage->operands_max)
        return refuse(usage, operands->values[usage->operands_max], "one argument too many");
    if (operands->count < usage->operands_min)
        return refuse(usage, usage->operands, "missing");
    return CLI_PARSED;
}

enum cli_parsed cli_options_parse(const struct cli_usage *usage,
                                  const struct cli_option_group *groups, char **argv,
                                  struct cli_operands *operands)
{
    struct flat flat;
    int argc = 0, result;

    flatten(&flat, groups);
    while (argv[argc])
        argc++;
    opterr = 0;
    optind = 0; /* glibc: start over, also when getopt ran before */
    while ((result = getopt_long(argc, argv, flat.letters, flat.rows, NULL)) != -1) {
        enum cli_parsed parsed = CLI_PARSED;
        if (result == HELP_VALUE || result == 'h') {
            cli_options_help(stdout, usage, groups);
            return CLI_HELPED;
        }
        if (index_of(&flat, result) < 0)
            parsed = refuse_option(usage, result, argv[optind - 1]);
        else
            parsed = keep(usage, &flat, index_of(&flat, result));
        if (parsed != CLI_PARSED)
            return parsed;
    }
    operands->values = argv + optind;
    operands->count = argc - optind;
    return check_operands(usage, operands);
}

int cli_options_status(enum cli_parsed parsed)
{
    return parsed == CLI_REFUSED ? CLI_EXIT_USAGE : CLI_EXIT_OK;
}

static void help_option(FILE *out, const struct cli_option *o)
{
    int width = fprintf(out, "  %s%s%s%s", is_letter(o) ? "-" : "--", o->name,
                        o->argument ? " " : "", o->argument ? o->argument : "");

    if (width >= HELP_COLUMN)
        width = fprintf(out, "\n") - 1;
    fprintf(out, "%*s%s\n", HELP_COLUMN - width, "", o->help);
}

void cli_options_help(FILE *out, const struct cli_usage *usage,
                      const struct cli_option_group *groups)
{
    fprintf(out, "Usage: lull %s [OPTION...]%s%s\n%s.\n", usage->command,
            *usage->operands ? " " : "", usage->operands, usage->summary);
    for (; groups->options; groups++) {
        fprintf(out, "\n%s:\n", groups->title);
        for (size_t i = 0; i < groups->count; i++)
            help_option(out, &groups->options[i]);
    }
    fprintf(out, "  --help%*sprint this text\n", HELP_COLUMN - 8, "");
    if (usage->details)
        fprintf(out, "\n%s", usage->details);
}
