#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "lab/lab_book.h"
#include "lab/lab_play.h"
#include "playing.h"

static void stand_still(struct lab_scene *s)
{
    lab_scene_wait(s, LULL_SEC(1));
}

static void name_case(struct text *t, unsigned which)
{
    text_string(t, "case ");
    text_decimal(t, which);
}

static void fail_in_second(struct lab_scene *s)
{
    lab_scene_expect(s, s->which != 2, "it is not the second");
}

/* --- cases --- */

static const struct lab_scenario three_cases = {.name = "SC-00",
                                                .title = "three cases",
                                                .expected = "all three",
                                                .play = stand_still,
                                                .cases = 3,
                                                .shown = 3,
                                                .name_case = name_case};

static void of_several_cases_one_is_shown(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, &three_cases, &(struct lab_play_options){0});
    assert_string_equal(p.story.title, "three cases: case 3");
    assert_string_equal(p.story.verdict, "all three");
    assert_true(p.story.as_expected);
    playing_close(&p);
    playing_open(&p, &three_cases, &(struct lab_play_options){.which = 1});
    assert_string_equal(p.story.title, "three cases: case 1");
    playing_close(&p);
}

static void a_case_that_fails_is_shown_instead(void **state)
{
    struct lab_scenario scenario = three_cases;
    struct playing p;

    (void)state;
    scenario.play = fail_in_second;
    playing_open(&p, &scenario, &(struct lab_play_options){0});
    assert_false(p.story.as_expected);
    assert_string_equal(p.story.title, "three cases: case 2");
    assert_string_equal(p.story.verdict, "not as expected: it is not the second");
    playing_close(&p);
    playing_open(&p, &scenario, &(struct lab_play_options){.which = 1});
    assert_true(p.story.as_expected);
    playing_close(&p);
}

static void set_by_case(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    stage->config[LAB_C].records_max = stage->which == 2 ? 4096 : 64;
}

static void there_is_memory_for_the_largest_case(void **state)
{
    struct lab_scenario scenario = three_cases;
    struct playing p;

    (void)state;
    const size_t small = lab_play_bytes(&scenario, &(struct lab_play_options){0});
    scenario.set = set_by_case;
    assert_true(lab_play_bytes(&scenario, &(struct lab_play_options){.which = 1}) > small);
    playing_open(&p, &scenario, &(struct lab_play_options){0});
    assert_true(p.story.as_expected);
    playing_close(&p);
}

/* --- forms with a mistake --- */

static void expect_form(struct lab_scene *s)
{
    lab_scene_expect(s, s->flawed || s->twisted, "a mistake is made");
}

static void turn_knob(struct lab_stage *stage)
{
    lab_stage_turn(stage, LULL_KNOB_tw_msl_ms, 7000);
}

static const struct lab_twist twist = {
    .name = "a short MSL", .strikes = "it strikes", .set = turn_knob};

static const struct lab_scenario dangerous = {.name = "SC-00",
                                              .title = "a danger",
                                              .expected = "nothing",
                                              .without = "something strikes",
                                              .violated = 1u << 4,
                                              .play = expect_form,
                                              .twist = &twist};

static void a_danger_that_does_not_strike_is_not_as_expected(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, &dangerous, &(struct lab_play_options){.without_timewait = true});
    assert_false(p.story.as_expected);
    assert_string_equal(p.story.title, "a danger, without TIME-WAIT");
    assert_string_equal(p.story.verdict, "not as expected: nothing strikes");
    playing_close(&p);
}

static void a_twist_that_violates_nothing_is_judged_by_its_play(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, &dangerous, &(struct lab_play_options){.twisted = true});
    assert_true(p.story.as_expected);
    assert_string_equal(p.story.title, "a danger, with a short MSL");
    assert_string_equal(p.story.verdict, "it strikes");
    assert_true(p.story.msl == LULL_SEC(7));
    playing_close(&p);
    playing_open(&p, &dangerous, &(struct lab_play_options){0});
    assert_string_equal(p.story.verdict, "not as expected: a mistake is made");
    playing_close(&p);
}

/* --- variants --- */

static void close_one(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    (void)lab_scene_read(s, e.server);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
}

static const struct lab_scenario closing = {
    .name = "SC-00", .title = "a close", .expected = "closed", .play = close_one};

static bool is_record(const struct lab_event *e)
{
    return e->kind == LAB_RECORD;
}

static void another_msl_is_every_hosts(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, &closing, &(struct lab_play_options){.msl = LULL_SEC(2)});
    assert_true(p.story.msl == LULL_SEC(2));
    const struct lab_event *end = playing_find(&p, 0, is_record);
    assert_non_null(strstr(end->why, "4.000 s after"));
    playing_close(&p);
}

/* What the scenario expects was not looked at. */
static void with_other_settings_nothing_is_said_to_be_as_expected(void **state)
{
    static const struct lab_play_options others[] = {
        {.msl = LULL_SEC(2)}, {.loss_percent = 1}, {.seed = 3}};
    struct playing p;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        playing_open(&p, &closing, &others[i]);
        assert_false(p.story.judged);
        assert_true(p.story.as_expected);
        assert_string_equal(p.story.verdict, "not judged; no invariant is violated");
        playing_close(&p);
    }
    playing_open(&p, lab_book_named("SC-05"),
                 &(struct lab_play_options){.seed = 3, .without_timewait = true});
    assert_false(p.story.judged);
    assert_memory_equal(p.story.verdict, "not judged; violated: INV-0", 27);
    assert_non_null(strstr(p.story.verdict, " INV-04"));
    playing_close(&p);
}

/* The network keeps D1 for longer than these hosts wait. */
static void a_violation_that_nobody_asked_for_is_judged(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, lab_book_named("SC-09"), &(struct lab_play_options){.msl = LULL_SEC(2)});
    assert_true(p.story.judged);
    assert_false(p.story.as_expected);
    assert_string_equal(p.story.verdict,
                        "octet 3000 of incarnation 2 was written as octet 8000 of incarnation 1");
    playing_close(&p);
}

static uint32_t lost_in(const struct playing *p)
{
    uint32_t lost = 0;

    for (uint32_t i = 0; i < p->story.event_count; i++)
        lost += p->story.events[i].fate == LAB_FATE_LOST;
    return lost;
}

static void losses_come_besides_what_the_scene_loses(void **state)
{
    struct playing p;

    (void)state;
    playing_open(&p, &closing, &(struct lab_play_options){0});
    assert_int_equal(lost_in(&p), 0);
    playing_close(&p);
    playing_open(&p, &closing, &(struct lab_play_options){.loss_percent = 50, .seed = 3});
    assert_true(lost_in(&p) > 0);
    assert_true(p.story.as_expected);
    playing_close(&p);
}

static void the_same_options_give_the_same_story(void **state)
{
    const struct lab_play_options options = {.loss_percent = 20, .seed = 9};
    struct playing a, b;

    (void)state;
    playing_open(&a, &closing, &options);
    playing_open(&b, &closing, &options);
    assert_int_equal(a.story.event_count, b.story.event_count);
    assert_int_equal(a.story.bytes_used, b.story.bytes_used);
    assert_memory_equal(a.story.bytes, b.story.bytes, a.story.bytes_used);
    playing_close(&b);
    playing_open(&b, &closing, &(struct lab_play_options){.loss_percent = 20, .seed = 10});
    assert_true(a.story.bytes_used != b.story.bytes_used
                || memcmp(a.story.bytes, b.story.bytes, a.story.bytes_used) != 0);
    playing_close(&a);
    playing_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_several_cases_one_is_shown),
        cmocka_unit_test(a_case_that_fails_is_shown_instead),
        cmocka_unit_test(there_is_memory_for_the_largest_case),
        cmocka_unit_test(a_danger_that_does_not_strike_is_not_as_expected),
        cmocka_unit_test(a_twist_that_violates_nothing_is_judged_by_its_play),
        cmocka_unit_test(another_msl_is_every_hosts),
        cmocka_unit_test(with_other_settings_nothing_is_said_to_be_as_expected),
        cmocka_unit_test(a_violation_that_nobody_asked_for_is_judged),
        cmocka_unit_test(losses_come_besides_what_the_scene_loses),
        cmocka_unit_test(the_same_options_give_the_same_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
