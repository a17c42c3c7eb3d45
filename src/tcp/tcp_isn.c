/* tcp_isn.c - one tick per microsecond.
 *
 * The clock separates incarnations only while the old one sent slower than it ticks and
 * lived shorter than it wraps: 1 MB/s and 71 minutes here.  RFC 6528's 4 us tick would be
 * outrun by any modern transfer, Linux's 64 ns tick wraps in under five minutes.  Because no
 * tick is right, whoever knows the old numbers must use tcp_isn_above() as well. */
#include "tcp/tcp_isn.h"

#define TICK_NS     1000
#define REUSE_BUMP  65537 /* isn.reuse_bump: past any window the old peer may still accept */
#define BUMP_SPREAD 0xffff

/* [REQ 6528/3] [REQ 9293/MUST-8] [REQ 9293/MUST-9] [REQ 9293/SHLD-1] */
seq32 tcp_isn_choose(const struct siphash_key *key, const struct tuple *tuple, lull_time now)
{
    return seq_at((uint32_t)tuple_hash(key, tuple) + (uint32_t)(now / TICK_NS));
}

seq32 tcp_isn_above(seq32 isn, seq32 last, const struct siphash_key *key, const struct tuple *tuple)
{
    if (seq_diff(isn, last) > 0) /* not seq_lt(): at a distance of 2^31 neither is above */
        return isn;
    uint32_t spread = (uint32_t)(tuple_hash(key, tuple) >> 32) & BUMP_SPREAD;
    return seq_add(last, REUSE_BUMP + spread);
}
