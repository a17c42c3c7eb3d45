/* The table of records under another MSL, and what a record says about itself. */
#include "base/prng.h"
#include "timewait_dsl.h"

enum { MANY = 300 };

static struct {
    struct tcp_records table;
    alignas(8) struct tcp_record memory[MANY];
} many;

static uint32_t wait_in(enum tcp_record_queue queue, lull_duration wait)
{
    struct tuple t = dsl_tuple(4000);
    uint32_t r = tcp_record_take(&many.table, &t, env.now);
    tcp_record_enqueue(&many.table, r, queue, env.now + wait);
    return r;
}

static void given_many(void)
{
    dsl_begin();
    tcp_record_init(&many.table, many.memory, MANY);
}

static lull_duration left_of(uint32_t r)
{
    return tcp_record_expiry(&many.table, r, env.now) - env.now;
}

/* Every queue in order, its links and count right; all of them as many as are used. */
static void table_is_whole(void)
{
    uint32_t seen = 0;
    for (int q = 0; q < TCP_RECORD_QUEUE_COUNT; q++) {
        uint32_t before = TCP_RECORD_NONE, count = 0;
        for (uint32_t i = many.table.queues[q].first; i != TCP_RECORD_NONE;
             i = tcp_record_at(&many.table, i)->next) {
            const struct tcp_record *r = tcp_record_at(&many.table, i);
            assert_int_equal(r->queue, q);
            assert_int_equal(r->previous, before);
            if (before != TCP_RECORD_NONE)
                assert_true((int32_t)(r->expiry_ms - tcp_record_at(&many.table, before)->expiry_ms)
                            >= 0);
            before = i;
            count++;
        }
        assert_int_equal(many.table.queues[q].last, before);
        assert_int_equal(many.table.queues[q].count, count);
        seen += count;
    }
    assert_int_equal(seen, many.table.used);
}

/* [REQ TT-09] */
TEST(a_shorter_msl_leaves_those_who_wait_their_time)
{
    given_many();
    uint32_t old = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    tcp_record_change_msl(&many.table, 30000, 5000);
    uint32_t new = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(10));
    assert_int_equal(left_of(old), LULL_SEC(60));
    assert_int_equal(left_of(new), LULL_SEC(10));
    assert_int_equal(tcp_record_oldest(&many.table), new);
    table_is_whole();
}

TEST(a_longer_msl_is_given_to_those_who_wait)
{
    given_many();
    uint32_t first = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    uint32_t stranger = wait_in(TCP_RECORD_QUEUE_STRANGERS, LULL_SEC(60));
    uint32_t orphan = wait_in(TCP_RECORD_QUEUE_FIN_WAIT_2, LULL_SEC(60));
    dsl_later(LULL_SEC(10));
    tcp_record_change_msl(&many.table, 30000, 40000);
    assert_int_equal(left_of(first), LULL_SEC(70));
    assert_int_equal(left_of(stranger), LULL_SEC(70));
    assert_int_equal(left_of(orphan), LULL_SEC(50));
    table_is_whole();
}

TEST(a_slow_record_keeps_the_larger_of_both)
{
    given_many();
    uint32_t slow = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(70));
    uint32_t slower = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(90));
    tcp_record_change_msl(&many.table, 30000, 40000); /* 80 s */
    assert_int_equal(left_of(slow), LULL_SEC(80));
    assert_int_equal(left_of(slower), LULL_SEC(90));
    table_is_whole();
}

/* A patience is no multiple of MSL. */
TEST(an_orphan_with_a_patience_of_its_own_keeps_it_under_a_longer_msl)
{
    given_many();
    uint32_t orphan = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(5));
    tcp_record_at(&many.table, orphan)->kind = TCP_RECORD_FIN_WAIT_2;
    tcp_record_change_msl(&many.table, 30000, 40000);
    assert_int_equal(left_of(orphan), LULL_SEC(5));
    table_is_whole();
}

/* Newcomers go to the tail of an empty queue instead of past those who wait longer. */
TEST(orphans_with_more_patience_are_set_apart)
{
    given_many();
    uint32_t patient = wait_in(TCP_RECORD_QUEUE_FIN_WAIT_2, LULL_SEC(600));
    uint32_t slow = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(70));
    tcp_record_shorten_patience(&many.table);
    assert_int_equal(many.table.queues[TCP_RECORD_QUEUE_FIN_WAIT_2].count, 0);
    assert_int_equal(left_of(patient), LULL_SEC(600));
    assert_int_equal(left_of(slow), LULL_SEC(70));
    assert_int_equal(many.table.queues[TCP_RECORD_QUEUE_SORTED].first, slow);
    table_is_whole();
}

/* Peers that seem slow must not make others walk past all of them.  [REQ RL-01] */
TEST(a_newcomer_passes_only_so_many_and_waits_longer_instead)
{
    given_many();
    for (int i = 0; i < 64; i++)
        wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(420));
    uint32_t near = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(61));
    assert_int_equal(left_of(near), LULL_SEC(61));
    assert_int_equal(tcp_record_oldest(&many.table), near);
    wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(420));
    uint32_t far = wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(61));
    assert_int_equal(left_of(far), LULL_SEC(420));
    table_is_whole();
}

TEST(a_wait_is_shortened_only_where_its_place_is_near)
{
    given_many();
    uint32_t r = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    assert_false(tcp_record_shorten(&many.table, r, env.now + LULL_SEC(60)));
    assert_true(tcp_record_shorten(&many.table, r, env.now + LULL_SEC(60) - LULL_MS(1)));
    assert_int_equal(tcp_record_at(&many.table, r)->queue, TCP_RECORD_QUEUE_SORTED);
    for (int i = 0; i < 65; i++)
        wait_in(TCP_RECORD_QUEUE_SORTED, LULL_SEC(420));
    assert_false(tcp_record_shorten(&many.table, r, env.now + LULL_SEC(30)));
    assert_int_equal(left_of(r), LULL_SEC(60) - LULL_MS(1));
    table_is_whole();
}

/* [REQ TT-09] */
TEST(there_and_back_again_is_as_long_as_ever)
{
    given_many();
    uint32_t first = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    dsl_later(LULL_SEC(1));
    tcp_record_change_msl(&many.table, 30000, 1000);
    uint32_t brief = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(2));
    tcp_record_change_msl(&many.table, 1000, 30000);
    assert_int_equal(left_of(first), LULL_SEC(59));
    assert_int_equal(left_of(brief), LULL_SEC(60));
    tcp_record_change_msl(&many.table, 30000, 60000);
    assert_int_equal(left_of(first), LULL_SEC(119));
    assert_int_equal(left_of(brief), LULL_SEC(120));
    table_is_whole();
}

/* Records enter, start again, go; MSL changes now and then: the queues stay in order and no
 * record waits less than twice the MSL it was given. */
TEST(any_sequence_of_changes_leaves_the_table_in_order)
{
    uint32_t msl = 30000;
    struct prng p;
    given_many();
    prng_seed(&p, 7);
    for (int step = 0; step < 20000; step++) {
        uint32_t due;
        dsl_later(LULL_MS((int64_t)prng_below(&p, 200)));
        while ((due = tcp_record_due(&many.table, env.now)) != TCP_RECORD_NONE)
            tcp_record_remove(&many.table, due);
        if (many.table.used < MANY && prng_below(&p, 3) != 0)
            wait_in(prng_below(&p, 4) == 0 ? TCP_RECORD_QUEUE_STRANGERS : TCP_RECORD_QUEUE_PLAIN,
                    LULL_MS(2 * (int64_t)msl));
        if (prng_below(&p, 50) == 0) {
            uint32_t other = 1000 + (uint32_t)prng_below(&p, 60000);
            tcp_record_change_msl(&many.table, msl, other);
            msl = other;
            table_is_whole();
        }
        uint32_t any = (uint32_t)prng_below(&p, MANY);
        if (any < many.table.high_water && tcp_record_is_live(&many.table, any)) {
            if (prng_below(&p, 8) == 0)
                tcp_record_remove(&many.table, any);
            else if (prng_below(&p, 4) == 0)
                tcp_record_requeue(&many.table, any, TCP_RECORD_QUEUE_SORTED,
                                   env.now + LULL_MS((int64_t)prng_below(&p, 100000)));
        }
    }
    table_is_whole();
}

TEST(a_record_knows_when_it_was_entered_and_when_it_last_sent)
{
    given_many();
    uint32_t r = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    lull_time start = env.now;
    dsl_later(LULL_MS(1500));
    tcp_record_note_sent(&many.table, r, env.now);
    dsl_later(LULL_MS(250));
    assert_int_equal(tcp_record_entered(&many.table, r, env.now), start);
    assert_int_equal(tcp_record_sent(&many.table, r, env.now), start + LULL_MS(1500));
    tcp_record_enter_again(&many.table, r, env.now);
    assert_int_equal(tcp_record_entered(&many.table, r, env.now), env.now);
    assert_int_equal(tcp_record_sent(&many.table, r, env.now), env.now);
}

/* Rounded up: a record never seems older than it is, nor sent longer ago. */
TEST(instants_are_rounded_up)
{
    given_many();
    dsl_later(1);
    uint32_t r = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    assert_int_equal(tcp_record_entered(&many.table, r, env.now), env.now - 1 + LULL_MS(125));
    assert_int_equal(tcp_record_sent(&many.table, r, env.now), env.now - 1 + LULL_MS(1));
}

TEST(after_27_hours_entry_is_forgotten)
{
    given_many();
    uint32_t r = wait_in(TCP_RECORD_QUEUE_PLAIN, LULL_SEC(60));
    for (int hour = 1; hour <= 26; hour++) {
        dsl_later(LULL_SEC(3600));
        tcp_record_note_sent(&many.table, r, env.now);
        assert_int_equal(tcp_record_entered(&many.table, r, env.now),
                         env.now - LULL_SEC(3600) * hour);
    }
    dsl_later(LULL_SEC(3600));
    tcp_record_note_sent(&many.table, r, env.now);
    assert_int_equal(tcp_record_entered(&many.table, r, env.now), LULL_TIME_NEVER);
    tcp_record_enter_again(&many.table, r, env.now);
    assert_int_equal(tcp_record_entered(&many.table, r, env.now), env.now);
}

TEST(causes_and_reasons_have_words)
{
    for (int i = 0; i < LULL_CAUSE_COUNT; i++)
        assert_true(strlen(lull_record_cause_text((enum lull_record_cause)i)) > 4);
    for (int i = 0; i < LULL_REASON_COUNT; i++)
        assert_true(strlen(lull_record_reason_text((enum lull_record_reason)i)) > 4);
    assert_string_equal(lull_record_cause_text(LULL_CAUSE_COUNT), "?");
    assert_string_equal(lull_record_reason_text(LULL_REASON_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shorter_msl_leaves_those_who_wait_their_time),
        cmocka_unit_test(a_longer_msl_is_given_to_those_who_wait),
        cmocka_unit_test(a_slow_record_keeps_the_larger_of_both),
        cmocka_unit_test(an_orphan_with_a_patience_of_its_own_keeps_it_under_a_longer_msl),
        cmocka_unit_test(orphans_with_more_patience_are_set_apart),
        cmocka_unit_test(a_newcomer_passes_only_so_many_and_waits_longer_instead),
        cmocka_unit_test(a_wait_is_shortened_only_where_its_place_is_near),
        cmocka_unit_test(there_and_back_again_is_as_long_as_ever),
        cmocka_unit_test(any_sequence_of_changes_leaves_the_table_in_order),
        cmocka_unit_test(a_record_knows_when_it_was_entered_and_when_it_last_sent),
        cmocka_unit_test(instants_are_rounded_up),
        cmocka_unit_test(after_27_hours_entry_is_forgotten),
        cmocka_unit_test(causes_and_reasons_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
