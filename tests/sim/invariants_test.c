/* What must hold of records at every step, looked up in the live tables after every frame.
 *
 *   invariants_test [FIRST [COUNT]]     one world for each seed; default 1 300
 *
 * Few ports, a short MSL, small tables and a bad wire: tuples are used again and again.  The
 * tables are walked with lull_stack_list() alone, so this is also the proof that it shows
 * enough.  [REQ OB-06] [REQ OB-01] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

#define PORT        80
#define PORTS       3 /* of the client, so that tuples come again */
#define CYCLES      12
#define SHADOWS_MAX 32

/* A record as it was when last looked at. */
struct shadow {
    struct lull_name local, remote;
    enum lull_row_kind kind;
    lull_time expiry;
    uint32_t snd_nxt;
    bool seen;
};

struct watch {
    const struct lull_stack *stack;
    struct shadow shadows[SHADOWS_MAX];
    unsigned count, early; /* records; those that went before their time */
};

struct world {
    struct pair pair;
    uint64_t seed;
    unsigned records_max;
    struct watch watches[2];
    lull_socket listener;
};

static unsigned long checks, records_seen, parked_seen, early_seen;

static void fail(const struct world *w, const char *what)
{
    printf("seed %llu at %.3f s: %s\n", (unsigned long long)w->seed,
           (double)w->pair.now / (double)LULL_SEC(1), what);
    exit(1);
}

static bool is_record(const struct lull_row *row)
{
    return row->kind != LULL_ROW_CONNECTION && row->kind != LULL_ROW_LISTENER;
}

static bool same_name(const struct lull_name *a, const struct lull_name *b)
{
    return memcmp(a->address.bytes, b->address.bytes, 16) == 0 && a->port == b->port;
}

static struct shadow *shadow_of(struct watch *v, const struct lull_row *row)
{
    for (unsigned i = 0; i < v->count; i++)
        if (same_name(&v->shadows[i].local, &row->local)
            && same_name(&v->shadows[i].remote, &row->remote))
            return &v->shadows[i];
    return NULL;
}

/* INV-07 and INV-15: what a record promised it keeps, whatever comes. */
static void look_at_record(struct world *w, struct watch *v, const struct lull_row *row)
{
    struct shadow *s = shadow_of(v, row);

    records_seen++;
    if (s != NULL && s->seen)
        fail(w, "two records of one tuple (INV-06)");
    if (s == NULL && v->count == SHADOWS_MAX)
        fail(w, "more records than there can be");
    if (s == NULL)
        s = &v->shadows[v->count++];
    else if (s->kind == row->kind && row->timer_at < s->expiry)
        fail(w, "the time of a record became shorter (INV-15)");
    *s = (struct shadow){row->local, row->remote, row->kind, row->timer_at, row->snd_nxt, true};
}

/* INV-06 and INV-08: beside a record there is only the handshake that may replace it, and what it
 * sends is above what the record's connection sent. */
static void look_at_conn(const struct world *w, struct watch *v, const struct lull_row *row)
{
    const struct shadow *s = shadow_of(v, row);

    if (s == NULL || !s->seen)
        return;
    parked_seen++;
    if (strcmp(row->state, "SYN-RECV") != 0 && strcmp(row->state, "SYN-SENT") != 0)
        fail(w, "a connection beside its record (INV-06)");
    if (s->kind == LULL_ROW_TIME_WAIT && (int32_t)(row->snd_nxt - 1 - s->snd_nxt) <= 0)
        fail(w, "an ISS below the old SND.NXT (INV-08)");
}

static uint64_t counted(const struct watch *v, enum lull_counter counter)
{
    return lull_stack_counter(v->stack, counter);
}

static uint64_t ends_before_time(const struct watch *v)
{
    return counted(v, LULL_COUNTER_TWRecycled) + counted(v, LULL_COUNTER_TWRecycledActive)
           + counted(v, LULL_COUNTER_TWEvicted) + counted(v, LULL_COUNTER_TWKilled)
           + counted(v, LULL_COUNTER_TWAborted) + counted(v, LULL_COUNTER_FW2Killed)
           + counted(v, LULL_COUNTER_FW2Evicted) + counted(v, LULL_COUNTER_HoldRecycled)
           + counted(v, LULL_COUNTER_HoldEvicted);
}

/* INV-05: those that are gone were due, or their end was counted. */
static void look_for_the_missing(const struct world *w, struct watch *v)
{
    for (unsigned i = 0; i < v->count;) {
        if (v->shadows[i].seen) {
            v->shadows[i++].seen = false;
            continue;
        }
        if (v->shadows[i].expiry > w->pair.now)
            v->early++;
        v->shadows[i] = v->shadows[--v->count];
    }
    if (v->early > ends_before_time(v))
        fail(w, "a record vanished (INV-05)");
}

static unsigned standing(const struct watch *v, enum lull_row_kind kind)
{
    unsigned count = 0;

    for (unsigned i = 0; i < v->count; i++)
        count += v->shadows[i].kind == kind;
    return count;
}

/* INV-17: entered = left + standing, for each kind. */
static void balance(const struct world *w, const struct watch *v)
{
    uint64_t time_wait = counted(v, LULL_COUNTER_TWExpired) + counted(v, LULL_COUNTER_TWRecycled)
                         + counted(v, LULL_COUNTER_TWRecycledActive)
                         + counted(v, LULL_COUNTER_TWEvicted) + counted(v, LULL_COUNTER_TWKilled)
                         + counted(v, LULL_COUNTER_TWAborted) + standing(v, LULL_ROW_TIME_WAIT);
    uint64_t orphans = counted(v, LULL_COUNTER_FW2Expired) + counted(v, LULL_COUNTER_FW2TimeWait)
                       + counted(v, LULL_COUNTER_FW2Killed) + counted(v, LULL_COUNTER_FW2Evicted)
                       + standing(v, LULL_ROW_FIN_WAIT_2);
    uint64_t held = counted(v, LULL_COUNTER_HoldExpired) + counted(v, LULL_COUNTER_HoldRecycled)
                    + counted(v, LULL_COUNTER_HoldEvicted) + standing(v, LULL_ROW_HOLD);

    if (counted(v, LULL_COUNTER_TW) != time_wait)
        fail(w, "TIME-WAIT records do not add up (INV-17)");
    if (counted(v, LULL_COUNTER_FW2Entered) != orphans)
        fail(w, "FIN-WAIT-2 records do not add up (INV-17)");
    if (counted(v, LULL_COUNTER_HoldEntered) != held)
        fail(w, "HOLD records do not add up (INV-17)");
}

static void walk(struct world *w, struct watch *v, bool records)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(v->stack, &cursor, &row)) {
        if (records && is_record(&row))
            look_at_record(w, v, &row);
        else if (!records && row.kind == LULL_ROW_CONNECTION)
            look_at_conn(w, v, &row);
    }
}

static void check(struct world *w)
{
    checks++;
    for (int side = 0; side < 2; side++) {
        struct watch *v = &w->watches[side];
        walk(w, v, true);
        walk(w, v, false);
        look_for_the_missing(w, v);
        if (v->count > w->records_max)
            fail(w, "more records than records_max (INV-26)");
        balance(w, v);
    }
}

static void after_frame(void *context, int from, const uint8_t *frame, size_t bytes)
{
    (void)from;
    (void)frame;
    (void)bytes;
    check(context);
}

static bool after_instant(void *context)
{
    check(context);
    return false;
}

static void run_for(struct world *w, lull_duration duration)
{
    pair_run(&w->pair, w->pair.now + duration, after_instant, w);
}

static uint32_t below(struct world *w, uint32_t limit)
{
    return prng_below(&w->pair.prng, limit);
}

static void talk(struct world *w, lull_socket ends[2])
{
    unsigned first = below(w, 2);

    for (int side = 0; side < 2; side++)
        (void)lull_socket_send(w->pair.stack[side], ends[side],
                               (struct lull_slice){"some text of either side", 24});
    run_for(w, LULL_MS(below(w, 500)));
    for (unsigned i = 0; i < 2; i++) {
        unsigned side = first ^ i;
        if (below(w, 6) == 0)
            (void)lull_socket_abort(w->pair.stack[side], ends[side]);
        else
            (void)lull_socket_close(w->pair.stack[side], ends[side]);
        run_for(w, LULL_MS(below(w, 3000)));
    }
}

/* One connection, or the attempt. */
static void cycle(struct world *w)
{
    struct lull_name from = pair_name(0, (uint16_t)(5000 + below(w, PORTS)));
    struct lull_name to = pair_name(1, PORT);
    struct lull_stack *client = w->pair.stack[0], *server = w->pair.stack[1];
    lull_socket ends[2];

    if (lull_socket_open(client, &ends[0]) != LULL_OK)
        return;
    (void)lull_socket_set_option(client, ends[0], LULL_OPTION_REUSE_ADDRESS, 1);
    if (lull_socket_bind(client, ends[0], &from) == LULL_OK
        && lull_socket_connect(client, ends[0], &to) == LULL_EINPROGRESS) {
        run_for(w, LULL_SEC(3));
        if (lull_socket_accept(server, w->listener, &ends[1]) == LULL_OK) {
            talk(w, ends);
            return;
        }
    }
    (void)lull_socket_abort(client, ends[0]);
}

static void run_world(uint64_t seed)
{
    struct world w = {.seed = seed};
    struct pair_faults faults = {.loss = 50, .duplicate = 30, .reorder = 50};
    struct lull_stack_config config;

    faults.delay = LULL_MS(seed % 50);
    lull_stack_config_init(&config);
    config.records_max = w.records_max = 1 + (unsigned)(seed % 8);
    config.knobs.value[LULL_KNOB_tw_msl_ms] = 2000;
    config.knobs.value[LULL_KNOB_fw2_orphan_ms] = 3000;
    if (seed % 3 == 0)
        config.knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    pair_open(&w.pair, seed, &config, &faults);
    for (int side = 0; side < 2; side++)
        w.watches[side].stack = w.pair.stack[side];
    w.listener = pair_listen(&w.pair, 1, PORT);
    w.pair.watch = after_frame;
    w.pair.watch_context = &w;
    for (int i = 0; i < CYCLES; i++)
        cycle(&w);
    early_seen += w.watches[0].early + w.watches[1].early;
    pair_close(&w.pair);
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 300;

    for (uint64_t seed = first; seed < first + count; seed++)
        run_world(seed);
    printf("%llu worlds, %lu checks, %lu looks at records, %lu at a handshake beside one, "
           "%lu ends before time\n",
           (unsigned long long)count, checks, records_seen, parked_seen, early_seen);
    /* A world in which none of this happens proves nothing. */
    if (count >= 100 && (parked_seen == 0 || early_seen == 0))
        return 1;
    return 0;
}
