#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_play.h"
#include "lab/lab_program.h"

/* What a play is to be looked at for, afterwards. */
static struct lab_story story;
static void *memory;

static void play(void (*scene)(struct lab_scene *s))
{
    const struct lab_scenario scenario = {
        .name = "SC-00", .title = "", .rules = "", .expected = "all went well", .play = scene};
    const struct lab_play_options options = {0};
    const size_t bytes = lab_play_bytes(&scenario, &options);

    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    lab_play(&scenario, &options, memory, &story);
    if (!story.as_expected)
        fail_msg("%s", story.verdict);
}

static unsigned told(const char *words)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < story.event_count; i++)
        count += strstr(story.events[i].why, words) != NULL;
    return count;
}

static void die_with_all(struct lab_scene *s)
{
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};
    struct lab_program client = {.name = "the client", .host = LAB_C, .reuse = true};

    lab_program_start(s, &server);
    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK, "it listens");
    lab_scene_expect(s, lab_program_newest(&client) == SIM_STREAM_NONE, "it has none yet");
    for (uint16_t port = 1500; port < 1503; port++) {
        lab_scene_expect(s, lab_program_connect(s, &client, port, &to) == LULL_EINPROGRESS,
                         "it connects");
        lab_scene_wait(s, LULL_MS(100));
        lab_scene_expect(s, lab_program_accept(s, &server) != SIM_STREAM_NONE, "it accepts");
    }
    const uint32_t newest = lab_program_newest(&client);
    lab_scene_close(s, client.streams[0]);
    lab_program_die(s, &client);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect_state(s, newest, "FIN-WAIT-2");
    lab_scene_expect_sent(s, LAB_C, 1 | 16, 3);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect_state(s, newest, "TIME-WAIT");
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_LISTENER) == 0, "nobody listens");
    lab_scene_wait(s, LULL_SEC(61));
}

static void a_program_that_dies_leaves_nothing_open(void **state)
{
    (void)state;
    play(die_with_all);
    assert_int_equal(told("S: the server starts"), 1);
    assert_int_equal(told("C: the client dies"), 1);
    for (uint32_t i = 0; i < story.event_count; i++)
        assert_null(strstr(story.events[i].what, "EBADF"));
    free(memory);
}

static void be_refused(struct lab_scene *s)
{
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_program first = {.name = "one", .host = LAB_S, .reuse = true}, second = first;
    struct lab_program client = {.name = "the client", .host = LAB_C, .reuse = true};

    (void)lab_program_listen(s, &first, LAB_SERVER_PORT);
    for (int i = 0; i < 100; i++) /* sockets_max is 64 */
        lab_scene_expect(s, lab_program_listen(s, &second, LAB_SERVER_PORT) == LULL_EADDRINUSE,
                         "the port is taken");
    (void)lab_program_connect(s, &client, LAB_CLIENT_PORT, &to);
    lab_scene_wait(s, LULL_MS(100));
    (void)lab_program_accept(s, &first);
    for (int i = 0; i < 100; i++)
        lab_scene_expect(s, lab_program_connect(s, &client, LAB_CLIENT_PORT, &to) < 0,
                         "the tuple is taken");
    lab_program_die(s, &client);
    lab_program_die(s, &first);
    lab_scene_wait(s, LULL_SEC(61));
}

static void what_is_refused_keeps_no_socket(void **state)
{
    (void)state;
    play(be_refused);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_dies_leaves_nothing_open),
        cmocka_unit_test(what_is_refused_keeps_no_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
