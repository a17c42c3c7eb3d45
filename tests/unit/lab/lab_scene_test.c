#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_scene.h"
#include "playing.h"

#define FIN_ACK (TCP_FIN | TCP_ACK)

/* --- what is expected --- */

static struct lab_ends close_both(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    (void)lab_scene_read(s, e.server);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_MS(50));
    return e;
}

static void wrong_fact(struct lab_scene *s)
{
    lab_scene_expect(s, false, "it rains");
    lab_scene_expect(s, false, "it snows");
}

static void wrong_state(struct lab_scene *s)
{
    struct lab_ends e = close_both(s);
    lab_scene_expect_state(s, e.client, "CLOSED");
}

static void wrong_wait(struct lab_scene *s)
{
    struct lab_ends e = close_both(s);
    lab_scene_expect_left(s, e.client, LULL_SEC(10), LULL_SEC(20));
}

static void wrong_segments(struct lab_scene *s)
{
    (void)close_both(s);
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 2);
}

static void wrong_resets(struct lab_scene *s)
{
    (void)close_both(s);
    lab_scene_expect_reset(s, LAB_S, 1);
}

static void wrong_count(struct lab_scene *s)
{
    (void)close_both(s);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TW, 2);
}

static void wrong_error(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);
    lab_scene_abort(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    lab_scene_expect_error(s, e.server, LULL_ETIMEDOUT);
}

static void wrong_rule(struct lab_scene *s)
{
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    (void)close_both(s);
    (void)lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_expect_rule(s, LAB_C, "BL-01");
}

static void wrong_fins(struct lab_scene *s)
{
    (void)close_both(s);
    for (uint32_t i = 0; i < s->story->event_count; i++)
        if (s->story->events[i].party == LAB_C && (s->story->events[i].segment.flags & TCP_FIN)) {
            struct lab_event *again = lab_story_add(s->story, LAB_SEGMENT, s->world->now);
            *again = s->story->events[i];
            again->segment.seq++;
            break;
        }
    lab_scene_expect_same_fins(s, LAB_C);
}

static void an_expectation_that_fails_is_the_verdict(void **state)
{
    static const struct {
        void (*play)(struct lab_scene *s);
        const char *verdict;
    } rows[] = {
        {wrong_fact, "not as expected: it rains"},
        {wrong_state, "not as expected: C is in CLOSED; it is TIME-WAIT"},
        {wrong_wait, "not as expected: the wait ends in 10000 to 20000 ms; it is 599"},
        {wrong_segments, "not as expected: C has sent 2 segments with flags 17; it is 1"},
        {wrong_resets, "not as expected: S has sent 1 reset; it is 0"},
        {wrong_count, "not as expected: C has counted TW to 2; it is 1"},
        {wrong_error, "not as expected: the user at S reads ETIMEDOUT; it is ECONNRESET"},
        {wrong_rule, "not as expected: the call is refused by rule BL-01; it is IR-13"},
        {wrong_fins, "not as expected: a FIN that is sent again has the number it had"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct playing p;
        playing_scene(&p, rows[i].play);
        assert_false(p.story.as_expected);
        assert_memory_equal(p.story.verdict, rows[i].verdict, strlen(rows[i].verdict));
        playing_close(&p);
    }
}

static bool is_second_failure(const struct lab_event *e)
{
    return e->kind == LAB_NOTE && strstr(e->why, "it snows") != NULL;
}

static void every_failure_is_an_event_and_the_first_is_the_verdict(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, wrong_fact);
    assert_non_null(playing_find(&p, 0, is_second_failure));
    assert_string_equal(p.story.verdict, "not as expected: it rains");
    playing_close(&p);
}

static void all_is_well(struct lab_scene *s)
{
    struct lab_ends e = close_both(s);

    lab_scene_expect(s, true, "it rains");
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_left(s, e.client, LULL_SEC(59), LULL_SEC(60));
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 1);
    lab_scene_expect_reset(s, LAB_S, 0);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TW, 1);
    lab_scene_expect_same_fins(s, LAB_C);
    lab_scene_wait(s, LULL_SEC(61));
}

static void expectations_that_hold_say_nothing(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, all_is_well);
    assert_string_equal(p.story.verdict, "all goes well");
    assert_true(p.story.as_expected);
    playing_close(&p);
}

static void with_another_msl_nothing_is_expected(void **state)
{
    const struct lab_scenario scenario = {.name = "SC-00", .title = "", .play = wrong_fact};
    struct playing p;

    (void)state;
    playing_open(&p, &scenario, &(struct lab_play_options){.msl = LULL_SEC(2)});
    assert_true(p.story.as_expected);
    playing_close(&p);
}

/* --- what the network does --- */

static void lose_second_fin(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_C, FIN_ACK, 1);
    lab_scene_lose(s, LAB_C, FIN_ACK, 2);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_SEC(5));
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 3);
    lab_scene_expect_state(s, e.server, "CLOSE-WAIT");
    s->open_ended = true;
}

static bool is_lost(const struct lab_event *e)
{
    return e->kind == LAB_SEGMENT && e->fate == LAB_FATE_LOST;
}

static void the_packet_that_is_named_is_lost(void **state)
{
    struct playing p;
    uint32_t lost = 0;

    (void)state;
    playing_scene(&p, lose_second_fin);
    for (uint32_t i = 0; i < p.story.event_count; i++)
        lost += is_lost(&p.story.events[i]);
    assert_int_equal(lost, 2);
    assert_int_equal(playing_find(&p, 0, is_lost)->segment.flags, FIN_ACK);
    assert_true(p.story.as_expected);
    playing_close(&p);
}

/* An ACK with text is not the ACK that is meant. */
static void lose_bare_ack(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_C, TCP_ACK, 1);
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 100, "the text arrives");
    lab_scene_send(s, e.server, 50);
    lab_scene_wait(s, LULL_MS(100));
    s->open_ended = true;
}

static void an_ack_is_lost_only_without_text(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_bare_ack);
    assert_true(p.story.as_expected);
    assert_int_equal(playing_find(&p, 0, is_lost)->segment.text_bytes, 0);
    playing_close(&p);
}

static void hold_and_double(struct lab_scene *s)
{
    const struct lab_packet first = {LAB_C, TCP_ACK, 1, SIM_PICK_WITH_TEXT};
    const struct lab_packet second = {LAB_C, TCP_ACK, 2, SIM_PICK_WITH_TEXT};
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_double(s, &first, LULL_SEC(7));
    lab_scene_hold(s, &second, LULL_SEC(9));
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_SEC(20));
    s->open_ended = true;
}

static bool is_double(const struct lab_event *e)
{
    return e->kind == LAB_ARRIVAL && e->is_double;
}

static bool is_late(const struct lab_event *e)
{
    return e->kind == LAB_ARRIVAL && !e->is_double;
}

static void a_packet_is_held_and_a_double_comes_later(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, hold_and_double);
    const struct lab_event *copy = playing_find(&p, 0, is_double);
    const struct lab_event *late = playing_find(&p, 0, is_late);
    assert_non_null(copy);
    assert_non_null(late);
    assert_true(copy->at - p.story.events[copy->of].at == LULL_SEC(7));
    assert_true(late->at - p.story.events[late->of].at == LULL_SEC(9));
    playing_close(&p);
}

/* --- users --- */

static void close_in_one_breath(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_close_promptly(s, e.server);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, 0);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, 1);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_wait(s, LULL_SEC(61));
}

static void who_closes_promptly_acknowledges_with_his_fin(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, close_in_one_breath);
    assert_string_equal(p.story.verdict, "all goes well");
    playing_close(&p);
}

static void use_nothing(struct lab_scene *s)
{
    lab_scene_send(s, SIM_STREAM_NONE, 10);
    lab_scene_expect(s, lab_scene_read(s, SIM_STREAM_NONE) == 0, "nothing is read");
    lab_scene_shut(s, SIM_STREAM_NONE);
    lab_scene_close(s, SIM_STREAM_NONE);
    lab_scene_abort(s, SIM_STREAM_NONE);
    lab_scene_expect(s, lab_scene_ends(s, SIM_STREAM_NONE) == 0, "no end is read");
    lab_scene_expect_error(s, SIM_STREAM_NONE, LULL_OK);
    lab_scene_expect_state(s, SIM_STREAM_NONE, "CLOSED");
}

static void a_connection_that_did_not_come_about_does_nothing(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, use_nothing);
    assert_true(p.story.as_expected);
    assert_int_equal(p.story.event_count, 0);
    playing_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expectation_that_fails_is_the_verdict),
        cmocka_unit_test(every_failure_is_an_event_and_the_first_is_the_verdict),
        cmocka_unit_test(expectations_that_hold_say_nothing),
        cmocka_unit_test(with_another_msl_nothing_is_expected),
        cmocka_unit_test(the_packet_that_is_named_is_lost),
        cmocka_unit_test(an_ack_is_lost_only_without_text),
        cmocka_unit_test(a_packet_is_held_and_a_double_comes_later),
        cmocka_unit_test(who_closes_promptly_acknowledges_with_his_fin),
        cmocka_unit_test(a_connection_that_did_not_come_about_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
