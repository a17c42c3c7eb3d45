#include "base/pool.h"

#include <string.h>

#include "base/check.h"

static struct pool_slot *slots_of(const struct pool *p)
{
    return rel_get(&p->slots);
}

static size_t stride_of(size_t item_bytes)
{
    return (item_bytes + 7) & ~(size_t)7;
}

size_t pool_bytes(uint32_t capacity, size_t item_bytes)
{
    return (size_t)capacity * (stride_of(item_bytes) + sizeof(struct pool_slot));
}

/* Items come first, to have the memory's alignment. */
void pool_init(struct pool *p, void *memory, uint32_t capacity, size_t item_bytes)
{
    LULL_CHECK(capacity < POOL_NONE && item_bytes > 0);
    const size_t stride = stride_of(item_bytes);
    *p = (struct pool){.stride = stride, .capacity = capacity, .first_free = POOL_NONE};
    rel_set(&p->items, memory);
    rel_set(&p->slots, (char *)memory + (size_t)capacity * stride);
}

static uint32_t take_untouched(struct pool *p)
{
    if (p->high_water == p->capacity)
        return POOL_NONE;
    slots_of(p)[p->high_water].generation = 0;
    return p->high_water++;
}

static uint32_t take_given_back(struct pool *p)
{
    const uint32_t index = p->first_free;
    p->first_free = slots_of(p)[index].next_free;
    return index;
}

uint32_t pool_take(struct pool *p)
{
    const uint32_t index = p->first_free == POOL_NONE ? take_untouched(p) : take_given_back(p);
    if (index == POOL_NONE)
        return POOL_NONE;
    slots_of(p)[index].generation++;
    p->used++;
    memset(pool_at(p, index), 0, p->stride);
    return index;
}

void pool_give(struct pool *p, uint32_t index)
{
    LULL_CHECK(pool_is_live(p, index));
    struct pool_slot *slot = &slots_of(p)[index];
    slot->generation++;
    slot->next_free = p->first_free;
    p->first_free = index;
    p->used--;
}

struct handle pool_handle(const struct pool *p, uint32_t index)
{
    LULL_CHECK(pool_is_live(p, index));
    return (struct handle){index, slots_of(p)[index].generation};
}

void *pool_resolve(const struct pool *p, struct handle h)
{
    if (!pool_is_live(p, h.index) || slots_of(p)[h.index].generation != h.generation)
        return NULL;
    return pool_at(p, h.index);
}

uint32_t pool_used(const struct pool *p)
{
    return p->used;
}

uint32_t pool_capacity(const struct pool *p)
{
    return p->capacity;
}

uint32_t pool_next_live(const struct pool *p, uint32_t from)
{
    for (uint32_t index = from; index < p->high_water; index++)
        if (pool_is_live(p, index))
            return index;
    return POOL_NONE;
}
