/* timewait_dsl.h - a small table of records, for the tests of TIME-WAIT. */
#ifndef TESTS_TIMEWAIT_DSL_H
#define TESTS_TIMEWAIT_DSL_H

#include "tcp/tcp_hold.h"
#include "tcp/tcp_timestamp.h"
#include "tcp/tcp_timewait.h"
#include "tcp_dsl.h"

enum { RECORDS = 4 };

/* Records keep a self-relative reference to the table's memory, so both lie in one object. */
static struct {
    struct tcp_records table;
    alignas(8) struct tcp_record memory[RECORDS];
} tw;

/* A connection that ended: SND.NXT 200, RCV.NXT 501 past the peer's FIN; in FIN-WAIT-2 the FIN
 * is still to come, as octet 501. */
static inline struct tcp_conn ended(enum tcp_state state, uint32_t facts)
{
    struct tcp_conn c = GIVEN(.state = state, .rcv_nxt = 501, .facts = facts);
    c.ts.offset = tcp_timestamp_offset(&dsl_settings.timestamp_key, &c.tuple);
    c.ts.recent = 1000;
    dsl_settings.knobs.value[LULL_KNOB_fw2_orphan_ms] = 40000; /* other than 2 MSL */
    return c;
}

static inline uint32_t enter_as(const struct tcp_conn *c)
{
    return tcp_timewait_enter(&env, &tw.table, c);
}

/* An empty table, and in it one record that entered just now. */
static inline uint32_t given_record(enum tcp_state state, uint32_t facts)
{
    struct tcp_conn c = ended(state, facts);

    assert_true(tcp_record_bytes(RECORDS) <= sizeof tw.memory);
    memset(tw.memory, 0xa5, sizeof tw.memory);
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    return enter_as(&c);
}

#define TIME_WAITING()         given_record(TCP_TIME_WAIT, 0)
#define TIME_WAITING_STAMPED() given_record(TCP_TIME_WAIT, TCP_TIMESTAMPS)
#define FIN_WAITING()          given_record(TCP_FIN_WAIT_2, TCP_ORPHAN)

#define SEGMENT(bits, ...) segment_with((struct tcp_segment){.flags = (bits), __VA_ARGS__})

/* .len counts text; SYN and FIN are added. */
static inline struct tcp_segment segment_with(struct tcp_segment seg)
{
    seg.text = (struct span){dsl_octets(seg.seq, seg.len), seg.len};
    seg.len += (seg.flags & TCP_SYN ? 1u : 0u) + (seg.flags & TCP_FIN ? 1u : 0u);
    return seg;
}

static inline enum tcp_timewait_answer arrives(uint32_t record, struct tcp_segment seg)
{
    env.reply = (struct tcp_reply){0};
    return tcp_timewait_arrive(&env, &tw.table, record, &seg);
}

/* The owner sends the record's ACK. */
static inline struct tcp_segment acknowledges(uint32_t record)
{
    struct tcp_segment seg;
    tcp_timewait_ack(&env, &tw.table, record, &seg);
    return seg;
}

/* From now until it expires. */
static inline lull_duration left(uint32_t record)
{
    return tcp_record_expiry(&tw.table, record, env.now) - env.now;
}

/* Long enough that the limit on ACKs no longer holds any back. */
static inline void past_the_limit(void)
{
    dsl_later(LULL_MS(500));
}

#endif
