/* tcp_output.h - what a connection may send now.
 *
 * The one place that builds a connection's segments.  Arrivals, calls and timers only mark;
 * the owner then asks for segments until there is none. */
#ifndef TCP_TCP_OUTPUT_H
#define TCP_TCP_OUTPUT_H

#include "tcp/tcp_conn.h"

/* A segment to be framed and sent. */
struct tcp_emission {
    struct tcp_segment segment; /* its text span is empty: the text is named below */
    uint32_t text_offset;       /* into the send queue */
    uint32_t text_bytes;
    uint16_t segment_bytes; /* text bytes of each piece, when there is more than one */
};

/* Something can be sent now. */
bool tcp_output_is_wanted(const struct tcp_conn *c);

/* Text waits, nothing is in flight, and neither window nor Nagle lets any of it go: only the
 * persist timer will (RFC 9293 sections 3.8.6.1 and 3.8.6.2.1). */
bool tcp_output_is_stuck(const struct tcp_conn *c);

/* The next segment, with at most @burst octets of text: more than one full segment when the
 * device can cut them apart.  Returns false when there is none.  The segment counts as sent:
 * SND.NXT moves and timers start. */
bool tcp_output_next(struct tcp_env *env, struct tcp_conn *c, uint32_t burst,
                     struct tcp_emission *out);

#endif
