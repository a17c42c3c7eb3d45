#include "golden.h"
#include "lab/lab_look.h"

/* The @nth event of @kind, counted from 1. */
static const struct lab_event *nth(enum lab_kind kind, unsigned n)
{
    const struct lab_story *story = &golden_story.lab;

    for (uint32_t i = 0; i < story->event_count; i++) {
        if (story->events[i].kind == kind && --n == 0)
            return &story->events[i];
    }
    fail_msg("there are not so many events of that kind");
    return NULL;
}

static const struct lab_event *first_with(uint32_t text_bytes)
{
    for (uint32_t i = 0; i < golden_story.lab.event_count; i++) {
        if (golden_story.events[i].segment.text_bytes == text_bytes)
            return &golden_story.events[i];
    }
    fail_msg("no segment has so much text");
    return NULL;
}

static void a_late_segment_has_an_arrival_and_the_arrival_a_sending(void **state)
{
    (void)state;
    story_wandering_duplicate(&golden_story);
    const struct lab_event *d1 = first_with(500), *arrival = nth(LAB_ARRIVAL, 1);
    assert_ptr_equal(lab_look_arrival(&golden_story.lab, d1), arrival);
    assert_ptr_equal(lab_look_sending(&golden_story.lab, arrival), d1);
    assert_null(lab_look_arrival(&golden_story.lab, nth(LAB_SEGMENT, 1)));
    assert_null(lab_look_sending(&golden_story.lab, d1));
    assert_int_equal(lab_look_from(&golden_story.lab, d1), 0);
    assert_int_equal(lab_look_from(&golden_story.lab, arrival), 0);
    assert_int_equal(lab_look_from(&golden_story.lab, nth(LAB_SEGMENT, 2)), 1);
}

static void a_double_is_not_the_arrival(void **state)
{
    (void)state;
    story_everything(&golden_story);
    const struct lab_event *twice = lab_look_sending(&golden_story.lab, nth(LAB_ARRIVAL, 1));
    assert_true(nth(LAB_ARRIVAL, 1)->is_double);
    /* Not even one that overtakes it. */
    golden_story.events[lab_story_number(&golden_story.lab, nth(LAB_ARRIVAL, 1))].at = twice->at;
    assert_null(lab_look_arrival(&golden_story.lab, twice));
}

static void repetitions_are_counted_and_know_their_original(void **state)
{
    const struct lab_story *story = &golden_story.lab;
    const struct lab_event *again[2] = {NULL, NULL};
    unsigned found = 0;

    (void)state;
    story_lost_last_ack(&golden_story);
    for (uint32_t i = 0; i < story->event_count; i++) {
        if (story->events[i].repeats != LAB_NONE)
            again[found++] = &story->events[i];
    }
    assert_int_equal(found, 2);
    const struct lab_event *fin = lab_look_original(story, again[0]);
    assert_int_equal(fin->at, LULL_MS(1200));
    assert_ptr_equal(lab_look_original(story, again[1]), fin);
    assert_int_equal(lab_look_repetition(story, fin), 0);
    assert_int_equal(lab_look_repetition(story, again[0]), 1);
    assert_int_equal(lab_look_repetition(story, again[1]), 2);
    assert_null(lab_look_original(story, fin));
}

static void a_receiver_is_looked_at_when_the_segment_arrives(void **state)
{
    (void)state;
    story_wandering_duplicate(&golden_story);
    const struct lab_event *syn = nth(LAB_SEGMENT, 1), *d1 = first_with(500);
    assert_int_equal(lab_look_instant(&golden_story.lab, syn, 0), 0);
    assert_int_equal(lab_look_instant(&golden_story.lab, syn, 1), LULL_MS(50));
    assert_int_equal(lab_look_instant(&golden_story.lab, d1, 1), d1->at);
    assert_int_equal(lab_look_instant(&golden_story.lab, nth(LAB_ARRIVAL, 1), 1), LULL_MS(22500));
    story_lost_last_ack(&golden_story);
    const struct lab_event *lost = nth(LAB_SEGMENT, 10);
    assert_int_equal(lost->fate, LAB_FATE_LOST);
    assert_int_equal(lab_look_instant(&golden_story.lab, lost, 1), lost->at);
}

static void what_reaches_a_newer_incarnation_is_old(void **state)
{
    unsigned old = 0;

    (void)state;
    story_without_time_wait(&golden_story);
    for (uint32_t i = 0; i < golden_story.lab.event_count; i++)
        old += lab_look_is_old(&golden_story.lab, &golden_story.events[i]);
    assert_int_equal(old, 1);
    assert_true(lab_look_is_old(&golden_story.lab, nth(LAB_ARRIVAL, 1)));
    story_wandering_duplicate(&golden_story);
    assert_false(lab_look_is_old(&golden_story.lab, nth(LAB_ARRIVAL, 1)));
}

static void a_new_syn_that_meets_an_older_record_is_not_old(void **state)
{
    (void)state;
    story_captured(&golden_story);
    const struct lab_event *syn = &golden_story.events[golden_story.lab.event_count - 1];
    assert_int_equal(syn->side[1].incarnation, 1);
    assert_int_equal(syn->incarnation, 2);
    golden_story.events[golden_story.lab.event_count - 1].arrived_at = syn->at + 1;
    assert_false(lab_look_is_old(&golden_story.lab, syn));
}

static void each_incarnation_begins_once(void **state)
{
    lull_time begins[4] = {0};
    unsigned found = 0;

    (void)state;
    story_everything(&golden_story);
    for (uint32_t i = 0; i < golden_story.lab.event_count; i++) {
        if (lab_look_begins_incarnation(&golden_story.lab, &golden_story.events[i]))
            begins[found++] = golden_story.events[i].at - golden_story.lab.start;
    }
    assert_int_equal(found, 3);
    assert_int_equal(begins[0], 0);
    assert_int_equal(begins[1], LULL_MS(2100)); /* the other conversation's first */
    assert_int_equal(begins[2], LULL_MS(3000));
}

static void what_is_not_there_is_not_looked_for(void **state)
{
    struct lab_event event = {.kind = LAB_ARRIVAL, .of = LAB_NONE, .repeats = LAB_NONE};

    (void)state;
    story_empty(&golden_story);
    assert_null(lab_look_sending(&golden_story.lab, &event));
    assert_null(lab_look_original(&golden_story.lab, &event));
    assert_int_equal(lab_look_repetition(&golden_story.lab, &event), 0);
    assert_false(lab_look_has_conversation(&golden_story.lab, &event));
    assert_false(lab_look_is_old(&golden_story.lab, &event));
    assert_string_equal(lab_look_party(&golden_story.lab, 0), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_segment_has_an_arrival_and_the_arrival_a_sending),
        cmocka_unit_test(a_double_is_not_the_arrival),
        cmocka_unit_test(repetitions_are_counted_and_know_their_original),
        cmocka_unit_test(a_receiver_is_looked_at_when_the_segment_arrives),
        cmocka_unit_test(what_reaches_a_newer_incarnation_is_old),
        cmocka_unit_test(a_new_syn_that_meets_an_older_record_is_not_old),
        cmocka_unit_test(each_incarnation_begins_once),
        cmocka_unit_test(what_is_not_there_is_not_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
