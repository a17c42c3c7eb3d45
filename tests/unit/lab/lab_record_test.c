#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_scene.h"
#include "playing.h"

#define FIN_ACK (TCP_FIN | TCP_ACK)

static const struct lab_event *find(const struct playing *p, bool (*fits)(const struct lab_event *))
{
    const struct lab_event *e = playing_find(p, 0, fits);
    assert_non_null(e);
    return e;
}

/* --- a lost FIN --- */

static void lose_fin(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_C, FIN_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_SEC(1));
    (void)lab_scene_read(s, e.server);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(62));
}

static bool is_fin_of_c(const struct lab_event *e)
{
    return e->kind == LAB_SEGMENT && e->party == LAB_C && (e->segment.flags & TCP_FIN) != 0;
}

static void a_lost_segment_and_its_repetition(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_fin);
    const struct lab_event *lost = find(&p, is_fin_of_c);
    const struct lab_event *again =
        playing_find(&p, lab_story_number(&p.story, lost) + 1, is_fin_of_c);
    assert_int_equal(lost->fate, LAB_FATE_LOST);
    assert_string_equal(lost->what, "");
    assert_true(lost->arrived_at == LULL_TIME_NEVER);
    assert_int_equal(lost->repeats, LAB_NONE);
    assert_int_equal(again->repeats, lab_story_number(&p.story, lost));
    assert_int_equal(again->fate, LAB_FATE_ARRIVED);
    assert_true(again->arrived_at - again->at == LULL_MS(5));
    assert_string_equal(again->rule, "CH-11 CH-09");
    assert_non_null(strstr(again->why, "not acknowledged for 0.200 s"));
    playing_close(&p);
}

static bool is_record(const struct lab_event *e)
{
    return e->kind == LAB_RECORD;
}

static void the_end_of_a_record_tells_how_both_ends_stand(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_fin);
    const struct lab_event *end = find(&p, is_record);
    assert_string_equal(end->what, "TIME-WAIT ends");
    assert_string_equal(end->side[0].state, "CLOSED");
    assert_string_equal(end->side[1].state, "CLOSED");
    playing_close(&p);
}

static void a_segment_tells_how_both_ends_stand(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_fin);
    const struct lab_event *lost = find(&p, is_fin_of_c);
    const struct lab_event *again =
        playing_find(&p, lab_story_number(&p.story, lost) + 1, is_fin_of_c);
    assert_string_equal(again->side[0].state, "FIN-WAIT-1");
    assert_string_equal(again->side[1].state, "CLOSE-WAIT"); /* when it has arrived */
    assert_string_equal(lost->side[1].state, "ESTABLISHED");
    assert_int_equal(again->incarnation, 1);
    assert_int_equal(again->side[1].incarnation, 1);
    assert_true(lab_story_packet(&p.story, again).len >= 40);
    playing_close(&p);
}

static void a_record_ends_when_its_time_is_over(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_fin);
    const struct lab_event *end = find(&p, is_record);
    assert_string_equal(end->what, "TIME-WAIT ends");
    assert_string_equal(end->rule, "TT-07");
    assert_string_equal(end->why, "waited to the end, 60.000 s after it last began");
    assert_int_equal(end->party, LAB_C);
    assert_int_equal(end->conversation, 0);
    playing_close(&p);
}

static bool is_connect(const struct lab_event *e)
{
    return e->kind == LAB_CALL && memcmp(e->what, "connect", 7) == 0;
}

static bool is_bind(const struct lab_event *e)
{
    return e->kind == LAB_CALL && memcmp(e->what, "bind", 4) == 0;
}

static void a_call_is_of_the_incarnation_it_begins(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_fin);
    assert_string_equal(find(&p, is_connect)->what, "connect() = EINPROGRESS");
    assert_int_equal(find(&p, is_connect)->incarnation, 1);
    assert_string_equal(find(&p, is_bind)->what, "bind(21)");
    assert_int_equal(p.story.conversations[0].incarnations, 1);
    playing_close(&p);
}

/* --- the answers of TIME-WAIT --- */

static void lose_last_ack(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_C, TCP_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    (void)lab_scene_read(s, e.server);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(62));
}

static bool is_second_answer(const struct lab_event *e)
{
    return memcmp(e->rule, "TT-03", 5) == 0;
}

static bool is_entry(const struct lab_event *e)
{
    return strstr(e->rule, "TT-01") != NULL;
}

static void the_reason_goes_with_the_segment(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_last_ack);
    const struct lab_event *again = find(&p, is_second_answer);
    assert_string_equal(again->rule, "TT-03 SA-08");
    assert_int_equal(again->party, LAB_C);
    assert_int_equal(again->segment.flags, TCP_ACK);
    assert_int_equal(again->side[0].restarts, 1);
    assert_string_equal(find(&p, is_entry)->rule, "CH-04 TT-01");
    assert_int_equal(find(&p, is_entry)->party, LAB_S);
    playing_close(&p);
}

/* --- what is late --- */

static void delay_text(struct lab_scene *s)
{
    const struct lab_packet text = {LAB_C, TCP_ACK, 1, SIM_PICK_WITH_TEXT};
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_hold(s, &text, LULL_SEC(3));
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_SEC(5));
    s->open_ended = true;
}

static bool is_arrival(const struct lab_event *e)
{
    return e->kind == LAB_ARRIVAL;
}

static void what_travels_long_has_an_arrival_of_its_own(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, delay_text);
    const struct lab_event *arrival = find(&p, is_arrival);
    const struct lab_event *sent = &p.story.events[arrival->of];
    assert_true(arrival->at - sent->at == LULL_SEC(3));
    assert_true(sent->arrived_at == arrival->at);
    assert_int_equal(arrival->party, LAB_S);
    assert_int_equal(arrival->segment.seq, sent->segment.seq);
    assert_false(arrival->is_double);
    playing_close(&p);
}

/* --- networks and hosts --- */

static void go_round(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_begin_loop(s);
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_leave_loop(s);
    lab_scene_wait(s, LULL_SEC(30));
    s->open_ended = true;
}

static void set_bypath(struct lab_stage *stage)
{
    lab_stage_bypath(stage);
}

static bool is_network(const struct lab_event *e)
{
    return e->kind == LAB_NETWORK;
}

static bool is_icmp(const struct lab_event *e)
{
    return e->kind == LAB_ICMP;
}

static bool is_expired(const struct lab_event *e)
{
    return e->kind == LAB_SEGMENT && e->fate == LAB_FATE_EXPIRED;
}

static void routes_hop_limits_and_icmp_are_told(void **state)
{
    const struct lab_scenario scenario = {
        .name = "SC-00", .title = "a loop", .expected = "", .set = set_bypath, .play = go_round};
    struct playing p;

    (void)state;
    playing_open(&p, &scenario, &(struct lab_play_options){0});
    assert_string_equal(find(&p, is_network)->what, "R2 sends what is for S to R4");
    assert_memory_equal(find(&p, is_expired)->what, "its hop limit runs out at R", 27);
    const struct lab_event *icmp = find(&p, is_icmp);
    assert_string_equal(icmp->what, "ICMP: hop limit exceeded in transit");
    assert_int_equal(icmp->conversation, 0);
    assert_string_equal(icmp->rule, "RL-11"); /* the text was acknowledged meanwhile */
    assert_string_equal(icmp->side[0].state, "ESTABLISHED");
    assert_string_equal(icmp->side[1].state, "ESTABLISHED");
    playing_close(&p);
}

static void crash(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    sim_host_crash(s->world, LAB_S);
    lab_scene_send(s, e.client, 100);
    lab_scene_wait(s, LULL_MS(100));
    sim_world_cut(s->world, 0);
    s->open_ended = true;
}

static bool is_host(const struct lab_event *e)
{
    return e->kind == LAB_HOST && e->at > 0;
}

static bool is_text(const struct lab_event *e)
{
    return e->kind == LAB_SEGMENT && e->segment.text_bytes > 0;
}

static void a_host_that_is_down_hears_nothing(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, crash);
    assert_string_equal(find(&p, is_host)->what, "S: crashes");
    assert_int_equal(find(&p, is_text)->fate, LAB_FATE_LOST);
    assert_string_equal(find(&p, is_text)->what, "comes to a host that is down");
    assert_string_equal(find(&p, is_text)->side[1].state, "down");
    assert_string_equal(find(&p, is_network)->what, "C: a link is cut, to S");
    playing_close(&p);
}

static void close_together(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_S, TCP_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(62));
}

/* One tuple, two records: S's begins again when C's FIN comes once more. */
static void each_end_has_a_wait_of_its_own(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, close_together);
    const struct lab_event *first = find(&p, is_record);
    const struct lab_event *second =
        playing_find(&p, lab_story_number(&p.story, first) + 1, is_record);
    assert_int_equal(first->party, LAB_S);
    assert_int_equal(second->party, LAB_C);
    assert_string_equal(first->why, "waited to the end, 60.000 s after it last began");
    assert_string_equal(second->why, "waited to the end, 60.000 s after it last began");
    playing_close(&p);
}

static void lose_reset(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_lose(s, LAB_C, TCP_RST | TCP_ACK, 1);
    lab_scene_abort(s, e.client);
    lab_scene_wait(s, LULL_SEC(10));
    lab_scene_send(s, e.server, 100);
    lab_scene_wait(s, LULL_SEC(62));
}

static bool is_end(const struct lab_event *e)
{
    return memcmp(e->what, "HOLD ends", 9) == 0;
}

static void a_hold_begins_again_with_each_reset(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, lose_reset);
    assert_string_equal(find(&p, is_end)->why, "waited to the end, 60.000 s after it last began");
    playing_close(&p);
}

/* --- refusals --- */

static void connect_again(struct lab_scene *s)
{
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    lose_fin(s);
    (void)lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_wait(s, LULL_MS(10));
    s->open_ended = true;
}

static void connect_too_soon(struct lab_scene *s)
{
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_ends e = lab_scene_connect(s);
    enum lull_error error;

    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(50));
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_MS(50));
    (void)lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_expect(s, error == LULL_EADDRINUSE, "the tuple is remembered");
    s->open_ended = true;
}

static bool is_refused(const struct lab_event *e)
{
    return e->kind == LAB_CALL && strstr(e->what, "EADDRINUSE") != NULL;
}

static void a_refused_call_names_the_rule_and_the_record(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, connect_too_soon);
    assert_true(p.story.as_expected);
    assert_string_equal(find(&p, is_refused)->what, "connect() = EADDRINUSE");
    assert_string_equal(find(&p, is_refused)->rule, "IR-13");
    assert_memory_equal(find(&p, is_refused)->why, "1 in TIME-WAIT with 206.168.112.219:21 for ",
                        43);
    playing_close(&p);
}

static void incarnations_of_a_tuple_are_counted(void **state)
{
    struct playing p;

    (void)state;
    playing_scene(&p, connect_again);
    assert_int_equal(p.story.conversation_count, 1);
    assert_int_equal(p.story.conversations[0].incarnations, 2);
    assert_int_equal(p.story.events[p.story.event_count - 1].incarnation, 2);
    playing_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_segment_and_its_repetition),
        cmocka_unit_test(the_end_of_a_record_tells_how_both_ends_stand),
        cmocka_unit_test(a_segment_tells_how_both_ends_stand),
        cmocka_unit_test(a_record_ends_when_its_time_is_over),
        cmocka_unit_test(a_call_is_of_the_incarnation_it_begins),
        cmocka_unit_test(the_reason_goes_with_the_segment),
        cmocka_unit_test(what_travels_long_has_an_arrival_of_its_own),
        cmocka_unit_test(routes_hop_limits_and_icmp_are_told),
        cmocka_unit_test(a_host_that_is_down_hears_nothing),
        cmocka_unit_test(each_end_has_a_wait_of_its_own),
        cmocka_unit_test(a_hold_begins_again_with_each_reset),
        cmocka_unit_test(a_refused_call_names_the_rule_and_the_record),
        cmocka_unit_test(incarnations_of_a_tuple_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
