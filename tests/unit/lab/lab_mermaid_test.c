/* That Mermaid takes it is for tests/interop/mermaid_test.sh to see. */
#include "golden.h"
#include "lab/lab_mermaid.h"

static const char *draw(const struct lab_story *story)
{
    lab_mermaid(story, golden_out());
    return golden.text;
}

static void charts_look_as_they_looked_when_somebody_looked_at_them(void **state)
{
    char name[128];

    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        story_samples[i](&golden_story);
        draw(&golden_story.lab);
        snprintf(name, sizeof name, "%s.mmd", golden_names[i]);
        golden_compare(name);
    }
}

static void no_text_has_a_character_with_a_meaning(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    strcpy(golden_story.events[0].what, "#;%%{<&>\"\x1b\xff");
    draw(&golden_story.lab);
    assert_non_null(strstr(golden.text, "#35;#59;#37;#37;{#lt;#amp;#gt;#quot;"
                                        "\xef\xbf\xbd\xef\xbf\xbd<br/>SYN-SENT\n"));
}

static void a_name_that_could_be_a_word_of_mermaid_gets_a_number(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    strcpy(golden_story.lab.parties[0].name, "end");
    strcpy(golden_story.lab.parties[1].name, "End");
    draw(&golden_story.lab);
    assert_non_null(strstr(golden.text, "party0->>party1: "));
    strcpy(golden_story.lab.parties[1].name, "B2");
    draw(&golden_story.lab);
    assert_non_null(strstr(golden.text, "participant party0 as end<br/>12.106.32.254\n"));
    assert_non_null(strstr(golden.text, "participant B2 as B2<br/>206.168.112.219\n"));
    assert_non_null(strstr(golden.text, "party0->>B2: "));
}

static void a_wait_of_a_second_is_told_and_a_shorter_one_is_not(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    golden_story.lab.event_count = 2;
    golden_story.events[1].at = LULL_SEC(1);
    assert_non_null(strstr(draw(&golden_story.lab), "1.000 s pass"));
    golden_story.events[1].at = LULL_SEC(1) - 1;
    assert_null(strstr(draw(&golden_story.lab), "pass"));
}

static void a_new_incarnation_is_told_how_both_ends_stand(void **state)
{
    (void)state;
    story_captured(&golden_story);
    struct lab_event *syn = &golden_story.events[golden_story.lab.event_count - 1];
    memcpy(syn->side, syn[-1].side, sizeof syn->side);
    const char *block = strstr(draw(&golden_story.lab), "incarnation 2 of");
    assert_non_null(block);
    assert_non_null(strstr(block, "Note over C: CLOSED?\n"));
    assert_non_null(strstr(block, "Note over S: TIME-WAIT"));
}

static void blocks_are_closed_as_often_as_they_are_opened(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        unsigned opened = 0, closed = 0;
        story_samples[i](&golden_story);
        draw(&golden_story.lab);
        for (const char *at = golden.text; (at = strstr(at, " rect ")) != NULL; at++)
            opened++;
        for (const char *at = golden.text; (at = strstr(at, " end\n")) != NULL; at++)
            closed++;
        assert_int_equal(opened, closed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_look_as_they_looked_when_somebody_looked_at_them),
        cmocka_unit_test(no_text_has_a_character_with_a_meaning),
        cmocka_unit_test(a_name_that_could_be_a_word_of_mermaid_gets_a_number),
        cmocka_unit_test(a_wait_of_a_second_is_told_and_a_shorter_one_is_not),
        cmocka_unit_test(a_new_incarnation_is_told_how_both_ends_stand),
        cmocka_unit_test(blocks_are_closed_as_often_as_they_are_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
