/* lab_book_wandering.c - segments that were believed lost and were not. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "wire/tcp_segment.h"

/* Timestamps would tell old from new by themselves (PAWS); here numbers must. */
static void set_plain(struct lab_stage *stage)
{
    lab_stage_bypath(stage);
    for (unsigned i = 0; i < 2; i++)
        stage->config[i].features = 0;
}

/* C's text goes astray, is sent again, and S closes first.  At 2.2 s S is in TIME-WAIT. */
static struct lab_ends lose_the_way(struct lab_scene *s, size_t before)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_send(s, e.client, before);
    lab_scene_wait(s, LULL_MS(200));
    (void)lab_scene_read(s, e.server);
    lab_scene_begin_loop(s);
    lab_scene_send(s, e.client, 500);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_leave_loop(s);
    lab_scene_until(s, LULL_SEC(2));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 500, "S reads the repeated text");
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect_state(s, e.client, "CLOSED");
    if (!s->flawed)
        lab_scene_expect_state(s, e.server, "TIME-WAIT");
    return e;
}

static void play_sc08(struct lab_scene *s)
{
    struct lab_ends e = lose_the_way(s, 1000);

    lab_scene_until(s, LULL_SEC(22));
    lab_scene_heal_loop(s);
    lab_scene_until(s, LULL_SEC(24));
    lab_scene_expect_state(s, e.server, "TIME-WAIT");
    lab_scene_expect_left(s, e.server, LULL_SEC(58), LULL_SEC(60));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 0, "nothing more is read");
    lab_scene_wait(s, LULL_SEC(61));
    lab_scene_expect_state(s, e.server, "CLOSED");
}

#define SC09_BEFORE 8000u

/* A clock of ISNs that a connection can outrun: RFC 1185's condition for reuse is broken. */
static void set_slow_clock(struct lab_stage *stage)
{
    set_plain(stage);
    for (unsigned i = 0; i < 2; i++)
        stage->config[i].knobs.value[LULL_KNOB_isn_tick_ns] = 1000000;
}

/* So many octets that the old text lies exactly at what S expects next. */
static size_t octets_before_old_text(const struct lab_scene *s)
{
    const struct sim_ledger *ledger = &s->world->ledger;
    const struct lull_name c = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    const struct sim_voice *old = &ledger->voices[0];
    const struct sim_voice *now = &ledger->voices[sim_ledger_newest(ledger, &c, &to)];

    return SC09_BEFORE - seq_span(old->iss, now->iss);
}

static void play_sc09(struct lab_scene *s)
{
    struct lab_ends e = lose_the_way(s, SC09_BEFORE);
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    lab_scene_until(s, LULL_SEC(5));
    const uint32_t again = lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_until(s, LULL_SEC(6));
    const uint32_t accepted = lab_scene_accept(s, LAB_S, e.listener);
    if (s->flawed && accepted != SIM_STREAM_NONE) {
        lab_scene_send(s, again, octets_before_old_text(s));
        lab_scene_until(s, LULL_SEC(20));
        (void)lab_scene_read(s, accepted);
    }
    lab_scene_expect(s, s->flawed || accepted == SIM_STREAM_NONE,
                     "S does not open again while D1 may live");
    lab_scene_until(s, LULL_SEC(22));
    lab_scene_heal_loop(s);
    lab_scene_until(s, LULL_SEC(24));
    if (accepted != SIM_STREAM_NONE)
        (void)lab_scene_read(s, accepted);
    s->open_ended = true;
}

const struct lab_scenario lab_book_wandering[] = {
    {
        .name = "SC-08",
        .title = "a segment comes out of a routing loop after the close",
        .look_for =
            "C's segment D1 is caught between R2 and R4, which send it to each other, 0.4 s for "
            "each "
            "hop. C sends the text again by a way that works, S closes, and 20 s later the loop "
            "heals and D1 arrives. S remembers the connection: D1 is answered and dropped, nothing "
            "is "
            "read, and the wait starts again, because the answer could be lost in its turn.",
        .rules = "TT-04 SA-11",
        .expected = "D1 is acknowledged and dropped in TIME-WAIT; the wait starts again",
        .set = set_plain,
        .play = play_sc08,
    },
    {
        .name = "SC-09",
        .title = "an old segment and a new incarnation",
        .look_for =
            "As SC-08, but C opens the same connection again while D1 is still on its way. C's "
            "clock "
            "of initial sequence numbers is slow, so the new numbers lie below the old ones and "
            "cover "
            "D1. S refuses the SYN as long as it remembers. Without TIME-WAIT it accepts, and 500 "
            "octets of the dead connection are read in the new one.",
        .rules = "IR-06 TT-01",
        .expected = "the SYN is refused while D1 may live",
        .without = "500 octets of incarnation 1 are read in incarnation 2 (INV-01)",
        .violated = 1u << 1,
        .set = set_slow_clock,
        .play = play_sc09,
    },
};

const unsigned lab_book_wandering_count = COUNT_OF(lab_book_wandering);
