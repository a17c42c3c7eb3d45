#include "base/timer_wheel.h"
#include "base_test.h"

enum { CAPACITY = 40 };

/* A wheel and its memory in one block, as in a stack. */
struct block {
    struct timer_wheel wheel;
    _Alignas(64) char memory[CAPACITY * 16];
    uint8_t behind[16];
};

static struct block *wheel_at(lull_time now)
{
    struct block *b = rubbish(sizeof *b);
    assert_in_range(timer_wheel_bytes(CAPACITY), 0, sizeof b->memory);
    timer_wheel_init(&b->wheel, b->memory, CAPACITY, now);
    return b;
}

static void a_new_wheel_is_idle(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    assert_true(timer_wheel_next(&b->wheel) == LULL_TIME_NEVER);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_TIME_NEVER - 1), TIMER_NONE);
    for (uint32_t i = 0; i < CAPACITY; i++)
        assert_true(timer_wheel_deadline(&b->wheel, i) == LULL_TIME_NEVER);
    free(b);
}

static void a_timer_expires_at_its_deadline_and_not_before(void **state)
{
    (void)state;
    const lull_time distances[] = {0,
                                   1,
                                   63,
                                   64,
                                   65,
                                   4095,
                                   4096,
                                   LULL_US(1),
                                   LULL_MS(1),
                                   LULL_MS(40),
                                   LULL_SEC(60),
                                   LULL_SEC(7200),
                                   LULL_SEC(1) * 86400 * 365 * 200};
    const lull_time starts[] = {0, 1, 1234567890123456, -LULL_SEC(5), INT64_MIN, 4095};
    for (size_t i = 0; i < COUNT_OF(distances) * COUNT_OF(starts); i++) {
        const lull_time now = starts[i / COUNT_OF(distances)];
        const lull_time deadline = now + distances[i % COUNT_OF(distances)];
        struct block *b = wheel_at(now);
        timer_wheel_arm(&b->wheel, 7, deadline);
        assert_true(timer_wheel_deadline(&b->wheel, 7) == deadline);
        assert_true(timer_wheel_next(&b->wheel) == deadline);
        if (deadline > now)
            assert_int_equal(timer_wheel_expire(&b->wheel, deadline - 1), TIMER_NONE);
        assert_int_equal(timer_wheel_expire(&b->wheel, deadline), 7);
        assert_true(timer_wheel_deadline(&b->wheel, 7) == LULL_TIME_NEVER);
        assert_int_equal(timer_wheel_expire(&b->wheel, deadline), TIMER_NONE);
        assert_true(timer_wheel_next(&b->wheel) == LULL_TIME_NEVER);
        free(b);
    }
}

static void timers_come_in_order_of_deadline_in_one_jump(void **state)
{
    (void)state;
    struct block *b = wheel_at(100);
    for (uint32_t i = 0; i < 30; i++) /* 1, 2, 4 .. 2^29 ns away, armed from both ends */
        timer_wheel_arm(&b->wheel, i % 2 == 0 ? i : 30 - i,
                        100 + (INT64_C(1) << (i % 2 == 0 ? i : 30 - i)));
    for (uint32_t i = 0; i < 30; i++)
        assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(1000)), i);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(1000)), TIMER_NONE);
    free(b);
}

static void equal_deadlines_come_in_order_of_arming(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    const uint32_t order[] = {5, 3, 9, 1, 7};
    timer_wheel_arm(&b->wheel, 5, LULL_SEC(1));
    timer_wheel_arm(&b->wheel, 3, LULL_SEC(1));
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(1) - 100), TIMER_NONE);
    timer_wheel_arm(&b->wheel, 9, LULL_SEC(1));
    timer_wheel_arm(&b->wheel, 1, LULL_SEC(1));
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(1) - 1), TIMER_NONE);
    timer_wheel_arm(&b->wheel, 7, LULL_SEC(1));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(1)), order[i]);
    free(b);
}

static void a_deadline_in_the_past_is_due_at_once(void **state)
{
    (void)state;
    struct block *b = wheel_at(LULL_SEC(10));
    timer_wheel_arm(&b->wheel, 1, LULL_SEC(9));
    timer_wheel_arm(&b->wheel, 2, -LULL_SEC(9));
    assert_true(timer_wheel_deadline(&b->wheel, 2) == -LULL_SEC(9));
    assert_true(timer_wheel_next(&b->wheel) <= LULL_SEC(10));
    timer_wheel_cancel(&b->wheel, 1);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(10)), 2);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(10)), TIMER_NONE);
    free(b);
}

static void arming_again_replaces_the_deadline(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    timer_wheel_arm(&b->wheel, 1, 50);
    timer_wheel_arm(&b->wheel, 1, LULL_SEC(3));
    assert_true(timer_wheel_next(&b->wheel) == LULL_SEC(3));
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(2)), TIMER_NONE);
    timer_wheel_arm(&b->wheel, 1, LULL_SEC(2) + 1);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(4)), 1);
    assert_int_equal(timer_wheel_expire(&b->wheel, LULL_SEC(4)), TIMER_NONE);
    free(b);
}

static void a_cancelled_timer_never_expires(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    timer_wheel_cancel(&b->wheel, 3); /* idle already */
    for (uint32_t i = 0; i < 3; i++)
        timer_wheel_arm(&b->wheel, i, 1000);
    timer_wheel_cancel(&b->wheel, 0); /* the first of a slot, the middle, the last */
    timer_wheel_arm(&b->wheel, 0, 1000);
    timer_wheel_cancel(&b->wheel, 2);
    timer_wheel_arm(&b->wheel, 1, LULL_TIME_NEVER);
    assert_true(timer_wheel_deadline(&b->wheel, 1) == LULL_TIME_NEVER);
    assert_int_equal(timer_wheel_expire(&b->wheel, 1000), 0);
    assert_int_equal(timer_wheel_expire(&b->wheel, 1000), TIMER_NONE);
    free(b);
}

/* Many timers of one distant slot are not all looked at, so the answer may be early; but
 * whoever wakes up then gets nearer each time, and soon hits it. */
static void the_next_deadline_is_reached_in_few_wakes(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    for (uint32_t i = 0; i < CAPACITY; i++)
        timer_wheel_arm(&b->wheel, i, LULL_SEC(200) + LULL_US(i) * 700);
    assert_true(timer_wheel_next(&b->wheel) < LULL_SEC(200));
    lull_time now = 0;
    for (int wakes = 0; wakes < TIMER_WHEEL_LEVELS; wakes++) {
        const lull_time next = timer_wheel_next(&b->wheel);
        assert_true(next > now && next <= LULL_SEC(200));
        now = next;
        if (now == LULL_SEC(200))
            break;
        assert_int_equal(timer_wheel_expire(&b->wheel, now), TIMER_NONE);
    }
    assert_true(now == LULL_SEC(200));
    assert_int_equal(timer_wheel_expire(&b->wheel, now), 0);
    free(b);
}

static void the_next_deadline_of_a_few_is_exact(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    for (uint32_t i = 0; i < 8; i++)
        timer_wheel_arm(&b->wheel, i, LULL_SEC(200) - LULL_MS(i));
    assert_true(timer_wheel_next(&b->wheel) == LULL_SEC(200) - LULL_MS(7));
    timer_wheel_arm(&b->wheel, 8, LULL_SEC(200)); /* one more than is looked at */
    assert_true(timer_wheel_next(&b->wheel) < LULL_SEC(200) - LULL_MS(7));
    free(b);
}

static void memory_of_timers_never_armed_is_never_touched(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    timer_wheel_arm(&b->wheel, 1, 5);
    timer_wheel_cancel(&b->wheel, 20);
    for (size_t i = timer_wheel_bytes(2); i < sizeof b->memory; i++)
        assert_int_equal((uint8_t)b->memory[i], 0xa5);
    assert_true(timer_wheel_deadline(&b->wheel, 0) == LULL_TIME_NEVER);
    free(b);
}

static void indices_beyond_the_capacity_are_refused(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    timer_wheel_arm(&b->wheel, CAPACITY - 1, 5);
    EXPECT_REFUSED(timer_wheel_arm(&b->wheel, CAPACITY, 5));
    EXPECT_REFUSED(timer_wheel_cancel(&b->wheel, CAPACITY));
    for (size_t i = 0; i < sizeof b->behind; i++)
        assert_int_equal(b->behind[i], 0xa5);
    EXPECT_REFUSED(timer_wheel_deadline(&b->wheel, CAPACITY));
    EXPECT_REFUSED(timer_wheel_init(&b->wheel, b->memory, TIMER_NONE, 0));
    free(b);
}

static void a_wheel_works_on_where_its_block_is_copied_to(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    timer_wheel_arm(&b->wheel, 4, 1000);
    timer_wheel_arm(&b->wheel, 5, 1001);
    struct block *copy = rubbish(sizeof *copy);
    memcpy(copy, b, sizeof *b);
    free(b);
    assert_int_equal(timer_wheel_expire(&copy->wheel, 2000), 4);
    assert_int_equal(timer_wheel_expire(&copy->wheel, 2000), 5);
    free(copy);
}

/* Counted by what a search would have to visit: a jump over 200 years with one timer at the end
 * passes through at most one slot of each level. */
static void a_long_silence_costs_no_more_than_a_short_one(void **state)
{
    (void)state;
    struct block *b = wheel_at(0);
    const lull_time end = LULL_SEC(1) * 86400 * 365 * 200;
    timer_wheel_arm(&b->wheel, 0, end);
    int wakes = 0;
    for (lull_time now = 0; now != end; wakes++) {
        now = timer_wheel_next(&b->wheel);
        if (now != end)
            assert_int_equal(timer_wheel_expire(&b->wheel, now), TIMER_NONE);
    }
    assert_true(wakes <= TIMER_WHEEL_LEVELS);
    assert_int_equal(timer_wheel_expire(&b->wheel, end), 0);
    free(b);
}

/* A wheel against an array of deadlines.  What is overdue when armed counts as due then. */
struct model {
    lull_time deadline[CAPACITY];
    lull_time now;
};

static lull_time random_distance(struct prng *p)
{
    const unsigned bits = prng_below(p, 58);
    const uint64_t distance = prng_next(p) & ((UINT64_C(1) << bits) - 1);
    return prng_chance(p, 1, 10) ? -(lull_time)distance : (lull_time)distance;
}

static lull_time earliest_in(const struct model *m)
{
    lull_time earliest = LULL_TIME_NEVER;
    for (uint32_t i = 0; i < CAPACITY; i++)
        earliest = time_earlier(earliest, m->deadline[i]);
    return earliest;
}

/* Everything due comes out, in order, except that what was overdue is in any order. */
static void expire_both(struct block *b, struct model *m)
{
    lull_time last = INT64_MIN;
    for (;;) {
        const uint32_t index = timer_wheel_expire(&b->wheel, m->now);
        if (index == TIMER_NONE)
            break;
        assert_true(m->deadline[index] <= m->now);
        assert_true(m->deadline[index] >= last);
        last = m->deadline[index];
        m->deadline[index] = LULL_TIME_NEVER;
    }
    assert_true(earliest_in(m) > m->now);
}

/* Overdue deadlines are clamped before arming, so that order is well defined for the model;
 * one test above arms true past ones. */
static void arm_both(struct block *b, struct model *m, struct prng *p)
{
    const uint32_t index = prng_below(p, CAPACITY);
    lull_time deadline = m->now + random_distance(p);
    if (deadline < m->now)
        deadline = m->now;
    timer_wheel_arm(&b->wheel, index, deadline);
    m->deadline[index] = deadline;
}

static void one_step(struct block *b, struct model *m, struct prng *p)
{
    const uint32_t verb = prng_below(p, 20);
    if (verb < 11) {
        arm_both(b, m, p);
    } else if (verb < 14) {
        const uint32_t index = prng_below(p, CAPACITY);
        timer_wheel_cancel(&b->wheel, index);
        m->deadline[index] = LULL_TIME_NEVER;
    } else if (verb < 17) {
        const lull_time jump = random_distance(p) / 16;
        m->now += jump < 0 ? -jump : jump;
        expire_both(b, m);
    } else if (earliest_in(m) != LULL_TIME_NEVER) {
        const lull_time next = timer_wheel_next(&b->wheel);
        assert_true(next <= earliest_in(m));
        m->now = next > m->now ? next : m->now;
        expire_both(b, m);
    }
}

static void follow_the_model(uint64_t seed)
{
    struct prng p;
    prng_seed(&p, seed);
    struct model m = {.now = random_distance(&p)};
    for (uint32_t i = 0; i < CAPACITY; i++)
        m.deadline[i] = LULL_TIME_NEVER;
    struct block *b = wheel_at(m.now);
    for (int step = 0; step < 150; step++) {
        one_step(b, &m, &p);
        const lull_time next = timer_wheel_next(&b->wheel), earliest = earliest_in(&m);
        assert_true(next <= earliest);
        assert_int_equal(next == LULL_TIME_NEVER, earliest == LULL_TIME_NEVER);
        if (earliest > m.now)
            assert_true(next > m.now);
        for (uint32_t i = 0; i < CAPACITY; i++)
            assert_true(timer_wheel_deadline(&b->wheel, i) == m.deadline[i]);
    }
    m.now = LULL_TIME_NEVER - 1;
    expire_both(b, &m);
    assert_true(timer_wheel_next(&b->wheel) == LULL_TIME_NEVER);
    free(b);
}

static void a_wheel_does_as_a_list_of_deadlines_would(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++)
        follow_the_model(seed);
}

RUN(cmocka_unit_test(a_new_wheel_is_idle),
    cmocka_unit_test(a_timer_expires_at_its_deadline_and_not_before),
    cmocka_unit_test(timers_come_in_order_of_deadline_in_one_jump),
    cmocka_unit_test(equal_deadlines_come_in_order_of_arming),
    cmocka_unit_test(a_deadline_in_the_past_is_due_at_once),
    cmocka_unit_test(arming_again_replaces_the_deadline),
    cmocka_unit_test(a_cancelled_timer_never_expires),
    cmocka_unit_test(the_next_deadline_is_reached_in_few_wakes),
    cmocka_unit_test(the_next_deadline_of_a_few_is_exact),
    cmocka_unit_test(memory_of_timers_never_armed_is_never_touched),
    cmocka_unit_test(indices_beyond_the_capacity_are_refused),
    cmocka_unit_test(a_wheel_works_on_where_its_block_is_copied_to),
    cmocka_unit_test(a_long_silence_costs_no_more_than_a_short_one),
    cmocka_unit_test(a_wheel_does_as_a_list_of_deadlines_would))
