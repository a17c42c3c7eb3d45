/* Random internets on virtual time, one for each seed: two to four hosts, up to four routers, every
 * fault, loops, partitions, crashes and sleep.
 *
 *   world_test [FIRST [COUNT]]     default 1 300
 *
 * Checked in every world: no packet appears or disappears unaccounted for; a hop limit goes down by
 * one at each router; a host hears what is for it and nothing else; what its users read is what the
 * peer's users wrote, from the beginning, unless a host started without memory.  Some worlds are
 * made twice, and once more from the list of faults that happened.  The last line has one hash over
 * every world: the same on any compiler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internet.h"

#define LIFE      LULL_SEC(300)
#define PORT      21
#define ATTEMPTS  14
#define INCIDENTS 10
#define FAULTS    4096
#define MARKS     1024

/* Where the original of a packet was seen last. */
struct mark {
    uint64_t number;
    uint8_t hops;
};

struct story {
    uint64_t seed;
    struct prng prng;
    struct sim_plan plan;
    struct lull_stack_config configs[SIM_NODES_MAX];
    struct sim_incident incidents[INCIDENTS];
    bool forgetful; /* a host starts without memory */

    struct sim_world *world;
    lull_socket listeners[SIM_NODES_MAX];
    uint8_t listening_life[SIM_NODES_MAX];
    struct mark marks[MARKS];
    uint64_t read;
};

static void fail(const struct story *s, const char *what)
{
    printf("seed %llu: %s\n", (unsigned long long)s->seed, what);
    exit(1);
}

static void must(const struct story *s, bool fact, const char *sentence)
{
    if (!fact)
        fail(s, sentence);
}

static uint32_t below(struct story *s, uint32_t bound)
{
    return prng_below(&s->prng, bound);
}

static bool one_in(struct story *s, uint32_t n)
{
    return below(s, n) == 0;
}

/* --- a plan ------------------------------------------------------------------------------ */

static struct sim_link_options draw_options(struct story *s)
{
    struct sim_link_options o = {.delay = LULL_MS(below(s, 40)),
                                 .queue_frames = 8 + below(s, 56),
                                 .frame_bytes = SIM_PACKET_BYTES_MAX};
    size_t wrong;

    o.jitter = one_in(s, 2) ? LULL_MS(below(s, 10)) : 0;
    o.rate_bits = one_in(s, 3) ? 100000 + below(s, 10000000) : 0;
    o.loss_ppm = one_in(s, 2) ? below(s, 50000) : 0;
    o.duplicate_ppm = one_in(s, 2) ? below(s, 50000) : 0;
    o.double_by = one_in(s, 4) ? LULL_MS(below(s, 20000)) : 0;
    o.reorder_ppm = one_in(s, 2) ? below(s, 50000) : 0;
    o.reorder_by = one_in(s, 2) ? LULL_MS(below(s, 3000)) : 0;
    o.truncate_ppm = one_in(s, 4) ? below(s, 30000) : 0;
    o.burst_enter_ppm = one_in(s, 6) ? below(s, 5000) : 0;
    o.burst_leave_ppm = 250000;
    if (one_in(s, 6))
        must(s, sim_pattern_parse(&o.pattern, "12.x.d 5.r 3.t 40. *", &wrong), "a pattern is none");
    return o;
}

static void join(struct story *s, unsigned a, unsigned b)
{
    struct sim_link_plan *l = &s->plan.links[s->plan.link_count++];

    *l = (struct sim_link_plan){.ends = {(uint8_t)a, (uint8_t)b}, .options = draw_options(s)};
    l->asymmetric = one_in(s, 2);
    l->back = draw_options(s);
}

static void add_node(struct story *s, enum sim_node_kind kind)
{
    static const char *const names[SIM_NODES_MAX] = {"A", "B", "C", "D", "R", "T", "U", "V"};
    const unsigned i = s->plan.node_count++;
    const uint8_t octets[4] = {10, 0, 0, (uint8_t)(i + 1)};
    struct lull_stack_config *config = &s->configs[i];

    lull_stack_config_init(config);
    config->sockets_max = config->connections_max = 32;
    config->listeners_max = 2;
    config->records_max = 32;
    config->blocks_max = 128;
    config->replies_max = 16;
    config->knobs.value[LULL_KNOB_tw_msl_ms] = 4000;
    if (one_in(s, 3))
        config->features &= (uint8_t)~LULL_FEATURE_TIMESTAMPS;
    s->plan.nodes[i] = (struct sim_node_plan){
        .kind = kind, .name = names[i], .address = lull_address_ipv4(octets), .config = config};
    if (kind == SIM_ROUTER && one_in(s, 3))
        s->plan.nodes[i].hold = LULL_MS(below(s, 50));
}

/* Hosts first.  Routers are a tree with a link or two more, so that there are ways round. */
static void draw_topology(struct story *s)
{
    const unsigned routers = below(s, 5);
    const unsigned hosts = routers == 0 ? 2 : 2 + below(s, 3);

    for (unsigned i = 0; i < hosts; i++)
        add_node(s, SIM_HOST);
    for (unsigned i = 0; i < routers; i++)
        add_node(s, SIM_ROUTER);
    if (routers == 0) {
        join(s, 0, 1);
        return;
    }
    for (unsigned i = 0; i < hosts; i++)
        join(s, i, hosts + below(s, routers));
    for (unsigned i = 1; i < routers; i++)
        join(s, hosts + i, hosts + below(s, i));
    for (unsigned i = 0; routers > 2 && i < 2; i++)
        join(s, hosts, hosts + 1 + below(s, routers - 1));
}

static unsigned host_count(const struct sim_plan *plan)
{
    unsigned count = 0;

    while (count < plan->node_count && plan->nodes[count].kind == SIM_HOST)
        count++;
    return count;
}

/* A route into the house of somebody else. */
static bool leads_astray(const struct sim_plan *p, const struct sim_incident *i)
{
    if (i->link == SIM_NO_LINK)
        return false;
    const uint8_t *ends = p->links[i->link].ends;
    const unsigned to = ends[0] == i->node ? ends[1] : ends[0];

    return p->nodes[to].kind == SIM_HOST && to != i->towards;
}

/* A route that changes is mostly a bad one: a loop, a way round, or none. */
static struct sim_incident draw_route(struct story *s, lull_time at)
{
    const struct sim_plan *p = &s->plan;
    const struct sim_incident i = {.at = at,
                                   .kind = SIM_INCIDENT_ROUTE,
                                   .node = (uint8_t)below(s, p->node_count),
                                   .towards = (uint8_t)below(s, p->node_count),
                                   .link = one_in(s, 3) ? (uint8_t)SIM_NO_LINK
                                                        : (uint8_t)below(s, p->link_count)};

    if (!sim_incident_fits(&i, p) || leads_astray(p, &i))
        return (struct sim_incident){.at = at, .kind = SIM_INCIDENT_CONVERGE};
    return i;
}

static struct sim_incident draw_incident(struct story *s, lull_time at)
{
    struct sim_incident i = {.at = at,
                             .kind = (enum sim_incident_kind)below(s, SIM_INCIDENT_ROUTE),
                             .node = (uint8_t)below(s, host_count(&s->plan)),
                             .link = (uint8_t)below(s, s->plan.link_count)};

    if (one_in(s, 3))
        return draw_route(s, at);
    if (i.kind == SIM_INCIDENT_BOOT && !one_in(s, 3))
        i.kind = SIM_INCIDENT_REVIVE;
    s->forgetful |= i.kind == SIM_INCIDENT_BOOT;
    return i;
}

/* Two routers send to each other what is for the same host, for a while. */
static void draw_loop(struct story *s)
{
    const struct sim_plan *p = &s->plan;
    const unsigned hosts = host_count(p), last = p->link_count - 1;
    const uint8_t *ends = p->links[last].ends;
    const uint8_t towards = (uint8_t)below(s, hosts);

    if (p->nodes[ends[0]].kind == SIM_HOST || p->nodes[ends[1]].kind == SIM_HOST)
        return;
    for (unsigned i = 0; i < 2; i++)
        s->incidents[i] = (struct sim_incident){.at = p->start + LULL_SEC(2),
                                                .kind = SIM_INCIDENT_ROUTE,
                                                .node = ends[i],
                                                .towards = towards,
                                                .link = (uint8_t)last};
    s->incidents[2] = (struct sim_incident){.at = p->start + LULL_SEC(3 + below(s, 20)),
                                            .kind = SIM_INCIDENT_CONVERGE};
    s->plan.incident_count = 3;
    s->forgetful = false; /* what was drawn before does not happen */
}

static void draw_incidents(struct story *s)
{
    const unsigned count = one_in(s, 3) ? 0 : below(s, INCIDENTS + 1);
    lull_time at = s->plan.start;

    for (unsigned i = 0; i < count; i++) {
        at += LULL_MS(below(s, 20000));
        s->incidents[i] = draw_incident(s, at);
    }
    s->plan.incidents = s->incidents;
    s->plan.incident_count = count;
    if (one_in(s, 4))
        draw_loop(s);
}

static void draw_plan(struct story *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    prng_seed(&s->prng, seed);
    s->plan = (struct sim_plan){.seed = seed,
                                .start = LULL_SEC(1000),
                                .voices_max = 256,
                                .streams_max = 4 * ATTEMPTS,
                                .faults_max = FAULTS};
    draw_topology(s);
    /* Two turned bits can hide each other from a checksum, so one link turns bits, which a packet
     * passes once on its way to A. */
    s->plan.links[0].asymmetric = true;
    s->plan.links[0].back.corrupt_ppm = below(s, 30000);
    if (one_in(s, 3))
        s->plan.lifetime_max = LULL_MS(100 + below(s, 4000));
    draw_incidents(s);
}

/* --- users ------------------------------------------------------------------------------- */

static void listen_again(struct story *s, unsigned host)
{
    struct sim_world *w = s->world;
    lull_socket *l = &s->listeners[host];

    if (s->listening_life[host] == w->nodes[host].life)
        return;
    s->listening_life[host] = w->nodes[host].life;
    must(s, sim_call_open(w, host, l) == LULL_OK, "no socket to listen on");
    must(s, sim_call_bind(w, host, *l, PORT) == LULL_OK, "the port is taken");
    must(s, sim_call_listen(w, host, *l, 8) == LULL_OK, "no listener");
}

/* Reads all there is; whoever sees the end closes. */
static void read_stream(struct story *s, uint32_t i)
{
    struct sim_stream *stream = &s->world->streams[i];
    ptrdiff_t got;

    do
        got = sim_call_receive(s->world, i, 1000);
    while (got > 0);
    if (got != LULL_EAGAIN)
        (void)sim_call_close(s->world, stream->host, stream->socket);
}

static void attend(void *context, struct sim_world *w, unsigned host)
{
    struct story *s = context;
    uint32_t stream;

    listen_again(s, host);
    while (sim_call_accept(w, host, s->listeners[host], &stream) == LULL_OK)
        (void)sim_call_send(w, stream, 1 + below(s, 3000));
    for (uint32_t i = 0; i < w->stream_count; i++) {
        const struct sim_stream *mine = &w->streams[i];
        struct lull_name local, remote;
        if (mine->host == host && mine->life == w->nodes[host].life
            && lull_socket_names(w->nodes[host].stack, mine->socket, &local, &remote) == LULL_OK)
            read_stream(s, i);
    }
}

/* Few ports, so that tuples come again. */
static void connect_somewhere(void *context, struct sim_world *w, uint64_t argument)
{
    struct story *s = context;
    const unsigned hosts = (unsigned)argument, from = below(s, hosts);
    const unsigned to = (from + 1 + below(s, hosts - 1)) % hosts;
    const uint16_t port = (uint16_t)(1500 + below(s, 3));
    const size_t text = 1 + below(s, 4000);
    const uint32_t end = below(s, 4);
    const struct lull_name remote = internet_name(w, to, PORT);
    lull_socket socket;

    if (w->nodes[from].stack == NULL || w->nodes[from].suspended
        || sim_call_open(w, from, &socket) != LULL_OK)
        return;
    (void)sim_call_option(w, from, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (sim_call_bind(w, from, socket, port) != LULL_OK
        || sim_call_connect(w, from, socket, &remote) != LULL_EINPROGRESS) {
        (void)sim_call_close(w, from, socket);
        return;
    }
    const uint32_t stream = sim_call_stream(w, from, socket);
    (void)sim_call_send(w, stream, text);
    if (end < 2)
        (void)sim_call_shutdown(w, stream);
    else if (end == 2)
        (void)sim_call_close(w, from, socket);
}

/* --- what is checked --------------------------------------------------------------------- */

static void check_conservation(const struct story *s)
{
    const struct sim_world *w = s->world;
    const uint64_t *e = w->events;
    const uint64_t came = e[SIM_SENT] + e[SIM_FORGED] + e[SIM_DOUBLED];
    const uint64_t went = e[SIM_ARRIVES] + e[SIM_DEAF] + e[SIM_DOOMED] + e[SIM_EXPIRED]
                          + e[SIM_STRANDED] + e[SIM_DROPPED];

    must(s, came == went + sim_world_under_way(w), "a packet is not accounted for");
}

/* Of the originals; a double begins with what its original had left. */
static void check_hops(struct story *s, const struct sim_event *e, uint8_t hops)
{
    struct mark *m = &s->marks[e->ghost->number % MARKS];

    if (e->ghost->copy != 0)
        return;
    if (e->kind == SIM_SENT)
        *m = (struct mark){e->ghost->number, hops};
    if (m->number != e->ghost->number)
        return; /* long ago: its place was needed */
    if (e->kind == SIM_FORWARDED) {
        must(s, hops == m->hops - 1, "a hop was not counted");
        m->hops = hops;
    } else if (!e->ghost->damaged) {
        must(s, hops == m->hops, "a hop limit has changed on a link");
    }
}

static void check_hearing(const struct story *s, const struct sim_event *e)
{
    struct sim_parsed parsed;

    if (e->ghost->damaged || !sim_packet_parse(e->packet, &parsed))
        return;
    must(s, sim_world_node(s->world, &parsed.ip.destination) == e->node,
         "a host hears what is for another one");
    must(s, sim_world_node(s->world, &parsed.ip.source) == e->ghost->host,
         "a packet is not from whom it says");
    must(s, s->plan.lifetime_max == 0 || e->at - e->ghost->emitted_at <= s->plan.lifetime_max,
         "a packet lives too long");
}

static uint64_t written_by(const struct sim_world *w, uint32_t voice)
{
    for (uint32_t i = 0; i < w->stream_count; i++)
        if (w->streams[i].voice == voice)
            return w->streams[i].sent;
    return 0;
}

/* The reader's peer in the ledger wrote it, at this place. */
static void check_text(struct story *s, const struct sim_call *call)
{
    const struct sim_world *w = s->world;
    const uint32_t voice = w->streams[call->stream].voice;

    s->read += call->bytes;
    if (s->forgetful)
        return;
    must(s, voice != SIM_VOICE_NONE, "text is read by nobody");
    const uint32_t peer = w->ledger.voices[voice].peer;
    must(s, peer != SIM_VOICE_NONE, "text was written by nobody");
    must(s, sim_octets_match(call->data, call->bytes, peer, call->offset) == call->bytes,
         "text is not what the peer wrote");
    must(s, call->offset + call->bytes <= written_by(w, peer), "more is read than was written");
}

static void watch(void *context, const struct sim_event *e)
{
    struct story *s = context;

    if (e->packet.len > 8 && e->ghost != NULL && e->kind != SIM_DROPPED)
        check_hops(s, e, e->packet.data[8]);
    if (e->kind == SIM_ARRIVES)
        check_hearing(s, e);
    if (e->kind == SIM_SETTLED)
        check_conservation(s);
    if (e->kind == SIM_CALLED && e->call->data != NULL)
        check_text(s, e->call);
}

/* --- worlds ------------------------------------------------------------------------------ */

struct result {
    uint64_t hash;
    uint64_t events[SIM_EVENT_KINDS];
    uint64_t read;
    uint32_t fault_count;
    struct sim_fault faults[FAULTS];
};

static void live(struct story *s, struct result *r)
{
    struct sim_world *w = internet_open(&s->plan);

    s->world = w;
    sim_world_watch(w, watch, s);
    sim_world_employ(w, attend, s);
    for (unsigned i = 0; i < ATTEMPTS; i++)
        sim_world_alarm(w, w->now + LULL_MS(below(s, 60000)), connect_somewhere, s,
                        host_count(&s->plan));
    sim_world_run(w, w->now + LIFE);
    check_conservation(s);
    must(s, w->ledger.dropped == 0 && w->log_dropped == 0, "there was no room to remember");
    r->hash = w->trace_hash;
    r->read = s->read;
    memcpy(r->events, w->events, sizeof r->events);
    r->fault_count = w->log_count;
    memcpy(r->faults, w->log, w->log_count * sizeof *w->log);
    free(w);
}

static bool same(const struct result *a, const struct result *b)
{
    return a->hash == b->hash && memcmp(a->events, b->events, sizeof a->events) == 0;
}

static void run_world(uint64_t seed, struct result *r)
{
    static struct story story;

    draw_plan(&story, seed);
    live(&story, r);
}

/* The same seed again, and the same faults without chance. */
static void run_again(uint64_t seed, const struct result *first)
{
    static struct story story;
    static struct result again;

    draw_plan(&story, seed);
    live(&story, &again);
    must(&story, same(first, &again), "the same seed makes another run");
    draw_plan(&story, seed);
    story.plan.chosen = true;
    story.plan.faults = first->faults;
    story.plan.fault_count = first->fault_count;
    live(&story, &again);
    must(&story, same(first, &again), "the same faults make another run");
}

int main(int argc, char **argv)
{
    static struct result r;
    const uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 300;
    uint64_t hash = 0, events[SIM_EVENT_KINDS] = {0}, read = 0;

    for (uint64_t seed = first; seed < first + count; seed++) {
        run_world(seed, &r);
        if (seed % 10 == 0)
            run_again(seed, &r);
        hash = (hash ^ r.hash) * 0x9e3779b97f4a7c15u;
        read += r.read;
        for (unsigned i = 0; i < SIM_EVENT_KINDS; i++) {
            hash = (hash ^ r.events[i]) * 0x9e3779b97f4a7c15u;
            events[i] += r.events[i];
        }
    }
    printf("world_test: %llu worlds passed (%llu packets: %llu arrived, %llu lost, %llu expired, "
           "%llu stranded, %llu deaf, %llu dropped; %llu octets read), trace hash %016llx\n",
           (unsigned long long)count, (unsigned long long)(events[SIM_SENT] + events[SIM_DOUBLED]),
           (unsigned long long)events[SIM_ARRIVES], (unsigned long long)events[SIM_DOOMED],
           (unsigned long long)events[SIM_EXPIRED], (unsigned long long)events[SIM_STRANDED],
           (unsigned long long)events[SIM_DEAF], (unsigned long long)events[SIM_DROPPED],
           (unsigned long long)read, (unsigned long long)hash);
    return 0;
}
