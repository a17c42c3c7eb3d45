/* lab_book_reuse.c - a pair of ports is used again while its last connection is remembered. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "lab/lab_mistake.h"
#include "lab/lab_program.h"
#include "wire/tcp_segment.h"

static struct lab_program server_of(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};

    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK,
                     "the server listens");
    return server;
}

/* --- SC-11 ------------------------------------------------------------------------------- */

#define OLD_TEXT_AT 8000u

/* A clock of ISNs that a connection can outrun, so that new numbers lie below the old ones. */
static void set_outrun(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
    lab_stage_turn(stage, LULL_KNOB_isn_tick_ns, 1000000);
}

/* S's 500 octets D1 arrive, and 20 s later once more. */
static struct lab_ends say_it_twice(struct lab_scene *s, struct lab_program *server)
{
    const struct sim_pick d1 = {.from = LAB_S,
                                .link = SIM_PICK_FIRST,
                                .text = SIM_PICK_WITH_TEXT,
                                .nth = 1,
                                .fate = {.duplicated = true, .age = {0, LULL_SEC(20)}}};
    struct lab_ends e = lab_program_visit(s, server, LAB_C, LAB_CLIENT_PORT);

    lab_scene_send(s, e.server, OLD_TEXT_AT);
    lab_scene_wait(s, LULL_MS(500));
    sim_world_pick(s->world, &d1);
    lab_scene_send(s, e.server, 500);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e.client) == OLD_TEXT_AT + 500, "C reads all of it");
    return e;
}

/* The new incarnation comes to where D1 stood in the old one. */
static void meet_old_text(struct lab_scene *s, const struct lab_ends *again)
{
    const struct lull_name c = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
    const struct lull_name from = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);

    lab_scene_send(s, again->server, lab_scene_octets_until(s, &from, &c, OLD_TEXT_AT));
    lab_scene_until(s, LULL_SEC(10));
    (void)lab_scene_read(s, again->client);
    lab_scene_until(s, LULL_SEC(22));
    lab_scene_expect(s, lab_scene_read(s, again->client) == 500, "C reads D1 again");
    s->open_ended = true;
}

static void play_sc11(struct lab_scene *s)
{
    struct lab_program server = server_of(s);
    struct lab_ends e = say_it_twice(s, &server);

    lab_scene_until(s, LULL_SEC(2));
    lab_program_part(s, e.client, e.server);
    lab_scene_until(s, LULL_SEC(7));
    struct lab_ends again = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    lab_scene_expect(s, s->flawed == (again.client != SIM_STREAM_NONE), "connect() = EADDRINUSE");
    if (again.client != SIM_STREAM_NONE) {
        meet_old_text(s, &again);
        return;
    }
    lab_scene_expect_rule(s, LAB_C, "IR-13");
    lab_scene_expect_sent(s, LAB_C, TCP_SYN, 1);
    lab_scene_expect_reset(s, LAB_C, 0);
    lab_scene_until(s, LULL_SEC(22));
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWRestarted, 1);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_left(s, e.client, LULL_SEC(57), LULL_SEC(60));
    lab_scene_until(s, LULL_SEC(82));
    again = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    lab_scene_expect(s, again.server != SIM_STREAM_NONE, "it connects when the wait is over");
    lab_program_part(s, again.client, again.server);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-19 ------------------------------------------------------------------------------- */

static void set_plain_wire(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
}

static const struct lab_twist given_away = {
    .name = "a record that ends with the SYN",
    .strikes = "the record is gone before anybody has shown that the SYN is new (INV-05)",
    .violated = 1u << 5,
    .set = lab_mistake_destroy_on_reuse,
};

/* S's newest number of its own lies above everything it said before. */
static bool is_above_old(const struct lab_scene *s)
{
    const struct lull_name c = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
    const struct lull_name from = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    const struct sim_ledger *ledger = &s->world->ledger;
    const uint32_t newest = sim_ledger_newest(ledger, &from, &c);

    if (newest == SIM_VOICE_NONE)
        return false;
    const struct sim_voice *now = &ledger->voices[newest];
    for (const struct sim_voice *v = ledger->voices; v < now; v++)
        if (sim_packet_same_name(&v->local, &from) && sim_packet_same_name(&v->remote, &c)
            && seq_diff(now->iss, v->nxt) <= 0)
            return false;
    return true;
}

static void come_back_as_rsh(struct lab_scene *s, struct lab_program *server)
{
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_program client = {.name = "the client", .host = LAB_C, .reuse = true};
    struct lab_ends again;

    (void)lab_program_connect(s, &client, LAB_CLIENT_PORT, &to);
    again.client = lab_program_newest(&client);
    lab_scene_wait(s, LULL_MS(8)); /* the SYN has come to S, and the SYN-ACK not yet to C */
    lab_scene_expect(s, s->twisted || lab_scene_rows(s, LAB_S, LULL_ROW_TIME_WAIT) == 1,
                     "S keeps its record beside the connection that is to replace it");
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_CONNECTION) == 1,
                     "S has a connection in the handshake");
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_TIME_WAIT) == 0,
                     "the record is gone when the handshake is complete");
    lab_scene_expect(s, s->twisted || is_above_old(s), "S's ISS lies above its old SND.NXT");
    again.server = lab_scene_accept(s, LAB_S, server->listener);
    lab_scene_expect(s, again.server != SIM_STREAM_NONE, "S accepts");
    lab_scene_send(s, again.client, 300);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, again.server) == 300, "S reads the new text alone");
    lab_program_part(s, again.server, again.client);
}

static void play_sc19(struct lab_scene *s)
{
    struct lab_program server = server_of(s);
    struct lab_ends e = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);

    lab_scene_send(s, e.server, 500);
    lab_scene_until(s, LULL_SEC(1));
    lab_scene_expect(s, lab_scene_read(s, e.client) == 500, "C reads the text");
    lab_program_part(s, e.server, e.client);
    lab_scene_expect_state(s, e.server, "TIME-WAIT");
    lab_scene_until(s, LULL_SEC(3));
    come_back_as_rsh(s, &server);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-20 ------------------------------------------------------------------------------- */

/* T is as C, but its connections have timestamps. */
enum { T = LAB_R4 + 1 };

#define TICK        (LULL_MS(1) * 2 / 5) /* 2,500 octets a second are as fast as the clock */
#define HALF_A_WRAP (TICK * ((lull_duration)1 << 31))
#define FAST_OCTETS 4000u /* in little more than a second */

static void set_two_clients(struct lab_stage *stage)
{
    static const uint8_t t[4] = {12, 106, 32, 253};

    lab_stage_bypath(stage);
    (void)lab_stage_add_host(stage, "T", t, LAB_R1);
    stage->config[LAB_C].features = 0;
    lab_stage_turn(stage, LULL_KNOB_isn_tick_ns, TICK);
}

struct mode {
    const char *what;
    uint16_t port;
    size_t octets;
    lull_duration age;
};

static const struct mode modes[] = {
    {"F3: the connection was faster than the clock of initial sequence numbers", 1500, FAST_OCTETS,
     LULL_MS(500)},
    {"F2: it was so old that the clock has gone more than half round", 1501, 500,
     HALF_A_WRAP + LULL_SEC(86400)},
    {"F4: more than 2^32 octets, and the clock has gone round once; C sends 4,000 of them, and not "
     "the 2^32 before, which would bring its numbers to the same place",
     1502, FAST_OCTETS, 2 * HALF_A_WRAP},
};

static struct lab_ends live(struct lab_scene *s, struct lab_program *server, unsigned host,
                            const struct mode *mode)
{
    struct lab_ends e = lab_program_visit(s, server, host, mode->port);

    lab_scene_send(s, e.client, mode->octets);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e.server) == mode->octets, "S reads all");
    return e;
}

static void play_mode(struct lab_scene *s, struct lab_program *server, const struct mode *mode)
{
    struct lab_ends plain, stamped;

    lab_scene_note(s, mode->what);
    plain = live(s, server, LAB_C, mode);
    stamped = live(s, server, T, mode);
    lab_scene_wait(s, mode->age - LULL_MS(200));
    lab_program_part(s, plain.server, plain.client);
    lab_program_part(s, stamped.server, stamped.client);
    stamped = lab_program_visit(s, server, T, mode->port);
    lab_scene_expect(s, stamped.server != SIM_STREAM_NONE,
                     "with timestamps the SYN is accepted at once");
    plain = lab_program_visit(s, server, LAB_C, mode->port);
    lab_scene_expect(s, plain.server == SIM_STREAM_NONE,
                     "without timestamps the SYN is refused while S remembers");
    lab_scene_wait(s, LULL_SEC(58));
    plain.server = lab_scene_accept(s, LAB_S, server->listener);
    lab_scene_expect(s, plain.server == SIM_STREAM_NONE, "and refused, however often it comes");
    lab_scene_wait(s, LULL_SEC(10));
    plain.server = lab_scene_accept(s, LAB_S, server->listener);
    lab_scene_expect(s, plain.server != SIM_STREAM_NONE, "and accepted when the wait is over");
    lab_program_part(s, plain.client, plain.server);
    lab_program_part(s, stamped.client, stamped.server);
    lab_scene_wait(s, LULL_SEC(70));
}

static void play_sc20(struct lab_scene *s)
{
    struct lab_program server = server_of(s);

    for (unsigned i = 0; i < COUNT_OF(modes); i++)
        play_mode(s, &server, &modes[i]);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(1));
}

/* --- SC-21 ------------------------------------------------------------------------------- */

static const struct lab_twist destroyed = {
    .name = "a record that ends with the SYN",
    .strikes = "the old SYN ends the wait, and no handshake ever followed it (INV-07)",
    .violated = 1u << 7,
    .set = lab_mistake_destroy_on_reuse,
};

/* C begins to connect, its SYN is kept for 10 s somewhere, and C gives up. */
static void give_up(struct lab_scene *s)
{
    const struct sim_pick syn = {.from = LAB_C,
                                 .link = SIM_PICK_FIRST,
                                 .flags = TCP_SYN,
                                 .nth = 1,
                                 .fate = {.age = {LULL_SEC(10)}}};
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_program client = {.name = "the client", .host = LAB_C, .reuse = true};

    sim_world_pick(s->world, &syn);
    (void)lab_program_connect(s, &client, LAB_CLIENT_PORT, &to);
    lab_scene_wait(s, LULL_MS(500));
    lab_program_die(s, &client);
}

static void play_sc21(struct lab_scene *s)
{
    struct lab_program server = server_of(s);
    struct lab_ends e = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);

    lab_scene_until(s, LULL_SEC(1));
    lab_program_part(s, e.server, e.client);
    lab_scene_until(s, LULL_SEC(3));
    give_up(s);
    const lull_time expiry = lab_scene_expiry(s, e.server);
    lab_scene_until(s, LULL_SEC(13) + LULL_MS(5)); /* the SYN comes at 13.000 */
    lab_scene_expect_state(s, e.server, "SYN-RECEIVED");
    lab_scene_until(s, LULL_SEC(14));
    lab_scene_expect_sent(s, LAB_C, TCP_RST, 1);
    lab_scene_expect(s, lab_scene_accept(s, LAB_S, server.listener) == SIM_STREAM_NONE,
                     "the server hears nothing of it");
    if (!s->twisted) {
        lab_scene_expect_state(s, e.server, "TIME-WAIT");
        lab_scene_expect(s, lab_scene_expiry(s, e.server) >= expiry, "the wait is not shorter");
        if (!s->varied)
            lab_scene_until(s, expiry - s->start - LULL_MS(100));
        lab_scene_expect_state(s, e.server, "TIME-WAIT");
    }
    lab_program_die(s, &server);
    lab_scene_until(s, LULL_SEC(80));
    lab_scene_expect_state(s, e.server, "CLOSED");
}

const struct lab_scenario lab_book_reuse[] = {
    {
        .name = "SC-11",
        .title = "The closer connects again from the same port",
        .look_for =
            "C closes first, so C has to wait. At 7 s a program at C asks for exactly the same "
            "connection once more: from port 1500 to S, port 21. C refuses at once with EADDRINUSE "
            "and sends nothing at all. The reason comes at 20 s: a second copy of S's text D1, "
            "which the network had kept. It is acknowledged and dropped, and the wait starts "
            "again. Without TIME-WAIT the new connection is open by then, and D1 fits exactly "
            "where its next octets belong.",
        .rules = "IR-13 SA-11 TT-04",
        .expected = "EADDRINUSE, and nothing on the wire, until the wait is over",
        .without = "500 octets of incarnation 1 are read in incarnation 2 (INV-01)",
        .violated = 1u << 1,
        .set = set_outrun,
        .play = play_sc11,
    },
    {
        .name = "SC-19",
        .title = "A new SYN with higher numbers may end the wait",
        .look_for =
            "Here the server closes first and waits; rsh was used so. The client may come back "
            "from the same port before the wait is over, because its new sequence numbers lie "
            "above all the old ones, so nothing old can be taken for new. S answers with a number "
            "above its own old ones. While the handshake lasts S has both, the record and the "
            "connection that is to replace it; only the third segment ends the record.",
        .rules = "IR-06 IR-08 IR-10 IR-12",
        .expected = "accepted: ISS above the old SND.NXT, the record kept until ESTABLISHED",
        .set = set_plain_wire,
        .play = play_sc19,
        .twist = &given_away,
    },
    {
        .name = "SC-20",
        .title = "Numbers that do not show which is newer",
        .look_for =
            "The rule of SC-19 rests on a clock: a later SYN should have a higher number. RFC 1185 "
            "tells how that fails: the connection was faster than the clock (F3), older than half "
            "a turn of it (F2), or so long that its numbers went round themselves (F4; here only "
            "the last 4,000 of its octets are really sent). Each time C and T come back from their "
            "old port. T's SYN carries a timestamp that is newer than the last, "
            "and is accepted. C's carries none and its number looks old, so S drops it, and again "
            "each time it is repeated, until the wait is over: slower, and safe. SC-09 shows what "
            "would follow if S believed it.",
        .rules = "IR-01 IR-06 IR-07",
        .expected = "without timestamps refused until the wait is over, with them accepted at once",
        .set = set_two_clients,
        .play = play_sc20,
    },
    {
        .name = "SC-21",
        .title = "An old SYN is believed, and the wait goes on",
        .look_for =
            "S waits. C begins to connect again, its SYN is kept somewhere for 10 s, and C gives "
            "up. When the SYN arrives its numbers are higher than all S has seen, so S must "
            "believe it: it answers and is in SYN-RECEIVED. C knows of no such connection and "
            "resets it. Now S is where it was: in TIME-WAIT, with no less time left than before, "
            "because the record was put aside and not thrown away. Most stacks destroy it with the "
            "SYN, so that one stray segment ends the wait.",
        .rules = "IR-06 IR-10 RL-09",
        .expected = "after the reset S is back in TIME-WAIT, with no less time left",
        .set = set_plain_wire,
        .play = play_sc21,
        .twist = &destroyed,
    },
};

const unsigned lab_book_reuse_count = COUNT_OF(lab_book_reuse);
