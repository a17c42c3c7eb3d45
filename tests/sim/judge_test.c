/* The judge of src/sim in small worlds in which nothing is wrong: he must look at everything and
 * say nothing; and in the same worlds with a mistake in the stacks he must name it.
 *
 *   judge_test [FIRST [COUNT]]     one world for each seed; default 1 400
 *
 * A client with two ports, a server, a wire or three routers, every fault, hosts that sleep.  Users
 * come again on the same tuples, close in every order, abort and leave text unread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "internet.h"

#define MSL_MS      2000
#define STREAMS_MAX 48

struct use {
    struct sim_world *world;
    struct prng prng;
    lull_socket listener;
    uint32_t open[STREAMS_MAX];
    unsigned count;
};

static uint8_t flaws;
static const char *knob;
static uint64_t looked[SIM_INVARIANT_COUNT + 1], worlds_with[SIM_INVARIANT_COUNT + 1];

static uint32_t below(struct use *u, uint32_t bound)
{
    return prng_below(&u->prng, bound);
}

/* --- users ------------------------------------------------------------------------------- */

static void drop(struct use *u, unsigned i,
                 enum lull_error (*end)(struct sim_world *, unsigned, lull_socket))
{
    const struct sim_stream *s = &u->world->streams[u->open[i]];

    (void)end(u->world, s->host, s->socket);
    u->open[i] = u->open[--u->count];
}

static void hold_on(struct use *u, uint32_t stream)
{
    if (u->count == STREAMS_MAX)
        (void)sim_call_close(u->world, u->world->streams[stream].host,
                             u->world->streams[stream].socket);
    else
        u->open[u->count++] = stream;
}

static void read_some(struct use *u, unsigned i)
{
    ptrdiff_t got;

    do {
        got = sim_call_receive(u->world, u->open[i], 1 + below(u, 2000));
    } while (got > 0);
    if (got != LULL_EAGAIN && below(u, 4) != 0)
        drop(u, i, sim_call_close);
}

static void look_around(void *context, struct sim_world *w, unsigned host)
{
    struct use *u = context;
    uint32_t stream;

    while (host == INTERNET_S && sim_call_accept(w, host, u->listener, &stream) == LULL_OK) {
        (void)sim_call_send(w, stream, 1 + below(u, 600));
        hold_on(u, stream);
    }
    for (unsigned i = u->count; i-- > 0;)
        if (w->streams[u->open[i]].host == host && !w->streams[u->open[i]].ended
            && below(u, 3) != 0)
            read_some(u, i);
}

static void come(struct use *u)
{
    const struct lull_name server = internet_name(u->world, INTERNET_S, INTERNET_SERVER_PORT);
    const uint16_t port = (uint16_t)(INTERNET_CLIENT_PORT + below(u, 2));
    lull_socket s;

    if (sim_call_open(u->world, INTERNET_C, &s) != LULL_OK)
        return;
    (void)sim_call_option(u->world, INTERNET_C, s, LULL_OPTION_REUSE_ADDRESS, below(u, 8) != 0);
    if (below(u, 8) == 0)
        (void)sim_call_option(u->world, INTERNET_C, s, LULL_OPTION_LINGER, 0);
    if (sim_call_bind(u->world, INTERNET_C, s, port) == LULL_OK
        && sim_call_connect(u->world, INTERNET_C, s, &server) == LULL_EINPROGRESS)
        hold_on(u, sim_call_stream(u->world, INTERNET_C, s));
    else
        (void)sim_call_close(u->world, INTERNET_C, s);
}

static void act(struct use *u)
{
    const unsigned what = below(u, 10);

    if (what < 4 || u->count == 0) {
        come(u);
        return;
    }
    const unsigned i = below(u, u->count);
    if (what < 6)
        (void)sim_call_send(u->world, u->open[i], 1 + below(u, 3000));
    else if (what < 7)
        (void)sim_call_shutdown(u->world, u->open[i]);
    else
        drop(u, i, below(u, 5) == 0 ? sim_call_abort : sim_call_close);
}

static void sleep_a_while(struct use *u)
{
    const unsigned host = below(u, 2);

    sim_host_suspend(u->world, host);
    sim_world_run(u->world, u->world->now + LULL_MS(below(u, 6000)));
    sim_host_resume(u->world, host);
}

/* --- worlds ------------------------------------------------------------------------------ */

static void draw_host(struct use *u, struct lull_stack_config *c)
{
    c->connections_max = c->sockets_max = STREAMS_MAX;
    c->records_max = 1 + below(u, 12);
    c->knobs.value[LULL_KNOB_tw_msl_ms] = MSL_MS;
    c->knobs.value[LULL_KNOB_fw2_orphan_ms] = 3000;
    c->flaws = flaws;
    if (below(u, 3) == 0)
        c->features = 0;
    if (below(u, 3) == 0)
        c->knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    if (below(u, 3) == 0)
        c->knobs.value[LULL_KNOB_tw_syn_reject] = LULL_TW_SYN_REJECT_ACK;
    if (below(u, 3) == 0)
        c->knobs.value[LULL_KNOB_tw_syn_policy] = LULL_TW_SYN_NEVER;
    if (knob != NULL && lull_knobs_assign(&c->knobs, knob) != LULL_OK)
        abort();
}

static void draw_link(struct use *u, struct sim_link_options *o)
{
    o->delay = LULL_MS(1 + below(u, 100));
    o->jitter = LULL_MS(below(u, 20));
    o->loss_ppm = below(u, 2) * below(u, 200000);
    o->duplicate_ppm = below(u, 150000);
    o->reorder_ppm = below(u, 150000);
    o->reorder_by = LULL_MS(below(u, 1000));
    o->corrupt_ppm = below(u, 30000);
    o->truncate_ppm = below(u, 30000);
}

/* No more faults: what has been closed must end. */
static void let_end(struct use *u)
{
    struct sim_world *w = u->world;

    for (unsigned link = 0; link < w->link_count; link++)
        for (unsigned direction = 0; direction < 2; direction++)
            sim_world_link(w, link, direction)->loss_ppm = 0;
    while (u->count > 0)
        drop(u, 0, sim_call_close);
    sim_world_employ(w, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        uint32_t stream;
        sim_world_run(w, w->now + LULL_SEC(1000));
        while (sim_call_accept(w, INTERNET_S, u->listener, &stream) == LULL_OK)
            (void)sim_call_close(w, INTERNET_S, w->streams[stream].socket);
    }
}

static void report(uint64_t seed, const struct sim_world *w, const struct sim_judge *j)
{
    for (unsigned i = 0; sim_invariant_violation(j, i) != NULL; i++) {
        const struct sim_violation *v = sim_invariant_violation(j, i);
        worlds_with[v->invariant]++;
        if (flaws == 0 && knob == NULL)
            printf("seed %llu at %.3f s on %s: INV-%02u: %s\n", (unsigned long long)seed,
                   (double)v->at / (double)LULL_SEC(1), w->nodes[v->node].name, v->invariant,
                   v->text);
    }
    for (unsigned n = 1; n <= SIM_INVARIANT_COUNT; n++)
        looked[n] += sim_invariant_looked(j, n);
}

/* How many violations. */
static uint64_t run_world(uint64_t seed)
{
    static struct lull_stack_config configs[2];
    const struct sim_invariant_options options = {.msl = LULL_MS(MSL_MS)};
    struct sim_plan plan = seed % 2 ? internet_wire(seed) : internet_triangle(seed);
    struct use u = {0};

    prng_seed(&u.prng, seed);
    for (int host = 0; host < 2; host++) {
        configs[host] = *plan.nodes[host].config;
        draw_host(&u, &configs[host]);
        plan.nodes[host].config = &configs[host];
    }
    plan.voices_max = plan.streams_max = 400;
    for (unsigned link = 0; link < plan.link_count; link++)
        draw_link(&u, &plan.links[link].options);
    u.world = internet_open(&plan);
    struct sim_judge *j = sim_invariant_init(malloc(sim_invariant_bytes(&plan)), u.world, &options);
    u.listener = internet_listen(u.world);
    sim_world_employ(u.world, look_around, &u);
    for (int i = 0; i < 40; i++) {
        act(&u);
        if (below(&u, 40) == 0)
            sleep_a_while(&u);
        sim_world_run(u.world, u.world->now + LULL_MS(below(&u, below(&u, 4) ? 500 : 5000)));
    }
    let_end(&u);
    sim_invariant_finish(j);
    report(seed, u.world, j);
    const uint64_t violations = sim_invariant_violations(j);
    free(j);
    free(u.world);
    return violations;
}

/* --- what must be found ------------------------------------------------------------------ */

static const struct {
    uint8_t flaws;
    const char *knob;
    unsigned invariants[4];
} mistakes[] = {
    {LULL_FLAW_NO_TIME_WAIT, NULL, {4, 5, 15}},
    {LULL_FLAW_ONE_MSL, NULL, {4, 5, 15}},
    {LULL_FLAW_STALE_STAMP, NULL, {5, 15}},
    {LULL_FLAW_DESTROY_ON_REUSE, NULL, {5, 7}},
    {0, "tw.rst=rfc9293", {4}},
    {0, "abort.hold=0", {25}},
    {0, "tw.restart_on=fin", {5, 15}},
    {0, "tw.msl_ms=1000", {4, 5, 15}},
};

/* The first that has found nothing yet; 0: all have. */
static unsigned missing(const unsigned *invariants)
{
    while (*invariants != 0 && worlds_with[*invariants] > 0)
        invariants++;
    return *invariants;
}

static int find_mistakes(uint64_t first, uint64_t count)
{
    int missed = 0;

    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        uint64_t seed = first;
        memset(worlds_with, 0, sizeof worlds_with);
        flaws = mistakes[i].flaws;
        knob = mistakes[i].knob;
        while (missing(mistakes[i].invariants) != 0 && seed < first + count)
            (void)run_world(seed++);
        printf("%s %#x: %llu worlds\n", knob != NULL ? knob : "flaw", flaws,
               (unsigned long long)(seed - first));
        if (missing(mistakes[i].invariants) == 0)
            continue;
        printf("INV-%02u finds nothing\n", missing(mistakes[i].invariants));
        missed++;
    }
    return missed;
}

/* ICMP, quiet time and the journal have no place in these worlds. */
static int find_blind_spots(void)
{
    int blind = 0;

    for (unsigned n = 1; n <= SIM_INVARIANT_COUNT; n++) {
        if (looked[n] > 0 || (n >= 21 && n <= 24))
            continue;
        printf("INV-%02u was never looked at\n", n);
        blind++;
    }
    return blind;
}

int main(int argc, char **argv)
{
    const uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 400;
    uint64_t violations = 0;

    for (uint64_t seed = first; seed < first + count; seed++)
        violations += run_world(seed);
    printf("%llu worlds, %llu violations\n", (unsigned long long)count,
           (unsigned long long)violations);
    for (unsigned n = 1; n <= SIM_INVARIANT_COUNT; n++)
        printf("%10llu INV-%02u %s\n", (unsigned long long)looked[n], n, sim_invariant_text(n));
    if (violations > 0 || count < 400)
        return violations > 0;
    return find_blind_spots() + find_mistakes(first, count) > 0;
}
