/* cli_status.c - `lull status`: asks a running lull what it holds. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli_command.h"
#include "cli/cli_control.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_status_text.h"

#define ANSWER_SECONDS 10 /* between two pieces */

struct status {
    const char *control, *word;
    int json, extended;
    const char *request; /* what is asked for; NULL: rows */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    uint64_t lines;
    unsigned established, time_wait, listening, all;
};

static const char *set_control(void *settings, const char *value)
{
    ((struct status *)settings)->control = value;
    return strlen(value) < sizeof((struct status *)settings)->path
               ? NULL
               : "a path of at most 107 characters";
}

static const char *set_name(void *settings, const char *value)
{
    ((struct status *)settings)->word = value;
    return *value && !strchr(value, '/') && strlen(value) <= 40
               ? NULL
               : "1 to 40 characters without a '/'";
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->json = 1;
    return NULL;
}

static const char *set_extended(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->extended = 1;
    return NULL;
}

static const char *set_refusals(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->request = "refusals";
    return NULL;
}

static const char *set_counters(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->request = "counters";
    return NULL;
}

static const char *set_summary(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->request = "usage";
    return NULL;
}

static const char *set_knobs(void *settings, const char *value)
{
    (void)value;
    ((struct status *)settings)->request = "knobs";
    return NULL;
}

static const struct cli_option options[] = {
    {"control", "PATH", "the control socket of the lull that is asked", set_control},
    {"name", "NAME", "the lull that was started with this --name", set_name},
    {"extended", NULL, "of records also their history: cause, age, what last happened",
     set_extended},
    {"refusals", NULL, "the last 16 refusals: rule, record, time left, remedy", set_refusals},
    {"counters", NULL, "what happened so far, as nstat prints it", set_counters},
    {"summary", NULL, "totals, and what is in use against its limits", set_summary},
    {"knobs", NULL, "the knobs that are not at their defaults", set_knobs},
    {"json", NULL, "an array of objects instead of columns", set_json},
};

static const struct cli_usage usage = {
    .command = "status",
    .operands = "[PID]",
    .summary = "Print connections, listeners and TIME-WAIT records of a running lull",
    .details =
        "The columns are those of ss -tano.  Without PID, --name or --control, the only lull\n"
        "that is running is asked.\n",
    .operands_max = 1,
};

/* One line of the answer; the last one says how many there should have been. */
typedef void print_line(struct status *s, const char *line);

static int complain(const struct status *s, const char *why)
{
    fprintf(stderr, "lull status: %s: %s\n", s->path, why);
    return CLI_EXIT_FAILED;
}

static FILE *ask(const struct status *s, const char *request)
{
    const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FILE *answer = NULL;

    memcpy(name.sun_path, s->path, sizeof name.sun_path);
    /* A stopped process would keep us waiting for ever. */
    if (descriptor >= 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *)&name, sizeof name) == 0
        && dprintf(descriptor, "%s\n", request) > 0)
        answer = fdopen(descriptor, "r");
    if (!answer) {
        complain(s, errno == ECONNREFUSED || errno == ENOENT ? "no lull listens there"
                                                             : strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
    }
    return answer;
}

/* Every line but the last goes to @print. */
static int print_answer(struct status *s, const char *request, print_line *print)
{
    FILE *answer = ask(s, request);
    char *line = NULL, end[24] = "";
    size_t size = 0;
    int status = CLI_EXIT_OK;

    if (!answer)
        return CLI_EXIT_FAILED;
    s->lines = 0;
    while (getline(&line, &size, answer) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (cli_json_field(line, "end", end, sizeof end))
            break;
        print(s, line);
        s->lines++;
    }
    if (!*end || strtoull(end, NULL, 10) != s->lines)
        status = complain(s, "the answer is incomplete");
    free(line);
    fclose(answer);
    return status;
}

static void print_json(struct status *s, const char *line)
{
    printf("%s\n  %s", s->lines > 0 ? "," : "", line);
}

static void print_row(struct status *s, const char *line)
{
    if (s->lines == 0)
        cli_status_text_header(stdout);
    cli_status_text_row(stdout, line);
    if (s->extended)
        cli_status_text_extended(stdout, line);
    putchar('\n');
}

static void print_refusal(struct status *s, const char *line)
{
    (void)s;
    cli_status_text_refusal(stdout, line);
}

static void print_counter(struct status *s, const char *line)
{
    (void)s;
    cli_status_text_counter(stdout, line);
}

static void print_limit(struct status *s, const char *line)
{
    (void)s;
    cli_status_text_limit(stdout, line);
}

static void print_knob(struct status *s, const char *line)
{
    (void)s;
    cli_status_text_knob(stdout, line);
}

static void count_row(struct status *s, const char *line)
{
    char state[24] = "";

    cli_json_field(line, "state", state, sizeof state);
    s->all++;
    s->established += strcmp(state, "ESTAB") == 0;
    s->time_wait += strcmp(state, "TIME-WAIT") == 0;
    s->listening += strcmp(state, "LISTEN") == 0;
}

static int print_summary(struct status *s)
{
    int status = print_answer(s, "rows", count_row);

    if (status != CLI_EXIT_OK)
        return status;
    printf("TCP:   %u (estab %u, listen %u, timewait %u)\n\n", s->all, s->established, s->listening,
           s->time_wait);
    return print_answer(s, "usage", print_limit);
}

static int print_table(struct status *s)
{
    int status = print_answer(s, "rows", print_row);

    if (status == CLI_EXIT_OK && s->lines == 0)
        cli_status_text_header(stdout);
    return status;
}

static int print_all(struct status *s)
{
    const char *request = s->request ? s->request : "rows";

    if (s->json) {
        printf("[");
        int status = print_answer(s, request, print_json);
        printf("\n]\n");
        return status;
    }
    if (strcmp(request, "refusals") == 0)
        return print_answer(s, request, print_refusal);
    if (strcmp(request, "counters") == 0)
        return print_answer(s, request, print_counter);
    if (strcmp(request, "usage") == 0)
        return print_summary(s);
    if (strcmp(request, "knobs") == 0)
        return print_answer(s, request, print_knob);
    return print_table(s);
}

/* Whoever is the only one need not be named. */
static int find_the_only_one(struct status *s)
{
    glob_t found;
    char pattern[sizeof s->path];
    int status = CLI_EXIT_OK;

    cli_control_path("*", pattern, sizeof pattern);
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "lull status: no lull is running (%s)\n", pattern);
        return CLI_EXIT_FAILED;
    }
    if (found.gl_pathc > 1) {
        fprintf(stderr, "lull status: several are running; choose one with --control:\n");
        for (size_t i = 0; i < found.gl_pathc; i++)
            fprintf(stderr, "  %s\n", found.gl_pathv[i]);
        status = CLI_EXIT_FAILED;
    } else {
        snprintf(s->path, sizeof s->path, "%s", found.gl_pathv[0]);
    }
    globfree(&found);
    return status;
}

int cli_status_run(char **argv)
{
    struct status status = {0};
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &status}, {NULL, NULL, 0, NULL}};
    struct cli_operands operands;
    enum cli_parsed parsed = cli_options_parse(&usage, groups, argv, &operands);
    int result;

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    if (operands.count > 0)
        status.word = operands.values[0];
    if (status.control)
        snprintf(status.path, sizeof status.path, "%s", status.control);
    else if (status.word)
        cli_control_path(status.word, status.path, sizeof status.path);
    else if ((result = find_the_only_one(&status)) != CLI_EXIT_OK)
        return result;
    result = print_all(&status);
    if (fflush(stdout) != 0 && result == CLI_EXIT_OK) {
        fprintf(stderr, "lull status: standard output: %s\n", strerror(errno));
        return CLI_EXIT_FAILED;
    }
    return result;
}
