#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_reason.h"
#include "wire/tcp_segment.h"

#define ISN 1000u

static struct lab_segment segment;
static struct lab_decision decision;
static struct lab_reason reason;

/* A segment with these flags comes to a host whose state goes from one to another. */
static void given(const char *from, const char *to, uint8_t flags)
{
    segment = (struct lab_segment){.seq = ISN + 501, .flags = flags};
    decision = (struct lab_decision){.segment = &segment, .from = from, .to = to, .base = ISN};
    decision.before.connection.rcv_nxt = decision.after.connection.rcv_nxt = ISN + 501;
    decision.before.record.rcv_nxt = ISN + 502;
    decision.before.record.snd_nxt = 7000;
}

static void given_connection(const char *from, const char *to, uint8_t flags)
{
    given(from, to, flags);
    decision.before.has_connection = true;
    decision.after.has_connection = strcmp(to, "CLOSED") != 0;
}

static void given_record(const char *from, const char *to, uint8_t flags)
{
    given(from, to, flags);
    decision.before.has_record = decision.after.has_record = true;
    decision.before.record.kind = LULL_ROW_TIME_WAIT;
}

static void expect_arrival(const char *rule, const char *why)
{
    lab_reason_of_arrival(&decision, &reason);
    assert_string_equal(reason.rule, rule);
    assert_string_equal(reason.why, why);
}

static void expect_answer(uint8_t flags, const char *rule, const char *why)
{
    const struct lab_segment answer = {.seq = 70000, .flags = flags};

    lab_reason_of_answer(&decision, &answer, &reason);
    assert_string_equal(reason.rule, rule);
    assert_string_equal(reason.why, why);
}

static void moves_of_a_close_have_their_rules(void **state)
{
    static const char *const rows[][3] = {
        {"FIN-WAIT-1", "FIN-WAIT-2", "CH-03"}, {"FIN-WAIT-1", "CLOSING", "CH-05"},
        {"FIN-WAIT-1", "TIME-WAIT", "CH-06"},  {"FIN-WAIT-2", "TIME-WAIT", "CH-04"},
        {"CLOSING", "TIME-WAIT", "CH-07"},     {"ESTABLISHED", "CLOSE-WAIT", "CH-09"},
        {"LAST-ACK", "CLOSED", "CH-10"},       {"ESTABLISHED", "ESTABLISHED", ""},
        {"SYN-RECEIVED", "ESTABLISHED", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        given_connection(rows[i][0], rows[i][1], TCP_FIN | TCP_ACK);
        lab_reason_of_arrival(&decision, &reason);
        assert_string_equal(reason.rule, rows[i][2]);
    }
}

/* It fills the gap in front of a FIN that has waited. */
static void a_segment_without_a_fin_is_no_fin(void **state)
{
    (void)state;
    given_connection("ESTABLISHED", "CLOSE-WAIT", TCP_ACK);
    expect_arrival("", "");
    given_connection("FIN-WAIT-2", "TIME-WAIT", TCP_ACK);
    expect_arrival("", "");
    given_connection("FIN-WAIT-1", "TIME-WAIT", TCP_ACK);
    expect_arrival("", "");
}

static void a_reset_is_obeyed_when_it_is_exact(void **state)
{
    (void)state;
    given_connection("ESTABLISHED", "CLOSED", TCP_RST);
    expect_arrival("RFC 5961 3.2", "a reset is obeyed: SEG.SEQ 501 is RCV.NXT 501");
    given_connection("LAST-ACK", "CLOSED", TCP_RST);
    expect_arrival("CH-13", "a reset is obeyed: SEG.SEQ 501 is RCV.NXT 501");
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_RST);
    segment.seq++;
    expect_arrival("RFC 5961 3.2", "a reset is not obeyed: SEG.SEQ 502 is not RCV.NXT 501");
    given_connection("SYN-SENT", "CLOSED", TCP_RST | TCP_ACK);
    expect_arrival("RFC 9293 3.10", "a reset that acknowledges our SYN: it is refused");
}

static void a_reset_whose_effect_the_numbers_do_not_explain_has_no_reason(void **state)
{
    (void)state;
    given_connection("ESTABLISHED", "CLOSED", TCP_RST);
    segment.seq++;
    expect_arrival("", "");
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_RST);
    expect_arrival("", "");
    given_connection("SYN-SENT", "SYN-SENT", TCP_RST);
    expect_arrival("", "");
}

static void what_is_dropped_has_a_reason(void **state)
{
    (void)state;
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_ACK);
    segment.text_bytes = 10;
    segment.seq = ISN - 99;
    decision.dropped = true;
    decision.step = 2;
    decision.rcv_nxt = ISN + 501;
    expect_arrival("RFC 9293 3.10", "not acceptable: SEG.SEQ -99, SEG.LEN 10 with RCV.NXT 501");
    decision.step = 4;
    expect_arrival("RFC 5961 4.2", "a SYN for a connection that exists is not believed");
    decision.step = 5;
    decision.before.connection.snd_nxt = 7000;
    segment.ack = 7001;
    expect_arrival("RFC 5961 5.2", "it acknowledges what the receiver never sent");
    segment.ack = 7000; /* too old, perhaps, or without the flag */
    expect_arrival("", "");
    decision.damaged = true;
    expect_arrival("RFC 9293 3.1", "dropped: the checksum is wrong");
    given_record("TIME-WAIT", "TIME-WAIT", TCP_ACK);
    decision.damaged = true;
    expect_arrival("SA-01", "dropped: the checksum is wrong");
    given_record("TIME-WAIT", "TIME-WAIT", TCP_ACK);
    decision.after.counted[LAB_WATCH_MISSING] = 1;
    expect_arrival("SA-05", "dropped: a timestamp was agreed on and is missing");
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_ACK);
    decision.after.counted[LAB_WATCH_PAWS] = 1;
    decision.stamp = 900;
    segment.ts_value = 899;
    expect_arrival("RFC 7323 5.3", "dropped: TSval 899 is older than 900, seen before");
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_ACK);
    decision.after.counted[LAB_WATCH_MISSING] = 1;
    expect_arrival("RFC 7323 3.2", "dropped: a timestamp was agreed on and is missing");
    given("CLOSED", "CLOSED", TCP_SYN);
    decision.after.counted[LAB_WATCH_QUEUE] = 1;
    expect_arrival("listen()", "dropped: the queue of the listener is full");
}

static void silence_in_time_wait_has_a_reason(void **state)
{
    (void)state;
    given_record("TIME-WAIT", "TIME-WAIT", TCP_RST);
    expect_arrival("SA-02", "a reset in TIME-WAIT is ignored: it may be an old duplicate");
    given_record("TIME-WAIT", "TIME-WAIT", TCP_SYN | TCP_FIN);
    expect_arrival("SA-03", "SYN and FIN in one segment belong to no conversation");
    given_record("TIME-WAIT", "TIME-WAIT", 0);
    expect_arrival("SA-07", "without an ACK it says nothing");
    given_record("TIME-WAIT", "TIME-WAIT", TCP_ACK);
    segment.seq = ISN + 502;
    segment.ack = 7000;
    expect_arrival("SA-12", "an ACK of what is known already changes nothing");
    segment.ack = 6999;
    expect_arrival("", "");
    segment.ack = 7000;
    decision.stamped = true;
    expect_arrival("SA-05", "dropped: a timestamp was agreed on and is missing");
    given_record("TIME-WAIT", "TIME-WAIT", TCP_ACK);
    decision.after.counted[LAB_WATCH_SKIPPED] = 1;
    expect_arrival("RL-06", "answered a moment ago; the next answer may not come so soon");
    decision.answered = true;
    expect_arrival("", "");
}

static void a_syn_is_accepted_for_its_stamp_or_its_number(void **state)
{
    (void)state;
    given_record("TIME-WAIT", "SYN-RECEIVED", TCP_SYN);
    segment.seq = ISN + 502;
    expect_arrival("IR-06", "accepted: SEG.SEQ 502 is not below RCV.NXT 502; "
                            "the record stays until the handshake is complete");
    segment.options = TCP_OPTION_TIMESTAMPS;
    segment.ts_value = 9105;
    expect_arrival("IR-05", "accepted: the old incarnation had no timestamps, this one has; "
                            "the record stays until the handshake is complete");
    decision.stamped = true;
    decision.stamp = 8801;
    expect_arrival("IR-01", "accepted: TSval 9105 is newer than 8801, the last one seen; "
                            "the record stays until the handshake is complete");
    decision.stamp = 9105;
    expect_arrival("IR-02", "accepted: SEG.SEQ 502 is not below RCV.NXT 502; "
                            "the record stays until the handshake is complete");
    decision.after.has_record = false; /* it should have stayed */
    expect_arrival("IR-02", "accepted: SEG.SEQ 502 is not below RCV.NXT 502");
}

static void expect_refusal(const char *why)
{
    char line[160];
    struct text t;

    text_init(&t, line, sizeof line);
    lab_reason_of_refusal(&decision, &t);
    assert_string_equal(line, why);
}

static void a_syn_is_refused_for_its_stamp_or_its_number(void **state)
{
    (void)state;
    given_record("TIME-WAIT", "TIME-WAIT", TCP_SYN);
    expect_refusal("SEG.SEQ 501 is below RCV.NXT 502");
    segment.seq = ISN + 502; /* nobody listens, perhaps */
    expect_refusal("");
    segment.options = TCP_OPTION_TIMESTAMPS;
    segment.ts_value = 899;
    decision.stamped = true;
    decision.stamp = 900;
    expect_refusal("TSval 899 is older than 900, the last one seen");
    segment.ts_value = 900;
    expect_refusal("TSval 900 is no newer than 900, the last one seen");
    segment.seq = ISN + 501;
    expect_refusal("TSval 900 is no newer than 900, the last one seen, and SEG.SEQ 501 is below "
                   "RCV.NXT 502");
    segment.ts_value = 901;
    expect_refusal("");
    given_record("HOLD", "HOLD", TCP_SYN);
    decision.before.record.kind = LULL_ROW_HOLD;
    expect_refusal("");
}

static void a_parked_record_goes_or_comes_back(void **state)
{
    (void)state;
    given_record("SYN-RECEIVED", "ESTABLISHED", TCP_ACK);
    decision.before.has_connection = decision.after.has_connection = true;
    expect_arrival("IR-12", "the handshake is complete, and the old incarnation's record goes");
    given_record("SYN-RECEIVED", "TIME-WAIT", TCP_RST);
    decision.before.has_connection = true;
    expect_arrival("IR-10", "the handshake has failed: the record is back, its time not shortened");
    decision.after.record.timer_at = -1; /* it should not */
    expect_arrival("IR-10", "the handshake has failed: the record is back");
}

static void a_reset_that_is_sent_has_a_reason(void **state)
{
    (void)state;
    given("CLOSED", "CLOSED", TCP_ACK);
    expect_answer(TCP_RST, "SA-16", "no connection and no record here knows SEG.SEQ 501");
    decision.before.has_listener = true;
    expect_answer(TCP_RST, "RFC 9293 3.5.2", "no connection and no record here knows SEG.SEQ 501");
    given_connection("SYN-SENT", "SYN-SENT", TCP_ACK);
    expect_answer(
        TCP_RST, "IR-17",
        "it acknowledges nothing of ours: it is of another connection, which this resets");
    given_connection("SYN-RECEIVED", "SYN-RECEIVED", TCP_ACK);
    expect_answer(TCP_RST, "", "");
    given_connection("FIN-WAIT-1", "CLOSED", TCP_ACK);
    expect_answer(TCP_RST, "", "");
    segment.text_bytes = 10;
    expect_answer(TCP_RST, "CH-16", "text for a connection that nobody reads any more");
    given_record("FIN-WAIT-2", "HOLD", TCP_ACK);
    segment.text_bytes = 10;
    expect_answer(TCP_RST, "CH-16", "text for a connection that nobody reads any more");
    decision.before.record.kind = LULL_ROW_HOLD;
    expect_answer(TCP_RST, "D-18", "the tuple is held after a reset, and is reset again");
}

static void answers_with_an_ack_have_a_reason(void **state)
{
    (void)state;
    given_connection("CLOSE-WAIT", "CLOSE-WAIT", TCP_FIN | TCP_ACK);
    segment.seq = ISN + 500;
    expect_answer(TCP_ACK, "CH-12", "the FIN was taken before, and its ACK is sent again");
    segment.seq = ISN + 400; /* of another incarnation, perhaps */
    expect_answer(TCP_ACK, "", "");
    given_connection("ESTABLISHED", "ESTABLISHED", TCP_FIN | TCP_ACK);
    segment.seq = ISN + 500;
    expect_answer(TCP_ACK, "", "");
    given_connection("CLOSE-WAIT", "CLOSE-WAIT", TCP_FIN | TCP_ACK);
    segment.seq = ISN + 501; /* it is the first */
    expect_answer(TCP_ACK, "", "");
    given_connection("CLOSE-WAIT", "CLOSE-WAIT", TCP_SYN);
    expect_answer(TCP_ACK, "RFC 5961 4.2",
                  "a SYN here: the ACK tells who sent it what this end knows");
    given_connection("SYN-SENT", "ESTABLISHED", TCP_SYN | TCP_ACK);
    expect_answer(TCP_ACK, "", "");
    given_record("TIME-WAIT", "SYN-RECEIVED", TCP_SYN);
    expect_answer(TCP_SYN | TCP_ACK, "IR-08",
                  "this ISS lies 63000 above SND.NXT of the incarnation before");
    decision.before.record.snd_nxt = 70001; /* it does not */
    expect_answer(TCP_SYN | TCP_ACK, "", "");
    given("CLOSED", "SYN-RECEIVED", TCP_SYN);
    expect_answer(TCP_SYN | TCP_ACK, "", "");
}

static void expect_icmp(const char *rule)
{
    lab_reason_of_icmp(&decision, &reason);
    assert_string_equal(reason.rule, rule);
}

static void an_icmp_error_is_noted_or_ignored(void **state)
{
    (void)state;
    given_connection("ESTABLISHED", "ESTABLISHED", 0);
    expect_icmp("RL-12");
    decision.after.counted[LAB_WATCH_ICMP] = 1;
    expect_icmp("RL-11");
    given_record("TIME-WAIT", "TIME-WAIT", 0);
    expect_icmp("SA-15");
    given_connection("SYN-SENT", "CLOSED", 0);
    expect_icmp("RFC 9293 3.9");
    given("CLOSED", "CLOSED", 0);
    expect_icmp("");
}

static void a_repetition_tells_how_long_nothing_came(void **state)
{
    (void)state;
    given("FIN-WAIT-1", "FIN-WAIT-1", TCP_FIN);
    lab_reason_of_repetition(&segment, LULL_MS(400), &reason);
    assert_string_equal(reason.rule, "CH-11");
    assert_string_equal(reason.why, "not acknowledged for 0.400 s");
    segment.flags = TCP_ACK;
    lab_reason_of_repetition(&segment, LULL_SEC(12), &reason);
    assert_string_equal(reason.rule, "RFC 6298 5");
    assert_string_equal(reason.why, "not acknowledged for 12.000 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_of_a_close_have_their_rules),
        cmocka_unit_test(a_segment_without_a_fin_is_no_fin),
        cmocka_unit_test(a_reset_is_obeyed_when_it_is_exact),
        cmocka_unit_test(a_reset_whose_effect_the_numbers_do_not_explain_has_no_reason),
        cmocka_unit_test(what_is_dropped_has_a_reason),
        cmocka_unit_test(silence_in_time_wait_has_a_reason),
        cmocka_unit_test(a_syn_is_accepted_for_its_stamp_or_its_number),
        cmocka_unit_test(a_syn_is_refused_for_its_stamp_or_its_number),
        cmocka_unit_test(a_parked_record_goes_or_comes_back),
        cmocka_unit_test(a_reset_that_is_sent_has_a_reason),
        cmocka_unit_test(answers_with_an_ack_have_a_reason),
        cmocka_unit_test(an_icmp_error_is_noted_or_ignored),
        cmocka_unit_test(a_repetition_tells_how_long_nothing_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
