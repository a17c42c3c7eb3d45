#include "cli/cli_sim_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim_say.h"
#include "sim/sim_shrink.h"

/* As many runs as others have, give or take one. */
static uint64_t border(const struct cli_sim *sim, unsigned shards)
{
    return sim->runs / sim->shards * shards
           + (shards < sim->runs % sim->shards ? shards : sim->runs % sim->shards);
}

uint64_t cli_sim_report_first(const struct cli_sim *sim)
{
    return border(sim, sim->shard - 1);
}

uint64_t cli_sim_report_end(const struct cli_sim *sim)
{
    return border(sim, sim->shard);
}

/* --- a failing seed ---------------------------------------------------------------------- */

static void end_line(struct text *t)
{
    text_character(t, '\n');
}

static void say_pieces(struct cli_sim_finding *f, const struct sim_case *c,
                       const struct sim_choice *choice)
{
    struct text t;

    text_init(&t, f->in_words, sizeof f->in_words);
    for (unsigned i = 0; i < c->step_count; i++)
        if (choice->steps >> i & 1) {
            f->steps++;
            sim_say_step(c, i, &t);
            end_line(&t);
        }
    for (unsigned i = 0; i < c->mishap_count; i++)
        if (choice->mishaps >> i & 1) {
            f->mishaps++;
            sim_say_mishap(c, i, &t);
            end_line(&t);
        }
    for (uint32_t i = 0; i < choice->fault_count; i++) {
        sim_say_fault(c, &choice->faults[i], &t);
        end_line(&t);
    }
    f->faults = choice->fault_count;
}

void cli_sim_report_describe(struct cli_sim_finding *f, const struct sim_case *c,
                             const struct sim_violation *v)
{
    char local[LULL_NAME_TEXT_BYTES], remote[LULL_NAME_TEXT_BYTES];

    memset(f, 0, sizeof *f);
    f->invariant = v->invariant;
    f->at = v->at - c->plan.start;
    snprintf(f->host, sizeof f->host, "%s", c->plan.nodes[v->node].name);
    snprintf(f->text, sizeof f->text, "%s", v->text);
    lull_address_format_name(&v->local, local, sizeof local);
    lull_address_format_name(&v->remote, remote, sizeof remote);
    if (v->local.port != 0)
        snprintf(f->tuple, sizeof f->tuple, "%s %s", local, remote);
}

int cli_sim_report_find(struct cli_sim_finding *f, const struct cli_sim *sim, uint64_t seed,
                        void *memory)
{
    struct sim_shrink *shrink = calloc(1, sizeof *shrink);
    struct text t;
    int found;

    if (!shrink)
        return 0;
    shrink->memory = memory;
    shrink->setup = &sim->setup;
    shrink->seed = seed;
    found = sim_shrink_run(shrink);
    if (found) {
        const struct sim_case *c = sim_run_case(memory);
        cli_sim_report_describe(f, c, &shrink->violation);
        f->seed = seed;
        text_init(&t, f->only, sizeof f->only);
        sim_choice_write(&shrink->choice, &t);
        say_pieces(f, c, &shrink->choice);
    }
    free(shrink);
    return found;
}

void cli_sim_report_where(FILE *out, const struct cli_sim_finding *f)
{
    fprintf(out, "seed %" PRIu64 ": INV-%02u at %.3f s on %s", f->seed, f->invariant,
            (double)f->at / (double)LULL_SEC(1), f->host);
    if (*f->tuple)
        fprintf(out, ", %s", f->tuple);
    fprintf(out, ": %s\n", f->text);
}

void cli_sim_report_finding(FILE *out, const struct cli_sim *sim, const struct cli_sim_finding *f)
{
    const char *line = f->in_words;

    cli_sim_report_where(out, f);
    fprintf(out, "  shrunk to %u fault%s, %u mishap%s, %u conversation%s:\n", f->faults,
            f->faults == 1 ? "" : "s", f->mishaps, f->mishaps == 1 ? "" : "s", f->steps,
            f->steps == 1 ? "" : "s");
    while (*line) {
        const size_t length = strcspn(line, "\n");
        fprintf(out, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    fprintf(out, "  lull sim%s --seed %" PRIu64 " --only %s --trace\n", sim->typed, f->seed,
            f->only);
    fflush(out);
}

/* --- totals ------------------------------------------------------------------------------ */

static void print_looked(FILE *out, const struct cli_sim_totals *totals)
{
    fprintf(out, "looked:");
    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++) {
        if (!sim_invariant_text(i))
            continue;
        fprintf(out, "%s INV-%02u %" PRIu64, i % 6 == 1 && i > 1 ? "\n       " : "", i,
                totals->value[CLI_SIM_LOOKED + i - 1]);
    }
    fputc('\n', out);
}

/* A judge who did not look has found nothing. */
static void print_silences(FILE *out, const struct cli_sim_totals *totals)
{
    for (unsigned i = 0; i < SIM_SILENCE_COUNT; i++) {
        const uint64_t count = totals->value[CLI_SIM_SILENCES + i];
        if (count > 0)
            fprintf(out, "%s: not judged: %" PRIu64 " %s\n",
                    sim_silence_warns((enum sim_silence)i) ? "warning" : "note", count,
                    sim_silence_text((enum sim_silence)i));
    }
}

static void print_violated(FILE *out, const struct cli_sim_totals *totals)
{
    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++)
        if (totals->value[CLI_SIM_VIOLATED + i - 1] > 0)
            fprintf(out, "violated in %" PRIu64 " runs: INV-%02u: %s\n",
                    totals->value[CLI_SIM_VIOLATED + i - 1], i, sim_invariant_text(i));
}

static void print_named(FILE *out, const char *title, const struct cli_sim_totals *totals,
                        const unsigned range[2])
{
    char name[CLI_SIM_TOTAL_NAME_BYTES];

    fprintf(out, "%s:", title);
    for (unsigned i = range[0]; i < range[1]; i++) {
        if (totals->value[i] == 0)
            continue;
        cli_sim_totals_name(i, name);
        fprintf(out, " %s %" PRIu64, name, totals->value[i]);
    }
    fputc('\n', out);
}

void cli_sim_report_totals(FILE *out, const struct cli_sim_totals *totals)
{
    print_looked(out, totals);
    print_named(out, "records", totals, (unsigned[]){CLI_SIM_TALLIES, CLI_SIM_FATES});
    print_named(out, "faults", totals, (unsigned[]){CLI_SIM_FATES, CLI_SIM_LOOKED});
    print_named(out, "users", totals, (unsigned[]){CLI_SIM_FRAMES, CLI_SIM_VIRTUAL_MS});
    print_silences(out, totals);
    print_violated(out, totals);
    fprintf(out,
            "sim: %" PRIu64 " runs, %" PRIu64
            " failed, %.1f days of virtual time, trace %016" PRIx64 "\n",
            totals->value[CLI_SIM_RUNS], totals->value[CLI_SIM_FAILED],
            (double)totals->value[CLI_SIM_VIRTUAL_MS] / 86400e3, totals->value[CLI_SIM_HASH]);
}

/* --- JSON lines -------------------------------------------------------------------------- */

void cli_sim_report_json_head(FILE *out, const struct cli_sim *sim)
{
    char buffer[2 * CLI_SIM_TYPED_BYTES];
    struct cli_json json;

    cli_json_init(&json, buffer, sizeof buffer);
    cli_json_object(&json);
    cli_json_pair_string(&json, "line", "campaign");
    cli_json_pair_string(&json, "version", LULL_VERSION);
    cli_json_pair_string(&json, "options", sim->typed);
    cli_json_key(&json, "seed");
    cli_json_counter(&json, sim->seed);
    cli_json_key(&json, "runs");
    cli_json_counter(&json, sim->runs);
    cli_json_pair_number(&json, "shard", sim->shard);
    cli_json_pair_number(&json, "shards", sim->shards);
    cli_json_pair_number(&json, "keep", sim->keep);
    cli_json_end_object(&json);
    cli_json_print(out, &json);
}

void cli_sim_report_json_finding(FILE *out, const struct cli_sim_finding *f)
{
    char buffer[CLI_SIM_LINE_BYTES], invariant[16];
    struct cli_json json;

    snprintf(invariant, sizeof invariant, "INV-%02u", f->invariant);
    cli_json_init(&json, buffer, sizeof buffer);
    cli_json_object(&json);
    cli_json_pair_string(&json, "line", "failing");
    cli_json_key(&json, "seed");
    cli_json_counter(&json, f->seed);
    cli_json_pair_string(&json, "invariant", invariant);
    cli_json_pair_number(&json, "at_ns", f->at);
    cli_json_pair_string(&json, "host", f->host);
    cli_json_pair_string(&json, "tuple", f->tuple);
    cli_json_pair_string(&json, "text", f->text);
    cli_json_pair_number(&json, "faults", f->faults);
    cli_json_pair_number(&json, "mishaps", f->mishaps);
    cli_json_pair_number(&json, "conversations", f->steps);
    cli_json_pair_string(&json, "only", f->only);
    cli_json_pair_string(&json, "in_words", f->in_words);
    cli_json_end_object(&json);
    cli_json_print(out, &json);
}

void cli_sim_report_json_totals(FILE *out, const struct cli_sim_totals *totals)
{
    char buffer[CLI_SIM_TOTAL_COUNT * (CLI_SIM_TOTAL_NAME_BYTES + 24)];
    char name[CLI_SIM_TOTAL_NAME_BYTES];
    struct cli_json json;

    cli_json_init(&json, buffer, sizeof buffer);
    cli_json_object(&json);
    cli_json_pair_string(&json, "line", "totals");
    for (unsigned i = 0; i < CLI_SIM_TOTAL_COUNT; i++) {
        cli_sim_totals_name(i, name);
        cli_json_key(&json, name);
        cli_json_counter(&json, totals->value[i]);
    }
    cli_json_end_object(&json);
    cli_json_print(out, &json);
}
