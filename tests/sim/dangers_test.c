/* Each danger of the lab's book strikes when the mistake is made that it warns of, and no setting
 * of the page's sliders ends the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_book.h"

static struct lab_story story;
static void *memory;

static void play(const struct lab_scenario *scenario, const struct lab_play_options *options)
{
    const size_t bytes = lab_play_bytes(scenario, options);

    free(memory);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    lab_play(scenario, options, memory, &story);
}

static int free_memory(void **state)
{
    (void)state;
    free(memory);
    memory = NULL;
    return 0;
}

static void expect_as_said(const struct lab_scenario *scenario,
                           const struct lab_play_options *options, const char *verdict)
{
    play(scenario, options);
    if (!story.as_expected)
        fail_msg("%s, %s: %s", scenario->name, story.title, story.verdict);
    assert_string_equal(story.verdict, verdict);
    assert_int_equal(story.events_dropped, 0);
}

static void every_scenario_is_as_expected(void **state)
{
    const struct lab_scenario *scenario;

    (void)state;
    for (unsigned i = 0; (scenario = lab_book(i)) != NULL; i++)
        expect_as_said(scenario, &(struct lab_play_options){0}, scenario->expected);
}

static void every_danger_strikes_without_time_wait(void **state)
{
    const struct lab_play_options flawed = {.without_timewait = true};
    const struct lab_scenario *scenario;
    unsigned played = 0;

    (void)state;
    for (unsigned i = 0; (scenario = lab_book(i)) != NULL; i++) {
        if (scenario->without == NULL)
            continue;
        expect_as_said(scenario, &flawed, scenario->without);
        played++;
    }
    assert_true(played >= 6);
}

static void every_other_mistake_strikes(void **state)
{
    const struct lab_play_options twisted = {.twisted = true};
    const struct lab_scenario *scenario;
    unsigned played = 0;

    (void)state;
    for (unsigned i = 0; (scenario = lab_book(i)) != NULL; i++) {
        if (scenario->twist == NULL)
            continue;
        expect_as_said(scenario, &twisted, scenario->twist->strikes);
        played++;
    }
    assert_true(played >= 6);
}

static void play_forms(const struct lab_scenario *scenario, struct lab_play_options options)
{
    play(scenario, &options);
    assert_true(story.judged != story.as_expected); /* only a violation is judged */
    assert_true(story.verdict[0] != '\0');
    assert_true(story.event_count > 0);
    if (scenario->without != NULL) {
        options.without_timewait = true;
        play(scenario, &options);
        options.without_timewait = false;
    }
    if (scenario->twist != NULL) {
        options.twisted = true;
        play(scenario, &options);
    }
}

static void no_setting_ends_the_program(void **state)
{
    static const lull_duration lives[] = {LULL_SEC(2), LULL_SEC(30), LULL_SEC(120)};
    const struct lab_scenario *scenario;

    (void)state;
    for (unsigned i = 0; (scenario = lab_book(i)) != NULL; i++)
        for (unsigned life = 0; life < 3; life++)
            for (uint32_t loss = 0; loss <= 20; loss += 10)
                play_forms(scenario, (struct lab_play_options){.msl = lives[life],
                                                               .loss_percent = loss,
                                                               .seed = life + loss});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_is_as_expected),
        cmocka_unit_test(every_danger_strikes_without_time_wait),
        cmocka_unit_test(every_other_mistake_strikes),
        cmocka_unit_test(no_setting_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, free_memory);
}
