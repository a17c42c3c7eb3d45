#include "base/block_pool.h"

#include "base/check.h"

/* The link of a block that has an owner; free blocks link to another or to BLOCK_NONE. */
#define TAKEN (BLOCK_NONE - 1)

static uint32_t *links_of(const struct block_pool *p)
{
    return rel_get(&p->links);
}

size_t block_pool_bytes(uint32_t count, uint32_t block_bytes)
{
    return (size_t)count * (block_bytes + sizeof(uint32_t));
}

void block_pool_init(struct block_pool *p, void *memory, uint32_t count, uint32_t block_bytes)
{
    LULL_CHECK(count <= BLOCK_COUNT_MAX);
    LULL_CHECK(block_bytes >= 64 && block_bytes <= 65536 && (block_bytes & (block_bytes - 1)) == 0);
    *p = (struct block_pool){.count = count,
                             .block_bytes = block_bytes,
                             .block_shift = (uint32_t)__builtin_ctz(block_bytes),
                             .first_free = BLOCK_NONE};
    rel_set(&p->blocks, memory);
    rel_set(&p->links, (char *)memory + (size_t)count * block_bytes);
}

uint32_t block_pool_take(struct block_pool *p)
{
    uint32_t *links = links_of(p);
    uint32_t index = p->first_free;
    if (index != BLOCK_NONE)
        p->first_free = links[index];
    else if (p->high_water < p->count)
        index = p->high_water++;
    else
        return BLOCK_NONE;
    links[index] = TAKEN;
    p->used++;
    return index;
}

void block_pool_give(struct block_pool *p, uint32_t index)
{
    uint32_t *links = links_of(p);
    LULL_CHECK(index < p->high_water && links[index] == TAKEN);
    links[index] = p->first_free;
    p->first_free = index;
    p->used--;
}

uint32_t block_pool_free(const struct block_pool *p)
{
    return p->count - p->used;
}

uint32_t block_pool_used(const struct block_pool *p)
{
    return p->used;
}

uint32_t block_pool_bytes_each(const struct block_pool *p)
{
    return p->block_bytes;
}
