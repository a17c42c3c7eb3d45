/* stage.h - two stacks, what they say, and words in their mouths.
 *
 * For tests of whole conversations: one pair, a look at each segment, and packets that somebody
 * forges in the name of one of the two. */
#ifndef TESTS_SUPPORT_STAGE_H
#define TESTS_SUPPORT_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"
#include "wire/ethernet.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

#define PORT 80

static struct pair pair;
static struct lull_stack *client, *server;

/* The last segment each side sent, without its text, and the side's hardware address. */
static struct {
    struct tcp_segment segment;
    struct ethernet_address hardware;
    unsigned segments;
} seen[2];

static inline void watch(void *context, int from, const uint8_t *frame, size_t bytes)
{
    struct ethernet_header link;
    struct ipv4_header ip;
    struct span packet, payload;

    (void)context;
    assert_true(ethernet_parse((struct span){frame, bytes}, &link, &packet));
    seen[from].hardware = link.source;
    if (link.type != ETHERNET_IPV4)
        return;
    assert_int_equal(ipv4_parse(packet, &ip, &payload), IPV4_OK);
    const struct checksum_pseudo pseudo = {.source = ip.source,
                                           .destination = ip.destination,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)payload.len};
    if (ip.protocol == IPV4_TCP) /* [REQ 9293/MUST-2] */
        assert_true(tcp_header_checksum_valid(payload, &pseudo));
    assert_true(tcp_header_parse(payload, &seen[from].segment));
    seen[from].segment.text = (struct span){0};
    seen[from].segments++;
}

/* An IP packet somebody forges; its transport checksum is believed when @trusted says so. */
static inline void forge_packet(int to, const struct ipv4_header *header, struct span payload,
                                uint8_t trusted)
{
    uint8_t frame[200];
    struct ethernet_header link = {seen[to].hardware, seen[1 - to].hardware, ETHERNET_IPV4};
    struct ipv4_header ip = *header;
    size_t at = ethernet_emit(&link, frame);

    ip.total_bytes = (uint16_t)(IPV4_HEADER_BYTES + payload.len);
    at += ipv4_emit(&ip, frame + at);
    memcpy(frame + at, payload.data, payload.len);
    struct lull_input input = {.bytes = {frame, at + payload.len},
                               .offload = {.checksum_trusted = trusted}};
    lull_stack_input(pair.stack[to], &input, 1, pair.now);
}

static inline struct ipv4_header header_to(int to, uint8_t protocol)
{
    return (struct ipv4_header){.source = pair_name(1 - to, 0).address,
                                .destination = pair_name(to, 0).address,
                                .protocol = protocol,
                                .ttl = 64};
}

/* A segment somebody forges in the name of the other side. */
static inline void forge(int to, const struct tcp_segment *segment)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX];
    struct ipv4_header ip = header_to(to, IPV4_TCP);

    forge_packet(to, &ip, (struct span){tcp, tcp_header_emit(segment, tcp)}, 1);
}

static inline void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
    lull_stack_advance(client, pair.now); /* both know how late it is */
    lull_stack_advance(server, pair.now);
}

static inline uint64_t counted(const struct lull_stack *stack, enum lull_counter counter)
{
    return lull_stack_counter(stack, counter);
}

static inline uint32_t records(const struct lull_stack *stack)
{
    struct lull_usage usage;
    lull_stack_usage(stack, &usage);
    return usage.records;
}

/* The one record of TIME-WAIT there is. */
static inline struct lull_row record_of(const struct lull_stack *stack)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(stack, &cursor, &row))
        if (row.kind == LULL_ROW_TIME_WAIT)
            return row;
    fail_msg("no record");
    return row;
}

static inline struct lull_usage usage_of(const struct lull_stack *stack)
{
    struct lull_usage usage;
    lull_stack_usage(stack, &usage);
    return usage;
}

/* An ICMP error that quotes what @segment's header says.  The packet it is about was sent by
 * side @to; it comes from a router at 10.0.0.@router. */
struct forged_icmp {
    uint8_t type, code, router;
};
static inline void forge_icmp(int to, const struct tcp_segment *segment,
                              const struct forged_icmp *error)
{
    uint8_t quote[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX], icmp[200];
    struct ipv4_header ip = header_to(1 - to, IPV4_TCP);
    struct icmpv4_message message = {.type = error->type, .code = error->code};
    const uint8_t router[4] = {10, 0, 0, error->router};

    ip.total_bytes = sizeof quote;
    ipv4_emit(&ip, quote);
    tcp_header_emit(segment, quote + IPV4_HEADER_BYTES);
    message.body = (struct span){quote, IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES};
    size_t at = icmpv4_emit(&message, icmp);
    memcpy(icmp + at, quote, message.body.len);
    ip = header_to(to, IPV4_ICMP);
    ip.source = lull_address_ipv4(router);
    forge_packet(to, &ip, (struct span){icmp, at + message.body.len}, 0);
}

static lull_socket listener, ends[2];

static inline void open_stage(const struct lull_stack_config *config,
                              const struct pair_faults *faults)
{
    pair_open(&pair, 1, config, faults);
    client = pair.stack[0];
    server = pair.stack[1];
    memset(seen, 0, sizeof seen);
    pair.watch = watch;
    listener = pair_listen(&pair, 1, PORT);
    pair_connect(&pair, listener, PORT, ends);
}

static inline void open_pair(const struct pair_faults *faults)
{
    open_stage(NULL, faults);
}

/* Side @first closes, then the other; @first has a record. */
static inline void close_first(int first)
{
    lull_socket_close(pair.stack[first], ends[first]);
    run_for(LULL_MS(1));
    lull_socket_close(pair.stack[1 - first], ends[1 - first]);
    run_for(LULL_MS(1));
    assert_int_equal(records(pair.stack[first]), 1);
    assert_int_equal(records(pair.stack[1 - first]), 0);
}

/* A segment of a connection that the server does not know. */
static inline void forge_stranger(uint16_t from_port, uint16_t to_port, seq32 ack)
{
    struct tcp_segment stray = {.source_port = from_port,
                                .destination_port = to_port,
                                .seq = seq_at(1),
                                .ack = ack,
                                .wnd = 1000,
                                .flags = TCP_ACK};
    forge(1, &stray);
    pair_flush(&pair);
}

static inline lull_socket open_socket(struct lull_stack *stack)
{
    lull_socket socket;
    assert_int_equal(lull_socket_open(stack, &socket), LULL_OK);
    return socket;
}

/* A client's socket that is bound to @port, whoever was there before. */
static inline lull_socket client_on(uint16_t port)
{
    struct lull_name name = pair_name(0, port);
    lull_socket socket = open_socket(client);

    lull_socket_set_option(client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, socket, &name), LULL_OK);
    return socket;
}

static inline enum lull_error connect_to(lull_socket socket, uint16_t port)
{
    struct lull_name name = pair_name(1, port);
    return lull_socket_connect(client, socket, &name);
}

static inline ptrdiff_t send_text(int side, const char *text)
{
    return lull_socket_send(pair.stack[side], ends[side], (struct lull_slice){text, strlen(text)});
}

/* What one receive call returns; the text itself is compared. */
static inline void expect_text(int side, const char *text)
{
    char got[100];
    ptrdiff_t count = lull_socket_receive(pair.stack[side], ends[side], got, sizeof got);

    assert_int_equal(count, strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static inline ptrdiff_t receive_result(int side)
{
    char got[100];
    return lull_socket_receive(pair.stack[side], ends[side], got, sizeof got);
}

/* The events of one socket since it was last asked; those of others are lost. */
static inline unsigned events_of(struct lull_stack *stack, lull_socket socket)
{
    unsigned all = 0, events;
    lull_socket which;

    while (lull_socket_next_event(stack, &which, &events))
        all |= which.index == socket.index ? events : 0;
    return all;
}

static inline struct lull_refusal refusal_of(const struct lull_stack *stack)
{
    struct lull_refusal refusal;
    lull_socket_refusal(stack, &refusal);
    return refusal;
}

static inline struct lull_stack_config default_config(void)
{
    struct lull_stack_config config;
    lull_stack_config_init(&config);
    return config;
}

#endif
