#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_phrase.h"
#include "story.h"
#include "wire/tcp_segment.h"

static struct story story;
static char words[1024];

static struct lab_numbers *numbers_of_story(void)
{
    static struct lab_numbers numbers;

    lab_numbers_init(&numbers, &story.lab, LAB_NUMBERS_RELATIVE);
    return &numbers;
}

static struct text *fresh_text(void)
{
    static struct text t;

    text_init(&t, words, sizeof words);
    return &t;
}

/* The first event of @kind whose flags are @flags, from number @from on. */
static const struct lab_event *find(enum lab_kind kind, uint8_t flags, unsigned from)
{
    for (uint32_t i = from; i < story.lab.event_count; i++) {
        const struct lab_event *e = &story.lab.events[i];
        if (e->kind == kind && (flags == 0 || e->segment.flags == flags))
            return e;
    }
    fail();
    return NULL;
}

static void expect_numbers(const struct lab_event *event, const char *numbers)
{
    lab_phrase_numbers(fresh_text(), numbers_of_story(), event);
    assert_string_equal(words, numbers);
}

static void what_is_no_segment_has_no_numbers(void **state)
{
    (void)state;
    story_lost_last_ack(&story);
    expect_numbers(find(LAB_SEGMENT, TCP_SYN | TCP_ACK, 0), "seq=0 ack=1");
    expect_numbers(&story.lab.events[5], "seq=1 ack=12");
    expect_numbers(find(LAB_CALL, 0, 0), "");
}

static void an_old_segment_keeps_the_numbers_of_its_incarnation(void **state)
{
    (void)state;
    story_without_time_wait(&story);
    const struct lab_event *late = find(LAB_ARRIVAL, 0, 0);
    expect_numbers(late, "seq=1 ack=1");
    lab_phrase_label(fresh_text(), &story.lab, late);
    assert_string_equal(words, "late 500 B");
    lab_phrase_note(fresh_text(), &story.lab, late);
    assert_string_equal(words, "sent 22.300 s ago, at t=0.200, in incarnation 1");
}

static void a_fate_and_what_is_inferred_are_said(void **state)
{
    (void)state;
    story_captured(&story);
    lab_phrase_note(fresh_text(), &story.lab, &story.lab.events[0]);
    assert_string_equal(words, "lost on the way; inferred: fate");
    /* Nobody sees an arrival in a capture: that is not worth saying at every segment. */
    lab_phrase_note(fresh_text(), &story.lab, &story.lab.events[2]);
    assert_string_equal(words, "inferred: state");
    story_everything(&story);
    const struct lab_event *unknown = story.lab.events;
    while (unknown->kind != LAB_SEGMENT || unknown->fate != LAB_FATE_UNKNOWN)
        unknown++;
    lab_phrase_note(fresh_text(), &story.lab, unknown);
    assert_string_equal(words, "nobody saw whether it arrives");
}

static void several_conversations_have_letters(void **state)
{
    (void)state;
    story_everything(&story);
    lab_phrase_label(fresh_text(), &story.lab, &story.lab.events[0]);
    assert_string_equal(words, "A connect()");
    assert_int_equal(lab_phrase_letter(25), 'Z');
    assert_int_equal(lab_phrase_letter(26), 'a');
}

static void timers_are_in_the_words_of_their_kind(void **state)
{
    const struct lab_side record = {.timer = LULL_TIMER_TIMEWAIT, .until = LULL_SEC(62)};
    const struct lab_side again = {.timer = LULL_TIMER_ON, .until = LULL_MS(2300)};
    const struct lab_side alive = {.timer = LULL_TIMER_KEEPALIVE, .until = LULL_SEC(7202)};
    const struct lab_side none = {.timer = LULL_TIMER_ON, .until = LULL_TIME_NEVER};
    const struct lab_side past = {.timer = LULL_TIMER_ON, .until = LULL_SEC(1)};

    (void)state;
    lab_phrase_timer(fresh_text(), &record, LULL_SEC(2));
    assert_string_equal(words, "60.000 s left");
    lab_phrase_timer(fresh_text(), &again, LULL_SEC(2));
    assert_string_equal(words, "RTO in 0.300 s");
    lab_phrase_timer(fresh_text(), &alive, LULL_SEC(2));
    assert_string_equal(words, "keepalive 7200 s");
    lab_phrase_timer(fresh_text(), &none, LULL_SEC(2));
    assert_string_equal(words, "");
    lab_phrase_timer(fresh_text(), &past, LULL_SEC(2));
    assert_string_equal(words, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_segment_has_no_numbers),
        cmocka_unit_test(an_old_segment_keeps_the_numbers_of_its_incarnation),
        cmocka_unit_test(a_fate_and_what_is_inferred_are_said),
        cmocka_unit_test(several_conversations_have_letters),
        cmocka_unit_test(timers_are_in_the_words_of_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
