/* trace.h - what a stack tells about itself while it works.
 *
 * An event is a fixed-size record of numbers, never a formatted string: the simulator
 * checks them, the command line prints them, the pcapng writer stores them.  Printers are
 * tools; the engine only counts. */
#ifndef LULL_TRACE_H
#define LULL_TRACE_H

#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/time.h"

LULL_BEGIN_DECLARATIONS

/* clang-format off */
/*       event              arg 0        arg 1        arg 2        */
#define LULL_TRACE_EVENTS(EVENT)                                     \
    EVENT(tcp_state,        from,        to,          remote_port)    \
    EVENT(tcp_drop,         step,        seg_seq,     rcv_nxt)       \
    EVENT(tcp_acked,        una,         nxt,         none)          \
    EVENT(tcp_rtt,          sample_us,   srtt_us,     rttvar_us)       \
    EVENT(tcp_cwnd,         cwnd,        ssthresh,    in_flight)     \
    EVENT(tcp_retransmit,   seq,         bytes,       backoff)       \
    EVENT(tcp_send,         seq,         bytes,       flags)         \
    EVENT(tcp_receive,      seq,         bytes,       flags)         \
    EVENT(tw_enter,         kind,        cause,       remaining_ms)  \
    EVENT(tw_rearm,         kind,        reason,      remaining_ms)  \
    EVENT(tw_leave,         kind,        end,         lived_ms)      \
    EVENT(refused,          call,        rule,        remaining_ms)  \
    EVENT(frame_in,         interface,   bytes,       checksum)      \
    EVENT(frame_out,        interface,   bytes,       checksum)      \
    EVENT(frame_drop,       interface,   reason,      bytes)
/* clang-format on */

enum lull_trace_event {
#define EVENT(name, a, b, c) LULL_TRACE_##name,
    LULL_TRACE_EVENTS(EVENT)
#undef EVENT
        LULL_TRACE_EVENT_COUNT
};

/* A segment in brief. */
struct lull_trace_segment {
    uint32_t seq, ack;
    uint32_t len;   /* SEG.LEN */
    uint32_t flags; /* of the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
};

/* The events of records, tw_*, and refusals say whose they are, and which segment brought them
 * about; elsewhere these fields are zero.
 *
 *     kind     enum lull_row_kind
 *     cause    enum lull_record_cause
 *     reason   enum lull_record_reason
 *     end      enum lull_record_end
 *     call     enum lull_refused_call
 *     rule     lull_rule_text() of it
 *     *_ms     UINT32_MAX when nobody knows */
struct lull_trace_record {
    lull_time at;
    uint32_t conn_id; /* pool index of the connection or record; 0 with no owner */
    enum lull_trace_event event;
    uint32_t arg[3];
    struct lull_trace_segment segment; /* flags 0: a timer, a call, or an ACK that left */
    struct lull_name local, remote;
};

/* @p record is borrowed: copy it if you keep it.  A sink must not call into the stack. */
typedef void lull_trace_sink(void *context, const struct lull_trace_record *record);

/* Names of an event and of its arguments, for printers.  "none" is unused. */
struct lull_trace_schema {
    const char *name, *arg[3];
};
LULL_API const struct lull_trace_schema *lull_trace_schema(enum lull_trace_event event);

LULL_END_DECLARATIONS

#endif
