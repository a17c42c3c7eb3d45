/* stack.h - one network stack: its creation, its interfaces, its four verbs.
 *
 * Nothing happens by itself.  A stack reads no clock, starts no thread, opens no device and
 * allocates no memory: the caller hands over one block of memory, then frames and instants,
 * and takes frames away.
 *
 *     lull_stack_input(stack, frames, count, now);       arrived frames, in a batch
 *     while (lull_stack_output(stack, now, &frame))      frames to send
 *         send(&frame);
 *     deadline = lull_stack_next_deadline(stack);        sleep until then or a frame
 *     lull_stack_advance(stack, now);                    let time pass
 *
 * Threads: a stack belongs to one thread at a time.  Several stacks in one process share
 * nothing.  Calls made between two verbs happen at the instant of the later verb. */
#ifndef LULL_STACK_H
#define LULL_STACK_H

#include "lull/address.h"
#include "lull/api.h"
#include "lull/counters.h"
#include "lull/error.h"
#include "lull/flaws.h"
#include "lull/frame.h"
#include "lull/knobs.h"
#include "lull/record.h"
#include "lull/time.h"
#include "lull/trace.h"

LULL_BEGIN_DECLARATIONS

struct lull_stack;

/* Every limit is chosen here and never grows; docs/limits.md says what happens at each. */
struct lull_stack_config {
    uint8_t seed[32]; /* from a good random source; every secret is derived from it */

    uint32_t sockets_max;     /* socket objects */
    uint32_t connections_max; /* live connections, in every state but TIME-WAIT */
    uint32_t listeners_max;
    uint32_t records_max;   /* TIME-WAIT, FIN-WAIT-2 and HOLD records there is room for */
    uint32_t blocks_max;    /* blocks of the shared buffer pool */
    uint32_t block_bytes;   /* power of two, 256 to 65536 */
    uint32_t neighbors_max; /* ARP entries */
    uint32_t routes_max;
    uint32_t replies_max; /* stateless answers waiting for output() */

    uint32_t send_buffer_bytes;    /* per connection, default of LULL_OPTION_SEND_BUFFER */
    uint32_t receive_buffer_bytes; /* per connection, default of LULL_OPTION_RECEIVE_BUFFER */

    lull_duration rto_min, rto_initial; /* RFC 6298 section 2; 200 ms and 1 s */
    lull_duration delayed_ack;          /* RFC 9293 section 3.8.6.3; below 500 ms */
    lull_duration user_timeout;         /* R2 of RFC 9293 section 3.8.3; at least 100 s */
    lull_duration syn_timeout;          /* R2 for a SYN; at least 3 min (MUST-23) */
    uint8_t ttl;
    uint8_t features; /* enum lull_feature */
    uint8_t flaws;    /* enum lull_flaw: mistakes to be made on purpose; 0 */

    struct lull_knobs knobs; /* MSL, ports, and everything stacks disagree on */
};

/* TCP options offered and accepted. */
enum lull_feature {
    LULL_FEATURE_TIMESTAMPS = 1,   /* RFC 7323 */
    LULL_FEATURE_WINDOW_SCALE = 2, /* RFC 7323 */
    LULL_FEATURE_SACK = 4          /* RFC 2018 */
};

/* Defaults fit a small server: 1,024 sockets, 65,536 records, about 21 MB.  The seed is
 * left zero: fill it. */
LULL_API void lull_stack_config_init(struct lull_stack_config *config);

/**
 * Bytes of memory a stack of this configuration needs.
 *
 * @return  bytes, or 0 when the configuration is outside its ranges
 */
LULL_API size_t lull_stack_bytes(const struct lull_stack_config *config);

/**
 * Make a stack in the caller's memory.
 *
 * @param memory  aligned to 64 bytes, owned by the caller, in use until the stack is no
 *                longer called; fresh zero pages stay untouched until needed
 * @param bytes   at least lull_stack_bytes(config)
 * @param config  borrowed
 * @param now     the present
 * @return        the stack, at the start of @p memory, or NULL when the configuration is
 *                invalid or the memory too small
 */
LULL_API struct lull_stack *lull_stack_create(void *memory, size_t bytes,
                                              const struct lull_stack_config *config,
                                              lull_time now);

/**
 * Turn a knob while the stack runs.
 *
 * Records that stand keep the larger of their old and new expiry when tw.msl_ms changes; the
 * cost is one walk over them.
 *
 * @return  LULL_OK; LULL_EINVAL out of range; LULL_EOPNOTSUPP when the knob is fixed, or set
 *          at creation only
 */
LULL_API enum lull_error lull_stack_set_knob(struct lull_stack *stack, enum lull_knob knob,
                                             int64_t value);

/* The value in force; 0 when @p knob is none. */
LULL_API int64_t lull_stack_knob(const struct lull_stack *stack, enum lull_knob knob);

/* Where trace records go; NULL: nowhere. */
LULL_API void lull_stack_set_trace(struct lull_stack *stack, lull_trace_sink *sink, void *context);

enum lull_link {
    LULL_LINK_ETHERNET, /* frames with Ethernet headers, addresses by ARP */
    LULL_LINK_IP,       /* bare IP packets: a TUN device, a tunnel */
    LULL_LINK_LOOPBACK  /* bare IP packets that come back */
};

struct lull_interface_config {
    enum lull_link link;
    uint16_t mtu;         /* bytes of an IP packet, 576 to 65535 */
    uint8_t capabilities; /* enum lull_capability */
    uint8_t hardware[6];  /* Ethernet address; all zero: a local one is derived */
};

/* @return  the interface's number, from 0 in order of calls, or LULL_ENOBUFS, LULL_EINVAL */
LULL_API int lull_stack_add_interface(struct lull_stack *stack,
                                      const struct lull_interface_config *config);

/**
 * Give an interface an address; its network becomes reachable on the link.
 *
 * @param prefix_length  bits, as in "10.0.0.1/24"
 * @return               LULL_OK, LULL_EINVAL, LULL_EADDRINUSE, LULL_ENOBUFS
 */
LULL_API enum lull_error lull_stack_add_address(struct lull_stack *stack, int interface,
                                                const struct lull_address *address,
                                                unsigned prefix_length);

/* Send what no other route fits to @p gateway, which must lie on a known network
 * (LULL_ENETUNREACH otherwise). */
LULL_API enum lull_error lull_stack_add_default_route(struct lull_stack *stack,
                                                      const struct lull_address *gateway);

/**
 * Frames arrive (RFC 9293 section 3.10.7 begins here).
 *
 * Never fails: what cannot be used is dropped and counted.
 *
 * @param frames  borrowed
 * @param now     not before any earlier instant
 */
LULL_API void lull_stack_input(struct lull_stack *stack, const struct lull_input *frames,
                               unsigned count, lull_time now);

/**
 * The next frame to send.
 *
 * The stack counts the frame as sent at @p now: timers start, TIME-WAIT is stamped.
 *
 * @param frame  written when the result is not 0
 * @return       1 with a frame, 0 when nothing is to be sent now
 */
LULL_API LULL_MUST_USE int lull_stack_output(struct lull_stack *stack, lull_time now,
                                             struct lull_frame *frame);

/* When lull_stack_advance() has something to do; LULL_TIME_NEVER when nothing is pending.
 * Never late; it may be early by a timer tick. */
LULL_API lull_time lull_stack_next_deadline(const struct lull_stack *stack);

/* Timers due at @p now fire (RFC 9293 section 3.10.8); output may follow. */
LULL_API void lull_stack_advance(struct lull_stack *stack, lull_time now);

/* The value of a counter since creation. */
LULL_API uint64_t lull_stack_counter(const struct lull_stack *stack, enum lull_counter counter);

/* What the stack holds right now, against its limits. */
struct lull_usage {
    uint32_t sockets; /* those that closed, lingered and wait to be reported not counted */
    uint32_t connections, listeners, records, blocks, neighbors, routes;
    uint32_t orphans; /* of the connections: closed by their user, and not yet records */
    /* The most by which a record ever outstayed its time: no more than the caller was late with a
     * verb, and the millisecond to which expiry is rounded. */
    lull_duration oldest_overdue;
};
LULL_API void lull_stack_usage(const struct lull_stack *stack, struct lull_usage *usage);

/* What a row of lull_stack_list() is about. */
enum lull_row_kind {
    LULL_ROW_CONNECTION,
    LULL_ROW_LISTENER,
    LULL_ROW_TIME_WAIT,
    LULL_ROW_FIN_WAIT_2, /* an orphan shrunk to a record */
    LULL_ROW_HOLD        /* a tuple that was reset */
};

/* Which timer ends or repeats something, in ss's words. */
enum lull_row_timer {
    LULL_TIMER_OFF,
    LULL_TIMER_ON, /* retransmission */
    LULL_TIMER_KEEPALIVE,
    LULL_TIMER_TIMEWAIT,
    LULL_TIMER_PERSIST
};

struct lull_row {
    enum lull_row_kind kind;
    enum lull_row_timer timer;
    lull_duration timer_left; /* from the present of the stack */
    lull_time timer_at;       /* the same as an instant; LULL_TIME_NEVER: none */
    uint32_t timer_retries;
    const char *state;      /* "ESTAB", "TIME-WAIT", ... as ss spells them */
    uint32_t receive_queue; /* bytes unread; for a listener: connections not yet accepted */
    uint32_t send_queue;    /* bytes unacknowledged; for a listener: its backlog */
    struct lull_name local, remote;
    uint32_t snd_nxt, rcv_nxt; /* not of a listener */

    /* Of a record only. */
    uint32_t restarts; /* how often its timer was started again */
    lull_time entered; /* to an eighth of a second; LULL_TIME_NEVER: too long ago to be known */
    lull_duration age; /* since then; LULL_TIME_NEVER */
    enum lull_record_cause cause;
    enum lull_record_reason reason;
};

/**
 * Walk over everything that holds a port.
 *
 * @param cursor  start with 0; changed by each call
 * @return        1 with a row, 0 at the end.  Changes between calls may hide or repeat rows
 */
LULL_API int lull_stack_list(const struct lull_stack *stack, uint64_t *cursor,
                             struct lull_row *row);

/* An answer to lull_stack_send_echo(). */
struct lull_echo {
    struct lull_address from;
    uint16_t sequence;
    lull_duration round_trip;
};

/**
 * Ask a host to answer (ICMP echo request, RFC 792).
 *
 * @param bytes  of the body, 8 to 1472
 * @return       LULL_OK, LULL_ENETUNREACH, LULL_EMSGSIZE, LULL_ENOBUFS
 */
LULL_API enum lull_error lull_stack_send_echo(struct lull_stack *stack,
                                              const struct lull_address *to, uint16_t sequence,
                                              size_t bytes);

/* @return  1 with the oldest answer not yet taken, 0 when there is none; 16 are kept, and the
 *          oldest makes room */
LULL_API int lull_stack_take_echo(struct lull_stack *stack, struct lull_echo *echo);

LULL_END_DECLARATIONS

#endif
