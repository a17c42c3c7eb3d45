/* link_neighbor.c - the neighbour cache.
 *
 * REACHABLE and FAILED end lazily, when somebody asks: only what must act by itself has a timer.
 * RFC 4861 varies ReachableTime at random to keep hosts from probing in step; here the first probe
 * follows use, which is not in step, and a run stays reproducible. */
#include "link/link_neighbor.h"

#include <string.h>

#include "base/check.h"

#define CAPACITY_MAX (UINT32_C(1) << 20)

/* The two lists an entry may be in. */
enum link_kind { BY_AGE, BY_PROBE, LINK_KINDS };

struct link_node {
    uint32_t next, previous; /* POOL_NONE at the ends */
};

struct neighbor {
    struct link_neighbor_key key;
    struct ethernet_address hardware; /* of a resolved or permanent one */
    uint8_t state;                    /* enum link_neighbor_state */
    uint8_t probes;                   /* questions asked in this state */
    bool probe_waits;                 /* in the list of probes */
    lull_time since;                  /* last confirmed, or failed */
    struct link_node links[LINK_KINDS];
};

static_assert(sizeof(struct link_neighbor_key) == 20, "the hash reads it as 20 bytes, no padding");

static size_t aligned(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

size_t link_neighbor_bytes(uint32_t capacity)
{
    LULL_CHECK(capacity > 0 && capacity <= CAPACITY_MAX);
    return aligned(pool_bytes(capacity, sizeof(struct neighbor)))
           + aligned(tuple_table_bytes(capacity)) + aligned(timer_wheel_bytes(capacity));
}

void link_neighbor_init(struct link_neighbor_cache *cache, void *memory, uint32_t capacity,
                        const struct siphash_key *key)
{
    const struct link_neighbor_list empty = {POOL_NONE, POOL_NONE, 0};
    char *at = memory;
    LULL_CHECK(capacity > 0 && capacity <= CAPACITY_MAX);
    *cache = (struct link_neighbor_cache){
        .hash_key = *key, .resolved = empty, .unresolved = empty, .probes = empty};
    pool_init(&cache->entries, at, capacity, sizeof(struct neighbor));
    at += aligned(pool_bytes(capacity, sizeof(struct neighbor)));
    tuple_table_init(&cache->table, at, capacity, capacity);
    at += aligned(tuple_table_bytes(capacity));
    timer_wheel_init(&cache->timers, at, capacity, INT64_MIN);
}

static struct neighbor *neighbor_at(const struct link_neighbor_cache *cache, uint32_t index)
{
    return pool_at(&cache->entries, index);
}

static uint64_t hash_of(const struct link_neighbor_cache *cache,
                        const struct link_neighbor_key *key)
{
    return siphash_bytes(&cache->hash_key, key, sizeof *key);
}

/* The table gives candidates whose hash resembles; only the key itself decides. */
static uint32_t find(const struct link_neighbor_cache *cache, const struct link_neighbor_key *key)
{
    struct tuple_probe probe = tuple_table_probe(&cache->table, hash_of(cache, key));
    uint32_t index;
    do
        index = tuple_table_next(&cache->table, &probe);
    while (index != TUPLE_NONE && memcmp(&neighbor_at(cache, index)->key, key, sizeof *key) != 0);
    return index == TUPLE_NONE ? POOL_NONE : index;
}

/* The field that leads to @index from behind or from the head of the list. */
static uint32_t *next_field(struct link_neighbor_cache *cache, struct link_neighbor_list *list,
                            enum link_kind kind, uint32_t previous)
{
    return previous == POOL_NONE ? &list->first : &neighbor_at(cache, previous)->links[kind].next;
}

static void append(struct link_neighbor_cache *cache, struct link_neighbor_list *list,
                   enum link_kind kind, uint32_t index)
{
    neighbor_at(cache, index)->links[kind] = (struct link_node){POOL_NONE, list->last};
    *next_field(cache, list, kind, list->last) = index;
    list->last = index;
    list->count++;
}

static void take_out(struct link_neighbor_cache *cache, struct link_neighbor_list *list,
                     enum link_kind kind, uint32_t index)
{
    const struct link_node link = neighbor_at(cache, index)->links[kind];
    *next_field(cache, list, kind, link.previous) = link.next;
    if (link.next == POOL_NONE)
        list->last = link.previous;
    else
        neighbor_at(cache, link.next)->links[kind].previous = link.previous;
    list->count--;
}

static bool is_unresolved(const struct neighbor *n)
{
    return n->state == LINK_NEIGHBOR_INCOMPLETE || n->state == LINK_NEIGHBOR_FAILED;
}

/* Permanent entries have no age. */
static struct link_neighbor_list *age_list(struct link_neighbor_cache *cache,
                                           const struct neighbor *n)
{
    if (n->state == LINK_NEIGHBOR_PERMANENT)
        return NULL;
    return is_unresolved(n) ? &cache->unresolved : &cache->resolved;
}

static void drop_probe(struct link_neighbor_cache *cache, uint32_t index)
{
    struct neighbor *n = neighbor_at(cache, index);
    if (n->probe_waits)
        take_out(cache, &cache->probes, BY_PROBE, index);
    n->probe_waits = false;
}

/* Out of every list, and with no timer. */
static void detach(struct link_neighbor_cache *cache, uint32_t index)
{
    struct link_neighbor_list *list = age_list(cache, neighbor_at(cache, index));
    if (list != NULL)
        take_out(cache, list, BY_AGE, index);
    drop_probe(cache, index);
    timer_wheel_cancel(&cache->timers, index);
}

static void attach(struct link_neighbor_cache *cache, uint32_t index)
{
    struct link_neighbor_list *list = age_list(cache, neighbor_at(cache, index));
    if (list != NULL)
        append(cache, list, BY_AGE, index);
}

/* A change of state counts as use: it follows from being used or from being heard of. */
static void enter(struct link_neighbor_cache *cache, uint32_t index, enum link_neighbor_state state)
{
    detach(cache, index);
    neighbor_at(cache, index)->state = (uint8_t)state;
    neighbor_at(cache, index)->probes = 0;
    attach(cache, index);
}

/* To the young end of its list. */
static void touch(struct link_neighbor_cache *cache, uint32_t index)
{
    struct link_neighbor_list *list = age_list(cache, neighbor_at(cache, index));
    if (list == NULL)
        return;
    take_out(cache, list, BY_AGE, index);
    append(cache, list, BY_AGE, index);
}

/* Whoever waits for it will find that it is gone, and ask again. */
static void destroy(struct link_neighbor_cache *cache, uint32_t index)
{
    const struct neighbor *n = neighbor_at(cache, index);
    if (is_unresolved(n))
        cache->changes++;
    detach(cache, index);
    tuple_table_remove(&cache->table, hash_of(cache, &n->key), index);
    pool_give(&cache->entries, index);
}

/* The rule in the header: unresolved entries make room for each other once they hold a quarter. */
static bool make_room(struct link_neighbor_cache *cache)
{
    const bool many_unresolved = cache->unresolved.count >= (cache->entries.capacity + 3) / 4;
    const struct link_neighbor_list *list =
        many_unresolved || cache->resolved.count == 0 ? &cache->unresolved : &cache->resolved;
    if (list->count == 0) {
        cache->full++;
        return false;
    }
    destroy(cache, list->first);
    cache->evicted++;
    return true;
}

/* POOL_NONE when there is no room.  The caller fills in what the state implies. */
static uint32_t create(struct link_neighbor_cache *cache, const struct link_neighbor_key *key,
                       enum link_neighbor_state state)
{
    uint32_t index = pool_take(&cache->entries);
    if (index == POOL_NONE && make_room(cache))
        index = pool_take(&cache->entries);
    if (index == POOL_NONE)
        return POOL_NONE;
    struct neighbor *n = neighbor_at(cache, index);
    n->key = *key;
    n->state = (uint8_t)state;
    const bool entered = tuple_table_insert(&cache->table, hash_of(cache, key), index);
    LULL_CHECK(entered);
    attach(cache, index);
    return index;
}

/* The next question a second from now, whether or not this one leaves before: a driver that is
 * stuck must not make the neighbour wait forever to fail. */
static void ask(struct link_neighbor_cache *cache, uint32_t index, lull_time now)
{
    struct neighbor *n = neighbor_at(cache, index);
    if (!n->probe_waits)
        append(cache, &cache->probes, BY_PROBE, index);
    n->probe_waits = true;
    n->probes++;
    timer_wheel_arm(&cache->timers, index, now + LINK_NEIGHBOR_RETRANS_TIMER);
}

static bool is_aged(const struct neighbor *n, lull_time now)
{
    return n->state == LINK_NEIGHBOR_REACHABLE && now - n->since >= LINK_NEIGHBOR_REACHABLE_TIME;
}

/* A failure stands for a while, so that each segment to a dead host does not cost three questions
 * to everybody. */
static enum link_resolution resolve_unresolved(struct link_neighbor_cache *cache, uint32_t index,
                                               lull_time now)
{
    const struct neighbor *n = neighbor_at(cache, index);
    if (n->state == LINK_NEIGHBOR_FAILED) {
        if (now - n->since < LINK_NEIGHBOR_FAILED_TIME)
            return LINK_UNREACHABLE;
        enter(cache, index, LINK_NEIGHBOR_INCOMPLETE);
        ask(cache, index, now);
    }
    return LINK_PENDING;
}

enum link_resolution link_neighbor_resolve(struct link_neighbor_cache *cache,
                                           const struct link_neighbor_key *key, lull_time now,
                                           struct ethernet_address *hardware)
{
    uint32_t index = find(cache, key);
    if (index == POOL_NONE) {
        index = create(cache, key, LINK_NEIGHBOR_INCOMPLETE);
        if (index == POOL_NONE)
            return LINK_UNREACHABLE;
        ask(cache, index, now);
    }
    const struct neighbor *n = neighbor_at(cache, index);
    touch(cache, index);
    if (is_unresolved(n))
        return resolve_unresolved(cache, index, now);
    if (n->state == LINK_NEIGHBOR_STALE || is_aged(n, now)) {
        enter(cache, index, LINK_NEIGHBOR_DELAY);
        timer_wheel_arm(&cache->timers, index, now + LINK_NEIGHBOR_DELAY_FIRST_PROBE);
    }
    *hardware = n->hardware;
    return LINK_RESOLVED;
}

/* Ends whatever question is open: nobody doubts it now. */
static void become_reachable(struct link_neighbor_cache *cache, uint32_t index, lull_time now)
{
    enter(cache, index, LINK_NEIGHBOR_REACHABLE);
    neighbor_at(cache, index)->since = now;
}

/* An entry per overheard packet would let anybody fill the cache; one per request to us costs the
 * sender a packet each, and evicts only as the rule in make_room() allows. */
static void learn_of_stranger(struct link_neighbor_cache *cache,
                              const struct link_neighbor_claim *claim)
{
    if (claim->evidence == LINK_NEIGHBOR_SOLICITED)
        cache->unsolicited++;
    if (claim->evidence != LINK_NEIGHBOR_ADDRESSED)
        return;
    const uint32_t index = create(cache, &claim->key, LINK_NEIGHBOR_STALE);
    if (index != POOL_NONE)
        neighbor_at(cache, index)->hardware = claim->hardware;
}

bool link_neighbor_learn(struct link_neighbor_cache *cache, const struct link_neighbor_claim *claim,
                         lull_time now)
{
    const uint32_t index = find(cache, &claim->key);
    if (index == POOL_NONE) {
        learn_of_stranger(cache, claim);
        return false;
    }
    struct neighbor *n = neighbor_at(cache, index);
    if (n->state == LINK_NEIGHBOR_PERMANENT)
        return false;
    /* All three are asked before anything changes. */
    const bool awaited = is_unresolved(n);
    const bool asked = n->state == LINK_NEIGHBOR_INCOMPLETE || n->state == LINK_NEIGHBOR_PROBE;
    const bool new_hardware = awaited || !ethernet_equal(&n->hardware, &claim->hardware);
    if (asked && claim->evidence == LINK_NEIGHBOR_SOLICITED)
        become_reachable(cache, index, now);
    else if (new_hardware)
        enter(cache, index, LINK_NEIGHBOR_STALE);
    n->hardware = claim->hardware;
    if (awaited)
        cache->changes++;
    return awaited;
}

void link_neighbor_confirm(struct link_neighbor_cache *cache, const struct link_neighbor_key *key,
                           lull_time now)
{
    const uint32_t index = find(cache, key);
    if (index == POOL_NONE || age_list(cache, neighbor_at(cache, index)) != &cache->resolved)
        return;
    become_reachable(cache, index, now);
}

void link_neighbor_doubt(struct link_neighbor_cache *cache, const struct link_neighbor_key *key)
{
    const uint32_t index = find(cache, key);
    if (index != POOL_NONE && neighbor_at(cache, index)->state == LINK_NEIGHBOR_REACHABLE)
        enter(cache, index, LINK_NEIGHBOR_STALE);
}

enum lull_error link_neighbor_set_permanent(struct link_neighbor_cache *cache,
                                            const struct link_neighbor_key *key,
                                            const struct ethernet_address *hardware)
{
    /* Making it anew is simpler than a way into PERMANENT from each state, and wakes who waits. */
    (void)link_neighbor_forget(cache, key);
    const uint32_t index = create(cache, key, LINK_NEIGHBOR_PERMANENT);
    if (index == POOL_NONE)
        return LULL_ENOBUFS;
    neighbor_at(cache, index)->hardware = *hardware;
    return LULL_OK;
}

bool link_neighbor_forget(struct link_neighbor_cache *cache, const struct link_neighbor_key *key)
{
    const uint32_t index = find(cache, key);
    if (index == POOL_NONE)
        return false;
    destroy(cache, index);
    return true;
}

lull_time link_neighbor_deadline(const struct link_neighbor_cache *cache)
{
    return timer_wheel_next(&cache->timers);
}

/* True when the neighbour has failed.  One that was known and stopped answering is forgotten, as
 * RFC 4861 section 7.3.3 wants: its next use asks everybody, and may find it elsewhere. */
static bool expire(struct link_neighbor_cache *cache, uint32_t index, lull_time now)
{
    struct neighbor *n = neighbor_at(cache, index);
    if (n->state == LINK_NEIGHBOR_DELAY)
        enter(cache, index, LINK_NEIGHBOR_PROBE);
    if (n->probes < LINK_NEIGHBOR_PROBES) {
        ask(cache, index, now);
        return false;
    }
    if (n->state == LINK_NEIGHBOR_PROBE) {
        destroy(cache, index);
        return false;
    }
    enter(cache, index, LINK_NEIGHBOR_FAILED);
    n->since = now;
    cache->failed++;
    cache->changes++;
    return true;
}

bool link_neighbor_advance(struct link_neighbor_cache *cache, lull_time now)
{
    bool failed = false;
    uint32_t index;
    while ((index = timer_wheel_expire(&cache->timers, now)) != TIMER_NONE)
        failed |= expire(cache, index, now);
    return failed;
}

bool link_neighbor_next_probe(struct link_neighbor_cache *cache, struct link_neighbor_probe *probe)
{
    const uint32_t index = cache->probes.first;
    if (index == POOL_NONE)
        return false;
    const struct neighbor *n = neighbor_at(cache, index);
    drop_probe(cache, index);
    probe->key = n->key;
    probe->destination = n->state == LINK_NEIGHBOR_PROBE ? n->hardware : ethernet_broadcast();
    return true;
}

bool link_neighbor_state_of(const struct link_neighbor_cache *cache,
                            const struct link_neighbor_key *key, lull_time now,
                            enum link_neighbor_state *state)
{
    const uint32_t index = find(cache, key);
    if (index == POOL_NONE)
        return false;
    const struct neighbor *n = neighbor_at(cache, index);
    *state = is_aged(n, now) ? LINK_NEIGHBOR_STALE : (enum link_neighbor_state)n->state;
    return true;
}
