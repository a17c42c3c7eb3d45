/* What must hold of records at every step, looked up in the live tables after every frame.
 *
 *   invariants_test [FIRST [COUNT]]     one world for each seed; default 1 300
 *
 * Few ports, a short MSL, small tables and a bad wire: tuples are used again and again.  Each
 * profile has a fourth of the worlds, in half of them somebody forges segments and ICMP errors in
 * the name of either side, with numbers near every edge, and in a quarter knobs are turned while
 * all this happens.  The tables are walked with lull_stack_list() alone, so this is also the proof
 * that it shows enough.  [REQ OB-06] [REQ OB-01] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "pair.h"
#include "tcp/tcp_timestamp.h"
#include "wire/ethernet.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define PORT        80
#define FIRST_PORT  5000
#define PORTS       3 /* of the client, so that tuples come again */
#define MSL_MS      2000
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

/* What one side has said on one tuple. */
struct voice {
    bool synchronized, finished, stamped, held;
    seq32 iss, fin_end;
    uint32_t stamp;
    lull_time reset_at;
};

struct world {
    struct pair pair;
    uint64_t seed;
    bool hostile, restless; /* segments are forged; knobs are turned */
    bool halves;            /* a solicited reset may halve a wait */
    bool busy, silent[2];   /* answers wait; that side has nothing to say now */
    struct ethernet_address hardware[2];
    struct voice voices[2][PORTS];
    uint32_t serial; /* of the connection */
    unsigned records_max;
    struct watch watches[2];
    lull_socket listener;
};

static unsigned long checks, records_seen, parked_seen, early_seen, forged, turned, texts_seen;

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
    else if (s->kind == row->kind && row->timer_at < s->expiry && !w->halves)
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

/* --- what is said ------------------------------------------------------------------------ */

/* Of the tuple from the client's port FIRST_PORT + @tuple, on @side: its record, its connection. */
static bool find_row(const struct world *w, int side, unsigned tuple, bool record,
                     struct lull_row *row)
{
    uint64_t cursor = 0;

    while (lull_stack_list(w->pair.stack[side], &cursor, row)) {
        uint16_t port = side == 0 ? row->local.port : row->remote.port;
        if (row->kind != LULL_ROW_LISTENER && is_record(row) == record
            && port == FIRST_PORT + tuple)
            return true;
    }
    return false;
}

/* INV-09, INV-10: a side has one FIN, and its clock does not go back. */
static void hear(const struct world *w, struct voice *v, const struct tcp_segment *seg)
{
    if ((seg->flags & TCP_SYN) && !(v->synchronized && seq_eq(v->iss, seg->seq))) {
        v->synchronized = true;
        v->finished = false;
        v->iss = seg->seq;
    }
    if (seg->flags & TCP_FIN) {
        seq32 end = seq_add(seg->seq, seg->len);
        if (v->finished && !seq_eq(v->fin_end, end))
            fail(w, "a second FIN (INV-10)");
        v->finished = true;
        v->fin_end = end;
    }
    if (!(seg->options.present & TCP_OPTION_TIMESTAMPS))
        return;
    if (v->stamped && tcp_timestamp_before(seg->options.ts_value, v->stamp))
        fail(w, "a TSval below an older one (INV-09)");
    v->stamped = true;
    v->stamp = seg->options.ts_value;
}

/* INV-20: what has no user acknowledges what it had when he left, and no more. */
static void hear_record(const struct world *w, int from, unsigned tuple,
                        const struct tcp_segment *seg)
{
    struct lull_row record, conn;

    if ((seg->flags & (TCP_RST | TCP_SYN)) || !find_row(w, from, tuple, true, &record)
        || find_row(w, from, tuple, false, &conn))
        return;
    if (record.kind == LULL_ROW_HOLD)
        fail(w, "a HOLD does not reset (INV-20)");
    if (seg->text.len == 0 && seg->ack.raw != record.rcv_nxt)
        fail(w, "a record acknowledges what it never had (INV-20)");
}

/* INV-25: whoever has reset a tuple does not use it for two MSL.  A reset that answers a SYN holds
 * nothing, so what counts is one beside which a record stands. */
static void hear_reset(struct world *w, int from, unsigned tuple, const struct tcp_segment *seg)
{
    struct voice *v = &w->voices[from][tuple];
    const struct watch *side = &w->watches[from];
    bool opens = (seg->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    struct lull_row record;

    if ((seg->flags & TCP_RST) && find_row(w, from, tuple, true, &record)) {
        v->held = true;
        v->reset_at = w->pair.now;
    }
    if (opens && v->held && w->pair.now < v->reset_at + LULL_MS(2 * MSL_MS) && !w->restless
        && lull_stack_knob(side->stack, LULL_KNOB_abort_hold)
        && lull_stack_knob(side->stack, LULL_KNOB_tw_reuse_active) != LULL_TW_REUSE_ANY
        && ends_before_time(side) == 0)
        fail(w, "a tuple is used soon after its reset (INV-25)");
}

static void listen_to(struct world *w, int from, const uint8_t *frame, size_t bytes)
{
    struct ethernet_header link;
    struct ipv4_header ip;
    struct span packet, payload;
    struct tcp_segment seg;

    if (!ethernet_parse((struct span){frame, bytes}, &link, &packet))
        fail(w, "a frame that is none");
    w->hardware[from] = link.source;
    if (link.type != ETHERNET_IPV4 || ipv4_parse(packet, &ip, &payload) != IPV4_OK
        || ip.protocol != IPV4_TCP || !tcp_header_parse(payload, &seg))
        return;
    unsigned tuple = (from == 0 ? seg.source_port : seg.destination_port) - (unsigned)FIRST_PORT;
    if (tuple >= PORTS)
        return;
    if (w->silent[from])
        fail(w, "an answer to a reset (INV-13)");
    hear_reset(w, from, tuple, &seg);
    hear(w, &w->voices[from][tuple], &seg);
    hear_record(w, from, tuple, &seg);
}

static void after_frame(void *context, int from, const uint8_t *frame, size_t bytes)
{
    listen_to(context, from, frame, bytes);
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

/* --- what is forged ---------------------------------------------------------------------- */

static void forge_packet(struct world *w, int to, struct ipv4_header *ip, struct span payload)
{
    uint8_t frame[200];
    struct ethernet_header link = {w->hardware[to], w->hardware[1 - to], ETHERNET_IPV4};
    size_t at = ethernet_emit(&link, frame);

    ip->ttl = 64;
    ip->total_bytes = (uint16_t)(IPV4_HEADER_BYTES + payload.len);
    at += ipv4_emit(ip, frame + at);
    memcpy(frame + at, payload.data, payload.len);
    struct lull_input input = {.bytes = {frame, at + payload.len},
                               .offload = {.checksum_trusted = ip->protocol == IPV4_TCP}};
    lull_stack_input(w->pair.stack[to], &input, 1, w->pair.now);
    forged++;
}

/* @near, or beside it, or beside the edge of a window, or anywhere. */
static uint32_t about(struct world *w, uint32_t near)
{
    static const uint32_t edges[] = {0, 65535, 0x7fffffff, 0x80000000, 524288, 65535u << 4};

    if (below(w, 8) == 0)
        return below(w, UINT32_MAX);
    return near + edges[below(w, 3) == 0 ? below(w, COUNT_OF(edges)) : 0] + below(w, 5) - 2;
}

/* What arrives together is answered together. */
static void settle_sometimes(struct world *w)
{
    w->busy = below(w, 2) == 0;
    if (!w->busy)
        pair_flush(&w->pair);
}

static struct ipv4_header header_to(int to, uint8_t protocol)
{
    return (struct ipv4_header){.source = pair_name(1 - to, 0).address,
                                .destination = pair_name(to, 0).address,
                                .protocol = protocol};
}

static struct tcp_segment invent(struct world *w, int to, unsigned tuple,
                                 const struct lull_row *row)
{
    const struct voice *peer = &w->voices[1 - to][tuple];
    struct tcp_segment seg = {.source_port = row->remote.port,
                              .destination_port = row->local.port,
                              .seq = seq_at(about(w, row->rcv_nxt)),
                              .ack = seq_at(about(w, row->snd_nxt)),
                              .wnd = (uint16_t)below(w, 65536),
                              .flags = (uint8_t)below(w, 64)};

    if (below(w, 3) != 0)
        seg.flags &= (uint8_t) ~(TCP_SYN | TCP_RST); /* most are neither, or nothing else happens */
    if (below(w, 3) == 0) {
        static const uint8_t exact[] = {TCP_SYN, TCP_RST, TCP_ACK, TCP_ACK | TCP_FIN};
        seg.seq = seq_at(row->rcv_nxt);
        seg.ack = seq_at(row->snd_nxt);
        seg.flags = exact[below(w, COUNT_OF(exact))];
    }
    if (peer->stamped && below(w, 4) != 0) {
        seg.options.present = TCP_OPTION_TIMESTAMPS;
        seg.options.ts_value = about(w, peer->stamp);
        seg.options.ts_echo = about(w, w->voices[to][tuple].stamp);
    }
    return seg;
}

/* Text is forged for records only: a connection takes what fits, from whomever.  Most connections
 * are left in peace, or none would live to become a record, and so are most HOLDs, or they would
 * never end. */
static void forge_segment(struct world *w, int to, unsigned tuple)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX + 8] = {0};
    struct ipv4_header ip = header_to(to, IPV4_TCP);
    struct lull_row row, conn;
    bool record = find_row(w, to, tuple, true, &row);
    bool live = find_row(w, to, tuple, false, &conn);

    if (!record && (!live || below(w, 16) != 0))
        return;
    if (record && row.kind == LULL_ROW_HOLD && below(w, 8) != 0)
        return;
    struct tcp_segment seg = invent(w, to, tuple, live ? &conn : &row);
    size_t header = tcp_header_emit(&seg, tcp);
    size_t text = live ? 0 : below(w, 8);
    w->silent[to] = !w->busy && record && !live && (seg.flags & TCP_RST)
                    && lull_stack_knob(w->pair.stack[to], LULL_KNOB_tw_rst) != LULL_TW_RST_RFC9293;
    forge_packet(w, to, &ip, (struct span){tcp, header + text});
    check(w);
    struct lull_frame frame;
    while (w->silent[to] && lull_stack_output(w->pair.stack[to], w->pair.now, &frame))
        listen_to(w, to, frame.header, frame.header_bytes); /* it may ask for an address */
    w->silent[to] = false;
    settle_sometimes(w);
}

/* INV-21: no error ends a record. */
static void forge_icmp(struct world *w, int to, unsigned tuple)
{
    uint8_t quote[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX], icmp[200];
    struct lull_usage before, after;
    struct lull_row row;

    if (!find_row(w, to, tuple, below(w, 2) == 0, &row))
        return;
    struct tcp_segment seg = {.source_port = row.local.port,
                              .destination_port = row.remote.port,
                              .seq = seq_at(about(w, row.snd_nxt - 1)),
                              .flags = TCP_ACK};
    struct ipv4_header ip = header_to(1 - to, IPV4_TCP);
    struct icmpv4_message message = {.type = below(w, 2) == 0 ? 3 : 11,
                                     .code = (uint8_t)below(w, 4)};
    ip.ttl = 64;
    ip.total_bytes = sizeof quote;
    ipv4_emit(&ip, quote);
    tcp_header_emit(&seg, quote + IPV4_HEADER_BYTES);
    message.body = (struct span){quote, IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES};
    size_t at = icmpv4_emit(&message, icmp);
    memcpy(icmp + at, quote, message.body.len);
    ip = header_to(to, IPV4_ICMP);
    lull_stack_usage(w->pair.stack[to], &before);
    forge_packet(w, to, &ip, (struct span){icmp, at + message.body.len});
    lull_stack_usage(w->pair.stack[to], &after);
    if (after.records < before.records)
        fail(w, "an ICMP error ended a record (INV-21)");
    check(w);
    settle_sometimes(w);
}

/* --- what is turned ---------------------------------------------------------------------- */

/* A knob at random: as some profile has it, at an edge, or anywhere.  Times stay short, because the
 * world is. */
static void turn(struct world *w)
{
    struct lull_stack *s = w->pair.stack[below(w, 2)];
    enum lull_knob knob = (enum lull_knob)below(w, LULL_KNOB_COUNT);
    const struct lull_knob_info *info = lull_knob_info(knob);
    uint64_t range = (uint64_t)(info->most - info->least) + 1;
    int64_t value = info->value[below(w, LULL_PROFILE_COUNT)];

    switch (below(w, 4)) {
    case 0: value = info->least; break;
    case 1: value = info->most; break;
    case 2: value = info->least + (int64_t)below(w, range < 65536 ? (uint32_t)range : 65536);
    default: break;
    }
    if (strcmp(info->unit, "ms") == 0 && value > 5000)
        value = 1 + below(w, 5000);
    w->halves |= knob == LULL_KNOB_tw_rst && value == LULL_TW_RST_SOLICITED;
    turned += lull_stack_set_knob(s, knob, value) == LULL_OK;
    check(w);
}

/* A while in which anything may come. */
static void weather(struct world *w, lull_duration duration)
{
    lull_time until = w->pair.now + duration;

    while (w->pair.now < until) {
        lull_duration left = until - w->pair.now, part = LULL_MS(below(w, 300));
        run_for(w, part < left ? part + 1 : left);
        w->busy = false;
        for (int i = 0; w->hostile && i < 5; i++)
            forge_segment(w, (int)below(w, 2), below(w, PORTS));
        if (w->hostile && below(w, 4) == 0)
            forge_icmp(w, (int)below(w, 2), below(w, PORTS));
        if (w->restless && below(w, 4) == 0)
            turn(w);
    }
}

/* --- the conversations ------------------------------------------------------------------- */

/* Both ends belong to one incarnation: each expects what the other sends next. */
static bool are_one(const struct world *w, const lull_socket ends[2])
{
    struct lull_tcp_info info[2];

    for (int side = 0; side < 2; side++)
        if (lull_socket_info(w->pair.stack[side], ends[side], &info[side]) != LULL_OK)
            return false;
    return info[0].snd_nxt == info[1].rcv_nxt && info[1].snd_nxt == info[0].rcv_nxt;
}

/* INV-01: what is read was written in this very connection, where it is @certain that both ends
 * belong to one.  INV-11: and there is no more after the end. */
static void read_text(struct world *w, int side, lull_socket socket, bool certain)
{
    uint8_t got[64];
    ptrdiff_t count;
    unsigned ends = 0;

    for (int i = 0; i < 4; i++) {
        count = lull_socket_receive(w->pair.stack[side], socket, got, sizeof got);
        ends += count == 0;
        if (count > 0 && ends > 0)
            fail(w, "text after the end (INV-11)");
        for (ptrdiff_t at = 0; at < count; at++)
            if (certain && got[at] != (uint8_t)(w->serial + (uint32_t)side))
                fail(w, "text of another connection (INV-01)");
        texts_seen += count > 0;
    }
}

static void talk(struct world *w, lull_socket ends[2])
{
    unsigned first = below(w, 2);
    uint8_t text[24];
    bool one = are_one(w, ends);

    w->serial += 2; /* each side is sent another octet than ever before */
    for (int side = 0; side < 2; side++) {
        memset(text, (int)(w->serial + (unsigned)(1 - side)) & 255, sizeof text);
        (void)lull_socket_send(w->pair.stack[side], ends[side],
                               (struct lull_slice){text, sizeof text});
    }
    weather(w, LULL_MS(below(w, 500)));
    for (int side = 0; below(w, 8) != 0 && side < 2; side++)
        read_text(w, side, ends[side], one);
    for (unsigned i = 0; i < 2; i++) {
        unsigned side = first ^ i;
        if (below(w, 6) == 0)
            (void)lull_socket_abort(w->pair.stack[side], ends[side]);
        else
            (void)lull_socket_close(w->pair.stack[side], ends[side]);
        weather(w, LULL_MS(below(w, 3000)));
    }
}

/* One connection, or the attempt. */
static void cycle(struct world *w)
{
    struct lull_name from = pair_name(0, (uint16_t)(FIRST_PORT + below(w, PORTS)));
    struct lull_name to = pair_name(1, PORT);
    struct lull_stack *client = w->pair.stack[0], *server = w->pair.stack[1];
    lull_socket ends[2];

    if (lull_socket_open(client, &ends[0]) != LULL_OK)
        return;
    (void)lull_socket_set_option(client, ends[0], LULL_OPTION_REUSE_ADDRESS, 1);
    if (lull_socket_bind(client, ends[0], &from) == LULL_OK
        && lull_socket_connect(client, ends[0], &to) == LULL_EINPROGRESS) {
        weather(w, LULL_SEC(3));
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
    lull_knobs_init(&config.knobs, (enum lull_profile)(seed / 3 % LULL_PROFILE_COUNT));
    w.hostile = seed % 2 == 0;
    w.restless = seed % 8 > 5;
    config.features = seed % 5 == 0 ? 0 : config.features;
    config.records_max = w.records_max = 1 + (unsigned)(seed % 8);
    config.knobs.value[LULL_KNOB_tw_msl_ms] = MSL_MS;
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
           "%lu ends before time, %lu forged, %lu knobs turned, %lu texts\n",
           (unsigned long long)count, checks, records_seen, parked_seen, early_seen, forged, turned,
           texts_seen);
    /* A world in which none of this happens proves nothing. */
    if (count >= 100
        && (parked_seen == 0 || early_seen == 0 || forged == 0 || turned == 0 || texts_seen == 0))
        return 1;
    return 0;
}
