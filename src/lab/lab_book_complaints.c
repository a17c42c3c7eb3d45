/* lab_book_complaints.c - what people complain of, and what is behind it. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "lab/lab_forge.h"
#include "lab/lab_mistake.h"
#include "lab/lab_program.h"
#include "wire/tcp_segment.h"

static const struct sim_voice *voice_of(const struct lab_scene *s, uint32_t stream)
{
    const uint32_t voice =
        stream == SIM_STREAM_NONE ? SIM_VOICE_NONE : s->world->streams[stream].voice;
    return voice == SIM_VOICE_NONE ? NULL : &s->world->ledger.voices[voice];
}

/* --- SC-41 ------------------------------------------------------------------------------- */

#define PORTS        30u
#define OTHER_SERVER 22u

static void set_few_ports(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_turn(stage, LULL_KNOB_ports_ephemeral_first, LAB_CLIENT_PORT);
    lab_stage_turn(stage, LULL_KNOB_ports_ephemeral_last, LAB_CLIENT_PORT + PORTS - 1);
}

/* At @second C connects from any port to @to and closes first; whether it could. */
static bool live_briefly(struct lab_scene *s, unsigned second, const struct lab_program *server,
                         uint16_t to)
{
    const struct lull_name name = lab_scene_name(s, LAB_S, to);
    struct lab_program client = {.name = "the client", .host = LAB_C};

    lab_scene_until(s, LULL_SEC(second));
    if (lab_program_connect(s, &client, 0, &name) != LULL_EINPROGRESS)
        return false;
    lab_scene_wait(s, LULL_MS(100));
    lab_program_part(s, lab_program_newest(&client), lab_scene_accept(s, LAB_S, server->listener));
    return true;
}

/* How many of the connections of these seconds came about, without a picture of them. */
static unsigned live_unseen(struct lab_scene *s, unsigned from, unsigned to,
                            const struct lab_program *server)
{
    unsigned lived = 0;

    lab_record_mute(s->recorder);
    for (unsigned second = from; second < to; second++)
        lived += live_briefly(s, second, server, LAB_SERVER_PORT);
    lab_record_unmute(s->recorder);
    return lived;
}

static void play_sc41(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};
    struct lab_program other = {.name = "the server on port 22", .host = LAB_S, .reuse = true};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    (void)lab_program_listen(s, &other, OTHER_SERVER);
    lab_scene_expect(s, live_briefly(s, 1, &server, LAB_SERVER_PORT), "the first client connects");
    lab_scene_note(s, "29 more follow, one each second, and each leaves a record behind");
    lab_scene_expect(s, live_unseen(s, 2, PORTS + 1, &server) == PORTS - 1, "so do 29 more");
    lab_scene_expect(s, lab_scene_rows(s, LAB_C, LULL_ROW_TIME_WAIT) == PORTS,
                     "every port of C waits");
    lab_scene_expect(s, !live_briefly(s, PORTS + 1, &server, LAB_SERVER_PORT),
                     "connect() = EADDRNOTAVAIL when all ports wait");
    lab_scene_expect_rule(s, LAB_C, "IR-18");
    lab_scene_expect(s, live_briefly(s, PORTS + 2, &other, OTHER_SERVER),
                     "to another port of S every one of them is free");
    lab_scene_expect(s, live_unseen(s, PORTS + 3, 61, &server) == 0,
                     "to port 21 nobody connects till the first record ends");
    lab_scene_until(s, LULL_SEC(62));
    lab_scene_note(s, "the first record is over, and with it one port after the other");
    lab_scene_expect(s, live_briefly(s, 62, &server, LAB_SERVER_PORT), "a client connects again");
    lab_scene_expect(s, live_unseen(s, 63, 91, &server) == 28, "and one each second after it");
    lab_program_die(s, &server);
    lab_program_die(s, &other);
    lab_record_mute(s->recorder);
    lab_scene_wait(s, LULL_SEC(61));
    lab_record_unmute(s->recorder);
}

/* --- SC-42 ------------------------------------------------------------------------------- */

#define CLIENTS 6u

/* A SYN of somebody else whom the NAT has given port 1500: a higher number and an older clock. */
static void come_as_another(struct lab_scene *s, const struct sim_voice *old)
{
    const struct lab_forgery syn = {
        .node = LAB_C,
        .from = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT),
        .to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT),
        .segment = {.seq = seq_add(old->nxt, 100000),
                    .flags = TCP_SYN,
                    .wnd = 1000,
                    .options = {.present = TCP_OPTION_TIMESTAMPS, .ts_value = old->stamp - 5000}}};

    lab_forge(s, &syn);
}

static void play_sc42(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};
    uint32_t first = SIM_STREAM_NONE, stamp = 0;
    unsigned backward = 0;

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    for (unsigned i = 0; i < CLIENTS; i++) {
        lab_scene_until(s, LULL_SEC(i));
        const struct lab_ends e =
            lab_program_visit(s, &server, LAB_C, (uint16_t)(LAB_CLIENT_PORT + i));
        lab_scene_expect(s, e.server != SIM_STREAM_NONE, "the client is served at once");
        const struct sim_voice *v = voice_of(s, e.client);
        backward += i > 0 && v != NULL && (int32_t)(v->stamp - stamp) < 0;
        stamp = v == NULL ? 0 : v->stamp;
        first = i == 0 ? e.client : first;
        lab_program_part(s, e.server, e.client);
    }
    lab_scene_expect(s, backward > 0, "and some of their clocks are behind that of the last");
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_TIME_WAIT) == CLIENTS,
                     "S remembers each of them");
    lab_scene_until(s, LULL_SEC(10));
    if (voice_of(s, first) == NULL)
        return;
    come_as_another(s, voice_of(s, first));
    lab_scene_wait(s, LULL_SEC(1));
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_CONNECTION) == 0,
                     "only the very tuple that waits is refused");
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWSynRejected, 1);
    lab_scene_until(s, LULL_SEC(62));
    come_as_another(s, voice_of(s, first));
    lab_scene_wait(s, LULL_MS(8));
    lab_scene_expect(s, lab_scene_rows(s, LAB_S, LULL_ROW_CONNECTION) == 1,
                     "and that not any longer when the wait is over");
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(70));
}

/* --- SC-43 ------------------------------------------------------------------------------- */

static void set_unlucky_port(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    stage->config[LAB_S].knobs.value[LULL_KNOB_ports_ephemeral_first] = LAB_SERVER_PORT;
    stage->config[LAB_S].knobs.value[LULL_KNOB_ports_ephemeral_last] = LAB_SERVER_PORT;
}

/* S is a client for once, of a server at C:1500, and gets port 21 for it; then it waits. */
static uint32_t go_out(struct lab_scene *s)
{
    const struct lull_name to = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
    struct lab_program theirs = {.name = "a server", .host = LAB_C, .reuse = true};
    struct lab_program ours = {.name = "a client", .host = LAB_S};

    (void)lab_program_listen(s, &theirs, LAB_CLIENT_PORT);
    (void)lab_program_connect(s, &ours, 0, &to);
    const uint32_t stream = lab_program_newest(&ours);
    lab_scene_wait(s, LULL_MS(100));
    const uint32_t accepted = lab_program_accept(s, &theirs);
    lab_scene_until(s, LULL_SEC(1));
    lab_program_part(s, stream, accepted);
    lab_program_die(s, &theirs);
    return stream;
}

static void play_sc43(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S};
    struct lull_refusal refusal;
    const uint32_t out = go_out(s);

    lab_scene_expect_state(s, out, "TIME-WAIT");
    lab_scene_until(s, LULL_SEC(2));
    lab_program_start(s, &server);
    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_EADDRINUSE,
                     "bind() = EADDRINUSE, although no server ever had the port");
    lab_scene_expect_rule(s, LAB_S, "BL-01");
    lull_socket_refusal(s->world->nodes[LAB_S].stack, &refusal);
    lab_scene_expect(s, refusal.held.remote.port == LAB_CLIENT_PORT,
                     "the reason names the connection that went out");
    server.reuse = true;
    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK,
                     "with SO_REUSEADDR it succeeds");
    lab_scene_until(s, LULL_SEC(4));
    const struct lab_ends e = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    lab_scene_expect(s, e.server != SIM_STREAM_NONE, "C's newer timestamp may end the wait");
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWRecycled, 1);
    lab_program_part(s, e.client, e.server);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-44 ------------------------------------------------------------------------------- */

static void set_plain_wire(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
}

static const struct lab_twist listener_first = {
    .name = "a listener that is asked first",
    .strikes = "the old numbers begin again while old segments may be on their way (INV-12)",
    .violated = 1u << 12,
    .set = lab_mistake_listener_first,
};

/* What the device sends each time it starts. */
static void say_the_same(struct lab_scene *s, seq32 iss)
{
    const struct lab_forgery syn = {.node = LAB_C,
                                    .from = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT),
                                    .to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT),
                                    .segment = {.seq = iss, .flags = TCP_SYN, .wnd = 1000}};

    lab_forge(s, &syn);
    lab_scene_wait(s, LULL_MS(100));
}

static void play_sc44(struct lab_scene *s)
{
    static const unsigned again_at[] = {3, 4, 6, 10, 18, 34};
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    const struct lab_ends e = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    const struct sim_voice *v = voice_of(s, e.client);
    if (v == NULL)
        return;
    lab_scene_until(s, LULL_SEC(1));
    lab_program_part(s, e.server, e.client);
    lab_scene_until(s, LULL_SEC(2));
    sim_host_crash(s->world, LAB_C);
    lab_scene_wait(s, LULL_MS(500));
    sim_host_boot(s->world, LAB_C);
    for (unsigned i = 0; i < COUNT_OF(again_at); i++) {
        lab_scene_until(s, LULL_SEC(again_at[i]));
        say_the_same(s, v->iss);
    }
    if (!s->twisted) {
        lab_scene_expect_state(s, e.server, "TIME-WAIT");
        lab_scene_expect_sent(s, LAB_S, TCP_SYN | TCP_ACK, 1);
        lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWSynRejected, COUNT_OF(again_at));
    }
    lab_scene_until(s, LULL_SEC(66));
    say_the_same(s, v->iss);
    lab_scene_expect_sent(s, LAB_S, TCP_SYN | TCP_ACK, s->twisted ? 2 + COUNT_OF(again_at) : 2);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

const struct lab_scenario lab_book_complaints[] = {
    {
        .name = "SC-41",
        .title = "A client runs out of ports",
        .look_for =
            "C opens a short connection to S each second and closes first, so each leaves a record "
            "that keeps one of C's ports for a minute. C has 30 ports here, and the 31st "
            "connection has none: EADDRNOTAVAIL. A host with 28,232 ports is there with 470 "
            "connections a second to one server. To another port of S all 30 are free, because a "
            "record keeps a pair and not a port; and after a minute one comes back each second. "
            "What helps is more pairs, or letting the server close first, or keeping connections "
            "open; a shorter wait only helps until something old arrives.",
        .rules = "IR-18 OB-04",
        .expected = "30 connections, EADDRNOTAVAIL for half a minute, and one each second after it",
        .set = set_few_ports,
        .play = play_sc41,
    },
    {
        .name = "SC-42",
        .title = "Many clients behind one address",
        .look_for =
            "Linux had a setting, tcp_tw_recycle, that remembered one timestamp for each address "
            "and refused whoever came with an older one. Behind a NAT many clients share an "
            "address, and each has a clock of its own, so at random they were not served. S "
            "remembers connections, not addresses: six clients come from one address, some of "
            "their clocks behind the last one's, and all are served at once. Only when the NAT "
            "gives somebody the very port 1500 that still waits does the older timestamp count, "
            "and then only until the wait is over.",
        .rules = "IR-01 IR-03",
        .expected = "served whatever their clocks say; only the waiting tuple itself is refused",
        .play = play_sc42,
    },
    {
        .name = "SC-43",
        .title = "The server's port was taken for a connection going out",
        .look_for =
            "Before the server starts, a client program on S connects somewhere, and S happens to "
            "give it port 21. It closes first and its record waits. Now the server cannot bind: "
            "EADDRINUSE, on a port that no server ever had. The refusal names the connection to "
            "C:1500, without which nobody would find it. SO_REUSEADDR helps, and keeping the ports "
            "of servers out of the ephemeral range helps for good.",
        .rules = "BL-01 BL-02 BL-03 IR-01 OB-04",
        .expected = "EADDRINUSE because of a connection that went out; SO_REUSEADDR gets past it",
        .set = set_unlucky_port,
        .play = play_sc43,
    },
    {
        .name = "SC-44",
        .title = "A device that starts with the same numbers each time",
        .look_for =
            "A small device without a clock or a source of chance starts again and connects from "
            "port 1500 with the very initial sequence number it had before. For S that SYN is "
            "exactly as old as the one it remembers, so it is dropped, again and again, until the "
            "wait is over; the device seems to hang for a minute after each reset. S cannot do "
            "better: with the same numbers every old segment would fit. A device that keeps a "
            "counter over its resets is served at once.",
        .rules = "IR-06",
        .expected = "its SYN is dropped until the wait is over, and then answered",
        .set = set_plain_wire,
        .play = play_sc44,
        .twist = &listener_first,
    },
};

const unsigned lab_book_complaints_count = COUNT_OF(lab_book_complaints);
