#include "pair.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_MAX    66000
#define FILLED_BELOW (4u << 20) /* bytes; to fill a larger block takes longer than most tests */

struct pair_flight {
    lull_time arrives;
    uint64_t order; /* ties are broken by the order of sending */
    int to;
    struct lull_offload offload;
    size_t bytes;
    uint8_t *frame;
};

static void must(bool fact)
{
    if (!fact)
        abort();
}

static uint64_t word_of_name(const struct lull_name *name)
{
    uint32_t address;

    memcpy(&address, name->address.bytes + 12, sizeof address);
    return (uint64_t)address << 16 | name->port;
}

static void hash_record(void *context, const struct lull_trace_record *r)
{
    struct pair *p = context;
    uint64_t words[] = {(uint64_t)r->at,
                        (uint64_t)r->conn_id << 32 | r->event,
                        (uint64_t)r->arg[0] << 32 | r->arg[1],
                        (uint64_t)r->segment.seq << 32 | r->segment.ack,
                        (uint64_t)r->segment.len << 8 | r->segment.flags,
                        word_of_name(&r->local),
                        word_of_name(&r->remote)};

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        p->trace_hash = (p->trace_hash ^ words[i]) * 0x9e3779b97f4a7c15u + r->arg[2];
    p->trace_hash ^= p->trace_hash >> 29;
}

struct lull_name pair_name(int side, uint16_t port)
{
    const uint8_t octets[4] = {10, 0, 0, (uint8_t)(side + 1)};
    return (struct lull_name){.address = lull_address_ipv4(octets), .port = port};
}

static struct lull_stack *open_stack(struct pair *p, int side,
                                     const struct lull_stack_config *config)
{
    struct lull_stack_config c = *config;
    struct lull_interface_config interface = {.link = LULL_LINK_ETHERNET, .mtu = 1500};
    struct lull_name name = pair_name(side, 0);

    for (size_t i = 0; i < sizeof c.seed; i++)
        c.seed[i] = (uint8_t)prng_next(&p->prng);
    size_t bytes = lull_stack_bytes(&c);
    must(bytes > 0);
    p->memory[side] = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (bytes < FILLED_BELOW) /* a stack believes nothing of what it finds there */
        memset(p->memory[side], 0xa5, bytes);
    struct lull_stack *s = lull_stack_create(p->memory[side], bytes, &c, p->now);
    must(s != NULL);
    lull_stack_set_trace(s, hash_record, p);
    must(lull_stack_add_interface(s, &interface) == 0);
    must(lull_stack_add_address(s, 0, &name.address, 24) == LULL_OK);
    return s;
}

void pair_open(struct pair *p, uint64_t seed, const struct lull_stack_config *config,
               const struct pair_faults *faults)
{
    struct lull_stack_config defaults;

    *p = (struct pair){.now = LULL_SEC(1000)};
    prng_seed(&p->prng, seed);
    if (faults != NULL)
        p->faults = *faults;
    lull_stack_config_init(&defaults);
    for (int side = 0; side < 2; side++)
        p->stack[side] = open_stack(p, side, config != NULL ? config : &defaults);
}

void pair_close(struct pair *p)
{
    for (unsigned i = 0; i < p->flight_count; i++)
        free(p->flights[i].frame);
    free(p->flights);
    free(p->memory[0]);
    free(p->memory[1]);
}

static bool chance(struct pair *p, unsigned per_mille)
{
    return per_mille > 0 && prng_chance(&p->prng, per_mille, 1000);
}

static void launch(struct pair *p, int from, const uint8_t *bytes, const struct lull_frame *frame)
{
    struct pair_flight f = {.order = p->order++, .to = 1 - from, .offload = frame->offload};
    lull_duration extra =
        p->faults.jitter > 0 ? (lull_duration)prng_below(&p->prng, (uint32_t)p->faults.jitter) : 0;

    if (chance(p, p->faults.reorder))
        extra += 3 * p->faults.delay + LULL_MS(1);
    f.arrives = p->now + p->faults.delay + extra;
    f.bytes = frame->total_bytes;
    f.frame = malloc(f.bytes);
    must(f.frame != NULL);
    memcpy(f.frame, bytes, f.bytes);
    if (chance(p, p->faults.corrupt))
        f.frame[prng_below(&p->prng, (uint32_t)f.bytes)] ^=
            (uint8_t)(1u << prng_below(&p->prng, 8));
    if (p->flight_count == p->flight_capacity) {
        p->flight_capacity = p->flight_capacity == 0 ? 64 : 2 * p->flight_capacity;
        p->flights = realloc(p->flights, p->flight_capacity * sizeof *p->flights);
        must(p->flights != NULL);
    }
    p->flights[p->flight_count++] = f;
}

static void send_frame(struct pair *p, int from, const struct lull_frame *frame)
{
    static uint8_t bytes[FRAME_MAX];
    size_t at = frame->header_bytes;

    memcpy(bytes, frame->header, at);
    for (unsigned i = 0; i < frame->slice_count; i++) {
        memcpy(bytes + at, frame->slices[i].data, frame->slices[i].len);
        at += frame->slices[i].len;
    }
    must(at == frame->total_bytes);
    if (p->watch != NULL)
        p->watch(p->watch_context, from, bytes, at);
    uint64_t n = p->frames++;
    if ((n < 64 && (p->faults.lose_nth >> n & 1)) || chance(p, p->faults.loss))
        return;
    launch(p, from, bytes, frame);
    if (chance(p, p->faults.duplicate))
        launch(p, from, bytes, frame);
}

static bool drain(struct pair *p)
{
    bool any = false;
    struct lull_frame frame;

    for (int side = 0; side < 2; side++) {
        while (lull_stack_output(p->stack[side], p->now, &frame)) {
            send_frame(p, side, &frame);
            any = true;
        }
    }
    return any;
}

static unsigned first_flight(const struct pair *p)
{
    unsigned first = 0;

    for (unsigned i = 1; i < p->flight_count; i++) {
        const struct pair_flight *a = &p->flights[i], *b = &p->flights[first];
        if (a->arrives < b->arrives || (a->arrives == b->arrives && a->order < b->order))
            first = i;
    }
    return first;
}

static bool land(struct pair *p)
{
    if (p->flight_count == 0)
        return false;
    unsigned i = first_flight(p);
    struct pair_flight f = p->flights[i];
    if (f.arrives > p->now)
        return false;
    p->flights[i] = p->flights[--p->flight_count];
    struct lull_input input = {.bytes = {f.frame, f.bytes}};
    lull_stack_input(p->stack[f.to], &input, 1, p->now);
    free(f.frame);
    return true;
}

void pair_flush(struct pair *p)
{
    bool busy;

    do {
        busy = drain(p);
        busy |= land(p);
    } while (busy);
}

static lull_time next_instant(const struct pair *p)
{
    lull_time next = LULL_TIME_NEVER;

    for (int side = 0; side < 2; side++) {
        lull_time t = lull_stack_next_deadline(p->stack[side]);
        next = t < next ? t : next;
    }
    if (p->flight_count > 0) {
        lull_time t = p->flights[first_flight(p)].arrives;
        next = t < next ? t : next;
    }
    return next;
}

void pair_run(struct pair *p, lull_time until, bool (*done)(void *context), void *context)
{
    for (;;) {
        pair_flush(p);
        if (done != NULL && done(context))
            return;
        pair_flush(p);
        lull_time next = next_instant(p);
        if (next > until) {
            p->now = until;
            return;
        }
        p->now = next > p->now ? next : p->now;
        for (int side = 0; side < 2; side++)
            lull_stack_advance(p->stack[side], p->now);
    }
}

lull_socket pair_listen(struct pair *p, int side, uint16_t port)
{
    lull_socket s;
    struct lull_name name = {.port = port};

    must(lull_socket_open(p->stack[side], &s) == LULL_OK);
    name.address = pair_name(side, port).address;
    must(lull_socket_bind(p->stack[side], s, &name) == LULL_OK);
    must(lull_socket_listen(p->stack[side], s, 16) == LULL_OK);
    return s;
}

struct handshake {
    struct pair *p;
    lull_socket listener, *ends;
    bool accepted;
};

/* Over, one way or the other. */
static bool is_over(void *context)
{
    struct handshake *h = context;

    if (!h->accepted && lull_socket_accept(h->p->stack[1], h->listener, &h->ends[1]) == LULL_OK)
        h->accepted = true;
    unsigned events = lull_socket_poll(h->p->stack[0], h->ends[0]);
    return (events & LULL_EVENT_ERROR) || (h->accepted && (events & LULL_EVENT_WRITABLE));
}

/* False when the wire ate the ARP requests: EHOSTUNREACH is a legal answer then. */
static bool try_to_connect(struct handshake *h, uint16_t port)
{
    struct pair *p = h->p;
    struct lull_name to = pair_name(1, port);

    must(lull_socket_open(p->stack[0], &h->ends[0]) == LULL_OK);
    must(lull_socket_connect(p->stack[0], h->ends[0], &to) == LULL_EINPROGRESS);
    pair_run(p, p->now + LULL_SEC(300), is_over, h);
    enum lull_error error = lull_socket_take_error(p->stack[0], h->ends[0]);
    if (error == LULL_OK)
        return true;
    must(error == LULL_EHOSTUNREACH);
    must(lull_socket_close(p->stack[0], h->ends[0]) == LULL_OK);
    return false;
}

void pair_connect(struct pair *p, lull_socket listener, uint16_t port, lull_socket ends[2])
{
    struct handshake h = {p, listener, ends, false};
    int attempts = 0;

    while (!try_to_connect(&h, port)) {
        must(++attempts < 10);
        pair_run(p, p->now + LULL_SEC(2), NULL, NULL); /* a failed neighbour is left alone */
    }
    must(h.accepted);
}
