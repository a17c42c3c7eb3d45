/* pool.h - a fixed number of equal objects, named by index and generation.
 *
 * Reuse is last in, first out: the object given back last is the one still in the cache, and
 * a stack that once was busy does not wander through all its memory.  First in, first out
 * would make a stale handle coincide later; 31 bits of generation per slot do that already.
 *
 * A slot's generation is odd while it is live, so one word tells liveness and age, and 0 is
 * never valid.  Slots at or above the high-water mark were never touched: a large pool
 * costs only the pages it has used.
 *
 * The pool and its memory must lie in one block (rel.h). */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rel.h"

#define POOL_NONE UINT32_MAX

/* Survives the object it names: pool_resolve() then says NULL. */
struct handle {
    uint32_t index, generation;
};

struct pool_slot {
    uint32_t generation; /* odd: live */
    uint32_t next_free;  /* meaningful while free */
};

struct pool {
    rel items, slots;
    size_t stride; /* bytes from one item to the next */
    uint32_t capacity, used;
    uint32_t high_water; /* slots below it were live once */
    uint32_t first_free; /* POOL_NONE: none below the high-water mark */
};

/* Memory that @capacity (below POOL_NONE) objects of @item_bytes (not 0) need. */
size_t pool_bytes(uint32_t capacity, size_t item_bytes);

/* @memory: pool_bytes() of it, aligned to 64; not touched here.  Items are aligned to 64 when
 * @item_bytes is a multiple of 64, otherwise to 8. */
void pool_init(struct pool *p, void *memory, uint32_t capacity, size_t item_bytes);

/* Index of a fresh object, its bytes zero; POOL_NONE when all are in use. */
uint32_t pool_take(struct pool *p);

/* @index must be live; every handle to it becomes stale. */
void pool_give(struct pool *p, uint32_t index);

static inline bool pool_is_live(const struct pool *p, uint32_t index)
{
    const struct pool_slot *slots = rel_get(&p->slots);
    return index < p->high_water && slots[index].generation % 2 == 1;
}

/* The object at @index, which must be live. */
static inline void *pool_at(const struct pool *p, uint32_t index)
{
    assert(pool_is_live(p, index));
    return (char *)rel_get(&p->items) + (size_t)index * p->stride;
}

/* @index must be live. */
struct handle pool_handle(const struct pool *p, uint32_t index);

/* The object @h was made for, or NULL when that one was given back. */
void *pool_resolve(const struct pool *p, struct handle h);

/* Objects live now, and the most there can be. */
uint32_t pool_used(const struct pool *p);
uint32_t pool_capacity(const struct pool *p);

/* First live index at or above @from, or POOL_NONE.  For walks: giving back the object found
 * does not disturb them. */
uint32_t pool_next_live(const struct pool *p, uint32_t from);

#endif
