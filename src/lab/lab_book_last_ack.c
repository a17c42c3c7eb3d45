/* lab_book_last_ack.c - what is left when one end believes that all is over. */
#include "base/check.h"
#include "lab/lab_book.h"
#include "wire/tcp_segment.h"

#define FIN_ACK (TCP_FIN | TCP_ACK)
#define SOON    LULL_MS(50) /* two round trips */

/* --- C forgets, S does not --------------------------------------------------------------- */

enum { WITHOUT_STAMPS = 1, WITH_STAMPS };

static void set_sc24(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    if (stage->which == WITHOUT_STAMPS)
        lab_stage_plain(stage);
}

static void name_sc24(struct text *t, unsigned which)
{
    text_string(t, which == WITHOUT_STAMPS ? "without timestamps" : "with timestamps");
}

static void play_sc24(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_close(s, e.client);
    lab_scene_wait(s, SOON);
    (void)lab_scene_read(s, e.server);
    lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
    lab_scene_note(s, "the program at S does not close");
    lab_scene_until(s, LULL_SEC(62));
    lab_scene_expect_state(s, e.client, "CLOSED");
    lab_scene_expect_state(s, e.server, "CLOSE-WAIT");
    const uint32_t again = lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_wait(s, LULL_SEC(3));
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, 2); /* of the FIN, and to the SYN */
    lab_scene_expect_reset(s, LAB_C, 1);
    lab_scene_expect_error(s, e.server, LULL_ECONNRESET);
    if (s->which == WITHOUT_STAMPS) {
        lab_scene_expect_state(s, again, "HOLD");
        lab_scene_expect_left(s, again, LULL_SEC(57), LULL_MS(57100));
        lab_scene_expect_error(s, again, LULL_ECONNRESET);
        lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_HoldEntered, 1);
    } else {
        const uint32_t accepted = lab_scene_accept(s, LAB_S, e.listener);
        lab_scene_expect_state(s, again, "ESTABLISHED");
        lab_scene_expect_sent(s, LAB_C, TCP_SYN, 3);
        lab_scene_close(s, again);
        lab_scene_wait(s, SOON);
        (void)lab_scene_read(s, accepted);
        lab_scene_close(s, accepted);
    }
    lab_scene_close(s, e.server);
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
}

/* --- held to the limit ------------------------------------------------------------------- */

enum { BARE = 1, AFTER_TEXT };
#define RTO    LULL_MS(200) /* of S, before it has repeated anything */
#define SAFETY LULL_MS(10)  /* so much before the ACK comes, S speaks once more */
#define LATER  LULL_SEC(5)  /* old text comes so long after TIME-WAIT began */

static void set_sc32(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
}

static void set_restart_on_fin(struct lab_stage *stage)
{
    lab_stage_turn(stage, LULL_KNOB_tw_restart_on, LULL_TW_RESTART_FIN);
}

static const struct lab_twist fin_alone = {
    .name = "tw.restart_on=fin",
    .strikes = "S's FIN comes when the record is gone, and is answered by a reset (INV-04)",
    .violated = 1u << 4,
    .set = set_restart_on_fin,
};

static void name_sc32(struct text *t, unsigned which)
{
    text_string(t, which == BARE ? "the FIN alone" : "with an old text before");
}

/* S repeats its FIN after rto, 3 rto, 7 rto...: the first time behind @least, and how many
 * repetitions that takes. */
static lull_duration repetition_behind(lull_duration rto, lull_duration least, uint32_t *nth)
{
    lull_duration wait = rto, at = rto;

    for (*nth = 1; at <= least; ++*nth) {
        wait *= 2;
        at += wait;
    }
    return at;
}

/* How old S's first FIN is when it arrives, and TIME-WAIT begins: such that a repetition, *@nth,
 * leaves just before C's answer of @answered_at later comes, which is held for an MSL. */
static lull_duration held_at(const struct lab_scene *s, lull_duration answered_at, uint32_t *nth)
{
    const lull_duration rest = answered_at + lab_scene_msl(s) - SAFETY;
    return repetition_behind(RTO, rest + SOON, nth) - rest;
}

static lull_duration held_for(const struct lab_scene *s, lull_duration answered_at)
{
    uint32_t nth;
    return held_at(s, answered_at, &nth);
}

/* All repetitions before that one are lost, it is held for an MSL in its turn, and so is the last
 * ACK that C sends until then. */
static void hold_all(struct lab_scene *s, lull_duration answered_at)
{
    struct lab_packet fin = {LAB_S, FIN_ACK, 1, SIM_PICK_ANY};
    struct lab_packet ack = {LAB_C, TCP_ACK, 1, SIM_PICK_WITHOUT_TEXT};
    uint32_t nth;

    lab_scene_hold(s, &fin, held_at(s, answered_at, &nth));
    for (uint32_t i = 2; i <= nth; i++)
        lab_scene_lose(s, LAB_S, FIN_ACK, i);
    fin.nth = nth + 1;
    lab_scene_hold(s, &fin, lab_scene_msl(s));
    if (answered_at > 0)
        lab_scene_lose(s, LAB_C, TCP_ACK, ack.nth++);
    lab_scene_hold(s, &ack, lab_scene_msl(s));
}

static void play_sc32(struct lab_scene *s)
{
    const lull_duration answered_at = s->which == BARE ? 0 : LATER;
    const struct lab_packet text = {LAB_S, TCP_ACK, 1, SIM_PICK_WITH_TEXT};
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_MS(500));
    if (s->which != BARE)
        lab_scene_double(s, &text, held_for(s, answered_at) + LULL_MS(500) + LATER);
    lab_scene_send(s, e.server, 100);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e.client) == 100, "C reads the text");
    lab_scene_until(s, LULL_MS(700));
    lab_scene_close(s, e.client);
    lab_scene_until(s, LULL_MS(1000));
    (void)lab_scene_read(s, e.server);
    hold_all(s, answered_at);
    lab_scene_shut(s, e.server);
    lab_scene_wait(s, held_for(s, answered_at) + SOON);
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_wait(s, answered_at + lab_scene_msl(s));
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_error(s, e.server, LULL_OK);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, lab_scene_msl(s) - LULL_MS(60));
    lab_scene_expect_state(s, e.client, s->twisted ? "HOLD" : "TIME-WAIT");
    lab_scene_wait(s, LULL_SEC(1));
    lab_scene_expect_reset(s, LAB_C, s->twisted ? 1 : 0);
    if (!s->twisted)
        lab_scene_expect_left(s, e.client, LULL_MS(59000), LULL_MS(59100));
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
}

/* --- half a close ------------------------------------------------------------------------ */

/* C has nothing more to say and goes on listening, for a minute and a half. */
static void play_sc40(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);
    size_t read = 0;

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_send(s, e.client, 200);
    lab_scene_shut(s, e.client);
    lab_scene_wait(s, SOON);
    lab_scene_expect(s, lab_scene_read(s, e.server) == 200, "S reads the question");
    lab_scene_expect(s, lab_scene_ends(s, e.server) == 1, "S reads the end behind it");
    for (int i = 1; i <= 3; i++) {
        lab_scene_until(s, i * LULL_SEC(30));
        lab_scene_send(s, e.server, 3000);
        lab_scene_wait(s, LULL_SEC(1));
        lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
        lab_scene_expect_state(s, e.server, "CLOSE-WAIT");
        read += lab_scene_read(s, e.client);
    }
    lab_scene_expect_left(s, e.client, -LULL_MS(1), -LULL_MS(1)); /* no timer runs */
    lab_scene_expect(s, read == 9000, "C reads every octet");
    lab_scene_expect(s, lab_scene_ends(s, e.client) == 0, "C reads no end before S closes");
    lab_scene_close(s, e.server);
    lab_scene_wait(s, SOON);
    (void)lab_scene_read(s, e.client);
    lab_scene_expect(s, lab_scene_ends(s, e.client) == 1, "C reads the end");
    lab_scene_expect_state(s, e.client, "TIME-WAIT");
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_close(s, e.client);
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
    lab_scene_expect_reset(s, LAB_C, 0);
    lab_scene_expect_reset(s, LAB_S, 0);
}

/* C has closed, not just half: nobody is left to read. */
static void play_sc50(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_close(s, e.client);
    lab_scene_wait(s, SOON);
    (void)lab_scene_read(s, e.server);
    lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
    lab_scene_until(s, LULL_SEC(30));
    lab_scene_send(s, e.server, 700);
    lab_scene_wait(s, SOON);
    lab_scene_expect_reset(s, LAB_C, 1);
    lab_scene_expect_sent(s, LAB_C, TCP_ACK, 1); /* of the handshake: the text is not taken */
    lab_scene_expect_counted(s, LAB_C, LULL_COUNTER_TCPAbortOnData, 1);
    lab_scene_expect_state(s, e.client, "HOLD");
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_error(s, e.server, LULL_ECONNRESET);
    lab_scene_close(s, e.server);
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
    lab_scene_expect_state(s, e.client, "CLOSED");
}

/* --- the reset is lost ------------------------------------------------------------------- */

static void play_sc51(struct lab_scene *s)
{
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_ends e = lab_scene_connect(s);
    enum lull_error error;

    lab_scene_until(s, LULL_SEC(1));
    lab_scene_lose(s, LAB_C, TCP_RST | TCP_ACK, 1);
    lab_scene_abort(s, e.client);
    lab_scene_wait(s, SOON);
    lab_scene_expect_state(s, e.client, "HOLD");
    lab_scene_expect_state(s, e.server, "ESTABLISHED");
    lab_scene_until(s, LULL_SEC(5));
    (void)lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_expect(s, error == LULL_EADDRINUSE, "C may not use the tuple again yet");
    lab_scene_until(s, LULL_SEC(20));
    lab_scene_expect_state(s, e.server, "ESTABLISHED");
    lab_scene_send(s, e.server, 300);
    lab_scene_wait(s, SOON);
    lab_scene_expect_reset(s, LAB_C, 2);
    lab_scene_expect_state(s, e.server, "CLOSED");
    lab_scene_expect_error(s, e.server, LULL_ECONNRESET);
    lab_scene_expect_left(s, e.client, LULL_MS(59800), LULL_SEC(60));
    lab_scene_close(s, e.server);
    lab_scene_wait(s, 2 * lab_scene_msl(s) + LULL_SEC(1));
    lab_scene_expect_state(s, e.client, "CLOSED");
}

/* --- the chapter ------------------------------------------------------------------------- */

const struct lab_scenario lab_book_last_ack[] = {
    {
        .name = "SC-24",
        .title = "A program that does not close",
        .look_for =
            "C has closed, S's program has read the end and forgets to close: S stays in "
            "CLOSE-WAIT "
            "for ever. C, an orphan, waits 60 s in FIN-WAIT-2 and gives up. Now C uses the port "
            "again, and its SYN meets the old connection. S answers with the numbers it knows, C "
            "sees that they belong to nothing of its own and resets them. Without timestamps old "
            "text of S could still be on its way, so C's attempt ends here and the tuple is held "
            "for 60 s. With timestamps such text would be recognised, and C goes on with its SYN.",
        .rules = "CH-14 RL-04 IR-17 D-22",
        .expected = "S is reset; without timestamps the tuple is held, with them C goes on",
        .set = set_sc24,
        .play = play_sc24,
        .cases = 2,
        .shown = WITHOUT_STAMPS,
        .name_case = name_sc24,
    },
    {
        .name = "SC-32",
        .title = "Held for exactly one MSL",
        .look_for =
            "How long must TIME-WAIT last? C's last ACK takes a whole MSL, 30 s, to reach S. Just "
            "before it arrives S sends its FIN once more, and that FIN takes a whole MSL, too. It "
            "reaches C 10 ms before the record expires: two MSL after the last ACK are just "
            "enough. "
            "In the picture an old text comes 5 s after TIME-WAIT began, and it is the answer to "
            "this text that closes S. So the wait has to start again with every ACK that leaves, "
            "not with that of a FIN alone; with tw.restart_on=fin the FIN comes too late.",
        .rules = "TT-01 TT-04 D-03",
        .expected = "S's last FIN finds the record 10 ms before it expires, and is acknowledged",
        .set = set_sc32,
        .play = play_sc32,
        .twist = &fin_alone,
        .cases = 2,
        .shown = AFTER_TEXT,
        .name_case = name_sc32,
    },
    {
        .name = "SC-40",
        .title = "Half a close",
        .look_for =
            "C says all it has to say and closes its half with shutdown(); its program goes on "
            "reading. S takes a minute and a half over its answer. C stays in FIN-WAIT-2 all the "
            "time, acknowledges every segment, and no timer runs: a half-closed connection with a "
            "reader is not an orphan. Stacks that time FIN-WAIT-2 out regardless cut the answer "
            "off. TIME-WAIT begins only when S closes, too.",
        .rules = "CH-09 CH-14 CH-04",
        .expected = "C reads all 9,000 octets in FIN-WAIT-2, and then waits in TIME-WAIT",
        .play = play_sc40,
    },
    {
        .name = "SC-50",
        .title = "Text for an orphan",
        .look_for =
            "C's program has closed both halves. S's program does not care that it read the end, "
            "and sends 29 s later. Nobody at C will ever read this text, so acknowledging it would "
            "be a lie: C resets the connection, and S's program learns that its text was lost. "
            "Whoever sends a reset remembers the tuple as in TIME-WAIT, here called HOLD, because "
            "old segments of S can still be on their way.",
        .rules = "CH-16 RL-04 CH-17 D-18",
        .expected = "the text is not acknowledged but reset; C holds the tuple for 60 s",
        .play = play_sc50,
    },
    {
        .name = "SC-51",
        .title = "The reset is lost",
        .look_for =
            "C aborts, and its reset is lost. Nobody acknowledges a reset and nobody sends it "
            "again, so S knows nothing and stays ESTABLISHED: the connection is half-open. C holds "
            "the tuple: its own connect() on it is refused, and when S speaks at last, 19 s later, "
            "the answer is another reset. Only then does S's program learn what happened. A host "
            "that forgot the tuple at once could open it again while S still says what belongs to "
            "the old connection.",
        .rules = "CH-17 D-18 IR-15",
        .expected = "the tuple is held; S is reset when it speaks, its user reads ECONNRESET",
        .play = play_sc51,
    },
};

const unsigned lab_book_last_ack_count = COUNT_OF(lab_book_last_ack);
