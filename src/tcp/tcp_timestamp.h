/* tcp_timestamp.h - round-trip measurement and PAWS (RFC 7323 sections 3 to 5). */
#ifndef TCP_TCP_TIMESTAMP_H
#define TCP_TCP_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "base/tuple.h"
#include "wire/tcp_segment.h"

struct tcp_conn;

/* What is added to the clock for @tuple, so that a peer learns nothing from one tuple
 * about another, while values of one tuple keep rising across incarnations. */
uint32_t tcp_timestamp_offset(const struct siphash_key *key, const struct tuple *tuple);

/* The TSval of a segment sent now: milliseconds. */
uint32_t tcp_timestamp_value(uint32_t offset, lull_time now);

/* a comes before b, in the arithmetic of RFC 7323 section 5.2: at a distance of 2^31 neither
 * comes before the other.  [REQ 7323/5.2] */
static inline bool tcp_timestamp_before(uint32_t a, uint32_t b)
{
    return (int32_t)(b - a) > 0;
}

/* PAWS: the segment is older than what was already seen (RFC 7323 section 5.3 R1). */
bool tcp_timestamp_is_old(const struct tcp_conn *c, const struct tcp_segment *seg, lull_time now);

/* Take TS.Recent from an acceptable segment (RFC 7323 section 4.3 (2)). */
void tcp_timestamp_take(struct tcp_conn *c, const struct tcp_segment *seg, lull_time now);

/* The round trip an ACK's TSecr tells, or 0 when it tells none. */
lull_duration tcp_timestamp_round_trip(const struct tcp_conn *c, const struct tcp_segment *seg,
                                       lull_time now);

#endif
