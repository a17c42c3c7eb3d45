/* tcp_timestamp.c - a millisecond clock per tuple.
 *
 * One tick per millisecond keeps the sign for 24.8 days and still gives one tick for every
 * 2^31 octets up to 17 Tbit/s (RFC 7323 section 5.4). */
#include "tcp/tcp_timestamp.h"

#include "tcp/tcp_conn.h"

/* After this long without a segment TS.Recent proves nothing (RFC 7323 section 5.5). */
#define RECENT_IS_STALE LULL_SEC(24 * 24 * 3600)

uint32_t tcp_timestamp_offset(const struct siphash_key *key, const struct tuple *tuple)
{
    return (uint32_t)tuple_hash(key, tuple);
}

/* [REQ 7323/5.4] */
uint32_t tcp_timestamp_value(uint32_t offset, lull_time now)
{
    return (uint32_t)(now / LULL_MS(1)) + offset;
}

/* [REQ 7323/5.5] */
bool tcp_timestamp_is_old(const struct tcp_conn *c, const struct tcp_segment *seg, lull_time now)
{
    return conn_is(c, TCP_TIMESTAMPS) && (seg->options.present & TCP_OPTION_TIMESTAMPS)
           && tcp_timestamp_before(seg->options.ts_value, c->ts.recent)
           && now - c->ts.recent_at < RECENT_IS_STALE;
}

/* [REQ 7323/4.3] */
void tcp_timestamp_take(struct tcp_conn *c, const struct tcp_segment *seg, lull_time now)
{
    if (!conn_is(c, TCP_TIMESTAMPS) || !(seg->options.present & TCP_OPTION_TIMESTAMPS))
        return;
    if (tcp_timestamp_is_old(c, seg, now) || seq_lt(c->rcv.acked, seg->seq))
        return;
    c->ts.recent = seg->options.ts_value;
    c->ts.recent_at = now;
}

lull_duration tcp_timestamp_round_trip(const struct tcp_conn *c, const struct tcp_segment *seg,
                                       lull_time now)
{
    if (!conn_is(c, TCP_TIMESTAMPS) || !(seg->options.present & TCP_OPTION_TIMESTAMPS))
        return 0;
    uint32_t ticks = tcp_timestamp_value(c->ts.offset, now) - seg->options.ts_echo;
    /* An echo of 0 or from the future was not ours. */
    if (seg->options.ts_echo == 0 || ticks > INT32_MAX)
        return 0;
    return ticks == 0 ? LULL_MS(1) : LULL_MS((int64_t)ticks);
}
