/* memory.c - two stacks in one process joined by a copy: what TCP itself costs.
 *
 *   bench_memory churn  [--cycles N] [--records N] [--close client|server] [--batches N]
 *   bench_memory bulk   [--bytes N]
 *   bench_memory size
 *
 * A cycle is connect, one byte each way, close from one end then the other: 7 or 8 segments.
 * --records keeps about so many TIME-WAIT records standing by letting virtual time pass in
 * step with the cycles.  Checksums are made and verified in software at both ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "lull/socket.h"

#define PORTS     16
#define ADDRESSES 8
#define FRAME_MAX 66000

struct wire {
    struct lull_stack *stack[2]; /* 0 connects, 1 listens */
    lull_time now;
    lull_socket listeners[PORTS];
    unsigned next_target;
};

struct options {
    unsigned long cycles, records, batches, bytes;
    int close_first; /* 0: client, 1: server */
};

static void must(int fact, const char *what)
{
    if (fact)
        return;
    fprintf(stderr, "bench_memory: %s\n", what);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct lull_address address_of(int side, unsigned n)
{
    const uint8_t octets[4] = {10, 0, (uint8_t)side, (uint8_t)(n + 1)};
    return lull_address_ipv4(octets);
}

static void open_stack(struct wire *w, int side, const struct lull_stack_config *config)
{
    struct lull_interface_config interface = {.link = LULL_LINK_IP, .mtu = 1500};
    size_t bytes = lull_stack_bytes(config);

    must(bytes > 0, "the configuration is invalid");
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(memory != MAP_FAILED, "no memory");
    (void)madvise(memory, bytes, MADV_HUGEPAGE);
    struct lull_stack *s = lull_stack_create(memory, bytes, config, w->now);
    must(s != NULL, "no stack");
    must(lull_stack_add_interface(s, &interface) == 0, "no interface");
    for (unsigned i = 0; i < (side == 1 ? ADDRESSES : 1u); i++) {
        struct lull_address a = address_of(side, i);
        must(lull_stack_add_address(s, 0, &a, 16) == LULL_OK, "no address");
    }
    w->stack[side] = s;
}

static void open_wire(struct wire *w, const struct options *o)
{
    struct lull_stack_config config;

    *w = (struct wire){.now = LULL_SEC(1000)};
    lull_stack_config_init(&config);
    memset(config.seed, 7, sizeof config.seed);
    config.knobs.value[LULL_KNOB_ports_ephemeral_first] = 1024;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = 65535;
    config.records_max = (uint32_t)(o->records + o->records / 8 + 4096);
    /* One cycle lasts a microsecond of virtual time, so 2 MSL last `records` cycles. */
    int64_t msl_ms = (int64_t)o->records / 2000;
    config.knobs.value[LULL_KNOB_tw_msl_ms] = msl_ms > 0 ? msl_ms : 1;
    for (int side = 0; side < 2; side++)
        open_stack(w, side, &config);
    for (int i = 0; i < PORTS; i++) {
        struct lull_name any = {.port = (uint16_t)(5000 + i)};
        must(lull_socket_open(w->stack[1], &w->listeners[i]) == LULL_OK, "no socket");
        must(lull_socket_bind(w->stack[1], w->listeners[i], &any) == LULL_OK, "bind");
        must(lull_socket_listen(w->stack[1], w->listeners[i], 64) == LULL_OK, "listen");
    }
}

/* Carry everything that is ready from @side to the other; returns the frames. */
static int carry(struct wire *w, int side)
{
    static uint8_t flat[FRAME_MAX];
    struct lull_frame frame;
    int frames = 0;

    while (lull_stack_output(w->stack[side], w->now, &frame)) {
        size_t at = frame.header_bytes;
        memcpy(flat, frame.header, at);
        for (unsigned i = 0; i < frame.slice_count; i++) {
            memcpy(flat + at, frame.slices[i].data, frame.slices[i].len);
            at += frame.slices[i].len;
        }
        struct lull_input input = {.bytes = {flat, at}};
        lull_stack_input(w->stack[1 - side], &input, 1, w->now);
        frames++;
    }
    return frames;
}

static int exchange(struct wire *w)
{
    int frames = 0, now;
    do {
        now = carry(w, 0);
        now += carry(w, 1);
        frames += now;
    } while (now > 0);
    return frames;
}

static void pass(struct wire *w, lull_duration time)
{
    w->now += time;
    lull_stack_advance(w->stack[0], w->now);
    lull_stack_advance(w->stack[1], w->now);
}

static void send_byte(struct wire *w, int side, lull_socket s)
{
    must(lull_socket_send(w->stack[side], s, (struct lull_slice){"x", 1}) == 1, "send");
}

static void receive_byte(struct wire *w, int side, lull_socket s)
{
    char byte;
    must(lull_socket_receive(w->stack[side], s, &byte, 1) == 1, "receive");
}

static int cycle(struct wire *w, int close_first)
{
    lull_socket ends[2];
    unsigned target = w->next_target++ % (PORTS * ADDRESSES);
    struct lull_name to = {.address = address_of(1, target / PORTS),
                           .port = (uint16_t)(5000 + target % PORTS)};
    lull_socket event;
    unsigned events;

    must(lull_socket_open(w->stack[0], &ends[0]) == LULL_OK, "no socket");
    must(lull_socket_connect(w->stack[0], ends[0], &to) == LULL_EINPROGRESS, "connect");
    int frames = exchange(w);
    must(lull_socket_accept(w->stack[1], w->listeners[target % PORTS], &ends[1]) == LULL_OK,
         "accept");
    send_byte(w, 0, ends[0]);
    frames += exchange(w);
    receive_byte(w, 1, ends[1]);
    send_byte(w, 1, ends[1]);
    if (close_first == 1)
        (void)lull_socket_close(w->stack[1], ends[1]);
    frames += exchange(w);
    receive_byte(w, 0, ends[0]);
    (void)lull_socket_close(w->stack[0], ends[0]);
    frames += exchange(w);
    if (close_first == 0)
        (void)lull_socket_close(w->stack[1], ends[1]);
    frames += exchange(w);
    for (int side = 0; side < 2; side++) {
        while (lull_socket_next_event(w->stack[side], &event, &events)) {
        }
    }
    return frames;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void churn(const struct options *o)
{
    struct wire w;
    unsigned long per_batch = o->cycles / o->batches;
    lull_duration step = o->records == 0 ? LULL_MS(3) : LULL_US(1);
    double *ns = calloc(o->batches, sizeof *ns);
    unsigned long frames = 0;
    struct lull_usage usage;

    must(ns != NULL && per_batch > 0, "too few cycles for the batches");
    open_wire(&w, o);
    for (unsigned long i = 0; i < o->records + 1000; i++) {
        cycle(&w, o->close_first);
        pass(&w, step);
    }
    for (unsigned long b = 0; b < o->batches; b++) {
        double start = seconds();
        for (unsigned long i = 0; i < per_batch; i++) {
            frames += (unsigned long)cycle(&w, o->close_first);
            pass(&w, step);
        }
        ns[b] = (seconds() - start) * 1e9 / (double)per_batch;
    }
    qsort(ns, o->batches, sizeof *ns, compare);
    lull_stack_usage(w.stack[o->close_first], &usage);
    printf("{\"bench\":\"churn\",\"close\":\"%s\",\"records\":%u,\"cycles\":%lu,"
           "\"frames_per_cycle\":%.2f,\"ns_per_cycle\":%.0f,\"ns_p10\":%.0f,\"ns_p90\":%.0f,"
           "\"connections_per_second\":%.0f}\n",
           o->close_first ? "server" : "client", usage.records, per_batch * o->batches,
           (double)frames / (double)(per_batch * o->batches), ns[o->batches / 2],
           ns[o->batches / 10], ns[o->batches * 9 / 10], 1e9 / ns[o->batches / 2]);
    free(ns);
}

static void bulk(const struct options *o)
{
    struct wire w;
    struct options none = {0};
    lull_socket ends[2];
    static uint8_t text[65536];
    unsigned long sent = 0, received = 0;
    struct lull_slice slices[16];
    struct lull_name to = {.address = address_of(1, 0), .port = 5000};

    open_wire(&w, &none);
    must(lull_socket_open(w.stack[0], &ends[0]) == LULL_OK, "no socket");
    must(lull_socket_connect(w.stack[0], ends[0], &to) == LULL_EINPROGRESS, "connect");
    exchange(&w);
    must(lull_socket_accept(w.stack[1], w.listeners[0], &ends[1]) == LULL_OK, "accept");
    double start = seconds();
    while (received < o->bytes) {
        ptrdiff_t n;
        while (
            sent < o->bytes
            && (n = lull_socket_send(w.stack[0], ends[0], (struct lull_slice){text, sizeof text}))
                   > 0)
            sent += (unsigned long)n;
        exchange(&w);
        int count;
        while ((count = lull_socket_peek(w.stack[1], ends[1], slices, 16)) > 0) {
            size_t bytes = 0;
            for (int i = 0; i < count; i++)
                bytes += slices[i].len;
            (void)lull_socket_skip(w.stack[1], ends[1], bytes);
            received += bytes;
        }
        pass(&w, LULL_US(10));
    }
    double took = seconds() - start;
    printf("{\"bench\":\"bulk\",\"bytes\":%lu,\"seconds\":%.3f,\"gbit_per_second\":%.2f}\n",
           received, took, (double)received * 8 / took / 1e9);
}

/* What one more of each adds to the block. */
static void size(void)
{
    struct lull_stack_config base, more;

    lull_stack_config_init(&base);
    more = base;
    more.connections_max += 100000;
    more.sockets_max += 100000;
    double idle = (double)(lull_stack_bytes(&more) - lull_stack_bytes(&base)) / 100000;
    more = base;
    more.connections_max += 100000;
    double conn = (double)(lull_stack_bytes(&more) - lull_stack_bytes(&base)) / 100000;
    more = base;
    more.records_max += 1000000;
    double record = (double)(lull_stack_bytes(&more) - lull_stack_bytes(&base)) / 1000000;
    printf("{\"bench\":\"size\",\"bytes_per_connection\":%.1f,\"bytes_per_idle_connection\":%.1f,"
           "\"bytes_per_time_wait_record\":%.2f,\"default_stack_bytes\":%zu}\n",
           conn, idle, record, lull_stack_bytes(&base));
}

static unsigned long number(const char *text, const char *option)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end == 0 && end != text)
        return n;
    fprintf(stderr, "bench_memory: %s: \"%s\" is not a number\n", option, text);
    exit(2);
}

static void read_options(int argc, char **argv, struct options *o)
{
    for (int i = 2; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--cycles") == 0)
            o->cycles = number(value, argv[i]);
        else if (strcmp(argv[i], "--records") == 0)
            o->records = number(value, argv[i]);
        else if (strcmp(argv[i], "--batches") == 0)
            o->batches = number(value, argv[i]);
        else if (strcmp(argv[i], "--bytes") == 0)
            o->bytes = number(value, argv[i]);
        else if (strcmp(argv[i], "--close") == 0)
            o->close_first = strcmp(value, "server") == 0;
        else {
            fprintf(stderr, "bench_memory: unknown option %s\n", argv[i]);
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    struct options o = {.cycles = 100000, .batches = 50, .bytes = 1ul << 30};

    if (argc < 2) {
        fprintf(stderr, "usage: bench_memory churn|bulk|size [options]\n");
        return 2;
    }
    read_options(argc, argv, &o);
    if (strcmp(argv[1], "churn") == 0)
        churn(&o);
    else if (strcmp(argv[1], "bulk") == 0)
        bulk(&o);
    else
        size();
    return 0;
}
