/* infer_dsl.h - what passes a capture point, as tests write it.
 *
 *     pass(.from = CLIENT, .at = 100, .flags = TCP_SYN, .seq = 500);
 *
 * Times are ms, numbers are the wire's.  One conversation, 10.0.0.1:1500 with 10.0.0.2:21, unless
 * .port says otherwise. */
#ifndef TESTS_INFER_DSL_H
#define TESTS_INFER_DSL_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_infer.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

enum { CLIENT, SERVER };

#define INFER_EVENTS 96
#define START        LULL_SEC(1700000000)
#define ACK          TCP_ACK
#define FIN_ACK      (TCP_FIN | TCP_ACK)
#define SYN_ACK      (TCP_SYN | TCP_ACK)

struct passing {
    int from;
    unsigned at; /* ms */
    uint8_t flags;
    uint32_t seq, ack;
    unsigned text;
    uint32_t ts; /* TSval; 0: no timestamps */
    uint16_t id; /* IP identification; 0: the next one */
    bool without_id;
    uint16_t port;    /* of the client; 0: 1500 */
    int wnd;          /* -1: 0; 0: 5000 */
    unsigned kept;    /* bytes of the packet; 0: all */
    uint8_t hops;     /* 0: 64 */
    uint32_t sack[2]; /* a block; nothing when both are equal */
    bool myself;      /* both ends have the client's address */
};

struct capture {
    struct lab_infer infer;
    struct lab_story story;
    struct lab_event events[INFER_EVENTS];
    uint8_t bytes[32768];
    uint8_t packet[2048];
    uint16_t next_id;
};

static struct capture capture;

static inline int open_capture(void **state)
{
    const struct lab_memory memory = {capture.events, INFER_EVENTS, capture.bytes,
                                      sizeof capture.bytes};

    (void)state;
    memset(&capture, 0, sizeof capture);
    lab_story_init(&capture.story, &memory);
    lab_infer_init(&capture.infer, &capture.story);
    return 0;
}

static inline struct lull_address host(int side)
{
    const uint8_t octets[4] = {10, 0, 0, (uint8_t)(1 + side)};
    return lull_address_ipv4(octets);
}

/* Its bytes are in capture.packet. */
static inline size_t build(const struct passing *p)
{
    const uint16_t port = p->port ? p->port : 1500;
    struct tcp_segment segment = {
        .seq = seq_at(p->seq),
        .ack = seq_at(p->ack),
        .wnd = p->wnd < 0 ? 0 : 5000,
        .source_port = p->from == CLIENT ? port : 21,
        .destination_port = p->from == CLIENT ? 21 : port,
        .flags = p->flags,
    };
    struct ipv4_header ip = {
        .source = host(p->myself ? CLIENT : p->from),
        .destination = host(p->myself ? CLIENT : 1 - p->from),
        .protocol = IPV4_TCP,
        .ttl = p->hops ? p->hops : 64,
        .identification = p->without_id ? 0
                          : p->id       ? p->id
                                        : ++capture.next_id,
    };
    size_t tcp;

    if (p->ts)
        segment.options = (struct tcp_options){.present = TCP_OPTION_TIMESTAMPS, .ts_value = p->ts};
    if (p->sack[0] != p->sack[1]) {
        segment.options.present |= TCP_OPTION_SACK;
        segment.options.sack_count = 1;
        segment.options.sack[0] = (struct range){seq_at(p->sack[0]), seq_at(p->sack[1])};
    }
    tcp = tcp_header_emit(&segment, capture.packet + IPV4_HEADER_BYTES);
    memset(capture.packet + IPV4_HEADER_BYTES + tcp, 'x', p->text);
    ip.total_bytes = (uint16_t)(IPV4_HEADER_BYTES + tcp + p->text);
    ipv4_emit(&ip, capture.packet);
    return ip.total_bytes;
}

/* The event it became, or the one that is last now. */
static inline const struct lab_event *pass_one(const struct passing *p)
{
    const uint32_t before = capture.story.event_count;
    const size_t bytes = build(p);

    lab_infer_packet(&capture.infer, (struct span){capture.packet, p->kept ? p->kept : bytes},
                     START + LULL_MS(p->at));
    for (uint32_t i = before; i < capture.story.event_count; i++) {
        if (capture.events[i].kind != LAB_RECORD)
            return &capture.events[i];
    }
    return &capture.events[capture.story.event_count - 1];
}

#define pass(...) pass_one(&(struct passing){__VA_ARGS__})

static inline uint32_t number_of(const struct lab_event *event)
{
    return lab_story_number(&capture.story, event);
}

/* "ESTABLISHED", with a ? when nothing proves it. */
static inline void expect_state(const struct lab_event *event, int side, const char *state)
{
    const struct lab_side *s = &event->side[side];
    char text[32] = "nobody knows";

    if (s->state != NULL)
        strcpy(text, s->state);
    if (s->possible)
        strcat(text, "?");
    assert_string_equal(text, state);
    if (s->state != NULL)
        assert_true(event->inferred & LAB_INFERRED_STATE);
}

static inline void expect_states(const struct lab_event *event, const char *left, const char *right)
{
    expect_state(event, CLIENT, left);
    expect_state(event, SERVER, right);
}

static inline void expect_said(const struct lab_event *event, const char *words)
{
    if (strstr(event->why, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, event->why);
}

/* Client 500, server 900; the next numbers are 501 and 901. */
static inline void handshake(unsigned at, uint32_t client, uint32_t server, uint32_t ts)
{
    pass(.from = CLIENT, .at = at, .flags = TCP_SYN, .seq = client, .ts = ts);
    pass(.from = SERVER, .at = at + 50, .flags = SYN_ACK, .seq = server, .ack = client + 1,
         .ts = ts ? ts + 7000 : 0);
    pass(.from = CLIENT, .at = at + 100, .flags = ACK, .seq = client + 1, .ack = server + 1,
         .ts = ts ? ts + 100 : 0);
}

/* The client closes first, and nothing was sent: four segments. */
static inline const struct lab_event *close_first(unsigned at, uint32_t client, uint32_t server,
                                                  uint32_t ts)
{
    pass(.from = CLIENT, .at = at, .flags = FIN_ACK, .seq = client + 1, .ack = server + 1,
         .ts = ts);
    pass(.from = SERVER, .at = at + 50, .flags = ACK, .seq = server + 1, .ack = client + 2,
         .ts = ts ? ts + 7000 : 0);
    pass(.from = SERVER, .at = at + 60, .flags = FIN_ACK, .seq = server + 1, .ack = client + 2,
         .ts = ts ? ts + 7010 : 0);
    return pass(.from = CLIENT, .at = at + 70, .flags = ACK, .seq = client + 2, .ack = server + 2,
                .ts = ts ? ts + 70 : 0);
}

#endif
