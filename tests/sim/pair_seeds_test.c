/* Two stacks exchange data under a faulty wire on virtual time, one world for each seed.
 *
 *   pair_seeds_test [FIRST [COUNT]]     default 1 1000
 *   pair_seeds_test --trace SEED        the frames of one world
 *
 * Checked in every world: the bytes that arrive are the bytes that were sent, in order; an
 * orderly close loses none; every connection ends; pools are back to zero after 2 MSL.  The
 * last line has one hash over every trace record of every world: the same on any compiler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pair.h"
#include "wire/describe.h"

#define CONNS      4
#define TEXT_MAX   60000
#define WORLD_LIFE LULL_SEC(4000)

enum plan {
    HALF_CLOSE_A, /* A ends its direction, both read to the end */
    HALF_CLOSE_B,
    BOTH_AT_ONCE,  /* each ends its direction when it has sent */
    CLOSE_AT_ONCE, /* A closes for good as soon as it has queued everything; B only reads */
    ABORT_A,       /* A resets half way */
    PLAN_COUNT
};

struct end {
    lull_socket socket;
    int side;
    unsigned total, sent, received, expected;
    uint8_t key;
    bool open, shut, ended, reset;
};

struct world {
    struct pair pair;
    uint64_t seed;
    enum plan plan[CONNS];
    struct end ends[CONNS][2];
    int conns;
};

static void fail(const struct world *w, const char *what)
{
    printf("seed %llu: %s\n", (unsigned long long)w->seed, what);
    exit(1);
}

static uint8_t octet(const struct end *e, unsigned i)
{
    return (uint8_t)(e->key + i * 7 + i / 251);
}

static void send_more(struct world *w, struct end *e)
{
    uint8_t text[2048];

    while (e->open && !e->shut && e->sent < e->total) {
        unsigned n = e->total - e->sent < sizeof text ? e->total - e->sent : sizeof text;
        for (unsigned i = 0; i < n; i++)
            text[i] = octet(e, e->sent + i);
        ptrdiff_t taken =
            lull_socket_send(w->pair.stack[e->side], e->socket, (struct lull_slice){text, n});
        if (taken == LULL_EAGAIN)
            return;
        if (taken < 0) {
            e->reset = true;
            return;
        }
        e->sent += (unsigned)taken;
    }
}

static void receive_more(struct world *w, struct end *e, const struct end *from)
{
    uint8_t text[2048];
    ptrdiff_t n;

    while (e->open && !e->ended
           && (n = lull_socket_receive(w->pair.stack[e->side], e->socket, text, sizeof text))
                  != LULL_EAGAIN) {
        if (n <= 0) {
            e->ended = true;
            e->reset |= n < 0;
            return;
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            if (text[i] != octet(from, e->received + (unsigned)i))
                fail(w, "a byte that was never sent there");
        }
        e->received += (unsigned)n;
        if (e->received > from->total)
            fail(w, "more bytes than were sent");
    }
}

static void shut(struct world *w, struct end *e)
{
    if (e->open && !e->shut)
        (void)lull_socket_shutdown(w->pair.stack[e->side], e->socket, LULL_SHUT_SEND);
    e->shut = true;
}

static void close_end(struct world *w, struct end *e)
{
    if (e->open)
        (void)lull_socket_close(w->pair.stack[e->side], e->socket);
    e->open = false;
}

static void act(struct world *w, int conn)
{
    struct end *a = &w->ends[conn][0], *b = &w->ends[conn][1];
    bool a_sent = a->sent == a->total, b_sent = b->sent == b->total;

    switch (w->plan[conn]) {
    case HALF_CLOSE_A:
        if (a_sent)
            shut(w, a);
        if (b_sent && b->ended)
            shut(w, b);
        break;
    case HALF_CLOSE_B:
        if (b_sent)
            shut(w, b);
        if (a_sent && a->ended)
            shut(w, a);
        break;
    case BOTH_AT_ONCE:
        if (a_sent)
            shut(w, a);
        if (b_sent)
            shut(w, b);
        break;
    case CLOSE_AT_ONCE:
        if (a_sent)
            close_end(w, a);
        if (b->ended)
            close_end(w, b);
        break;
    case ABORT_A:
        if (a->open && a->sent >= a->total / 2) {
            (void)lull_socket_abort(w->pair.stack[0], a->socket);
            a->open = false;
        }
        if (!a->open && b_sent) /* the reset may be lost, and nothing else might tell B */
            close_end(w, b);
        break;
    case PLAN_COUNT: break;
    }
    for (int side = 0; side < 2; side++) {
        struct end *e = &w->ends[conn][side];
        if (e->ended && (e->shut || e->reset))
            close_end(w, e);
    }
}

static bool is_quiet(void *context)
{
    struct world *w = context;
    bool quiet = true;

    for (int i = 0; i < w->conns; i++) {
        for (int side = 0; side < 2; side++) {
            send_more(w, &w->ends[i][side]);
            receive_more(w, &w->ends[i][side], &w->ends[i][1 - side]);
        }
        act(w, i);
        quiet &= !w->ends[i][0].open && !w->ends[i][1].open;
    }
    return quiet;
}

static unsigned pick(struct world *w, unsigned least, unsigned most)
{
    return least + prng_below(&w->pair.prng, most - least + 1);
}

static void choose_limits(struct prng *r, struct lull_stack_config *c)
{
    lull_stack_config_init(c);
    c->connections_max = 32;
    c->sockets_max = 32;
    c->records_max = 64;
    c->block_bytes = 256u << prng_below(r, 5);
    c->blocks_max = 4096;
    c->send_buffer_bytes = 1000 + prng_below(r, 100000);
    c->receive_buffer_bytes = 1000 + prng_below(r, 100000);
    c->knobs.value[LULL_KNOB_tw_msl_ms] = 500 + (int64_t)prng_below(r, 30000);
    c->features = (uint8_t)prng_below(r, 8);
    c->delayed_ack = LULL_MS((int64_t)prng_below(r, 100));
}

static void open_world(struct world *w, uint64_t seed)
{
    struct lull_stack_config config;
    struct prng r;

    prng_seed(&r, seed);
    struct pair_faults faults = {.loss = prng_below(&r, 4) == 0 ? 0 : prng_below(&r, 100),
                                 .duplicate = prng_below(&r, 50),
                                 .reorder = prng_below(&r, 50),
                                 .corrupt = prng_below(&r, 20),
                                 .delay = LULL_US(1 + (int64_t)prng_below(&r, 60000)),
                                 .jitter = LULL_US((int64_t)prng_below(&r, 20000))};
    choose_limits(&r, &config);
    *w = (struct world){.seed = seed};
    pair_open(&w->pair, seed, &config, &faults);
}

static void open_conns(struct world *w)
{
    lull_socket listener = pair_listen(&w->pair, 1, 80);

    w->conns = (int)pick(w, 1, CONNS);
    for (int i = 0; i < w->conns; i++) {
        lull_socket sockets[2];
        pair_connect(&w->pair, listener, 80, sockets);
        w->plan[i] = (enum plan)pick(w, 0, PLAN_COUNT - 1);
        for (int side = 0; side < 2; side++)
            w->ends[i][side] = (struct end){.socket = sockets[side],
                                            .side = side,
                                            .open = true,
                                            .key = (uint8_t)pick(w, 0, 255),
                                            .total = pick(w, 0, TEXT_MAX)};
        if (w->plan[i] == CLOSE_AT_ONCE)
            w->ends[i][1].total = 0;
    }
    (void)lull_socket_close(w->pair.stack[1], listener);
}

static void check_conns(struct world *w)
{
    for (int i = 0; i < w->conns; i++) {
        for (int side = 0; side < 2; side++) {
            const struct end *e = &w->ends[i][side], *from = &w->ends[i][1 - side];
            if (e->open)
                fail(w, "a connection did not end");
            if (w->plan[i] == ABORT_A || (w->plan[i] == CLOSE_AT_ONCE && side == 0))
                continue;
            if (e->reset)
                fail(w, "an orderly close ended with an error");
            if (e->received != from->total)
                fail(w, "bytes are missing after an orderly close");
        }
    }
}

static void check_pools(struct world *w)
{
    for (int side = 0; side < 2; side++) {
        struct lull_usage u;
        lull_stack_usage(w->pair.stack[side], &u);
        if (u.connections != 0 || u.records != 0 || u.sockets != 0 || u.listeners != 0)
            fail(w, "connections, records, sockets or listeners are left over");
        if (u.blocks != 0)
            fail(w, "buffer blocks are left over");
    }
}

static uint64_t run_world(uint64_t seed, void (*watch)(void *, int, const uint8_t *, size_t))
{
    struct world w;

    open_world(&w, seed);
    w.pair.watch = watch;
    w.pair.watch_context = &w.pair;
    open_conns(&w);
    pair_run(&w.pair, w.pair.now + WORLD_LIFE, is_quiet, &w);
    check_conns(&w);
    pair_run(&w.pair, w.pair.now + WORLD_LIFE, NULL, NULL);
    check_pools(&w);
    uint64_t hash = w.pair.trace_hash;
    pair_close(&w.pair);
    return hash;
}

static void print_frame(void *context, int from, const uint8_t *frame, size_t bytes)
{
    const struct pair *p = context;
    char line[300];
    struct text t;

    text_init(&t, line, sizeof line);
    describe_frame(&t, (struct span){frame, bytes});
    printf("%12.6f %s %s\n", (double)(p->now - LULL_SEC(1000)) / 1e9, from ? "<" : ">", line);
}

int main(int argc, char **argv)
{
    uint64_t hash = 0;
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;

    if (argc == 3 && strcmp(argv[1], "--trace") == 0) {
        run_world(strtoull(argv[2], NULL, 10), print_frame);
        return 0;
    }
    for (uint64_t seed = first; seed < first + count; seed++)
        hash = (hash ^ run_world(seed, NULL)) * 0x9e3779b97f4a7c15u;
    printf("pair_seeds_test: %llu worlds passed, trace hash %016llx\n", (unsigned long long)count,
           (unsigned long long)hash);
    return 0;
}
