/* A stack in the world: its frames, its life and its death. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "internet.h"

static struct sim_world *w;
static lull_socket listener;
static uint32_t streams[2]; /* of C and of S */

static unsigned resets; /* that S has sent */
static const char *lived;

static void watch(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind == SIM_LIVED)
        lived = e->what;
    resets += e->kind == SIM_SENT && e->node == INTERNET_S && e->segment != NULL
              && (e->segment->flags & TCP_RST);
}

static int open_world(void **state)
{
    const struct sim_plan plan = internet_wire(1);

    (void)state;
    w = internet_open(&plan);
    sim_world_watch(w, watch, NULL);
    listener = internet_listen(w);
    internet_connect(w, listener, streams);
    resets = 0;
    lived = NULL;
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    free(w);
    return 0;
}

static void run_for(lull_duration duration)
{
    sim_world_run(w, w->now + duration);
}

static const char *state_of(unsigned host, lull_socket socket)
{
    struct lull_tcp_info info;
    return lull_socket_info(w->nodes[host].stack, socket, &info) == LULL_OK ? info.state : "none";
}

static void a_host_that_crashed_hears_nothing(void **state)
{
    (void)state;
    assert_int_equal(sim_call_send(w, streams[0], 100), 100);
    sim_world_settle(w); /* it is on its way */
    sim_host_crash(w, INTERNET_S);
    assert_string_equal(lived, "crashes");
    run_for(LULL_SEC(2));
    assert_true(w->events[SIM_DEAF] >= 2); /* it, and it again */
    assert_int_equal(resets, 0);
    assert_int_equal(sim_call_stream(w, INTERNET_S, w->streams[streams[1]].socket),
                     streams[1]); /* until it lives again */
}

static void what_a_host_said_before_its_crash_arrives(void **state)
{
    (void)state;
    assert_int_equal(sim_call_send(w, streams[1], 100), 100);
    sim_world_settle(w);
    sim_host_crash(w, INTERNET_S);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[0], 4096), 100);
}

static void a_host_that_starts_remembers_nothing(void **state)
{
    uint8_t before[32];

    (void)state;
    memcpy(before, w->nodes[INTERNET_S].config.seed, sizeof before);
    assert_int_equal(w->nodes[INTERNET_S].life, 1);
    sim_host_crash(w, INTERNET_S);
    sim_host_boot(w, INTERNET_S);
    assert_string_equal(lived, "starts with nothing remembered");
    assert_int_equal(w->nodes[INTERNET_S].life, 2);
    assert_memory_not_equal(before, w->nodes[INTERNET_S].config.seed, sizeof before);
    assert_int_equal(sim_call_stream(w, INTERNET_S, w->streams[streams[1]].socket),
                     SIM_STREAM_NONE);
    assert_int_equal(sim_call_send(w, streams[0], 100), 100);
    run_for(LULL_SEC(1));
    assert_int_equal(resets, 1);
    assert_string_equal(state_of(INTERNET_C, w->streams[streams[0]].socket), "CLOSED");
}

/* Its next connection on the same tuple is another voice of another life. */
static void another_life_speaks_with_another_voice(void **state)
{
    uint32_t again[2];

    (void)state;
    sim_host_crash(w, INTERNET_S);
    sim_host_boot(w, INTERNET_S);
    (void)sim_call_send(w, streams[0], 1); /* C learns of it by a reset */
    run_for(LULL_SEC(1));
    (void)sim_call_close(w, INTERNET_C, w->streams[streams[0]].socket);
    internet_connect(w, internet_listen(w), again);
    const struct sim_voice *old = &w->ledger.voices[w->streams[streams[1]].voice];
    const struct sim_voice *new = &w->ledger.voices[w->streams[again[1]].voice];
    assert_int_equal(old->life, 1);
    assert_int_equal(new->life, 2);
    assert_int_equal(new->incarnation, old->incarnation + 1);
}

static void a_host_that_goes_on_with_its_memory_knows_its_connections(void **state)
{
    (void)state;
    assert_int_equal(sim_call_send(w, streams[1], 100), 100);
    sim_world_settle(w);
    sim_host_crash(w, INTERNET_S);
    (void)sim_call_send(w, streams[0], 300);
    run_for(LULL_SEC(20));
    sim_host_revive(w, INTERNET_S);
    assert_string_equal(lived, "goes on with the memory it had");
    assert_int_equal(w->nodes[INTERNET_S].life, 1);
    run_for(LULL_SEC(60));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 300);
    assert_int_equal(sim_call_receive(w, streams[0], 4096), 100);
    assert_int_equal(resets, 0);
}

static void a_suspended_host_sleeps_through_its_timers(void **state)
{
    (void)state;
    sim_host_suspend(w, INTERNET_C);
    sim_host_suspend(w, INTERNET_S);
    assert_string_equal(lived, "is suspended");
    sim_host_resume(w, INTERNET_S);
    assert_int_equal(sim_call_send(w, streams[1], 100), 100);
    run_for(LULL_SEC(10));
    const uint64_t deaf = w->events[SIM_DEAF];
    assert_true(deaf >= 3);                      /* lost at the door, and said again */
    assert_int_equal(w->events[SIM_ARRIVES], 3); /* the handshake's */
    sim_host_suspend(w, INTERNET_S);
    const uint64_t frames = w->frames;
    run_for(LULL_SEC(100));
    assert_int_equal(w->frames, frames); /* nothing was said */
    sim_host_resume(w, INTERNET_C);
    assert_string_equal(lived, "goes on");
    sim_host_resume(w, INTERNET_S); /* its timer is long due */
    assert_int_equal(w->frames, frames + 1);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[0], 4096), 100);
    assert_int_equal(w->events[SIM_DEAF], deaf);
}

static void a_host_that_crashes_in_its_sleep_wakes_up_when_it_goes_on(void **state)
{
    (void)state;
    sim_host_suspend(w, INTERNET_S);
    sim_host_crash(w, INTERNET_S);
    sim_host_revive(w, INTERNET_S);
    assert_int_equal(sim_call_send(w, streams[0], 100), 100);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 100);
}

/* [REQ QR-01] The configuration of the next start may be changed. */
static void a_host_that_starts_quietly_keeps_still(void **state)
{
    struct lull_knobs *knobs = &w->nodes[INTERNET_S].config.knobs;

    (void)state;
    assert_int_equal(lull_knobs_assign(knobs, "restart.mode=quiet"), LULL_OK);
    assert_int_equal(lull_knobs_assign(knobs, "quiet.ms=60s"), LULL_OK);
    sim_host_crash(w, INTERNET_S);
    sim_host_boot(w, INTERNET_S);
    const lull_time started = w->now;
    assert_int_equal(sim_call_send(w, streams[0], 100), 100);
    const uint64_t arrived = w->events[SIM_ARRIVES];
    run_for(LULL_SEC(60) - 1);
    assert_int_equal(resets, 0);
    assert_int_equal(lull_stack_counter(w->nodes[INTERNET_S].stack, LULL_COUNTER_QuietDrops),
                     w->events[SIM_ARRIVES] - arrived);
    run_for(LULL_SEC(60));
    assert_true(resets > 0);
    assert_true(w->now > started + LULL_SEC(60));
}

/* A reset that belongs to nobody is of the incarnation that it answers. */
static uint16_t incarnation_of_reset;

static void note_reset(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind == SIM_SENT && e->segment != NULL && (e->segment->flags & TCP_RST))
        incarnation_of_reset = e->ghost->incarnation;
}

static void a_reset_is_of_the_incarnation_that_it_answers(void **state)
{
    (void)state;
    sim_world_watch(w, note_reset, NULL);
    sim_host_crash(w, INTERNET_S);
    sim_host_boot(w, INTERNET_S);
    incarnation_of_reset = 99;
    (void)sim_call_send(w, streams[0], 1);
    run_for(LULL_SEC(1));
    assert_int_equal(incarnation_of_reset, 1);
}

static void answer(void *context, struct sim_world *world, unsigned host)
{
    (void)context;
    if (host == INTERNET_S && sim_call_receive(world, streams[1], 10) > 0)
        (void)sim_call_send(world, streams[1], 20);
}

static void what_users_bring_about_is_sent_at_once(void **state)
{
    (void)state;
    sim_world_employ(w, answer, NULL);
    (void)sim_call_send(w, streams[0], 10);
    run_for(LULL_MS(10)); /* there and back */
    assert_int_equal(sim_call_receive(w, streams[0], 4096), 20);
}

static void read_all(void *context, struct sim_world *world, unsigned host)
{
    (void)context;
    if (host == INTERNET_S)
        (void)sim_call_receive(world, streams[1], 4096);
}

static void only_look(void *context, struct sim_world *world, unsigned host)
{
    (void)context;
    if (host == INTERNET_C)
        assert_int_equal(sim_call_receive(world, streams[0], 4096), LULL_EAGAIN);
}

/* C's user finds nothing to read at the instant at which something is to be sent again. */
static void what_a_look_has_woken_is_sent_at_once(void **state)
{
    (void)state;
    sim_world_cut(w, 0);
    (void)sim_call_send(w, streams[0], 20);
    run_for(LULL_MS(1));
    const uint64_t frames = w->frames;
    const lull_time due = lull_stack_next_deadline(w->nodes[INTERNET_C].stack);
    assert_true(due < w->now + LULL_SEC(10));
    sim_world_run(w, due - 1);
    sim_world_employ(w, only_look, NULL);
    w->now = due;
    sim_host_attend(w, INTERNET_C);
    assert_int_equal(w->frames, frames + 1);
}

/* Whatever users do, somebody looks at what became of it. */
struct looks {
    bool called, settled;
};

static void note_looks(void *context, const struct sim_event *e)
{
    struct looks *looks = context;

    if (e->node != INTERNET_S)
        return;
    looks->called |= e->kind == SIM_CALLED;
    if (e->kind == SIM_CALLED)
        looks->settled = false;
    looks->settled |= e->kind == SIM_SETTLED;
}

static void a_host_settles_after_its_users_have_called(void **state)
{
    struct looks looks = {false, false};

    (void)state;
    sim_world_watch(w, note_looks, &looks);
    sim_world_employ(w, read_all, NULL);
    (void)sim_call_send(w, streams[0], 20);
    run_for(LULL_MS(5));
    assert_true(looks.called);
    assert_true(looks.settled);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_host_that_crashed_hears_nothing),
        TEST(what_a_host_said_before_its_crash_arrives),
        TEST(a_host_that_starts_remembers_nothing),
        TEST(another_life_speaks_with_another_voice),
        TEST(a_host_that_goes_on_with_its_memory_knows_its_connections),
        TEST(a_suspended_host_sleeps_through_its_timers),
        TEST(a_host_that_crashes_in_its_sleep_wakes_up_when_it_goes_on),
        TEST(a_host_that_starts_quietly_keeps_still),
        TEST(a_reset_is_of_the_incarnation_that_it_answers),
        TEST(what_users_bring_about_is_sent_at_once),
        TEST(what_a_look_has_woken_is_sent_at_once),
        TEST(a_host_settles_after_its_users_have_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
