#include "base/range_set.h"

#include <assert.h>
#include <string.h>

#include "base/check.h"

size_t range_set_bytes(unsigned capacity)
{
    return sizeof(struct range_set) + capacity * sizeof(struct range);
}

unsigned range_set_capacity_in(size_t bytes)
{
    if (bytes < sizeof(struct range_set))
        return 0;
    const size_t capacity = (bytes - sizeof(struct range_set)) / sizeof(struct range);
    return capacity < UINT16_MAX ? (unsigned)capacity : UINT16_MAX;
}

void range_set_init(struct range_set *set, unsigned capacity)
{
    LULL_CHECK(capacity <= UINT16_MAX);
    set->count = 0;
    set->capacity = (uint16_t)capacity;
}

/* Index of the first range that ends at or behind @seq; count when there is none. */
static unsigned first_ending_from(const struct range_set *set, seq32 seq)
{
    unsigned low = 0, high = set->count;
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (seq_lt(set->ranges[middle].end, seq))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Index of the first range that starts behind @seq; count when there is none. */
static unsigned first_starting_behind(const struct range_set *set, seq32 seq)
{
    unsigned low = 0, high = set->count;
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (seq_leq(set->ranges[middle].start, seq))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Ranges [@first, @behind) make way for @count new ones. */
static void replace_ranges(struct range_set *set, unsigned first, unsigned behind, unsigned count)
{
    const unsigned after = set->count - behind;
    memmove(&set->ranges[first + count], &set->ranges[behind], after * sizeof(struct range));
    set->count = (uint16_t)(first + count + after);
}

/* Beyond this, "before" and "behind" would change sides. */
static bool is_narrow_enough(const struct range_set *set)
{
    return set->count == 0
           || seq_span(set->ranges[0].start, set->ranges[set->count - 1].end) < UINT32_C(1) << 31;
}

bool range_set_add(struct range_set *set, seq32 start, seq32 end)
{
    assert(seq_leq(start, end));
    if (seq_eq(start, end))
        return true;

    /* Touching counts as overlapping, on both sides. */
    const unsigned first = first_ending_from(set, start);
    const unsigned behind = first_starting_behind(set, end);
    if (first == behind && set->count == set->capacity)
        return false;
    if (first < behind) {
        start = seq_min(start, set->ranges[first].start);
        end = seq_max(end, set->ranges[behind - 1].end);
    }
    replace_ranges(set, first, behind, 1);
    set->ranges[first] = (struct range){start, end};
    assert(is_narrow_enough(set));
    return true;
}

void range_set_remove_before(struct range_set *set, seq32 seq)
{
    const unsigned first = first_ending_from(set, seq_add(seq, 1)); /* those ending at seq go too */
    replace_ranges(set, 0, first, 0);
    if (set->count > 0)
        set->ranges[0].start = seq_max(set->ranges[0].start, seq);
}

bool range_set_remove(struct range_set *set, seq32 start, seq32 end)
{
    assert(seq_leq(start, end));
    if (seq_eq(start, end))
        return true;

    /* What overlaps, without what only touches. */
    const unsigned first = first_ending_from(set, seq_add(start, 1));
    const unsigned behind = first_starting_behind(set, seq_add(end, (uint32_t)-1));
    if (first == behind)
        return true;

    struct range kept[2];
    unsigned count = 0;
    if (seq_lt(set->ranges[first].start, start))
        kept[count++] = (struct range){set->ranges[first].start, start};
    if (seq_lt(end, set->ranges[behind - 1].end))
        kept[count++] = (struct range){end, set->ranges[behind - 1].end};
    if (set->count - (behind - first) + count > set->capacity)
        return false;
    replace_ranges(set, first, behind, count);
    memcpy(&set->ranges[first], kept, count * sizeof kept[0]);
    return true;
}

bool range_set_contains(const struct range_set *set, seq32 start, seq32 end)
{
    if (seq_eq(start, end))
        return true;
    const unsigned candidate = first_ending_from(set, end);
    return candidate < set->count && seq_leq(set->ranges[candidate].start, start);
}
