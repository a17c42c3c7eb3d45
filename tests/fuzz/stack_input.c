/* stack_input.c - a whole stack against a hostile wire and a careless user.
 *
 * The input is a little program: each step is an opcode and its operands.  Frames come raw or
 * as segments with good checksums, so that the fuzzer gets past the parsers; the user opens,
 * sends, reads, closes and aborts at any time; knobs are turned while it runs; time passes.
 * Whatever happens, no memory is touched that should not be, the state machine makes only legal
 * moves (its checks stay on), records are counted in and out, and once every socket is closed and
 * time has passed, nothing is left over. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lull/socket.h"

#include "base/address.h"
#include "base/bytes.h"
#include "fuzz.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define SOCKETS 6
#define ESCAPE  0xf0 /* opcodes from here on: a profile at first, later a knob or a longer time */

struct program {
    const uint8_t *at, *end;
};

struct world {
    struct lull_stack *stack;
    void *memory;
    lull_time now;
    lull_socket sockets[SOCKETS];
    bool open[SOCKETS];
    seq32 seq, ack; /* of the last segment the stack sent, for answers that hit */
    uint16_t port;  /* and its port at our side */
};

static uint32_t take(struct program *p, unsigned bytes)
{
    uint32_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | (p->at < p->end ? *p->at++ : 0u);
    return value;
}

static const uint8_t our_octets[4] = {10, 0, 0, 1}, peer_octets[4] = {10, 0, 0, 2};

static void open_world(struct world *w, struct program *p)
{
    struct lull_stack_config config;
    struct lull_interface_config interface = {.link = LULL_LINK_IP, .mtu = 1500};
    struct lull_address address = lull_address_ipv4(our_octets);

    *w = (struct world){.now = LULL_SEC(1)};
    lull_stack_config_init(&config);
    if (p->at < p->end && *p->at >= ESCAPE) {
        uint32_t choice = take(p, 1);
        lull_knobs_init(&config.knobs, (enum lull_profile)(choice % LULL_PROFILE_COUNT));
        config.features = choice & 4 ? 0 : config.features;
        config.rto_initial = choice & 8 ? LULL_SEC(60) : config.rto_initial;
    }
    config.connections_max = 4; /* small, so that limits are reached */
    config.sockets_max = SOCKETS;
    config.records_max = 3;
    config.blocks_max = 24;
    config.block_bytes = 256;
    config.replies_max = 8;
    config.send_buffer_bytes = config.receive_buffer_bytes = 3000;
    config.knobs.value[LULL_KNOB_tw_msl_ms] = 1000;
    size_t bytes = lull_stack_bytes(&config);
    w->memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    w->stack = lull_stack_create(w->memory, bytes, &config, w->now);
    assert(w->stack != NULL);
    assert(lull_stack_add_interface(w->stack, &interface) == 0);
    assert(lull_stack_add_address(w->stack, 0, &address, 24) == LULL_OK);
}

static void input(struct world *w, const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len + 1); /* so that one byte too far is seen */
    assert(exact != NULL);
    memcpy(exact, bytes, len);
    struct lull_input frame = {.bytes = {exact, len}};
    lull_stack_input(w->stack, &frame, 1, w->now);
    free(exact);
}

static void input_segment(struct world *w, struct program *p)
{
    uint8_t packet[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX + 255] = {0};
    struct tcp_segment seg = {.flags = (uint8_t)take(p, 1)};
    uint32_t aim = take(p, 1);

    seg.source_port = 9000;
    seg.destination_port = aim & 1 ? 80 : w->port;
    seg.seq = aim & 2 ? seq_add(w->ack, take(p, 1) - 128) : seq_at(take(p, 4));
    seg.ack = aim & 4 ? seq_add(w->seq, take(p, 1) - 128) : seq_at(take(p, 4));
    seg.wnd = take(p, 2);
    seg.options.present = (uint8_t)(take(p, 1) & 31 & ~(unsigned)TCP_OPTION_SACK);
    seg.options.mss = (uint16_t)take(p, 2);
    seg.options.window_scale = (uint8_t)(take(p, 1) % 15);
    seg.options.ts_value = take(p, 1);
    seg.options.ts_echo = take(p, 1);
    size_t header = tcp_header_emit(&seg, packet + IPV4_HEADER_BYTES);
    size_t text = take(p, 1);
    struct ipv4_header ip = {.source = lull_address_ipv4(peer_octets),
                             .destination = lull_address_ipv4(our_octets),
                             .protocol = IPV4_TCP,
                             .ttl = 64,
                             .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + header + text)};
    ipv4_emit(&ip, packet);
    struct checksum_pseudo pseudo = {ip.source, ip.destination, IPV4_TCP,
                                     (uint32_t)(header + text)};
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, packet + IPV4_HEADER_BYTES, header + text);
    store_be16(packet + IPV4_HEADER_BYTES + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    input(w, packet, ip.total_bytes);
}

static void input_raw(struct world *w, struct program *p)
{
    size_t len = take(p, 1);
    if (len > (size_t)(p->end - p->at))
        len = (size_t)(p->end - p->at);
    input(w, p->at, len);
    p->at += len;
}

static void output(struct world *w, unsigned most)
{
    struct lull_frame frame;

    while (most-- > 0 && lull_stack_output(w->stack, w->now, &frame)) {
        uint8_t flat[2048];
        struct ipv4_header ip;
        struct span payload;
        struct tcp_segment seg;
        size_t len = frame.header_bytes;
        memcpy(flat, frame.header, len);
        for (unsigned i = 0; i < frame.slice_count; i++) {
            assert(len + frame.slices[i].len <= sizeof flat);
            memcpy(flat + len, frame.slices[i].data, frame.slices[i].len);
            len += frame.slices[i].len;
        }
        assert(len == frame.total_bytes && len <= 1500);
        assert(ipv4_parse((struct span){flat, len}, &ip, &payload) == IPV4_OK);
        if (ip.protocol != IPV4_TCP)
            continue;
        struct checksum_pseudo pseudo = {ip.source, ip.destination, IPV4_TCP,
                                         (uint32_t)payload.len};
        assert(tcp_header_checksum_valid(payload, &pseudo));
        assert(tcp_header_parse(payload, &seg));
        w->seq = seq_add(seg.seq, seg.len);
        w->ack = seg.ack;
        w->port = seg.source_port;
    }
}

/* At an edge of its range, as a profile has it, or anything: of the stack, or of @socket. */
static void set_knob(struct world *w, struct program *p, const lull_socket *socket)
{
    enum lull_knob knob = (enum lull_knob)(take(p, 1) % LULL_KNOB_COUNT);
    const struct lull_knob_info *info = lull_knob_info(knob);
    uint32_t how = take(p, 1);
    int64_t value = info->value[how % LULL_PROFILE_COUNT];
    enum lull_error e;

    if (how >= 128)
        value = info->least + (int64_t)(take(p, 4) % (uint64_t)(info->most - info->least + 1));
    else if (how >= 64)
        value = how % 2 == 0 ? info->least : info->most;
    if (socket == NULL)
        e = lull_stack_set_knob(w->stack, knob, value);
    else
        e = lull_socket_set_knob(w->stack, *socket, knob, value);
    assert(e == LULL_OK || e == LULL_EINVAL || e == LULL_EOPNOTSUPP);
}

static void use(struct world *w, struct program *p)
{
    unsigned i = take(p, 1) % SOCKETS;
    uint8_t buffer[512] = {0};
    struct lull_name local = {.port = 80};
    struct lull_name remote = {.address = lull_address_ipv4(peer_octets), .port = 9000};
    lull_socket s = w->sockets[i];
    struct lull_advice advice;
    enum lull_error e = LULL_OK;
    unsigned byte = take(p, 1), verb = byte >= ESCAPE ? 12 : byte % 12;

    switch (w->open[i] ? verb : 0) {
    case 0:
        if (!w->open[i])
            w->open[i] = lull_socket_open(w->stack, &w->sockets[i]) == LULL_OK;
        break;
    case 1: e = lull_socket_bind(w->stack, s, &local); break;
    case 2: e = lull_socket_listen(w->stack, s, 1 + take(p, 1) % 3); break;
    case 3: e = lull_socket_connect(w->stack, s, &remote); break;
    case 4:
        (void)lull_socket_send(w->stack, s, (struct lull_slice){buffer, take(p, 2) % 512});
        break;
    case 5: (void)lull_socket_receive(w->stack, s, buffer, take(p, 2) % 512); break;
    case 6: e = lull_socket_shutdown(w->stack, s, (enum lull_direction)(take(p, 1) % 4)); break;
    case 7:
        e = lull_socket_close(w->stack, s);
        if (e == LULL_EINPROGRESS && take(p, 1) % 2 == 1)
            e = lull_socket_close(w->stack, s);
        w->open[i] = false;
        break;
    case 8: e = lull_socket_abort(w->stack, s), w->open[i] = false; break;
    case 9: {
        unsigned child = (i + 1) % SOCKETS;
        if (!w->open[child])
            w->open[child] = lull_socket_accept(w->stack, s, &w->sockets[child]) == LULL_OK;
        break;
    }
    case 10:
        e = lull_socket_set_option(w->stack, s,
                                   (enum lull_option)(take(p, 1) % (LULL_OPTION_COUNT + 1)),
                                   (int64_t)take(p, 2) - 1);
        break;
    case 12: set_knob(w, p, &s); break;
    default:
        (void)lull_socket_poll(w->stack, s);
        (void)lull_socket_take_advice(w->stack, s, &advice);
        break;
    }
    (void)e;
}

static uint64_t counted(const struct world *w, enum lull_counter counter)
{
    return lull_stack_counter(w->stack, counter);
}

/* INV-17: entered = left + standing. */
static void check_balance(const struct world *w)
{
    uint64_t standing[LULL_ROW_HOLD + 1] = {0}, cursor = 0;
    struct lull_row row;

    while (lull_stack_list(w->stack, &cursor, &row))
        standing[row.kind]++;
    assert(counted(w, LULL_COUNTER_TW)
           == counted(w, LULL_COUNTER_TWExpired) + counted(w, LULL_COUNTER_TWRecycled)
                  + counted(w, LULL_COUNTER_TWRecycledActive) + counted(w, LULL_COUNTER_TWEvicted)
                  + counted(w, LULL_COUNTER_TWKilled) + counted(w, LULL_COUNTER_TWAborted)
                  + standing[LULL_ROW_TIME_WAIT]);
    assert(counted(w, LULL_COUNTER_FW2Entered)
           == counted(w, LULL_COUNTER_FW2Expired) + counted(w, LULL_COUNTER_FW2TimeWait)
                  + counted(w, LULL_COUNTER_FW2Killed) + counted(w, LULL_COUNTER_FW2Evicted)
                  + standing[LULL_ROW_FIN_WAIT_2]);
    assert(counted(w, LULL_COUNTER_HoldEntered)
           == counted(w, LULL_COUNTER_HoldExpired) + counted(w, LULL_COUNTER_HoldRecycled)
                  + counted(w, LULL_COUNTER_HoldEvicted) + standing[LULL_ROW_HOLD]);
}

static void pass(struct world *w, lull_duration time)
{
    w->now += time;
    lull_stack_advance(w->stack, w->now);
}

/* An hour is enough for most timers, but not for the longest. */
static void escape(struct world *w, struct program *p, uint32_t opcode)
{
    if (opcode % 4 == 0)
        pass(w, LULL_SEC(60) * (int64_t)take(p, 2));
    else
        set_knob(w, p, NULL);
}

static void step(struct world *w, struct program *p)
{
    lull_socket event;
    unsigned events;
    uint32_t opcode = take(p, 1);

    switch (opcode >= ESCAPE ? 6 : opcode % 6) {
    case 0: input_raw(w, p); break;
    case 1:
    case 2: input_segment(w, p); break;
    case 3: output(w, 1 + take(p, 1) % 8); break;
    case 4: pass(w, LULL_MS((int64_t)take(p, 2))); break;
    case 6: escape(w, p, opcode); break;
    default: use(w, p); break;
    }
    while (lull_socket_next_event(w->stack, &event, &events)) {
    }
    check_balance(w);
}

/* Everything ends: by close, and by the timers that give up on a silent peer. */
static void check_nothing_is_left(struct world *w)
{
    struct lull_usage u;

    for (unsigned i = 0; i < SOCKETS; i++) {
        enum lull_error e = w->open[i] ? lull_socket_close(w->stack, w->sockets[i]) : LULL_OK;
        assert(e == LULL_OK || e == LULL_EINPROGRESS);
    }
    for (int i = 0; i < 20000; i++) {
        output(w, 1000);
        lull_time next = lull_stack_next_deadline(w->stack);
        if (next == LULL_TIME_NEVER)
            break;
        w->now = next > w->now ? next : w->now;
        lull_stack_advance(w->stack, w->now);
    }
    lull_stack_usage(w->stack, &u);
    assert(u.sockets == 0 && u.connections == 0 && u.listeners == 0 && u.records == 0);
    assert(u.blocks == 0 && u.orphans == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program p = {data, data + size};
    struct world w;

    open_world(&w, &p);
    while (p.at < p.end)
        step(&w, &p);
    check_nothing_is_left(&w);
    free(w.memory);
    return 0;
}
