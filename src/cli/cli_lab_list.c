/* cli_lab_list.c - `lull lab list`: the scenarios of the book. */
#include <stdio.h>

#include "cli/cli_json.h"
#include "cli/cli_lab.h"
#include "cli/cli_options.h"
#include "lab/lab_book.h"

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    *(int *)settings = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"json", NULL, "an object for each scenario, and nothing else", set_json},
};

static const struct cli_usage usage = {
    .command = "lab list",
    .operands = "",
    .summary = "List the scenarios of the lab",
    .details = "T: there is a twin without TIME-WAIT, in which the danger strikes.\n"
               "M: there is a form with another mistake (lull lab run --mistake).\n"
               "A number: so many cases, all of which are judged.\n",
};

static void print_line(const struct lab_scenario *s)
{
    char cases[16] = "";

    if (s->cases > 1)
        snprintf(cases, sizeof cases, "%u", s->cases);
    printf("%s  %c%c %3s  %s\n", s->name, s->without ? 'T' : ' ', s->twist ? 'M' : ' ', cases,
           s->title);
}

static void print_json(const struct lab_scenario *s)
{
    char buffer[8192];
    struct cli_json json;

    cli_json_init(&json, buffer, sizeof buffer);
    cli_json_object(&json);
    cli_json_pair_string(&json, "name", s->name);
    cli_json_pair_string(&json, "title", s->title);
    cli_json_pair_string(&json, "look_for", s->look_for);
    cli_json_pair_string(&json, "rules", s->rules);
    cli_json_pair_string(&json, "expected", s->expected);
    cli_json_pair_string(&json, "without_timewait", s->without);
    cli_json_pair_string(&json, "mistake", s->twist ? s->twist->name : NULL);
    cli_json_pair_string(&json, "with_mistake", s->twist ? s->twist->strikes : NULL);
    cli_json_pair_number(&json, "cases", s->cases > 1 ? (int64_t)s->cases : 1);
    cli_json_end_object(&json);
    cli_json_print(stdout, &json);
}

int cli_lab_list_run(char **argv)
{
    int json = 0;
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &json}, {NULL, NULL, 0, NULL}};
    struct cli_operands operands;
    const struct lab_scenario *s;
    enum cli_parsed parsed = cli_options_parse(&usage, groups, argv, &operands);

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    for (unsigned i = 0; (s = lab_book(i)) != NULL; i++) {
        if (json)
            print_json(s);
        else
            print_line(s);
    }
    return CLI_EXIT_OK;
}
