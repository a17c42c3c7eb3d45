/* block_pool.h - equal blocks of bytes shared by every queue of a stack.
 *
 * Sharing is what lets an idle connection hold nothing.  Unlike pool.h there are no
 * generations: a block has one owner, who forgets its index when giving it back.  The free
 * list lies beside the blocks, not in them, so that giving back twice is noticed and a block
 * is not pulled into the cache to be dropped.
 *
 * The pool and its memory must lie in one block (rel.h). */
#ifndef BASE_BLOCK_POOL_H
#define BASE_BLOCK_POOL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rel.h"

#define BLOCK_NONE UINT32_MAX

/* Indices stay below it, so that an owner may use the top bit for itself. */
#define BLOCK_COUNT_MAX 0x7fffffffu

struct block_pool {
    rel blocks, links;
    uint32_t count, used;
    uint32_t block_bytes; /* a power of two */
    uint32_t block_shift; /* its logarithm */
    uint32_t high_water;  /* blocks below it were taken once */
    uint32_t first_free;  /* BLOCK_NONE: none below the high-water mark */
};

/* Memory for @count (up to BLOCK_COUNT_MAX) blocks of @block_bytes, a power of two from 64
 * to 65536. */
size_t block_pool_bytes(uint32_t count, uint32_t block_bytes);

/* @memory: block_pool_bytes() of it, aligned to 64; not touched here. */
void block_pool_init(struct block_pool *p, void *memory, uint32_t count, uint32_t block_bytes);

/* Index of a block, its bytes whatever they were; BLOCK_NONE when none is left. */
uint32_t block_pool_take(struct block_pool *p);

/* @index must have been taken and not given back since. */
void block_pool_give(struct block_pool *p, uint32_t index);

/* The bytes of a taken block, aligned to 64. */
static inline void *block_pool_at(const struct block_pool *p, uint32_t index)
{
    char *blocks = rel_get(&p->blocks);
    assert(index < p->high_water && blocks != NULL);
    return blocks + ((size_t)index << p->block_shift);
}

/* Blocks that can still be taken, and blocks taken. */
uint32_t block_pool_free(const struct block_pool *p);
uint32_t block_pool_used(const struct block_pool *p);

/* Size of one block. */
uint32_t block_pool_bytes_each(const struct block_pool *p);

#endif
