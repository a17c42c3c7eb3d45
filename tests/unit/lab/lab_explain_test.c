#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lull/record.h"
#include "lull/stack.h"

#include "lab/lab_explain.h"

static char buffer[320];

static const char *what_of(const struct lull_trace_record *r)
{
    struct text t;

    text_init(&t, buffer, sizeof buffer);
    lab_explain_what(&t, r);
    return buffer;
}

static const char *why_of(const struct lab_explained *what)
{
    struct text t;

    text_init(&t, buffer, sizeof buffer);
    lab_explain_why(&t, what);
    return buffer;
}

static struct lull_trace_record record_of(enum lull_trace_event event, uint32_t kind, uint32_t of,
                                          uint32_t ms)
{
    return (struct lull_trace_record){.event = event, .arg = {kind, of, ms}};
}

static void what_happens_to_a_record_has_a_name(void **state)
{
    struct lull_trace_record r;

    (void)state;
    r = record_of(LULL_TRACE_tw_enter, LULL_ROW_TIME_WAIT, LULL_CAUSE_CLOSED_FIRST, 60000);
    assert_string_equal(what_of(&r), "TIME-WAIT begins");
    r = record_of(LULL_TRACE_tw_enter, LULL_ROW_FIN_WAIT_2, LULL_CAUSE_CLOSED_FIRST, 60000);
    assert_string_equal(what_of(&r), "FIN-WAIT-2 goes on as a record");
    r = record_of(LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_TEXT, 60000);
    assert_string_equal(what_of(&r), "TIME-WAIT starts again");
    r = record_of(LULL_TRACE_tw_leave, LULL_ROW_HOLD, LULL_END_EXPIRED, 60000);
    assert_string_equal(what_of(&r), "HOLD ends");
}

static void every_reason_has_its_rule(void **state)
{
    static const struct {
        enum lull_trace_event event;
        uint32_t kind, of;
        const char *rule;
    } rows[] = {
        {LULL_TRACE_tw_enter, LULL_ROW_TIME_WAIT, LULL_CAUSE_CLOSED_FIRST, "TT-01"},
        {LULL_TRACE_tw_enter, LULL_ROW_FIN_WAIT_2, LULL_CAUSE_CLOSED_FIRST, "RL-04"},
        {LULL_TRACE_tw_enter, LULL_ROW_HOLD, LULL_CAUSE_ABORTED, "D-18"},
        {LULL_TRACE_tw_enter, LULL_ROW_HOLD, LULL_CAUSE_LATE_TEXT, "CH-16 D-18"},
        {LULL_TRACE_tw_enter, LULL_ROW_HOLD, LULL_CAUSE_HALF_OPEN, "IR-17 D-18"},
        {LULL_TRACE_tw_enter, LULL_ROW_HOLD, LULL_CAUSE_NOT_NEW, "IR-16 D-18"},
        {LULL_TRACE_tw_enter, LULL_ROW_HOLD, LULL_CAUSE_STRANGER, "D-18"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_FIN_AGAIN, "TT-03 SA-08"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_OTHER_FIN, "TT-04 SA-09"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_TEXT, "TT-04 SA-11"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_ACK, "TT-04 SA-13"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_SYN_ACK, "TT-04 SA-10"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_OLD_STAMP, "TT-04 SA-06"},
        {LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_SYN_REJECTED, "TT-04 D-06"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_EXPIRED, "TT-07"},
        {LULL_TRACE_tw_leave, LULL_ROW_FIN_WAIT_2, LULL_END_EXPIRED, "RL-04"},
        {LULL_TRACE_tw_leave, LULL_ROW_HOLD, LULL_END_EXPIRED, "D-18"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_RECYCLED, "IR-12"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_RECYCLED_ACTIVE, "IR-14"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_EVICTED, "RL-01"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_KILLED, "SA-02"},
        {LULL_TRACE_tw_leave, LULL_ROW_FIN_WAIT_2, LULL_END_KILLED, "RFC 5961 3.2"},
        {LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_ABORTED, "D-19"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lull_trace_record r = record_of(rows[i].event, rows[i].kind, rows[i].of, 0);
        assert_string_equal(lab_explain_rule(&r), rows[i].rule);
    }
}

static void a_record_that_a_syn_ends_is_not_ended_by_a_handshake(void **state)
{
    struct lull_trace_record r =
        record_of(LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_RECYCLED, 0);

    (void)state;
    r.segment.flags = 16;
    assert_string_equal(lab_explain_rule(&r), "IR-12");
    r.segment.flags = 2;
    assert_string_equal(lab_explain_rule(&r), "D-05");
}

static void late_text_ends_what_an_orphan_left(void **state)
{
    struct lull_trace_record r =
        record_of(LULL_TRACE_tw_leave, LULL_ROW_FIN_WAIT_2, LULL_END_KILLED, 0);

    (void)state;
    const struct lab_explained what = {.record = &r, .since = LULL_SEC(29)};
    assert_string_equal(why_of(&what), "ended by a reset, 29.000 s after it last began");
    r.segment = (struct lull_trace_segment){.seq = 1, .len = 700, .flags = 16};
    assert_string_equal(lab_explain_rule(&r), "CH-16");
    assert_string_equal(why_of(&what), "ended by text that comes too late (SEG.SEQ 1, "
                                       "SEG.LEN 700), 29.000 s after it last began");
}

static void sentences_give_the_numbers(void **state)
{
    struct lull_trace_record r =
        record_of(LULL_TRACE_tw_enter, LULL_ROW_TIME_WAIT, LULL_CAUSE_CLOSED_FIRST, 60000);
    struct lab_explained what = {.record = &r, .peer_isn = 1000, .since = -1};

    (void)state;
    r.segment = (struct lull_trace_segment){.seq = 1901, .len = 1, .flags = 17};
    assert_string_equal(why_of(&what),
                        "closed first here (SEG.SEQ 901, SEG.LEN 1); it lasts 60.000 s");
    r = record_of(LULL_TRACE_tw_rearm, LULL_ROW_TIME_WAIT, LULL_REASON_FIN_AGAIN, 59999);
    assert_string_equal(why_of(&what),
                        "FIN answered again; the ACK that leaves starts the wait again: 59.999 s");
    r = record_of(LULL_TRACE_tw_leave, LULL_ROW_TIME_WAIT, LULL_END_EXPIRED, 59875);
    assert_string_equal(why_of(&what), "waited to the end");
    what.since = LULL_MS(60001);
    assert_string_equal(why_of(&what), "waited to the end, 60.001 s after it last began");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_to_a_record_has_a_name),
        cmocka_unit_test(every_reason_has_its_rule),
        cmocka_unit_test(a_record_that_a_syn_ends_is_not_ended_by_a_handshake),
        cmocka_unit_test(late_text_ends_what_an_orphan_left),
        cmocka_unit_test(sentences_give_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
