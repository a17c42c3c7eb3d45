/* Segments for a record of TIME-WAIT: group SA in its order, with what each does to the timer.
 * The record entered just now; SND.NXT is 200 and RCV.NXT 501. */
#include "timewait_dsl.h"

/* An answer that is limited: withheld now, given half a second later; [REQ RL-06] */
static void answered_within_the_limit(struct tcp_segment seg, uint32_t facts)
{
    uint32_t r = given_record(TCP_TIME_WAIT, facts);
    dsl_later(LULL_MS(500) - 1);
    lull_duration before = left(r);
    assert_int_equal(arrives(r, seg), TCP_TIMEWAIT_DROP);
    assert_int_equal(COUNTED(TCPACKSkippedTimeWait), 1);
    assert_int_equal(left(r), before);
    dsl_later(1);
    assert_int_equal(arrives(r, seg), TCP_TIMEWAIT_ACK);
    assert_int_equal(COUNTED(TCPTimeWaitOowAcks), 1);
    acknowledges(r);
    assert_int_equal(left(r), LULL_SEC(60)); /* [REQ TT-04] */
    dsl_later(1);
    assert_int_equal(arrives(r, seg), TCP_TIMEWAIT_DROP);
}

/* [REQ TT-05] */
static void dropped_silently(struct tcp_segment seg, uint32_t facts)
{
    uint32_t r = given_record(TCP_TIME_WAIT, facts);
    past_the_limit();
    struct tcp_record before = *tcp_record_at(&tw.table, r);
    assert_int_equal(arrives(r, seg), TCP_TIMEWAIT_DROP);
    assert_memory_equal(&before, tcp_record_at(&tw.table, r), sizeof before);
    assert_int_equal(COUNTED(TCPACKSkippedTimeWait), 0);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* The owner asks for tw.rst, and the default ignores. */
static void ignored(struct tcp_segment seg, uint32_t facts)
{
    uint32_t r = given_record(TCP_TIME_WAIT, facts);
    past_the_limit();
    struct tcp_record before = *tcp_record_at(&tw.table, r);
    assert_int_equal(arrives(r, seg), TCP_TIMEWAIT_JUDGE_RESET);
    assert_int_equal(tcp_timewait_reset(&env, &tw.table, r, &seg, LULL_TW_RST_IGNORE),
                     TCP_TIMEWAIT_DROP);
    assert_memory_equal(&before, tcp_record_at(&tw.table, r), sizeof before);
    assert_int_equal(COUNTED(TWRstIgnored), 1);
    assert_int_equal(env.reply.kind, TCP_REPLY_NONE);
}

/* [REQ SA-02] [REQ RL-08] [REQ 1337/F1] */
TEST(a_reset_is_ignored_whatever_its_number)
{
    const uint32_t anywhere[] = {0, 500, 501, 502, 0x80000000u};
    for (size_t i = 0; i < COUNT_OF(anywhere); i++) {
        ignored(SEGMENT(TCP_RST, .seq = {anywhere[i]}), 0);
        ignored(SEGMENT(TCP_RST | TCP_ACK, .seq = {anywhere[i]}, .ack = {200}), TCP_TIMESTAMPS);
        assert_int_equal(COUNTED(TCPMissingTimestamp), 0);
        ignored(SEGMENT(TCP_RST | TCP_SYN, .seq = {anywhere[i]}), 0);
        ignored(SEGMENT(TCP_RST, .seq = {anywhere[i]}, TS(1, 0)), TCP_TIMESTAMPS);
        assert_int_equal(COUNTED(PAWSTimewait), 0);
    }
}

static enum tcp_timewait_answer reset_by(enum lull_tw_rst rule, uint32_t record, uint32_t seq)
{
    struct tcp_segment seg = SEGMENT(TCP_RST, .seq = {seq});
    return tcp_timewait_reset(&env, &tw.table, record, &seg, rule);
}

/* tw.rst=rfc9293: exact ends the record, in the window is challenged, outside is dropped. */
TEST(a_reset_is_obeyed_when_that_is_asked_for)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, 0);
    c.rcv_scale = 3;
    c.rcv.wnd = 4000;
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    uint32_t r = enter_as(&c);
    past_the_limit();
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 501), TCP_TIMEWAIT_DELETE);
    assert_int_equal(COUNTED(TWRstIgnored), 0);
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 500), TCP_TIMEWAIT_DROP);
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 501 + 4000), TCP_TIMEWAIT_DROP);
    assert_int_equal(COUNTED(TWRstIgnored), 2);
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 501 + 3999), TCP_TIMEWAIT_ACK);
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 502), TCP_TIMEWAIT_ACK);
    acknowledges(r);
    assert_int_equal(reset_by(LULL_TW_RST_RFC9293, r, 502), TCP_TIMEWAIT_DROP); /* [REQ RL-06] */
    assert_int_equal(reset_by(LULL_TW_RST_IGNORE, r, 501), TCP_TIMEWAIT_DROP);
}

/* A record that has just answered a SYN which may not replace it. */
static uint32_t answered_a_syn(void)
{
    uint32_t r = TIME_WAITING();
    past_the_limit();
    assert_int_equal(tcp_timewait_reject(&env, &tw.table, r, LULL_TW_SYN_REJECT_ACK),
                     TCP_TIMEWAIT_ACK);
    acknowledges(r);
    return r;
}

/* tw.rst=solicited: half the wait, for an exact reset soon after our ACK of a SYN. */
TEST(a_solicited_reset_halves_the_wait)
{
    uint32_t r = answered_a_syn();
    dsl_later(LULL_MS(3000));
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 502), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(57));
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 501), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(30));
    assert_int_equal(COUNTED(TWSolicitedResets), 1);
    assert_int_equal(COUNTED(TWRstIgnored), 1);
    assert_int_equal(tcp_record_at(&tw.table, r)->queue, TCP_RECORD_QUEUE_SORTED);
    dsl_later(LULL_SEC(1)); /* it answers one SYN, so only once */
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 501), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(29));
    assert_int_equal(COUNTED(TWSolicitedResets), 1);
}

TEST(a_reset_that_was_not_solicited_is_ignored)
{
    uint32_t r = answered_a_syn();
    dsl_later(LULL_MS(3000) + 1); /* too late */
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 501), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(57) - 1);
    r = TIME_WAITING(); /* it answered a FIN, not a SYN */
    arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}));
    acknowledges(r);
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 501), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(60));
    assert_int_equal(COUNTED(TWSolicitedResets), 0);
    assert_int_equal(COUNTED(TWRstIgnored), 1);
}

TEST(a_solicited_reset_never_lengthens_the_wait)
{
    uint32_t r = answered_a_syn();
    dsl_settings.knobs.value[LULL_KNOB_tw_solicited_ms] = 60000;
    dsl_later(LULL_SEC(40));
    assert_int_equal(reset_by(LULL_TW_RST_SOLICITED, r, 501), TCP_TIMEWAIT_DROP);
    assert_int_equal(left(r), LULL_SEC(20));
}

/* tw.syn_reject */
TEST(a_refused_syn_is_dropped_or_answered_within_the_limit)
{
    uint32_t r = TIME_WAITING();
    assert_int_equal(tcp_timewait_reject(&env, &tw.table, r, LULL_TW_SYN_REJECT_ACK),
                     TCP_TIMEWAIT_DROP);
    past_the_limit();
    assert_int_equal(tcp_timewait_reject(&env, &tw.table, r, LULL_TW_SYN_REJECT_DROP),
                     TCP_TIMEWAIT_DROP);
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_ENTERED);
    assert_int_equal(tcp_timewait_reject(&env, &tw.table, r, LULL_TW_SYN_REJECT_ACK),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_SYN_REJECTED);
}

/* [REQ SA-03] */
TEST(a_syn_with_a_fin_is_dropped)
{
    dropped_silently(SEGMENT(TCP_SYN | TCP_FIN, .seq = {501}), 0);
}

TEST(a_syn_with_a_fin_is_judged_when_that_is_asked_for)
{
    uint32_t r = TIME_WAITING();
    dsl_settings.knobs.value[LULL_KNOB_tw_drop_synfin] = 0;
    assert_int_equal(arrives(r, SEGMENT(TCP_SYN | TCP_FIN, .seq = {501})), TCP_TIMEWAIT_JUDGE_SYN);
}

/* [REQ SA-04] */
TEST(a_pure_syn_is_judged_by_the_owner)
{
    uint32_t r = TIME_WAITING_STAMPED();
    struct tcp_record before = *tcp_record_at(&tw.table, r);
    assert_int_equal(arrives(r, SEGMENT(TCP_SYN, .seq = {501})), TCP_TIMEWAIT_JUDGE_SYN);
    assert_int_equal(arrives(r, SEGMENT(TCP_SYN, .seq = {7}, TS(1, 0))), TCP_TIMEWAIT_JUDGE_SYN);
    assert_int_equal(arrives(r, SEGMENT(TCP_SYN, .seq = {7}, TS(9999, 0))), TCP_TIMEWAIT_JUDGE_SYN);
    assert_memory_equal(&before, tcp_record_at(&tw.table, r), sizeof before); /* [REQ RL-09] */
}

/* [REQ SA-05] */
TEST(a_segment_without_the_agreed_stamp_is_dropped)
{
    dropped_silently(SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}), TCP_TIMESTAMPS);
    assert_int_equal(COUNTED(TCPMissingTimestamp), 1);
}

TEST(a_segment_without_the_agreed_stamp_is_taken_when_that_is_asked_for)
{
    uint32_t r = TIME_WAITING_STAMPED();
    dsl_settings.knobs.value[LULL_KNOB_ts_tolerate_missing] = 1;
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(tcp_timewait_old(&tw.table, r).ts_recent, 1000);
}

/* [REQ SA-06] */
TEST(an_older_stamp_is_answered_within_the_limit)
{
    answered_within_the_limit(SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}, TS(999, 0)),
                              TCP_TIMESTAMPS);
    assert_int_equal(COUNTED(PAWSTimewait), 3);
    uint32_t r = TIME_WAITING_STAMPED();
    assert_int_equal(
        arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}, TS(1000, 0))),
        TCP_TIMEWAIT_ACK);
}

/* [REQ SA-07] */
TEST(a_segment_without_an_ack_bit_is_dropped)
{
    dropped_silently(SEGMENT(0, .seq = {501}, .ack = {200}, .len = 5), 0);
    dropped_silently(SEGMENT(TCP_FIN, .seq = {500}, .ack = {200}), 0);
}

/* [REQ SA-08] [REQ TT-03] */
TEST(the_same_fin_again_is_always_answered_and_starts_the_wait_again)
{
    uint32_t r = TIME_WAITING();
    for (int i = 0; i < 5; i++) {
        dsl_later(LULL_MS(1));
        assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200})),
                         TCP_TIMEWAIT_ACK);
        assert_int_equal(left(r), LULL_SEC(60) - LULL_MS(1));
        acknowledges(r);
        assert_int_equal(left(r), LULL_SEC(60));
    }
    assert_int_equal(COUNTED(TWRestarted), 5);
    assert_int_equal(COUNTED(TCPTimeWaitOowAcks), 0);
}

/* tw.dupfin_min_ms */
TEST(the_same_fin_can_be_limited_too)
{
    const struct tcp_segment fin = SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200});
    uint32_t r = TIME_WAITING();
    dsl_settings.knobs.value[LULL_KNOB_tw_dupfin_min_ms] = 300;
    dsl_later(LULL_MS(300) - 1);
    assert_int_equal(arrives(r, fin), TCP_TIMEWAIT_DROP);
    assert_int_equal(COUNTED(TCPACKSkippedTimeWait), 1);
    dsl_later(1);
    assert_int_equal(arrives(r, fin), TCP_TIMEWAIT_ACK);
}

/* tw.restart_on=fin: what FreeBSD does, and what RFC 9293 says. */
TEST(only_the_same_fin_starts_the_wait_again_when_that_is_asked_for)
{
    uint32_t r = TIME_WAITING();
    dsl_settings.knobs.value[LULL_KNOB_tw_restart_on] = LULL_TW_RESTART_FIN;
    dsl_later(LULL_SEC(5));
    assert_int_equal(arrives(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5)),
                     TCP_TIMEWAIT_ACK);
    acknowledges(r);
    assert_int_equal(left(r), LULL_SEC(55));
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200})),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(left(r), LULL_SEC(60));
}

/* [REQ OB-01] [REQ SA-12] */
TEST(a_record_says_what_it_answered_last)
{
    static const struct {
        struct tcp_segment seg;
        enum lull_record_reason reason;
    } rows[] = {
        {{.flags = TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}}, LULL_REASON_FIN_AGAIN},
        {{.flags = TCP_FIN | TCP_ACK, .seq = {400}, .ack = {200}}, LULL_REASON_OTHER_FIN},
        {{.flags = TCP_ACK, .seq = {400}, .ack = {200}, .len = 5}, LULL_REASON_TEXT},
        {{.flags = TCP_ACK, .seq = {400}, .ack = {200}}, LULL_REASON_ACK},
        {{.flags = TCP_SYN | TCP_ACK, .seq = {400}, .ack = {200}}, LULL_REASON_SYN_ACK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t r = TIME_WAITING();
        past_the_limit();
        assert_int_equal(arrives(r, segment_with(rows[i].seg)), TCP_TIMEWAIT_ACK);
        assert_int_equal(tcp_record_at(&tw.table, r)->reason, rows[i].reason);
    }
    uint32_t r = TIME_WAITING_STAMPED();
    past_the_limit();
    arrives(r, SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, TS(999, 0)));
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_OLD_STAMP);
    struct tcp_conn attempt = GIVEN(.state = TCP_SYN_RECEIVED);
    tcp_timewait_restored(&env, &tw.table, r, &attempt);
    assert_int_equal(tcp_record_at(&tw.table, r)->reason, LULL_REASON_RESTORED);
}

TEST(the_same_fin_with_its_text_is_the_same_fin)
{
    uint32_t r = TIME_WAITING();
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {400}, .ack = {200}, .len = 100)),
                     TCP_TIMEWAIT_ACK);
    assert_int_equal(arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {150})),
                     TCP_TIMEWAIT_ACK);
}

/* Its ACK may be old, but not from the future nor beyond belief. */
TEST(the_same_fin_with_an_impossible_ack_is_answered_within_the_limit)
{
    answered_within_the_limit(SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {201}), 0);
    answered_within_the_limit(
        SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200u - (65535u << 14) - 1}), 0);
    uint32_t r = TIME_WAITING();
    assert_int_equal(
        arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200u - (65535u << 14)})),
        TCP_TIMEWAIT_ACK);
}

TEST(a_stamp_nobody_agreed_on_is_not_kept)
{
    uint32_t r = TIME_WAITING();
    arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}, TS(1005, 0)));
    assert_int_equal(tcp_timewait_old(&tw.table, r).ts_recent, 1000);
}

TEST(the_same_fin_brings_the_newest_stamp)
{
    uint32_t r = TIME_WAITING_STAMPED();
    arrives(r, SEGMENT(TCP_FIN | TCP_ACK, .seq = {500}, .ack = {200}, TS(1005, 0)));
    assert_int_equal(tcp_timewait_old(&tw.table, r).ts_recent, 1005);
    assert_int_equal(acknowledges(r).options.ts_echo, 1005);
}

/* [REQ SA-09] */
TEST(another_fin_is_answered_within_the_limit)
{
    answered_within_the_limit(SEGMENT(TCP_FIN | TCP_ACK, .seq = {499}, .ack = {200}), 0);
    answered_within_the_limit(SEGMENT(TCP_FIN | TCP_ACK, .seq = {501}, .ack = {200}), 0);
}

/* [REQ SA-10] */
TEST(a_syn_ack_is_answered_within_the_limit)
{
    answered_within_the_limit(SEGMENT(TCP_SYN | TCP_ACK, .seq = {900}, .ack = {200}), 0);
}

/* [REQ SA-11] */
TEST(text_is_answered_within_the_limit_and_dropped)
{
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}, .len = 5), 0);
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {400}, .ack = {200}, .len = 5), 0);
    answered_within_the_limit(SEGMENT(TCP_ACK | TCP_URG, .seq = {501}, .ack = {200}, .len = 5), 0);
}

/* [REQ SA-12] */
TEST(the_ack_we_expect_is_dropped)
{
    dropped_silently(SEGMENT(TCP_ACK, .seq = {501}, .ack = {200}), 0);
}

TEST(an_older_ack_that_was_overtaken_is_dropped)
{
    dropped_silently(SEGMENT(TCP_ACK, .seq = {501}, .ack = {199}), 0);
    dropped_silently(SEGMENT(TCP_ACK, .seq = {501}, .ack = {200u - (65535u << 14)}), 0);
}

/* [REQ SA-13] */
TEST(any_other_ack_is_answered_within_the_limit)
{
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {500}, .ack = {200}), 0);
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {502}, .ack = {200}), 0);
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {501}, .ack = {201}), 0);
    answered_within_the_limit(SEGMENT(TCP_ACK, .seq = {501}, .ack = {200u - (65535u << 14) - 1}),
                              0);
}

/* [REQ SA-14] */
TEST(the_ack_says_what_the_connection_said_last)
{
    struct tcp_conn c = ended(TCP_TIME_WAIT, TCP_TIMESTAMPS);
    c.rcv_scale = 3;
    c.rcv.wnd = 4000;
    c.ts.offset += 2; /* it ran ahead of the clock */
    tcp_record_init(&tw.table, tw.memory, RECORDS);
    uint32_t r = enter_as(&c);
    dsl_later(LULL_MS(7));
    struct tcp_segment seg = acknowledges(r);
    assert_int_equal(seg.flags, TCP_ACK);
    assert_int_equal(seg.seq.raw, 200);
    assert_int_equal(seg.ack.raw, 501);
    assert_int_equal(seg.len, 0);
    assert_int_equal(seg.wnd, 500);
    assert_int_equal(seg.source_port, 4000);
    assert_int_equal(seg.destination_port, 80);
    assert_int_equal(seg.options.present, TCP_OPTION_TIMESTAMPS);
    assert_int_equal(seg.options.ts_value, tcp_timestamp_value(c.ts.offset, env.now));
    assert_int_equal(seg.options.ts_echo, 1000);
    assert_int_equal(acknowledges(TIME_WAITING()).options.present, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_is_ignored_whatever_its_number),
        cmocka_unit_test(a_reset_is_obeyed_when_that_is_asked_for),
        cmocka_unit_test(a_solicited_reset_halves_the_wait),
        cmocka_unit_test(a_reset_that_was_not_solicited_is_ignored),
        cmocka_unit_test(a_solicited_reset_never_lengthens_the_wait),
        cmocka_unit_test(a_refused_syn_is_dropped_or_answered_within_the_limit),
        cmocka_unit_test(a_syn_with_a_fin_is_dropped),
        cmocka_unit_test(a_syn_with_a_fin_is_judged_when_that_is_asked_for),
        cmocka_unit_test(a_pure_syn_is_judged_by_the_owner),
        cmocka_unit_test(a_segment_without_the_agreed_stamp_is_dropped),
        cmocka_unit_test(a_segment_without_the_agreed_stamp_is_taken_when_that_is_asked_for),
        cmocka_unit_test(an_older_stamp_is_answered_within_the_limit),
        cmocka_unit_test(a_segment_without_an_ack_bit_is_dropped),
        cmocka_unit_test(the_same_fin_again_is_always_answered_and_starts_the_wait_again),
        cmocka_unit_test(the_same_fin_can_be_limited_too),
        cmocka_unit_test(only_the_same_fin_starts_the_wait_again_when_that_is_asked_for),
        cmocka_unit_test(a_record_says_what_it_answered_last),
        cmocka_unit_test(the_same_fin_with_its_text_is_the_same_fin),
        cmocka_unit_test(the_same_fin_with_an_impossible_ack_is_answered_within_the_limit),
        cmocka_unit_test(a_stamp_nobody_agreed_on_is_not_kept),
        cmocka_unit_test(the_same_fin_brings_the_newest_stamp),
        cmocka_unit_test(another_fin_is_answered_within_the_limit),
        cmocka_unit_test(a_syn_ack_is_answered_within_the_limit),
        cmocka_unit_test(text_is_answered_within_the_limit_and_dropped),
        cmocka_unit_test(the_ack_we_expect_is_dropped),
        cmocka_unit_test(an_older_ack_that_was_overtaken_is_dropped),
        cmocka_unit_test(any_other_ack_is_answered_within_the_limit),
        cmocka_unit_test(the_ack_says_what_the_connection_said_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
