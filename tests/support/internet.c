#include "internet.h"

#include <stdlib.h>
#include <string.h>

#include "wire/tcp_header.h"

static struct lull_stack_config config;

static void must(bool fact)
{
    if (!fact)
        abort();
}

static struct sim_node_plan host(const char *name, const uint8_t octets[4])
{
    lull_stack_config_init(&config);
    config.sockets_max = 16;
    config.connections_max = 16;
    config.listeners_max = 4;
    config.records_max = 16;
    config.blocks_max = 64;
    config.replies_max = 16;
    return (struct sim_node_plan){
        .kind = SIM_HOST, .name = name, .address = lull_address_ipv4(octets), .config = &config};
}

static struct sim_node_plan router(const char *name, uint8_t number)
{
    const uint8_t octets[4] = {10, 0, 0, number};
    return (struct sim_node_plan){
        .kind = SIM_ROUTER, .name = name, .address = lull_address_ipv4(octets)};
}

static void join(struct sim_plan *plan, uint8_t a, uint8_t b)
{
    plan->links[plan->link_count++] = (struct sim_link_plan){
        .ends = {a, b},
        .options = {.delay = LULL_MS(5), .queue_frames = 64, .frame_bytes = SIM_PACKET_BYTES_MAX}};
}

static struct sim_plan hosts(uint64_t seed)
{
    static const uint8_t c[4] = {12, 106, 32, 254}, s[4] = {206, 168, 112, 219};
    struct sim_plan plan = {.seed = seed,
                            .start = LULL_SEC(1000),
                            .node_count = 2,
                            .voices_max = 64,
                            .streams_max = 64,
                            .faults_max = 64};

    plan.nodes[INTERNET_C] = host("C", c);
    plan.nodes[INTERNET_S] = host("S", s);
    return plan;
}

struct sim_plan internet_wire(uint64_t seed)
{
    struct sim_plan plan = hosts(seed);

    join(&plan, INTERNET_C, INTERNET_S);
    return plan;
}

struct sim_plan internet_triangle(uint64_t seed)
{
    struct sim_plan plan = hosts(seed);

    plan.nodes[INTERNET_R1] = router("R1", 1);
    plan.nodes[INTERNET_R2] = router("R2", 2);
    plan.nodes[INTERNET_R3] = router("R3", 3);
    plan.node_count = 5;
    join(&plan, INTERNET_C, INTERNET_R1);
    join(&plan, INTERNET_R1, INTERNET_R2);
    join(&plan, INTERNET_R2, INTERNET_S);
    join(&plan, INTERNET_R1, INTERNET_R3);
    join(&plan, INTERNET_R3, INTERNET_R2);
    return plan;
}

struct sim_world *internet_open(const struct sim_plan *plan)
{
    size_t bytes = sim_world_bytes(plan);

    must(bytes > 0);
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    must(memory != NULL);
    return sim_world_init(memory, bytes, plan);
}

struct lull_name internet_name(const struct sim_world *w, unsigned node, uint16_t port)
{
    return (struct lull_name){.address = w->nodes[node].address, .port = port};
}

lull_socket internet_listen(struct sim_world *w)
{
    lull_socket s;

    must(sim_call_open(w, INTERNET_S, &s) == LULL_OK);
    must(sim_call_bind(w, INTERNET_S, s, INTERNET_SERVER_PORT) == LULL_OK);
    must(sim_call_listen(w, INTERNET_S, s, 8) == LULL_OK);
    return s;
}

void internet_connect(struct sim_world *w, lull_socket listener, uint32_t streams[2])
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    lull_socket s;

    must(sim_call_open(w, INTERNET_C, &s) == LULL_OK);
    must(sim_call_option(w, INTERNET_C, s, LULL_OPTION_REUSE_ADDRESS, 1) == LULL_OK);
    must(sim_call_bind(w, INTERNET_C, s, INTERNET_CLIENT_PORT) == LULL_OK);
    must(sim_call_connect(w, INTERNET_C, s, &server) == LULL_EINPROGRESS);
    streams[0] = sim_call_stream(w, INTERNET_C, s);
    for (int i = 0; i < 100; i++) {
        sim_world_run(w, w->now + LULL_SEC(1));
        if (sim_call_accept(w, INTERNET_S, listener, &streams[1]) == LULL_OK)
            return;
    }
    abort();
}

size_t internet_write(const struct sim_world *w, const struct internet_forgery *forgery,
                      uint8_t bytes[INTERNET_FORGERY_BYTES])
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX];
    const size_t length = tcp_header_emit(forgery->segment, tcp);
    const struct ipv4_header ip = {.source = w->nodes[forgery->from].address,
                                   .destination = w->nodes[forgery->to].address,
                                   .protocol = IPV4_TCP,
                                   .ttl = forgery->ttl,
                                   .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + length)};
    const struct checksum_pseudo pseudo = {.source = ip.source,
                                           .destination = ip.destination,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)length};
    struct checksum sum = {0};
    const size_t at = ipv4_emit(&ip, bytes);

    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, tcp, length);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    memcpy(bytes + at, tcp, length);
    return at + length;
}

void internet_inject(struct sim_world *w, const struct internet_forgery *forgery)
{
    uint8_t bytes[INTERNET_FORGERY_BYTES];
    const size_t count = internet_write(w, forgery, bytes);

    sim_world_inject(w, forgery->from, (struct span){bytes, count});
}
