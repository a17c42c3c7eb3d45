/* tuple_table.h - from the hash of a tuple to what the tuple names, in one cache line.
 *
 * A line holds 15 slots of four bytes and a counter of the entries that had to pass it over
 * because it was full; a search ends at a line nobody passed over.  So removing leaves no
 * tombstone.  A slot is a reference and, in the bits the reference leaves, a tag from the hash;
 * the caller confirms the tuple itself, which it must load anyway.
 *
 * At capacity 9 of 15 slots are in use, 7.1 bytes an entry.  A search then reads 1.03 lines when
 * it finds and 1.15 when not, also after any number of exchanges.  12 of 15 look as good in a
 * table just filled (1.06 and 1.4), but entries that passed their line over stay away when it
 * has room again, and in time a search in vain reads 5.8 lines.  Bringing them back needs
 * their home, which costs tag bits or slots: dearer than two bytes an entry.
 *
 * Rejected: chains (a cache miss for each link), whole hashes or tuples in the table (twice
 * to ten times the memory), cuckoo (two misses for every miss), and sizes that are powers of
 * two (up to twice the memory).
 *
 * The hash must be keyed (siphash.h): a peer that can choose lines can fill one.  The table
 * and its memory must lie in one block (rel.h). */
#ifndef BASE_TUPLE_TABLE_H
#define BASE_TUPLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"

#include "base/rel.h"

#define TUPLE_NONE UINT32_MAX

enum { TUPLE_LINE_SLOTS = 15 };

struct tuple_line {
    uint32_t slot[TUPLE_LINE_SLOTS]; /* tag | reference + 1; 0: free */
    uint32_t passed_over;            /* entries whose search goes on behind this line */
};

struct tuple_table {
    rel lines;
    uint32_t line_count;
    uint32_t capacity, used; /* entries */
    uint32_t references;
    uint32_t tag_mask; /* the bits of a slot that are tag */
};

/* A search in progress.  Any change of the table ends it. */
struct tuple_probe {
    uint32_t line;
    uint32_t lines_left; /* behind this one */
    uint32_t tag;
    uint32_t matches; /* bit per slot of the line, not yet returned */
};

/* Memory for @capacity (1 to 2^31) entries. */
size_t tuple_table_bytes(uint32_t capacity);

/* @memory: tuple_table_bytes() of it, aligned to 64.  References will be below @references
 * (below 2^32 - 1); fewer of them leave longer tags and thus fewer wrong candidates. */
void tuple_table_init(struct tuple_table *t, void *memory, uint32_t capacity, uint32_t references);

/* Enter @reference under @hash; false when capacity entries are there.  The same pair must
 * not be entered twice. */
LULL_MUST_USE bool tuple_table_insert(struct tuple_table *t, uint64_t hash, uint32_t reference);

/* False when there is no such entry. */
bool tuple_table_remove(struct tuple_table *t, uint64_t hash, uint32_t reference);

/* The entry of @old_reference, which must exist, names @new_reference from now on. */
void tuple_table_replace(struct tuple_table *t, uint64_t hash, uint32_t old_reference,
                         uint32_t new_reference);

/* Begin a search, and take its next candidate: a reference entered under a hash with the same
 * tag, so perhaps another one.  TUPLE_NONE when there is no more. */
struct tuple_probe tuple_table_probe(const struct tuple_table *t, uint64_t hash);
uint32_t tuple_table_next(const struct tuple_table *t, struct tuple_probe *probe);

/* The line a search for @hash begins with.  The high half of the hash chooses it, the low half
 * gives the tag. */
static inline uint32_t tuple_table_home(const struct tuple_table *t, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * t->line_count >> 32);
}

/* Fetch that line ahead of the search; a batch of segments does so for all of them first. */
static inline void tuple_table_prefetch(const struct tuple_table *t, uint64_t hash)
{
    const struct tuple_line *lines = rel_get(&t->lines);
    __builtin_prefetch(&lines[tuple_table_home(t, hash)]);
}

#endif
