/* tcp_isn.c - one tick per microsecond.
 *
 * The clock separates incarnations only while the old one sent slower than it ticks and
 * lived shorter than it wraps: 1 MB/s and 71 minutes with the default of isn.tick_ns.
 * RFC 6528's 4 us tick would be outrun by any modern transfer, Linux's 64 ns tick wraps in
 * under five minutes.  Because no tick is right, whoever knows the old numbers must use
 * tcp_isn_above() as well. */
#include "tcp/tcp_isn.h"

#define BUMP_SPREAD 0xffff

static int64_t knob(const struct tcp_settings *settings, enum lull_knob which)
{
    return settings->knobs.value[which];
}

/* [REQ 6528/3] [REQ 9293/MUST-8] [REQ 9293/MUST-9] [REQ 9293/SHLD-1] */
seq32 tcp_isn_choose(const struct tcp_settings *settings, const struct tuple *tuple, lull_time now)
{
    return seq_at((uint32_t)tuple_hash(&settings->isn_key, tuple)
                  + (uint32_t)(now / knob(settings, LULL_KNOB_isn_tick_ns)));
}

/* [REQ IR-08] */
seq32 tcp_isn_above(const struct tcp_settings *settings, const struct tuple *tuple, seq32 isn,
                    seq32 last)
{
    if (seq_diff(isn, last) > 0) /* not seq_lt(): at a distance of 2^31 neither is above */
        return isn;
    uint32_t spread = (uint32_t)(tuple_hash(&settings->isn_key, tuple) >> 32) & BUMP_SPREAD;
    return seq_add(last, (uint32_t)knob(settings, LULL_KNOB_isn_reuse_bump) + spread);
}
