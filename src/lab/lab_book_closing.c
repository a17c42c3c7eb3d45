/* lab_book_closing.c - the segments of a close, and what happens when some of them are lost. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "wire/tcp_segment.h"

#define FIN_ACK (TCP_FIN | TCP_ACK)
#define SOON    LULL_MS(50) /* two round trips */

/* Twice the MSL, and a second more. */
static void wait_it_out(struct lab_scene *s)
{
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
}

static void expect_both_closed(struct lab_scene *s, const struct lab_ends *e)
{
    lab_scene_expect_state(s, e->client, "CLOSED");
    lab_scene_expect_state(s, e->server, "CLOSED");
}

/* Each user has read the end once, and nobody was reset. */
static void expect_clean_end(struct lab_scene *s, const struct lab_ends *e)
{
    lab_scene_expect(s, lab_scene_ends(s, e->client) <= 1, "the user at C reads one end at most");
    lab_scene_expect(s, lab_scene_ends(s, e->server) == 1, "the user at S reads one end");
    lab_scene_expect_reset(s, LAB_C, 0);
    lab_scene_expect_reset(s, LAB_S, 0);
    expect_both_closed(s, e);
}

/* S's user reads until the end and closes, at once. */
static void answer_close(struct lab_scene *s, const struct lab_ends *e)
{
    for (int i = 0; i < 100 && lab_scene_ends(s, e->server) == 0; i++) {
        lab_scene_wait(s, SOON);
        (void)lab_scene_read(s, e->server);
    }
    lab_scene_expect_state(s, e->server, "CLOSE-WAIT");
    lab_scene_close(s, e->server);
}

/* --- nothing or one segment is lost ------------------------------------------------------ */

static void play_sc01(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_close(s, e.client);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
    answer_close(s, &e);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_left(s, e.client, LULL_MS(59900), LULL_SEC(60));
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TW, 0);
    wait_it_out(s);
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 1);
    lab_scene_expect_sent(s, LAB_C, TCP_ACK, 2); /* of the handshake and of the close */
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, 1);
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, 1);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWExpired, 1);
    expect_clean_end(s, &e);
}

static void play_sc02(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_lose(s, LAB_C, FIN_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "FIN-WAIT-1");
    lab_scene_expect_state(s, e.server, "ESTABLISHED");
    answer_close(s, &e);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    wait_it_out(s);
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 2);
    lab_scene_expect_same_fins(s, LAB_C);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, 1);
    expect_clean_end(s, &e);
}

static void play_sc03(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_lose(s, LAB_S, TCP_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e.server) == 0, "S reads the end");
    lab_scene_expect_state(s, e.client, "FIN-WAIT-1");
    lab_scene_expect_state(s, e.server, "CLOSE-WAIT");
    lab_scene_wait(s, LULL_SEC(2));
    lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
    lab_scene_expect_state(s, e.server, "CLOSE-WAIT");
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 2);
    lab_scene_expect_same_fins(s, LAB_C);
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, 2);
    answer_close(s, &e);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    wait_it_out(s);
    expect_clean_end(s, &e);
}

static void play_sc04(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_lose(s, LAB_S, FIN_ACK, 1);
    lab_scene_close(s, e.client);
    answer_close(s, &e);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
    lab_scene_expect_state(s, e.server, "LAST-ACK");
    lab_scene_wait(s, LULL_SEC(1));
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    wait_it_out(s);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, 2);
    lab_scene_expect_same_fins(s, LAB_S);
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, 1);
    expect_clean_end(s, &e);
}

/* --- the last ACK ------------------------------------------------------------------------ */

/* Both have closed; S's user keeps his socket, to learn how it ended.  C's last ACK is lost. */
static void lose_last_acks(struct lab_scene *s, const struct lab_ends *e, uint32_t acks)
{
    for (uint32_t i = 1; i <= acks; i++)
        lab_scene_lose(s, LAB_C, TCP_ACK, i);
    lab_scene_close(s, e->client);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e->server) == 0, "S reads the end");
    lab_scene_shut(s, e->server);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e->server, "LAST-ACK");
}

static void play_sc05(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lose_last_acks(s, &e, s->which);
    if (s->flawed) {
        lab_scene_wait(s, LULL_SEC(2));
        lab_scene_expect_reset(s, LAB_C, 1);
        lab_scene_expect_error(s, e.server, LULL_ECONNRESET);
        lab_scene_close(s, e.server);
        return;
    }
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    for (int i = 0; i < 600 && lab_scene_sent(s, LAB_S, FIN_ACK) <= s->which; i++)
        lab_scene_wait(s, SOON);
    lab_scene_wait(s, LULL_MS(10));
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_left(s, e.client, LULL_MS(59900), LULL_SEC(60));
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWRestarted, s->which);
    lab_scene_expect_error(s, e.server, LULL_OK);
    lab_scene_close(s, e.server);
    wait_it_out(s);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, s->which + 1);
    lab_scene_expect_same_fins(s, LAB_S);
    lab_scene_expect_sent(s, LAB_C, TCP_ACK, s->which + 2);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWExpired, 1);
    lab_scene_expect_reset(s, LAB_C, 0);
    expect_both_closed(s, &e);
}

static void name_sc05(struct text *t, unsigned which)
{
    text_string(t, which == 1 ? "once" : "");
    if (which == 1)
        return;
    text_decimal(t, which);
    text_string(t, " times");
}

/* Room for one record: the second TIME-WAIT pushes the first one out. */
static void set_sc06(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    stage->config[LAB_C].knobs.value[LULL_KNOB_tw_max] = 1;
}

static void play_sc06(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;
    const uint32_t other = lab_scene_open(s, LAB_C, LAB_CLIENT_PORT + 1, &server, &error);

    lab_scene_until(s, LULL_MS(800));
    const uint32_t accepted = lab_scene_accept(s, LAB_S, e.listener);
    lab_scene_close(s, accepted); /* S closes this one first, so that C keeps no record of it */
    lab_scene_until(s, LULL_SEC(1));
    (void)lab_scene_read(s, other);
    lose_last_acks(s, &e, 1);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_abort(s, other); /* a reset obliges C to hold the tuple */
    lab_scene_wait(s, LULL_MS(10));
    lab_scene_expect_state(s, e.client, "CLOSED");
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWEvicted, 1);
    lab_scene_wait(s, LULL_SEC(2));
    lab_scene_expect_reset(s, LAB_C, 2); /* of the other connection, and of S's FIN */
    lab_scene_expect_error(s, e.server, LULL_ECONNRESET);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, 3);
    lab_scene_close(s, e.server);
    wait_it_out(s);
    expect_both_closed(s, &e);
}

/* --- every pattern of losses ------------------------------------------------------------- */

#define FOUR       16 /* patterns of four segments, and 8 of three */
#define SC07_SHOWN 11

/* Bit n of the pattern: the n-th of C's FIN, S's ACK, S's FIN, C's ACK is lost; or of C's FIN, S's
 * FIN with ACK, C's ACK. */
static unsigned pattern_of(unsigned which)
{
    return which <= FOUR ? which - 1 : which - 1 - FOUR;
}

static void lose_pattern(struct lab_scene *s)
{
    static const struct {
        uint8_t host, flags;
    } four[] = {{LAB_C, FIN_ACK}, {LAB_S, TCP_ACK}, {LAB_S, FIN_ACK}, {LAB_C, TCP_ACK}},
      three[] = {{LAB_C, FIN_ACK}, {LAB_S, FIN_ACK}, {LAB_C, TCP_ACK}};
    const unsigned pattern = pattern_of(s->which);

    for (unsigned i = 0; s->which <= FOUR && i < COUNT_OF(four); i++)
        if (pattern >> i & 1)
            lab_scene_lose(s, four[i].host, four[i].flags, 1);
    for (unsigned i = 0; s->which > FOUR && i < COUNT_OF(three); i++)
        if (pattern >> i & 1)
            lab_scene_lose(s, three[i].host, three[i].flags, 1);
}

static void name_sc07(struct text *t, unsigned which)
{
    static const char *const four[] = {"C's FIN", "S's ACK", "S's FIN", "C's ACK"};
    static const char *const three[] = {"C's FIN", "S's FIN with ACK", "C's ACK"};
    const unsigned pattern = pattern_of(which);
    const char *between = "";

    for (unsigned i = 0; i < (which <= FOUR ? COUNT_OF(four) : COUNT_OF(three)); i++) {
        if (!(pattern >> i & 1))
            continue;
        text_string(t, between);
        text_string(t, which <= FOUR ? four[i] : three[i]);
        between = " and ";
    }
    if (pattern == 0)
        text_string(t, which <= FOUR ? "none" : "none of three");
}

/* When S's user closes in the same breath, FIN and ACK are one segment. */
static void close_after_end(struct lab_scene *s, const struct lab_ends *e)
{
    if (s->which > FOUR) {
        lab_scene_close_promptly(s, e->server);
        lab_scene_shut(s, e->client);
        return;
    }
    lab_scene_shut(s, e->client);
    answer_close(s, e);
}

/* Three segments, unless the second was lost: then S has something to acknowledge again. */
static bool acknowledges_with_fin(const struct lab_scene *s)
{
    return s->which <= FOUR || (pattern_of(s->which) & 2) || lab_scene_sent(s, LAB_S, TCP_ACK) == 0;
}

static void play_sc07(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lose_pattern(s);
    close_after_end(s, &e);
    lab_scene_wait(s, LULL_SEC(5));
    lab_scene_expect_state(s, e.server, "CLOSED");
    if (!s->flawed)
        lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect(s, acknowledges_with_fin(s), "S acknowledges with its FIN");
    (void)lab_scene_read(s, e.client);
    lab_scene_expect(s, lab_scene_ends(s, e.client) == 1, "C reads the end, not an error");
    lab_scene_close(s, e.client);
    if (s->flawed)
        return;
    wait_it_out(s);
    lab_scene_expect_same_fins(s, LAB_C);
    lab_scene_expect_same_fins(s, LAB_S);
    expect_clean_end(s, &e);
}

/* --- together, and who closes first ------------------------------------------------------ */

static void name_sc22(struct text *t, unsigned which)
{
    static const char *const lost[] = {"no ACK", "C's ACK", "S's ACK", "both ACKs"};
    text_string(t, lost[which - 1]);
}

static void play_sc22(struct lab_scene *s)
{
    const bool c_lost = s->which & 1 ? false : true, s_lost = s->which > 2;
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    if (c_lost)
        lab_scene_lose(s, LAB_C, TCP_ACK, 1);
    if (s_lost)
        lab_scene_lose(s, LAB_S, TCP_ACK, 1);
    lab_scene_close(s, e.client);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_MS(7));
    lab_scene_expect_state(s, e.client, "CLOSING");
    lab_scene_expect_state(s, e.server, "CLOSING");
    lab_scene_wait(s, SOON);
    if (!s->flawed) {
        lab_scene_expect_state(s, e.client, s_lost ? "CLOSING" : "TIME-WAIT");
        lab_scene_expect_state(s, e.server, c_lost ? "CLOSING" : "TIME-WAIT");
    }
    lab_scene_wait(s, LULL_SEC(2));
    if (s->flawed)
        return;
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_state(s, e.server, "TIME-WAIT");
    lab_scene_expect_sent(s, LAB_C, FIN_ACK, s_lost ? 2 : 1);
    lab_scene_expect_sent(s, LAB_S, FIN_ACK, c_lost ? 2 : 1);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWRestarted, c_lost && !s_lost ? 1 : 0);
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWRestarted, s_lost && !c_lost ? 1 : 0);
    wait_it_out(s);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWExpired, 1);
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWExpired, 1);
    lab_scene_expect_reset(s, LAB_C, 0);
    lab_scene_expect_reset(s, LAB_S, 0);
    expect_both_closed(s, &e);
}

/* A request and its answer, and S ends the answer by closing. */
static void serve_and_close(struct lab_scene *s, const struct lab_ends *e)
{
    lab_scene_send(s, e->client, 120);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e->server) == 120, "S reads the request");
    lab_scene_send(s, e->server, 900);
    lab_scene_close(s, e->server);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e->client) == 900, "C reads the whole answer");
    lab_scene_expect(s, lab_scene_ends(s, e->client) == 1, "C reads the end");
    lab_scene_close(s, e->client);
    lab_scene_wait(s, SOON);
}

static struct lab_ends connect_from(struct lab_scene *s, uint16_t port, lull_socket listener)
{
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_ends e = {.listener = listener};
    enum lull_error error;

    e.client = lab_scene_open(s, LAB_C, port, &server, &error);
    lab_scene_wait(s, SOON);
    e.server = lab_scene_accept(s, LAB_S, listener);
    return e;
}

static void play_sc23(struct lab_scene *s)
{
    struct lab_ends first = lab_scene_connect(s), second, third;

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_close(s, first.client);
    answer_close(s, &first);
    lab_scene_until(s, LULL_SEC(2));
    second = connect_from(s, LAB_CLIENT_PORT + 1, first.listener);
    lab_scene_close(s, second.server);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, second.client) == 0, "C reads the end");
    lab_scene_close(s, second.client);
    lab_scene_until(s, LULL_SEC(3));
    third = connect_from(s, LAB_CLIENT_PORT + 2, first.listener);
    serve_and_close(s, &third);
    lab_scene_expect_state(s, first.client, "TIME-WAIT");
    lab_scene_expect_state(s, first.server, "CLOSED");
    lab_scene_expect_state(s, second.client, "CLOSED");
    lab_scene_expect_state(s, second.server, "TIME-WAIT");
    lab_scene_expect_state(s, third.client, "CLOSED");
    lab_scene_expect_state(s, third.server, "TIME-WAIT");
    wait_it_out(s);
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TWExpired, 1);
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWExpired, 2);
    lab_scene_expect_reset(s, LAB_C, 0);
    lab_scene_expect_reset(s, LAB_S, 0);
}

/* --- the chapter ------------------------------------------------------------------------- */

const struct lab_scenario lab_book_closing[] = {
    {
        .name = "SC-01",
        .title = "The normal close",
        .look_for =
            "Four segments end a connection: a FIN and an ACK in each direction. S, which closes "
            "second, is gone with the last ACK. C, which closed first, sends that ACK and cannot "
            "know whether it arrives. So C remembers the connection in TIME-WAIT for 60 s, twice "
            "the 30 s that a segment can live: long enough for the ACK to get lost, for S to send "
            "its FIN again, and for that FIN to come back. When the time is over nothing is sent; "
            "the record just goes.",
        .rules = "CH-01 CH-03 CH-04 CH-09 CH-10 TT-01 TT-07",
        .expected = "4 segments; C waits 60 s in TIME-WAIT; S is CLOSED with the last ACK",
        .play = play_sc01,
    },
    {
        .name = "SC-02",
        .title = "The first FIN is lost",
        .look_for =
            "C's FIN takes a sequence number, just as an octet of text does, and is sent again "
            "until it is acknowledged. S hears nothing of the lost one and stays ESTABLISHED. The "
            "second FIN has the number of the first: a close consumes one number, however often "
            "it is said. From there on all goes as in SC-01.",
        .rules = "CH-11 CH-01 TT-01",
        .expected = "C sends the same FIN twice; both close without an error",
        .play = play_sc02,
    },
    {
        .name = "SC-03",
        .title = "The ACK of the first FIN is lost",
        .look_for =
            "S has taken C's FIN, and its ACK is lost. C cannot tell this from SC-02 and sends the "
            "FIN again. For S this FIN is old: it lies just before what S expects next. S does not "
            "drop it silently, it acknowledges once more, and stays in CLOSE-WAIT. Its user has "
            "read one end of the stream and reads no second one.",
        .rules = "CH-12 CH-11",
        .expected = "S acknowledges the repeated FIN in CLOSE-WAIT; its user reads one end",
        .play = play_sc03,
    },
    {
        .name = "SC-04",
        .title = "The second FIN is lost",
        .look_for =
            "S's FIN is lost, and C waits in FIN-WAIT-2, where it has no timer that would make it "
            "speak. It is S that has something unacknowledged: its FIN, which it sends again from "
            "LAST-ACK. C's TIME-WAIT begins with the FIN that arrives, not with the one that was "
            "sent first. Nobody sees an error.",
        .rules = "CH-11 CH-04 CH-10",
        .expected = "S sends its FIN again; C stays in FIN-WAIT-2 meanwhile; no error",
        .play = play_sc04,
    },
    {
        .name = "SC-05",
        .title = "The last ACK is lost",
        .look_for =
            "This is the first reason for TIME-WAIT. C's last ACK is lost, so S sends its FIN "
            "again. C is in TIME-WAIT and still knows the connection: it answers each repeated FIN "
            "with the same ACK, and with each answer the full 60 s start again, because this ACK, "
            "too, can be lost. In the end one gets through and S closes without an error. Without "
            "TIME-WAIT C has forgotten, answers with a reset, and S's user reads ECONNRESET at the "
            "end of a transfer that was complete.",
        .rules = "TT-03 SA-08 CH-13",
        .expected = "each repeated FIN is acknowledged and restarts the wait; S closes cleanly",
        .without = "S's FIN is answered by a reset; its user reads ECONNRESET (INV-04)",
        .violated = 1u << 4,
        .play = play_sc05,
        .cases = 6,
        .shown = 2,
        .name_case = name_sc05,
    },
    {
        .name = "SC-06",
        .title = "The last ACK is lost, and C has forgotten",
        .look_for =
            "As SC-05, but C's table holds one record only. C is in TIME-WAIT, its last ACK is "
            "lost, and then C resets another connection, which it has to remember in its turn: the "
            "record with the least time left is given up, and counted. S's repeated FIN meets "
            "nobody and is answered by a "
            "reset. S was in LAST-ACK and everything had been said, yet its user is told "
            "ECONNRESET. That is the price of a table that is too small.",
        .rules = "RL-01 SA-16 CH-13",
        .expected = "the record is evicted; S's FIN is reset, its user reads ECONNRESET",
        .set = set_sc06,
        .play = play_sc06,
    },
    {
        .name = "SC-07",
        .title = "Lost once",
        .look_for =
            "Of the four segments of a close each is lost or not: sixteen patterns. When S's user "
            "closes at once its ACK and FIN are one segment, which gives eight more. All of them "
            "are played and judged; the picture shows one. Whatever is lost, the end that misses "
            "an answer says the same thing again, and both ends are CLOSED at last, without an "
            "error and with one end of the stream for each user.",
        .rules = "CH-02 CH-06 CH-11 CH-12 TT-03",
        .expected = "24 of 24 patterns: both CLOSED, no error, one end for each user",
        .without = "the repeated FIN is answered by a reset (INV-04)",
        .violated = 1u << 4,
        .play = play_sc07,
        .cases = 24,
        .shown = SC07_SHOWN,
        .name_case = name_sc07,
    },
    {
        .name = "SC-22",
        .title = "Both close at once",
        .look_for =
            "Both users close before either has heard of the other, and the FINs cross. Each host "
            "finds a FIN where it waited for an ACK and goes to CLOSING, not to FIN-WAIT-2. Both "
            "have closed first, so both wait, each with a timer of its own. When an ACK is lost "
            "the other end sends its FIN again, and who is in TIME-WAIT already answers and waits "
            "anew.",
        .rules = "CH-05 CH-07 CH-08 TT-03 TT-10",
        .expected = "both pass CLOSING, and both wait in TIME-WAIT",
        .without = "the repeated FIN is answered by a reset (INV-04)",
        .violated = 1u << 4,
        .play = play_sc22,
        .cases = 4,
        .shown = 3,
        .name_case = name_sc22,
    },
    {
        .name = "SC-23",
        .title = "Who closes first waits",
        .look_for =
            "Three connections from ports 1500, 1501 and 1502. C closes the first, and C waits. S "
            "closes the second, and S waits. The third is as with HTTP/1.0: S ends its answer by "
            "closing, so S waits again. TIME-WAIT is not the fate of clients or of servers: it is "
            "the fate of who closes first. A busy server that closes first keeps a record for "
            "every client of the last minute.",
        .rules = "CH-04 CH-10 TT-01",
        .expected = "one record at C and two at S: at who closed first, and nowhere else",
        .play = play_sc23,
    },
};

const unsigned lab_book_closing_count = COUNT_OF(lab_book_closing);
