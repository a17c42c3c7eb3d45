#include "base/byte_queue.h"

#include <stdbool.h>
#include <string.h>

#include "base/check.h"

/* In root: it is a directory.  BLOCK_COUNT_MAX keeps the bit free, and BLOCK_NONE, which has it
 * too, from being one. */
#define DIRECTORY 0x80000000u

/* In this file a block is called by its rank: 0 is the block of the oldest byte, whether it
 * is there or not.  While root is not a directory, rank 0 is all there is.  Of a directory only
 * the entries for ranks below ranks_reached() mean anything; the others are set when a write
 * first goes that far. */

static bool has_directory(const struct byte_queue *q)
{
    return q->root != BLOCK_NONE && (q->root & DIRECTORY) != 0;
}

/* Where the byte at @offset lies, counted from the start of the block of rank 0. */
static uint32_t from_first_block(const struct byte_queue *q, const struct block_pool *pool,
                                 uint32_t offset)
{
    return (q->start & (pool->block_bytes - 1)) + offset;
}

static uint32_t rank_of(const struct byte_queue *q, const struct block_pool *pool, uint32_t offset)
{
    return from_first_block(q, pool, offset) >> pool->block_shift;
}

static uint32_t ranks_reached(const struct byte_queue *q, const struct block_pool *pool)
{
    return q->reach == 0 ? 0 : rank_of(q, pool, q->reach - 1) + 1;
}

/* The ring is indexed by the block's number in the endless row.  That number wraps with the
 * 32-bit position, after a multiple of the ring's size, so masking needs no special case. */
static uint32_t *entry_of(const struct byte_queue *q, const struct block_pool *pool, uint32_t rank)
{
    uint32_t *ring = block_pool_at(pool, q->root & ~DIRECTORY);
    const uint32_t entries = pool->block_bytes / sizeof *ring;
    return &ring[((q->start >> pool->block_shift) + rank) & (entries - 1)];
}

uint32_t byte_queue_blocks(const struct byte_queue *q, const struct block_pool *pool)
{
    if (q->root == BLOCK_NONE)
        return 0;
    return has_directory(q) ? ranks_reached(q, pool) + 1 : 1;
}

void byte_queue_init(struct byte_queue *q)
{
    *q = (struct byte_queue){.root = BLOCK_NONE};
}

/* One entry fewer than the ring has, because the oldest byte may lie anywhere in its block. */
uint32_t byte_queue_limit(const struct block_pool *pool)
{
    return (pool->block_bytes / (uint32_t)sizeof(uint32_t) - 1) * pool->block_bytes;
}

/* False when there is no block for the directory and another for the data it is wanted for:
 * a directory alone would take a block from other queues and be of no use. */
static bool grow_directory(struct byte_queue *q, struct block_pool *pool)
{
    if (block_pool_free(pool) < 2)
        return false;
    const uint32_t only = q->root;
    q->root = block_pool_take(pool) | DIRECTORY;
    *entry_of(q, pool, 0) = only;
    return true;
}

/* The block of that rank, taken from the pool when it is not there; BLOCK_NONE: none left. */
static uint32_t block_to_write(struct byte_queue *q, struct block_pool *pool, uint32_t rank)
{
    if (!has_directory(q) && rank == 0) {
        if (q->root == BLOCK_NONE)
            q->root = block_pool_take(pool);
        return q->root;
    }
    if (!has_directory(q) && !grow_directory(q, pool))
        return BLOCK_NONE;
    for (uint32_t unset = ranks_reached(q, pool); unset <= rank; unset++)
        *entry_of(q, pool, unset) = BLOCK_NONE;
    uint32_t *entry = entry_of(q, pool, rank);
    if (*entry == BLOCK_NONE)
        *entry = block_pool_take(pool);
    return *entry;
}

/* Bytes of one block, from the one that lies at @where (counted as in from_first_block). */
struct piece {
    uint8_t *data;
    uint32_t len;
};

static struct piece piece_of(const struct block_pool *pool, uint32_t block, uint32_t where,
                             uint32_t len)
{
    const uint32_t skipped = where & (pool->block_bytes - 1);
    const uint32_t left = pool->block_bytes - skipped;
    return (struct piece){(uint8_t *)block_pool_at(pool, block) + skipped, len < left ? len : left};
}

/* Returns the bytes written, all in one block; 0 when there is no block for them. */
static uint32_t write_piece(struct byte_queue *q, struct block_pool *pool, uint32_t offset,
                            struct span bytes)
{
    const uint32_t block = block_to_write(q, pool, rank_of(q, pool, offset));
    if (block == BLOCK_NONE)
        return 0;
    const struct piece to =
        piece_of(pool, block, from_first_block(q, pool, offset), (uint32_t)bytes.len);
    memcpy(to.data, bytes.data, to.len);
    return to.len;
}

uint32_t byte_queue_write_at(struct byte_queue *q, struct block_pool *pool, uint32_t offset,
                             struct span bytes)
{
    LULL_CHECK(offset >= q->length);
    const uint32_t limit = byte_queue_limit(pool);
    const uint32_t room = offset < limit ? limit - offset : 0;
    const uint32_t len = bytes.len < room ? (uint32_t)bytes.len : room;

    uint32_t stored = 0;
    while (stored < len) {
        const uint32_t written =
            write_piece(q, pool, offset + stored, (struct span){bytes.data + stored, len - stored});
        if (written == 0)
            break;
        stored += written;
        if (offset + stored > q->reach)
            q->reach = offset + stored;
    }
    return stored;
}

uint32_t byte_queue_append(struct byte_queue *q, struct block_pool *pool, const void *data,
                           uint32_t len)
{
    const uint32_t stored = byte_queue_write_at(q, pool, q->length, (struct span){data, len});
    byte_queue_extend(q, stored);
    return stored;
}

void byte_queue_extend(struct byte_queue *q, uint32_t bytes)
{
    LULL_CHECK(bytes <= q->reach - q->length);
    q->length += bytes;
}

/* Contiguous bytes were written, so their block must be there. */
static struct piece read_piece(const struct byte_queue *q, const struct block_pool *pool,
                               uint32_t offset, uint32_t len)
{
    const uint32_t block =
        has_directory(q) ? *entry_of(q, pool, rank_of(q, pool, offset)) : q->root;
    LULL_CHECK(block != BLOCK_NONE);
    return piece_of(pool, block, from_first_block(q, pool, offset), len);
}

static uint32_t contiguous_from(const struct byte_queue *q, uint32_t offset, uint32_t len)
{
    const uint32_t there = offset < q->length ? q->length - offset : 0;
    return len < there ? len : there;
}

/* Blocks that happen to be neighbours in memory make one slice: a fresh pool hands them out in
 * order, and every slice less is one descriptor less for the driver. */
static bool continues(const struct lull_slice *before, const struct piece *next)
{
    return (const uint8_t *)before->data + before->len == next->data;
}

unsigned byte_queue_peek(const struct byte_queue *q, const struct block_pool *pool, uint32_t offset,
                         uint32_t len, struct byte_queue_view view)
{
    unsigned count = 0;
    for (uint32_t left = contiguous_from(q, offset, len); left > 0;) {
        const struct piece next = read_piece(q, pool, offset, left);
        if (count > 0 && continues(&view.slices[count - 1], &next))
            view.slices[count - 1].len += next.len;
        else if (count < view.max)
            view.slices[count++] = (struct lull_slice){next.data, next.len};
        else
            break;
        offset += next.len;
        left -= next.len;
    }
    return count;
}

uint32_t byte_queue_copy_out(const struct byte_queue *q, const struct block_pool *pool,
                             uint32_t offset, void *to, uint32_t len)
{
    const uint32_t wanted = contiguous_from(q, offset, len);
    for (uint32_t done = 0; done < wanted;) {
        const struct piece next = read_piece(q, pool, offset + done, wanted - done);
        memcpy((char *)to + done, next.data, next.len);
        done += next.len;
    }
    return wanted;
}

/* Blocks below @rank go back to the pool; gaps never had one. */
static void give_blocks_below(struct byte_queue *q, struct block_pool *pool, uint32_t rank)
{
    for (uint32_t passed = 0; passed < rank; passed++) {
        const uint32_t block = *entry_of(q, pool, passed);
        if (block != BLOCK_NONE)
            block_pool_give(pool, block);
    }
}

void byte_queue_consume(struct byte_queue *q, struct block_pool *pool, uint32_t bytes)
{
    LULL_CHECK(bytes <= q->length);
    if (bytes == q->reach) {
        byte_queue_clear(q, pool);
        return;
    }
    if (has_directory(q))
        give_blocks_below(q, pool, rank_of(q, pool, bytes));
    q->start += bytes;
    q->length -= bytes;
    q->reach -= bytes;
}

void byte_queue_clear(struct byte_queue *q, struct block_pool *pool)
{
    if (has_directory(q))
        give_blocks_below(q, pool, ranks_reached(q, pool));
    if (q->root != BLOCK_NONE)
        block_pool_give(pool, q->root & ~DIRECTORY);
    byte_queue_init(q);
}
