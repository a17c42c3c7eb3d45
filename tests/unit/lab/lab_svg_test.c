#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drawing.h"
#include "lab/lab_svg.h"
#include "story.h"

static struct story story;

static void draw(void (*tell)(struct story *story))
{
    tell(&story);
    lab_svg(&story.lab, fresh());
}

static unsigned count_events(enum lab_kind kind)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < story.lab.event_count; i++)
        count += story.lab.events[i].kind == kind;
    return count;
}

static void every_event_has_a_row_and_every_tag_an_end(void **state)
{
    (void)state;
    for (unsigned s = 0; s < STORY_SAMPLES; s++) {
        draw(story_samples[s]);
        assert_int_equal(count_of("<g class=\"row "), story.lab.event_count);
        assert_int_equal(count_of("<g ") + count_of("<g>"), count_of("</g>"));
        assert_int_equal(count_of("<text"), count_of("</text>"));
        assert_int_equal(count_of("<tspan"), count_of("</tspan>"));
        assert_int_equal(count_of("<svg"), 1);
        assert_int_equal(count_of("</svg>"), 1);
    }
}

static void the_same_story_is_the_same_picture(void **state)
{
    static char first[sizeof drawing.text];

    (void)state;
    draw(story_everything);
    memcpy(first, drawing.text, drawing.used + 1);
    draw(story_everything);
    assert_string_equal(first, drawing.text);
}

/* The emblem: a segment of incarnation 1 lands on the card of incarnation 2. */
static void an_old_segment_keeps_its_colour_on_another_card(void **state)
{
    (void)state;
    draw(story_without_time_wait);
    assert_int_equal(count_of("<g class=\"card i1\""), 1);
    assert_int_equal(count_of("<g class=\"card i2\""), 1);
    assert_int_equal(count_of("<g class=\"w i1 late\""), 1);
    assert_int_equal(count_of(" i1 foreign\""), 1);
    assert_int_equal(count_of("<g class=\"row violation "), 1);
}

static void one_incarnation_needs_no_badges(void **state)
{
    (void)state;
    draw(story_wandering_duplicate);
    assert_int_equal(count_of("class=\"badge\""), 0);
    assert_int_equal(count_of(" foreign\""), 0);
    draw(story_without_time_wait);
    /* One each, and the late one has a second at its end. */
    assert_int_equal(count_of("class=\"badge\""),
                     count_events(LAB_SEGMENT) + count_events(LAB_ARRIVAL));
}

static void what_is_lost_ends_in_a_cross(void **state)
{
    (void)state;
    draw(story_lost_last_ack);
    assert_int_equal(count_of("class=\"cross rigid\""), 2);
    assert_int_equal(count_of(" lost\" data-e="), 2);
    assert_int_equal(count_of("class=\"tip\""), count_events(LAB_SEGMENT) - 2);
}

static void every_fate_is_drawn_differently(void **state)
{
    (void)state;
    draw(story_everything);
    assert_int_equal(count_of("class=\"zigzag rigid\""), 1);
    assert_int_equal(count_of("class=\"ring rigid\""), 1);
    assert_int_equal(count_of("class=\"cross rigid\""), 2); /* lost, and its hop limit ran out */
    assert_int_equal(count_of(" underway\" data-e="), 1);
    assert_int_equal(count_of(" unknown\" data-e="), 1);
    assert_int_equal(count_of(" double\" data-e="), 1);
}

static void repetitions_are_tied_to_the_first(void **state)
{
    (void)state;
    draw(story_lost_last_ack);
    assert_int_equal(count_of("class=\"tie\""), 2);
}

/* The widths in a bar of TIME-WAIT, top and bottom of each trapezoid. */
static unsigned widths_of_bar(const char *bar, double *widths)
{
    unsigned count = 0;

    for (const char *at = strstr(bar, " d=\"M") + 4; *at == 'M'; at++) {
        double x[4];
        for (unsigned corner = 0; corner < 4; corner++) {
            char *end;
            x[corner] = strtod(at + 1, &end);
            (void)strtod(end, &end);
            at = end;
        }
        widths[count++] = x[1] - x[0];
        widths[count++] = x[2] - x[3];
    }
    return count;
}

/* Entered once, restarted twice: three bars, each of which begins wide; the last runs out. */
static void time_wait_runs_out_and_is_wide_again_when_restarted(void **state)
{
    const char *bar = drawing.text;
    double widths[64];
    unsigned count = 0;

    (void)state;
    draw(story_lost_last_ack);
    assert_int_equal(count_of("class=\"bar timewait\""), 3);
    for (unsigned i = 0; i < 3; i++) {
        bar = strstr(bar, "class=\"bar timewait\"") + 1;
        count = widths_of_bar(bar, widths);
        assert_true(widths[0] > 13.9 && widths[0] < 14.1);
        for (unsigned w = 1; w < count; w++)
            assert_true(widths[w] <= widths[w - 1]);
    }
    assert_true(widths[count - 1] < 2.1);
}

static void a_folded_wait_has_its_length(void **state)
{
    (void)state;
    draw(story_lost_last_ack);
    assert_int_equal(count_of("class=\"gap\""), 1);
    assert_int_equal(count_of(">60.000 s</text>"), 1);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    draw(story_everything);
    assert_int_equal(count_of("<b>"), 0);
    assert_true(count_of("&lt;b&gt;&amp;amp;") > 0);
}

static void verdict_and_what_is_missing_are_said(void **state)
{
    (void)state;
    draw(story_everything);
    assert_int_equal(count_of("class=\"prose bad\""), 1);
    assert_int_equal(count_of("3 more events had no room"), 1);
    draw(story_captured);
    assert_int_equal(count_of("inferred, with a question mark"), 1);
    assert_true(count_of("inferred\">") > 0);
}

static void what_nothing_proves_has_a_question_mark(void **state)
{
    (void)state;
    draw(story_captured);
    assert_int_equal(count_of("ESTABLISHED?</tspan>"), 2);
    assert_int_equal(count_of(">FIN-WAIT-1</tspan>"), 1);
    assert_true(count_of(" possible\">") > 0);
    draw(story_lost_last_ack);
    assert_int_equal(count_of("?</tspan>") + count_of(" possible\">"), 0);
}

static struct lab_event *stand(enum lab_kind kind, lull_time at, const char *right)
{
    struct lab_event *event = lab_story_add(&story.lab, kind, at);

    event->conversation = 0;
    event->side[1] = (struct lab_side){.state = right, .until = LULL_TIME_NEVER};
    return event;
}

/* The ACK is under way while something else happens; its receiver is closed when it arrives. */
static void a_state_does_not_come_back_while_what_ends_it_is_under_way(void **state)
{
    static struct lab_event events[4];
    const struct lab_memory memory = {events, 4, NULL, 0};

    (void)state;
    lab_story_init(&story.lab, &memory);
    story.lab.conversation_count = 1;
    story.lab.conversations[0].party[1] = 1;
    (void)stand(LAB_CALL, 0, "LAST-ACK");
    struct lab_event *ack = stand(LAB_SEGMENT, LULL_MS(1), "CLOSED");
    ack->fate = LAB_FATE_ARRIVED;
    ack->arrived_at = LULL_MS(20);
    (void)stand(LAB_VIOLATION, LULL_MS(2), "LAST-ACK");
    (void)stand(LAB_CALL, LULL_SEC(9), "CLOSED");
    lab_svg(&story.lab, fresh());
    assert_int_equal(count_of(">LAST-ACK</tspan>"), 1);
    assert_int_equal(count_of(">CLOSED</tspan>"), 1);
    assert_int_equal(count_of("class=\"bar closing\""), 1);
}

static void only_time_wait_has_the_colour_of_time_wait(void **state)
{
    (void)state;
    draw(story_lost_last_ack);
    assert_true(count_of(" tw\"><tspan class=\"b\"") > 0);
    for (uint32_t i = 0; i < story.lab.event_count; i++)
        for (unsigned side = 0; side < 2; side++)
            if (story.lab.events[i].side[side].timer == LULL_TIMER_TIMEWAIT)
                story.lab.events[i].side[side].state = "FORGOTTEN"; /* as long */
    lab_svg(&story.lab, fresh());
    assert_int_equal(count_of(" tw\""), 0);
}

static void a_page_gets_the_picture_without_its_frame(void **state)
{
    (void)state;
    story_lost_last_ack(&story);
    lab_svg_in_page(&story.lab, fresh());
    assert_int_equal(count_of("<style>"), 0);
    assert_int_equal(count_of("class=\"title\""), 0);
    assert_int_equal(count_of("<g class=\"row "), story.lab.event_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_a_row_and_every_tag_an_end),
        cmocka_unit_test(the_same_story_is_the_same_picture),
        cmocka_unit_test(an_old_segment_keeps_its_colour_on_another_card),
        cmocka_unit_test(one_incarnation_needs_no_badges),
        cmocka_unit_test(what_is_lost_ends_in_a_cross),
        cmocka_unit_test(every_fate_is_drawn_differently),
        cmocka_unit_test(repetitions_are_tied_to_the_first),
        cmocka_unit_test(time_wait_runs_out_and_is_wide_again_when_restarted),
        cmocka_unit_test(a_folded_wait_has_its_length),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(verdict_and_what_is_missing_are_said),
        cmocka_unit_test(what_nothing_proves_has_a_question_mark),
        cmocka_unit_test(a_state_does_not_come_back_while_what_ends_it_is_under_way),
        cmocka_unit_test(only_time_wait_has_the_colour_of_time_wait),
        cmocka_unit_test(a_page_gets_the_picture_without_its_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
