#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_layout.h"
#include "story.h"
#include "wire/tcp_segment.h"

#define LONG_STORY 3000

static struct story story;
static struct lab_layout layout;
static struct lab_event events[LONG_STORY];

static void lay_out(void (*tell)(struct story *story))
{
    tell(&story);
    lab_layout_init(&layout, &story.lab, 100);
}

static void time_runs_down_and_rows_do_not_touch(void **state)
{
    (void)state;
    for (unsigned s = 0; s < STORY_SAMPLES; s++) {
        int bottom = 100;
        lay_out(story_samples[s]);
        for (uint32_t i = 0; i < story.lab.event_count; i++) {
            const struct lab_layout_place row = lab_layout_row(&layout, i);
            assert_true(row.top >= bottom);
            assert_true(row.anchor > row.top && row.bottom > row.anchor);
            bottom = row.bottom + row.gap;
        }
        assert_true(layout.height >= bottom);
    }
}

static void a_wait_of_a_second_is_folded(void **state)
{
    const struct lab_memory memory = {events, 3, NULL, 0};

    (void)state;
    lab_story_init(&story.lab, &memory);
    (void)lab_story_add(&story.lab, LAB_NOTE, 0);
    (void)lab_story_add(&story.lab, LAB_NOTE, LULL_MS(999));
    (void)lab_story_add(&story.lab, LAB_NOTE, LULL_MS(1999));
    lab_layout_init(&layout, &story.lab, 0);
    assert_int_equal(lab_layout_row(&layout, 0).gap, 0);
    assert_true(lab_layout_row(&layout, 1).gap > 0);
    assert_int_equal(lab_layout_row(&layout, 2).gap, 0); /* nothing is waited for */
}

/* Event number @i of a long story, whose rows differ in height. */
static void add(struct lab_story *long_story, unsigned i)
{
    struct lab_event *event = lab_story_add(long_story, LAB_SEGMENT, LULL_MS(i));

    event->conversation = 0;
    event->incarnation = (uint16_t)(1 + i / 700);
    if (i % 7 == 0)
        memset(event->why, 'x', sizeof event->why - 1);
}

static void a_row_lies_where_it_lies_in_whatever_order_one_asks(void **state)
{
    const struct lab_memory memory = {events, LONG_STORY, NULL, 0};
    static int anchors[LONG_STORY];

    (void)state;
    lab_story_init(&story.lab, &memory);
    story.lab.conversation_count = 1;
    story.lab.conversations[0].incarnations = 5;
    for (unsigned i = 0; i < LONG_STORY; i++)
        add(&story.lab, i);
    lab_layout_init(&layout, &story.lab, 0);
    unsigned begun = 0;
    for (uint32_t i = 0; i < LONG_STORY; i++) {
        const struct lab_layout_place row = lab_layout_row(&layout, i);
        anchors[i] = row.anchor;
        begun += row.band_begins;
        assert_int_equal(row.band, 1 + i / 700);
    }
    assert_int_equal(begun, 5);
    for (uint32_t i = 0, at = 1; i < LONG_STORY; i++, at = at * 1103 % LONG_STORY + 1)
        assert_int_equal(lab_layout_row(&layout, at % LONG_STORY).anchor, anchors[at % LONG_STORY]);
    for (uint32_t i = LONG_STORY; i-- > 0;)
        assert_int_equal(lab_layout_row(&layout, i).anchor, anchors[i]);
}

static void an_old_segment_begins_no_card(void **state)
{
    uint32_t begun[2];
    unsigned count = 0;

    (void)state;
    lay_out(story_without_time_wait);
    for (uint32_t i = 0; i < story.lab.event_count; i++) {
        const struct lab_layout_place row = lab_layout_row(&layout, i);
        assert_true(row.band == count + row.band_begins);
        if (row.band_begins)
            begun[count++ & 1] = i;
        if (story.lab.events[i].kind == LAB_ARRIVAL)
            assert_int_equal(row.band, 2);
    }
    assert_int_equal(count, 2);
    assert_int_equal(story.lab.events[begun[1]].kind, LAB_CALL); /* connect() */
}

static struct lab_event *stand(uint16_t left, uint16_t right)
{
    struct lab_event *event = lab_story_add(&story.lab, LAB_CALL, LULL_MS(story.lab.event_count));

    event->conversation = 0;
    event->side[0].incarnation = left;
    event->side[1].incarnation = right;
    return event;
}

/* A SYN was believed, its handshake has failed, and the record of the incarnation before is back.
 */
static void a_card_ends_when_its_incarnation_has_failed(void **state)
{
    static const uint16_t bands[] = {1, 2, 2, 1, 1};
    const struct lab_memory memory = {events, 8, NULL, 0};

    (void)state;
    lab_story_init(&story.lab, &memory);
    story.lab.conversation_count = 1;
    story.lab.conversations[0].incarnations = 2;
    (void)stand(0, 1);
    (void)stand(0, 2);
    (void)stand(0, 1); /* the reset */
    (void)lab_story_add(&story.lab, LAB_NOTE, LULL_MS(3));
    (void)stand(0, 1);
    lab_layout_init(&layout, &story.lab, 0);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(lab_layout_row(&layout, i).band, bands[i]);
}

static void conversations_of_one_incarnation_do_not_cut_the_cards(void **state)
{
    (void)state;
    lay_out(story_everything);
    for (uint32_t i = 0; i < story.lab.event_count; i++)
        assert_int_equal(lab_layout_row(&layout, i).conversation, 0);
}

static void an_arrival_that_makes_something_happen_lands_there(void **state)
{
    (void)state;
    lay_out(story_lost_last_ack);
    /* The SYN arrives at 0.050, where the SYN ACK is sent. */
    const struct lab_layout_place answer = lab_layout_row(&layout, 2);
    assert_int_equal(lab_layout_instant(&layout, 1, LULL_MS(50)), answer.anchor);
    assert_int_equal(lab_layout_landing(&layout, 1, LULL_MS(50)), answer.top + 3);
    assert_int_equal(lab_layout_change(&layout, 1, 0), lab_layout_row(&layout, 1).anchor);
    assert_int_equal(lab_layout_change(&layout, 1, 1), answer.anchor);
}

static void an_arrival_between_two_events_lands_between_them(void **state)
{
    (void)state;
    lay_out(story_lost_last_ack);
    const struct lab_layout_place row = lab_layout_row(&layout, 3),
                                  next = lab_layout_row(&layout, 4);
    const int y = lab_layout_landing(&layout, 3, LULL_MS(150));
    assert_true(y > row.anchor && y < next.anchor);
}

static void an_arrival_within_a_folded_wait_lands_in_its_mark(void **state)
{
    (void)state;
    lay_out(story_lost_last_ack);
    const uint32_t last = story.lab.event_count - 2;
    const struct lab_layout_place row = lab_layout_row(&layout, last);
    const int soon = lab_layout_instant(&layout, last, LULL_MS(2200));
    const int middle = lab_layout_instant(&layout, last, LULL_MS(32150));
    assert_true(row.gap > 0);
    assert_true(soon > row.anchor && soon <= row.bottom);
    assert_in_range(middle, row.bottom + row.gap / 2 - 2, row.bottom + row.gap / 2 + 2);
    assert_true(lab_layout_instant(&layout, last, LULL_MS(62000)) > middle);
}

static void every_conversation_has_a_lane(void **state)
{
    (void)state;
    lay_out(story_everything);
    assert_int_equal(lab_layout_lifeline(&layout, 0, 0), layout.left);
    assert_int_equal(lab_layout_lifeline(&layout, 0, 1), layout.right);
    assert_true(lab_layout_lifeline(&layout, 1, 0) < layout.left);
    assert_true(lab_layout_lifeline(&layout, 1, 1) > layout.right);
    story.lab.conversation_count = LAB_CONVERSATIONS_MAX;
    lab_layout_init(&layout, &story.lab, 0);
    assert_true(lab_layout_lifeline(&layout, LAB_CONVERSATIONS_MAX - 1, 0) > layout.left_state);
    assert_true(lab_layout_lifeline(&layout, LAB_CONVERSATIONS_MAX - 1, 1) < layout.right_state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_runs_down_and_rows_do_not_touch),
        cmocka_unit_test(a_wait_of_a_second_is_folded),
        cmocka_unit_test(a_row_lies_where_it_lies_in_whatever_order_one_asks),
        cmocka_unit_test(an_old_segment_begins_no_card),
        cmocka_unit_test(a_card_ends_when_its_incarnation_has_failed),
        cmocka_unit_test(conversations_of_one_incarnation_do_not_cut_the_cards),
        cmocka_unit_test(an_arrival_that_makes_something_happen_lands_there),
        cmocka_unit_test(an_arrival_between_two_events_lands_between_them),
        cmocka_unit_test(an_arrival_within_a_folded_wait_lands_in_its_mark),
        cmocka_unit_test(every_conversation_has_a_lane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
