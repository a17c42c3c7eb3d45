/* link_neighbor.h - the neighbour cache: the states of RFC 4861 section 7.3 applied to ARP.
 *
 * It holds no packets.  Output that meets LINK_PENDING waits where it is, in the stack, and asks
 * again when `changes` has moved.  A queue of packets here was rejected: it would be a second place
 * with a limit, and TCP has its bytes already.
 *
 * Found by a keyed hash, because whoever is on the link chooses the keys.  When the cache is full,
 * the least recently used entry makes room: one that is still unresolved while those hold a quarter
 * of the cache or more, so that questions nobody answers cannot push out the neighbours in use;
 * otherwise a resolved one.  Permanent entries stay.
 *
 * The cache and its memory must lie in one block (rel.h). */
#ifndef LINK_LINK_NEIGHBOR_H
#define LINK_LINK_NEIGHBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/error.h"

#include "base/pool.h"
#include "base/siphash.h"
#include "base/time.h"
#include "base/timer_wheel.h"
#include "base/tuple_table.h"
#include "wire/ethernet.h"

/* RFC 4861 section 10, under its names where it has them. */
#define LINK_NEIGHBOR_REACHABLE_TIME    LULL_SEC(30)
#define LINK_NEIGHBOR_RETRANS_TIMER     LULL_SEC(1)
#define LINK_NEIGHBOR_DELAY_FIRST_PROBE LULL_SEC(5)
#define LINK_NEIGHBOR_PROBES            3

/* How long a neighbour that did not answer is not asked again.  RFC 1122 section 2.3.2.1 wants no
 * more than one request a second to one host; after three of them we rest as long as one took. */
#define LINK_NEIGHBOR_FAILED_TIME LULL_SEC(1)

enum link_neighbor_state {
    LINK_NEIGHBOR_INCOMPLETE, /* asked, no answer yet */
    LINK_NEIGHBOR_REACHABLE,
    LINK_NEIGHBOR_STALE, /* known, not confirmed lately, not in use */
    LINK_NEIGHBOR_DELAY, /* in use; a sign of life from above may still come */
    LINK_NEIGHBOR_PROBE, /* asked again, by unicast */
    LINK_NEIGHBOR_FAILED,
    LINK_NEIGHBOR_PERMANENT
};

struct link_neighbor_key {
    struct lull_address address;
    uint32_t interface;
};

/* How we came to know. */
enum link_neighbor_evidence {
    LINK_NEIGHBOR_OVERHEARD, /* it told somebody else, or everybody */
    LINK_NEIGHBOR_ADDRESSED, /* it asked us: we will probably answer, so remember */
    LINK_NEIGHBOR_SOLICITED  /* it answers us; counts as a sign of life only if we had asked */
};

struct link_neighbor_claim {
    struct link_neighbor_key key;
    struct ethernet_address hardware;
    enum link_neighbor_evidence evidence;
};

/* A question to put on the link now. */
struct link_neighbor_probe {
    struct link_neighbor_key key;
    struct ethernet_address destination; /* broadcast, or the neighbour whose life is in doubt */
};

enum link_resolution {
    LINK_RESOLVED,
    LINK_PENDING,
    LINK_UNREACHABLE /* asked in vain within the last LINK_NEIGHBOR_FAILED_TIME */
};

/* Both ends of a list threaded through the entries. */
struct link_neighbor_list {
    uint32_t first, last; /* POOL_NONE: empty */
    uint32_t count;
};

struct link_neighbor_cache {
    uint64_t changes; /* moves when a pending entry was resolved, failed, or made room */

    /* Counters. */
    uint64_t evicted;     /* entries that made room for another */
    uint64_t failed;      /* neighbours that did not answer */
    uint64_t unsolicited; /* answers that nobody had asked for, not remembered */
    uint64_t full;        /* no room, not even by eviction */

    /* Private. */
    struct siphash_key hash_key;
    struct pool entries;
    struct tuple_table table;
    struct timer_wheel timers;                      /* by index of the entry */
    struct link_neighbor_list resolved, unresolved; /* least recently used first */
    struct link_neighbor_list probes;               /* entries with a question to send */
};

/* Memory for @capacity (1 to 2^20) entries. */
size_t link_neighbor_bytes(uint32_t capacity);

/* @memory: link_neighbor_bytes() of it, aligned to 64.  @key must be secret. */
void link_neighbor_init(struct link_neighbor_cache *cache, void *memory, uint32_t capacity,
                        const struct siphash_key *key);

/* The hardware address of @key, which is about to be sent to.
 *
 * LINK_RESOLVED     it is in @hardware
 * LINK_PENDING      it is being asked for; @hardware is not written
 * LINK_UNREACHABLE  also when the cache is full of permanent entries */
LULL_MUST_USE enum link_resolution link_neighbor_resolve(struct link_neighbor_cache *cache,
                                                         const struct link_neighbor_key *key,
                                                         lull_time now,
                                                         struct ethernet_address *hardware);

/* Remember what a neighbour said of itself.  Only LINK_NEIGHBOR_ADDRESSED makes an entry; the
 * others change one that is there (RFC 826, "Packet Reception").  A different hardware address
 * replaces the known one and is doubted at its first use; permanent entries do not change.
 *
 * True when output that waits for this neighbour may go. */
bool link_neighbor_learn(struct link_neighbor_cache *cache, const struct link_neighbor_claim *claim,
                         lull_time now);

/* Something from above proves that the neighbour receives what we send, such as an acknowledgment
 * of new data (RFC 4861 section 7.3.1). */
void link_neighbor_confirm(struct link_neighbor_cache *cache, const struct link_neighbor_key *key,
                           lull_time now);

/* Something from above suggests that it does not: text goes unacknowledged (RFC 1122 section
 * 3.3.1.4).  A neighbour that was taken for reachable is asked again once it is in use. */
void link_neighbor_doubt(struct link_neighbor_cache *cache, const struct link_neighbor_key *key);

/* An entry that never changes, or replaces the one there.  LULL_ENOBUFS when the cache is full of
 * such. */
LULL_MUST_USE enum lull_error link_neighbor_set_permanent(struct link_neighbor_cache *cache,
                                                          const struct link_neighbor_key *key,
                                                          const struct ethernet_address *hardware);

/* Forget an entry of any kind; false when there is none. */
bool link_neighbor_forget(struct link_neighbor_cache *cache, const struct link_neighbor_key *key);

/* When to call link_neighbor_advance() next, as timer_wheel_next(). */
lull_time link_neighbor_deadline(const struct link_neighbor_cache *cache);

/* Let time pass.  True when a neighbour has failed: what waits for it must be told. */
bool link_neighbor_advance(struct link_neighbor_cache *cache, lull_time now);

/* Take the next question to send; false when there is none. */
LULL_MUST_USE bool link_neighbor_next_probe(struct link_neighbor_cache *cache,
                                            struct link_neighbor_probe *probe);

/* The state of an entry at @now, for tools; false when there is none. */
LULL_MUST_USE bool link_neighbor_state_of(const struct link_neighbor_cache *cache,
                                          const struct link_neighbor_key *key, lull_time now,
                                          enum link_neighbor_state *state);

#endif
