/* May a SYN begin a new incarnation?  The table of RFC 6191 section 2, every row. */
#include "tcp/tcp_reuse.h"
#include "tcp_dsl.h"

enum which { OLDER, SAME, NEWER, ANY };

/* The old connection ended at RCV.NXT 1000 (its FIN was 999), last stamp 5000. */
#define RCV_NXT 1000
#define RECENT  5000

static uint32_t pick(uint32_t base, enum which w)
{
    return w == OLDER ? base - 1 : w == NEWER ? base + 1 : base;
}

static struct tcp_reuse_verdict judge(bool old_stamps, bool new_stamps, uint32_t stamp,
                                      uint32_t seq)
{
    struct tcp_reuse_old old = {seq_at(RCV_NXT), RECENT, old_stamps};
    struct tcp_segment syn = {.flags = TCP_SYN, .seq = seq_at(seq)};

    if (new_stamps)
        syn.options = (struct tcp_options){.present = TCP_OPTION_TIMESTAMPS, .ts_value = stamp};
    return tcp_reuse_judge(&old, &syn, true);
}

/* SEG.SEQ: OLDER is "<= FIN", SAME is "= RCV.NXT". */
static const struct row {
    bool old_stamps, new_stamps;
    enum which stamp, seq;
    bool accepted;
    const char *rule;
} table[] = {
    /* clang-format off */
    {true,  true,  OLDER, OLDER, false, "IR-03"}, /* [REQ IR-03] */
    {true,  true,  OLDER, SAME,  false, "IR-03"},
    {true,  true,  OLDER, NEWER, false, "IR-03"},
    {true,  true,  SAME,  OLDER, false, "IR-03"},
    {true,  true,  SAME,  SAME,  true,  "IR-02"}, /* [REQ IR-02] */
    {true,  true,  SAME,  NEWER, true,  "IR-02"},
    {true,  true,  NEWER, OLDER, true,  "IR-01"}, /* [REQ IR-01] */
    {true,  true,  NEWER, SAME,  true,  "IR-01"},
    {true,  true,  NEWER, NEWER, true,  "IR-01"},
    {true,  false, ANY,   OLDER, false, "IR-04"}, /* [REQ IR-04] */
    {true,  false, ANY,   SAME,  true,  "IR-04"},
    {true,  false, ANY,   NEWER, true,  "IR-04"},
    {false, true,  ANY,   OLDER, true,  "IR-05"}, /* [REQ IR-05] */
    {false, true,  ANY,   SAME,  true,  "IR-05"},
    {false, true,  ANY,   NEWER, true,  "IR-05"},
    {false, false, ANY,   OLDER, false, "IR-06"}, /* [REQ IR-06] */
    {false, false, ANY,   SAME,  true,  "IR-06"},
    {false, false, ANY,   NEWER, true,  "IR-06"},
    /* clang-format on */
};

/* [REQ 6191/2] [REQ 9293/SHLD-4] */
TEST(every_row_of_the_table_is_decided_as_rfc_6191_says)
{
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct row *r = &table[i];
        struct tcp_reuse_verdict v =
            judge(r->old_stamps, r->new_stamps, pick(RECENT, r->stamp), pick(RCV_NXT, r->seq));
        if (v.accepted != r->accepted || strcmp(v.rule, r->rule) != 0)
            fail_msg("row %zu: %s by %s", i, v.accepted ? "accepted" : "refused", v.rule);
    }
}

/* [REQ IR-07] */
TEST(sequence_numbers_are_compared_on_the_circle)
{
    assert_true(judge(false, false, 0, RCV_NXT + 0x7fffffffu).accepted);
    assert_false(judge(false, false, 0, RCV_NXT + 0x80000000u).accepted);
    assert_false(judge(false, false, 0, RCV_NXT + 0x80000001u).accepted);
}

TEST(stamps_are_compared_on_the_circle)
{
    assert_true(judge(true, true, RECENT + 0x7fffffffu, 0).accepted);
    assert_false(judge(true, true, RECENT + 0x80000000u, RCV_NXT).accepted);
    assert_false(judge(true, true, RECENT + 0x80000001u, RCV_NXT).accepted);
}

/* "new TS" means that our SYN-ACK would carry them, too. */
TEST(stamps_we_would_not_answer_do_not_count)
{
    struct tcp_reuse_old old = {seq_at(RCV_NXT), RECENT, true};
    struct tcp_segment syn = {.flags = TCP_SYN, .seq = {RCV_NXT}, TS(RECENT - 1, 0)};
    struct tcp_reuse_verdict v = tcp_reuse_judge(&old, &syn, false);
    assert_true(v.accepted);
    assert_string_equal(v.rule, "IR-04");
    old.timestamps = false;
    syn.seq = seq_at(RCV_NXT - 1);
    v = tcp_reuse_judge(&old, &syn, false);
    assert_false(v.accepted);
    assert_string_equal(v.rule, "IR-06");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_decided_as_rfc_6191_says),
        cmocka_unit_test(sequence_numbers_are_compared_on_the_circle),
        cmocka_unit_test(stamps_are_compared_on_the_circle),
        cmocka_unit_test(stamps_we_would_not_answer_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
