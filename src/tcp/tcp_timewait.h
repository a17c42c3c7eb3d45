/* tcp_timewait.h - what is left of a connection that waits (RFC 9293 sections 3.4.1, 3.6.1).
 *
 * On entry to TIME-WAIT a connection is replaced by a record of 40 bytes and its TCB and
 * buffers are freed.  An orphan in FIN-WAIT-2 shrinks the same way.  The owner keeps the
 * index by which records are found; here are the records, their clock and their manners. */
#ifndef TCP_TCP_TIMEWAIT_H
#define TCP_TCP_TIMEWAIT_H

#include "base/rel.h"
#include "tcp/tcp_conn.h"
#include "tcp/tcp_reuse.h"

#define TCP_TIMEWAIT_NONE         0x0fffffffu
#define TCP_TIMEWAIT_CAPACITY_MAX 0x0ffffffeu

/* The queue a record waits in, which is also what it is. */
enum tcp_timewait_queue {
    TCP_TIMEWAIT_QUEUE_PLAIN,      /* TIME-WAIT, 2 MSL */
    TCP_TIMEWAIT_QUEUE_LATE,       /* TIME-WAIT, longer: its connection was very slow */
    TCP_TIMEWAIT_QUEUE_FIN_WAIT_2, /* an orphan whose peer has not closed yet */
    TCP_TIMEWAIT_QUEUE_COUNT,
    TCP_TIMEWAIT_QUEUE_FREE = TCP_TIMEWAIT_QUEUE_COUNT /* in none */
};

struct tcp_timewait_record {
    uint32_t local, remote; /* IPv4, host order */
    uint16_t local_port, remote_port;
    seq32 snd_nxt, rcv_nxt;
    uint32_t ts_recent;
    uint32_t expiry_ms; /* low half; compared with serial arithmetic */
    uint32_t next : 28, queue : 2, timestamps : 1, parked : 1;
    uint32_t previous : 28, ts_ahead : 4; /* milliseconds TSval runs ahead of the clock */
    uint16_t wnd;                         /* field as last advertised, scaled */
    uint16_t age : 11, restarts : 5;      /* half seconds from entry to the last ACK */
};

struct tcp_timewait {
    rel records;
    struct {
        uint32_t first, last, count;
    } queues[TCP_TIMEWAIT_QUEUE_COUNT];
    uint32_t capacity, used, high_water, first_free;
};

/* What an arriving segment calls for. */
enum tcp_timewait_answer {
    TCP_TIMEWAIT_DROP,
    TCP_TIMEWAIT_ACK,   /* tcp_timewait_ack() when it can be sent */
    TCP_TIMEWAIT_JUDGE, /* a SYN: the owner decides with tcp_reuse_judge() */
    TCP_TIMEWAIT_DELETE /* the record is void; env->reply may hold a reset */
};

size_t tcp_timewait_bytes(uint32_t capacity);

/* @memory: tcp_timewait_bytes() of it, not touched here. */
void tcp_timewait_init(struct tcp_timewait *t, void *memory, uint32_t capacity);

static inline struct tcp_timewait_record *tcp_timewait_at(const struct tcp_timewait *t,
                                                          uint32_t index)
{
    return (struct tcp_timewait_record *)rel_get(&t->records) + index;
}

/* For walks over the whole table: @index below high_water holds a record. */
static inline bool tcp_timewait_is_live(const struct tcp_timewait *t, uint32_t index)
{
    return tcp_timewait_at(t, index)->queue != TCP_TIMEWAIT_QUEUE_FREE;
}

/* A record for @c, which is in TIME-WAIT or FIN-WAIT-2; its clock starts now.
 * Returns TCP_TIMEWAIT_NONE when the table is full: evict first. */
uint32_t tcp_timewait_enter(const struct tcp_env *env, struct tcp_timewait *t,
                            const struct tcp_conn *c);

/* Give the record back.  The owner has removed it from its index. */
void tcp_timewait_remove(struct tcp_timewait *t, uint32_t index);

/* The record with the least time left, or TCP_TIMEWAIT_NONE. */
uint32_t tcp_timewait_oldest(const struct tcp_timewait *t);

/* A record whose time is over, or TCP_TIMEWAIT_NONE. */
uint32_t tcp_timewait_due(const struct tcp_timewait *t, lull_time now);

/* When the first record expires; LULL_TIME_NEVER when there is none. */
lull_time tcp_timewait_next(const struct tcp_timewait *t, lull_time now);

/* When this one does. */
lull_time tcp_timewait_expiry(const struct tcp_timewait *t, uint32_t index, lull_time now);

void tcp_timewait_tuple(const struct tcp_timewait *t, uint32_t index, struct tuple *tuple);
bool tcp_timewait_matches(const struct tcp_timewait *t, uint32_t index, const struct tuple *tuple);

/* A segment for the record arrives; group SA of docs/rfc-map.md, in its order.  A FIN that
 * ends FIN-WAIT-2 makes the record one of TIME-WAIT. */
enum tcp_timewait_answer tcp_timewait_arrive(struct tcp_env *env, struct tcp_timewait *t,
                                             uint32_t index, const struct tcp_segment *seg);

/* The ACK of a record, as it leaves: the record's clock starts again at env->now, because
 * 2 MSL count from the last ACK that was sent, not from the transition. */
void tcp_timewait_ack(struct tcp_env *env, struct tcp_timewait *t, uint32_t index,
                      struct tcp_segment *seg);

/* What the reuse decision needs of the record. */
struct tcp_reuse_old tcp_timewait_old(const struct tcp_timewait *t, uint32_t index);

/* Floors for the next incarnation's ISS and first TSval (RFC 9293 MAY-2, RFC 7323
 * section 5.4).  False when no TSval above the old ones can be promised yet. */
bool tcp_timewait_floor(const struct tcp_env *env, const struct tcp_timewait *t, uint32_t index,
                        struct tcp_conn_plan *plan);

#endif
