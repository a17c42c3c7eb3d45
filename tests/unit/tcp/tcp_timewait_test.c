/* Records and their clock: groups TT and RL, and FIN-WAIT-2 records. */
#include "timewait_dsl.h"

static struct tcp_segment same_fin(void)
{
    return SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200});
}

static struct tcp_segment stray_text(void)
{
    return SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5);
}

/* A record of a connection whose round trip was @srtt_us. */
static uint32_t enter_slow(uint32_t srtt_us)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    c.rtt.srtt_us = srtt_us;
    dsl_settings.rto_max = LULL_SEC(120);
    return enter_as(&c);
}

/* [REQ TT-01] [REQ 9293/MUST-13] */
TEST(a_record_waits_two_msl_not_a_nanosecond_less)
{
    uint32_t r = TIME_WAITING();
    assert_int_equal(left(r), LULL_SEC(60));
    assert_int_equal(tcp_record_next(&tw.table, env.now), env.now + LULL_SEC(60));
    dsl_later(LULL_SEC(60) - 1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), TCP_RECORD_NONE);
    dsl_later(1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), r); /* [REQ TT-07] */
}

TEST(between_two_milliseconds_a_record_waits_until_the_next)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    dsl_later(1);
    uint32_t r = enter_as(&c);
    assert_int_equal(left(r), LULL_SEC(60) + LULL_MS(1) - 1);
    dsl_later(LULL_SEC(60) + LULL_MS(1) - 2);
    assert_int_equal(tcp_record_due(&tw.table, env.now), TCP_RECORD_NONE);
    dsl_later(1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), r);
}

/* Two MSL count from the ACK, not from the transition.  [REQ TT-01] */
TEST(the_wait_begins_when_the_ack_leaves)
{
    uint32_t r = TIME_WAITING();
    dsl_later(LULL_MS(30));
    acknowledges(r);
    assert_int_equal(left(r), LULL_SEC(60));
    dsl_later(LULL_SEC(60) - 1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), TCP_RECORD_NONE);
}

/* [REQ TT-01] [REQ TT-08] */
TEST(time_goes_on_when_its_milliseconds_wrap)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    env.now = LULL_MS(4294967296) - LULL_SEC(70); /* the first expires before, the second after */
    uint32_t first = enter_as(&c);
    dsl_later(LULL_SEC(39));
    uint32_t second = enter_as(&c);
    assert_int_equal(left(first), LULL_SEC(21));
    assert_int_equal(left(second), LULL_SEC(60));
    assert_int_equal(tcp_record_oldest(&tw.table), first);
    dsl_later(LULL_SEC(21) - 1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), TCP_RECORD_NONE);
    dsl_later(1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), first);
    tcp_record_remove(&tw.table, first);
    assert_int_equal(tcp_record_next(&tw.table, env.now), env.now + LULL_SEC(39));
}

/* [REQ TT-02] */
TEST(a_very_slow_connection_waits_for_two_retransmissions)
{
    TIME_WAITING();
    uint32_t slow = enter_slow(20000000); /* 3.5 * 20.001 s */
    assert_int_equal(left(slow), LULL_MS(70004));
    assert_int_equal(tcp_record_at(&tw.table, slow)->queue, TCP_RECORD_QUEUE_SORTED);
    uint32_t fast = enter_slow(17000000); /* 3.5 * 17.001 s is below 60 s */
    assert_int_equal(left(fast), LULL_SEC(60));
}

TEST(a_round_trip_that_was_never_measured_does_not_count)
{
    TIME_WAITING();
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    dsl_settings.rto_initial = LULL_SEC(100); /* GIVEN would have put it back */
    assert_int_equal(left(enter_as(&c)), LULL_SEC(60));
}

TEST(slow_records_expire_in_their_own_order)
{
    tcp_record_remove(&tw.table, TIME_WAITING());
    uint32_t slowest = enter_slow(30000000), slow = enter_slow(20000000);
    uint32_t slower = enter_slow(25000000);
    const uint32_t order[] = {slow, slower, slowest};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        assert_int_equal(tcp_record_oldest(&tw.table), order[i]);
        tcp_record_remove(&tw.table, order[i]);
    }
    assert_int_equal(tcp_record_oldest(&tw.table), TCP_RECORD_NONE);
}

/* A restart never shortens what a slow connection was given. */
TEST(an_ack_does_not_shorten_the_wait_of_a_slow_record)
{
    TIME_WAITING();
    uint32_t r = enter_slow(20000000);
    dsl_later(LULL_SEC(5));
    acknowledges(r);
    assert_int_equal(left(r), LULL_MS(65004));
    dsl_later(LULL_SEC(10));
    acknowledges(r);
    assert_int_equal(left(r), LULL_SEC(60));
}

TEST(a_restarted_record_goes_to_the_end)
{
    uint32_t first = TIME_WAITING();
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    dsl_later(LULL_SEC(1));
    uint32_t second = enter_as(&c);
    dsl_later(LULL_SEC(1));
    uint32_t third = enter_as(&c);
    dsl_later(LULL_SEC(1));
    acknowledges(second);
    const uint32_t order[] = {first, third, second};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        assert_int_equal(tcp_record_oldest(&tw.table), order[i]);
        tcp_record_remove(&tw.table, order[i]);
    }
}

/* A record that is asked something every second, for @seconds. */
static uint32_t kept_for(int seconds)
{
    uint32_t r = TIME_WAITING();
    for (int second = 1; second <= seconds; second++) {
        dsl_later(LULL_SEC(1));
        assert_int_equal(arrives(r, same_fin()), TCP_TIMEWAIT_ACK);
        acknowledges(r);
    }
    return r;
}

/* tw.max_extend: eight lives of 60 s.  [REQ TT-06] */
TEST(a_worn_out_record_answers_the_fin_and_nobody_else)
{
    uint32_t r = kept_for(479);
    dsl_later(LULL_SEC(1));
    assert_int_equal(arrives(r, stray_text()), TCP_TIMEWAIT_ACK);
    dsl_later(1);
    assert_int_equal(arrives(r, stray_text()), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, same_fin()), TCP_TIMEWAIT_ACK);
    acknowledges(r);
    assert_int_equal(left(r), LULL_SEC(60) + LULL_MS(1) - 1);
}

TEST(without_a_bound_a_record_never_wears_out)
{
    uint32_t r = kept_for(600);
    past_the_limit();
    assert_int_equal(arrives(r, stray_text()), TCP_TIMEWAIT_DROP);
    dsl_settings.knobs.value[LULL_KNOB_tw_max_extend] = 0;
    assert_int_equal(arrives(r, stray_text()), TCP_TIMEWAIT_ACK);
}

/* [REQ TT-06] */
TEST(an_ancient_record_is_worn_out_and_answers_the_fin)
{
    uint32_t r = kept_for(97200);
    assert_true(tcp_record_at(&tw.table, r)->ancient);
    past_the_limit();
    assert_int_equal(arrives(r, stray_text()), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, same_fin()), TCP_TIMEWAIT_ACK);
}

/* The first ACK is a part of entering. */
TEST(restarts_are_counted_up_to_what_the_record_can_hold)
{
    uint32_t r = TIME_WAITING();
    acknowledges(r);
    assert_int_equal(tcp_record_at(&tw.table, r)->restarts, 0);
    assert_int_equal(COUNTED(TWRestarted), 0);
    for (int i = 1; i <= 40; i++) {
        dsl_later(LULL_SEC(1));
        arrives(r, same_fin());
        acknowledges(r);
        assert_int_equal(tcp_record_at(&tw.table, r)->restarts, i < 31 ? i : 31);
        assert_int_equal(COUNTED(TWRestarted), i);
    }
}

/* RFC 9293 allows FIN-WAIT-2 to last; an orphan's lasts fw2.orphan_ms.  [REQ RL-04] */
TEST(an_orphan_waits_for_the_fin_only_so_long)
{
    uint32_t r = FIN_WAITING();
    assert_int_equal(left(r), LULL_SEC(40));
    dsl_later(LULL_SEC(40) - 1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), TCP_RECORD_NONE);
    dsl_later(1);
    assert_int_equal(tcp_record_due(&tw.table, env.now), r);
}

/* The peer of a half-closed connection may probe it for as long as the orphan waits: it extends
 * nothing.  [REQ RL-04] [REQ TT-06] */
TEST(in_fin_wait_2_nobody_asks_for_too_many_answers)
{
    uint32_t r = FIN_WAITING();
    dsl_later(LULL_SEC(481)); /* eight lives of 60 s and more */
    lull_time expiry = tcp_record_expiry(&tw.table, r, env.now);
    assert_int_equal(arrives(r, SEGMENT(TCP_ACK, .seq = {500}, .ack = {200})), TCP_TIMEWAIT_ACK);
    acknowledges(r);
    assert_int_equal(tcp_record_expiry(&tw.table, r, env.now), expiry);
}

/* [REQ CH-04] */
TEST(the_fin_makes_a_record_of_time_wait)
{
    uint32_t r = FIN_WAITING();
    dsl_later(LULL_SEC(39));
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {200})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(COUNTED(TW), 1);
    assert_int_equal(left(r), LULL_SEC(60)); /* even if the ACK cannot be sent now */
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_PLAIN);
    struct tcp_segment ack = acknowledges(r);
    assert_int_equal(ack.seq.raw, 200);
    assert_int_equal(ack.ack.raw, 502);
    assert_int_equal(left(r), LULL_SEC(60));
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {200})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(arrives(r, SEGMENT(TCP_RST, .seq = {502})), TCP_TIMEWAIT_JUDGE_RESET);
}

TEST(a_fin_with_old_text_ends_fin_wait_2_too)
{
    uint32_t r = FIN_WAITING();
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {491}, .ack = {200}, .len = 10)),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(acknowledges(r).ack.raw, 502);
}

/* [REQ CH-16] */
TEST(new_text_for_a_fin_wait_2_record_resets)
{
    uint32_t r = FIN_WAITING();
    assert_int_equal(arrives(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 1)),
                     TCP_TIMEWAIT_DELETE);
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 200);
    assert_int_equal(COUNTED(TCPAbortOnData), 1);
    r = FIN_WAITING();
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {190}, .len = 1)),
                     TCP_TIMEWAIT_DELETE);
    assert_int_equal(env.reply.seq.raw, 190); /* what the peer takes for exact */
}

TEST(old_text_for_a_fin_wait_2_record_is_answered_within_the_limit)
{
    uint32_t r = FIN_WAITING();
    struct tcp_segment old = SEGMENT(TCP_ACK, .seq = {500}, .ack = {200}, .len = 1);
    assert_int_equal(arrives(r, old), TCP_TIMEWAIT_DROP);
    past_the_limit();
    assert_int_equal(arrives(r, old), TCP_TIMEWAIT_ACK);
    assert_int_equal(acknowledges(r).ack.raw, 501);
    assert_int_equal(left(r), LULL_SEC(40) - LULL_MS(500)); /* its timer does not start again */
    assert_int_equal(arrives(r, old), TCP_TIMEWAIT_DROP);
    past_the_limit();
    assert_int_equal(arrives(r, old), TCP_TIMEWAIT_ACK);
}

/* Second: a FIN-WAIT-2 record obeys an exact reset, like the connection it stands for.
 * [REQ RL-04] */
TEST(an_exact_reset_ends_fin_wait_2)
{
    uint32_t r = FIN_WAITING();
    assert_int_equal(arrives(r, SEGMENT(TCP_RST, .seq = {502})), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, SEGMENT(TCP_RST, .seq = {500})), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, SEGMENT(TCP_RST, .seq = {501})), TCP_TIMEWAIT_DELETE);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* The peer may still be sending: no SYN begins a new incarnation. */
TEST(a_syn_for_a_fin_wait_2_record_is_answered_within_the_limit)
{
    uint32_t r = FIN_WAITING();
    past_the_limit();
    assert_int_equal(arrives(r, SEGMENT(TCP_SYN, .seq = {9000})), TCP_TIMEWAIT_ACK);
}

/* [REQ CH-04] [REQ CH-16] [REQ RL-04] */
TEST(a_fin_wait_2_record_ignores_what_is_in_order)
{
    uint32_t r = FIN_WAITING();
    past_the_limit();
    assert_int_equal(arrives(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200})), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, SEGMENT(0, .seq = {501})), TCP_TIMEWAIT_DROP);
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {502}, .ack = {200})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {201})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(arrives(r, SEGMENT(TCP_ACK, .seq = {502}, .ack = {200})), TCP_TIMEWAIT_ACK);
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_FIN_WAIT_2);
}

/* [REQ RL-01] */
TEST(the_record_with_the_least_time_left_is_evicted)
{
    uint32_t plain = TIME_WAITING();
    uint32_t slow = enter_slow(20000000);
    struct tcp_conn orphan = ended(TCP_FIN_WAIT_2, TCP_ORPHAN);
    dsl_later(LULL_SEC(19)); /* ended() put the clock back; 19 s later its 40 s end at 59 s */
    uint32_t waiting = enter_as(&orphan);
    const uint32_t order[] = {waiting, plain, slow};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        assert_int_equal(tcp_record_oldest(&tw.table), order[i]);
        tcp_record_remove(&tw.table, order[i]);
    }
}

/* [REQ RL-02] */
TEST(a_full_table_says_so)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    TIME_WAITING();
    for (int i = 1; i < RECORDS; i++)
        assert_int_not_equal(enter_as(&c), TCP_RECORD_NONE);
    assert_int_equal(tw.table.used, RECORDS);
    assert_int_equal(enter_as(&c), TCP_RECORD_NONE);
    tcp_record_remove(&tw.table, 2);
    tcp_record_remove(&tw.table, 0);
    assert_int_equal(enter_as(&c), 0);
    assert_int_equal(enter_as(&c), 2);
    assert_int_equal(enter_as(&c), TCP_RECORD_NONE);
}

TEST(a_walk_sees_the_live_records)
{
    uint32_t first = TIME_WAITING();
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    uint32_t second = enter_as(&c), third = enter_as(&c);
    tcp_record_remove(&tw.table, second);
    assert_int_equal(tw.table.high_water, 3);
    assert_int_equal(tw.table.used, 2);
    assert_true(tcp_record_is_live(&tw.table, first));
    assert_false(tcp_record_is_live(&tw.table, second));
    assert_true(tcp_record_is_live(&tw.table, third));
    assert_int_equal(tcp_record_oldest(&tw.table), first);
    tcp_record_remove(&tw.table, first);
    assert_int_equal(tcp_record_oldest(&tw.table), third);
}

/* [REQ RL-03] */
TEST(a_record_is_forty_eight_bytes_and_knows_its_tuple)
{
    uint32_t r = TIME_WAITING();
    struct tuple tuple, mine = dsl_tuple(4000), other = dsl_tuple(4001);
    assert_int_equal(tcp_record_bytes(1), 48);
    tcp_record_tuple(&tw.table, r, &tuple);
    assert_true(tuple_equal(&tuple, &mine));
    assert_true(tcp_record_matches(&tw.table, r, &mine));
    assert_false(tcp_record_matches(&tw.table, r, &other));
}

/* [REQ OB-01] */
TEST(a_record_says_who_closed_first)
{
    assert_int_equal(tcp_record_at(&tw.table, TIME_WAITING())->cause, LULL_CAUSE_CLOSED_FIRST);
    uint32_t r = given_record(TCP_TIME_WAIT, TCP_CLOSED_TOGETHER);
    assert_int_equal(tcp_record_at(&tw.table, r)->cause, LULL_CAUSE_CLOSED_TOGETHER);
}

TEST(a_record_remembers_the_options_of_its_socket)
{
    uint32_t r = given_record(TCP_TIME_WAIT, TCP_REUSE_ADDRESS);
    assert_true(tcp_record_at(&tw.table, r)->reuse_address);
    assert_false(tcp_record_at(&tw.table, r)->reuse_port);
    r = given_record(TCP_TIME_WAIT, TCP_REUSE_PORT);
    assert_false(tcp_record_at(&tw.table, r)->reuse_address);
    assert_true(tcp_record_at(&tw.table, r)->reuse_port);
}

TEST(the_reuse_decision_gets_what_the_record_knows)
{
    struct tcp_reuse_old old = tcp_timewait_old(&tw.table, TIME_WAITING_STAMPED());
    assert_int_equal(old.rcv_nxt.raw, 501);
    assert_int_equal(old.ts_recent, 1000);
    assert_true(old.timestamps);
    assert_false(tcp_timewait_old(&tw.table, TIME_WAITING()).timestamps);
}

/* RFC 9293 MAY-2 condition 1.  [REQ IR-08] [REQ IR-09] [REQ 9293/MAY-2] */
TEST(the_next_incarnation_begins_above_everything_the_record_said)
{
    uint32_t r = TIME_WAITING_STAMPED();
    struct tcp_conn_plan plan = {.tuple = dsl_tuple(4000)};
    dsl_later(LULL_SEC(1));
    uint32_t said = acknowledges(r).options.ts_value;
    dsl_later(LULL_SEC(9));
    assert_true(tcp_timewait_floor(&env, &tw.table, r, &plan));
    assert_true(plan.floor);
    assert_int_equal(plan.iss_above.raw, 200);
    assert_int_equal(plan.ts_above, said);
    assert_in_range(plan.iss_ticks, 10000000, 10125000); /* of a microsecond, of ten seconds */
    const uint32_t ticks = plan.iss_ticks;
    dsl_later(LULL_US(5));
    assert_true(tcp_timewait_floor(&env, &tw.table, r, &plan));
    assert_int_equal(plan.iss_ticks, ticks + 5);
    dsl_later(LULL_SEC(600));
    assert_true(tcp_timewait_floor(&env, &tw.table, r, &plan));
    assert_int_equal(plan.iss_ticks, 0); /* too many to be above */
}

TEST(a_stamp_cannot_be_promised_above_a_clock_that_runs_far_ahead)
{
    TIME_WAITING();
    for (uint32_t ahead = 13; ahead <= 15; ahead++) {
        struct tcp_conn c = ended(TCP_TIME_WAIT, TCP_TIMESTAMPS);
        struct tcp_conn_plan plan = {.tuple = c.tuple};
        c.ts.offset += ahead;
        uint32_t r = enter_as(&c);
        assert_int_equal(tcp_timewait_floor(&env, &tw.table, r, &plan), ahead < 15);
        tcp_record_remove(&tw.table, r);
    }
}

static unsigned waiting_in(enum tcp_record_queue queue)
{
    return tw.table.queues[queue].count;
}

TEST(each_queue_knows_how_many_wait)
{
    uint32_t r = FIN_WAITING();
    enter_slow(20000000);
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_FIN_WAIT_2), 1);
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_SORTED), 1);
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_PLAIN), 0);
    arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {200}));
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_FIN_WAIT_2), 0);
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_PLAIN), 1);
    assert_int_equal(tw.table.queues[TCP_RECORD_QUEUE_FIN_WAIT_2].first, TCP_RECORD_NONE);
    tcp_record_remove(&tw.table, r);
    assert_int_equal(waiting_in(TCP_RECORD_QUEUE_PLAIN), 0);
}

TEST(a_record_taken_from_the_end_leaves_the_one_before_it_last)
{
    uint32_t first = TIME_WAITING();
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    uint32_t second = enter_as(&c), third = enter_as(&c);
    tcp_record_remove(&tw.table, third);
    tcp_record_remove(&tw.table, first);
    third = enter_as(&c);
    assert_int_equal(tcp_record_oldest(&tw.table), second);
    tcp_record_remove(&tw.table, second);
    assert_int_equal(tcp_record_oldest(&tw.table), third);
    assert_int_equal(tw.table.queues[TCP_RECORD_QUEUE_PLAIN].last, third);
}

TEST(the_fin_brings_a_new_age_and_the_newest_stamp)
{
    uint32_t r = given_record(TCP_FIN_WAIT_2, TCP_ORPHAN | TCP_TIMESTAMPS);
    dsl_later(LULL_SEC(3));
    acknowledges(r);
    assert_int_equal(env.now - tcp_record_entered(&tw.table, r, env.now), LULL_SEC(3));
    arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {200}, TS(1009, 0)));
    assert_int_equal(tcp_record_entered(&tw.table, r, env.now), env.now);
    assert_int_equal(tcp_record_at(&tw.table, r)->kind, TCP_RECORD_TIME_WAIT);
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_ENTERED);
    assert_int_equal(tcp_timewait_old(&tw.table, r).ts_recent, 1009);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_waits_two_msl_not_a_nanosecond_less),
        cmocka_unit_test(between_two_milliseconds_a_record_waits_until_the_next),
        cmocka_unit_test(the_wait_begins_when_the_ack_leaves),
        cmocka_unit_test(time_goes_on_when_its_milliseconds_wrap),
        cmocka_unit_test(a_very_slow_connection_waits_for_two_retransmissions),
        cmocka_unit_test(a_round_trip_that_was_never_measured_does_not_count),
        cmocka_unit_test(slow_records_expire_in_their_own_order),
        cmocka_unit_test(an_ack_does_not_shorten_the_wait_of_a_slow_record),
        cmocka_unit_test(a_restarted_record_goes_to_the_end),
        cmocka_unit_test(in_fin_wait_2_nobody_asks_for_too_many_answers),
        cmocka_unit_test(a_worn_out_record_answers_the_fin_and_nobody_else),
        cmocka_unit_test(without_a_bound_a_record_never_wears_out),
        cmocka_unit_test(an_ancient_record_is_worn_out_and_answers_the_fin),
        cmocka_unit_test(restarts_are_counted_up_to_what_the_record_can_hold),
        cmocka_unit_test(a_record_says_who_closed_first),
        cmocka_unit_test(a_record_remembers_the_options_of_its_socket),
        cmocka_unit_test(an_orphan_waits_for_the_fin_only_so_long),
        cmocka_unit_test(the_fin_makes_a_record_of_time_wait),
        cmocka_unit_test(a_fin_with_old_text_ends_fin_wait_2_too),
        cmocka_unit_test(new_text_for_a_fin_wait_2_record_resets),
        cmocka_unit_test(old_text_for_a_fin_wait_2_record_is_answered_within_the_limit),
        cmocka_unit_test(an_exact_reset_ends_fin_wait_2),
        cmocka_unit_test(a_syn_for_a_fin_wait_2_record_is_answered_within_the_limit),
        cmocka_unit_test(a_fin_wait_2_record_ignores_what_is_in_order),
        cmocka_unit_test(the_record_with_the_least_time_left_is_evicted),
        cmocka_unit_test(a_full_table_says_so),
        cmocka_unit_test(a_walk_sees_the_live_records),
        cmocka_unit_test(a_record_is_forty_eight_bytes_and_knows_its_tuple),
        cmocka_unit_test(the_reuse_decision_gets_what_the_record_knows),
        cmocka_unit_test(the_next_incarnation_begins_above_everything_the_record_said),
        cmocka_unit_test(a_stamp_cannot_be_promised_above_a_clock_that_runs_far_ahead),
        cmocka_unit_test(each_queue_knows_how_many_wait),
        cmocka_unit_test(a_record_taken_from_the_end_leaves_the_one_before_it_last),
        cmocka_unit_test(the_fin_brings_a_new_age_and_the_newest_stamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
