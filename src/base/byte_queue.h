/* byte_queue.h - the bytes of one direction of one connection, in blocks of a shared pool.
 *
 * An empty queue is 16 bytes and holds no block.  Small ones hold one block; larger ones a
 * directory block whose entries are block indices, used as a ring: every access is O(1), and
 * a queue grows to what a window can be without anything moving.  Rejected: a ring of its own
 * per connection (idle connections would pay for it), and a list of blocks (O(n) access for
 * retransmission and for out-of-order data).
 *
 * Offsets count from the oldest byte held.  Bytes may be written ahead of the contiguous
 * ones, in place; which of them are there is known to the caller (range_set.h).
 *
 * A queue is plain data: it may be copied with its owner, but only one copy may be used. */
#ifndef BASE_BYTE_QUEUE_H
#define BASE_BYTE_QUEUE_H

#include <stdint.h>

#include "lull/slice.h"

#include "base/block_pool.h"
#include "base/bytes.h"

struct byte_queue {
    uint32_t root;   /* BLOCK_NONE, the only block, or the directory with the top bit set */
    uint32_t start;  /* position of the oldest byte in an endless row of blocks, wraps; private:
                        an empty queue begins again at 0, so this is no sequence number */
    uint32_t length; /* contiguous bytes, readable */
    uint32_t reach;  /* offset behind the furthest byte written; never below length */
};

/* Where byte_queue_peek() puts its answer. */
struct byte_queue_view {
    struct lull_slice *slices; /* room for max of them */
    unsigned max;
};

void byte_queue_init(struct byte_queue *q);

/* Largest offset such a queue can reach. */
uint32_t byte_queue_limit(const struct block_pool *pool);

/* Copy @len bytes behind the contiguous ones.  Returns the bytes stored: fewer, from the
 * front, when the pool runs dry or the limit is reached. */
uint32_t byte_queue_append(struct byte_queue *q, struct block_pool *pool, const void *data,
                           uint32_t len);

/* Copy @bytes to @offset, at or behind length, and leave length alone.  What was written there
 * before is replaced.  Returns the bytes stored, as byte_queue_append(). */
uint32_t byte_queue_write_at(struct byte_queue *q, struct block_pool *pool, uint32_t offset,
                             struct span bytes);

/* The next @bytes, all written before, become contiguous. */
void byte_queue_extend(struct byte_queue *q, uint32_t bytes);

/* Slices that cover as much of [@offset, @offset + @len) as is contiguous and fits into @view.
 * Returns how many; they stay valid until those bytes are consumed. */
unsigned byte_queue_peek(const struct byte_queue *q, const struct block_pool *pool, uint32_t offset,
                         uint32_t len, struct byte_queue_view view);

/* Copy contiguous bytes from @offset; returns how many, up to @len. */
uint32_t byte_queue_copy_out(const struct byte_queue *q, const struct block_pool *pool,
                             uint32_t offset, void *to, uint32_t len);

/* Drop @bytes (up to length) from the front and give back the blocks passed; with nothing
 * left, also nothing written ahead, all of them. */
void byte_queue_consume(struct byte_queue *q, struct block_pool *pool, uint32_t bytes);

/* Blocks it holds, at most: text past a gap may leave some of them out. */
uint32_t byte_queue_blocks(const struct byte_queue *q, const struct block_pool *pool);

/* Drop everything and give back every block. */
void byte_queue_clear(struct byte_queue *q, struct block_pool *pool);

#endif
