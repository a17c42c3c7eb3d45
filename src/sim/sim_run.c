/* sim_run.c - a case, a world, its users, its judge, and somebody who counts.
 *
 * A run ends when nothing can happen any more, or half an hour after its users have closed: no
 * timer of a stack lasts that long, so what is still there then is there for ever. */
#include "sim/sim_run.h"

#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "sim/sim_forger.h"
#include "sim/sim_host.h"
#include "sim/sim_packet.h"
#include "sim/sim_router.h"

#define LONGEST_ENDING LULL_SEC(1800)

/* What lies in the caller's memory; the world and the judge come behind it. */
struct run {
    struct sim_case c;
    struct sim_workload workload;
    struct sim_forger forger;
    struct sim_world *world;
    struct sim_judge *judge;
    struct sim_result *result;
    int64_t turned[SIM_CASE_MISHAPS_MAX]; /* what a knob was before */
    bool suffers[SIM_CASE_MISHAPS_MAX];   /* the mishap has begun and not ended */
};

static const struct {
    const char *name, *text;
} tallies[SIM_RUN_COUNT] = {
    [SIM_RUN_TIME_WAIT] = {"time_wait", "records of TIME-WAIT that were made"},
    [SIM_RUN_FIN_WAIT_2] = {"fin_wait_2", "orphans that shrank to a record"},
    [SIM_RUN_HOLD] = {"hold", "tuples that were held after a reset"},
    [SIM_RUN_REARMED] = {"rearmed", "times a record's time began again"},
    [SIM_RUN_EXPIRED] = {"expired", "records that waited to the end"},
    [SIM_RUN_RECYCLED] = {"reuse_accepted", "records replaced by a SYN's incarnation"},
    [SIM_RUN_RECYCLED_ACTIVE] = {"reuse_active", "records replaced by a connect()"},
    [SIM_RUN_EVICTED] = {"evicted", "records that had to make room"},
    [SIM_RUN_KILLED] = {"killed", "records ended by a reset or by late text"},
    [SIM_RUN_PARKED] = {"parked", "handshakes that might replace a record"},
    [SIM_RUN_SYN_REFUSED] = {"reuse_rejected", "SYNs that a record refused"},
    [SIM_RUN_CALL_REFUSED] = {"calls_refused", "calls to bind, listen and connect refused"},
};

const char *sim_run_tally_name(enum sim_run_tally tally)
{
    return tallies[tally].name;
}

const char *sim_run_tally_text(enum sim_run_tally tally)
{
    return tallies[tally].text;
}

/* --- counting ---------------------------------------------------------------------------- */

static void count_entry(struct sim_result *r, uint32_t kind)
{
    r->tally[SIM_RUN_TIME_WAIT] += kind == LULL_ROW_TIME_WAIT;
    r->tally[SIM_RUN_FIN_WAIT_2] += kind == LULL_ROW_FIN_WAIT_2;
    r->tally[SIM_RUN_HOLD] += kind == LULL_ROW_HOLD;
}

static void count_end(struct sim_result *r, uint32_t end)
{
    r->tally[SIM_RUN_EXPIRED] += end == LULL_END_EXPIRED;
    r->tally[SIM_RUN_RECYCLED] += end == LULL_END_RECYCLED;
    r->tally[SIM_RUN_RECYCLED_ACTIVE] += end == LULL_END_RECYCLED_ACTIVE;
    r->tally[SIM_RUN_EVICTED] += end == LULL_END_EVICTED;
    r->tally[SIM_RUN_KILLED] += end == LULL_END_KILLED;
}

static bool stands_in_record(const struct lull_stack *stack, const struct sim_voice *v)
{
    struct lull_row row;
    uint64_t cursor = 0;

    while (lull_stack_list(stack, &cursor, &row))
        if (row.kind != LULL_ROW_CONNECTION && row.kind != LULL_ROW_LISTENER
            && sim_packet_same_name(&row.local, &v->local)
            && sim_packet_same_name(&row.remote, &v->remote))
            return true;
    return false;
}

/* A voice that begins while there is a record of its tuple. */
static void count_beginning(struct run *run, const struct sim_event *e)
{
    if (e->segment == NULL || !(e->segment->flags & TCP_SYN) || e->ghost->voice == SIM_VOICE_NONE)
        return;
    const struct sim_voice *v = &run->world->ledger.voices[e->ghost->voice];
    const struct lull_stack *stack = run->world->nodes[e->node].stack;
    run->result->tally[SIM_RUN_PARKED] += v->began == e->at && stands_in_record(stack, v);
}

static void count(void *context, const struct sim_event *e)
{
    struct run *run = context;
    struct sim_result *r = run->result;

    if (e->kind == SIM_SENT)
        count_beginning(run, e);
    if (e->kind != SIM_TRACED)
        return;
    switch (e->trace->event) {
    case LULL_TRACE_tw_enter: count_entry(r, e->trace->arg[0]); break;
    case LULL_TRACE_tw_rearm: r->tally[SIM_RUN_REARMED]++; break;
    case LULL_TRACE_tw_leave: count_end(r, e->trace->arg[1]); break;
    case LULL_TRACE_refused:
        r->tally[e->trace->arg[0] == LULL_REFUSED_SYN ? SIM_RUN_SYN_REFUSED
                                                      : SIM_RUN_CALL_REFUSED]++;
        break;
    default: break;
    }
}

static void count_fault(struct sim_result *r, const struct sim_fate *fate)
{
    const bool is[] = {fate->lost,       false,           fate->late,
                       fate->duplicated, fate->corrupted, fate->truncated};

    for (unsigned i = 0; i < sizeof is / sizeof is[0]; i++)
        r->fates[i] += is[i];
}

/* --- mishaps --------------------------------------------------------------------------- */

static bool is_up(const struct sim_world *w, unsigned host)
{
    return w->nodes[host].stack != NULL && !w->nodes[host].suspended;
}

/* Whether it can begin: a host that is gone cannot go. */
static bool strike(struct run *run, unsigned number)
{
    const struct sim_mishap *i = &run->c.mishaps[number];
    struct sim_world *w = run->world;

    if (i->kind != SIM_MISHAP_CUT && i->kind != SIM_MISHAP_ROUTE && !is_up(w, i->node))
        return false;
    switch (i->kind) {
    case SIM_MISHAP_CUT: sim_world_cut(w, i->link); break;
    case SIM_MISHAP_ROUTE: sim_router_route(w, i->node, i->other, i->link); break;
    case SIM_MISHAP_CRASH:
    case SIM_MISHAP_REVIVE: sim_host_crash(w, i->node); break;
    case SIM_MISHAP_SUSPEND: sim_host_suspend(w, i->node); break;
    case SIM_MISHAP_RELISTEN: sim_workload_leave(&run->workload, i->other); break;
    case SIM_MISHAP_BIND:
        sim_workload_crowd(&run->workload, i->node, (uint16_t)(i->argument >> 32),
                           (uint32_t)i->argument);
        break;
    case SIM_MISHAP_FORGE: sim_forger_begin(&run->forger, i); break;
    case SIM_MISHAP_TURN:
        run->turned[number] = lull_stack_knob(w->nodes[i->node].stack, (enum lull_knob)i->other);
        (void)lull_stack_set_knob(w->nodes[i->node].stack, (enum lull_knob)i->other, i->argument);
        break;
    case SIM_MISHAP_KIND_COUNT: break;
    }
    return true;
}

static void relent(struct run *run, unsigned number)
{
    const struct sim_mishap *i = &run->c.mishaps[number];
    struct sim_world *w = run->world;

    switch (i->kind) {
    case SIM_MISHAP_CUT: sim_world_heal(w, i->link); break;
    case SIM_MISHAP_ROUTE: sim_router_converge(w); break;
    case SIM_MISHAP_CRASH: sim_host_boot(w, i->node); break;
    case SIM_MISHAP_REVIVE: sim_host_revive(w, i->node); break;
    case SIM_MISHAP_SUSPEND: sim_host_resume(w, i->node); break;
    case SIM_MISHAP_RELISTEN: sim_workload_return(&run->workload, i->other); break;
    case SIM_MISHAP_BIND: sim_workload_disperse(&run->workload, i->node); break;
    case SIM_MISHAP_TURN:
        if (w->nodes[i->node].stack != NULL)
            (void)lull_stack_set_knob(w->nodes[i->node].stack, (enum lull_knob)i->other,
                                      run->turned[number]);
        break;
    case SIM_MISHAP_FORGE:
    case SIM_MISHAP_KIND_COUNT: break;
    }
}

static void ring(void *context, struct sim_world *w, uint64_t argument)
{
    struct run *run = context;
    const unsigned number = (unsigned)argument;

    if (run->suffers[number]) {
        run->suffers[number] = false;
        relent(run, number);
        return;
    }
    if (!strike(run, number))
        return;
    run->suffers[number] = true;
    sim_world_alarm(w, w->now + run->c.mishaps[number].lasts + 1, ring, run, number);
}

/* --- a run ------------------------------------------------------------------------------- */

/* Behind struct run: the world, then the judge.  Without memory it measures. */
static void lay_out(struct arena *a, const struct sim_plan *plan, void *parts[2])
{
    parts[0] = arena_take(a, sim_world_bytes(plan));
    parts[1] = arena_take(a, sim_invariant_bytes(plan));
}

size_t sim_run_bytes(void)
{
    struct sim_case c;
    struct arena a;
    void *parts[2];

    sim_case_largest(&c);
    arena_init(&a, NULL, 0);
    (void)arena_take(&a, sizeof(struct run));
    lay_out(&a, &c.plan, parts);
    return a.wanted;
}

/* The clock stays at the last thing that happened, so that .took says something. */
static void end(struct run *run)
{
    struct sim_world *w = run->world;
    const lull_time last = w->now + LONGEST_ENDING;

    while (w->now < last && !sim_world_is_quiet(w))
        sim_world_run(w, time_earlier(last, sim_world_next(w)));
}

static uint32_t first_bits(unsigned count)
{
    return (1u << count) - 1;
}

static void choose(struct run *run, const struct sim_choice *choice)
{
    if (choice == NULL)
        return;
    run->c.plan.chosen = choice->chosen;
    run->c.plan.faults = choice->faults;
    run->c.plan.fault_count = choice->fault_count;
}

/* A run may begin where another ended, so what is not cleared here is written before it is read. */
static void prepare(struct run *run, const struct sim_play *play)
{
    const struct sim_choice *choice = play->choice;
    const struct sim_invariant_options judged = {.ignored = play->setup->ignored,
                                                 .msl = run->c.msl};
    void *parts[2];
    struct arena a;

    choose(run, choice);
    arena_init(&a, play->memory, sim_run_bytes());
    (void)arena_take(&a, sizeof *run);
    lay_out(&a, &run->c.plan, parts);
    LULL_CHECK(arena_fits(&a));
    run->world = sim_world_init(parts[0], sim_world_bytes(&run->c.plan), &run->c.plan);
    sim_workload_init(&run->workload, &run->c, run->world);
    sim_forger_init(&run->forger, run->world, play->seed);
    if (choice != NULL)
        run->workload.steps &= choice->steps;
    run->judge = sim_invariant_init(parts[1], run->world, &judged);
    sim_world_watch(run->world, count, run);
    if (play->watcher.tell != NULL)
        sim_world_watch(run->world, play->watcher.tell, play->watcher.context);
}

static void set_mishaps(struct run *run, uint32_t which)
{
    for (unsigned i = 0; i < run->c.mishap_count; i++)
        if (which >> i & 1)
            sim_world_alarm(run->world, run->world->now + run->c.mishaps[i].at, ring, run, i);
}

static void gather(struct run *run)
{
    struct sim_result *r = run->result;
    const struct sim_world *w = run->world;

    for (unsigned i = 1; i <= SIM_INVARIANT_COUNT; i++)
        r->looked[i] = sim_invariant_looked(run->judge, i);
    for (unsigned i = 0; i < SIM_SILENCE_COUNT; i++)
        r->unjudged[i] = sim_invariant_unjudged(run->judge, (enum sim_silence)i);
    r->violations = sim_invariant_violations(run->judge);
    while (r->kept < SIM_VIOLATIONS_MAX && sim_invariant_violation(run->judge, r->kept) != NULL) {
        r->first[r->kept] = *sim_invariant_violation(run->judge, r->kept);
        r->violated |= 1u << r->first[r->kept++].invariant;
    }
    for (uint32_t i = 0; i < w->log_count; i++)
        count_fault(r, &w->log[i].fate);
    r->work = run->workload.counts;
    r->frames = w->frames;
    for (uint32_t i = 0; i < w->ledger.count; i++)
        r->connections += w->ledger.voices[i].active;
    r->faults_dropped = w->log_dropped;
    r->took = w->now - run->c.plan.start;
    r->trace_hash = w->trace_hash;
}

void sim_run_play(const struct sim_play *play, struct sim_result *result)
{
    struct run *run = play->memory;

    *result = (struct sim_result){.seed = play->seed};
    memset(run, 0, sizeof *run);
    run->result = result;
    sim_case_make(&run->c, play->seed, &play->setup->options);
    prepare(run, play);
    set_mishaps(run,
                play->choice != NULL ? play->choice->mishaps : first_bits(run->c.mishap_count));
    sim_world_run(run->world, run->c.plan.start + run->c.closing);
    sim_workload_finish(&run->workload);
    end(run);
    sim_invariant_finish(run->judge);
    gather(run);
}

void sim_run(void *memory, const struct sim_setup *setup, uint64_t seed, struct sim_result *result)
{
    sim_run_play(&(struct sim_play){.memory = memory, .setup = setup, .seed = seed}, result);
}

const struct sim_case *sim_run_case(const void *memory)
{
    return &((const struct run *)memory)->c;
}

const struct sim_world *sim_run_world(const void *memory)
{
    return ((const struct run *)memory)->world;
}
