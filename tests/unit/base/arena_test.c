#include "base/arena.h"
#include "base_test.h"

struct parts {
    unsigned char *a, *b, *c;
};

static struct parts lay_out(struct arena *arena)
{
    struct parts p;
    p.a = arena_take(arena, 1);
    p.b = arena_take(arena, 64);
    p.c = arena_take(arena, 65);
    return p;
}

static void measuring_and_carving_agree(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NULL, 0);
    const struct parts none = lay_out(&a);
    assert_null(none.a);
    assert_null(none.c);
    assert_false(arena_fits(&a));
    assert_int_equal(a.wanted, 64 + 64 + 128);

    unsigned char *memory = rubbish(a.wanted);
    const size_t wanted = a.wanted;
    arena_init(&a, memory, wanted);
    const struct parts p = lay_out(&a);
    assert_ptr_equal(p.a, memory);
    assert_ptr_equal(p.b, memory + 64);
    assert_ptr_equal(p.c, memory + 128);
    assert_true(arena_fits(&a));
    assert_int_equal(a.wanted, wanted);
    assert_int_equal(a.left, 0);
    free(memory);
}

static void a_size_without_memory_only_measures(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NULL, 1000);
    assert_null(arena_take(&a, 10));
    assert_int_equal(a.wanted, 64);
}

static void one_byte_too_few_is_noticed_and_still_measured(void **state)
{
    (void)state;
    unsigned char *memory = rubbish(256);
    struct arena a;
    arena_init(&a, memory, 255);
    const struct parts p = lay_out(&a);
    assert_ptr_equal(p.b, memory + 64);
    assert_null(p.c);
    assert_false(arena_fits(&a));
    assert_int_equal(a.wanted, 256);
    free(memory);
}

/* Otherwise a layout could end up with its last parts and without one in the middle. */
static void after_the_first_refusal_everything_is_refused(void **state)
{
    (void)state;
    unsigned char *memory = rubbish(256);
    struct arena a;
    arena_init(&a, memory, 128);
    assert_non_null(arena_take(&a, 64));
    assert_null(arena_take(&a, 65));
    assert_null(arena_take(&a, 1));
    assert_false(arena_fits(&a));
    assert_int_equal(a.wanted, 64 + 128 + 64);
    free(memory);
}

static void sizes_that_overflow_never_fit(void **state)
{
    (void)state;
    unsigned char *memory = rubbish(256);
    const size_t huge[] = {SIZE_MAX, SIZE_MAX - 62, SIZE_MAX - 63, SIZE_MAX / 2 + 1};
    for (size_t i = 0; i < COUNT_OF(huge); i++) {
        struct arena a;
        arena_init(&a, memory, 256);
        assert_null(arena_take(&a, huge[i]));
        assert_null(arena_take(&a, huge[i]));
        assert_false(arena_fits(&a));
        assert_true(a.wanted >= SIZE_MAX - 127);
    }
    free(memory);
}

static void nothing_can_be_taken_too(void **state)
{
    (void)state;
    unsigned char *memory = rubbish(64);
    struct arena a;
    arena_init(&a, memory, 0);
    assert_ptr_equal(arena_take(&a, 0), memory);
    assert_true(arena_fits(&a));
    free(memory);
}

static void memory_that_is_not_aligned_is_refused(void **state)
{
    (void)state;
    unsigned char *memory = rubbish(128);
    struct arena a;
    EXPECT_REFUSED(arena_init(&a, memory + 8, 64));
    free(memory);
}

RUN(cmocka_unit_test(measuring_and_carving_agree),
    cmocka_unit_test(a_size_without_memory_only_measures),
    cmocka_unit_test(one_byte_too_few_is_noticed_and_still_measured),
    cmocka_unit_test(after_the_first_refusal_everything_is_refused),
    cmocka_unit_test(sizes_that_overflow_never_fit), cmocka_unit_test(nothing_can_be_taken_too),
    cmocka_unit_test(memory_that_is_not_aligned_is_refused))
