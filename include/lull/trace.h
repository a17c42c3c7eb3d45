/* trace.h - what a stack tells about itself while it works.
 *
 * An event is a fixed-size record of numbers, never a formatted string: the simulator
 * checks them, the command line prints them, the pcapng writer stores them.  Printers are
 * tools; the engine only counts. */
#ifndef LULL_TRACE_H
#define LULL_TRACE_H

#include <stdint.h>

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
    EVENT(tw_enter,         local_port,  remote_port, expiry_ms)     \
    EVENT(tw_rearm,         local_port,  remote_port, expiry_ms)     \
    EVENT(tw_leave,         local_port,  remote_port, cause)         \
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

struct lull_trace_record {
    lull_time at;
    uint32_t conn_id; /* pool index of the connection or record; 0 with no owner */
    enum lull_trace_event event;
    uint32_t arg[3];
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
