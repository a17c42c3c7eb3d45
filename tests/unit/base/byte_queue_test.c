/* Small blocks of 64 bytes: a directory then has 16 entries and a queue reaches 960 bytes, so
 * every edge is near. */
#include "base/byte_queue.h"
#include "base_test.h"

enum { BLOCK = 64, LIMIT = 960 };

struct fixture {
    _Alignas(64) struct block_pool pool;
    _Alignas(64) uint8_t memory[32 * (BLOCK + 4)];
    struct byte_queue q;
};

static struct fixture *with_blocks(uint32_t count)
{
    struct fixture *f = rubbish(sizeof *f);
    block_pool_init(&f->pool, f->memory, count, BLOCK);
    byte_queue_init(&f->q);
    return f;
}

/* The byte of the stream at @position; no short period, so misplaced bytes show. */
static uint8_t byte_at(uint32_t position)
{
    return (uint8_t)(position * 2654435761u >> 23);
}

static const uint8_t *stream(uint32_t position, uint32_t len)
{
    static uint8_t bytes[2 * LIMIT];
    for (uint32_t i = 0; i < len; i++)
        bytes[i] = byte_at(position + i);
    return bytes;
}

static uint32_t append(struct fixture *f, uint32_t position, uint32_t len)
{
    return byte_queue_append(&f->q, &f->pool, stream(position, len), len);
}

static uint32_t write_at(struct fixture *f, uint32_t offset, uint32_t position, uint32_t len)
{
    return byte_queue_write_at(&f->q, &f->pool, offset, (struct span){stream(position, len), len});
}

/* Both ways of reading [@offset, @offset + @len) give the stream from @position. */
static void expect_bytes(struct fixture *f, uint32_t offset, uint32_t len, uint32_t position)
{
    uint8_t copy[LIMIT + 1];
    memset(copy, 0xa5, sizeof copy);
    assert_int_equal(byte_queue_copy_out(&f->q, &f->pool, offset, copy, len), len);
    assert_memory_equal(copy, stream(position, len), len);
    assert_int_equal(copy[len], 0xa5);

    struct lull_slice slices[20];
    const unsigned count = byte_queue_peek(&f->q, &f->pool, offset, len,
                                           (struct byte_queue_view){slices, COUNT_OF(slices)});
    uint32_t seen = 0;
    for (unsigned i = 0; i < count; i++) {
        assert_true(slices[i].len > 0);
        assert_memory_equal(slices[i].data, stream(position + seen, (uint32_t)slices[i].len),
                            slices[i].len);
        seen += (uint32_t)slices[i].len;
    }
    assert_int_equal(seen, len);
}

static void an_empty_queue_holds_no_block(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(4);
    assert_int_equal(sizeof f->q, 16);
    assert_int_equal(append(f, 0, 0), 0);
    assert_int_equal(block_pool_used(&f->pool), 0);
    assert_int_equal(append(f, 0, 10), 10);
    assert_int_equal(block_pool_used(&f->pool), 1);
    byte_queue_consume(&f->q, &f->pool, 10);
    assert_int_equal(block_pool_used(&f->pool), 0);
    byte_queue_clear(&f->q, &f->pool);
    assert_int_equal(block_pool_used(&f->pool), 0);
    free(f);
}

static void one_block_serves_until_it_is_full(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, BLOCK - 1);
    append(f, BLOCK - 1, 1);
    assert_int_equal(block_pool_used(&f->pool), 1);
    assert_int_equal(byte_queue_blocks(&f->q, &f->pool), 1);
    append(f, BLOCK, 1);
    assert_int_equal(block_pool_used(&f->pool), 3); /* two, and the directory */
    expect_bytes(f, 0, BLOCK + 1, 0);
    free(f);
}

static void blocks_go_back_when_their_last_byte_is_consumed(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, 3 * BLOCK);
    assert_int_equal(block_pool_used(&f->pool), 4);
    byte_queue_consume(&f->q, &f->pool, BLOCK - 1);
    assert_int_equal(block_pool_used(&f->pool), 4);
    byte_queue_consume(&f->q, &f->pool, 1);
    assert_int_equal(block_pool_used(&f->pool), 3);
    byte_queue_consume(&f->q, &f->pool, BLOCK + 1);
    assert_int_equal(block_pool_used(&f->pool), 2);
    expect_bytes(f, 0, BLOCK - 1, 2 * BLOCK + 1);
    byte_queue_consume(&f->q, &f->pool, BLOCK - 1);
    assert_int_equal(block_pool_used(&f->pool), 0);
    free(f);
}

/* Otherwise a short request at the end of a block would need three. */
static void a_queue_that_was_empty_begins_at_the_start_of_a_block(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, BLOCK - 4);
    byte_queue_consume(&f->q, &f->pool, BLOCK - 4);
    append(f, 0, BLOCK);
    assert_int_equal(block_pool_used(&f->pool), 1);
    free(f);
}

static void a_queue_ends_at_its_limit(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(20);
    assert_int_equal(byte_queue_limit(&f->pool), LIMIT);
    assert_int_equal(append(f, 0, LIMIT - 1), LIMIT - 1);
    assert_int_equal(append(f, LIMIT - 1, 5), 1);
    assert_int_equal(append(f, LIMIT, 5), 0);
    assert_int_equal(write_at(f, LIMIT, 0, 5), 0);
    assert_int_equal(write_at(f, LIMIT + 1, 0, 5), 0);
    assert_int_equal(write_at(f, UINT32_MAX, 0, 5), 0);
    expect_bytes(f, 0, LIMIT, 0);
    free(f);
}

/* All 16 entries of the ring are in use, and the first and the last are neighbours in it. */
static void the_limit_is_reached_from_anywhere_in_a_block(void **state)
{
    (void)state;
    for (uint32_t skipped = 0; skipped < BLOCK; skipped++) {
        struct fixture *f = with_blocks(20);
        append(f, 0, BLOCK);
        byte_queue_consume(&f->q, &f->pool, skipped);
        const uint32_t length = BLOCK - skipped;
        assert_int_equal(append(f, BLOCK, LIMIT), LIMIT - length);
        expect_bytes(f, 0, LIMIT, skipped);
        byte_queue_clear(&f->q, &f->pool);
        assert_int_equal(block_pool_used(&f->pool), 0);
        free(f);
    }
}

static void a_dry_pool_stores_the_front(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(3);
    assert_int_equal(append(f, 0, 500), 2 * BLOCK);
    assert_int_equal(f->q.length, 2 * BLOCK);
    assert_int_equal(f->q.reach, 2 * BLOCK);
    expect_bytes(f, 0, 2 * BLOCK, 0);
    assert_int_equal(append(f, 2 * BLOCK, 1), 0);
    byte_queue_consume(&f->q, &f->pool, BLOCK);
    assert_int_equal(append(f, 2 * BLOCK, 500), BLOCK);
    expect_bytes(f, 0, 2 * BLOCK, BLOCK);
    free(f);
}

/* The last block of a pool is of use to a queue that needs one, not to one that needs two. */
static void a_directory_is_not_taken_without_a_block_for_data(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(2);
    assert_int_equal(append(f, 0, 200), BLOCK);
    assert_int_equal(block_pool_free(&f->pool), 1);
    byte_queue_clear(&f->q, &f->pool);
    block_pool_take(&f->pool);
    assert_int_equal(write_at(f, BLOCK, 0, 10), 0);
    assert_int_equal(block_pool_free(&f->pool), 1);
    assert_int_equal(f->q.reach, 0);
    free(f);
}

static void an_empty_pool_stores_nothing(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(0);
    assert_int_equal(append(f, 0, 10), 0);
    assert_int_equal(f->q.length, 0);
    byte_queue_clear(&f->q, &f->pool);
    free(f);
}

static void bytes_written_ahead_wait_for_the_gap_to_close(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, 10);
    assert_int_equal(write_at(f, 200, 200, 30), 30);
    assert_int_equal(f->q.length, 10);
    assert_int_equal(f->q.reach, 230);
    uint8_t copy[300];
    assert_int_equal(byte_queue_copy_out(&f->q, &f->pool, 0, copy, 300), 10);
    assert_int_equal(block_pool_used(&f->pool), 3); /* the gap holds none */
    assert_int_equal(write_at(f, 10, 10, 190), 190);
    assert_int_equal(f->q.reach, 230);
    byte_queue_extend(&f->q, 220);
    expect_bytes(f, 0, 230, 0);
    free(f);
}

static void bytes_ahead_stay_when_all_before_them_is_consumed(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, 100);
    write_at(f, 300, 300, 50);
    byte_queue_consume(&f->q, &f->pool, 100);
    assert_int_equal(f->q.length, 0);
    assert_int_equal(f->q.reach, 250);
    write_at(f, 0, 100, 200);
    byte_queue_extend(&f->q, 250);
    expect_bytes(f, 0, 250, 100);
    byte_queue_consume(&f->q, &f->pool, 250);
    assert_int_equal(block_pool_used(&f->pool), 0);
    free(f);
}

static void what_is_written_twice_is_what_came_last(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    write_at(f, 0, 5000, 100);
    write_at(f, 0, 0, 100);
    byte_queue_extend(&f->q, 100);
    expect_bytes(f, 0, 100, 0);
    free(f);
}

static void a_view_with_few_slices_shows_the_front(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(20);
    for (int i = 0; i < 6; i++) /* so that no two blocks in a row are neighbours */
        block_pool_take(&f->pool);
    for (uint32_t i = 0; i < 6; i++)
        block_pool_give(&f->pool, i % 2 == 0 ? i : 6 - i);
    append(f, 0, 5 * BLOCK);
    struct lull_slice slices[3] = {{NULL, 0}, {NULL, 0}, {NULL, 77}};
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 10, 500, (struct byte_queue_view){slices, 2}),
                     2);
    assert_int_equal(slices[0].len, BLOCK - 10);
    assert_int_equal(slices[1].len, BLOCK);
    assert_int_equal(slices[2].len, 77);
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 0, 500, (struct byte_queue_view){slices, 0}),
                     0);
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 320, 9, (struct byte_queue_view){slices, 2}),
                     0);
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 321, 9, (struct byte_queue_view){slices, 2}),
                     0);
    free(f);
}

static void neighbouring_blocks_make_one_slice(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(20);
    append(f, 0, 5 * BLOCK); /* block 0, the directory, then 2 to 5 in a row */
    struct lull_slice slices[4];
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 0, 500, (struct byte_queue_view){slices, 4}),
                     2);
    assert_int_equal(slices[0].len, BLOCK);
    assert_int_equal(slices[1].len, 4 * BLOCK);
    byte_queue_consume(&f->q, &f->pool, BLOCK);
    assert_int_equal(byte_queue_peek(&f->q, &f->pool, 0, 500, (struct byte_queue_view){slices, 1}),
                     1);
    assert_int_equal(slices[0].len, 4 * BLOCK);
    free(f);
}

static void promises_about_offsets_are_checked(void **state)
{
    (void)state;
    struct fixture *f = with_blocks(8);
    append(f, 0, 100);
    EXPECT_REFUSED(write_at(f, 99, 0, 5));
    EXPECT_REFUSED(byte_queue_extend(&f->q, 1));
    EXPECT_REFUSED(byte_queue_consume(&f->q, &f->pool, 101));
    write_at(f, 300, 0, 5);
    byte_queue_extend(&f->q, 205); /* a lie: there is no block for the gap */
    uint8_t copy[400];
    EXPECT_REFUSED(byte_queue_copy_out(&f->q, &f->pool, 0, copy, 305));
    free(f);
}

/* A queue against a plain array: bytes, which of them are there, and nothing else. */
struct model {
    uint32_t position; /* of the stream, of the oldest byte */
    uint32_t length, reach;
    bool consumed; /* since it was last empty */
    bool written[LIMIT];
};

static void model_write(struct model *m, uint32_t offset, uint32_t stored)
{
    if (stored == 0)
        return;
    memset(m->written + offset, true, stored);
    if (offset + stored > m->reach)
        m->reach = offset + stored;
}

static void model_consume(struct model *m, uint32_t bytes)
{
    memmove(m->written, m->written + bytes, LIMIT - bytes);
    memset(m->written + LIMIT - bytes, false, bytes);
    m->position += bytes;
    m->length -= bytes;
    m->reach -= bytes;
    m->consumed = m->reach > 0 && (m->consumed || bytes > 0);
}

/* Blocks a queue may hold: those with a byte written, the one whose first bytes were consumed,
 * and a directory if more than one was needed. */
static uint32_t blocks_expected(const struct fixture *f, const struct model *m)
{
    const bool begun = m->consumed && f->q.start % BLOCK != 0;
    uint32_t blocks = begun, last = begun ? f->q.start / BLOCK : UINT32_MAX;
    for (uint32_t i = 0; i < m->reach; i++) {
        const uint32_t number = (f->q.start + i) / BLOCK;
        if (m->written[i] && number != last) {
            last = number;
            blocks++;
        }
    }
    const bool directory = f->q.root != BLOCK_NONE && f->q.root >> 31 != 0;
    assert_true(m->reach == 0 || directory || (f->q.start % BLOCK) + m->reach <= BLOCK);
    return blocks + directory;
}

static void one_step(struct fixture *f, struct model *m, struct prng *p)
{
    const uint32_t len = prng_chance(p, 1, 4) ? prng_below(p, 300) : prng_below(p, 40);
    const uint32_t verb = prng_below(p, 10);
    if (verb < 3) {
        const uint32_t stored = append(f, m->position + m->length, len);
        model_write(m, m->length, stored);
        m->length += stored;
        assert_true(stored == len || block_pool_free(&f->pool) < 2 || m->length == LIMIT);
    } else if (verb < 6) {
        const uint32_t offset = m->length + prng_below(p, 400);
        const uint32_t stored = write_at(f, offset, m->position + offset, len);
        assert_true(stored == len || block_pool_free(&f->pool) < 2 || offset + stored >= LIMIT);
        model_write(m, offset, stored);
    } else if (verb < 7) {
        uint32_t ready = 0;
        while (m->length + ready < m->reach && m->written[m->length + ready])
            ready++;
        byte_queue_extend(&f->q, ready);
        m->length += ready;
    } else {
        const uint32_t bytes = prng_below(p, m->length + 1);
        byte_queue_consume(&f->q, &f->pool, bytes);
        model_consume(m, bytes);
    }
}

static void follow_the_model(uint64_t seed)
{
    struct prng p;
    prng_seed(&p, seed);
    struct fixture *f = with_blocks(prng_chance(&p, 1, 3) ? 4 + prng_below(&p, 8) : 20);
    struct model m = {.position = prng_below(&p, UINT32_MAX)};
    f->q.start = 0u - BLOCK * prng_below(&p, 12) - prng_below(&p, BLOCK); /* wraps soon */
    for (int step = 0; step < 60; step++) {
        one_step(f, &m, &p);
        assert_int_equal(f->q.length, m.length);
        assert_int_equal(f->q.reach, m.reach);
        assert_int_equal(block_pool_used(&f->pool), blocks_expected(f, &m));
        assert_true(block_pool_used(&f->pool) <= byte_queue_blocks(&f->q, &f->pool));
        if (m.reach == m.length) /* nothing is missing */
            assert_int_equal(byte_queue_blocks(&f->q, &f->pool), block_pool_used(&f->pool));
        const uint32_t offset = prng_below(&p, m.length + 1);
        expect_bytes(f, offset, prng_below(&p, m.length - offset + 1), m.position + offset);
    }
    expect_bytes(f, 0, m.length, m.position);
    byte_queue_clear(&f->q, &f->pool);
    assert_int_equal(block_pool_used(&f->pool), 0);
    assert_int_equal(f->q.root, BLOCK_NONE);
    free(f);
}

static void a_queue_does_as_a_plain_array_would(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++)
        follow_the_model(seed);
}

RUN(cmocka_unit_test(an_empty_queue_holds_no_block),
    cmocka_unit_test(one_block_serves_until_it_is_full),
    cmocka_unit_test(blocks_go_back_when_their_last_byte_is_consumed),
    cmocka_unit_test(a_queue_that_was_empty_begins_at_the_start_of_a_block),
    cmocka_unit_test(a_queue_ends_at_its_limit),
    cmocka_unit_test(the_limit_is_reached_from_anywhere_in_a_block),
    cmocka_unit_test(a_dry_pool_stores_the_front),
    cmocka_unit_test(a_directory_is_not_taken_without_a_block_for_data),
    cmocka_unit_test(an_empty_pool_stores_nothing),
    cmocka_unit_test(bytes_written_ahead_wait_for_the_gap_to_close),
    cmocka_unit_test(bytes_ahead_stay_when_all_before_them_is_consumed),
    cmocka_unit_test(what_is_written_twice_is_what_came_last),
    cmocka_unit_test(a_view_with_few_slices_shows_the_front),
    cmocka_unit_test(neighbouring_blocks_make_one_slice),
    cmocka_unit_test(promises_about_offsets_are_checked),
    cmocka_unit_test(a_queue_does_as_a_plain_array_would))
