/* sim_workload.c - what users do next, looked up from what they have done.
 *
 * There is no queue of things to do: a visit looks at every conversation of the host, and alarms
 * only bring visits about.  So a user whose host was down or asleep at the instant he was to act
 * acts when it is back. */
#include "sim/sim_workload.h"

#include <string.h>

#include "base/address.h"
#include "sim/sim_call.h"
#include "sim/sim_packet.h"

#define STREAMS_IN_RESERVE 8 /* for what is accepted before the next look */
#define RETRY_MAX          LULL_SEC(16)
#define LISTEN_AGAIN       LULL_MS(300)

static bool is_up(const struct sim_world *w, unsigned host)
{
    return w->nodes[host].stack != NULL && !w->nodes[host].suspended;
}

static void wake(void *context, struct sim_world *w, uint64_t argument)
{
    (void)context; /* that it rings brings the visit about */
    (void)w;
    (void)argument;
}

/* Each side waits for one thing at a time, so it has at most one alarm. */
static void wake_at(struct sim_workload *l, struct sim_side *side, lull_time at)
{
    if (side->wakes_at > l->world->now || at <= l->world->now)
        return;
    side->wakes_at = at;
    sim_world_alarm(l->world, at, wake, l, 0);
}

static bool has_room(const struct sim_world *w)
{
    return w->stream_count + STREAMS_IN_RESERVE < w->stream_capacity;
}

static const struct sim_part *part_of(const struct sim_workload *l, unsigned step, unsigned which)
{
    return &l->c->steps[step].parts[which];
}

static lull_socket socket_of(const struct sim_workload *l, const struct sim_side *side)
{
    return l->world->streams[side->stream].socket;
}

/* --- leaving ----------------------------------------------------------------------------- */

static void leave(struct sim_workload *l, struct sim_talk *t, unsigned which)
{
    t->sides[which].phase = SIM_GONE;
    l->counts.finished += t->sides[1 - which].phase == SIM_GONE;
}

static void close_side(struct sim_workload *l, unsigned host, struct sim_talk *t, unsigned which)
{
    (void)sim_call_close(l->world, host, socket_of(l, &t->sides[which]));
    leave(l, t, which);
}

static void act(struct sim_workload *l, unsigned host, unsigned step, unsigned which)
{
    struct sim_talk *t = &l->talks[step];
    struct sim_side *side = &t->sides[which];
    const lull_socket socket = socket_of(l, side);

    switch (part_of(l, step, which)->ending) {
    case SIM_HALF_CLOSES:
        (void)sim_call_shutdown(l->world, side->stream);
        side->phase = SIM_READING;
        return;
    case SIM_ABORTS:
        (void)sim_call_abort(l->world, host, socket);
        leave(l, t, which);
        return;
    case SIM_LINGERS_ZERO:
        (void)sim_call_option(l->world, host, socket, LULL_OPTION_LINGER, 0);
        close_side(l, host, t, which);
        return;
    case SIM_CLOSES:
    case SIM_LEAVES_UNREAD:
    case SIM_LEAKS:
    case SIM_ENDING_COUNT: close_side(l, host, t, which); return;
    }
}

static bool cue_came(struct sim_workload *l, unsigned step, unsigned which)
{
    const struct sim_part *p = part_of(l, step, which), *other = part_of(l, step, 1 - which);
    const struct sim_side *side = &l->talks[step].sides[which];
    const bool said = side->said >= p->says + (side->ended ? p->tails : 0);

    if (side->ended && p->cue != SIM_WHEN_ENDED)
        return true;
    switch (p->cue) {
    case SIM_WHEN_DONE:
        return said && (p->ending == SIM_LEAVES_UNREAD || side->heard >= other->says);
    case SIM_WHEN_ENDED: return side->ended && said;
    case SIM_AT_ONCE: return said;
    case SIM_TOGETHER:
    case SIM_CUE_COUNT: return true;
    }
    return true;
}

static void consider_leaving(struct sim_workload *l, unsigned host, unsigned step, unsigned which)
{
    struct sim_talk *t = &l->talks[step];
    struct sim_side *side = &t->sides[which];
    const struct sim_part *p = part_of(l, step, which);

    if (side->phase == SIM_READING) {
        if (side->ended)
            close_side(l, host, t, which);
        return;
    }
    if (p->ending == SIM_LEAKS)
        return;
    if (side->acts_at == LULL_TIME_NEVER && cue_came(l, step, which)) {
        if (t->meets_at == 0)
            t->meets_at = l->world->now + p->pause + LULL_MS(200);
        side->acts_at = p->cue == SIM_TOGETHER ? t->meets_at : l->world->now + p->pause;
    }
    if (side->acts_at <= l->world->now)
        act(l, host, step, which);
    else if (side->acts_at != LULL_TIME_NEVER)
        wake_at(l, side, side->acts_at);
}

/* --- talking ----------------------------------------------------------------------------- */

static void hear(struct sim_workload *l, struct sim_side *side)
{
    ptrdiff_t got = 1;

    while (!side->ended && got > 0) {
        got = sim_call_receive(l->world, side->stream, SIM_CALL_BYTES_MAX);
        if (got > 0)
            side->heard += (uint32_t)got;
        else if (got != LULL_EAGAIN)
            side->ended = true;
    }
}

static void say(struct sim_workload *l, struct sim_side *side, uint32_t wish)
{
    ptrdiff_t taken = 1;

    while (side->said < wish && taken > 0) {
        const uint32_t left = wish - side->said;
        taken = sim_call_send(l->world, side->stream,
                              left < SIM_CALL_BYTES_MAX ? left : SIM_CALL_BYTES_MAX);
        if (taken > 0)
            side->said += (uint32_t)taken;
        else if (taken != LULL_EAGAIN)
            side->said = wish; /* nobody listens any more */
    }
}

static void talk(struct sim_workload *l, unsigned host, unsigned step, unsigned which)
{
    struct sim_side *side = &l->talks[step].sides[which];
    const struct sim_part *p = part_of(l, step, which);

    if (p->ending != SIM_LEAVES_UNREAD || side->phase == SIM_READING)
        hear(l, side);
    else if (lull_socket_poll(l->world->nodes[host].stack, socket_of(l, side))
             & (LULL_EVENT_ERROR | LULL_EVENT_HANGUP))
        side->ended = true;
    if (side->phase == SIM_TALKING && side->speaks_at <= l->world->now)
        say(l, side, p->says + (side->ended ? p->tails : 0));
    else if (side->phase == SIM_TALKING)
        wake_at(l, side, side->speaks_at);
    consider_leaving(l, host, step, which);
}

/* --- connecting -------------------------------------------------------------------------- */

static void stray(struct sim_workload *l, uint32_t stream)
{
    if (l->stray_count < SIM_WORKLOAD_STRAYS_MAX)
        l->strays[l->stray_count++] = stream;
}

static void begin(struct sim_side *side, enum sim_phase phase, uint32_t stream)
{
    const lull_time wakes_at = side->wakes_at;

    *side = (struct sim_side){
        .phase = phase, .stream = stream, .acts_at = LULL_TIME_NEVER, .wakes_at = wakes_at};
}

/* Whatever the other side still has from an attempt before is no longer part of this. */
static void forget_attempt(struct sim_workload *l, struct sim_talk *t)
{
    if (t->sides[1].phase == SIM_TALKING || t->sides[1].phase == SIM_READING)
        stray(l, t->sides[1].stream);
    begin(&t->sides[1], SIM_IDLE, SIM_STREAM_NONE);
    begin(&t->sides[0], SIM_IDLE, SIM_STREAM_NONE);
    t->meets_at = 0;
}

static void try_later(struct sim_workload *l, struct sim_talk *t)
{
    forget_attempt(l, t);
    t->due = l->world->now + t->pause;
    t->pause = 2 * t->pause < RETRY_MAX ? 2 * t->pause : RETRY_MAX;
    wake_at(l, &t->sides[0], t->due);
}

static enum lull_error ask(struct sim_workload *l, const struct sim_step *s, lull_socket socket)
{
    const struct lull_name to = {.address = l->world->nodes[s->server].address, .port = s->to};
    enum lull_error error = LULL_OK;

    (void)sim_call_option(l->world, s->client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (s->from != 0)
        error = sim_call_bind(l->world, s->client, socket, s->from);
    if (error != LULL_OK)
        return error;
    return sim_call_connect(l->world, s->client, socket, &to);
}

static void connect_step(struct sim_workload *l, unsigned step)
{
    const struct sim_step *s = &l->c->steps[step];
    struct sim_talk *t = &l->talks[step];
    lull_socket socket;

    if (!has_room(l->world) || sim_call_open(l->world, s->client, &socket) != LULL_OK) {
        try_later(l, t);
        return;
    }
    l->counts.attempts++;
    if (ask(l, s, socket) != LULL_EINPROGRESS) {
        (void)sim_call_close(l->world, s->client, socket);
        l->counts.refused++;
        t->refused = true;
        try_later(l, t);
        return;
    }
    forget_attempt(l, t);
    begin(&t->sides[0], SIM_OPENING, sim_call_stream(l->world, s->client, socket));
    t->begun = l->world->now;
}

/* Whoever gives up once waits the next time. */
static bool gives_up(struct sim_workload *l, unsigned step)
{
    const lull_duration patience = l->c->steps[step].patience;
    struct sim_talk *t = &l->talks[step];

    if (patience == 0 || t->impatient)
        return false;
    wake_at(l, &t->sides[0], t->begun + patience);
    t->impatient = t->begun + patience <= l->world->now;
    return t->impatient;
}

static void look_at_attempt(struct sim_workload *l, unsigned step)
{
    const struct sim_step *s = &l->c->steps[step];
    struct sim_talk *t = &l->talks[step];
    const lull_socket socket = socket_of(l, &t->sides[0]);
    const unsigned events = lull_socket_poll(l->world->nodes[s->client].stack, socket);

    if ((events & LULL_EVENT_ERROR) || gives_up(l, step)) {
        (void)sim_call_close(l->world, s->client, socket);
        l->counts.failed++;
        t->refused = true;
        try_later(l, t);
        return;
    }
    if (!(events & (LULL_EVENT_WRITABLE | LULL_EVENT_HANGUP)))
        return;
    l->counts.established++;
    l->counts.served += t->refused;
    t->sides[0].phase = SIM_TALKING;
    t->sides[0].speaks_at = l->world->now + part_of(l, step, 0)->thinks;
    if (part_of(l, step, 0)->cue == SIM_TOGETHER)
        t->meets_at = l->world->now + part_of(l, step, 0)->pause + LULL_MS(200);
}

static void visit_client(struct sim_workload *l, unsigned step)
{
    const struct sim_step *s = &l->c->steps[step];
    struct sim_talk *t = &l->talks[step];
    struct sim_side *side = &t->sides[0];

    if (side->phase == SIM_IDLE && !l->closing) {
        if (t->due <= l->world->now)
            connect_step(l, step);
        else
            wake_at(l, side, t->due);
    }
    if (side->phase == SIM_OPENING)
        look_at_attempt(l, step);
    if (side->phase == SIM_TALKING || side->phase == SIM_READING)
        talk(l, s->client, step, 0);
}

static void close_what_is_open(struct sim_workload *l, struct sim_talk *t, unsigned which)
{
    const struct sim_side *side = &t->sides[which];

    if (side->phase != SIM_IDLE && side->phase != SIM_GONE)
        close_side(l, l->world->streams[side->stream].host, t, which);
}

/* --- serving ----------------------------------------------------------------------------- */

static void open_listener(struct sim_workload *l, unsigned service)
{
    const struct sim_service *s = &l->c->services[service];
    struct sim_world *w = l->world;
    lull_socket socket;

    if (sim_call_open(w, s->host, &socket) != LULL_OK)
        return;
    (void)sim_call_option(w, s->host, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (sim_call_bind(w, s->host, socket, s->port) != LULL_OK
        || sim_call_listen(w, s->host, socket, s->backlog) != LULL_OK) {
        (void)sim_call_close(w, s->host, socket);
        l->listeners[service].due = w->now + LISTEN_AGAIN;
        sim_world_alarm(w, l->listeners[service].due, wake, l, 0);
        return;
    }
    l->listeners[service].socket = socket;
    l->listeners[service].life = w->nodes[s->host].life;
}

/* The conversation that a connection belongs to: the latest begun on that tuple which nobody
 * serves. */
static unsigned step_for(const struct sim_workload *l, uint32_t stream)
{
    const struct sim_stream *accepted = &l->world->streams[stream];
    unsigned found = SIM_CASE_STEPS_MAX;
    uint32_t newest = 0;

    for (unsigned i = 0; i < l->c->step_count; i++) {
        const struct sim_talk *t = &l->talks[i];
        if (t->sides[0].stream == SIM_STREAM_NONE || t->sides[1].phase != SIM_IDLE)
            continue;
        const struct sim_stream *client = &l->world->streams[t->sides[0].stream];
        if (!sim_packet_same_name(&client->local, &accepted->remote)
            || !sim_packet_same_name(&client->remote, &accepted->local))
            continue;
        if (found == SIM_CASE_STEPS_MAX || t->sides[0].stream > newest) {
            found = i;
            newest = t->sides[0].stream;
        }
    }
    return found;
}

static void accept_all(struct sim_workload *l, unsigned service)
{
    const struct sim_service *s = &l->c->services[service];
    const lull_duration age = l->world->now - l->c->plan.start;
    uint32_t stream;

    if (age >= s->slow_from && age < s->slow_until)
        return;
    while (l->world->stream_count + 1 < l->world->stream_capacity
           && sim_call_accept(l->world, s->host, l->listeners[service].socket, &stream)
                  == LULL_OK) {
        const unsigned step = step_for(l, stream);
        if (step == SIM_CASE_STEPS_MAX) {
            stray(l, stream);
            continue;
        }
        begin(&l->talks[step].sides[1], SIM_TALKING, stream);
        l->talks[step].sides[1].speaks_at = l->world->now + part_of(l, step, 1)->thinks;
    }
}

static void close_listener(struct sim_workload *l, unsigned service)
{
    const unsigned host = l->c->services[service].host;

    if (l->listeners[service].life != l->world->nodes[host].life)
        return;
    (void)sim_call_close(l->world, host, l->listeners[service].socket);
    l->listeners[service].life = 0;
}

static void serve(struct sim_workload *l, unsigned service)
{
    const uint8_t life = l->world->nodes[l->c->services[service].host].life;

    if (l->closing || l->listeners[service].away) {
        close_listener(l, service);
        return;
    }
    if (l->listeners[service].life != life && l->listeners[service].due <= l->world->now)
        open_listener(l, service);
    if (l->listeners[service].life == life)
        accept_all(l, service);
}

/* Somebody has to close what belongs to no conversation, or it would stay for ever. */
static void mind_stray(struct sim_workload *l, unsigned *i)
{
    const struct sim_stream *s = &l->world->streams[l->strays[*i]];
    ptrdiff_t got = 1;

    while (got > 0)
        got = sim_call_receive(l->world, l->strays[*i], SIM_CALL_BYTES_MAX);
    if (got == LULL_EAGAIN && !l->closing) {
        ++*i;
        return;
    }
    (void)sim_call_close(l->world, s->host, s->socket);
    l->strays[*i] = l->strays[--l->stray_count];
}

static void mind_strays(struct sim_workload *l, unsigned host)
{
    for (unsigned i = 0; i < l->stray_count;) {
        const struct sim_stream *s = &l->world->streams[l->strays[i]];
        if (s->life != l->world->nodes[s->host].life)
            l->strays[i] = l->strays[--l->stray_count];
        else if (s->host == host)
            mind_stray(l, &i);
        else
            i++;
    }
}

static void disperse(struct sim_workload *l, unsigned host)
{
    for (unsigned i = 0; i < SIM_WORKLOAD_BOUND_MAX; i++) {
        if (l->bound[i].socket.generation == 0 || l->bound[i].host != host)
            continue;
        if (l->bound[i].life == l->world->nodes[host].life)
            (void)sim_call_close(l->world, host, l->bound[i].socket);
        l->bound[i].socket = (lull_socket){0};
    }
}

/* --- visits ------------------------------------------------------------------------------ */

/* A host that came back without its memory has none of these sockets. */
static void mourn(struct sim_workload *l, unsigned step, unsigned which)
{
    struct sim_talk *t = &l->talks[step];
    const struct sim_side *side = &t->sides[which];

    if (side->phase == SIM_IDLE || side->phase == SIM_GONE)
        return;
    const struct sim_stream *s = &l->world->streams[side->stream];
    if (s->life != l->world->nodes[s->host].life)
        leave(l, t, which);
}

static void visit_step(struct sim_workload *l, unsigned host, unsigned step)
{
    const struct sim_step *s = &l->c->steps[step];
    struct sim_side *server = &l->talks[step].sides[1];

    if (s->client == host) {
        mourn(l, step, 0);
        visit_client(l, step);
        if (l->closing)
            close_what_is_open(l, &l->talks[step], 0);
    }
    if (s->server != host)
        return;
    mourn(l, step, 1);
    if (l->closing)
        close_what_is_open(l, &l->talks[step], 1);
    else if (server->phase == SIM_TALKING || server->phase == SIM_READING)
        talk(l, host, step, 1);
}

static void visit(void *context, struct sim_world *w, unsigned host)
{
    struct sim_workload *l = context;

    (void)w;
    for (unsigned i = 0; i < l->c->service_count; i++)
        if (l->c->services[i].host == host)
            serve(l, i);
    for (unsigned i = 0; i < l->c->step_count; i++)
        if (l->steps >> i & 1)
            visit_step(l, host, i);
    if (l->stray_count > 0)
        mind_strays(l, host);
    if (l->closing)
        disperse(l, host);
}

void sim_workload_init(struct sim_workload *l, const struct sim_case *c, struct sim_world *w)
{
    memset(l, 0, sizeof *l);
    l->c = c;
    l->world = w;
    l->steps = (1u << c->step_count) - 1;
    for (unsigned i = 0; i < c->step_count; i++) {
        struct sim_talk *t = &l->talks[i];
        t->due = w->now + c->steps[i].at;
        t->pause = c->steps[i].retry;
        begin(&t->sides[0], SIM_IDLE, SIM_STREAM_NONE);
        begin(&t->sides[1], SIM_IDLE, SIM_STREAM_NONE);
    }
    for (unsigned i = 0; i < c->service_count; i++)
        if (c->services[i].slow_until > 0)
            sim_world_alarm(w, w->now + c->services[i].slow_until, wake, l, 0);
    sim_world_employ(w, visit, l);
}

void sim_workload_finish(struct sim_workload *l)
{
    l->closing = true;
    sim_world_alarm(l->world, l->world->now, wake, l, 0);
}

void sim_workload_leave(struct sim_workload *l, unsigned service)
{
    l->listeners[service].away = true;
}

void sim_workload_return(struct sim_workload *l, unsigned service)
{
    l->listeners[service].away = false;
}

/* --- sockets that want one port ----------------------------------------------------------- */

/* Each wants the port at every address or at the host's own, with some options; those that got it
 * listen, if they may. */
void sim_workload_crowd(struct sim_workload *l, unsigned host, uint16_t port, uint32_t seed)
{
    struct sim_world *w = l->world;

    for (unsigned i = 0; i < SIM_WORKLOAD_BOUND_MAX && is_up(w, host) && !l->closing; i++) {
        const unsigned bits = seed >> 4 * i & 15;
        struct lull_name name = {.port = port};
        if (l->bound[i].socket.generation != 0
            || sim_call_open(w, host, &l->bound[i].socket) != LULL_OK)
            continue;
        const lull_socket socket = l->bound[i].socket;
        l->bound[i].host = (uint8_t)host;
        l->bound[i].life = w->nodes[host].life;
        (void)sim_call_option(w, host, socket, LULL_OPTION_REUSE_ADDRESS, bits & 1);
        (void)sim_call_option(w, host, socket, LULL_OPTION_REUSE_PORT, bits >> 1 & 1);
        if (bits & 4)
            name.address = w->nodes[host].address;
        if (sim_call_bind_name(w, host, socket, &name) == LULL_OK && (bits & 8))
            (void)sim_call_listen(w, host, socket, 1);
    }
}

void sim_workload_disperse(struct sim_workload *l, unsigned host)
{
    if (is_up(l->world, host))
        disperse(l, host);
}
