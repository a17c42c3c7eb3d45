/* tcp_record_trace.h - what happens to records, told to the trace. */
#ifndef TCP_TCP_RECORD_TRACE_H
#define TCP_TCP_RECORD_TRACE_H

#include "tcp/tcp_record.h"

/* @what has the event (tw_enter, tw_rearm, tw_leave), its second argument and the segment that
 * brought it about; the rest is filled in from the record.  Nothing with the knob trace.tw off.
 * [REQ OB-02] */
void tcp_record_trace(const struct tcp_env *env, const struct tcp_records *t, uint32_t index,
                      const struct lull_trace_record *what);

/* A segment in brief, for the trace. */
static inline struct lull_trace_segment tcp_record_trace_segment(const struct tcp_segment *seg)
{
    return (struct lull_trace_segment){seg->seq.raw, seg->ack.raw, seg->len, seg->flags};
}

#endif
