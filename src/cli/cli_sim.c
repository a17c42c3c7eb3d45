/* cli_sim.c - `lull sim`: what is asked for.  The rest is in the other files of this name. */
#include "cli/cli_sim.h"

#include <stdlib.h>
#include <string.h>

#include "lull/flaws.h"

#include "cli/cli_command.h"
#include "cli/cli_options.h"
#include "cli/cli_parse.h"
#include "cli/cli_settings.h"
#include "cli/cli_sim_campaign.h"
#include "cli/cli_sim_merge.h"
#include "cli/cli_sim_trace.h"

#define RUNS_MAX   UINT64_C(1000000000000)
#define MSL_MOST   LULL_SEC(600)
#define LIST_BYTES 256

/* --- options ----------------------------------------------------------------------------- */

/* What decides the meaning of a seed is repeated wherever the seed is named. */
static void note(struct cli_sim *sim, const char *option, const char *value)
{
    const size_t used = strlen(sim->typed), room = sizeof sim->typed - used;
    const int wanted = snprintf(sim->typed + used, room, " --%s %s", option, value);

    sim->typed_too_long |= wanted < 0 || (size_t)wanted >= room;
}

static const char *set_runs(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){1, RUNS_MAX},
                            &((struct cli_sim *)settings)->runs);
}

static const char *set_seed(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){0, UINT64_MAX - RUNS_MAX},
                            &((struct cli_sim *)settings)->seed);
}

static const char *set_hosts(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    uint64_t hosts;

    if (cli_parse_number(value, (struct cli_range){2, SIM_CASE_HOSTS_MAX}, &hosts))
        return "a number of hosts, 2 to 4";
    sim->setup.options.hosts = (unsigned)hosts;
    note(sim, "hosts", value);
    return NULL;
}

static const char *set_msl(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    lull_duration msl;

    if (cli_parse_duration(value, &msl) || msl < SIM_CASE_MSL_LEAST || msl > MSL_MOST
        || msl % LULL_MS(1) != 0)
        return "whole milliseconds, 2s to 10m";
    sim->setup.options.msl = msl;
    note(sim, "msl", value);
    return NULL;
}

/* Bits of the names in a list, or 0 when there is one that is none. */
static uint32_t bits_of(const char *list, uint32_t (*bit_of)(const char *name))
{
    char copy[LIST_BYTES], *rest = copy, *name;
    uint32_t bits = 0;

    if (strlen(list) >= sizeof copy)
        return 0;
    memcpy(copy, list, strlen(list) + 1);
    while ((name = strsep(&rest, ",")) != NULL) {
        const uint32_t bit = bit_of(name);
        if (bit == 0)
            return 0;
        bits |= bit;
    }
    return bits;
}

static uint32_t fault_bit(const char *name)
{
    if (strcmp(name, "all") == 0)
        return SIM_FAULTS_ALL;
    if (strcmp(name, "usual") == 0)
        return SIM_FAULTS_USUAL;
    for (unsigned i = 0; sim_case_fault_name(i); i++)
        if (strcmp(name, sim_case_fault_name(i)) == 0)
            return 1u << i;
    return 0;
}

static const char *set_faults(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    const uint32_t bits = bits_of(value, fault_bit);

    if (bits == 0 && strcmp(value, "none") != 0)
        return "none, usual, all, or a list of loss, burst, reorder, duplicate, corrupt, truncate, "
               "partition, route, crash, suspend, forge, turn";
    sim->setup.options.faults = bits;
    note(sim, "faults", value);
    return NULL;
}

static const char *set_profile(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    const char *wrong = cli_settings_profile(&sim->setup.options.knobs, value);

    if (!wrong)
        note(sim, "profile", value);
    return wrong;
}

static const char *set_knob(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    const char *wrong = cli_settings_knob(&sim->setup.options.knobs, value);
    char name[64];

    if (wrong)
        return wrong;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(value, "="), value);
    sim->setup.options.fixed |= UINT64_C(1) << lull_knob_find(name);
    note(sim, "knob", value);
    return NULL;
}

static const char *set_flaw(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    const uint32_t bit = lull_flaw_named(value);

    if (bit == 0)
        return "one of no-time-wait, one-msl, stale-stamp, listener-first, destroy-on-reuse";
    sim->setup.options.flaws |= (uint8_t)bit;
    note(sim, "flaw", value);
    return NULL;
}

/* "INV-01", "inv-1", "1" */
static uint32_t invariant_bit(const char *name)
{
    uint64_t number;

    if (strncasecmp(name, "INV-", 4) == 0)
        name += 4;
    if (cli_parse_number(name, (struct cli_range){1, SIM_INVARIANT_COUNT}, &number)
        || !sim_invariant_text((unsigned)number) || number == 23 || number == 24)
        return 0; /* those two need the restart journal */
    return 1u << number;
}

static const char *set_invariant(void *settings, const char *value)
{
    struct cli_sim *sim = settings;
    const uint32_t bits = bits_of(value, invariant_bit);

    if (bits == 0)
        return "a list of invariants, as INV-01,INV-04; INV-23 and INV-24 are not judged";
    sim->setup.ignored = ~bits;
    note(sim, "invariant", value);
    return NULL;
}

static const char *set_threads(void *settings, const char *value)
{
    uint64_t threads;

    if (cli_parse_number(value, (struct cli_range){1, 1024}, &threads))
        return "a number of threads, 1 to 1024";
    ((struct cli_sim *)settings)->threads = (unsigned)threads;
    return NULL;
}

static const char *set_shard(void *settings, const char *value)
{
    static const char must_be[] = "I/N, from 1/N to N/N, N at most 65535";
    const struct cli_range range = {1, 65535};
    struct cli_sim *sim = settings;
    const char *slash = strchr(value, '/');
    char shard[8];
    uint64_t i, n;

    if (!slash || slash - value >= (ptrdiff_t)sizeof shard)
        return must_be;
    snprintf(shard, sizeof shard, "%.*s", (int)(slash - value), value);
    if (cli_parse_number(shard, range, &i) || cli_parse_number(slash + 1, range, &n) || i > n)
        return must_be;
    sim->shard = (unsigned)i;
    sim->shards = (unsigned)n;
    return NULL;
}

static const char *set_keep(void *settings, const char *value)
{
    uint64_t keep;

    if (cli_parse_number(value, (struct cli_range){0, 1000000}, &keep))
        return "a number of seeds, 0 to 1000000";
    ((struct cli_sim *)settings)->keep = (unsigned)keep;
    return NULL;
}

static const char *set_output(void *settings, const char *value)
{
    ((struct cli_sim *)settings)->output = value;
    return *value ? NULL : "the name of a file";
}

static const char *set_only(void *settings, const char *value)
{
    ((struct cli_sim *)settings)->only = value;
    return *value ? NULL : "a list such as s0,s2,m1,f0.1.17";
}

static const char *set_trace(void *settings, const char *value)
{
    (void)value;
    ((struct cli_sim *)settings)->trace = 1;
    return NULL;
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct cli_sim *)settings)->json = 1;
    return NULL;
}

static const struct cli_option what[] = {
    {"runs", "N", "so many seeds, 1000 unless told otherwise", set_runs},
    {"seed", "N", "the first of them, 1 unless told otherwise", set_seed},
    {"hosts", "N", "2 to 4; otherwise the seed decides", set_hosts},
    {"msl", "TIME", "maximum segment lifetime of the network and the stacks, at least 2s", set_msl},
    {"faults", "LIST", "those that may happen: none, usual, all, or names", set_faults},
    {"profile", "NAME", "knobs of every host: default, strict, linux or bsd; give it first",
     set_profile},
    {"knob", "NAME=VALUE", "turn one knob at every host, as tw.rst=rfc9293", set_knob},
    {"flaw", "NAME", "a mistake made on purpose, as no-time-wait", set_flaw},
    {"invariant", "LIST", "judge these alone, as INV-01,INV-04", set_invariant},
};

static const struct cli_option how[] = {
    {"threads", "N", "one for each processor unless told otherwise", set_threads},
    {"shard", "I/N", "only the I-th of N parts, from 1", set_shard},
    {"keep", "N", "failing seeds that are shrunk and shown, 10 unless told otherwise", set_keep},
    {"o", "FILE", "also write JSON lines there, for 'lull sim merge'", set_output},
    {"json", NULL, "JSON lines, and nothing else", set_json},
    {"trace", NULL, "play the first seed alone, a line for each event", set_trace},
    {"only", "LIST", "play what is listed of the first seed, as a failure prints it", set_only},
};

static const struct cli_usage usage = {
    .command = "sim",
    .operands = "[merge FILE...]",
    .summary = "Play seeded internets on virtual time and judge every event",
    .details =
        "Each seed is a small world: hosts, links, users and what befalls them. After every\n"
        "event the invariants are looked at. A seed that fails is shrunk to what is needed\n"
        "for it to fail. The result is the same on any machine, with any number of threads.\n"
        "\n"
        "'lull sim merge FILE...' adds up what shards wrote with -o.\n"
        "\n"
        "The exit status is 1 when a seed failed, 2 when nothing could be played.\n",
    .operands_max = 0,
};

/* --- what is done ------------------------------------------------------------------------- */

static int complain(const char *what_is_wrong)
{
    fprintf(stderr, "lull sim: %s\n", what_is_wrong);
    return CLI_EXIT_USAGE;
}

static int check(const struct cli_sim *sim)
{
    if (sim->typed_too_long)
        return complain("too many options: what decides a seed must fit into 1023 characters");
    if (sim->shards > sim->runs)
        return complain("--shard: more parts than runs");
    if ((sim->trace || sim->only) && (sim->output || sim->json || sim->shards > 1))
        return complain("--trace, --only: one seed is played, so -o, --json and --shard have "
                        "no meaning");
    return CLI_EXIT_OK;
}

int cli_sim_run(char **argv)
{
    struct cli_sim sim = {.seed = 1, .runs = 1000, .shard = 1, .shards = 1, .keep = 10};
    struct cli_operands operands;
    const struct cli_option_group groups[] = {
        {"What is played", what, sizeof what / sizeof what[0], &sim},
        {"How", how, sizeof how / sizeof how[0], &sim},
        {NULL, NULL, 0, NULL}};
    enum cli_parsed parsed;
    int status;

    if (argv[1] && strcmp(argv[1], "merge") == 0)
        return cli_sim_merge_run(argv + 1);
    sim_case_options_init(&sim.setup.options);
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    status = check(&sim);
    if (status != CLI_EXIT_OK)
        return status;
    return sim.trace || sim.only ? cli_sim_trace_run(&sim) : cli_sim_campaign_run(&sim);
}
