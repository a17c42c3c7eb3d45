/* cli_sim_merge.c - files of -o, which must be all shards of one campaign, each once. */
#include "cli/cli_sim_merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_sim_report.h"

struct merge {
    int json;
    struct cli_sim sim; /* of the first file */
    char version[64];
    const char *first;  /* its name */
    const char **files; /* by shard, from 0; NULL: not seen yet */
    struct cli_sim_totals totals;
    char *line;
    struct cli_sim_finding *findings; /* in order of seeds */
    size_t finding_count;
};

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct merge *)settings)->json = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"json", NULL, "JSON lines, as -o writes them", set_json},
};

static const struct cli_usage usage = {
    .command = "sim merge",
    .operands = "FILE...",
    .summary = "Add up what the shards of one campaign found",
    .details = "Files are those that 'lull sim --shard I/N -o FILE' wrote. The result is that of\n"
               "the campaign run in one piece. The exit status is 1 when a run failed, 2 when a\n"
               "shard is missing, there twice, unfinished or of another campaign or version.\n",
    .operands_min = 1,
    .operands_max = 65536,
};

static int refuse(const char *file, const char *why)
{
    fprintf(stderr, "lull sim merge: %s: %s\n", file, why);
    return CLI_EXIT_USAGE;
}

static uint64_t number_of(const char *line, const char *key)
{
    char value[32];

    return cli_json_field(line, key, value, sizeof value) ? strtoull(value, NULL, 10) : 0;
}

/* --- the head of a file ------------------------------------------------------------------ */

static void read_head(const char *line, struct cli_sim *sim, char version[64])
{
    memset(sim, 0, sizeof *sim);
    cli_json_field(line, "version", version, 64);
    cli_json_field(line, "options", sim->typed, sizeof sim->typed);
    sim->seed = number_of(line, "seed");
    sim->runs = number_of(line, "runs");
    sim->shard = (unsigned)number_of(line, "shard");
    sim->shards = (unsigned)number_of(line, "shards");
    sim->keep = (unsigned)number_of(line, "keep");
}

/* What differs from the first file; NULL: nothing. */
static const char *difference(const struct merge *m, const struct cli_sim *sim, const char *version)
{
    if (strcmp(m->version, version) != 0)
        return "another version";
    if (strcmp(m->sim.typed, sim->typed) != 0)
        return "other options";
    if (m->sim.seed != sim->seed || m->sim.runs != sim->runs)
        return "other seeds";
    if (m->sim.shards != sim->shards)
        return "another number of shards";
    if (m->sim.keep != sim->keep)
        return "another number of seeds to keep";
    return NULL;
}

static int begin(struct merge *m, const char *file, const char *version)
{
    m->first = file;
    snprintf(m->version, sizeof m->version, "%s", version);
    m->files = calloc(m->sim.shards, sizeof *m->files);
    return m->files ? CLI_EXIT_OK : refuse(file, "not enough memory");
}

static int take_head(struct merge *m, const char *file)
{
    struct cli_sim sim;
    char version[64], why[512];
    const char *differs;

    read_head(m->line, &sim, version);
    if (sim.shards == 0 || sim.shard == 0 || sim.shard > sim.shards)
        return refuse(file, "not a file of lull sim -o");
    if (!m->files) {
        m->sim = sim;
        if (begin(m, file, version) != CLI_EXIT_OK)
            return CLI_EXIT_USAGE;
    }
    differs = difference(m, &sim, version);
    if (differs) {
        snprintf(why, sizeof why, "%s than in %s", differs, m->first);
        return refuse(file, why);
    }
    if (m->files[sim.shard - 1]) {
        snprintf(why, sizeof why, "shard %u of %u is in %s already", sim.shard, sim.shards,
                 m->files[sim.shard - 1]);
        return refuse(file, why);
    }
    m->files[sim.shard - 1] = file;
    return CLI_EXIT_OK;
}

/* --- the rest of it ---------------------------------------------------------------------- */

static void read_finding(const char *line, struct cli_sim_finding *f)
{
    char invariant[16];

    memset(f, 0, sizeof *f);
    f->seed = number_of(line, "seed");
    cli_json_field(line, "invariant", invariant, sizeof invariant);
    f->invariant = strlen(invariant) > 4 ? (unsigned)strtoul(invariant + 4, NULL, 10) : 0;
    f->at = (int64_t)number_of(line, "at_ns");
    cli_json_field(line, "host", f->host, sizeof f->host);
    cli_json_field(line, "tuple", f->tuple, sizeof f->tuple);
    cli_json_field(line, "text", f->text, sizeof f->text);
    f->faults = (unsigned)number_of(line, "faults");
    f->mishaps = (unsigned)number_of(line, "mishaps");
    f->steps = (unsigned)number_of(line, "conversations");
    cli_json_field(line, "only", f->only, sizeof f->only);
    cli_json_field(line, "in_words", f->in_words, sizeof f->in_words);
}

static int add_finding(struct merge *m, const char *file)
{
    const size_t bytes = (m->finding_count + 1) * sizeof *m->findings;
    struct cli_sim_finding *more = realloc(m->findings, bytes);

    if (!more)
        return refuse(file, "not enough memory");
    m->findings = more;
    read_finding(m->line, &m->findings[m->finding_count++]);
    return CLI_EXIT_OK;
}

static void add_totals(struct merge *m)
{
    char name[CLI_SIM_TOTAL_NAME_BYTES];

    for (unsigned i = 0; i < CLI_SIM_TOTAL_COUNT; i++) {
        cli_sim_totals_name(i, name);
        m->totals.value[i] += number_of(m->line, name);
    }
}

static int take_lines(struct merge *m, const char *file, FILE *in)
{
    char kind[16] = "";
    int status = CLI_EXIT_OK;

    if (!fgets(m->line, CLI_SIM_LINE_BYTES, in))
        return refuse(file, "empty");
    cli_json_field(m->line, "line", kind, sizeof kind);
    if (strcmp(kind, "campaign") != 0)
        return refuse(file, "not a file of lull sim -o");
    status = take_head(m, file);
    while (status == CLI_EXIT_OK && fgets(m->line, CLI_SIM_LINE_BYTES, in)) {
        cli_json_field(m->line, "line", kind, sizeof kind);
        if (strcmp(kind, "failing") == 0)
            status = add_finding(m, file);
        else if (strcmp(kind, "totals") == 0)
            add_totals(m);
        else
            status = refuse(file, "a line that lull sim does not write");
    }
    if (status == CLI_EXIT_OK && strcmp(kind, "totals") != 0)
        return refuse(file, "the shard was not finished: its totals are missing");
    return status;
}

static int take_file(struct merge *m, const char *file)
{
    FILE *in = fopen(file, "r");
    int status;

    if (!in)
        return refuse(file, strerror(errno));
    status = take_lines(m, file, in);
    fclose(in);
    return status;
}

static int check_complete(const struct merge *m)
{
    unsigned missing = 0;

    for (unsigned i = 0; i < m->sim.shards; i++)
        missing += m->files[i] == NULL;
    if (missing == 0)
        return CLI_EXIT_OK;
    fprintf(stderr, "lull sim merge: %u of %u shards are missing:", missing, m->sim.shards);
    for (unsigned i = 0; i < m->sim.shards; i++)
        if (!m->files[i])
            fprintf(stderr, " %u", i + 1);
    fputc('\n', stderr);
    return CLI_EXIT_USAGE;
}

static int by_seed(const void *a, const void *b)
{
    const struct cli_sim_finding *x = a, *y = b;
    return (x->seed > y->seed) - (x->seed < y->seed);
}

static int tell(struct merge *m)
{
    if (m->finding_count > 0)
        qsort(m->findings, m->finding_count, sizeof *m->findings, by_seed);
    if (m->finding_count > m->sim.keep)
        m->finding_count = m->sim.keep; /* each shard kept its first ones */
    m->sim.shard = m->sim.shards = 1;
    if (m->json)
        cli_sim_report_json_head(stdout, &m->sim);
    for (size_t i = 0; i < m->finding_count; i++) {
        if (m->json)
            cli_sim_report_json_finding(stdout, &m->findings[i]);
        else
            cli_sim_report_finding(stdout, &m->sim, &m->findings[i]);
    }
    if (m->json)
        cli_sim_report_json_totals(stdout, &m->totals);
    else
        cli_sim_report_totals(stdout, &m->totals);
    return m->totals.value[CLI_SIM_FAILED] > 0 ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

int cli_sim_merge_run(char **argv)
{
    struct merge m = {0};
    struct cli_operands operands;
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &m}, {NULL, NULL, 0, NULL}};
    enum cli_parsed parsed = cli_options_parse(&usage, groups, argv, &operands);
    int status = CLI_EXIT_OK;

    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    m.line = malloc(CLI_SIM_LINE_BYTES);
    if (!m.line)
        return CLI_EXIT_FAILED;
    for (int i = 0; i < operands.count && status == CLI_EXIT_OK; i++)
        status = take_file(&m, operands.values[i]);
    if (status == CLI_EXIT_OK)
        status = check_complete(&m);
    if (status == CLI_EXIT_OK)
        status = tell(&m);
    free(m.line);
    free(m.files);
    free(m.findings);
    return status;
}
