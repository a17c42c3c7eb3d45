/* tcp_record.c - the table of records and their clock.
 *
 * Everybody waits equally long, so a record that enters or starts again goes to the tail of
 * its queue and expiry looks at the head only: no timer per record, O(1) for each operation.
 * The exceptions wait in a queue that is kept in order by insertion from the tail: a
 * connection so slow that 2 MSL would not cover two of its retransmissions, records that were
 * waiting when MSL was made shorter, and half waits.
 *
 * The queues are linked through the records.  An append-only log would save eight bytes a
 * record, but a record that starts again leaves a hole in it, and a peer that repeats its FIN
 * makes as many holes as it likes; docs/decisions/0004 has the account, 0011 that of the eight
 * bytes by which a record can say when it last sent and why it is there. */
#include "tcp/tcp_record.h"

#include <assert.h>

#include "base/address.h"
#include "base/check.h"

/* [REQ RL-03] */
static_assert(sizeof(struct tcp_record) == 48, "docs/limits.md promises 48 bytes");
static_assert(LULL_CAUSE_COUNT <= 16 && LULL_REASON_COUNT <= 16, "four bits each");

#define EIGHTHS_MASK 0xfffffu /* 20 bits: 36 hours */
#define EIGHTH       LULL_MS(125)
#define ANCIENT      LULL_SEC(97200) /* 27 hours: no record goes 9 hours without being looked at */
#define WALK_MAX     64              /* records that a newcomer passes in search of his place */
#define SORT_BINS    28              /* 2^28 records */

size_t tcp_record_bytes(uint32_t capacity)
{
    return (size_t)capacity * sizeof(struct tcp_record);
}

void tcp_record_init(struct tcp_records *t, void *memory, uint32_t capacity)
{
    LULL_CHECK(capacity <= TCP_RECORD_CAPACITY_MAX);
    *t = (struct tcp_records){.capacity = capacity};
    rel_set(&t->memory, memory);
    t->first_free = TCP_RECORD_NONE;
    for (int q = 0; q < TCP_RECORD_QUEUE_COUNT; q++)
        t->queues[q].first = t->queues[q].last = TCP_RECORD_NONE;
}

/* Milliseconds, rounded up so that nothing expires early or was sent too long ago. */
static uint32_t in_ms(lull_time at)
{
    return (uint32_t)((at + LULL_MS(1) - 1) / LULL_MS(1));
}

static bool ms_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

/* The instant near @now whose milliseconds end in @ms. */
static lull_time instant(uint32_t ms, lull_time now)
{
    int64_t now_ms = now / LULL_MS(1);
    return LULL_MS(now_ms + (int32_t)(ms - (uint32_t)now_ms));
}

/* --- queues ------------------------------------------------------------------------------ */

static void unlink_record(struct tcp_records *t, uint32_t index)
{
    struct tcp_record *r = tcp_record_at(t, index);

    if (r->previous == TCP_RECORD_NONE)
        t->queues[r->queue].first = r->next;
    else
        tcp_record_at(t, r->previous)->next = r->next & TCP_RECORD_NONE;
    if (r->next == TCP_RECORD_NONE)
        t->queues[r->queue].last = r->previous;
    else
        tcp_record_at(t, r->next)->previous = r->previous & TCP_RECORD_NONE;
    t->queues[r->queue].count--;
}

/* Behind @after, or at the head with TCP_RECORD_NONE. */
static void link_record(struct tcp_records *t, uint32_t index, enum tcp_record_queue queue,
                        uint32_t after)
{
    struct tcp_record *r = tcp_record_at(t, index);
    uint32_t next =
        after == TCP_RECORD_NONE ? t->queues[queue].first : tcp_record_at(t, after)->next;

    r->queue = (unsigned)queue & 3u;
    r->previous = after & TCP_RECORD_NONE;
    r->next = next & TCP_RECORD_NONE;
    if (after == TCP_RECORD_NONE)
        t->queues[queue].first = index;
    else
        tcp_record_at(t, after)->next = index & TCP_RECORD_NONE;
    if (next == TCP_RECORD_NONE)
        t->queues[queue].last = index;
    else
        tcp_record_at(t, next)->previous = index & TCP_RECORD_NONE;
    t->queues[queue].count++;
}

/* Behind whom a record belongs that expires at @expiry_ms: the tail, but for the sorted.  False
 * when that is too far from the tail; @after is then the last one looked at. */
static bool find_place(const struct tcp_records *t, enum tcp_record_queue queue, uint32_t expiry_ms,
                       uint32_t *after)
{
    *after = t->queues[queue].last;
    for (int steps = 0; *after != TCP_RECORD_NONE; steps++) {
        if (!ms_before(expiry_ms, tcp_record_at(t, *after)->expiry_ms))
            return true;
        if (steps == WALK_MAX)
            return false;
        *after = tcp_record_at(t, *after)->previous;
    }
    return true;
}

/* Peers that seem slow could fill the queue of the sorted with records that wait for minutes, and
 * then make each newcomer walk past all of them.  Who does not find his place in time waits as long
 * as the one he met there: a longer wait is always safe. */
void tcp_record_enqueue(struct tcp_records *t, uint32_t index, enum tcp_record_queue queue,
                        lull_time expiry)
{
    struct tcp_record *r = tcp_record_at(t, index);
    uint32_t after;

    r->expiry_ms = in_ms(expiry);
    if (!find_place(t, queue, r->expiry_ms, &after))
        r->expiry_ms = tcp_record_at(t, after)->expiry_ms;
    link_record(t, index, queue, after);
}

bool tcp_record_shorten(struct tcp_records *t, uint32_t index, lull_time expiry)
{
    uint32_t after;

    if (!ms_before(in_ms(expiry), tcp_record_at(t, index)->expiry_ms)
        || !find_place(t, TCP_RECORD_QUEUE_SORTED, in_ms(expiry), &after))
        return false;
    tcp_record_requeue(t, index, TCP_RECORD_QUEUE_SORTED, expiry);
    return true;
}

void tcp_record_requeue(struct tcp_records *t, uint32_t index, enum tcp_record_queue queue,
                        lull_time expiry)
{
    unlink_record(t, index);
    tcp_record_enqueue(t, index, queue, expiry);
}

/* --- the table --------------------------------------------------------------------------- */

static uint32_t take_slot(struct tcp_records *t)
{
    uint32_t index = t->first_free;

    if (index != TCP_RECORD_NONE)
        t->first_free = tcp_record_at(t, index)->next;
    else if (t->high_water < t->capacity)
        index = t->high_water++;
    else
        return TCP_RECORD_NONE;
    t->used++;
    return index;
}

static uint32_t in_eighths(lull_time at)
{
    return (uint32_t)((at + EIGHTH - 1) / EIGHTH);
}

uint32_t tcp_record_take(struct tcp_records *t, const struct tuple *tuple, lull_time now)
{
    uint32_t index = take_slot(t);

    if (index == TCP_RECORD_NONE)
        return index;
    *tcp_record_at(t, index) = (struct tcp_record){
        .local = address_ipv4_word(&tuple->local),
        .remote = address_ipv4_word(&tuple->remote),
        .local_port = tuple->local_port,
        .remote_port = tuple->remote_port,
        .sent_ms = in_ms(now),
        .entered_8ths = in_eighths(now) & EIGHTHS_MASK,
        .queue = TCP_RECORD_QUEUE_FREE,
    };
    return index;
}

void tcp_record_remove(struct tcp_records *t, uint32_t index)
{
    unlink_record(t, index);
    tcp_record_at(t, index)->queue = TCP_RECORD_QUEUE_FREE;
    tcp_record_at(t, index)->next = t->first_free & TCP_RECORD_NONE;
    t->first_free = index;
    t->used--;
}

/* --- the clock --------------------------------------------------------------------------- */

lull_time tcp_record_expiry(const struct tcp_records *t, uint32_t index, lull_time now)
{
    return instant(tcp_record_at(t, index)->expiry_ms, now);
}

lull_time tcp_record_sent(const struct tcp_records *t, uint32_t index, lull_time now)
{
    return instant(tcp_record_at(t, index)->sent_ms, now);
}

lull_time tcp_record_entered(const struct tcp_records *t, uint32_t index, lull_time now)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    int64_t eighths = (now + EIGHTH - 1) / EIGHTH;

    if (r->ancient)
        return LULL_TIME_NEVER;
    return EIGHTH * (eighths - (((uint32_t)eighths - r->entered_8ths) & EIGHTHS_MASK));
}

bool tcp_record_entered_at(const struct tcp_records *t, uint32_t index, lull_time then)
{
    const struct tcp_record *r = tcp_record_at(t, index);
    return !r->ancient && r->entered_8ths == (in_eighths(then) & EIGHTHS_MASK);
}

void tcp_record_enter_again(struct tcp_records *t, uint32_t index, lull_time now)
{
    struct tcp_record *r = tcp_record_at(t, index);

    r->entered_8ths = in_eighths(now) & EIGHTHS_MASK;
    r->ancient = 0;
    r->sent_ms = in_ms(now);
}

void tcp_record_note_sent(struct tcp_records *t, uint32_t index, lull_time now)
{
    struct tcp_record *r = tcp_record_at(t, index);

    if (!r->ancient && now - tcp_record_entered(t, index, now) >= ANCIENT)
        r->ancient = 1;
    r->sent_ms = in_ms(now);
}

/* [REQ RL-01] */
uint32_t tcp_record_oldest(const struct tcp_records *t)
{
    uint32_t oldest = TCP_RECORD_NONE;

    for (int q = 0; q < TCP_RECORD_QUEUE_COUNT; q++) {
        uint32_t first = t->queues[q].first;
        if (first == TCP_RECORD_NONE)
            continue;
        if (oldest == TCP_RECORD_NONE
            || ms_before(tcp_record_at(t, first)->expiry_ms, tcp_record_at(t, oldest)->expiry_ms))
            oldest = first;
    }
    return oldest;
}

lull_time tcp_record_next(const struct tcp_records *t, lull_time now)
{
    uint32_t oldest = tcp_record_oldest(t);
    return oldest == TCP_RECORD_NONE ? LULL_TIME_NEVER : tcp_record_expiry(t, oldest, now);
}

/* [REQ TT-07] [REQ TT-10] */
uint32_t tcp_record_due(const struct tcp_records *t, lull_time now)
{
    uint32_t oldest = tcp_record_oldest(t);

    if (oldest == TCP_RECORD_NONE || tcp_record_expiry(t, oldest, now) > now)
        return TCP_RECORD_NONE;
    return oldest;
}

/* --- another MSL ------------------------------------------------------------------------- */

/* Two lists in order become one; only next is kept. */
static uint32_t merge(struct tcp_records *t, uint32_t a, uint32_t b)
{
    uint32_t first = TCP_RECORD_NONE, last = TCP_RECORD_NONE;

    while (a != TCP_RECORD_NONE || b != TCP_RECORD_NONE) {
        bool take_a =
            b == TCP_RECORD_NONE
            || (a != TCP_RECORD_NONE
                && !ms_before(tcp_record_at(t, b)->expiry_ms, tcp_record_at(t, a)->expiry_ms));
        uint32_t *from = take_a ? &a : &b;
        if (first == TCP_RECORD_NONE)
            first = *from;
        else
            tcp_record_at(t, last)->next = *from & TCP_RECORD_NONE;
        last = *from;
        *from = tcp_record_at(t, last)->next;
    }
    return first;
}

/* The whole sorted queue into order: a merge sort by runs that double, so no recursion. */
static void sort(struct tcp_records *t)
{
    uint32_t bins[SORT_BINS];
    uint32_t at = t->queues[TCP_RECORD_QUEUE_SORTED].first;
    uint32_t all = TCP_RECORD_NONE;

    for (int i = 0; i < SORT_BINS; i++)
        bins[i] = TCP_RECORD_NONE;
    while (at != TCP_RECORD_NONE) {
        uint32_t run = at, bin = 0;
        at = tcp_record_at(t, at)->next;
        tcp_record_at(t, run)->next = TCP_RECORD_NONE;
        for (; bins[bin] != TCP_RECORD_NONE && bin < SORT_BINS - 1; bin++) {
            run = merge(t, bins[bin], run);
            bins[bin] = TCP_RECORD_NONE;
        }
        bins[bin] = run;
    }
    for (int i = 0; i < SORT_BINS; i++)
        all = merge(t, bins[i], all);
    t->queues[TCP_RECORD_QUEUE_SORTED].first = all;
    t->queues[TCP_RECORD_QUEUE_SORTED].last = TCP_RECORD_NONE;
    for (; all != TCP_RECORD_NONE; all = tcp_record_at(t, all)->next) {
        tcp_record_at(t, all)->previous = t->queues[TCP_RECORD_QUEUE_SORTED].last & TCP_RECORD_NONE;
        t->queues[TCP_RECORD_QUEUE_SORTED].last = all;
    }
}

/* Longer: all of a queue move by as much, and it stays in order. */
static void lengthen(struct tcp_records *t, enum tcp_record_queue queue, uint32_t difference_ms)
{
    uint32_t index = t->queues[queue].first;

    for (; index != TCP_RECORD_NONE; index = tcp_record_at(t, index)->next)
        tcp_record_at(t, index)->expiry_ms += 2 * difference_ms;
}

/* Who waits for another time gets the longer one, and the queue has to be sorted again.  A patience
 * is no multiple of MSL. */
static void lengthen_sorted(struct tcp_records *t, uint32_t msl_ms)
{
    uint32_t index = t->queues[TCP_RECORD_QUEUE_SORTED].first;

    for (; index != TCP_RECORD_NONE; index = tcp_record_at(t, index)->next) {
        struct tcp_record *r = tcp_record_at(t, index);
        uint32_t expiry = r->sent_ms + 2 * msl_ms;
        if (r->kind != TCP_RECORD_FIN_WAIT_2 && ms_before(r->expiry_ms, expiry))
            r->expiry_ms = expiry;
    }
    sort(t);
}

/* Shorter: who waits keeps his time, which is no longer that of a newcomer. */
static void set_apart(struct tcp_records *t, enum tcp_record_queue queue)
{
    uint32_t index;

    while ((index = t->queues[queue].first) != TCP_RECORD_NONE) {
        unlink_record(t, index);
        link_record(t, index, TCP_RECORD_QUEUE_SORTED, t->queues[TCP_RECORD_QUEUE_SORTED].last);
    }
}

/* [REQ TT-09] */
void tcp_record_change_msl(struct tcp_records *t, uint32_t old_ms, uint32_t new_ms)
{
    if (new_ms > old_ms) {
        lengthen(t, TCP_RECORD_QUEUE_PLAIN, new_ms - old_ms);
        lengthen(t, TCP_RECORD_QUEUE_STRANGERS, new_ms - old_ms);
        lengthen_sorted(t, new_ms);
    } else if (new_ms < old_ms) {
        set_apart(t, TCP_RECORD_QUEUE_PLAIN);
        set_apart(t, TCP_RECORD_QUEUE_STRANGERS);
        sort(t);
    }
}

void tcp_record_shorten_patience(struct tcp_records *t)
{
    set_apart(t, TCP_RECORD_QUEUE_FIN_WAIT_2);
    sort(t);
}

/* --- tuples ------------------------------------------------------------------------------ */

void tcp_record_tuple(const struct tcp_records *t, uint32_t index, struct tuple *tuple)
{
    const struct tcp_record *r = tcp_record_at(t, index);

    *tuple = (struct tuple){.local = address_from_ipv4_word(r->local),
                            .remote = address_from_ipv4_word(r->remote),
                            .local_port = r->local_port,
                            .remote_port = r->remote_port};
}

bool tcp_record_matches(const struct tcp_records *t, uint32_t index, const struct tuple *tuple)
{
    struct tuple mine;

    tcp_record_tuple(t, index, &mine);
    return tuple_equal(&mine, tuple);
}
