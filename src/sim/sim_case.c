/* sim_case.c - drawing a case.
 *
 * What is likely here was chosen for what must be found: connections that talk for a moment and
 * come back on the same tuple within 2 MSL, and initial sequence numbers that advance slowly, so
 * that old numbers lie in new windows (RFC 9293 section 3.4.1 has a clock that outruns the data;
 * one of a millisecond is outrun by a few packets, and only records stand in between). */
#include "sim/sim_case.h"

#include <string.h>

#include "base/check.h"
#include "sim/sim_packet.h"

#define QUEUE_FRAMES    48
#define QUEUE_BITS      (QUEUE_FRAMES * (lull_duration)SIM_PACKET_BYTES_MAX * 8)
#define RECORDS_MAX     16
#define FIRST_PORT      5000
#define FIRST_SERVICE   80
#define HOPS            64 /* a packet has at most so many */
#define EPHEMERAL_FIRST 40000
#define SLOW_TICK_NS    1000000 /* ns */
#define SETTLING        LULL_SEC(20)

static const char *const fault_names[SIM_FAULT_COUNT] = {
    "loss",      "burst", "reorder", "duplicate", "corrupt", "truncate",
    "partition", "route", "crash",   "suspend",   "forge",   "turn"};

const char *sim_case_fault_name(unsigned index)
{
    return index < SIM_FAULT_COUNT ? fault_names[index] : NULL;
}

void sim_case_options_init(struct sim_case_options *options)
{
    *options = (struct sim_case_options){.faults = SIM_FAULTS_USUAL};
    lull_knobs_init(&options->knobs, LULL_PROFILE_DEFAULT);
}

/* --- chances ----------------------------------------------------------------------------- */

static uint32_t below(struct sim_case *c, uint32_t limit)
{
    return prng_below(&c->prng, limit);
}

static bool chance(struct sim_case *c, uint32_t percent)
{
    return prng_chance(&c->prng, percent, 100);
}

/* Up to @most, in steps of a microsecond. */
static lull_duration span_of_time(struct sim_case *c, lull_duration most)
{
    return most <= 0 ? 0 : LULL_US(below(c, (uint32_t)(most / LULL_US(1)) + 1));
}

/* --- the world --------------------------------------------------------------------------- */

static const char *const host_names[SIM_CASE_HOSTS_MAX] = {"A", "B", "C", "D"};
static const char *const router_names[] = {"R1", "R2", "R3"};

static void add_router(struct sim_plan *plan, unsigned number)
{
    const uint8_t octets[4] = {10, 1, 0, (uint8_t)(number + 1)};

    plan->nodes[plan->node_count++] = (struct sim_node_plan){
        .kind = SIM_ROUTER, .name = router_names[number], .address = lull_address_ipv4(octets)};
}

static void add_link(struct sim_plan *plan, unsigned a, unsigned b, lull_duration delay)
{
    plan->links[plan->link_count++] = (struct sim_link_plan){
        .ends = {(uint8_t)a, (uint8_t)b},
        .options = {
            .delay = delay, .queue_frames = QUEUE_FRAMES, .frame_bytes = SIM_PACKET_BYTES_MAX}};
}

static lull_duration some_delay(struct sim_case *c)
{
    static const lull_duration delays[] = {LULL_US(50), LULL_MS(1),  LULL_MS(1),
                                           LULL_MS(5),  LULL_MS(20), LULL_MS(60)};
    return delays[below(c, COUNT_OF(delays))];
}

/* A packet that goes round until it has no hop left is gone after half an MSL. */
static lull_duration delay_between_routers(struct sim_case *c)
{
    return span_of_time(c, c->msl / 2 / HOPS);
}

/* Hosts first, then routers; the links of hosts first, then those between routers. */
static void build(struct sim_case *c, unsigned routers)
{
    struct sim_plan *plan = &c->plan;

    for (unsigned i = 0; i < c->hosts; i++) {
        const uint8_t octets[4] = {10, 0, 0, (uint8_t)(i + 1)};
        plan->nodes[i] = (struct sim_node_plan){.kind = SIM_HOST,
                                                .name = host_names[i],
                                                .address = lull_address_ipv4(octets),
                                                .config = &c->configs[i]};
    }
    plan->node_count = c->hosts;
    for (unsigned i = 0; i < routers; i++)
        add_router(plan, i);
    if (routers == 0)
        add_link(plan, 0, 1, some_delay(c));
    for (unsigned i = 0; i < c->hosts && routers > 0; i++)
        add_link(plan, i, c->hosts + (routers == 3 ? i % 2 : 0), some_delay(c) / 2);
    if (routers != 3)
        return;
    const lull_duration delay = delay_between_routers(c);
    add_link(plan, c->hosts, c->hosts + 1, delay);
    add_link(plan, c->hosts, c->hosts + 2, delay);
    add_link(plan, c->hosts + 2, c->hosts + 1, delay);
}

/* A wire; a star around one router; or three routers, of which two have the hosts and the third is
 * the other way from one to the other. */
static void draw_topology(struct sim_case *c, const struct sim_case_options *options)
{
    const unsigned kind = below(c, 10), drawn = kind < 6 ? 2 : 2 + below(c, 3);

    c->hosts = options->hosts != 0 ? options->hosts : drawn;
    if (c->hosts == 2 && kind < 6)
        build(c, 0);
    else
        build(c, kind < 8 ? 1 : 3);
}

static bool has_routers(const struct sim_case *c)
{
    return c->plan.node_count == c->hosts + 3;
}

static uint32_t rate_of(struct sim_case *c, enum sim_case_fault fault)
{
    static const uint32_t rates[] = {3000, 10000, 30000, 80000, 200000};
    const uint32_t rate = rates[below(c, COUNT_OF(rates))];
    return c->faults & fault ? rate : 0;
}

/* Bits are turned on one link that a packet crosses once: a checksum notices one turned bit always,
 * and two that make up for each other never. */
static void draw_damage(struct sim_case *c)
{
    const unsigned link = c->plan.link_count == 1 ? 0 : below(c, c->hosts);
    c->plan.links[link].options.corrupt_ppm = rate_of(c, SIM_FAULT_CORRUPT);
}

/* Between routers nothing but the way itself takes time, and nothing is doubled: a packet in a loop
 * passes many times. */
static void draw_faults_between_routers(struct sim_case *c, struct sim_link_options *o)
{
    o->loss_ppm = rate_of(c, SIM_FAULT_LOSS) / 4;
}

static void draw_link_faults(struct sim_case *c, struct sim_link_options *o)
{
    o->jitter = chance(c, 30) ? o->delay : 0;
    o->rate_bits = chance(c, 10) ? 10000000 : 0;
    o->loss_ppm = rate_of(c, SIM_FAULT_LOSS);
    o->burst_enter_ppm = rate_of(c, SIM_FAULT_BURST) / 4;
    o->burst_leave_ppm = 150000 + below(c, 400000);
    o->duplicate_ppm = rate_of(c, SIM_FAULT_DUPLICATE);
    o->reorder_ppm = rate_of(c, SIM_FAULT_REORDER);
    o->reorder_by = LULL_MS(1) + span_of_time(c, LULL_MS(30));
    o->truncate_ppm = rate_of(c, SIM_FAULT_TRUNCATE) / 2;
}

static void draw_links(struct sim_case *c)
{
    const unsigned outer = has_routers(c) ? c->hosts : c->plan.link_count;

    for (unsigned i = 0; i < outer; i++)
        draw_link_faults(c, &c->plan.links[i].options);
    for (unsigned i = outer; i < c->plan.link_count; i++)
        draw_faults_between_routers(c, &c->plan.links[i].options);
    draw_damage(c);
}

/* What a packet may need at most, over every link once in the worst order, held by nobody. */
static lull_duration transit_bound(const struct sim_case *c)
{
    lull_duration bound = 0;

    for (unsigned i = 0; i < c->plan.link_count; i++) {
        const struct sim_link_options *o = &c->plan.links[i].options;
        bound += o->delay + o->jitter + LULL_MS(1);
        if (o->reorder_ppm > 0)
            bound += o->reorder_by;
        if (o->rate_bits > 0)
            bound += QUEUE_BITS * (lull_duration)(1000000000u / o->rate_bits);
    }
    return bound + (has_routers(c) ? c->msl / 2 : 0);
}

/* One link of a host holds packets back, for as long as the MSL allows: doubles mostly, sometimes
 * originals.  Packets cross such a link once, so no two of these waits add up. */
static void draw_adversary(struct sim_case *c)
{
    struct sim_link_options *o =
        &c->plan.links[c->plan.link_count == 1 ? 0 : below(c, c->hosts)].options;
    const uint32_t ppm = 50000 + below(c, 350000), wish = below(c, 4);
    const lull_duration most = c->msl - transit_bound(c), some = span_of_time(c, most);

    if (!(c->faults & (SIM_FAULT_DUPLICATE | SIM_FAULT_REORDER)) || chance(c, 25))
        return;
    LULL_CHECK(most > 0);
    c->held = wish == 0 ? some : most;
    if (c->faults & SIM_FAULT_DUPLICATE) {
        o->duplicate_ppm = ppm;
        o->double_by = c->held;
    } else {
        o->reorder_ppm = ppm / 4;
        o->reorder_by = c->held;
    }
}

/* And it knows what it wants: a certain SYN, FIN, reset or text, lost, or a double of which comes
 * when it is exactly an MSL old. */
static void draw_picks(struct sim_case *c)
{
    static const uint8_t flags[] = {TCP_SYN, TCP_FIN, TCP_FIN, TCP_ACK, TCP_RST};
    const unsigned count = chance(c, 40) ? 1 + below(c, SIM_CASE_PICKS_MAX) : 0;
    const uint32_t needed = SIM_FAULT_DUPLICATE | SIM_FAULT_LOSS;

    for (unsigned i = 0; i < count && (c->faults & needed) == needed; i++) {
        struct sim_pick *p = &c->picks[c->plan.pick_count++];
        *p = (struct sim_pick){.from = (uint8_t)below(c, c->hosts),
                               .link = SIM_PICK_FIRST,
                               .flags = flags[below(c, COUNT_OF(flags))],
                               .nth = 1 + below(c, 3)};
        if (p->flags == TCP_ACK) {
            p->not_flags = TCP_SYN | TCP_FIN | TCP_RST;
            p->text = chance(c, 60) ? SIM_PICK_WITH_TEXT : SIM_PICK_WITHOUT_TEXT;
        }
        if (chance(c, 25))
            p->fate.lost = true;
        else
            p->fate = (struct sim_fate){.duplicated = true, .age = {0, c->msl}};
        if (c->plan.link_count > 1 && p->fate.duplicated)
            p->fate.age[1] -= transit_bound(c);
    }
    c->plan.picks = c->picks;
}

/* --- hosts ------------------------------------------------------------------------------- */

static void set_unless_fixed(struct sim_case *c, const struct sim_case_options *options,
                             enum lull_knob knob, int64_t value)
{
    if (options->fixed >> knob & 1)
        return;
    for (unsigned i = 0; i < c->hosts; i++)
        c->configs[i].knobs.value[knob] = value;
}

/* Choices that break nothing, however they fall. */
static void draw_knobs(struct sim_case *c, const struct sim_case_options *options)
{
    static const int64_t ticks[] = {1000, SLOW_TICK_NS, SLOW_TICK_NS, 100000};
    const int64_t drawn = ticks[below(c, COUNT_OF(ticks))];
    const int64_t tick = c->classic ? SLOW_TICK_NS : drawn;
    const bool reuses = chance(c, 30), answers = chance(c, 20), narrow = chance(c, 50);
    const int64_t orphan = 1000 + below(c, 20000);

    set_unless_fixed(c, options, LULL_KNOB_tw_msl_ms, c->msl / LULL_MS(1));
    set_unless_fixed(c, options, LULL_KNOB_isn_tick_ns, tick);
    if (reuses)
        set_unless_fixed(c, options, LULL_KNOB_tw_reuse_active, LULL_TW_REUSE_ANY);
    if (answers)
        set_unless_fixed(c, options, LULL_KNOB_tw_syn_reject, LULL_TW_SYN_REJECT_ACK);
    if (chance(c, 50))
        set_unless_fixed(c, options, LULL_KNOB_fw2_orphan_ms, orphan);
    if (c->quiet) {
        set_unless_fixed(c, options, LULL_KNOB_restart_mode, LULL_RESTART_QUIET);
        set_unless_fixed(c, options, LULL_KNOB_quiet_ms, 2 * c->msl / LULL_MS(1));
    }
    set_unless_fixed(c, options, LULL_KNOB_ports_ephemeral_first, EPHEMERAL_FIRST);
    set_unless_fixed(c, options, LULL_KNOB_ports_ephemeral_last,
                     EPHEMERAL_FIRST + (narrow ? 1 : 15));
}

static void draw_host(struct sim_case *c, struct lull_stack_config *config)
{
    static const uint32_t windows[] = {1024, 4096, 16384, 65535, 131072};

    config->sockets_max = 32;
    config->connections_max = 16;
    config->listeners_max = 8;
    config->records_max = chance(c, 12) ? 1 + below(c, 3) : RECORDS_MAX;
    config->blocks_max = 64;
    config->block_bytes = 2048;
    config->neighbors_max = 2;
    config->replies_max = 16;
    config->receive_buffer_bytes = windows[below(c, COUNT_OF(windows))];
    config->send_buffer_bytes = windows[below(c, COUNT_OF(windows))];
    config->features = (uint8_t)below(c, 8);
    config->rto_min = chance(c, 50) ? LULL_MS(200) : LULL_SEC(1);
    config->user_timeout = LULL_SEC(100);
}

static void draw_hosts(struct sim_case *c, const struct sim_case_options *options)
{
    const bool stamps = chance(c, 50) && !c->classic, mixed = chance(c, 30) && !c->classic;

    for (unsigned i = 0; i < c->hosts; i++) {
        struct lull_stack_config *config = &c->configs[i];
        lull_stack_config_init(config);
        config->knobs = options->knobs;
        config->flaws = options->flaws;
        draw_host(c, config);
        if (!mixed)
            config->features = (uint8_t)((config->features & ~LULL_FEATURE_TIMESTAMPS)
                                         | (stamps ? LULL_FEATURE_TIMESTAMPS : 0));
    }
    draw_knobs(c, options);
}

/* --- what users do ----------------------------------------------------------------------- */

static void draw_services(struct sim_case *c)
{
    for (unsigned host = 0; host < c->hosts; host++) {
        const unsigned count = 1 + (chance(c, 30) && c->hosts < 4 ? 1u : 0u);
        for (unsigned i = 0; i < count; i++) {
            struct sim_service *s = &c->services[c->service_count++];
            *s = (struct sim_service){.host = (uint8_t)host,
                                      .port = (uint16_t)(FIRST_SERVICE + i),
                                      .backlog = (uint8_t)(chance(c, 20) ? 1 : 8)};
            if (!chance(c, 12))
                continue;
            s->slow_from = span_of_time(c, LULL_SEC(10));
            s->slow_until = s->slow_from + span_of_time(c, LULL_SEC(20));
        }
    }
}

static uint32_t some_octets(struct sim_case *c)
{
    static const uint32_t most[] = {1, 1, 40, 600, 3000, 3000, 6000};
    return below(c, most[below(c, COUNT_OF(most))]);
}

/* Usually soon, sometimes about as long as TIME-WAIT. */
static lull_duration some_pause(struct sim_case *c)
{
    switch (below(c, 8)) {
    case 0: return span_of_time(c, 2 * c->msl);
    case 1: return span_of_time(c, LULL_SEC(1));
    case 2: return LULL_MS(below(c, 50));
    default: return 0;
    }
}

/* Who closes first is a matter of cues: most often one side when all is done, and the other when
 * it hears of that. */
static void draw_endings(struct sim_case *c, struct sim_step *s)
{
    static const enum sim_cue cues[][2] = {
        {SIM_WHEN_DONE, SIM_WHEN_ENDED}, {SIM_WHEN_DONE, SIM_WHEN_ENDED},
        {SIM_WHEN_ENDED, SIM_WHEN_DONE}, {SIM_WHEN_ENDED, SIM_WHEN_DONE},
        {SIM_WHEN_ENDED, SIM_WHEN_DONE}, {SIM_TOGETHER, SIM_TOGETHER},
        {SIM_AT_ONCE, SIM_WHEN_ENDED},   {SIM_WHEN_ENDED, SIM_AT_ONCE},
        {SIM_AT_ONCE, SIM_AT_ONCE},      {SIM_WHEN_DONE, SIM_WHEN_DONE}};
    static const enum sim_ending endings[] = {
        SIM_CLOSES,      SIM_CLOSES,      SIM_CLOSES, SIM_CLOSES,       SIM_CLOSES,
        SIM_HALF_CLOSES, SIM_HALF_CLOSES, SIM_ABORTS, SIM_LINGERS_ZERO, SIM_LEAVES_UNREAD};
    const unsigned pair = below(c, COUNT_OF(cues));

    for (unsigned i = 0; i < 2; i++) {
        struct sim_part *p = &s->parts[i];
        p->cue = cues[pair][i];
        p->ending = endings[below(c, COUNT_OF(endings))];
        if (chance(c, 3))
            p->ending = SIM_LEAKS;
        p->pause = some_pause(c);
        p->thinks = chance(c, 20) ? span_of_time(c, c->msl) : 0;
        p->says = some_octets(c);
        p->tails = p->cue == SIM_WHEN_ENDED && chance(c, 30) ? some_octets(c) : 0;
    }
    s->parts[1].pause = s->parts[0].cue == SIM_TOGETHER ? s->parts[0].pause : s->parts[1].pause;
}

/* Two conversations in three are on the tuple of the one before, so that it is used again. */
static void draw_step(struct sim_case *c, lull_duration at)
{
    struct sim_step *s = &c->steps[c->step_count];
    const struct sim_step *before = c->step_count > 0 ? s - 1 : NULL;
    const struct sim_service *to = &c->services[below(c, c->service_count)];

    *s = (struct sim_step){.at = at,
                           .retry = LULL_MS(50) + span_of_time(c, LULL_SEC(2)),
                           .server = to->host,
                           .to = to->port};
    s->client = (uint8_t)((to->host + 1 + below(c, c->hosts - 1)) % c->hosts);
    s->from = (uint16_t)(FIRST_PORT + below(c, 3));
    if (chance(c, 12))
        s->from = 0;
    if (chance(c, 15))
        s->patience = chance(c, 50) ? LULL_US(1 + below(c, 3000)) : span_of_time(c, LULL_SEC(2));
    if (before != NULL && before->to < FIRST_PORT && !chance(c, 33)) {
        s->client = before->client;
        s->server = before->server;
        s->from = before->from;
        s->to = before->to;
    }
    draw_endings(c, s);
    c->step_count++;
}

/* The same the other way round, so that the SYNs cross (RFC 9293 section 3.5). */
static void draw_crossing(struct sim_case *c)
{
    struct sim_step *s = &c->steps[c->step_count - 1], *mirror = s + 1;

    s->from = (uint16_t)(FIRST_PORT + below(c, 3));
    s->to = (uint16_t)(FIRST_PORT + 3);
    s->parts[1].tails = s->parts[0].tails = 0;
    *mirror = *s;
    mirror->client = s->server;
    mirror->server = s->client;
    mirror->from = s->to;
    mirror->to = s->from;
    mirror->parts[0] = s->parts[1];
    mirror->parts[1] = s->parts[0];
    c->step_count++;
}

/* The danger of the book: the client has said something of which a double wanders about, the server
 * closes first, and the client comes back to the same port at once and thinks for a while, so that
 * the double finds a connection that waits for text. */
static void draw_classic(struct sim_case *c)
{
    struct sim_step *first = &c->steps[c->step_count], *second = first + 1;

    draw_step(c, LULL_MS(10) + (c->quiet ? 2 * c->msl : 0));
    first->patience = 0;
    if (first->from == 0)
        first->from = FIRST_PORT;
    first->parts[0] = (struct sim_part){.cue = SIM_WHEN_ENDED, .says = 1000 + below(c, 3000)};
    first->parts[1] = (struct sim_part){.cue = SIM_WHEN_DONE, .says = below(c, 100)};
    *second = *first;
    second->at += LULL_MS(100) + span_of_time(c, LULL_SEC(1));
    second->retry = LULL_MS(50);
    second->parts[0].thinks = c->msl;
    c->step_count++;
    c->plan.picks = c->picks;
    c->picks[c->plan.pick_count++] = (struct sim_pick){
        .from = first->client,
        .link = SIM_PICK_FIRST,
        .not_flags = TCP_SYN | TCP_RST,
        .text = SIM_PICK_WITH_TEXT,
        .nth = 1 + below(c, 2),
        .fate = {.duplicated = true,
                 .age = {0, c->msl - (c->plan.link_count > 1 ? transit_bound(c) : 0)}}};
}

static void draw_steps(struct sim_case *c)
{
    const unsigned count = 2 + below(c, 6);
    lull_duration at = LULL_MS(10) + (c->quiet ? 2 * c->msl : 0);

    if (c->classic)
        draw_classic(c);
    for (unsigned i = 0; i < count; i++) {
        draw_step(c, at);
        if (chance(c, 4))
            draw_crossing(c);
        switch (below(c, 4)) {
        case 0: at += span_of_time(c, 3 * c->msl); break;
        case 1: at += span_of_time(c, c->msl); break;
        default: at += span_of_time(c, LULL_MS(400)); break;
        }
    }
    c->closing = at + 4 * c->msl + SETTLING;
}

/* --- what befalls ------------------------------------------------------------------------ */

static struct sim_mishap *add_mishap(struct sim_case *c, enum sim_mishap_kind kind)
{
    LULL_CHECK(c->mishap_count < SIM_CASE_MISHAPS_MAX);
    struct sim_mishap *i = &c->mishaps[c->mishap_count++];
    *i = (struct sim_mishap){.kind = kind, .node = (uint8_t)below(c, c->hosts)};
    i->at = span_of_time(c, c->closing - 2 * c->msl - SETTLING + LULL_SEC(2));
    return i;
}

static void draw_cut(struct sim_case *c)
{
    struct sim_mishap *i = add_mishap(c, SIM_MISHAP_CUT);

    i->link = (uint8_t)below(c, c->plan.link_count);
    i->lasts = chance(c, 50) ? span_of_time(c, 3 * c->msl) : span_of_time(c, LULL_SEC(2));
}

/* Behind either router that has hosts, what is for a host of the other goes the long way; or it
 * goes back to where it came from, which is a loop. */
static void draw_route(struct sim_case *c)
{
    struct sim_mishap *i = add_mishap(c, SIM_MISHAP_ROUTE);
    const unsigned straight = c->hosts, around = c->hosts + 1, back = c->hosts + 2;

    i->other = i->node;
    const unsigned near = i->other % 2;
    if (chance(c, 50)) {
        i->node = (uint8_t)(c->hosts + near);
        i->link = (uint8_t)straight;
    } else {
        i->node = (uint8_t)(c->hosts + 1 - near);
        i->link = (uint8_t)(near == 1 ? around : back);
    }
    i->lasts = span_of_time(c, c->msl);
}

static void draw_crash(struct sim_case *c)
{
    struct sim_mishap *i = add_mishap(c, SIM_MISHAP_REVIVE);

    i->lasts = span_of_time(c, 3 * c->msl);
    if (chance(c, 50))
        return;
    i->kind = SIM_MISHAP_CRASH;
    if (c->quiet)
        i->lasts = chance(c, 50) ? LULL_MS(1) : i->lasts / 3;
    else
        i->lasts += 2 * c->msl;
}

/* Half of the packets are for records, and all have numbers near the edges (sim_forger.c). */
static void draw_forger(struct sim_case *c)
{
    struct sim_mishap *i = add_mishap(c, SIM_MISHAP_FORGE);

    i->other = (uint8_t)((i->node + 1u) % c->hosts);
    i->lasts = span_of_time(c, 2 * c->msl);
    i->argument = 1 + (int64_t)below(c, 12);
}

static void draw_turn(struct sim_case *c)
{
    static const struct {
        enum lull_knob knob;
        int64_t least, most;
    } turns[] = {{LULL_KNOB_tw_oow_ack_ms, 100, 1000},     {LULL_KNOB_tw_max, 1, 8},
                 {LULL_KNOB_tw_syn_reject, 0, 1},          {LULL_KNOB_tw_syn_policy, 0, 0},
                 {LULL_KNOB_fw2_orphan_ms, 500, 60000},    {LULL_KNOB_orphan_max, 0, 4},
                 {LULL_KNOB_orphan_retries, 0, 8},         {LULL_KNOB_close_rst_on_unread, 0, 1},
                 {LULL_KNOB_tw_reuse_active, 0, 1},        {LULL_KNOB_tw_max_extend, 1, 8},
                 {LULL_KNOB_tw_reuse_delay_ms, 1000, 4000}};
    struct sim_mishap *i = add_mishap(c, SIM_MISHAP_TURN);
    const unsigned which = below(c, COUNT_OF(turns));

    i->other = (uint8_t)turns[which].knob;
    i->argument = turns[which].least
                  + (int64_t)below(c, (uint32_t)(turns[which].most - turns[which].least) + 1);
    i->lasts = span_of_time(c, 4 * c->msl);
}

static void draw_listening(struct sim_case *c)
{
    struct sim_mishap *i;

    if (chance(c, 10)) {
        i = add_mishap(c, SIM_MISHAP_RELISTEN);
        i->other = (uint8_t)below(c, c->service_count);
        i->node = c->services[i->other].host;
        i->lasts = span_of_time(c, LULL_SEC(2));
    }
    if (chance(c, 10)) {
        i = add_mishap(c, SIM_MISHAP_BIND);
        i->argument = (int64_t)(below(c, 2) == 0 ? FIRST_SERVICE : FIRST_PORT) << 32
                      | (int64_t)prng_next(&c->prng) % UINT32_MAX;
        i->argument &= INT64_MAX;
        i->lasts = span_of_time(c, 2 * c->msl);
    }
}

static void draw_mishaps(struct sim_case *c)
{
    if ((c->faults & SIM_FAULT_PARTITION) && chance(c, 50))
        draw_cut(c);
    if ((c->faults & SIM_FAULT_PARTITION) && chance(c, 30))
        draw_cut(c);
    if ((c->faults & SIM_FAULT_ROUTE) && has_routers(c))
        draw_route(c);
    if ((c->faults & SIM_FAULT_ROUTE) && has_routers(c) && chance(c, 50))
        draw_route(c);
    if ((c->faults & SIM_FAULT_CRASH) && chance(c, 40))
        draw_crash(c);
    if ((c->faults & SIM_FAULT_SUSPEND) && chance(c, 40)) {
        struct sim_mishap *i = add_mishap(c, SIM_MISHAP_SUSPEND);
        i->lasts = span_of_time(c, 3 * c->msl);
    }
    if (c->faults & SIM_FAULT_FORGE)
        draw_forger(c);
    if (c->faults & SIM_FAULT_TURN)
        draw_turn(c);
    draw_listening(c);
}

/* --- all of it --------------------------------------------------------------------------- */

static void draw_msl(struct sim_case *c, const struct sim_case_options *options)
{
    const lull_duration few = LULL_SEC(2) + LULL_MS(below(c, 2001)), many = LULL_SEC(30);
    const bool real = chance(c, 12);

    LULL_CHECK(options->msl == 0 || options->msl >= SIM_CASE_MSL_LEAST);
    c->msl = options->msl != 0 ? options->msl : real ? many : few;
}

/* A world has about half of the faults it may have: one that has all gets nowhere. */
static void draw_faults(struct sim_case *c, const struct sim_case_options *options)
{
    const uint32_t some = (uint32_t)prng_next(&c->prng);
    const uint32_t asked = SIM_FAULT_FORGE | SIM_FAULT_TURN;

    c->faults = options->faults & (some | asked);
    if (chance(c, 50))
        c->faults |= options->faults & SIM_FAULT_DUPLICATE;
    c->classic = (c->faults & SIM_FAULT_DUPLICATE) && chance(c, 15);
    c->quiet = (c->faults & SIM_FAULT_CRASH) && chance(c, 40)
               && !(options->fixed >> LULL_KNOB_restart_mode & 1);
}

/* Clocks that are kept in few bits come round while records stand: milliseconds in 31 and in 32
 * bits, eighths of a second in 20.  Drawn last, so that it changes nothing else of a case. */
static void draw_start(struct sim_case *c)
{
    static const lull_time edges[] = {LULL_MS(INT64_C(1) << 31), LULL_MS(INT64_C(1) << 32),
                                      LULL_MS(INT64_C(125) << 20)};
    const lull_time edge = edges[below(c, COUNT_OF(edges))];
    const bool near = chance(c, 6);
    const lull_duration before = span_of_time(c, c->closing);

    c->plan.start = near ? edge - before : SIM_CASE_START;
}

static void set_limits(struct sim_case *c)
{
    c->plan.voices_max = 2 * SIM_CASE_STREAMS_MAX;
    c->plan.streams_max = SIM_CASE_STREAMS_MAX;
    c->plan.faults_max = SIM_CASE_FAULTS_MAX;
}

void sim_case_make(struct sim_case *c, uint64_t seed, const struct sim_case_options *options)
{
    memset(c, 0, sizeof *c);
    c->seed = seed;
    prng_seed(&c->prng, seed);
    draw_msl(c, options);
    draw_faults(c, options);
    draw_topology(c, options);
    draw_links(c);
    draw_adversary(c);
    if (!c->classic)
        draw_picks(c);
    draw_hosts(c, options);
    draw_services(c);
    draw_steps(c);
    draw_mishaps(c);
    c->plan.lifetime_max = c->msl;
    c->plan.seed = prng_next(&c->prng);
    draw_start(c);
    set_limits(c);
}

void sim_case_largest(struct sim_case *c)
{
    memset(c, 0, sizeof *c);
    prng_seed(&c->prng, 0);
    c->hosts = SIM_CASE_HOSTS_MAX;
    build(c, 3);
    for (unsigned i = 0; i < c->hosts; i++) {
        lull_stack_config_init(&c->configs[i]);
        draw_host(c, &c->configs[i]);
        c->configs[i].records_max = RECORDS_MAX;
    }
    set_limits(c);
}
