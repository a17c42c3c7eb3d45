/* That it is JSON, and what docs/lab-format.md says it is, is for tests/interop/jsonl_test.py. */
#include "golden.h"
#include "lab/lab_jsonl.h"

static void lines_hold_what_they_held_when_somebody_read_them(void **state)
{
    (void)state;
    story_everything(&golden_story);
    lab_jsonl(&golden_story.lab, golden_out());
    golden_compare("everything.jsonl");
    story_captured(&golden_story);
    lab_jsonl(&golden_story.lab, golden_out());
    golden_compare("captured.jsonl");
    story_empty(&golden_story);
    lab_jsonl(&golden_story.lab, golden_out());
    golden_compare("empty.jsonl");
}

static void the_story_and_each_event_are_one_line(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        unsigned lines = 0;
        story_samples[i](&golden_story);
        lab_jsonl(&golden_story.lab, golden_out());
        for (const char *at = golden.text; (at = strchr(at, '\n')) != NULL; at++)
            lines++;
        assert_int_equal(lines, golden_story.lab.event_count + 1);
    }
}

static void instants_are_whole_nanoseconds(void **state)
{
    (void)state;
    story_captured(&golden_story);
    golden_story.events[0].at = golden_story.lab.start + 1;
    lab_jsonl(&golden_story.lab, golden_out());
    assert_non_null(strstr(golden.text, "\"start_ns\":1764093102250000000,"));
    assert_non_null(strstr(golden.text, "\"at_ns\":1764093102250000001,"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_hold_what_they_held_when_somebody_read_them),
        cmocka_unit_test(the_story_and_each_event_are_one_line),
        cmocka_unit_test(instants_are_whole_nanoseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
