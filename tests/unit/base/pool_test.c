#include "base/pool.h"
#include "base_test.h"

/* A pool and its memory in one block, as in a stack. */
struct block {
    _Alignas(64) struct pool pool;
    _Alignas(64) char memory[4096];
};

static struct block *block_with(uint32_t capacity, size_t item_bytes)
{
    struct block *b = rubbish(sizeof *b);
    assert_in_range(pool_bytes(capacity, item_bytes), 0, sizeof b->memory);
    pool_init(&b->pool, b->memory, capacity, item_bytes);
    return b;
}

static void a_pool_gives_its_capacity_and_no_more(void **state)
{
    (void)state;
    struct block *b = block_with(3, 24);
    assert_int_equal(pool_capacity(&b->pool), 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(pool_used(&b->pool), i);
        assert_int_equal(pool_take(&b->pool), i);
    }
    assert_int_equal(pool_take(&b->pool), POOL_NONE);
    assert_int_equal(pool_used(&b->pool), 3);
    pool_give(&b->pool, 1);
    assert_int_equal(pool_used(&b->pool), 2);
    assert_int_equal(pool_take(&b->pool), 1);
    assert_int_equal(pool_take(&b->pool), POOL_NONE);
    free(b);
}

static void the_object_given_back_last_is_reused_first(void **state)
{
    (void)state;
    struct block *b = block_with(8, 8);
    for (int i = 0; i < 5; i++)
        pool_take(&b->pool);
    pool_give(&b->pool, 0);
    pool_give(&b->pool, 3);
    pool_give(&b->pool, 2);
    assert_int_equal(pool_take(&b->pool), 2);
    assert_int_equal(pool_take(&b->pool), 3);
    assert_int_equal(pool_take(&b->pool), 0);
    assert_int_equal(pool_take(&b->pool), 5);
    free(b);
}

static bool is_zero(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void every_object_starts_as_zeros(void **state)
{
    (void)state;
    struct block *b = block_with(2, 40);
    for (int i = 0; i < 3; i++) {
        const uint32_t index = pool_take(&b->pool);
        assert_true(is_zero(pool_at(&b->pool, index), 40));
        memset(pool_at(&b->pool, index), 0xee, 40);
        pool_give(&b->pool, index);
    }
    free(b);
}

static void objects_do_not_overlap_and_stay_in_their_memory(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 7, 8, 9, 60, 64, 65, 128};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct block *b = block_with(10, sizes[i]);
        const size_t bytes = pool_bytes(10, sizes[i]);
        for (uint32_t k = 0; k < 10; k++)
            memset(pool_at(&b->pool, pool_take(&b->pool)), (int)k + 1, sizes[i]);
        for (uint32_t k = 0; k < 10; k++) {
            const char *item = pool_at(&b->pool, k);
            assert_int_equal(item[0], k + 1);
            assert_int_equal(item[sizes[i] - 1], k + 1);
            assert_int_equal((uintptr_t)item % (sizes[i] % 64 == 0 ? 64 : 8), 0);
            pool_give(&b->pool, k);
        }
        for (size_t k = bytes; k < sizeof b->memory; k++)
            assert_int_equal((uint8_t)b->memory[k], 0xa5);
        free(b);
    }
}

static void memory_never_used_is_never_touched(void **state)
{
    (void)state;
    struct block *b = block_with(16, 64);
    pool_take(&b->pool);
    for (size_t k = 64; k < (size_t)16 * 64; k++)
        assert_int_equal((uint8_t)b->memory[k], 0xa5);
    for (size_t k = 16 * 64 + sizeof(struct pool_slot); k < sizeof b->memory; k++)
        assert_int_equal((uint8_t)b->memory[k], 0xa5);
    free(b);
}

static void a_handle_finds_its_object_until_that_is_given_back(void **state)
{
    (void)state;
    struct block *b = block_with(4, 16);
    const uint32_t index = pool_take(&b->pool);
    const struct handle first = pool_handle(&b->pool, index);
    assert_ptr_equal(pool_resolve(&b->pool, first), pool_at(&b->pool, index));
    pool_give(&b->pool, index);
    assert_null(pool_resolve(&b->pool, first));
    assert_int_equal(pool_take(&b->pool), index);
    assert_null(pool_resolve(&b->pool, first));
    const struct handle second = pool_handle(&b->pool, index);
    assert_ptr_equal(pool_resolve(&b->pool, second), pool_at(&b->pool, index));
    free(b);
}

static void handles_that_were_never_made_are_stale(void **state)
{
    (void)state;
    struct block *b = block_with(4, 16);
    assert_null(pool_resolve(&b->pool, (struct handle){0, 0}));
    const uint32_t index = pool_take(&b->pool);
    assert_int_not_equal(pool_handle(&b->pool, index).generation, 0);
    assert_null(pool_resolve(&b->pool, (struct handle){index, 0}));
    assert_null(pool_resolve(&b->pool, (struct handle){index, 2}));
    assert_null(pool_resolve(&b->pool, (struct handle){index + 1, 1}));
    assert_null(pool_resolve(&b->pool, (struct handle){POOL_NONE, 1}));
    pool_give(&b->pool, index);
    assert_null(pool_resolve(&b->pool, (struct handle){index, 2})); /* the free slot's own */
    free(b);
}

static void a_generation_that_wraps_does_not_become_0(void **state)
{
    (void)state;
    struct block *b = block_with(1, 16);
    pool_take(&b->pool);
    struct pool_slot *slots = rel_get(&b->pool.slots);
    slots[0].generation = UINT32_MAX;
    pool_give(&b->pool, 0);
    assert_int_equal(pool_take(&b->pool), 0);
    assert_int_equal(pool_handle(&b->pool, 0).generation, 1);
    free(b);
}

static void what_is_not_live_cannot_be_used(void **state)
{
    (void)state;
    struct block *b = block_with(4, 16);
    EXPECT_REFUSED(pool_give(&b->pool, 0));
    EXPECT_REFUSED(pool_at(&b->pool, 0));
    EXPECT_REFUSED(pool_handle(&b->pool, 0));
    pool_take(&b->pool);
    pool_give(&b->pool, 0);
    EXPECT_REFUSED(pool_give(&b->pool, 0));
    EXPECT_REFUSED(pool_at(&b->pool, 0));
    EXPECT_REFUSED(pool_handle(&b->pool, 0));
    assert_false(pool_is_live(&b->pool, 4));
    EXPECT_REFUSED(pool_init(&b->pool, b->memory, POOL_NONE, 8));
    EXPECT_REFUSED(pool_init(&b->pool, b->memory, 1, 0));
    free(b);
}

static void a_walk_meets_the_live_ones_in_order(void **state)
{
    (void)state;
    struct block *b = block_with(8, 8);
    assert_int_equal(pool_next_live(&b->pool, 0), POOL_NONE);
    for (int i = 0; i < 6; i++)
        pool_take(&b->pool);
    pool_give(&b->pool, 0);
    pool_give(&b->pool, 3);
    pool_give(&b->pool, 5);
    assert_int_equal(pool_next_live(&b->pool, 0), 1);
    assert_int_equal(pool_next_live(&b->pool, 2), 2);
    assert_int_equal(pool_next_live(&b->pool, 3), 4);
    assert_int_equal(pool_next_live(&b->pool, 5), POOL_NONE);
    assert_int_equal(pool_next_live(&b->pool, POOL_NONE), POOL_NONE);
    free(b);
}

static void a_pool_works_on_where_its_block_is_copied_to(void **state)
{
    (void)state;
    struct block *b = block_with(4, 16);
    const struct handle h = pool_handle(&b->pool, pool_take(&b->pool));
    strcpy(pool_resolve(&b->pool, h), "moved");
    struct block *copy = rubbish(sizeof *copy);
    memcpy(copy, b, sizeof *b);
    memset(b, 0, sizeof *b);
    free(b);
    assert_string_equal(pool_resolve(&copy->pool, h), "moved");
    pool_give(&copy->pool, h.index);
    assert_int_equal(pool_take(&copy->pool), h.index);
    free(copy);
}

/* Against a plain array of what is live. */
static void churn(uint64_t seed)
{
    enum { CAPACITY = 12 };
    struct prng p;
    prng_seed(&p, seed);
    struct block *b = block_with(CAPACITY, 8);
    struct handle live[CAPACITY], stale = {0, 0};
    uint32_t count = 0;
    for (int step = 0; step < 200; step++) {
        if (prng_chance(&p, 1, 2)) {
            const uint32_t index = pool_take(&b->pool);
            assert_int_equal(index == POOL_NONE, count == CAPACITY);
            if (index != POOL_NONE)
                live[count++] = pool_handle(&b->pool, index);
        } else if (count > 0) {
            const uint32_t victim = prng_below(&p, count);
            stale = live[victim];
            pool_give(&b->pool, stale.index);
            live[victim] = live[--count];
        }
        assert_int_equal(pool_used(&b->pool), count);
        assert_null(pool_resolve(&b->pool, stale));
        for (uint32_t i = 0; i < count; i++)
            assert_non_null(pool_resolve(&b->pool, live[i]));
        uint32_t met = 0;
        for (uint32_t i = 0; (i = pool_next_live(&b->pool, i)) != POOL_NONE; i++)
            met++;
        assert_int_equal(met, count);
    }
    free(b);
}

static void handles_and_counts_stay_right_under_churn(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++)
        churn(seed);
}

RUN(cmocka_unit_test(a_pool_gives_its_capacity_and_no_more),
    cmocka_unit_test(the_object_given_back_last_is_reused_first),
    cmocka_unit_test(every_object_starts_as_zeros),
    cmocka_unit_test(objects_do_not_overlap_and_stay_in_their_memory),
    cmocka_unit_test(memory_never_used_is_never_touched),
    cmocka_unit_test(a_handle_finds_its_object_until_that_is_given_back),
    cmocka_unit_test(handles_that_were_never_made_are_stale),
    cmocka_unit_test(a_generation_that_wraps_does_not_become_0),
    cmocka_unit_test(what_is_not_live_cannot_be_used),
    cmocka_unit_test(a_walk_meets_the_live_ones_in_order),
    cmocka_unit_test(a_pool_works_on_where_its_block_is_copied_to),
    cmocka_unit_test(handles_and_counts_stay_right_under_churn))
