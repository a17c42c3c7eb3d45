#include "base/range_set.h"
#include "base_test.h"

/* A set near the wrap: offsets are counted from BASE, so every test crosses 2^32. */
#define BASE 0xffffffe0u

static seq32 at(uint32_t offset)
{
    return seq_at(BASE + offset);
}

struct fixture {
    struct range_set *set;
};

static struct fixture with_capacity(unsigned capacity)
{
    const struct fixture f = {rubbish(range_set_bytes(capacity))};
    range_set_init(f.set, capacity);
    return f;
}

/* expect(set, 2, 10, 20, 30, 40): ranges [10, 20) and [30, 40). */
static void expect(const struct range_set *set, unsigned count, ...)
{
    va_list list;
    va_start(list, count);
    assert_int_equal(set->count, count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(set->ranges[i].start.raw - BASE, va_arg(list, int));
        assert_int_equal(set->ranges[i].end.raw - BASE, va_arg(list, int));
    }
    va_end(list);
}

static void add(struct range_set *set, uint32_t start, uint32_t end)
{
    assert_true(range_set_add(set, at(start), at(end)));
}

static struct fixture two_ranges(void)
{
    const struct fixture f = with_capacity(4);
    add(f.set, 30, 40);
    add(f.set, 10, 20);
    return f;
}

static void ranges_are_kept_in_order(void **state)
{
    (void)state;
    struct fixture f = two_ranges();
    expect(f.set, 2, 10, 20, 30, 40);
    add(f.set, 50, 60);
    add(f.set, 22, 28);
    expect(f.set, 4, 10, 20, 22, 28, 30, 40, 50, 60);
    free(f.set);
}

static void ranges_that_overlap_or_touch_become_one(void **state)
{
    (void)state;
    static const struct {
        uint32_t start, end;
        unsigned count;
        int expected[4];
    } row[] = {
        {5, 10, 2, {5, 20, 30, 40}},   {5, 15, 2, {5, 20, 30, 40}},   {12, 18, 2, {10, 20, 30, 40}},
        {10, 20, 2, {10, 20, 30, 40}}, {15, 25, 2, {10, 25, 30, 40}}, {20, 25, 2, {10, 25, 30, 40}},
        {25, 30, 2, {10, 20, 25, 40}}, {20, 30, 1, {10, 40, 0, 0}},   {15, 35, 1, {10, 40, 0, 0}},
        {5, 45, 1, {5, 45, 0, 0}},     {40, 45, 2, {10, 20, 30, 45}}, {19, 31, 1, {10, 40, 0, 0}},
    };
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct fixture f = two_ranges();
        add(f.set, row[i].start, row[i].end);
        expect(f.set, row[i].count, row[i].expected[0], row[i].expected[1], row[i].expected[2],
               row[i].expected[3]);
        free(f.set);
    }
}

static void an_empty_range_changes_nothing(void **state)
{
    (void)state;
    struct fixture f = two_ranges();
    add(f.set, 25, 25);
    assert_true(range_set_remove(f.set, at(15), at(15)));
    expect(f.set, 2, 10, 20, 30, 40);
    assert_true(range_set_contains(f.set, at(25), at(25)));
    free(f.set);
}

static void a_full_set_refuses_the_next_range_and_still_merges(void **state)
{
    (void)state;
    struct fixture f = with_capacity(2);
    add(f.set, 10, 20);
    add(f.set, 30, 40);
    assert_false(range_set_add(f.set, at(50), at(60)));
    assert_false(range_set_add(f.set, at(1), at(9)));
    assert_false(range_set_add(f.set, at(21), at(29)));
    expect(f.set, 2, 10, 20, 30, 40);
    add(f.set, 40, 45);
    add(f.set, 20, 30);
    expect(f.set, 1, 10, 45);
    free(f.set);
}

static void a_full_set_refuses_to_split(void **state)
{
    (void)state;
    struct fixture f = with_capacity(2);
    add(f.set, 10, 20);
    add(f.set, 30, 40);
    assert_false(range_set_remove(f.set, at(12), at(18)));
    expect(f.set, 2, 10, 20, 30, 40);
    assert_true(range_set_remove(f.set, at(12), at(35)));
    expect(f.set, 2, 10, 12, 35, 40);
    free(f.set);
}

static void removing_trims_splits_and_drops(void **state)
{
    (void)state;
    static const struct {
        uint32_t start, end;
        unsigned count;
        int expected[6];
    } row[] = {
        {0, 10, 2, {10, 20, 30, 40}},
        {0, 11, 2, {11, 20, 30, 40}},
        {10, 20, 1, {30, 40}},
        {19, 30, 2, {10, 19, 30, 40}},
        {20, 30, 2, {10, 20, 30, 40}},
        {20, 31, 2, {10, 20, 31, 40}},
        {5, 45, 0, {0}},
        {12, 14, 3, {10, 12, 14, 20, 30, 40}},
        {40, 50, 2, {10, 20, 30, 40}},
        {39, 50, 2, {10, 20, 30, 39}},
        {15, 40, 1, {10, 15}},
        {10, 35, 1, {35, 40}},
    };
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct fixture f = two_ranges();
        assert_true(range_set_remove(f.set, at(row[i].start), at(row[i].end)));
        const int *e = row[i].expected;
        expect(f.set, row[i].count, e[0], e[1], e[2], e[3], e[4], e[5]);
        free(f.set);
    }
}

static void removing_before_keeps_what_is_behind(void **state)
{
    (void)state;
    static const struct {
        uint32_t before;
        unsigned count;
        int expected[4];
    } row[] = {
        {0, 2, {10, 20, 30, 40}},
        {10, 2, {10, 20, 30, 40}},
        {11, 2, {11, 20, 30, 40}},
        {19, 2, {19, 20, 30, 40}},
        {20, 1, {30, 40, 0, 0}},
        {25, 1, {30, 40, 0, 0}},
        {35, 1, {35, 40, 0, 0}},
        {40, 0, {0}},
        {99, 0, {0}},
    };
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct fixture f = two_ranges();
        range_set_remove_before(f.set, at(row[i].before));
        const int *e = row[i].expected;
        expect(f.set, row[i].count, e[0], e[1], e[2], e[3]);
        free(f.set);
    }
}

static void only_whole_ranges_are_contained(void **state)
{
    (void)state;
    struct fixture f = two_ranges();
    assert_true(range_set_contains(f.set, at(10), at(20)));
    assert_true(range_set_contains(f.set, at(12), at(13)));
    assert_true(range_set_contains(f.set, at(30), at(40)));
    assert_false(range_set_contains(f.set, at(9), at(20)));
    assert_false(range_set_contains(f.set, at(10), at(21)));
    assert_false(range_set_contains(f.set, at(15), at(35)));
    assert_false(range_set_contains(f.set, at(22), at(28)));
    assert_false(range_set_contains(f.set, at(41), at(42)));
    free(f.set);
}

static void ranges_too_far_apart_are_refused(void **state)
{
    (void)state;
    struct fixture f = with_capacity(4);
    add(f.set, 0, 10);
    EXPECT_REFUSED(assert_true(range_set_add(f.set, at(0x80000000u - 1), at(0x80000000u))));
    range_set_init(f.set, 4);
    add(f.set, 0, 10);
    add(f.set, 0x7ffffffeu, 0x7fffffffu);
    EXPECT_REFUSED(assert_true(range_set_add(f.set, at(5), at(4))));
    EXPECT_REFUSED(assert_true(range_set_remove(f.set, at(5), at(4))));
    free(f.set);
}

static void memory_and_capacity_agree(void **state)
{
    (void)state;
    for (unsigned capacity = 0; capacity < 300; capacity++) {
        assert_int_equal(range_set_capacity_in(range_set_bytes(capacity)), capacity);
        assert_int_equal(range_set_capacity_in(range_set_bytes(capacity) + 7), capacity);
    }
    assert_int_equal(range_set_capacity_in(0), 0);
    assert_int_equal(range_set_capacity_in(3), 0);
    assert_int_equal(range_set_capacity_in(2048), 255);
    assert_int_equal(range_set_capacity_in(range_set_bytes(65535)), 65535);
    assert_int_equal(range_set_capacity_in(1 << 20), 65535);
    struct range_set *set = rubbish(64);
    EXPECT_REFUSED(range_set_init(set, 65536));
    free(set);
}

/* A set against one bit for each number. */
enum { SPAN = 96, CAPACITY = 6 };

struct model {
    bool in[SPAN];
};

static unsigned runs_in(const struct model *m)
{
    unsigned runs = 0;
    for (int i = 0; i < SPAN; i++)
        runs += m->in[i] && (i == 0 || !m->in[i - 1]);
    return runs;
}

static void expect_like(const struct range_set *set, const struct model *m)
{
    bool in[SPAN] = {false};
    assert_int_equal(set->count, runs_in(m));
    for (unsigned i = 0; i < set->count; i++) {
        const uint32_t start = set->ranges[i].start.raw - BASE, end = set->ranges[i].end.raw - BASE;
        assert_true(start < end && end <= SPAN);
        assert_true(i == 0 || seq_lt(set->ranges[i - 1].end, set->ranges[i].start));
        memset(in + start, true, end - start);
    }
    assert_memory_equal(in, m->in, sizeof in);
}

static void change_both(struct range_set *set, struct model *m, struct prng *p)
{
    const uint32_t start = prng_below(p, SPAN + 1);
    const uint32_t longest = prng_chance(p, 1, 4) ? SPAN : 8;
    uint32_t len = prng_below(p, longest);
    if (start + len > SPAN)
        len = SPAN - start;
    struct model changed = *m;
    const uint32_t verb = prng_below(p, 8);
    bool done = true;
    if (verb < 5) {
        memset(changed.in + start, true, len);
        done = range_set_add(set, at(start), at(start + len));
    } else if (verb < 7) {
        memset(changed.in + start, false, len);
        done = range_set_remove(set, at(start), at(start + len));
    } else {
        memset(changed.in, false, start / 2);
        range_set_remove_before(set, at(start / 2));
    }
    assert_int_equal(done, runs_in(&changed) <= CAPACITY);
    if (done)
        *m = changed;
}

static void a_set_does_as_a_bitmap_would(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct prng p;
        prng_seed(&p, seed);
        struct fixture f = with_capacity(CAPACITY);
        struct model m = {{false}};
        for (int step = 0; step < 60; step++) {
            change_both(f.set, &m, &p);
            expect_like(f.set, &m);
            const uint32_t start = prng_below(&p, SPAN), end = start + prng_below(&p, SPAN - start);
            bool all = true;
            for (uint32_t i = start; i < end; i++)
                all &= m.in[i];
            assert_int_equal(range_set_contains(f.set, at(start), at(end)), all);
        }
        free(f.set);
    }
}

RUN(cmocka_unit_test(ranges_are_kept_in_order),
    cmocka_unit_test(ranges_that_overlap_or_touch_become_one),
    cmocka_unit_test(an_empty_range_changes_nothing),
    cmocka_unit_test(a_full_set_refuses_the_next_range_and_still_merges),
    cmocka_unit_test(a_full_set_refuses_to_split),
    cmocka_unit_test(removing_trims_splits_and_drops),
    cmocka_unit_test(removing_before_keeps_what_is_behind),
    cmocka_unit_test(only_whole_ranges_are_contained),
    cmocka_unit_test(ranges_too_far_apart_are_refused), cmocka_unit_test(memory_and_capacity_agree),
    cmocka_unit_test(a_set_does_as_a_bitmap_would))
