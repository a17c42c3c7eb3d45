#include "base/block_pool.h"
#include "base_test.h"

struct block {
    _Alignas(64) struct block_pool pool;
    _Alignas(64) uint8_t memory[1024];
};

static struct block *four_blocks(void)
{
    struct block *b = rubbish(sizeof *b);
    block_pool_init(&b->pool, b->memory, 4, 64);
    return b;
}

static void a_pool_gives_its_blocks_and_no_more(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    assert_int_equal(block_pool_bytes_each(&b->pool), 64);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(block_pool_used(&b->pool), i);
        assert_int_equal(block_pool_free(&b->pool), 4 - i);
        assert_int_equal(block_pool_take(&b->pool), i);
    }
    assert_int_equal(block_pool_take(&b->pool), BLOCK_NONE);
    assert_int_equal(block_pool_used(&b->pool), 4);
    block_pool_give(&b->pool, 2);
    block_pool_give(&b->pool, 0);
    assert_int_equal(block_pool_free(&b->pool), 2);
    assert_int_equal(block_pool_take(&b->pool), 0);
    assert_int_equal(block_pool_take(&b->pool), 2);
    assert_int_equal(block_pool_take(&b->pool), BLOCK_NONE);
    free(b);
}

static void blocks_lie_side_by_side_and_inside_their_memory(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    assert_int_equal(block_pool_bytes(4, 64), 4 * 64 + 4 * 4);
    for (uint32_t i = 0; i < 4; i++)
        memset(block_pool_at(&b->pool, block_pool_take(&b->pool)), (int)i, 64);
    for (uint32_t i = 0; i < 4; i++)
        assert_ptr_equal(block_pool_at(&b->pool, i), b->memory + (size_t)64 * i);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(b->memory[64 * i], i);
        block_pool_give(&b->pool, i);
    }
    for (size_t i = block_pool_bytes(4, 64); i < sizeof b->memory; i++)
        assert_int_equal(b->memory[i], 0xa5);
    free(b);
}

static void giving_back_twice_is_refused(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    EXPECT_REFUSED(block_pool_give(&b->pool, 0));
    EXPECT_REFUSED(block_pool_at(&b->pool, 0));
    block_pool_take(&b->pool);
    block_pool_take(&b->pool);
    block_pool_give(&b->pool, 0);
    EXPECT_REFUSED(block_pool_give(&b->pool, 0));
    block_pool_give(&b->pool, 1);
    EXPECT_REFUSED(block_pool_give(&b->pool, 0));
    EXPECT_REFUSED(block_pool_give(&b->pool, 1));
    EXPECT_REFUSED(block_pool_give(&b->pool, BLOCK_NONE));
    free(b);
}

/* Whatever old memory says about them: here, that every block is taken. */
static void blocks_never_taken_cannot_be_given(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    for (size_t i = 0; i < sizeof b->memory; i += 4)
        memcpy(b->memory + i, &(uint32_t){BLOCK_NONE - 1}, 4);
    EXPECT_REFUSED(block_pool_give(&b->pool, 0));
    block_pool_take(&b->pool);
    EXPECT_REFUSED(block_pool_give(&b->pool, 1));
    free(b);
}

static void only_powers_of_two_from_64_to_65536_are_block_sizes(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    for (uint32_t size = 64; size <= 65536; size *= 2) {
        block_pool_init(&b->pool, b->memory, 0, size);
        assert_int_equal(block_pool_bytes_each(&b->pool), size);
        assert_int_equal(1u << b->pool.block_shift, size);
    }
    const uint32_t bad[] = {0, 32, 63, 65, 96, 131072};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        EXPECT_REFUSED(block_pool_init(&b->pool, b->memory, 1, bad[i]));
    block_pool_init(&b->pool, b->memory, BLOCK_COUNT_MAX, 64);
    assert_int_equal(block_pool_free(&b->pool), BLOCK_COUNT_MAX);
    EXPECT_REFUSED(block_pool_init(&b->pool, b->memory, BLOCK_COUNT_MAX + 1, 64));
    free(b);
}

static void a_pool_works_on_where_its_block_is_copied_to(void **state)
{
    (void)state;
    struct block *b = four_blocks();
    const uint32_t index = block_pool_take(&b->pool);
    memset(block_pool_at(&b->pool, index), 0x11, 64);
    struct block *copy = rubbish(sizeof *copy);
    memcpy(copy, b, sizeof *b);
    free(b);
    assert_int_equal(*(uint8_t *)block_pool_at(&copy->pool, index), 0x11);
    block_pool_give(&copy->pool, index);
    assert_int_equal(block_pool_free(&copy->pool), 4);
    free(copy);
}

RUN(cmocka_unit_test(a_pool_gives_its_blocks_and_no_more),
    cmocka_unit_test(blocks_lie_side_by_side_and_inside_their_memory),
    cmocka_unit_test(giving_back_twice_is_refused),
    cmocka_unit_test(blocks_never_taken_cannot_be_given),
    cmocka_unit_test(only_powers_of_two_from_64_to_65536_are_block_sizes),
    cmocka_unit_test(a_pool_works_on_where_its_block_is_copied_to))
