/* tcp_options.h - TCP options (RFC 9293 section 3.2, RFC 7323, RFC 2018).
 *
 * Nothing in an option can make a segment unacceptable: a peer that sends nonsense there still
 * speaks TCP, and a middlebox may have mangled an option neither end cares for.  So what is
 * understood is kept, an option whose length does not suit its kind is passed over, and a length
 * that cannot be (below 2, or behind the header's end) ends the reading (RFC 9293 MUST-7).
 * Refusing such segments was rejected: it would turn a bad option into a dead connection. */
#ifndef WIRE_TCP_OPTIONS_H
#define WIRE_TCP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "wire/tcp_segment.h"

#define TCP_OPTIONS_BYTES_MAX 40

/* Largest shift a peer may mean (RFC 7323 section 2.3). */
#define TCP_WINDOW_SCALE_MAX 14

/* Bytes of the timestamps option with the two NOPs before it, and of SACK blocks likewise. */
#define TCP_TIMESTAMPS_BYTES   12
#define TCP_SACK_BYTES(blocks) (4 + 8 * (blocks))

/* Read the bytes between the fixed header and the text.  Of an option that comes twice, the last
 * one counts.  A window scale above 14 is taken as 14.  SACK blocks are as the peer sent them, also
 * empty or backward ones.
 *
 * False when the reading ended at an impossible length; what came before it is in @options. */
bool tcp_options_parse(struct span bytes, struct tcp_options *options);

/* Write @options in the one order we use, which is Linux's: maximum segment size, SACK permitted,
 * timestamps, window scale, SACK blocks, each filled up with NOPs in front to a multiple of four.
 * SACK blocks that do not fit into 40 bytes are left out, last ones first; all others always fit.
 * A window scale above 14 must not be asked for.
 *
 * @to: TCP_OPTIONS_BYTES_MAX of room.  Returns the bytes written, tcp_options_bytes(). */
size_t tcp_options_emit(const struct tcp_options *options, uint8_t *to);

/* 0 to 40, a multiple of 4. */
size_t tcp_options_bytes(const struct tcp_options *options);

#endif
