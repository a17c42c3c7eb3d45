/* sim_world.c - the clock, and what happens next.
 *
 * There are few nodes and links, so the next event is found by asking each of them.  Ties are
 * broken by number: incidents, then alarms, then links, then hosts. */
#include "sim/sim_world.h"

#include <string.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/check.h"
#include "sim/sim_host.h"
#include "sim/sim_packet.h"
#include "sim/sim_router.h"

/* --- making ------------------------------------------------------------------------------ */

static const struct sim_link_options *options_of(const struct sim_link_plan *l, unsigned direction)
{
    return direction == 1 && l->asymmetric ? &l->back : &l->options;
}

static bool is_sound_link(const struct sim_plan *plan, const struct sim_link_plan *l)
{
    return l->ends[0] < plan->node_count && l->ends[1] < plan->node_count
           && l->ends[0] != l->ends[1] && sim_link_bytes(options_of(l, 0)) != 0
           && sim_link_bytes(options_of(l, 1)) != 0;
}

static unsigned links_of(const struct sim_plan *plan, unsigned node)
{
    unsigned count = 0;

    for (unsigned i = 0; i < plan->link_count; i++)
        count += plan->links[i].ends[0] == node || plan->links[i].ends[1] == node;
    return count;
}

static bool is_sound_node(const struct sim_plan *plan, unsigned node)
{
    const struct sim_node_plan *n = &plan->nodes[node];

    if (n->hold < 0)
        return false;
    if (n->kind == SIM_ROUTER)
        return links_of(plan, node) <= SIM_NODE_LINKS_MAX;
    return links_of(plan, node) == 1 && n->config != NULL && lull_stack_bytes(n->config) != 0;
}

/* Incidents are at hand in the order in which they happen. */
static bool are_sound_incidents(const struct sim_plan *plan)
{
    for (uint32_t i = 0; i < plan->incident_count; i++) {
        if (!sim_incident_fits(&plan->incidents[i], plan))
            return false;
        if (i > 0 && plan->incidents[i].at < plan->incidents[i - 1].at)
            return false;
    }
    return true;
}

static bool is_sound(const struct sim_plan *plan)
{
    if (plan->node_count > SIM_NODES_MAX || plan->link_count > SIM_LINKS_MAX
        || plan->pick_count > SIM_PICKS_MAX || plan->lifetime_max < 0)
        return false;
    for (unsigned i = 0; i < plan->link_count; i++)
        if (!is_sound_link(plan, &plan->links[i]))
            return false;
    for (unsigned i = 0; i < plan->node_count; i++)
        if (!is_sound_node(plan, i))
            return false;
    return are_sound_incidents(plan);
}

static void lay_out_link(struct sim_world *w, unsigned i, const struct sim_link_plan *l,
                         struct arena *a)
{
    for (unsigned direction = 0; direction < 2; direction++) {
        struct sim_link_options options = *options_of(l, direction);
        void *memory = arena_take(a, sim_link_bytes(&options));
        if (w == NULL || memory == NULL)
            continue;
        options.seed = prng_next(&w->prng);
        w->links[i][direction] = sim_link_init(memory, &options);
        w->ends[i][direction] = l->ends[direction];
    }
}

static void lay_out_node(struct sim_world *w, unsigned i, const struct sim_node_plan *plan,
                         struct arena *a)
{
    const size_t bytes = plan->kind == SIM_HOST ? lull_stack_bytes(plan->config) : 0;
    void *memory = arena_take(a, bytes);

    if (w == NULL)
        return;
    w->nodes[i] = (struct sim_node){.kind = plan->kind,
                                    .name = plan->name,
                                    .address = plan->address,
                                    .hold = plan->hold,
                                    .world = w,
                                    .memory = memory,
                                    .memory_bytes = bytes};
    if (plan->kind == SIM_HOST)
        w->nodes[i].config = *plan->config;
}

/* Twice the same: without memory it measures. */
static struct sim_world *lay_out(const struct sim_plan *plan, struct arena *a)
{
    struct sim_world *w = arena_take(a, sizeof *w);

    if (w != NULL) {
        memset(w, 0, sizeof *w);
        prng_seed(&w->prng, plan->seed);
    }
    struct sim_voice *voices = arena_take(a, plan->voices_max * sizeof *voices);
    struct sim_stretch *stretches = arena_take(a, plan->stretches_max * sizeof *stretches);
    struct sim_stream *streams = arena_take(a, plan->streams_max * sizeof *streams);
    struct sim_fault *log = arena_take(a, plan->faults_max * sizeof *log);
    for (unsigned i = 0; i < plan->node_count; i++)
        lay_out_node(w, i, &plan->nodes[i], a);
    for (unsigned i = 0; i < plan->link_count; i++)
        lay_out_link(w, i, &plan->links[i], a);
    if (w == NULL)
        return NULL;
    sim_ledger_init(&w->ledger, voices, plan->voices_max);
    sim_ledger_keep(&w->ledger, stretches, plan->stretches_max);
    w->streams = streams;
    w->stream_capacity = plan->streams_max;
    w->log = log;
    w->log_capacity = plan->faults_max;
    return w;
}

size_t sim_world_bytes(const struct sim_plan *plan)
{
    struct arena a;

    if (!is_sound(plan))
        return 0;
    arena_init(&a, NULL, 0);
    (void)lay_out(plan, &a);
    return a.wanted;
}

static void attach_links(struct sim_world *w)
{
    for (unsigned link = 0; link < w->link_count; link++)
        for (unsigned end = 0; end < 2; end++) {
            struct sim_node *n = &w->nodes[w->ends[link][end]];
            n->links[n->link_count++] = (uint8_t)link;
        }
}

struct sim_world *sim_world_init(void *memory, size_t bytes, const struct sim_plan *plan)
{
    struct arena a;

    arena_init(&a, memory, bytes);
    struct sim_world *w = lay_out(plan, &a);
    LULL_CHECK(w != NULL && arena_fits(&a));
    w->start = w->now = plan->start;
    w->node_count = plan->node_count;
    w->link_count = plan->link_count;
    w->chosen = plan->chosen;
    w->faults = plan->faults;
    w->fault_count = plan->fault_count;
    w->lifetime_max = plan->lifetime_max;
    w->incidents = plan->incidents;
    w->incident_count = plan->incident_count;
    for (uint32_t i = 0; i < plan->pick_count; i++)
        sim_world_pick(w, &plan->picks[i]);
    attach_links(w);
    sim_router_converge(w);
    for (unsigned i = 0; i < w->node_count; i++)
        if (w->nodes[i].kind == SIM_HOST)
            sim_host_boot(w, i);
    return w;
}

/* --- being watched ----------------------------------------------------------------------- */

void sim_world_watch(struct sim_world *w, sim_observer *tell, void *context)
{
    LULL_CHECK(w->observer_count < SIM_OBSERVERS_MAX);
    w->observers[w->observer_count].tell = tell;
    w->observers[w->observer_count++].context = context;
}

void sim_world_unwatch(struct sim_world *w, const void *context)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < w->observer_count; i++)
        if (w->observers[i].context != context)
            w->observers[kept++] = w->observers[i];
    w->observer_count = kept;
}

void sim_world_employ(struct sim_world *w, sim_user *user, void *context)
{
    w->user = user;
    w->user_context = context;
}

void sim_world_tell(struct sim_world *w, const struct sim_event *event)
{
    struct sim_event told = *event;
    struct sim_parsed parsed;

    w->events[event->kind]++;
    if (w->observer_count == 0)
        return;
    told.at = w->now;
    if (told.packet.len > 0 && !told.ghost->damaged && sim_packet_parse(told.packet, &parsed)
        && parsed.is_tcp)
        told.segment = &parsed.segment;
    for (unsigned i = 0; i < w->observer_count; i++)
        w->observers[i].tell(w->observers[i].context, &told);
}

/* --- links ------------------------------------------------------------------------------- */

static const struct sim_fault *chosen_fault(const struct sim_world *w, unsigned link,
                                            unsigned direction, uint64_t ordinal)
{
    for (uint32_t i = 0; i < w->fault_count; i++) {
        const struct sim_fault *f = &w->faults[i];
        if (f->ordinal == ordinal && f->link == link && f->direction == direction)
            return f;
    }
    return NULL;
}

static bool is_a_fault(const struct sim_fate *fate)
{
    return fate->lost || fate->duplicated || fate->late || fate->corrupted || fate->truncated
           || fate->age[0] > 0;
}

static void note_fault(struct sim_world *w, const struct sim_fault *fault)
{
    if (!is_a_fault(&fault->fate))
        return;
    if (w->log_count == w->log_capacity)
        w->log_dropped++;
    else
        w->log[w->log_count++] = *fault;
}

void sim_world_pick(struct sim_world *w, const struct sim_pick *pick)
{
    LULL_CHECK(w->pick_count < SIM_PICKS_MAX);
    w->picks[w->pick_count] = *pick;
    w->picked[w->pick_count++] = 0;
}

/* Every pick counts what it finds, whether another one has decided already or not. */
static void apply_picks(struct sim_world *w, struct sim_fault *fault, struct sim_packet packet)
{
    const struct sim_passage passage = {
        .packet = packet, .node = w->ends[fault->link][fault->direction], .link = fault->link};

    for (unsigned i = 0; i < w->pick_count; i++) {
        const struct sim_pick *pick = &w->picks[i];
        if (!sim_pick_finds(pick, &passage))
            continue;
        w->picked[i]++;
        if (pick->nth == 0 || pick->nth == w->picked[i])
            sim_pick_decide(pick, &fault->fate);
    }
}

static struct sim_fate decide(struct sim_world *w, unsigned link, unsigned direction,
                              struct sim_packet packet)
{
    struct sim_link *l = w->links[link][direction];
    struct sim_fault fault = {.link = (uint8_t)link,
                              .direction = (uint8_t)direction,
                              .ordinal = (uint32_t)l->counters.sent,
                              .fate = sim_link_draw(l, packet.bytes)};

    if (!w->chosen) {
        apply_picks(w, &fault, packet);
    } else {
        const struct sim_fault *f = chosen_fault(w, link, direction, fault.ordinal);
        const struct sim_fate none = {.jitter = {fault.fate.jitter[0], fault.fate.jitter[1]}};
        fault.fate = f != NULL ? f->fate : none;
    }
    note_fault(w, &fault);
    return fault.fate;
}

void sim_world_carry(struct sim_world *w, unsigned node, unsigned link, struct sim_packet packet)
{
    const unsigned direction = w->ends[link][0] == node ? 0 : 1;
    struct sim_link *l = w->links[link][direction];
    const struct lull_input frame = {.bytes = {packet.bytes.data, packet.bytes.len}};
    const struct sim_fate fate = decide(w, link, direction, packet);
    const uint64_t overflowed = l->counters.overflowed;
    struct sim_event event = {.node = (uint8_t)node,
                              .link = (uint8_t)link,
                              .direction = (uint8_t)direction,
                              .packet = packet.bytes,
                              .ghost = packet.ghost};

    sim_link_tick(l, w->now + w->nodes[node].hold);
    event.carried = sim_link_carry(l, &frame, packet.ghost, &fate);
    event.kind = event.carried == SIM_CARRIED ? SIM_DOUBLED : SIM_DOOMED;
    if (event.kind == SIM_DOOMED || (fate.duplicated && l->counters.overflowed == overflowed))
        sim_world_tell(w, &event);
}

struct sim_link_options *sim_world_link(struct sim_world *w, unsigned link, unsigned direction)
{
    return &w->links[link][direction]->options;
}

static void set_cut(struct sim_world *w, unsigned link, bool cut)
{
    w->links[link][0]->options.cut = w->links[link][1]->options.cut = cut;
    sim_world_tell(w, &(struct sim_event){.kind = SIM_CHANGED,
                                          .node = w->ends[link][0],
                                          .link = (uint8_t)link,
                                          .about = w->ends[link][1],
                                          .what = cut ? "a link is cut" : "a link is whole again"});
}

void sim_world_cut(struct sim_world *w, unsigned link)
{
    set_cut(w, link, true);
}

void sim_world_heal(struct sim_world *w, unsigned link)
{
    set_cut(w, link, false);
}

void sim_world_inject(struct sim_world *w, unsigned node, struct span packet)
{
    const struct sim_ghost ghost = {.number = ++w->emissions,
                                    .emitted_at = w->now,
                                    .voice = SIM_VOICE_NONE,
                                    .host = (uint8_t)node};
    const unsigned link = w->nodes[node].links[0];

    sim_world_tell(w, &(struct sim_event){.kind = SIM_FORGED,
                                          .node = (uint8_t)node,
                                          .link = (uint8_t)link,
                                          .packet = packet,
                                          .ghost = &ghost});
    sim_world_carry(w, node, link, (struct sim_packet){packet, &ghost});
}

uint64_t sim_world_under_way(const struct sim_world *w)
{
    uint64_t count = 0;

    for (unsigned link = 0; link < w->link_count; link++)
        count += w->links[link][0]->in_flight + w->links[link][1]->in_flight;
    return count;
}

/* --- nodes ------------------------------------------------------------------------------- */

unsigned sim_world_node(const struct sim_world *w, const struct lull_address *address)
{
    for (unsigned i = 0; i < w->node_count; i++)
        if (address_equal(&w->nodes[i].address, address))
            return i;
    return SIM_NODES_MAX;
}

/* Only memcmp and strlen may be called here. */
static bool same_text(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

unsigned sim_world_named(const struct sim_world *w, const char *name)
{
    for (unsigned i = 0; i < w->node_count; i++)
        if (same_text(w->nodes[i].name, name))
            return i;
    return SIM_NODES_MAX;
}

/* --- time -------------------------------------------------------------------------------- */

void sim_world_alarm(struct sim_world *w, lull_time at, sim_alarm *ring, void *context,
                     uint64_t argument)
{
    LULL_CHECK(w->alarm_count < SIM_ALARMS_MAX);
    struct sim_alarm_set *a = &w->alarms[w->alarm_count++];
    *a = (struct sim_alarm_set){at, w->alarm_order++, argument, ring, context};
}

static unsigned first_alarm(const struct sim_world *w)
{
    unsigned first = 0;

    for (unsigned i = 1; i < w->alarm_count; i++) {
        const struct sim_alarm_set *a = &w->alarms[i], *b = &w->alarms[first];
        if (a->at < b->at || (a->at == b->at && a->order < b->order))
            first = i;
    }
    return first;
}

static void attend_all(struct sim_world *w)
{
    for (unsigned host = 0; host < w->node_count; host++)
        if (w->nodes[host].kind == SIM_HOST)
            sim_host_attend(w, host);
}

static bool ring_due_alarm(struct sim_world *w)
{
    if (w->alarm_count == 0)
        return false;
    const unsigned i = first_alarm(w);
    const struct sim_alarm_set alarm = w->alarms[i];
    if (alarm.at > w->now)
        return false;
    w->alarms[i] = w->alarms[--w->alarm_count];
    alarm.ring(alarm.context, w, alarm.argument);
    attend_all(w);
    return true;
}

static lull_time next_incident(const struct sim_world *w)
{
    return w->incident_next < w->incident_count ? w->incidents[w->incident_next].at
                                                : LULL_TIME_NEVER;
}

static bool let_incident_happen(struct sim_world *w)
{
    if (next_incident(w) > w->now)
        return false;
    sim_incident_happen(w, &w->incidents[w->incident_next++]);
    attend_all(w);
    return true;
}

/* A network that keeps a maximum lifetime counts hops so that it is kept; here the last one has a
 * clock. */
static bool has_outlived(const struct sim_world *w, const struct sim_ghost *ghost)
{
    return w->lifetime_max > 0 && w->now - ghost->emitted_at > w->lifetime_max;
}

void sim_world_drop(struct sim_world *w, unsigned node, struct sim_packet packet, const char *why)
{
    sim_world_tell(w, &(struct sim_event){.kind = SIM_DROPPED,
                                          .node = (uint8_t)node,
                                          .packet = packet.bytes,
                                          .ghost = packet.ghost,
                                          .what = why});
}

static bool deliver(struct sim_world *w, unsigned link, unsigned direction)
{
    struct sim_link *l = w->links[link][direction];
    struct lull_input frame;

    if (!sim_link_receive(l, w->now, &frame))
        return false;
    const struct sim_ghost ghost = *sim_link_ghost(l);
    const struct sim_packet packet = {{frame.bytes.data, frame.bytes.len}, &ghost};
    const unsigned to = w->ends[link][1 - direction];
    if (has_outlived(w, &ghost)) {
        w->outlived++;
        sim_world_drop(w, to, packet, "older than the network's maximum lifetime");
        return true;
    }
    if (w->nodes[to].kind == SIM_HOST)
        sim_host_hear(w, to, packet);
    else
        sim_router_forward(w, to, packet);
    return true;
}

static bool deliver_all(struct sim_world *w)
{
    bool any = false;

    for (unsigned link = 0; link < w->link_count; link++)
        for (unsigned direction = 0; direction < 2; direction++)
            any |= deliver(w, link, direction);
    return any;
}

static bool advance_all(struct sim_world *w)
{
    bool any = false;

    for (unsigned host = 0; host < w->node_count; host++) {
        if (sim_host_deadline(w, host) > w->now)
            continue;
        sim_host_advance(w, host);
        any = true;
    }
    return any;
}

void sim_world_settle(struct sim_world *w)
{
    bool busy = true;

    attend_all(w);
    while (busy && !w->stopped) {
        busy = let_incident_happen(w) || ring_due_alarm(w);
        busy = busy || deliver_all(w);
        busy = busy || advance_all(w);
    }
}

lull_time sim_world_next(const struct sim_world *w)
{
    lull_time next = next_incident(w);

    if (w->alarm_count > 0)
        next = time_earlier(next, w->alarms[first_alarm(w)].at);
    for (unsigned host = 0; host < w->node_count; host++)
        next = time_earlier(next, sim_host_deadline(w, host));
    for (unsigned link = 0; link < w->link_count; link++)
        for (unsigned direction = 0; direction < 2; direction++)
            next = time_earlier(next, sim_link_next_deadline(w->links[link][direction]));
    return next;
}

bool sim_world_is_quiet(const struct sim_world *w)
{
    return sim_world_next(w) == LULL_TIME_NEVER;
}

void sim_world_run(struct sim_world *w, lull_time until)
{
    w->stopped = false;
    while (!w->stopped) {
        sim_world_settle(w);
        if (w->stopped)
            return;
        const lull_time next = sim_world_next(w);
        if (next > until) {
            w->now = until;
            return;
        }
        w->now = next > w->now ? next : w->now;
    }
}

void sim_world_stop(struct sim_world *w)
{
    w->stopped = true;
}
