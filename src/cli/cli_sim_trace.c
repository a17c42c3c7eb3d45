/* cli_sim_trace.c - a run, told while it happens.
 *
 * What a stack says of itself is printed by cli_trace.c, as for real traffic; the rest is what only
 * a simulator knows: which incarnation a packet is of, how old it is, and why it never came. */
#include "cli/cli_sim_trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_options.h"
#include "cli/cli_sim_report.h"
#include "cli/cli_trace.h"
#include "sim/sim_say.h"
#include "wire/describe.h"

struct teller {
    const void *memory; /* of the run */
    struct cli_trace trace;
};

static const char *name_of(const struct teller *t, unsigned node)
{
    return sim_run_case(t->memory)->plan.nodes[node].name;
}

static void begin_line(const struct teller *t, const struct sim_event *e)
{
    printf("%-3s", name_of(t, e->node));
}

static double seconds(const struct teller *t, const struct sim_event *e)
{
    return (double)(e->at - sim_run_case(t->memory)->plan.start) / (double)LULL_SEC(1);
}

static const char *sign_of(enum sim_event_kind kind)
{
    switch (kind) {
    case SIM_SENT: return ">";
    case SIM_ARRIVES: return "<";
    case SIM_DOUBLED: return "+";
    case SIM_FORWARDED: return "~";
    case SIM_FORGED: return "?";
    default: return "x";
    }
}

static const char *fate_of(const struct sim_event *e)
{
    static const char *const carried[] = {"", "lost", "the link is cut", "the queue is full",
                                          "too long"};

    switch (e->kind) {
    case SIM_DOOMED: return carried[e->carried];
    case SIM_DOUBLED: return "a double is made";
    case SIM_EXPIRED: return "its hop limit ran out";
    case SIM_STRANDED: return "no route";
    case SIM_DEAF: return "the host is down";
    case SIM_FORGED: return "forged";
    case SIM_DROPPED: return e->what;
    default: return NULL;
    }
}

/* "#12" is the 12th packet emitted in this world, "#12'" a double of it; "k2" the second
 * incarnation of its tuple. */
static void print_packet(const struct teller *t, const struct sim_event *e)
{
    char line[DESCRIBE_TEXT_BYTES];
    const char *fate = fate_of(e);
    struct text text;

    text_init(&text, line, sizeof line);
    describe_packet(&text, e->packet);
    begin_line(t, e);
    printf("%11.6f %s #%" PRIu64 "%s", seconds(t, e), sign_of(e->kind), e->ghost->number,
           e->ghost->copy > 0 ? "'" : "");
    if (e->ghost->incarnation > 0)
        printf(" k%u", e->ghost->incarnation);
    if (e->kind != SIM_SENT && e->ghost->emitted_at != e->at)
        printf(" %.6f s old", (double)(e->at - e->ghost->emitted_at) / (double)LULL_SEC(1));
    printf(" %s%s%s%s\n", line, e->ghost->damaged ? " (damaged)" : "", fate ? ": " : "",
           fate ? fate : "");
}

static void print_call(const struct teller *t, const struct sim_event *e)
{
    const struct sim_call *c = e->call;
    char local[LULL_NAME_TEXT_BYTES], remote[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(&c->local, local, sizeof local);
    lull_address_format_name(&c->remote, remote, sizeof remote);
    begin_line(t, e);
    printf("%11.6f   %s %s", seconds(t, e), c->name, local);
    if (c->remote.port != 0)
        printf(" %s", remote);
    if (c->bytes > 0)
        printf(", %zu octets from %" PRIu64, c->bytes, c->offset);
    printf(": %s\n", c->end ? "the end" : lull_error_name(c->error));
}

static void print_what(const struct teller *t, const struct sim_event *e)
{
    begin_line(t, e);
    printf("%11.6f * %s\n", seconds(t, e), e->what);
}

static int is_told(const struct lull_trace_record *r)
{
    return r->event == LULL_TRACE_tcp_state || r->event == LULL_TRACE_tw_enter
           || r->event == LULL_TRACE_tw_rearm || r->event == LULL_TRACE_tw_leave
           || r->event == LULL_TRACE_refused || r->event == LULL_TRACE_tcp_drop
           || r->event == LULL_TRACE_tcp_retransmit || r->event == LULL_TRACE_frame_drop;
}

static void tell(void *context, const struct sim_event *e)
{
    struct teller *t = context;

    switch (e->kind) {
    case SIM_SETTLED:
    case SIM_EVENT_KINDS: return;
    case SIM_TRACED:
        if (!is_told(e->trace))
            return;
        begin_line(t, e);
        cli_trace_record(&t->trace, e->trace);
        return;
    case SIM_CALLED: print_call(t, e); return;
    case SIM_LIVED:
    case SIM_CHANGED: print_what(t, e); return;
    case SIM_SENT:
    case SIM_DOOMED:
    case SIM_DOUBLED:
    case SIM_FORWARDED:
    case SIM_EXPIRED:
    case SIM_STRANDED:
    case SIM_ARRIVES:
    case SIM_DEAF:
    case SIM_FORGED:
    case SIM_DROPPED: print_packet(t, e); return;
    }
}

/* --- what was chosen --------------------------------------------------------------------- */

static int complain_choice(const char *only, size_t wrong)
{
    fprintf(
        stderr,
        "lull sim: --only '%s': must be a list such as s0,s2,m1,f0.1.17; '%s' is no part of one\n",
        only, only + wrong);
    return CLI_EXIT_USAGE;
}

/* The faults of the whole run are those of that name. */
static int recall(const struct cli_sim *sim, struct sim_fault *faults, uint32_t count, void *memory)
{
    struct sim_result result;
    uint32_t which;

    sim_run(memory, &sim->setup, sim->seed, &result);
    if (sim_choice_recall(faults, count, sim_run_world(memory), &which))
        return CLI_EXIT_OK;
    fprintf(stderr,
            "lull sim: --only '%s': seed %" PRIu64 " has no fault f%u.%u.%" PRIu32
            " with these options\n",
            sim->only, sim->seed, faults[which].link, faults[which].direction,
            faults[which].ordinal);
    return CLI_EXIT_USAGE;
}

/* @faults has room for those that are named. */
static int read_choice(const struct cli_sim *sim, struct sim_choice *choice,
                       struct sim_fault *faults, void *memory)
{
    size_t wrong;

    if (!sim_choice_read(choice, sim->only, faults, &wrong))
        return complain_choice(sim->only, wrong);
    return recall(sim, faults, choice->fault_count, memory);
}

/* --- a run ------------------------------------------------------------------------------- */

static void print_case(const struct sim_case *c)
{
    char line[SIM_SAY_TEXT_BYTES];
    struct text t;

    printf("MSL %.3f s; ", (double)c->msl / (double)LULL_SEC(1));
    for (unsigned i = 0; i < c->plan.link_count; i++)
        printf("%s-%s %.3f ms%s", c->plan.nodes[c->plan.links[i].ends[0]].name,
               c->plan.nodes[c->plan.links[i].ends[1]].name,
               (double)c->plan.links[i].options.delay / (double)LULL_MS(1),
               i + 1 < c->plan.link_count ? ", " : "\n");
    for (unsigned i = 0; i < c->step_count; i++) {
        text_init(&t, line, sizeof line);
        sim_say_step(c, i, &t);
        printf("s%-3u %s\n", i, line);
    }
    for (unsigned i = 0; i < c->mishap_count; i++) {
        text_init(&t, line, sizeof line);
        sim_say_mishap(c, i, &t);
        printf("m%-3u %s\n", i, line);
    }
}

static int judge(const struct cli_sim *sim, const struct sim_case *c,
                 const struct sim_result *result)
{
    struct cli_sim_finding f;

    for (unsigned i = 0; i < result->kept; i++) {
        cli_sim_report_describe(&f, c, &result->first[i]);
        f.seed = sim->seed;
        cli_sim_report_where(stdout, &f);
    }
    printf("seed %" PRIu64 ": %" PRIu64 " violations, %" PRIu64 " frames, %.3f s, trace %016" PRIx64
           "\n",
           sim->seed, result->violations, result->frames,
           (double)result->took / (double)LULL_SEC(1), result->trace_hash);
    return result->violations > 0 ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

static int play(const struct cli_sim *sim, const struct sim_choice *choice, void *memory)
{
    struct teller teller = {.memory = memory, .trace = {.out = stdout}};
    struct sim_result result;
    struct sim_case *c = malloc(sizeof *c);

    if (!c)
        return CLI_EXIT_FAILED;
    sim_case_make(c, sim->seed, &sim->setup.options);
    teller.trace.start = c->plan.start;
    if (sim->trace)
        print_case(c);
    free(c);
    sim_run_play(&(struct sim_play){.memory = memory,
                                    .setup = &sim->setup,
                                    .seed = sim->seed,
                                    .choice = choice,
                                    .watcher = {sim->trace ? tell : NULL, &teller}},
                 &result);
    return judge(sim, sim_run_case(memory), &result);
}

static int play_choice(const struct cli_sim *sim, void *memory)
{
    struct sim_fault *faults = calloc(sim_choice_faults(sim->only) + 1, sizeof *faults);
    struct sim_choice choice;
    int status = CLI_EXIT_FAILED;

    if (faults)
        status = read_choice(sim, &choice, faults, memory);
    if (status == CLI_EXIT_OK)
        status = play(sim, &choice, memory);
    free(faults);
    return status;
}

int cli_sim_trace_run(const struct cli_sim *sim)
{
    void *memory = cli_sim_memory();
    int status = CLI_EXIT_FAILED;

    if (memory)
        status = sim->only ? play_choice(sim, memory) : play(sim, NULL, memory);
    free(memory);
    return status;
}
