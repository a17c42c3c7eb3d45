/* tcp_env.h - what a TCP event is given besides the connection.
 *
 * Made afresh for each event by whoever owns the connection, so that no connection holds
 * a pointer and no function reads a clock. */
#ifndef TCP_TCP_ENV_H
#define TCP_TCP_ENV_H

#include <stdint.h>

#include "lull/counters.h"
#include "lull/stack.h"

#include "base/block_pool.h"
#include "base/siphash.h"
#include "base/time.h"
#include "base/trace.h"
#include "base/tuple.h"
#include "wire/tcp_segment.h"

/* Numbers and secrets all connections of a stack share. */
struct tcp_settings {
    lull_duration rto_min, rto_initial, rto_max; /* RFC 6298 section 2 */
    lull_duration delayed_ack;                   /* RFC 9293 section 3.8.6.3 */
    lull_duration user_timeout;                  /* R2, RFC 9293 section 3.8.3 */
    lull_duration syn_timeout;                   /* R2 for a SYN */
    lull_duration challenge_interval;            /* RFC 5961 section 7, per connection */
    uint8_t features;                            /* enum lull_feature */
    uint8_t flaws;                               /* enum lull_flaw */
    struct lull_knobs knobs;                     /* as they are turned now */
    struct siphash_key isn_key, timestamp_key;   /* RFC 6528, RFC 7323 section 5.4 */
    struct siphash_key challenge_key;            /* for tcp_challenge.c */
};

/* What all connections together have spent of the limit on challenge ACKs. */
struct tcp_challenge_budget {
    int64_t second; /* the one that is under way */
    uint32_t spent;
};

/* A segment that no connection sends: it is built from these numbers alone. */
enum tcp_reply_kind {
    TCP_REPLY_NONE,
    TCP_REPLY_RESET,        /* RST with SEQ alone */
    TCP_REPLY_RESET_AND_ACK /* RST with SEQ and ACK */
};
struct tcp_reply {
    enum tcp_reply_kind kind;
    seq32 seq, ack;
};

struct tcp_env {
    lull_time now;
    const struct tcp_settings *settings;
    struct block_pool *blocks;
    uint64_t *counters; /* by enum lull_counter */
    struct tcp_challenge_budget *challenges;
    const struct trace *trace;
    /* Written by an event: a segment the owner must send on the connection's behalf even
     * if the connection ends with this event. */
    struct tcp_reply reply;
};

/* The value of a knob, by its identifier; and of a knob that counts milliseconds. */
#define TCP_KNOB(env, knob)    ((env)->settings->knobs.value[LULL_KNOB_##knob])
#define TCP_KNOB_MS(env, knob) LULL_MS(TCP_KNOB(env, knob))

/* A mistake is to be made on purpose. */
#define TCP_FLAW(env, flaw) (((env)->settings->flaws & LULL_FLAW_##flaw) != 0)

#define TCP_COUNT(env, counter) ((void)((env)->counters[LULL_COUNTER_##counter]++))

#endif
