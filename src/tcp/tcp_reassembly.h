/* tcp_reassembly.h - text that arrived past a gap (RFC 9293 SHLD-31), and the SACK blocks
 * that tell of it (RFC 2018).
 *
 * Octets are stored in place in the receive queue; a range set in one block of the same
 * pool remembers which.  The advertised window bounds both, so a flood of fragments costs no
 * more than the window, and a connection without gaps holds no block for them. */
#ifndef TCP_TCP_REASSEMBLY_H
#define TCP_TCP_REASSEMBLY_H

#include "tcp/tcp_conn.h"

/* Keep @text, whose first octet is @seq, past RCV.NXT and inside the window.
 * Returns false when nothing could be kept: no block, or too many gaps. */
bool tcp_reassembly_store(const struct tcp_env *env, struct tcp_conn *c, seq32 seq,
                          struct span text);

/* RCV.NXT has moved: take what is now contiguous into the receive queue and move RCV.NXT
 * past it.  Returns the octets taken. */
uint32_t tcp_reassembly_join(const struct tcp_env *env, struct tcp_conn *c);

static inline bool tcp_reassembly_has_gap(const struct tcp_conn *c)
{
    return c->rcv.ranges != BLOCK_NONE;
}

/* SACK blocks, the range that changed last first (RFC 2018 section 4), at most @max. */
void tcp_reassembly_report(const struct tcp_env *env, const struct tcp_conn *c,
                           struct tcp_options *options, unsigned max);

/* Give back the range set's block. */
void tcp_reassembly_forget(const struct tcp_env *env, struct tcp_conn *c);

#endif
