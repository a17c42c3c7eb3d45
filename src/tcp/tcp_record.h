/* tcp_record.h - what a stack remembers of a tuple that has no connection.
 *
 * A record is a connection in TIME-WAIT, an orphan in FIN-WAIT-2, or a tuple on HOLD after a
 * reset.  Here are the table, the queues records wait in and their clock; how each kind meets a
 * segment is in tcp_timewait.c and tcp_hold.c.  The owner keeps the index by which records
 * are found. */
#ifndef TCP_TCP_RECORD_H
#define TCP_TCP_RECORD_H

#include "lull/record.h"

#include "base/rel.h"
#include "tcp/tcp_conn.h"

#define TCP_RECORD_NONE         0x0fffffffu
#define TCP_RECORD_CAPACITY_MAX 0x0ffffffeu
#define TCP_RECORD_RESTARTS_MAX 31u

enum tcp_record_kind { TCP_RECORD_TIME_WAIT, TCP_RECORD_FIN_WAIT_2, TCP_RECORD_HOLD };

/* Records that wait equally long share a queue, so that expiry looks at heads only. */
enum tcp_record_queue {
    TCP_RECORD_QUEUE_PLAIN,      /* 2 MSL from the last segment sent: always at the tail */
    TCP_RECORD_QUEUE_SORTED,     /* other times: slow connections, a changed MSL, half a wait,
                                    a patience that was asked for */
    TCP_RECORD_QUEUE_FIN_WAIT_2, /* an orphan's patience, the stack's */
    TCP_RECORD_QUEUE_STRANGERS,  /* HOLD for tuples nobody here had a connection on; 2 MSL */
    TCP_RECORD_QUEUE_COUNT,
    TCP_RECORD_QUEUE_FREE = TCP_RECORD_QUEUE_COUNT /* in none */
};

struct tcp_record {
    uint32_t local, remote; /* IPv4, host order */
    uint16_t local_port, remote_port;
    seq32 snd_nxt, rcv_nxt; /* rcv_nxt of HOLD: the right edge the peer was offered */
    uint32_t ts_recent;
    uint32_t expiry_ms; /* low half, as all instants here; compared with serial arithmetic */
    uint32_t sent_ms;   /* our last segment on the tuple, or entry */
    uint32_t next : 28, queue : 3, parked : 1;
    uint32_t previous : 28, ts_ahead : 4; /* milliseconds TSval runs ahead of the clock */
    uint32_t wnd : 16;                    /* field as last advertised, scaled by wnd_scale */
    uint32_t wnd_scale : 4, restarts : 5, timestamps : 1, ancient : 1;
    uint32_t reuse_address : 1, reuse_port : 1; /* what the old socket had set */
    uint32_t entered_8ths : 20;                 /* eighths of a second, while not ancient */
    uint32_t kind : 2, cause : 4, reason : 4;   /* lull/record.h has the last two */
};

struct tcp_records {
    rel memory;
    struct {
        uint32_t first, last, count;
    } queues[TCP_RECORD_QUEUE_COUNT];
    uint32_t capacity, used, high_water, first_free;
};

size_t tcp_record_bytes(uint32_t capacity);

/* @memory: tcp_record_bytes() of it, not touched here. */
void tcp_record_init(struct tcp_records *t, void *memory, uint32_t capacity);

static inline struct tcp_record *tcp_record_at(const struct tcp_records *t, uint32_t index)
{
    return (struct tcp_record *)rel_get(&t->memory) + index;
}

/* For walks over the whole table: @index below high_water holds a record. */
static inline bool tcp_record_is_live(const struct tcp_records *t, uint32_t index)
{
    return tcp_record_at(t, index)->queue != TCP_RECORD_QUEUE_FREE;
}

/* A record in no queue yet, for @tuple, entered and last sent now.  TCP_RECORD_NONE when the
 * table is full: evict first. */
uint32_t tcp_record_take(struct tcp_records *t, const struct tuple *tuple, lull_time now);

/* Let @index, which is in no queue, wait in @queue until @expiry, or longer where 64 records that
 * end later stand at the tail: O(1). */
void tcp_record_enqueue(struct tcp_records *t, uint32_t index, enum tcp_record_queue queue,
                        lull_time expiry);

/* The same for a record that waits already. */
void tcp_record_requeue(struct tcp_records *t, uint32_t index, enum tcp_record_queue queue,
                        lull_time expiry);

/* End the wait at @expiry already.  False, and nothing is changed, when it ends no later now, or
 * too many would have to be passed to put the record in its place. */
bool tcp_record_shorten(struct tcp_records *t, uint32_t index, lull_time expiry);

/* Give the record back.  The owner has removed it from its index. */
void tcp_record_remove(struct tcp_records *t, uint32_t index);

/* The record with the least time left, or TCP_RECORD_NONE. */
uint32_t tcp_record_oldest(const struct tcp_records *t);

/* A record whose time is over, or TCP_RECORD_NONE. */
uint32_t tcp_record_due(const struct tcp_records *t, lull_time now);

/* When the first record expires; LULL_TIME_NEVER when there is none. */
lull_time tcp_record_next(const struct tcp_records *t, lull_time now);

/* When this one does, when it last sent, and when it was entered: to an eighth of a second, and
 * for 27 hours.  An ancient record says LULL_TIME_NEVER. */
lull_time tcp_record_expiry(const struct tcp_records *t, uint32_t index, lull_time now);
lull_time tcp_record_sent(const struct tcp_records *t, uint32_t index, lull_time now);
lull_time tcp_record_entered(const struct tcp_records *t, uint32_t index, lull_time now);

/* It is rounded up by no more than this. */
#define TCP_RECORD_ENTERED_ROUNDED LULL_MS(125)

/* The record was entered then, to an eighth of a second. */
bool tcp_record_entered_at(const struct tcp_records *t, uint32_t index, lull_time then);

/* Time in the table counts from now: the record has become one of another kind. */
void tcp_record_enter_again(struct tcp_records *t, uint32_t index, lull_time now);

/* A segment leaves on the tuple. */
void tcp_record_note_sent(struct tcp_records *t, uint32_t index, lull_time now);

/* MSL changes: each record keeps the larger of its old and its new expiry.  O(n log n) in the
 * records.  [REQ TT-09] */
void tcp_record_change_msl(struct tcp_records *t, uint32_t old_ms, uint32_t new_ms);

/* Orphans will have less patience: those who wait keep theirs, and newcomers need not pass them. */
void tcp_record_shorten_patience(struct tcp_records *t);

void tcp_record_tuple(const struct tcp_records *t, uint32_t index, struct tuple *tuple);
bool tcp_record_matches(const struct tcp_records *t, uint32_t index, const struct tuple *tuple);

#endif
