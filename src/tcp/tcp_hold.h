/* tcp_hold.h - tuples that were reset (RFC 9293 section 3.5.2).
 *
 * Whoever sends a reset should linger in TIME-WAIT: the reset may be lost and the peer remain
 * half-open, and what it sent before is still under way.  No connection is left to linger, so
 * the tuple is put on HOLD for 2 MSL from the last reset.  docs/decisions/0012 says what a HOLD
 * stops and what it does not. */
#ifndef TCP_TCP_HOLD_H
#define TCP_TCP_HOLD_H

#include "tcp/tcp_timewait.h"

/* What is known of a tuple when a reset for it is about to leave. */
struct tcp_hold_facts {
    struct tuple tuple;
    seq32 snd_nxt;      /* above everything we sent */
    seq32 rcv_nxt;      /* above everything the peer may have sent */
    uint32_t ts_recent; /* with timestamps: the last TSval seen */
    uint32_t ts_ahead;  /* milliseconds our TSval ran ahead of the clock */
    enum lull_record_cause cause;
    bool timestamps;
};

/* Of a connection that is being reset. */
struct tcp_hold_facts tcp_hold_of_conn(const struct tcp_env *env, const struct tcp_conn *c);

/* Of a record whose tuple is being reset. */
struct tcp_hold_facts tcp_hold_of_record(const struct tcp_records *t, uint32_t index);

/* Of @seg, which nobody here knows anything about. */
struct tcp_hold_facts tcp_hold_of_stranger(const struct tuple *tuple,
                                           const struct tcp_segment *seg);

/* A record on HOLD for 2 MSL from now.  TCP_RECORD_NONE when the table is full. */
uint32_t tcp_hold_enter(const struct tcp_env *env, struct tcp_records *t,
                        const struct tcp_hold_facts *facts);

/* A reset leaves, or will: 2 MSL from now, never less than was left. */
void tcp_hold_extend(const struct tcp_env *env, struct tcp_records *t, uint32_t index);

/* A segment for a tuple on HOLD: a SYN is the owner's to judge, resets and SYN with FIN are
 * dropped, anything else is reset: then the result is DROP and env->reply holds the reset.  A
 * record that was extended as often as tw.max_extend allows resets nobody any more. */
enum tcp_timewait_answer tcp_hold_arrive(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                                         const struct tcp_segment *seg);

/* Nobody here had a connection on the tuple. */
static inline bool tcp_hold_is_of_stranger(const struct tcp_records *t, uint32_t index)
{
    return tcp_record_at(t, index)->cause == LULL_CAUSE_STRANGER;
}

/* The record's numbers are those of a segment that anybody could have sent, of a stranger or of a
 * half-open peer.  It keeps connect() away; a SYN is not judged by it, nor our ISS chosen. */
static inline bool tcp_hold_is_hearsay(const struct tcp_records *t, uint32_t index)
{
    return tcp_hold_is_of_stranger(t, index)
           || tcp_record_at(t, index)->cause == LULL_CAUSE_HALF_OPEN;
}

#endif
