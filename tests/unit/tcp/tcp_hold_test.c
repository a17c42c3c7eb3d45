/* Tuples on HOLD.  [REQ CH-17] */
#include "timewait_dsl.h"

static uint32_t held(enum lull_record_cause cause)
{
    struct tcp_hold_facts facts = {.snd_nxt = seq_at(200),
                                   .rcv_nxt = seq_at(1501),
                                   .ts_recent = 1000,
                                   .ts_ahead = 3,
                                   .cause = cause,
                                   .timestamps = true};
    dsl_begin();
    facts.tuple = dsl_tuple(4000);
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    return tcp_hold_enter(&env, &tw.table, &facts);
}

static enum tcp_timewait_answer meets(uint32_t r, struct tcp_segment seg)
{
    env.reply = (struct tcp_reply){0};
    return tcp_hold_arrive(&env, &tw.table, r, &seg);
}

TEST(a_tuple_is_held_for_two_msl)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    assert_int_equal(left(r), LULL_SEC(60));
    assert_int_equal(tcp_record_at(&tw.table, r)->kind, TCP_RECORD_HOLD);
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_PLAIN);
    assert_true(tcp_record_at(&tw.table, r)->timestamps);
    assert_false(tcp_hold_is_of_stranger(&tw.table, r));
}

TEST(each_reset_holds_it_as_long_again)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    dsl_later(LULL_SEC(20));
    tcp_hold_extend(&env, &tw.table, r);
    assert_int_equal(left(r), LULL_SEC(60));
    assert_int_equal(tcp_record_sent(&tw.table, r, env.now), env.now);
}

TEST(what_waits_longer_is_not_shortened)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    dsl_settings.knobs.value[LULL_KNOB_tw_msl_ms] = 10000;
    tcp_hold_extend(&env, &tw.table, r);
    assert_int_equal(left(r), LULL_SEC(60));
}

TEST(everything_but_a_syn_is_reset)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    assert_int_equal(meets(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5)),
                     TCP_TIMEWAIT_DROP);
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 200);
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_RESET_SENT);
    assert_int_equal(tcp_record_at(&tw.table, r)->restarts, 1);
    meets(r, SEGMENT(0, .seq = {501}, .len = 5));
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET_AND_ACK);
    assert_int_equal(env.reply.ack.raw, 506);
    meets(r, SEGMENT(TCP_SYN | TCP_ACK, .seq = {501}, .ack = {77}));
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    assert_int_equal(env.reply.seq.raw, 77);
}

/* Both sides of the largest number there is room for.  [REQ OB-01] */
TEST(its_resets_are_counted_up_to_what_can_be_kept)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    for (unsigned i = 1; i <= TCP_RECORD_RESTARTS_MAX + 2; i++) {
        meets(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5));
        assert_int_equal(tcp_record_at(&tw.table, r)->restarts,
                         i < TCP_RECORD_RESTARTS_MAX ? i : TCP_RECORD_RESTARTS_MAX);
    }
}

TEST(a_reset_is_never_answered)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    struct tcp_record before = *tcp_record_at(&tw.table, r);
    assert_int_equal(meets(r, SEGMENT(TCP_RST | TCP_ACK, .seq = {501}, .ack = {200})),
                     TCP_TIMEWAIT_DROP);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_int_equal(meets(r, SEGMENT(TCP_SYN | TCP_RST, .seq = {501})), TCP_TIMEWAIT_DROP);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_memory_equal(&before, tcp_record_at(&tw.table, r), sizeof before);
}

TEST(a_syn_is_judged_and_one_with_a_fin_dropped)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    assert_int_equal(meets(r, SEGMENT(TCP_SYN, .seq = {9000})), TCP_TIMEWAIT_JUDGE_SYN);
    assert_int_equal(meets(r, SEGMENT(TCP_SYN | TCP_FIN, .seq = {9000})), TCP_TIMEWAIT_DROP);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* The peer may have filled its window, and our clock may have run ahead. */
TEST(a_hold_remembers_the_connection)
{
    struct tcp_conn c = GIVEN(.state = TCP_ESTABLISHED, .facts = TCP_TIMESTAMPS);
    c.ts.offset = tcp_timestamp_offset(&dsl_settings.timestamp_key, &c.tuple) + 4;
    c.ts.recent = 1000;
    struct tcp_hold_facts f = tcp_hold_of_conn(&env, &c);
    assert_int_equal(f.snd_nxt.raw, 200);
    assert_int_equal(f.rcv_nxt.raw, 1500);
    assert_int_equal(f.ts_recent, 1000);
    assert_int_equal(f.ts_ahead, 4);
    c.rcv.wnd = 1; /* the octet that probes a window that is shut */
    assert_int_equal(tcp_hold_of_conn(&env, &c).rcv_nxt.raw, 501);
    c.rcv.wnd = 0;
    assert_int_equal(tcp_hold_of_conn(&env, &c).rcv_nxt.raw, 501);
    assert_int_equal(f.cause, LULL_CAUSE_ABORTED);
    assert_true(f.timestamps);
    c.cause = LULL_CAUSE_LATE_TEXT;
    assert_int_equal(tcp_hold_of_conn(&env, &c).cause, LULL_CAUSE_LATE_TEXT);
}

/* Anybody may have sent the SYN: what it said is hearsay.  [REQ RL-09] */
TEST(a_handshake_that_was_not_completed_is_a_strangers)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_RECEIVED, .facts = TCP_PASSIVE_OPEN);
    c.facts &= ~(uint32_t)TCP_SYN_ACKED;
    assert_int_equal(tcp_hold_of_conn(&env, &c).cause, LULL_CAUSE_STRANGER);
    c.facts |= TCP_SYN_ACKED;
    assert_int_equal(tcp_hold_of_conn(&env, &c).cause, LULL_CAUSE_ABORTED);
}

TEST(a_half_open_peers_hold_is_hearsay_but_none_of_a_stranger)
{
    uint32_t r = held(LULL_CAUSE_HALF_OPEN);
    assert_true(tcp_hold_is_hearsay(&tw.table, r));
    assert_false(tcp_hold_is_of_stranger(&tw.table, r));
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_PLAIN);
    assert_true(tcp_hold_is_hearsay(&tw.table, held(LULL_CAUSE_STRANGER)));
    assert_false(tcp_hold_is_hearsay(&tw.table, held(LULL_CAUSE_ABORTED)));
    assert_false(tcp_hold_is_hearsay(&tw.table, held(LULL_CAUSE_LATE_TEXT)));
}

/* Extended for as long as tw.max_extend allows, it answers once more and then no longer.
 * [REQ TT-06] */
TEST(a_hold_wears_out)
{
    uint32_t r = held(LULL_CAUSE_ABORTED);
    dsl_settings.knobs.value[LULL_KNOB_tw_max_extend] = 1;
    dsl_later(LULL_SEC(60));
    meets(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5));
    assert_int_equal(env.reply.kind, TCP_REPLY_RESET);
    dsl_later(LULL_MS(250)); /* entry is known to an eighth of a second */
    assert_int_equal(meets(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5)),
                     TCP_TIMEWAIT_DROP);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
    assert_int_equal(tcp_record_at(&tw.table, r)->restarts, 1);
    assert_int_equal(meets(r, SEGMENT(TCP_SYN, .seq = {9000})), TCP_TIMEWAIT_JUDGE_SYN);
}

/* [REQ CH-16] */
TEST(a_hold_remembers_the_record)
{
    struct tcp_conn c = ended(TCP_FIN_WAIT_2, TCP_ORPHAN | TCP_TIMESTAMPS);
    c.rcv_scale = 2;
    c.rcv.wnd = 400;
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    struct tcp_hold_facts f = tcp_hold_of_record(&tw.table, enter_as(&c));
    assert_int_equal(f.snd_nxt.raw, 200);
    assert_int_equal(f.rcv_nxt.raw, 901);
    assert_int_equal(f.ts_recent, 1000);
    assert_int_equal(f.cause, LULL_CAUSE_LATE_TEXT);
    assert_true(f.timestamps && tuple_equal(&f.tuple, &c.tuple));
}

/* Under a shorter MSL those who wait are set apart; a reset brings a stranger back among his kind,
 * whose number is limited. */
TEST(a_stranger_stays_one_under_another_msl)
{
    uint32_t r = held(LULL_CAUSE_STRANGER);
    tcp_record_change_msl(&tw.table, 30000, 20000);
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_SORTED);
    dsl_settings.knobs.value[LULL_KNOB_tw_msl_ms] = 20000;
    dsl_later(LULL_SEC(50));
    tcp_hold_extend(&env, &tw.table, r);
    assert_int_equal(left(r), LULL_SEC(40));
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_STRANGERS);
}

/* [REQ RL-10] */
TEST(strangers_wait_among_themselves)
{
    const struct tuple t = dsl_tuple(4000);
    const struct tcp_segment seg =
        SEGMENT(TCP_ACK, .seq = {700}, .ack = {300}, .len = 10, TS(77, 0));
    struct tcp_hold_facts f = tcp_hold_of_stranger(&t, &seg);
    assert_int_equal(f.snd_nxt.raw, 300);
    assert_int_equal(f.rcv_nxt.raw, 710);
    assert_int_equal(f.ts_recent, 77);
    assert_true(f.timestamps);
    uint32_t r = held(LULL_CAUSE_STRANGER);
    assert_true(tcp_hold_is_of_stranger(&tw.table, r));
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_STRANGERS);
    dsl_later(LULL_SEC(1));
    tcp_hold_extend(&env, &tw.table, r);
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_STRANGERS);
    assert_int_equal(left(r), LULL_SEC(60));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tuple_is_held_for_two_msl),
        cmocka_unit_test(each_reset_holds_it_as_long_again),
        cmocka_unit_test(what_waits_longer_is_not_shortened),
        cmocka_unit_test(everything_but_a_syn_is_reset),
        cmocka_unit_test(its_resets_are_counted_up_to_what_can_be_kept),
        cmocka_unit_test(a_reset_is_never_answered),
        cmocka_unit_test(a_syn_is_judged_and_one_with_a_fin_dropped),
        cmocka_unit_test(a_hold_remembers_the_connection),
        cmocka_unit_test(a_handshake_that_was_not_completed_is_a_strangers),
        cmocka_unit_test(a_half_open_peers_hold_is_hearsay_but_none_of_a_stranger),
        cmocka_unit_test(a_hold_wears_out),
        cmocka_unit_test(a_hold_remembers_the_record),
        cmocka_unit_test(a_stranger_stays_one_under_another_msl),
        cmocka_unit_test(strangers_wait_among_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
