/* lab_book_programs.c - programs die and start again while their host goes on. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "lab/lab_mistake.h"
#include "lab/lab_program.h"
#include "wire/tcp_segment.h"

#define OTHER_PORT 1501u /* of C; the third client has the next */

static struct lab_program server_like(struct lab_scene *s, bool reuse)
{
    const struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = reuse};

    lab_program_start(s, &server);
    return server;
}

static struct lab_program client_like(struct lab_scene *s, bool reuse)
{
    const struct lab_program client = {.name = "the client", .host = LAB_C, .reuse = reuse};

    lab_program_start(s, &client);
    return client;
}

/* Who has read the end closes in turn. */
static void answer_end(struct lab_scene *s, uint32_t stream)
{
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, stream) == 0 && lab_scene_ends(s, stream) == 1,
                     "nothing but the end is read");
    lab_scene_close(s, stream);
    lab_scene_wait(s, LULL_MS(100));
}

static void expect_talk(struct lab_scene *s, const struct lab_ends *e)
{
    lab_scene_send(s, e->client, 200);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e->server) == 200, "the server reads the new client");
    lab_scene_send(s, e->server, 400);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e->client) == 400, "the new client reads the server");
}

static struct lull_refusal last_refusal(const struct lab_scene *s, unsigned host)
{
    struct lull_refusal refusal;

    lull_socket_refusal(s->world->nodes[host].stack, &refusal);
    return refusal;
}

/* --- SC-12 ------------------------------------------------------------------------------- */

/* bind() is refused, because of that many records, of which the last ends at @expiry. */
static void expect_refused(struct lab_scene *s, struct lab_program *server, lull_time expiry,
                           unsigned blockers)
{
    lab_scene_expect(s, lab_program_listen(s, server, LAB_SERVER_PORT) == LULL_EADDRINUSE,
                     "bind() = EADDRINUSE");
    const struct lull_refusal refusal = last_refusal(s, LAB_S);
    lab_scene_expect_rule(s, LAB_S, "BL-01");
    lab_scene_expect(s, refusal.blocker == LULL_BLOCKER_TIME_WAIT && refusal.blockers == blockers,
                     "the reason names TIME-WAIT and how many records there are");
    lab_scene_expect(s,
                     refusal.remaining > expiry - s->world->now - LULL_MS(10)
                         && refusal.remaining < expiry - s->world->now + LULL_MS(10),
                     "the reason says how long the last of them will stand in the way");
    lab_scene_expect(s, refusal.remedy == LULL_REMEDY_REUSE_ADDRESS_OR_WAIT,
                     "and that SO_REUSEADDR would help");
}

/* The server dies with a connection to each of the clients open; the second client is 8 s late. */
static lull_time die_with_two(struct lab_scene *s, struct lab_program *server, uint16_t port)
{
    struct lab_program client = client_like(s, true);
    struct lab_ends first = lab_program_join(s, &client, server, port);
    struct lab_ends second = lab_program_join(s, &client, server, port + 1);

    lab_scene_wait(s, LULL_MS(800));
    lab_program_die(s, server);
    answer_end(s, first.client);
    lab_scene_wait(s, LULL_SEC(8));
    answer_end(s, second.client);
    lab_scene_expect_state(s, first.server, "TIME-WAIT");
    return lab_scene_expiry(s, second.server);
}

/* The second client has been answered a moment ago. */
static void expect_wait(struct lab_scene *s, lull_time expiry, lull_duration wait)
{
    lab_scene_expect(s,
                     expiry <= s->world->now + wait && expiry > s->world->now + wait - LULL_SEC(1),
                     "the last wait is 60 s, and with an MSL of two minutes 240 s");
}

/* The port is free when the last record is gone, and no sooner. */
static void expect_freed(struct lab_scene *s, struct lab_program *server, lull_time expiry)
{
    lab_scene_expect(s, expiry != LULL_TIME_NEVER, "S waits");
    if (expiry == LULL_TIME_NEVER)
        return;
    lab_scene_until(s, expiry - s->start - LULL_MS(10));
    expect_refused(s, server, expiry, 1);
    lab_scene_wait(s, LULL_MS(20));
    lab_scene_expect(s, lab_program_listen(s, server, LAB_SERVER_PORT) == LULL_OK,
                     "bind() and listen() succeed when the last record is gone");
}

static void play_sc12(struct lab_scene *s)
{
    struct lab_program server = server_like(s, false);
    lull_time expiry;

    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK,
                     "the first server listens");
    expiry = die_with_two(s, &server, LAB_CLIENT_PORT);
    expect_wait(s, expiry, LULL_SEC(60));
    lab_program_start(s, &server);
    expect_refused(s, &server, expiry, 2);
    expect_freed(s, &server, expiry);
    if (s->varied)
        return;
    lab_scene_note(s, "the same with RFC 9293's MSL of two minutes: tw.msl_ms=120000 at S");
    (void)lull_stack_set_knob(s->world->nodes[LAB_S].stack, LULL_KNOB_tw_msl_ms, 120000);
    expiry = die_with_two(s, &server, LAB_CLIENT_PORT + 2);
    expect_wait(s, expiry, LULL_SEC(240));
    lab_program_start(s, &server);
    expect_freed(s, &server, expiry);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(1));
}

/* --- SC-13 ------------------------------------------------------------------------------- */

/* A clock of ISNs that the old connection outruns: a SYN from the old port looks old. */
static void set_outrun(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
    lab_stage_turn(stage, LULL_KNOB_isn_tick_ns, 1000000);
}

static const struct lab_twist listener_first = {
    .name = "a listener that is asked first",
    .strikes = "the restarted server gets a SYN that its host should have refused (INV-12)",
    .violated = 1u << 12,
    .set = lab_mistake_listener_first,
};

static void play_sc13(struct lab_scene *s)
{
    struct lab_program server = server_like(s, true), client = client_like(s, true);

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    struct lab_ends old = lab_program_join(s, &client, &server, LAB_CLIENT_PORT);
    lab_scene_send(s, old.client, 8000);
    lab_scene_until(s, LULL_SEC(1));
    (void)lab_scene_read(s, old.server);
    lab_program_die(s, &server);
    answer_end(s, old.client);
    lab_program_start(s, &server);
    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK,
                     "with SO_REUSEADDR the new server listens at once");
    lab_scene_expect_state(s, old.server, "TIME-WAIT");
    lab_scene_until(s, LULL_SEC(2));
    struct lab_ends fresh = lab_program_join(s, &client, &server, OTHER_PORT);
    expect_talk(s, &fresh);
    lab_scene_until(s, LULL_SEC(3));
    struct lab_ends again = lab_program_join(s, &client, &server, LAB_CLIENT_PORT);
    lab_scene_until(s, LULL_SEC(60));
    lab_scene_expect(s, s->twisted == (again.server != SIM_STREAM_NONE),
                     "from the old port nobody comes in while S remembers");
    lab_scene_expect(s, s->twisted || lab_program_accept(s, &server) == SIM_STREAM_NONE,
                     "however often the SYN is repeated");
    if (!s->twisted) /* at 3, 4, 6, 10, 18 and 34 s */
        lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWSynRejected, 6);
    lab_scene_until(s, LULL_SEC(70));
    if (again.server == SIM_STREAM_NONE)
        again.server = lab_program_accept(s, &server);
    lab_scene_expect(s, again.server != SIM_STREAM_NONE, "and then the client gets in");
    lab_program_die(s, &client);
    answer_end(s, fresh.server);
    answer_end(s, again.server);
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-14 ------------------------------------------------------------------------------- */

static void play_sc14(struct lab_scene *s)
{
    struct lab_program server = server_like(s, true), client = client_like(s, true);
    struct lab_program second = {.name = "a second server", .host = LAB_S, .reuse = true};
    struct lab_program shy = {.name = "one without SO_REUSEADDR", .host = LAB_S};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    struct lab_ends old = lab_program_join(s, &client, &server, LAB_CLIENT_PORT);
    lab_program_start(s, &second);
    lab_scene_expect(s, lab_program_listen(s, &second, LAB_SERVER_PORT) == LULL_EADDRINUSE,
                     "beside a listener there is no second");
    lab_scene_expect_rule(s, LAB_S, "BL-05");
    lab_scene_until(s, LULL_SEC(1));
    lab_scene_note(s, "the first server closes its listener and keeps its connection");
    (void)sim_call_close(s->world, LAB_S, server.listener);
    server.listens = false;
    lab_program_start(s, &shy);
    lab_scene_expect(s, lab_program_listen(s, &shy, LAB_SERVER_PORT) == LULL_EADDRINUSE,
                     "without SO_REUSEADDR a connection is in the way");
    lab_scene_expect_rule(s, LAB_S, "BL-04");
    lab_scene_expect(s, lab_program_listen(s, &second, LAB_SERVER_PORT) == LULL_OK,
                     "with it the second server may have the port");
    lab_scene_expect_state(s, old.server, "ESTABLISHED");
    lab_scene_until(s, LULL_SEC(2));
    struct lab_ends fresh = lab_program_join(s, &client, &second, OTHER_PORT);
    expect_talk(s, &fresh);
    expect_talk(s, &old);
    lab_program_die(s, &client);
    answer_end(s, old.server);
    answer_end(s, fresh.server);
    lab_program_die(s, &second);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-17 ------------------------------------------------------------------------------- */

static void set_two_ports(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_turn(stage, LULL_KNOB_ports_ephemeral_first, LAB_CLIENT_PORT);
    lab_stage_turn(stage, LULL_KNOB_ports_ephemeral_last, OTHER_PORT);
}

static uint16_t port_of(const struct lab_scene *s, uint32_t stream)
{
    return stream == SIM_STREAM_NONE ? 0 : s->world->streams[stream].local.port;
}

static void play_sc17(struct lab_scene *s)
{
    struct lab_program server = server_like(s, true), client = client_like(s, false);

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    struct lab_ends first = lab_program_join(s, &client, &server, 0);
    lab_scene_until(s, LULL_SEC(1));
    lab_program_die(s, &client);
    answer_end(s, first.server);
    const lull_time expiry = lab_scene_expiry(s, first.client);
    lab_scene_until(s, LULL_SEC(2));
    lab_program_start(s, &client);
    struct lab_ends second = lab_program_join(s, &client, &server, 0);
    lab_scene_expect(s, second.server != SIM_STREAM_NONE, "the client connects again at once");
    lab_scene_expect(s, port_of(s, second.client) != port_of(s, first.client),
                     "its new port is another one");
    lab_scene_expect_state(s, first.client, "TIME-WAIT");
    lab_scene_expect(s, lab_scene_expiry(s, first.client) == expiry, "the old wait is untouched");
    expect_talk(s, &second);
    lab_program_die(s, &client);
    answer_end(s, second.server);
    lab_program_start(s, &client);
    lab_scene_note(s, "C may take only the ports 1500 and 1501, and both are waiting now");
    const struct lab_ends third = lab_program_join(s, &client, &server, 0);
    lab_scene_expect(
        s, third.client == SIM_STREAM_NONE && last_refusal(s, LAB_C).error == LULL_EADDRNOTAVAIL,
        "connect() = EADDRNOTAVAIL when no port is left towards S");
    lab_scene_expect_rule(s, LAB_C, "IR-18");
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-18 ------------------------------------------------------------------------------- */

#define SECOND_SERVICE 22u

static void play_sc18(struct lab_scene *s)
{
    const struct lull_name same = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    const struct lull_name other = lab_scene_name(s, LAB_S, SECOND_SERVICE);
    struct lab_program server = server_like(s, true), client = client_like(s, false);
    struct lab_program mail = {.name = "a server on port 22", .host = LAB_S, .reuse = true};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    (void)lab_program_listen(s, &mail, SECOND_SERVICE);
    struct lab_ends old = lab_program_join(s, &client, &server, LAB_CLIENT_PORT);
    lab_scene_until(s, LULL_SEC(1));
    lab_program_die(s, &client);
    answer_end(s, old.server);
    lab_scene_until(s, LULL_SEC(2));
    lab_program_start(s, &client);
    lab_scene_expect(s,
                     lab_program_connect(s, &client, LAB_CLIENT_PORT, &same) == LULL_EADDRINUSE
                         && last_refusal(s, LAB_C).call == LULL_REFUSED_BIND,
                     "bind() = EADDRINUSE without SO_REUSEADDR");
    lab_scene_expect_rule(s, LAB_C, "BL-01");
    lab_scene_until(s, LULL_SEC(3));
    client.reuse = true;
    lab_scene_expect(s,
                     lab_program_connect(s, &client, LAB_CLIENT_PORT, &same) == LULL_EADDRINUSE
                         && last_refusal(s, LAB_C).call == LULL_REFUSED_CONNECT,
                     "with it bind() succeeds, and connect() to the same peer is refused");
    lab_scene_expect_rule(s, LAB_C, "IR-13");
    lab_scene_expect_sent(s, LAB_C, TCP_SYN, 1);
    lab_scene_expect(s,
                     lab_program_connect(s, &client, LAB_CLIENT_PORT, &other) == LULL_EINPROGRESS,
                     "to another port of S it is not");
    lab_scene_wait(s, LULL_MS(100));
    const uint32_t accepted = lab_program_accept(s, &mail);
    lab_scene_expect(s, accepted != SIM_STREAM_NONE, "the other server gets the connection");
    lab_scene_expect_state(s, old.client, "TIME-WAIT");
    lab_program_die(s, &client);
    answer_end(s, accepted);
    lab_program_die(s, &server);
    lab_program_die(s, &mail);
    lab_scene_wait(s, LULL_SEC(61));
}

const struct lab_scenario lab_book_programs[] = {
    {
        .name = "SC-12",
        .title = "A server dies and cannot have its port again",
        .look_for =
            "The server program dies with two connections open. Its host closes them, so it is S "
            "that closes first, and S that waits. When the program starts again bind() answers "
            "EADDRINUSE: by Berkeley's habit, which TCP does not ask for, a port on which any "
            "connection waits is taken. The refusal says by how many records and for how long. It "
            "ends with the last of them, 60 s after that connection's last segment, or 240 s with "
            "the MSL of RFC 9293.",
        .rules = "BL-01 OB-04 TT-01",
        .expected = "EADDRINUSE until the last TIME-WAIT ends, after 60 s and after 240 s",
        .play = play_sc12,
    },
    {
        .name = "SC-13",
        .title = "SO_REUSEADDR: the port at once, the old connection not",
        .look_for =
            "As SC-12, but the server sets SO_REUSEADDR before it binds, as every server should. "
            "It listens again at once, and a client from another port is served. The option speaks "
            "of the port and not of the connection: from the old port, 1500, C's SYN has a number "
            "below the old ones and is dropped, each time it is repeated, until the wait is over.",
        .rules = "BL-02 BL-03 IR-06",
        .expected = "bind and listen at once; new clients served; the old tuple still judged",
        .set = set_outrun,
        .play = play_sc13,
        .twist = &listener_first,
    },
    {
        .name = "SC-14",
        .title = "What SO_REUSEADDR does not allow, and what it does",
        .look_for =
            "Two servers cannot listen on one port, with SO_REUSEADDR or without: the second is "
            "told EADDRINUSE. But when the first closes its listener and only keeps its "
            "connection, the port is free for whoever has set the option, although that "
            "connection is not in TIME-WAIT at all. Books that say the option helps only against "
            "TIME-WAIT are wrong. The old connection goes on beside the new server.",
        .rules = "BL-04 BL-05",
        .expected = "EADDRINUSE beside a listener, success beside a live connection",
        .play = play_sc14,
    },
    {
        .name = "SC-17",
        .title = "A client starts again and takes another port",
        .look_for =
            "A client that dies closes first, so it is its host that waits. That costs it nothing: "
            "it starts again, binds no port of its own, and gets another one. The old record stays "
            "as it is. Only where all ports towards one server wait, here there are two, "
            "connect() answers EADDRNOTAVAIL.",
        .rules = "IR-18 OB-04",
        .expected = "another port at once, and the old wait untouched",
        .set = set_two_ports,
        .play = play_sc17,
    },
    {
        .name = "SC-18",
        .title = "A client starts again and insists on its port",
        .look_for =
            "This client binds port 1500 itself. Without SO_REUSEADDR bind() is refused, as in "
            "SC-12. With it bind() succeeds, and then connect() to the same server is refused: the "
            "option never lets a program open the very connection that is waiting. To another "
            "port of the server it may connect from 1500, because that is another connection. "
            "SC-11 shows what waits for it otherwise.",
        .rules = "BL-01 BL-02 IR-13 IR-18",
        .expected = "EADDRINUSE from bind(), with SO_REUSEADDR from connect() to the same peer",
        .play = play_sc18,
    },
};

const unsigned lab_book_programs_count = COUNT_OF(lab_book_programs);
