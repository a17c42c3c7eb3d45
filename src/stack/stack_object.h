/* stack_object.h - everything that exists in one network stack.
 *
 * One block of memory holds it all: this struct, then the tables it reaches by relative
 * references.  Objects name each other by index.  The one pair of real addresses, the
 * trace sink, is set anew by whoever moves the block. */
#ifndef STACK_STACK_OBJECT_H
#define STACK_STACK_OBJECT_H

#include "lull/refusal.h"
#include "lull/socket.h"
#include "lull/stack.h"

#include "base/pool.h"
#include "base/prng.h"
#include "base/scope.h"
#include "base/timer_wheel.h"
#include "base/tuple_table.h"
#include "ip/ip.h"
#include "link/link.h"
#include "stack/stack_endpoint.h"
#include "tcp/tcp.h"

#define STACK_INTERFACES_MAX 8
#define STACK_ECHO_ANSWERS   16 /* kept until lull_stack_take_echo() */
#define STACK_ADDRESSES_MAX  8  /* per interface */
#define STACK_REFUSALS       16 /* kept until lull_socket_next_refusal() */
#define STACK_PORTS          65536
#define STACK_PORTS_PER_PAGE 256

/* A connection and its places in the stack's lists. */
struct stack_conn {
    struct tcp_conn tcp;
    uint32_t endpoint; /* its user, or POOL_NONE */
    uint32_t listener; /* until accepted, or POOL_NONE */
    uint32_t accept_next, accept_previous;
    uint32_t ready_next;
    uint32_t parked;        /* record of the incarnation it may replace, or TCP_RECORD_NONE */
    uint32_t orphan_blocks; /* of the pool, while it is counted as an orphan */
    uint32_t owner;         /* LULL_OPTION_OWNER, which outlives the endpoint */
    bool ready;             /* in the list of those that want to send */
    bool waits;             /* in the accept queue */
    bool orphan;            /* counted as one (stack_orphan.c) */
    bool holds;             /* an orphan's abort.hold, as its last user had it */
    bool late;              /* in the list of stack_late.c */
};

struct stack_listener {
    struct lull_name local;
    bool ipv6_only;
    uint32_t next_on_port; /* another listener there, or POOL_NONE */
    uint32_t endpoint;
    uint32_t backlog;
    uint32_t embryonic;   /* handshakes under way */
    uint32_t waiting;     /* connections not yet accepted */
    uint32_t first, last; /* of the accept queue */
};

/* What one endpoint was told and did not take. */
struct stack_advice {
    struct lull_advice of_kind[LULL_ADVICE_COUNT]; /* none where its count is 0 */
    uint32_t endpoint;
    uint32_t older, newer; /* than the last of these, or POOL_NONE */
};

struct stack_address {
    struct lull_address address;
    uint8_t prefix_bits; /* of 128 */
};

struct stack_interface {
    enum lull_link link;
    uint16_t mtu;
    uint8_t capabilities;
    struct ethernet_address hardware;
    struct stack_address addresses[STACK_ADDRESSES_MAX];
    unsigned address_count;
};

/* How many things hold each local port, and who listens there. */
struct stack_port {
    uint32_t connections, records, bound;
    uint32_t listeners; /* index of the first plus one: a cleared page has none */
};

/* An answer no connection sends, waiting for output(). */
enum stack_reply_kind {
    STACK_REPLY_RESET,
    STACK_REPLY_RECORD_ACK, /* built from the record as it leaves */
    STACK_REPLY_LAST_ACK,   /* of a connection for which there was no record */
    STACK_REPLY_ICMP,       /* body in a block of the pool */
    STACK_REPLY_ARP
};
struct stack_reply {
    uint8_t kind;       /* enum stack_reply_kind */
    uint8_t interface;  /* ARP only; the rest is routed */
    uint8_t patience;   /* how often it may wait for an address to be resolved */
    uint8_t holds;      /* a reset that ends a connection: its tuple is on HOLD when it leaves */
    struct tuple tuple; /* local and remote address also for ICMP */
    union {
        struct tcp_reply reset;
        struct tcp_record last; /* what the record of LAST_ACK would be */
        struct {
            uint32_t rest, body_bytes;
            uint32_t block; /* BLOCK_NONE: no body */
            uint8_t type, code;
        } icmp;
        struct arp_packet arp;
    };
};

/* First in, first out, in memory of the block. */
struct stack_ring {
    rel replies;
    uint32_t capacity, first, count;
};

struct lull_stack {
    struct trace trace;
    lull_time now;
    lull_time quiet_until; /* before it nothing is sent or processed; not later than .now: never */
    struct lull_stack_config config;
    struct siphash_key tuple_key, port_key, neighbor_key, listen_key;
    struct tcp_settings tcp;
    struct prng prng;

    struct pool conns, endpoints, listeners;
    struct {
        struct pool kept; /* struct stack_advice */
        uint32_t oldest, newest;
    } advice;
    struct block_pool blocks;
    struct tuple_table tuples; /* connections and records: see stack_tuples.c */
    struct tcp_records records;
    lull_duration oldest_overdue; /* the most by which a record outstayed its time */
    struct timer_wheel timers;    /* one timer per connection */
    struct link_neighbor_cache neighbors;
    struct ip_icmp_limit icmp_limit;
    rel routes; /* struct ip_route_table */
    rel ports;  /* struct stack_port for every port number, in pages */
    uint32_t port_pages[STACK_PORTS / STACK_PORTS_PER_PAGE / 32]; /* bit set: in use */

    struct stack_interface interfaces[STACK_INTERFACES_MAX];
    unsigned interface_count;

    struct stack_ring replies, unresolved;
    uint32_t ready_first, ready_last; /* connections that want to send */
    uint32_t stuck_first, stuck_last; /* those whose next hop is not resolved */
    uint32_t event_first, event_last; /* endpoints with news */
    uint32_t port_step;               /* ephemeral ports: successive searches start apart */
    uint64_t neighbor_changes;        /* of the cache, as last seen */

    struct tcp_challenge_budget challenges;
    struct {
        uint32_t count, blocks; /* connections nobody holds, and blocks of their text */
    } orphans;
    uint32_t late_first; /* of the connections whose wait has no date yet (stack_late.c) */
    uint32_t lingered;   /* sockets whose wait in close is over and was not reported */
    bool starved;        /* somebody found the buffer pool empty */
    struct {
        uint64_t count; /* since creation; the last ones are kept */
        struct lull_refusal kept[STACK_REFUSALS];
    } refusals;
    struct lull_trace_segment arriving; /* while a segment is dealt with; else zero */
    struct {
        uint16_t identifier;
        uint32_t first, count; /* of the answers not yet taken; the oldest makes room */
        struct lull_echo answers[STACK_ECHO_ANSWERS];
    } echo;
    uint64_t counters[LULL_COUNTER_COUNT];
};

#define STACK_COUNT(stack, counter) ((void)((stack)->counters[LULL_COUNTER_##counter]++))
#define STACK_FLAW(stack, flaw)     (((stack)->tcp.flaws & LULL_FLAW_##flaw) != 0)
#define STACK_KNOB(stack, knob)     ((stack)->tcp.knobs.value[LULL_KNOB_##knob])

static inline struct stack_conn *stack_conn_at(const struct lull_stack *s, uint32_t index)
{
    return pool_at(&s->conns, index);
}
static inline struct stack_endpoint *stack_endpoint_at(const struct lull_stack *s, uint32_t index)
{
    return pool_at(&s->endpoints, index);
}
static inline struct stack_listener *stack_listener_at(const struct lull_stack *s, uint32_t index)
{
    return pool_at(&s->listeners, index);
}

/* [REQ QR-01] [REQ 9293/3.4.3-quiet] */
static inline bool stack_is_quiet(const struct lull_stack *s)
{
    return s->now < s->quiet_until;
}

/* Ports are kept in pages that are cleared when they are first written to: most never are. */
static inline bool stack_port_is_used(const struct lull_stack *s, uint16_t port)
{
    size_t page = port / STACK_PORTS_PER_PAGE;
    return s->port_pages[page / 32] >> page % 32 & 1;
}
static inline struct stack_port *stack_port_at(struct lull_stack *s, uint16_t port)
{
    struct stack_port *ports = rel_get(&s->ports);
    size_t page = port / STACK_PORTS_PER_PAGE;

    if (!stack_port_is_used(s, port)) {
        memset(&ports[page * STACK_PORTS_PER_PAGE], 0, STACK_PORTS_PER_PAGE * sizeof *ports);
        s->port_pages[page / 32] |= 1u << page % 32;
    }
    return ports + port;
}
static inline struct stack_port stack_port_holders(const struct lull_stack *s, uint16_t port)
{
    const struct stack_port *ports = rel_get(&s->ports);
    return stack_port_is_used(s, port) ? ports[port] : (struct stack_port){0};
}

static inline struct ip_route_table *stack_routes(const struct lull_stack *s)
{
    return rel_get(&s->routes);
}

/* What a TCP event is given.  Collect env.reply afterwards: stack_conn_settle() does. */
static inline struct tcp_env stack_env(struct lull_stack *s)
{
    return (struct tcp_env){.now = s->now,
                            .settings = &s->tcp,
                            .blocks = &s->blocks,
                            .counters = s->counters,
                            .challenges = &s->challenges,
                            .trace = &s->trace};
}

#endif
