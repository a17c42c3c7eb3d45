/* Initial sequence numbers (RFC 6528). */
#include "tcp/tcp_isn.h"
#include "tcp/tcp_timestamp.h"
#include "tcp_dsl.h"

/* The settings of every test: the key {1, 2} and a microsecond for a tick. */
static const struct tcp_settings *given(uint64_t second_word)
{
    dsl_begin();
    dsl_settings.isn_key = (struct siphash_key){{1, second_word}};
    return &dsl_settings;
}

/* Section 3: ISN = M + F.  [REQ 6528/3] [REQ 9293/MUST-8] [REQ 9293/SHLD-1] */
TEST(one_tuple_rises_by_one_each_microsecond)
{
    struct tuple t = dsl_tuple(4000);
    const struct tcp_settings *key = given(2);
    uint32_t first = tcp_isn_choose(key, &t, LULL_SEC(5)).raw;
    assert_int_equal(tcp_isn_choose(key, &t, LULL_SEC(5)).raw, first);
    assert_int_equal(tcp_isn_choose(key, &t, LULL_SEC(5) + LULL_US(1) - 1).raw, first);
    assert_int_equal(tcp_isn_choose(key, &t, LULL_SEC(5) + LULL_US(1)).raw, first + 1);
    assert_int_equal(tcp_isn_choose(key, &t, LULL_SEC(6)).raw, first + 1000000);
    assert_int_equal(tcp_isn_choose(key, &t, LULL_SEC(5) + LULL_US(4294967296)).raw, first);
}

/* MUST-9: nobody without the key can tell.  [REQ 9293/MUST-9] */
TEST(every_tuple_and_key_has_a_line_of_its_own)
{
    struct tuple a = dsl_tuple(4000), b = dsl_tuple(4001);
    uint32_t line = tcp_isn_choose(given(2), &a, 0).raw;
    assert_int_not_equal(tcp_isn_choose(given(2), &b, 0).raw, line);
    assert_int_not_equal(tcp_isn_choose(given(3), &a, 0).raw, line);
}

/* RFC 9293 MAY-2, condition 1.  [REQ IR-08] */
TEST(a_number_above_the_old_ones_is_kept)
{
    struct tuple t = dsl_tuple(4000);
    const struct tcp_settings *key = given(2);
    assert_int_equal(tcp_isn_above(key, &t, seq_at(101), seq_at(100)).raw, 101);
    assert_int_equal(tcp_isn_above(key, &t, seq_at(5), seq_at(0xfffffff0u)).raw, 5);
    assert_int_equal(tcp_isn_above(key, &t, seq_at(100 + 0x7fffffffu), seq_at(100)).raw,
                     100 + 0x7fffffffu);
}

TEST(a_number_not_above_the_old_ones_is_replaced_by_one_that_is)
{
    struct tuple t = dsl_tuple(4000);
    const uint32_t not_above[] = {100, 99, 100 + 0x80000000u};
    for (size_t i = 0; i < COUNT_OF(not_above); i++) {
        uint32_t ahead = tcp_isn_above(given(2), &t, seq_at(not_above[i]), seq_at(100)).raw - 100;
        assert_in_range(ahead, 65537, 65537 + 65535);
    }
}

TEST(the_tick_and_the_distance_are_knobs)
{
    struct tuple t = dsl_tuple(4000);
    const struct tcp_settings *key = given(2);
    uint32_t above = tcp_isn_above(key, &t, seq_at(99), seq_at(100)).raw;
    dsl_settings.knobs.value[LULL_KNOB_isn_reuse_bump] = 65540;
    assert_int_equal(tcp_isn_above(key, &t, seq_at(99), seq_at(100)).raw, above + 3);
    dsl_settings.knobs.value[LULL_KNOB_isn_tick_ns] = 64;
    uint32_t first = tcp_isn_choose(key, &t, 6400).raw;
    assert_int_equal(tcp_isn_choose(key, &t, 6463).raw, first);
    assert_int_equal(tcp_isn_choose(key, &t, 6464).raw, first + 1);
}

/* Past any window that is not scaled, and how far past cannot be told.  [REQ 9293/MUST-9] */
TEST(the_distance_to_the_old_numbers_is_secret_and_has_a_least_value)
{
    const struct tcp_settings *key = given(2);
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < 4 * 65536; i++) {
        struct tuple t = dsl_tuple((uint16_t)i);
        t.remote_port = (uint16_t)(80 + i / 65536);
        uint32_t ahead = tcp_isn_above(key, &t, seq_at(0), seq_at(0)).raw;
        least = ahead < least ? ahead : least;
        most = ahead > most ? ahead : most;
    }
    assert_int_equal(least, 65537);
    assert_int_equal(most, 65537 + 65535);
}

TEST(a_new_incarnation_begins_above_the_old_one)
{
    struct tcp_conn c = {0};
    dsl_begin();
    struct tcp_conn_plan plan = {.tuple = dsl_tuple(4000),
                                 .send_buffer = 1000,
                                 .receive_buffer = 1000,
                                 .mss_local = 1000,
                                 .features = LULL_FEATURE_TIMESTAMPS};
    tcp_conn_init(&env, &c, &plan);
    uint32_t natural = c.snd.iss.raw, clock = tcp_timestamp_value(c.ts.offset, env.now);
    plan.floor = true;
    plan.iss_above = seq_at(natural + 5000);
    plan.ts_above = clock + 3;
    c = (struct tcp_conn){0};
    tcp_conn_init(&env, &c, &plan);
    assert_true(seq_lt(plan.iss_above, c.snd.iss));
    const uint32_t first = c.snd.iss.raw;
    plan.iss_ticks = 7;
    c = (struct tcp_conn){0};
    tcp_conn_init(&env, &c, &plan);
    assert_int_equal(c.snd.iss.raw, first + 7); /* a later attempt over the same record */
    assert_int_equal(tcp_timestamp_value(c.ts.offset, env.now), clock + 4); /* [REQ IR-09] */
    plan.iss_above = seq_at(natural - 1);
    plan.ts_above = clock - 1;
    c = (struct tcp_conn){0};
    tcp_conn_init(&env, &c, &plan);
    assert_int_equal(c.snd.iss.raw, natural);
    assert_int_equal(tcp_timestamp_value(c.ts.offset, env.now), clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_tuple_rises_by_one_each_microsecond),
        cmocka_unit_test(every_tuple_and_key_has_a_line_of_its_own),
        cmocka_unit_test(a_number_above_the_old_ones_is_kept),
        cmocka_unit_test(a_number_not_above_the_old_ones_is_replaced_by_one_that_is),
        cmocka_unit_test(the_tick_and_the_distance_are_knobs),
        cmocka_unit_test(the_distance_to_the_old_numbers_is_secret_and_has_a_least_value),
        cmocka_unit_test(a_new_incarnation_begins_above_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
