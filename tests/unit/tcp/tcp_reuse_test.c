/* May a new incarnation begin?  RFC 6191 section 2 and other stacks, row by row, and connect(). */
#include "tcp/tcp_reuse.h"
#include "tcp_dsl.h"

enum which { OLDER, SAME, NEWER };

/* The old connection ended at RCV.NXT 1000 (its FIN was 999), last stamp 5000. */
#define RCV_NXT 1000
#define RECENT  5000

static const struct tcp_reuse_rules rfc6191 = {LULL_TW_SYN_RFC6191, LULL_TW_SEQ_GE_RCVNXT, true,
                                               false};
static const struct tcp_reuse_rules linux_rules = {LULL_TW_SYN_SEQ_OR_TS, LULL_TW_SEQ_GT, true,
                                                   true};
static const struct tcp_reuse_rules freebsd = {LULL_TW_SYN_SEQ_ONLY, LULL_TW_SEQ_GT, true, false};
static const struct tcp_reuse_rules vpp = {LULL_TW_SYN_SEQ_OR_TS, LULL_TW_SEQ_GE_RCVNXT, true,
                                           false};

static uint32_t pick(uint32_t base, enum which w)
{
    return w == OLDER ? base - 1 : w == NEWER ? base + 1 : base;
}

static struct tcp_reuse_verdict judge_by(const struct tcp_reuse_rules *rules, bool old_stamps,
                                         const struct tcp_segment *syn)
{
    struct tcp_reuse_old old = {seq_at(RCV_NXT), RECENT, old_stamps};
    return tcp_reuse_judge(&old, syn, rules);
}

static struct tcp_segment syn_at(uint32_t seq)
{
    return (struct tcp_segment){.flags = TCP_SYN, .seq = seq_at(seq)};
}

static struct tcp_segment stamped_syn_at(uint32_t seq, uint32_t stamp)
{
    return (struct tcp_segment){.flags = TCP_SYN, .seq = seq_at(seq), TS(stamp, 0)};
}

/* Section 4.3 of the specification, its 15 rows with "any" and "<= FIN, = RCV.NXT" written out.
 * SEG.SEQ: OLDER is "<= FIN", SAME is "= RCV.NXT". */
static const struct row {
    bool old_stamps, new_stamps;
    enum which stamp, seq;
    bool rfc6191, linux_does, freebsd, vpp;
    const char *rule;
} table[] = {
    /* clang-format off */
    {true,  true,  OLDER, OLDER, false, false, false, false, "IR-03"}, /* [REQ IR-03] */
    {true,  true,  OLDER, SAME,  false, false, false, false, "IR-03"},
    {true,  true,  OLDER, NEWER, false, false, true,  false, "IR-03"},
    {true,  true,  SAME,  OLDER, false, false, false, false, "IR-03"},
    {true,  true,  SAME,  SAME,  true,  false, false, true,  "IR-02"}, /* [REQ IR-02] */
    {true,  true,  SAME,  NEWER, true,  true,  true,  true,  "IR-02"},
    {true,  true,  NEWER, OLDER, true,  true,  false, true,  "IR-01"}, /* [REQ IR-01] */
    {true,  true,  NEWER, SAME,  true,  true,  false, true,  "IR-01"},
    {true,  true,  NEWER, NEWER, true,  true,  true,  true,  "IR-01"},
    {true,  false, SAME,  OLDER, false, false, false, false, "IR-04"}, /* [REQ IR-04] */
    {true,  false, SAME,  SAME,  true,  false, false, true,  "IR-04"},
    {true,  false, SAME,  NEWER, true,  true,  true,  true,  "IR-04"},
    {false, true,  SAME,  OLDER, true,  false, false, false, "IR-05"}, /* [REQ IR-05] */
    {false, true,  SAME,  SAME,  true,  false, false, true,  "IR-05"},
    {false, true,  SAME,  NEWER, true,  true,  true,  true,  "IR-05"},
    {false, false, SAME,  OLDER, false, false, false, false, "IR-06"}, /* [REQ IR-06] */
    {false, false, SAME,  SAME,  true,  false, false, true,  "IR-06"},
    {false, false, SAME,  NEWER, true,  true,  true,  true,  "IR-06"},
    /* clang-format on */
};

static struct tcp_segment syn_of(const struct row *r)
{
    uint32_t seq = pick(RCV_NXT, r->seq);
    return r->new_stamps ? stamped_syn_at(seq, pick(RECENT, r->stamp)) : syn_at(seq);
}

static void decides(const struct row *r, const struct tcp_reuse_rules *rules, bool accepts)
{
    struct tcp_segment syn = syn_of(r);
    struct tcp_reuse_verdict v = judge_by(rules, r->old_stamps, &syn);
    if (v.accepted != accepts)
        fail_msg("row %td: %s by %s", r - table, v.accepted ? "accepted" : "refused", v.rule);
}

/* [REQ 6191/2] [REQ 9293/SHLD-4] */
TEST(every_row_of_the_table_is_decided_as_rfc_6191_says)
{
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct tcp_segment syn = syn_of(&table[i]);
        decides(&table[i], &rfc6191, table[i].rfc6191);
        assert_string_equal(judge_by(&rfc6191, table[i].old_stamps, &syn).rule, table[i].rule);
    }
}

/* [REQ IR-07] */
TEST(every_row_is_decided_as_linux_decides)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        decides(&table[i], &linux_rules, table[i].linux_does);
}

TEST(every_row_is_decided_as_freebsd_decides)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        decides(&table[i], &freebsd, table[i].freebsd);
}

TEST(every_row_is_decided_as_vpp_decides)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        decides(&table[i], &vpp, table[i].vpp);
}

TEST(never_means_never)
{
    static const struct tcp_reuse_rules never = {LULL_TW_SYN_NEVER, LULL_TW_SEQ_GE_RCVNXT, true,
                                                 false};
    for (size_t i = 0; i < COUNT_OF(table); i++)
        decides(&table[i], &never, false);
}

/* tw.seq_cmp=gt: the number after the FIN does not count as newer. */
TEST(the_stricter_comparison_refuses_the_next_number)
{
    struct tcp_reuse_rules rules = rfc6191;
    struct tcp_segment next = syn_at(RCV_NXT), beyond = syn_at(RCV_NXT + 1);
    assert_true(judge_by(&rules, false, &next).accepted);
    rules.seq_cmp = LULL_TW_SEQ_GT;
    assert_false(judge_by(&rules, false, &next).accepted);
    assert_true(judge_by(&rules, false, &beyond).accepted);
    next = stamped_syn_at(RCV_NXT, RECENT);
    beyond = stamped_syn_at(RCV_NXT + 1, RECENT);
    assert_false(judge_by(&rules, true, &next).accepted);
    assert_true(judge_by(&rules, true, &beyond).accepted);
}

/* Where segments without timestamps are taken, nothing but the number keeps old ones out. */
TEST(the_number_decides_where_missing_timestamps_are_tolerated)
{
    struct tcp_reuse_rules rules = rfc6191;
    struct tcp_segment old = stamped_syn_at(RCV_NXT - 1, 1), new = stamped_syn_at(RCV_NXT, 1);
    rules.tolerate_missing = true;
    assert_false(judge_by(&rules, false, &old).accepted);
    assert_string_equal(judge_by(&rules, false, &old).rule, "IR-05");
    assert_true(judge_by(&rules, false, &new).accepted);
}

/* [REQ IR-07] */
TEST(sequence_numbers_are_compared_on_the_circle)
{
    static const struct tcp_reuse_rules *const all[] = {&rfc6191, &linux_rules, &freebsd, &vpp};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct tcp_segment farthest = syn_at(RCV_NXT + 0x7fffffffu);
        struct tcp_segment opposite = syn_at(RCV_NXT + 0x80000000u);
        struct tcp_segment behind = syn_at(RCV_NXT + 0x80000001u);
        assert_true(judge_by(all[i], false, &farthest).accepted);
        assert_false(judge_by(all[i], false, &opposite).accepted);
        assert_false(judge_by(all[i], false, &behind).accepted);
    }
}

/* [REQ IR-07] */
TEST(a_number_past_zero_is_newer)
{
    struct tcp_reuse_old old = {seq_at(0xffffffffu), RECENT, false};
    struct tcp_segment zero = syn_at(0), before = syn_at(0xfffffffeu);
    assert_true(tcp_reuse_judge(&old, &zero, &rfc6191).accepted);
    assert_false(tcp_reuse_judge(&old, &before, &rfc6191).accepted);
    old = (struct tcp_reuse_old){seq_at(0), 0xffffffffu, true};
    struct tcp_segment stamped = stamped_syn_at(0xfffffff0u, 0);
    assert_true(tcp_reuse_judge(&old, &stamped, &rfc6191).accepted);
}

TEST(stamps_are_compared_on_the_circle)
{
    struct tcp_segment farthest = stamped_syn_at(0, RECENT + 0x7fffffffu);
    struct tcp_segment opposite = stamped_syn_at(RCV_NXT, RECENT + 0x80000000u);
    struct tcp_segment behind = stamped_syn_at(RCV_NXT, RECENT + 0x80000001u);
    assert_true(judge_by(&rfc6191, true, &farthest).accepted);
    assert_false(judge_by(&rfc6191, true, &opposite).accepted);
    assert_false(judge_by(&rfc6191, true, &behind).accepted);
}

/* "new TS" means that our SYN-ACK would carry them, too.  [REQ IR-05] */
TEST(stamps_we_would_not_answer_do_not_count)
{
    struct tcp_reuse_rules rules = rfc6191;
    struct tcp_segment syn = stamped_syn_at(RCV_NXT, RECENT - 1);
    rules.offer_timestamps = false;
    assert_true(judge_by(&rules, true, &syn).accepted);
    assert_string_equal(judge_by(&rules, true, &syn).rule, "IR-04");
    syn = stamped_syn_at(RCV_NXT - 1, RECENT - 1);
    assert_false(judge_by(&rules, false, &syn).accepted);
    assert_string_equal(judge_by(&rules, false, &syn).rule, "IR-06");
}

/* --- connect() --- */

static const char *refused_by(struct tcp_reuse_attempt attempt, enum lull_tw_reuse_active where)
{
    struct lull_knobs knobs;
    lull_knobs_init(&knobs, LULL_PROFILE_DEFAULT);
    knobs.value[LULL_KNOB_tw_reuse_active] = where;
    struct tcp_reuse_verdict v = tcp_reuse_judge_active(&attempt, &knobs);
    assert_int_equal(v.accepted, strcmp(v.rule, "IR-14") == 0);
    return v.rule;
}

static const struct tcp_reuse_attempt good = {
    .time_wait = true, .timestamps = true, .loopback = true, .age = LULL_MS(1000)};

/* [REQ IR-13] */
TEST(active_reuse_happens_only_where_the_knob_allows_it)
{
    struct tcp_reuse_attempt far = good;
    far.loopback = false;
    assert_string_equal(refused_by(good, LULL_TW_REUSE_NEVER), "IR-13");
    assert_string_equal(refused_by(good, LULL_TW_REUSE_LOOPBACK), "IR-14");
    assert_string_equal(refused_by(far, LULL_TW_REUSE_LOOPBACK), "IR-13");
    assert_string_equal(refused_by(far, LULL_TW_REUSE_ANY), "IR-14"); /* [REQ IR-14] */
}

/* [REQ IR-15] */
TEST(active_reuse_needs_timestamps_age_and_a_record_of_time_wait)
{
    struct tcp_reuse_attempt a = good;
    a.timestamps = false;
    assert_string_equal(refused_by(a, LULL_TW_REUSE_ANY), "IR-15");
    a = good;
    a.time_wait = false;
    assert_string_equal(refused_by(a, LULL_TW_REUSE_ANY), "IR-15");
    a = good;
    a.age = LULL_MS(1000) - 1;
    assert_string_equal(refused_by(a, LULL_TW_REUSE_ANY), "IR-15");
}

/* [REQ IR-16] */
TEST(an_answer_shows_that_it_is_new_by_its_stamp_or_its_number)
{
    struct tcp_reuse_old old = {seq_at(RCV_NXT), RECENT, true};
    struct tcp_segment newer_stamp = stamped_syn_at(RCV_NXT - 1, RECENT + 1);
    struct tcp_segment same_stamp = stamped_syn_at(RCV_NXT - 1, RECENT);
    struct tcp_segment next_number = stamped_syn_at(RCV_NXT, RECENT - 1);
    struct tcp_segment bare = syn_at(RCV_NXT - 1), bare_next = syn_at(RCV_NXT);
    assert_true(tcp_reuse_is_new(&old, &newer_stamp));
    assert_false(tcp_reuse_is_new(&old, &same_stamp));
    assert_true(tcp_reuse_is_new(&old, &next_number));
    assert_false(tcp_reuse_is_new(&old, &bare));
    assert_true(tcp_reuse_is_new(&old, &bare_next));
    old.timestamps = false;
    assert_false(tcp_reuse_is_new(&old, &newer_stamp));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_decided_as_rfc_6191_says),
        cmocka_unit_test(every_row_is_decided_as_linux_decides),
        cmocka_unit_test(every_row_is_decided_as_freebsd_decides),
        cmocka_unit_test(every_row_is_decided_as_vpp_decides),
        cmocka_unit_test(never_means_never),
        cmocka_unit_test(the_stricter_comparison_refuses_the_next_number),
        cmocka_unit_test(the_number_decides_where_missing_timestamps_are_tolerated),
        cmocka_unit_test(sequence_numbers_are_compared_on_the_circle),
        cmocka_unit_test(a_number_past_zero_is_newer),
        cmocka_unit_test(stamps_are_compared_on_the_circle),
        cmocka_unit_test(stamps_we_would_not_answer_do_not_count),
        cmocka_unit_test(active_reuse_happens_only_where_the_knob_allows_it),
        cmocka_unit_test(active_reuse_needs_timestamps_age_and_a_record_of_time_wait),
        cmocka_unit_test(an_answer_shows_that_it_is_new_by_its_stamp_or_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
