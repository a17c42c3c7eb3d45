/* range_set.h - a bounded, ordered set of half-open ranges of sequence numbers.
 *
 * A sorted array in memory of the caller's, typically one block of the block pool.  Ranges
 * neither overlap nor touch, so the array is the set's only spelling.  All of them must lie
 * within 2^31 of each other.  A tree was rejected: bounds are a few hundred, and the usual
 * change is at the end. */
#ifndef BASE_RANGE_SET_H
#define BASE_RANGE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"

#include "base/seq32.h"

struct range {
    seq32 start, end; /* [start, end), never empty in a set */
};

struct range_set {
    uint16_t count, capacity;
    struct range ranges[]; /* ascending */
};

/* Memory for @capacity (up to 65535) ranges, and how many ranges fit into @bytes. */
size_t range_set_bytes(unsigned capacity);
unsigned range_set_capacity_in(size_t bytes);

/* Empty; @set has range_set_bytes(@capacity) of memory, aligned to 4. */
void range_set_init(struct range_set *set, unsigned capacity);

/* Add [@start, @end), merging what it overlaps or touches; an empty one is no change.
 * False, and the set unchanged, when that would be one range too many. */
LULL_MUST_USE bool range_set_add(struct range_set *set, seq32 start, seq32 end);

/* Remove all that lies before @seq. */
void range_set_remove_before(struct range_set *set, seq32 seq);

/* Remove [@start, @end).  False, and the set unchanged, when that would split a range of a
 * full set. */
LULL_MUST_USE bool range_set_remove(struct range_set *set, seq32 start, seq32 end);

/* True when all of [@start, @end) is in the set; an empty one always is. */
bool range_set_contains(const struct range_set *set, seq32 start, seq32 end);

#endif
