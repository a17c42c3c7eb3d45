/* The table of knobs, and values as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lull/knobs.h"

#include "base/check.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

static struct lull_knobs fresh(void)
{
    struct lull_knobs knobs;
    lull_knobs_init(&knobs, LULL_PROFILE_DEFAULT);
    return knobs;
}

static const char *text_of(enum lull_knob knob, int64_t value)
{
    static char text[64];
    lull_knob_text(knob, value, text, sizeof text);
    return text;
}

static int64_t words_in(const char *choices)
{
    int64_t words = 1;
    for (; *choices != '\0'; choices++)
        words += *choices == '|';
    return words;
}

TEST(every_row_is_whole)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        const struct lull_knob_info *info = lull_knob_info((enum lull_knob)i);
        assert_non_null(info->name);
        assert_non_null(info->unit);
        assert_non_null(info->effect);
        assert_non_null(info->breaks);
        assert_true(strlen(info->serves) >= 4);
        assert_true(info->least <= info->most);
        assert_int_equal(lull_knob_find(info->name), i);
        if (info->is_of_words)
            assert_int_equal(info->most + 1, words_in(info->unit));
        if (info->scope == LULL_KNOB_FIXED)
            assert_int_equal(info->least, info->most);
    }
}

TEST(every_profile_is_valid)
{
    for (int p = 0; p < LULL_PROFILE_COUNT; p++) {
        struct lull_knobs knobs;
        lull_knobs_init(&knobs, (enum lull_profile)p);
        assert_true(lull_knobs_are_valid(&knobs));
        assert_int_equal(lull_profile_find(lull_profile_name((enum lull_profile)p)), p);
    }
}

/* The defaults and profiles of the specification, by name and as text. */
TEST(profiles_have_the_values_they_are_known_for)
{
    static const struct {
        const char *name, *value[LULL_PROFILE_COUNT];
    } rows[] = {
        {"tw.msl_ms", {"30000", "120000", "30000", "30000"}},
        {"tw.rto_floor", {"3.5", "3.5", "3.5", "0.0"}},
        {"tw.restart_on", {"ack_sent", "ack_sent", "ack_sent", "fin"}},
        {"tw.rst", {"ignore", "ignore", "rfc9293", "ignore"}},
        {"tw.syn_policy", {"rfc6191", "rfc6191", "seq_or_ts", "seq_only"}},
        {"tw.seq_cmp", {"ge_rcvnxt", "ge_rcvnxt", "gt", "gt"}},
        {"tw.syn_reject", {"drop", "drop", "ack", "drop"}},
        {"tw.dupfin_min_ms", {"0", "0", "0", "0"}},
        {"tw.reuse_active", {"loopback", "never", "loopback", "never"}},
        {"tw.overflow", {"evict_oldest", "evict_oldest", "drop_new", "evict_oldest"}},
        {"ts.tolerate_missing", {"0", "0", "1", "0"}},
        {"abort.hold", {"1", "1", "0", "0"}},
        {"connect.halfopen", {"hold_unless_ts", "hold", "rfc9293", "rfc9293"}},
        {"fw2.orphan_ms", {"60000", "60000", "60000", "600000"}},
        {"bind.tw_require_both", {"0", "0", "1", "0"}},
        {"bind.relaxed_double", {"0", "0", "1", "0"}},
        {"bind.specific_over_wildcard", {"0", "0", "0", "1"}},
        {"ipv6.v6only_default", {"0", "0", "0", "1"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum lull_knob knob = (enum lull_knob)lull_knob_find(rows[i].name);
        for (int p = 0; p < LULL_PROFILE_COUNT; p++)
            assert_string_equal(text_of(knob, lull_knob_info(knob)->value[p]), rows[i].value[p]);
    }
}

TEST(a_value_may_not_leave_its_range)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        const struct lull_knob_info *info = lull_knob_info((enum lull_knob)i);
        enum lull_error refused = info->scope == LULL_KNOB_FIXED ? LULL_EOPNOTSUPP : LULL_EINVAL;
        struct lull_knobs knobs = fresh();
        int64_t before = knobs.value[i];
        assert_int_equal(lull_knobs_set(&knobs, (enum lull_knob)i, info->least - 1), refused);
        assert_int_equal(lull_knobs_set(&knobs, (enum lull_knob)i, info->most + 1), refused);
        assert_int_equal(knobs.value[i], before);
        assert_int_equal(lull_knobs_set(&knobs, (enum lull_knob)i, info->least), LULL_OK);
        assert_int_equal(lull_knobs_set(&knobs, (enum lull_knob)i, info->most), LULL_OK);
        assert_int_equal(knobs.value[i], info->most);
        knobs.value[i]++;
        assert_false(lull_knobs_are_valid(&knobs));
    }
}

TEST(an_ephemeral_range_that_ends_before_it_begins_is_invalid)
{
    struct lull_knobs knobs = fresh();
    knobs.value[LULL_KNOB_ports_ephemeral_first] = knobs.value[LULL_KNOB_ports_ephemeral_last];
    assert_true(lull_knobs_are_valid(&knobs));
    knobs.value[LULL_KNOB_ports_ephemeral_first]++;
    assert_false(lull_knobs_are_valid(&knobs));
}

TEST(assignments_are_read)
{
    static const struct {
        const char *text;
        enum lull_knob knob;
        int64_t value;
    } rows[] = {
        {"tw.msl_ms=1", LULL_KNOB_tw_msl_ms, 1},
        {"tw.msl_ms=3600000", LULL_KNOB_tw_msl_ms, 3600000},
        {"tw.msl_ms=250ms", LULL_KNOB_tw_msl_ms, 250},
        {"tw.msl_ms=2s", LULL_KNOB_tw_msl_ms, 2000},
        {"tw.msl_ms=2m", LULL_KNOB_tw_msl_ms, 120000},
        {"tw.msl_ms=1h", LULL_KNOB_tw_msl_ms, 3600000},
        {"tw.rto_floor=3.5", LULL_KNOB_tw_rto_floor, 35},
        {"tw.rto_floor=4", LULL_KNOB_tw_rto_floor, 40},
        {"tw.rto_floor=0.1", LULL_KNOB_tw_rto_floor, 1},
        {"tw.rst=ignore", LULL_KNOB_tw_rst, LULL_TW_RST_IGNORE},
        {"tw.rst=rfc9293", LULL_KNOB_tw_rst, LULL_TW_RST_RFC9293},
        {"tw.rst=solicited", LULL_KNOB_tw_rst, LULL_TW_RST_SOLICITED},
        {"tw.reuse_active=2", LULL_KNOB_tw_reuse_active, LULL_TW_REUSE_LOOPBACK},
        {"abort.hold=0", LULL_KNOB_abort_hold, 0},
        {"restart.mode=off", LULL_KNOB_restart_mode, LULL_RESTART_OFF},
        {"restart.mode=quiet", LULL_KNOB_restart_mode, LULL_RESTART_QUIET},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lull_knobs knobs = fresh();
        knobs.value[rows[i].knob] = rows[i].value - 1; /* so that the call must change it */
        assert_int_equal(lull_knobs_assign(&knobs, rows[i].text), LULL_OK);
        assert_int_equal(knobs.value[rows[i].knob], rows[i].value);
    }
}

TEST(what_is_not_an_assignment_changes_nothing)
{
    static const char *const wrong[] = {
        "",
        "=",
        "tw.rst",
        "tw.rst=",
        "tw.rs=ignore",
        "tw.rst=ign",
        "tw.rst=3",
        "tw.rst=-1",
        "tw.rstx=1",
        "tw.msl_ms=0",
        "tw.msl_ms",
        "tw.msl_ms=x",
        "tw.msl_ms=s",
        "tw.msl_ms=1 s",
        "tw.msl_ms=3600001",
        "tw.max=1s",
        "tw.max=1.5",
        "tw.max=",
        "abort.hold=2",
        "tw.msl_ms=1000000000000000",
        "tw.rto_floor=3.55",
        "tw.rto_floor=3.",
        "tw.rto_floor=10.1",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct lull_knobs knobs = fresh(), before = fresh();
        assert_int_equal(lull_knobs_assign(&knobs, wrong[i]), LULL_EINVAL);
        assert_memory_equal(&knobs, &before, sizeof knobs);
    }
    struct lull_knobs knobs = fresh();
    assert_int_equal(lull_knobs_assign(&knobs, "hold.persist=1"), LULL_EOPNOTSUPP);
}

TEST(every_value_of_every_profile_reads_back)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        const struct lull_knob_info *info = lull_knob_info((enum lull_knob)i);
        for (int p = 0; p < LULL_PROFILE_COUNT; p++) {
            char assignment[128];
            struct lull_knobs knobs = fresh();
            size_t length = strlen(info->name);
            memcpy(assignment, info->name, length);
            assignment[length] = '=';
            lull_knob_text((enum lull_knob)i, info->value[p], assignment + length + 1, 64);
            assert_int_equal(lull_knobs_assign(&knobs, assignment), LULL_OK);
            assert_int_equal(knobs.value[i], info->value[p]);
        }
    }
}

TEST(what_is_no_knob_has_no_row)
{
    char text[8] = "x";
    struct lull_knobs knobs = fresh();
    assert_null(lull_knob_info(LULL_KNOB_COUNT));
    assert_true(lull_knob_find("tw") < 0);
    assert_true(lull_knob_find("tw.msl_ms=") < 0);
    assert_true(lull_profile_find("linu") < 0);
    assert_string_equal(lull_profile_name(LULL_PROFILE_COUNT), "?");
    assert_int_equal(lull_knobs_set(&knobs, LULL_KNOB_COUNT, 0), LULL_EINVAL);
    assert_int_equal(lull_knob_text(LULL_KNOB_COUNT, 0, text, sizeof text), 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_profile_is_valid),
        cmocka_unit_test(profiles_have_the_values_they_are_known_for),
        cmocka_unit_test(a_value_may_not_leave_its_range),
        cmocka_unit_test(an_ephemeral_range_that_ends_before_it_begins_is_invalid),
        cmocka_unit_test(assignments_are_read),
        cmocka_unit_test(what_is_not_an_assignment_changes_nothing),
        cmocka_unit_test(every_value_of_every_profile_reads_back),
        cmocka_unit_test(what_is_no_knob_has_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
