#include "base/timer_wheel.h"

#include <stdbool.h>

#include "base/check.h"

enum { DIGIT_BITS = 6 };

/* timer_wheel_next() looks at no more timers than this, to stay O(1). */
enum { SEARCHED = 8 };

/* Timers of one slot form a ring in order of arming. */
struct timer_node {
    lull_time deadline; /* LULL_TIME_NEVER: idle */
    uint32_t next, previous;
};

struct place {
    unsigned level, slot;
};

static struct timer_node *nodes_of(const struct timer_wheel *w)
{
    return rel_get(&w->nodes);
}

/* Instants as unsigned numbers in the same order, so that digits can be taken of them. */
static uint64_t key_of(lull_time t)
{
    return (uint64_t)t ^ UINT64_C(1) << 63;
}

static lull_time time_of(uint64_t key)
{
    return (lull_time)(key ^ UINT64_C(1) << 63);
}

/* The place follows from deadline and origin alone, so it need not be stored: the origin only
 * moves to where no timer changes its place, or by emptying a slot (move_origin). */
static struct place place_of(const struct timer_wheel *w, lull_time deadline)
{
    const uint64_t key = key_of(deadline) > w->origin ? key_of(deadline) : w->origin;
    const uint64_t differing = (key ^ w->origin) | 1;
    const unsigned level = (63 - (unsigned)__builtin_clzll(differing)) / DIGIT_BITS;
    return (struct place){level, key >> (level * DIGIT_BITS) & (TIMER_WHEEL_SLOTS - 1)};
}

/* The slot of the earliest timer; there must be one. */
static struct place earliest_place(const struct timer_wheel *w)
{
    const unsigned level = (unsigned)__builtin_ctz(w->levels);
    return (struct place){level, (unsigned)__builtin_ctzll(w->occupied[level])};
}

/* The first instant of a slot: digits above its level are the origin's, those below are 0. */
static uint64_t start_of(const struct timer_wheel *w, struct place p)
{
    const unsigned shift = p.level * DIGIT_BITS;
    const uint64_t above =
        p.level + 1 < TIMER_WHEEL_LEVELS ? w->origin >> shift >> DIGIT_BITS << DIGIT_BITS : 0;
    return (above | p.slot) << shift;
}

static void mark_occupied(struct timer_wheel *w, struct place p)
{
    w->occupied[p.level] |= UINT64_C(1) << p.slot;
    w->levels |= 1u << p.level;
}

static void mark_empty(struct timer_wheel *w, struct place p)
{
    w->occupied[p.level] &= ~(UINT64_C(1) << p.slot);
    if (w->occupied[p.level] == 0)
        w->levels &= ~(1u << p.level);
}

static void link_node(struct timer_wheel *w, uint32_t index)
{
    struct timer_node *nodes = nodes_of(w), *node = &nodes[index];
    const struct place p = place_of(w, node->deadline);
    uint32_t *first = &w->first[p.level][p.slot];
    if ((w->occupied[p.level] >> p.slot & 1) == 0) {
        mark_occupied(w, p);
        *first = node->next = node->previous = index;
        return;
    }
    node->next = *first;
    node->previous = nodes[*first].previous;
    nodes[node->previous].next = index;
    nodes[*first].previous = index;
}

static void unlink_node(struct timer_wheel *w, uint32_t index)
{
    struct timer_node *nodes = nodes_of(w), *node = &nodes[index];
    const struct place p = place_of(w, node->deadline);
    uint32_t *first = &w->first[p.level][p.slot];
    if (node->next == index) {
        mark_empty(w, p);
        return;
    }
    nodes[node->previous].next = node->next;
    nodes[node->next].previous = node->previous;
    if (*first == index)
        *first = node->next;
}

/* The origin moves to the start of the earliest slot, whose timers now differ from it only in
 * lower digits: they move down.  All others keep their places. */
static void move_origin(struct timer_wheel *w, struct place p)
{
    const struct timer_node *nodes = nodes_of(w);
    w->origin = start_of(w, p);
    mark_empty(w, p);
    uint32_t index = w->first[p.level][p.slot];
    const uint32_t last = nodes[index].previous;
    for (bool more = true; more;) {
        const uint32_t next = nodes[index].next;
        more = index != last;
        link_node(w, index);
        index = next;
    }
}

size_t timer_wheel_bytes(uint32_t capacity)
{
    return (size_t)capacity * sizeof(struct timer_node);
}

void timer_wheel_init(struct timer_wheel *w, void *memory, uint32_t capacity, lull_time now)
{
    LULL_CHECK(capacity < TIMER_NONE);
    *w = (struct timer_wheel){.origin = key_of(now), .capacity = capacity};
    rel_set(&w->nodes, memory);
}

void timer_wheel_arm(struct timer_wheel *w, uint32_t index, lull_time deadline)
{
    LULL_CHECK(index < w->capacity);
    struct timer_node *nodes = nodes_of(w);
    while (w->touched <= index)
        nodes[w->touched++].deadline = LULL_TIME_NEVER;
    timer_wheel_cancel(w, index);
    nodes[index].deadline = deadline;
    if (deadline != LULL_TIME_NEVER)
        link_node(w, index);
}

void timer_wheel_cancel(struct timer_wheel *w, uint32_t index)
{
    if (timer_wheel_deadline(w, index) == LULL_TIME_NEVER)
        return;
    unlink_node(w, index);
    nodes_of(w)[index].deadline = LULL_TIME_NEVER;
}

lull_time timer_wheel_deadline(const struct timer_wheel *w, uint32_t index)
{
    LULL_CHECK(index < w->capacity);
    return index < w->touched ? nodes_of(w)[index].deadline : LULL_TIME_NEVER;
}

/* The earliest deadline of a slot, or its start when it holds too many timers to look at. */
static lull_time earliest_in(const struct timer_wheel *w, struct place p)
{
    const struct timer_node *nodes = nodes_of(w);
    const uint32_t first = w->first[p.level][p.slot];
    lull_time earliest = LULL_TIME_NEVER;
    uint32_t index = first;
    for (int searched = 0; searched < SEARCHED; searched++) {
        earliest = time_earlier(earliest, nodes[index].deadline);
        index = nodes[index].next;
        if (index == first)
            return earliest;
    }
    return time_of(start_of(w, p));
}

lull_time timer_wheel_next(const struct timer_wheel *w)
{
    return w->levels == 0 ? LULL_TIME_NEVER : earliest_in(w, earliest_place(w));
}

uint32_t timer_wheel_expire(struct timer_wheel *w, lull_time now)
{
    while (w->levels != 0) {
        const struct place p = earliest_place(w);
        if (start_of(w, p) > key_of(now))
            break;
        if (p.level == 0) {
            const uint32_t index = w->first[0][p.slot];
            timer_wheel_cancel(w, index);
            return index;
        }
        move_origin(w, p);
    }

    /* Nothing lies between origin and now, so the origin may follow: all digits down to that of
     * the earliest slot are the same in both, and every timer keeps its place. */
    if (key_of(now) > w->origin)
        w->origin = key_of(now);
    return TIMER_NONE;
}
