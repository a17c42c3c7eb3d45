/* sim_host.c - the four verbs, called on behalf of a host, one packet at a time.
 *
 * Batches would be faster and would hide which packet brought about what. */
#include "sim/sim_host.h"

#include <string.h>

#include "base/check.h"
#include "sim/sim_packet.h"

/* A stack is heard of by the hash of all it says and by whoever watches. */
static void hear_trace(void *context, const struct lull_trace_record *r)
{
    struct sim_node *n = context;
    struct sim_world *w = n->world;
    const uint64_t words[] = {(uint64_t)r->at,
                              (uint64_t)r->conn_id << 32 | r->event,
                              (uint64_t)r->arg[0] << 32 | r->arg[1],
                              (uint64_t)r->segment.seq << 32 | r->segment.ack,
                              (uint64_t)r->segment.len << 8 | r->segment.flags,
                              (uint64_t)(n - w->nodes) << 32 | r->arg[2]};

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        w->trace_hash = (w->trace_hash ^ words[i]) * 0x9e3779b97f4a7c15u;
    w->trace_hash ^= w->trace_hash >> 29;
    sim_world_tell(
        w, &(struct sim_event){.kind = SIM_TRACED, .node = (uint8_t)(n - w->nodes), .trace = r});
}

static bool is_running(const struct sim_node *n)
{
    return n->kind == SIM_HOST && n->stack != NULL && !n->suspended;
}

static void tell_life(struct sim_world *w, unsigned host, const char *what)
{
    sim_world_tell(w, &(struct sim_event){.kind = SIM_LIVED, .node = (uint8_t)host, .what = what});
}

/* --- life -------------------------------------------------------------------------------- */

void sim_host_boot(struct sim_world *w, unsigned host)
{
    static const struct lull_interface_config interface = {.link = LULL_LINK_IP, .mtu = 1500};
    struct sim_node *n = &w->nodes[host];

    LULL_CHECK(n->kind == SIM_HOST && n->stack == NULL);
    for (size_t i = 0; i < sizeof n->config.seed; i++)
        n->config.seed[i] = (uint8_t)prng_next(&w->prng);
    n->life++;
    n->heard = (struct sim_ghost){.voice = SIM_VOICE_NONE};
    n->stack = lull_stack_create(n->memory, n->memory_bytes, &n->config, w->now);
    LULL_CHECK(n->stack != NULL);
    lull_stack_set_trace(n->stack, hear_trace, n);
    LULL_CHECK(lull_stack_add_interface(n->stack, &interface) == 0);
    LULL_CHECK(lull_stack_add_address(n->stack, 0, &n->address, 0) == LULL_OK);
    tell_life(w, host, "starts with nothing remembered");
}

void sim_host_crash(struct sim_world *w, unsigned host)
{
    LULL_CHECK(w->nodes[host].stack != NULL);
    w->nodes[host].stack = NULL;
    w->nodes[host].suspended = false;
    tell_life(w, host, "crashes");
}

void sim_host_revive(struct sim_world *w, unsigned host)
{
    struct sim_node *n = &w->nodes[host];

    LULL_CHECK(n->kind == SIM_HOST && n->stack == NULL && n->life > 0);
    n->stack = n->memory;
    tell_life(w, host, "goes on with the memory it had");
    sim_host_advance(w, host);
}

void sim_host_suspend(struct sim_world *w, unsigned host)
{
    w->nodes[host].suspended = true;
    tell_life(w, host, "is suspended");
}

void sim_host_resume(struct sim_world *w, unsigned host)
{
    w->nodes[host].suspended = false;
    tell_life(w, host, "goes on");
    if (is_running(&w->nodes[host]))
        sim_host_advance(w, host);
}

/* --- packets ----------------------------------------------------------------------------- */

static size_t put_together(const struct lull_frame *frame, uint8_t *to)
{
    size_t at = frame->header_bytes;

    LULL_CHECK(frame->total_bytes <= SIM_PACKET_BYTES_MAX);
    memcpy(to, frame->header, at);
    for (unsigned i = 0; i < frame->slice_count; i++) {
        memcpy(to + at, frame->slices[i].data, frame->slices[i].len);
        at += frame->slices[i].len;
    }
    return at;
}

/* The user's stream whose connection has just begun to speak.  Two attempts over one record may
 * have the same ISS, within a tick of its clock, so a SYN need not be a voice's first. */
static void bind_stream(struct sim_world *w, unsigned host, uint32_t voice)
{
    const struct sim_voice *v = &w->ledger.voices[voice];

    for (uint32_t i = w->stream_count; i-- > 0;) {
        struct sim_stream *s = &w->streams[i];
        if (s->voice == SIM_VOICE_NONE && s->host == host && s->life == w->nodes[host].life
            && sim_packet_same_name(&s->local, &v->local)
            && sim_packet_same_name(&s->remote, &v->remote)) {
            s->voice = voice;
            return;
        }
    }
}

/* A reset of no voice answers what was heard, and is of its incarnation. */
static void attribute(struct sim_world *w, unsigned host, struct sim_ghost *ghost,
                      const struct sim_utterance *u)
{
    ghost->voice = sim_ledger_hear(&w->ledger, u);
    ghost->incarnation = ghost->voice == SIM_VOICE_NONE
                             ? w->nodes[host].heard.incarnation
                             : w->ledger.voices[ghost->voice].incarnation;
    if ((u->segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && ghost->voice != SIM_VOICE_NONE)
        bind_stream(w, host, ghost->voice);
}

static void emit(struct sim_world *w, unsigned host, struct span bytes)
{
    struct sim_node *n = &w->nodes[host];
    struct sim_ghost ghost = {.number = ++w->emissions,
                              .emitted_at = w->now,
                              .voice = SIM_VOICE_NONE,
                              .host = (uint8_t)host,
                              .life = n->life};
    struct sim_parsed parsed;

    w->frames++;
    if (sim_packet_parse(bytes, &parsed) && parsed.is_tcp) {
        const struct sim_utterance u = {.local = parsed.source,
                                        .remote = parsed.destination,
                                        .segment = &parsed.segment,
                                        .at = w->now,
                                        .host = (uint8_t)host,
                                        .life = n->life};
        attribute(w, host, &ghost, &u);
    }
    const struct sim_packet packet = {bytes, &ghost};
    sim_world_tell(w, &(struct sim_event){.kind = SIM_SENT,
                                          .node = (uint8_t)host,
                                          .link = n->links[0],
                                          .packet = bytes,
                                          .ghost = &ghost});
    sim_world_carry(w, host, n->links[0], packet);
}

void sim_host_speak(struct sim_world *w, unsigned host)
{
    uint8_t bytes[SIM_PACKET_BYTES_MAX];
    struct lull_frame frame;

    while (is_running(&w->nodes[host]) && lull_stack_output(w->nodes[host].stack, w->now, &frame))
        emit(w, host, (struct span){bytes, put_together(&frame, bytes)});
}

void sim_host_attend(struct sim_world *w, unsigned host)
{
    do {
        uint64_t calls = w->calls;
        sim_host_speak(w, host);
        if (!is_running(&w->nodes[host]))
            return;
        sim_world_tell(w, &(struct sim_event){.kind = SIM_SETTLED, .node = (uint8_t)host});
        if (w->user != NULL)
            w->user(w->user_context, w, host);
        /* A user who has only looked has woken the host, and a timer may have run out. */
        const uint64_t frames = w->frames;
        sim_host_speak(w, host);
        if (w->calls == calls && w->frames == frames)
            return;
    } while (true);
}

void sim_host_hear(struct sim_world *w, unsigned host, struct sim_packet packet)
{
    struct sim_node *n = &w->nodes[host];
    const struct lull_input input = {.bytes = {packet.bytes.data, packet.bytes.len}};
    struct sim_event event = {.kind = is_running(n) ? SIM_ARRIVES : SIM_DEAF,
                              .node = (uint8_t)host,
                              .packet = packet.bytes,
                              .ghost = packet.ghost};

    sim_world_tell(w, &event);
    if (!is_running(n))
        return;
    n->heard = *packet.ghost;
    lull_stack_input(n->stack, &input, 1, w->now);
    if (w->prompt && w->user != NULL)
        w->user(w->user_context, w, host);
    sim_host_attend(w, host);
}

lull_time sim_host_deadline(const struct sim_world *w, unsigned host)
{
    const struct sim_node *n = &w->nodes[host];
    return is_running(n) ? lull_stack_next_deadline(n->stack) : LULL_TIME_NEVER;
}

void sim_host_advance(struct sim_world *w, unsigned host)
{
    struct sim_node *n = &w->nodes[host];

    if (!is_running(n))
        return;
    n->heard = (struct sim_ghost){.voice = SIM_VOICE_NONE};
    lull_stack_advance(n->stack, w->now);
    sim_host_attend(w, host);
}
