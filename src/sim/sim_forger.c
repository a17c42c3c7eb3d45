/* sim_forger.c - inventing segments. */
#include "sim/sim_forger.h"

#include <string.h>

#include "base/check.h"
#include "sim/sim_packet.h"
#include "wire/checksum.h"
#include "wire/icmpv4.h"
#include "wire/tcp_header.h"

#define TEXT_MAX   8
#define FORGED_TTL 64

void sim_forger_init(struct sim_forger *f, struct sim_world *w, uint64_t seed)
{
    *f = (struct sim_forger){.world = w};
    prng_seed(&f->prng, ~seed);
}

static uint32_t below(struct sim_forger *f, uint32_t limit)
{
    return prng_below(&f->prng, limit);
}

/* One of the things that host remembers or has, chosen at random. */
static bool choose_row(struct sim_forger *f, unsigned host, struct lull_row *chosen)
{
    const struct lull_stack *stack = f->world->nodes[host].stack;
    struct lull_row row;
    uint64_t cursor = 0;
    uint32_t count = 0;

    while (lull_stack_list(stack, &cursor, &row))
        if (row.kind != LULL_ROW_LISTENER && below(f, ++count) == 0)
            *chosen = row;
    return count > 0;
}

/* @near, or beside it, or beside the edge of a window or of what can be compared. */
static seq32 about(struct sim_forger *f, uint32_t near)
{
    static const uint32_t edges[] = {65535, 0x7fffffff, 0x80000000, 524288, 1024};
    const uint32_t far = below(f, 4) == 0 ? edges[below(f, COUNT_OF(edges))] : 0;
    return seq_at(near + far + below(f, 5) - 2);
}

/* Somebody may still say something there that counts. */
static bool is_live(const struct lull_row *row)
{
    return row->kind == LULL_ROW_CONNECTION || row->kind == LULL_ROW_FIN_WAIT_2;
}

static struct tcp_segment invent(struct sim_forger *f, const struct lull_row *row)
{
    static const uint8_t flags[] = {TCP_SYN,           TCP_SYN,          TCP_RST,
                                    TCP_RST | TCP_ACK, TCP_ACK,          TCP_ACK | TCP_FIN,
                                    TCP_SYN | TCP_ACK, TCP_SYN | TCP_FIN};
    struct tcp_segment seg = {.source_port = row->remote.port,
                              .destination_port = row->local.port,
                              .seq = about(f, row->rcv_nxt),
                              .ack = about(f, row->snd_nxt),
                              .wnd = (uint16_t)below(f, 65536),
                              .flags = flags[below(f, COUNT_OF(flags))]};

    if (is_live(row)) {
        seg.flags = below(f, 2) == 0 ? TCP_SYN : TCP_RST;
        if (seq_eq(seg.seq, seq_at(row->rcv_nxt)))
            seg.seq = seq_add(seg.seq, 1);
    }
    if (below(f, 3) == 0) {
        seg.options.present = TCP_OPTION_TIMESTAMPS;
        seg.options.ts_value = (uint32_t)prng_next(&f->prng);
    }
    return seg;
}

static void send_packet(struct sim_forger *f, const struct lull_row *row, uint8_t protocol,
                        struct span payload)
{
    uint8_t packet[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX + TEXT_MAX];
    const struct ipv4_header ip = {.source = row->remote.address,
                                   .destination = row->local.address,
                                   .protocol = protocol,
                                   .ttl = FORGED_TTL,
                                   .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + payload.len)};
    const unsigned from = sim_world_node(f->world, &row->remote.address);
    const size_t at = ipv4_emit(&ip, packet);

    if (from == SIM_NODES_MAX)
        return;
    memcpy(packet + at, payload.data, payload.len);
    sim_world_inject(f->world, from, (struct span){packet, at + payload.len});
    f->sent++;
}

static void send_segment(struct sim_forger *f, const struct lull_row *row)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX + TEXT_MAX] = {0};
    const struct tcp_segment seg = invent(f, row);
    const bool speaks = !is_live(row) && !(seg.flags & (TCP_SYN | TCP_RST));
    const size_t bytes = tcp_header_emit(&seg, tcp) + (speaks ? below(f, TEXT_MAX) : 0);

    const struct checksum_pseudo pseudo = {.source = row->remote.address,
                                           .destination = row->local.address,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)bytes};
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, tcp, bytes);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    send_packet(f, row, IPV4_TCP, (struct span){tcp, bytes});
}

/* An ICMP error that quotes a segment this end might have sent. */
static void send_error(struct sim_forger *f, const struct lull_row *row)
{
    uint8_t quoted[IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES],
        icmp[ICMPV4_HEADER_BYTES + sizeof quoted];
    const struct ipv4_header ip = {.source = row->local.address,
                                   .destination = row->remote.address,
                                   .protocol = IPV4_TCP,
                                   .ttl = FORGED_TTL,
                                   .total_bytes = IPV4_HEADER_BYTES + TCP_HEADER_BYTES};
    const size_t at = ipv4_emit(&ip, quoted);

    store_be16(quoted + at, row->local.port);
    store_be16(quoted + at + 2, row->remote.port);
    store_be32(quoted + at + 4, about(f, row->snd_nxt).raw);
    const struct icmpv4_message message = {
        .type = ICMPV4_UNREACHABLE, .code = (uint8_t)below(f, 5), .body = {quoted, sizeof quoted}};
    const size_t header = icmpv4_emit(&message, icmp);
    memcpy(icmp + header, quoted, sizeof quoted);
    send_packet(f, row, IPV4_ICMP, (struct span){icmp, header + sizeof quoted});
}

static void forge(struct sim_forger *f, unsigned host)
{
    struct lull_row row = {0};

    if (!choose_row(f, host, &row))
        return;
    if (below(f, 6) == 0)
        send_error(f, &row);
    else
        send_segment(f, &row);
}

static void ring(void *context, struct sim_world *w, uint64_t argument)
{
    struct sim_forger *f = context;
    const struct sim_mishap *i = f->campaigns[argument].mishap;

    if (w->nodes[i->node].stack != NULL && !w->nodes[i->node].suspended)
        forge(f, i->node);
    if (--f->campaigns[argument].left > 0)
        sim_world_alarm(w, w->now + 1 + i->lasts / i->argument, ring, f, argument);
}

void sim_forger_begin(struct sim_forger *f, const struct sim_mishap *mishap)
{
    f->campaigns[f->campaign_count].mishap = mishap;
    f->campaigns[f->campaign_count].left = mishap->argument;
    sim_world_alarm(f->world, f->world->now, ring, f, f->campaign_count++);
}
