#include "base/siphash.h"
#include "base/tuple_table.h"
#include "base_test.h"

struct fixture {
    _Alignas(64) struct tuple_table table;
    _Alignas(64) struct tuple_line lines[];
};

static struct fixture *table_for(uint32_t capacity, uint32_t references)
{
    struct fixture *f = rubbish(sizeof *f + tuple_table_bytes(capacity));
    tuple_table_init(&f->table, f->lines, capacity, references);
    return f;
}

/* A hash that goes to @line of a table with @line_count lines. */
static uint64_t hash_to(const struct fixture *f, uint32_t line, uint32_t low)
{
    const uint64_t high = (((uint64_t)line << 32) + f->table.line_count - 1) / f->table.line_count;
    const uint64_t hash = high << 32 | low;
    assert_int_equal(tuple_table_home(&f->table, hash), line);
    return hash;
}

/* Candidates for @hash; true when @reference is one. */
static bool finds(const struct fixture *f, uint64_t hash, uint32_t reference)
{
    struct tuple_probe probe = tuple_table_probe(&f->table, hash);
    for (;;) {
        const uint32_t candidate = tuple_table_next(&f->table, &probe);
        if (candidate == reference)
            return candidate != TUPLE_NONE;
        if (candidate == TUPLE_NONE)
            return false;
    }
}

static uint32_t candidates(const struct fixture *f, uint64_t hash)
{
    struct tuple_probe probe = tuple_table_probe(&f->table, hash);
    uint32_t count = 0;
    while (tuple_table_next(&f->table, &probe) != TUPLE_NONE)
        count++;
    return count;
}

static void a_line_is_a_cache_line(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct tuple_line), 64);
    assert_int_equal(tuple_table_bytes(1), 64);
    assert_int_equal(tuple_table_bytes(9), 64);
    assert_int_equal(tuple_table_bytes(10), 128);
    assert_int_equal(tuple_table_bytes(900), 6400);
}

static void what_was_entered_is_found_until_it_is_removed(void **state)
{
    (void)state;
    struct fixture *f = table_for(100, 50);
    const uint64_t hash = 0x123456789abcdef0u;
    assert_false(finds(f, hash, 0));
    assert_true(tuple_table_insert(&f->table, hash, 0));
    assert_true(tuple_table_insert(&f->table, hash, 49));
    assert_true(finds(f, hash, 0));
    assert_true(finds(f, hash, 49));
    assert_int_equal(candidates(f, hash), 2);
    assert_true(tuple_table_remove(&f->table, hash, 0));
    assert_false(tuple_table_remove(&f->table, hash, 0));
    assert_false(finds(f, hash, 0));
    assert_true(finds(f, hash, 49));
    assert_int_equal(f->table.used, 1);
    free(f);
}

/* 50 references take 6 bits, so 26 are tag: of the low half all but the lowest 6. */
static void only_the_tag_decides_in_a_line(void **state)
{
    (void)state;
    struct fixture *f = table_for(10, 50);
    assert_int_equal(f->table.tag_mask, 0xffffffc0u);
    assert_true(tuple_table_insert(&f->table, 0x40, 7));
    assert_int_equal(candidates(f, 0x40), 1);
    assert_int_equal(candidates(f, 0x7f), 1);
    assert_int_equal(candidates(f, 0x80), 0);
    assert_int_equal(candidates(f, 0x80000040u), 0);
    assert_int_equal(candidates(f, 0), 0); /* free slots are no candidates for tag 0 */
    free(f);
}

static void the_tag_takes_the_bits_the_references_leave(void **state)
{
    (void)state;
    static const struct {
        uint32_t references, tag_mask;
    } row[] = {{1, 0xfffffffe},        {2, 0xfffffffc},   {3, 0xfffffffc},
               {4, 0xfffffff8},        {255, 0xffffff00}, {256, 0xfffffe00},
               {0x7fffffff, 1u << 31}, {0x80000000, 0},   {0xfffffffe, 0}};
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct fixture *f = table_for(1, row[i].references);
        assert_int_equal(f->table.tag_mask, row[i].tag_mask);
        const uint32_t highest = row[i].references - 1;
        assert_true(tuple_table_insert(&f->table, UINT64_MAX, highest));
        assert_true(finds(f, UINT64_MAX, highest));
        assert_true(tuple_table_remove(&f->table, UINT64_MAX, highest));
        free(f);
    }
}

static void a_full_table_refuses(void **state)
{
    (void)state;
    struct fixture *f = table_for(13, 100);
    for (uint32_t i = 0; i < 13; i++)
        assert_true(tuple_table_insert(&f->table, (uint64_t)i << 60, i));
    assert_false(tuple_table_insert(&f->table, 0, 50));
    assert_false(finds(f, 0, 50));
    assert_true(tuple_table_remove(&f->table, 0, 0));
    assert_true(tuple_table_insert(&f->table, 0, 50));
    free(f);
}

/* The last line overflows into the first. */
static void entries_of_a_full_line_go_on_behind_it(void **state)
{
    (void)state;
    struct fixture *f = table_for(36, 100);
    const uint64_t last = hash_to(f, 3, 0), first = hash_to(f, 0, 0);
    for (uint32_t i = 0; i < 33; i++)
        assert_true(tuple_table_insert(&f->table, last, i));
    assert_int_equal(f->lines[3].passed_over, 18);
    assert_int_equal(f->lines[0].passed_over, 3);
    assert_int_equal(f->lines[1].passed_over, 0);
    assert_int_equal(candidates(f, last), 33);
    assert_int_equal(candidates(f, first), 18);
    assert_true(finds(f, last, 32));

    assert_true(tuple_table_remove(&f->table, last, 3));
    assert_true(finds(f, last, 32)); /* although its line has room now */
    assert_int_equal(f->lines[3].passed_over, 18);
    assert_true(tuple_table_remove(&f->table, last, 32));
    assert_int_equal(f->lines[3].passed_over, 17);
    assert_int_equal(f->lines[0].passed_over, 2);
    assert_true(tuple_table_insert(&f->table, last, 32));
    assert_int_equal(f->lines[3].passed_over, 17);
    free(f);
}

/* A search may have to look into every line, and then it must end. */
static void a_search_ends_when_every_line_was_passed_over(void **state)
{
    (void)state;
    struct fixture *f = table_for(18, 100);
    for (uint32_t line = 0; line < 2; line++)
        f->lines[line].passed_over = 1;
    assert_int_equal(candidates(f, hash_to(f, 1, 0)), 0);
    assert_false(tuple_table_remove(&f->table, hash_to(f, 1, 0), 1));
    free(f);
}

static void a_reference_can_be_exchanged_in_place(void **state)
{
    (void)state;
    struct fixture *f = table_for(10, 100);
    const uint64_t hash = 0xabcdef0123456789u;
    assert_true(tuple_table_insert(&f->table, hash, 5));
    tuple_table_replace(&f->table, hash, 5, 99);
    assert_false(finds(f, hash, 5));
    assert_true(finds(f, hash, 99));
    assert_int_equal(candidates(f, hash), 1);
    assert_int_equal(f->table.used, 1);
    EXPECT_REFUSED(tuple_table_replace(&f->table, hash, 5, 6));
    free(f);
}

static void limits_beyond_the_format_are_refused(void **state)
{
    (void)state;
    struct fixture *f = table_for(10, 100);
    assert_true(tuple_table_insert(&f->table, 0, 99));
    EXPECT_REFUSED(assert_true(tuple_table_insert(&f->table, 0, 100)));
    EXPECT_REFUSED(tuple_table_replace(&f->table, 0, 99, 100));
    EXPECT_REFUSED(tuple_table_init(&f->table, f->lines, 0, 10));
    EXPECT_REFUSED(tuple_table_init(&f->table, f->lines, 0x80000001u, 10));
    EXPECT_REFUSED(tuple_table_init(&f->table, f->lines, 10, 0));
    EXPECT_REFUSED(tuple_table_init(&f->table, f->lines, 10, TUPLE_NONE));
    free(f);
}

static void a_table_works_on_where_its_block_is_copied_to(void **state)
{
    (void)state;
    struct fixture *f = table_for(12, 100), *copy = table_for(12, 100);
    assert_true(tuple_table_insert(&f->table, 77, 5));
    memcpy(copy, f, sizeof *f + tuple_table_bytes(12));
    memset(f->lines, 0, sizeof f->lines[0]);
    assert_true(finds(copy, 77, 5));
    free(f);
    free(copy);
}

static const struct siphash_key key = {{11, 22}};

static uint64_t hash_of(uint64_t name)
{
    return siphash_words(&key, &name, 1);
}

/* Lines read by a search that goes to its end, times 100, over all of @count names from
 * @first on.  Counted, so no clock can be wrong. */
static uint32_t lines_per_search(const struct fixture *f, uint64_t first, uint32_t count)
{
    uint64_t lines = 0;
    for (uint64_t name = first; name < first + count; name++) {
        struct tuple_probe probe = tuple_table_probe(&f->table, hash_of(name));
        while (tuple_table_next(&f->table, &probe) != TUPLE_NONE)
            continue;
        lines += f->table.line_count - probe.lines_left;
    }
    return (uint32_t)(lines * 100 / count);
}

/* Lines read until the entry itself is met, times 100. */
static uint32_t lines_per_hit(const struct fixture *f, uint64_t first, uint32_t count)
{
    uint64_t lines = 0;
    for (uint64_t name = first; name < first + count; name++) {
        struct tuple_probe probe = tuple_table_probe(&f->table, hash_of(name));
        uint32_t candidate;
        do {
            candidate = tuple_table_next(&f->table, &probe);
        } while (candidate != name % count && candidate != TUPLE_NONE);
        assert_int_not_equal(candidate, TUPLE_NONE);
        lines += f->table.line_count - probe.lines_left;
    }
    return (uint32_t)(lines * 100 / count);
}

static void exchange_all(struct fixture *f, uint64_t first, uint32_t count)
{
    for (uint64_t name = first; name < first + count; name++) {
        const uint32_t reference = (uint32_t)(name % count);
        assert_true(tuple_table_remove(&f->table, hash_of(name - count), reference));
        assert_true(tuple_table_insert(&f->table, hash_of(name), reference));
    }
}

/* Full to the declared capacity, and again after everything in it was exchanged several times,
 * oldest first, as connections come and go.  The second is the harder: entries that once had to
 * go on behind their line stay there when it has room again. */
static void a_search_reads_little_more_than_one_line_at_full_load(void **state)
{
    (void)state;
    enum { COUNT = 24000 };
    struct fixture *f = table_for(COUNT, COUNT);
    for (uint64_t name = 0; name < COUNT; name++)
        assert_true(tuple_table_insert(&f->table, hash_of(name), (uint32_t)name));
    assert_in_range(lines_per_hit(f, 0, COUNT), 100, 102);
    assert_in_range(lines_per_search(f, COUNT, COUNT), 100, 105);

    for (uint64_t round = 1; round <= 4; round++)
        exchange_all(f, round * COUNT, COUNT);
    assert_in_range(lines_per_hit(f, (uint64_t)4 * COUNT, COUNT), 100, 106);
    assert_in_range(lines_per_search(f, (uint64_t)99 * COUNT, COUNT), 100, 125);
    free(f);
}

/* The counters say exactly who passed a line over: once empty, the table is as new. */
static void nothing_is_left_behind_when_all_are_removed(void **state)
{
    (void)state;
    enum { COUNT = 1200 };
    struct fixture *f = table_for(COUNT, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_true(tuple_table_insert(&f->table, hash_of(i), i));
    for (uint32_t i = 0; i < COUNT; i++)
        assert_true(tuple_table_remove(&f->table, hash_of(i), i));
    assert_int_equal(f->table.used, 0);
    const uint8_t *bytes = (const uint8_t *)f->lines;
    for (size_t i = 0; i < tuple_table_bytes(COUNT); i++)
        assert_int_equal(bytes[i], 0);
    free(f);
}

/* A small table against an array of what is in it; few distinct hashes, so lines overflow. */
static void follow_the_model(uint64_t seed)
{
    enum { CAPACITY = 40, REFERENCES = 60 };
    struct prng p;
    prng_seed(&p, seed);
    struct fixture *f = table_for(CAPACITY, REFERENCES);
    uint64_t hash[REFERENCES];
    bool in[REFERENCES] = {false};
    uint32_t used = 0;
    for (int step = 0; step < 150; step++) {
        const uint32_t reference = prng_below(&p, REFERENCES);
        const uint64_t fresh = hash_of(prng_below(&p, 12));
        if (!in[reference] && prng_chance(&p, 4, 5)) {
            in[reference] = tuple_table_insert(&f->table, fresh, reference);
            assert_int_equal(in[reference], used < CAPACITY);
            used += in[reference];
            hash[reference] = fresh;
        } else if (in[reference] && prng_chance(&p, 1, 2)) {
            assert_true(tuple_table_remove(&f->table, hash[reference], reference));
            in[reference] = false;
            used--;
        } else if (in[reference]) {
            const uint32_t other = prng_below(&p, REFERENCES);
            if (in[other])
                continue;
            tuple_table_replace(&f->table, hash[reference], reference, other);
            in[other] = true;
            in[reference] = false;
            hash[other] = hash[reference];
        } else {
            assert_false(tuple_table_remove(&f->table, fresh, reference));
        }
        tuple_table_prefetch(&f->table, fresh);
        assert_int_equal(f->table.used, used);
        uint32_t expected = 0;
        for (uint32_t i = 0; i < REFERENCES; i++) {
            assert_true(!in[i] || finds(f, hash[i], i));
            expected += in[i] && hash[i] == fresh;
        }
        assert_int_equal(candidates(f, fresh), expected);
    }
    free(f);
}

static void a_table_does_as_an_array_would(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 250; seed++)
        follow_the_model(seed);
}

RUN(cmocka_unit_test(a_line_is_a_cache_line),
    cmocka_unit_test(what_was_entered_is_found_until_it_is_removed),
    cmocka_unit_test(only_the_tag_decides_in_a_line),
    cmocka_unit_test(the_tag_takes_the_bits_the_references_leave),
    cmocka_unit_test(a_full_table_refuses),
    cmocka_unit_test(entries_of_a_full_line_go_on_behind_it),
    cmocka_unit_test(a_search_ends_when_every_line_was_passed_over),
    cmocka_unit_test(a_reference_can_be_exchanged_in_place),
    cmocka_unit_test(limits_beyond_the_format_are_refused),
    cmocka_unit_test(a_table_works_on_where_its_block_is_copied_to),
    cmocka_unit_test(a_search_reads_little_more_than_one_line_at_full_load),
    cmocka_unit_test(nothing_is_left_behind_when_all_are_removed),
    cmocka_unit_test(a_table_does_as_an_array_would))
