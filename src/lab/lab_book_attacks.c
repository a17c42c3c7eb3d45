/* lab_book_attacks.c - TIME-WAIT under fire: RFC 1337, and every kind of segment there is. */
#include "base/check.h"
#include "base/text.h"
#include "lab/lab_book.h"
#include "lab/lab_forge.h"
#include "lab/lab_mistake.h"
#include "lab/lab_program.h"
#include "wire/tcp_segment.h"

/* --- SC-30: RFC 1337 --------------------------------------------------------------------- */

#define EARLY     8000u /* octets of S before D1: more than ticks till C opens again */
#define D1        500u
#define D0_COMES  LULL_SEC(4)
#define D1_COMES  LULL_SEC(20)
#define OPENS_AT  LULL_SEC(6)
#define ACK_COMES (OPENS_AT + LULL_MS(5)) /* the SYN has left, and is not yet answered */
#define CLOSES_AT LULL_SEC(2)
#define FIN_COMES LULL_SEC(21)

/* No timestamps, a clock of ISNs that is outrun, and nobody holds what he has reset: HOLD alone
 * would keep C from opening again, when it has had to reset something. */
static void set_1337(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    lab_stage_plain(stage);
    lab_stage_turn(stage, LULL_KNOB_isn_tick_ns, 1000000);
    lab_stage_turn(stage, LULL_KNOB_abort_hold, 0);
    stage->judge.ignored |= 1u << 25; /* which is about HOLD */
}

struct hazard {
    struct lab_program server;
    struct lab_ends old;
    bool d1, ack, fin; /* what of S comes once more, besides D0 */
};

/* Of S's text the first segment D0 comes once more at 4 s, and the last, D1, at 20 s; the ACK of
 * C's FIN just when C has sent its next SYN, and S's FIN at 23 s. */
static void live_and_close(struct lab_scene *s, struct hazard *h)
{
    const struct lab_packet text = {LAB_S, TCP_ACK, 1, SIM_PICK_WITH_TEXT};
    const struct lab_packet bare = {LAB_S, TCP_ACK, 1, SIM_PICK_WITHOUT_TEXT};
    const struct lab_packet fin = {LAB_S, TCP_FIN | TCP_ACK, 1, SIM_PICK_ANY};

    h->server = (struct lab_program){.name = "the server", .host = LAB_S, .reuse = true};
    (void)lab_program_listen(s, &h->server, LAB_SERVER_PORT);
    h->old = lab_program_visit(s, &h->server, LAB_C, LAB_CLIENT_PORT);
    if (!s->flawed) /* without a record there is nobody to be killed */
        lab_scene_double(s, &text, D0_COMES);
    lab_scene_send(s, h->old.server, EARLY);
    lab_scene_wait(s, LULL_MS(500));
    if (h->d1)
        lab_scene_double(s, &text, D1_COMES);
    lab_scene_send(s, h->old.server, D1);
    lab_scene_until(s, CLOSES_AT);
    lab_scene_expect(s, lab_scene_read(s, h->old.client) == EARLY + D1, "C reads all of it");
    if (h->ack) /* S has the FIN, and says so, 5 ms after C has sent it */
        lab_scene_double(s, &bare, ACK_COMES - CLOSES_AT - LULL_MS(5));
    if (h->fin)
        lab_scene_double(s, &fin, FIN_COMES);
    lab_scene_close(s, h->old.client);
    lab_scene_wait(s, LULL_MS(100));
    (void)lab_scene_read(s, h->old.server);
    lab_scene_close(s, h->old.server);
}

/* D0 is acknowledged, and S, which knows nothing any more, answers with a reset. */
static void assassinate(struct lab_scene *s, struct hazard *h)
{
    live_and_close(s, h);
    lab_scene_until(s, LULL_SEC(5));
    if (s->flawed)
        return;
    lab_scene_expect_sent(s, LAB_S, TCP_RST, 1);
    lab_scene_expect_state(s, h->old.client, s->twisted ? "CLOSED" : "TIME-WAIT");
}

/* C cannot connect while it waits; nothing of what comes later does any harm. */
static void hold_out(struct lab_scene *s, struct hazard *h)
{
    lab_scene_expect(s, !s->flawed && !s->twisted, "C opens again");
    lab_scene_expect_rule(s, LAB_C, "IR-13");
    lab_scene_until(s, LULL_SEC(25));
    lab_scene_expect_state(s, h->old.client, "TIME-WAIT");
    lab_scene_expect(s, lab_scene_sent(s, LAB_C, TCP_SYN) == 1, "nothing but answers was sent");
    lab_scene_expect(s, lab_scene_sent(s, LAB_C, TCP_RST) == 0, "C resets nothing");
    lab_program_die(s, &h->server);
    lab_scene_wait(s, LULL_SEC(61));
    lab_scene_expect_state(s, h->old.client, "CLOSED");
}

static void play_sc30(struct lab_scene *s)
{
    struct hazard h = {.fin = true};

    assassinate(s, &h);
    lab_scene_until(s, LULL_SEC(25));
    if (s->flawed || s->twisted) {
        lab_scene_expect_sent(s, LAB_C, TCP_RST, 1);
        s->open_ended = true;
        return;
    }
    lab_scene_expect_state(s, h.old.client, "TIME-WAIT");
    lab_scene_expect_left(s, h.old.client, LULL_SEC(57), LULL_SEC(60));
    lab_scene_expect(s, lab_scene_sent(s, LAB_C, TCP_RST) == 0, "C resets nothing");
    lab_program_die(s, &h.server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* C opens again, which it may only when something is wrong. */
static struct lab_ends open_again(struct lab_scene *s, struct hazard *h)
{
    struct lab_ends again;

    lab_scene_until(s, OPENS_AT);
    again = lab_program_visit(s, &h->server, LAB_C, LAB_CLIENT_PORT);
    lab_scene_expect(s, s->flawed || s->twisted || again.client == SIM_STREAM_NONE,
                     "C may not open again: EADDRINUSE");
    return again;
}

/* The new incarnation of S has said all but the last @missing octets before D1. */
static void come_near(struct lab_scene *s, const struct lab_ends *again, size_t missing)
{
    const struct lull_name c = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
    const struct lull_name from = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    const size_t octets = lab_scene_octets_until(s, &from, &c, EARLY - missing);

    s->open_ended = true;
    lab_scene_send(s, again->server, octets);
    lab_scene_until(s, LULL_SEC(15));
    lab_scene_expect(s, lab_scene_read(s, again->client) == octets, "C reads the new text");
    lab_scene_until(s, LULL_SEC(22)); /* D1 has come */
}

static void play_sc30_h1(struct lab_scene *s)
{
    struct hazard h = {.d1 = true};

    assassinate(s, &h);
    const struct lab_ends again = open_again(s, &h);
    if (again.client == SIM_STREAM_NONE) {
        hold_out(s, &h);
        return;
    }
    come_near(s, &again, 100);
    lab_scene_expect(s, lab_scene_read(s, again.client) == 0, "D1 waits for what is missing");
    lab_scene_send(s, again.server, 100);
    lab_scene_wait(s, LULL_MS(500));
    lab_scene_expect(s, lab_scene_read(s, again.client) == 100 + D1, "S said 100, C reads 600");
}

static void play_sc30_h2(struct lab_scene *s)
{
    struct hazard h = {.d1 = true};

    assassinate(s, &h);
    const struct lab_ends again = open_again(s, &h);
    if (again.client == SIM_STREAM_NONE) {
        hold_out(s, &h);
        return;
    }
    come_near(s, &again, 0);
    lab_scene_expect(s, lab_scene_read(s, again.client) == D1, "C reads D1 again");
    lab_scene_send(s, again.server, D1);
    lab_scene_wait(s, LULL_SEC(5));
    lab_scene_expect(s, lab_scene_read(s, again.client) == 0,
                     "what S says now is taken for a repetition");
    lab_scene_expect(s, lab_scene_timer(s, again.server) == LULL_TIMER_OFF,
                     "and yet all of it is acknowledged");
}

static void play_sc30_h3(struct lab_scene *s)
{
    struct hazard h = {.ack = true};

    assassinate(s, &h);
    const struct lab_ends again = open_again(s, &h);
    if (again.client == SIM_STREAM_NONE) {
        hold_out(s, &h);
        return;
    }
    s->open_ended = true;
    lab_scene_expect_error(s, again.client, LULL_ECONNRESET);
    lab_scene_until(s, LULL_SEC(18));
    lab_scene_expect(s, lab_program_accept(s, &h.server) == SIM_STREAM_NONE,
                     "the server never gets the connection");
}

/* --- SC-31: every kind of segment at five positions -------------------------------------- */

enum { POSITIONS = 5 };

static const char *const position_names[POSITIONS] = {"outside-left", "left-edge", "middle",
                                                      "right-edge", "outside-right"};

enum stamp { SAME, NEWER, OLDER, NONE };

/* '-': dropped without a word, the wait untouched.  'A': acknowledged, and the wait starts again;
 * what comes twice at once is acknowledged once, and with 'F' twice.  'N': a new incarnation
 * begins, C resets it, and the record is back with no less time. */
struct kind {
    const char *name, *rule;
    const char *cells; /* one for each position */
    enum stamp stamp;
    int ack_off;    /* of SEG.ACK, from SND.NXT */
    unsigned shown; /* this position is in the picture */
    uint8_t flags, text_bytes;
    bool damaged, from_group, twice;
};

static const struct kind kinds[] = {
    {"a damaged segment", "SA-01", "-----", .flags = TCP_ACK, .text_bytes = 10, .damaged = true,
     .shown = 1},
    {"one from a group address", "SA-01", "-----", .flags = TCP_ACK, .text_bytes = 10,
     .from_group = true, .shown = POSITIONS},
    {"RST", "SA-02", "-----", .flags = TCP_RST, .stamp = NONE, .shown = 1},
    {"RST with ACK and a timestamp", "SA-02", "-----", .flags = TCP_RST | TCP_ACK, .shown = 1},
    {"RST with SYN", "SA-02", "-----", .flags = TCP_RST | TCP_SYN, .stamp = NEWER,
     .shown = POSITIONS},
    {"SYN with FIN", "SA-03", "-----", .flags = TCP_SYN | TCP_FIN, .stamp = NEWER, .shown = 1},
    {"SYN, timestamp newer", "SA-04 IR-01", "NNNNN", .flags = TCP_SYN, .stamp = NEWER, .shown = 0},
    {"SYN, timestamp equal", "SA-04 IR-02", "-NNNN", .flags = TCP_SYN, .shown = 0},
    {"SYN, timestamp older", "SA-04 IR-03", "-----", .flags = TCP_SYN, .stamp = OLDER, .shown = 4},
    {"SYN without a timestamp", "SA-04 IR-04", "-NNNN", .flags = TCP_SYN, .stamp = NONE,
     .shown = 0},
    {"text without a timestamp", "SA-05", "-----", .flags = TCP_ACK, .text_bytes = 10,
     .stamp = NONE, .shown = 1},
    {"text, timestamp older", "SA-06", "AAAAA", .flags = TCP_ACK, .text_bytes = 10, .stamp = OLDER,
     .shown = 1},
    {"text without ACK", "SA-07", "-----", .text_bytes = 10, .shown = 1},
    {"FIN", "SA-08 SA-09", "FAAAA", .flags = TCP_FIN | TCP_ACK, .shown = 0, .twice = true},
    {"SYN with ACK", "SA-10", "AAAAA", .flags = TCP_SYN | TCP_ACK, .shown = 1},
    {"text", "SA-11", "AAAAA", .flags = TCP_ACK, .text_bytes = 10, .shown = 2},
    {"urgent text", "SA-11", "AAAAA", .flags = TCP_ACK | TCP_URG, .text_bytes = 10, .shown = 1},
    {"ACK", "SA-12 SA-13", "A-AAA", .flags = TCP_ACK, .shown = 1},
    {"ACK of what was never sent", "SA-13", "AAAAA", .flags = TCP_ACK, .ack_off = 1, .shown = 1},
    {"ACK of long ago", "SA-13", "AAAAA", .flags = TCP_ACK, .ack_off = INT32_MIN / 2, .shown = 1},
};

/* S's record, and what S says when something comes. */
struct table {
    struct lab_scene *s;
    uint32_t stream;
    seq32 snd_nxt, rcv_nxt;
    uint32_t window, stamp;
    unsigned said;
    struct tcp_segment first, last; /* without their text */
};

static void listen_to(void *context, const struct sim_event *e)
{
    struct table *t = context;

    if (e->kind != SIM_SENT || e->node != LAB_S || e->segment == NULL)
        return;
    if (t->said++ == 0)
        t->first = *e->segment;
    t->last = *e->segment;
}

static uint32_t stamp_of(const struct table *t, enum stamp stamp)
{
    switch (stamp) {
    case NEWER: return t->stamp + 100000;
    case OLDER: return t->stamp - 1;
    default: return t->stamp;
    }
}

static struct lab_forgery forgery_of(const struct table *t, const struct kind *k, unsigned position)
{
    static const uint8_t group[4] = {224, 0, 0, 1};
    const uint32_t len =
        k->text_bytes + (k->flags & TCP_SYN ? 1u : 0) + (k->flags & TCP_FIN ? 1u : 0);
    const uint32_t from_left[POSITIONS] = {-(len == 0 ? 1 : len), 0, t->window / 2, t->window - 1,
                                           t->window};
    struct lab_forgery f = {
        .node = LAB_C,
        .from = lab_scene_name(t->s, LAB_C, LAB_CLIENT_PORT),
        .to = lab_scene_name(t->s, LAB_S, LAB_SERVER_PORT),
        .segment = {.seq = seq_add(t->rcv_nxt, from_left[position]),
                    .flags = k->flags,
                    .wnd = 1000,
                    .options = {.present = k->stamp == NONE ? 0 : TCP_OPTION_TIMESTAMPS,
                                .ts_value = stamp_of(t, k->stamp)}},
        .text_bytes = k->text_bytes,
        .damaged = k->damaged};

    if (k->flags & TCP_ACK)
        f.segment.ack = seq_add(t->snd_nxt, (uint32_t)k->ack_off);
    if (k->from_group)
        f.from.address = lull_address_ipv4(group);
    return f;
}

/* SA-14: SEQ, ACK, and timestamps. */
static bool is_the_ack(const struct table *t)
{
    const struct tcp_segment *seg = &t->last;

    return seg->flags == TCP_ACK && seg->len == 0 && seq_eq(seg->seq, t->snd_nxt)
           && seq_eq(seg->ack, t->rcv_nxt) && seg->options.present == TCP_OPTION_TIMESTAMPS;
}

static bool is_as_the_table_says(const struct table *t, char cell, lull_time before)
{
    const struct lab_scene *s = t->s;
    const lull_time after = lab_scene_expiry(s, t->stream);
    const lull_duration left = after - s->world->now;
    const bool fresh = left > LULL_SEC(59) && left < LULL_SEC(60);

    if (lab_scene_rows(s, LAB_S, LULL_ROW_TIME_WAIT) != 1
        || lab_scene_rows(s, LAB_S, LULL_ROW_CONNECTION) != 0)
        return false;
    switch (cell) {
    case '-': return t->said == 0 && after == before;
    case 'A': return t->said == 1 && is_the_ack(t) && fresh;
    case 'F': return t->said == 2 && is_the_ack(t) && fresh;
    default: return t->said == 1 && t->first.flags == (TCP_SYN | TCP_ACK) && after >= before;
    }
}

static void name_cell(struct text *t, const struct kind *k, unsigned position)
{
    text_string(t, k->name);
    text_string(t, ", ");
    text_string(t, position_names[position]);
    text_string(t, " [");
    text_string(t, k->rule);
    text_string(t, k->cells[position] == '-'   ? "]: dropped, the wait goes on"
                   : k->cells[position] == 'N' ? "]: believed, reset, and the record is back"
                                               : "]: acknowledged, the wait starts again");
}

static void play_cell(struct table *t, const struct kind *k, unsigned position)
{
    const struct lab_forgery f = forgery_of(t, k, position);
    const lull_time before = lab_scene_expiry(t->s, t->stream);
    char line[120];
    struct text name;

    text_init(&name, line, sizeof line);
    name_cell(&name, k, position);
    if (position == k->shown) {
        lab_record_unmute(t->s->recorder);
        lab_scene_note(t->s, line);
    }
    t->said = 0;
    lab_forge(t->s, &f);
    if (k->twice)
        lab_forge(t->s, &f);
    lab_scene_wait(t->s, LULL_MS(300));
    lab_scene_expect(t->s, is_as_the_table_says(t, k->cells[position], before), line);
    lab_record_mute(t->s->recorder);
    lab_scene_wait(t->s, LULL_MS(700)); /* tw.oow_ack_ms is over */
}

static void set_stamped(struct lab_stage *stage)
{
    lab_stage_wire(stage);
    for (unsigned i = 0; i < 2; i++)
        stage->config[i].features = LULL_FEATURE_TIMESTAMPS;
    stage->config[LAB_C].knobs.value[LULL_KNOB_abort_hold] = 0;
}

/* What S's record should hold, from what the two have said; false: they have not met. */
static bool learn(struct table *t)
{
    const struct sim_ledger *ledger = &t->s->world->ledger;
    const struct lull_name c = lab_scene_name(t->s, LAB_C, LAB_CLIENT_PORT);
    const struct lull_name to = lab_scene_name(t->s, LAB_S, LAB_SERVER_PORT);
    const uint32_t theirs = sim_ledger_newest(ledger, &c, &to);
    const uint32_t ours = sim_ledger_newest(ledger, &to, &c);

    if (theirs == SIM_VOICE_NONE || ours == SIM_VOICE_NONE)
        return false;
    t->rcv_nxt = ledger->voices[theirs].nxt;
    t->stamp = ledger->voices[theirs].stamp;
    t->snd_nxt = ledger->voices[ours].nxt;
    t->window = t->last.wnd;
    return true;
}

static void play_sc31(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};
    struct table t = {.s = s};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    const struct lab_ends e = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    t.stream = e.server;
    sim_world_watch(s->world, listen_to, &t);
    lab_scene_until(s, LULL_SEC(1));
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_MS(100));
    (void)lab_scene_read(s, e.client);
    lab_scene_close(s, e.client);
    lab_scene_until(s, LULL_SEC(2));
    const bool met = learn(&t);
    lab_record_mute(s->recorder);
    for (unsigned i = 0; met && i < COUNT_OF(kinds); i++)
        for (unsigned position = 0; position < POSITIONS; position++)
            play_cell(&t, &kinds[i], position);
    lab_record_unmute(s->recorder);
    sim_world_unwatch(s->world, &t);
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_PAWSTimewait, POSITIONS);
    lab_scene_expect(s, lab_scene_accept(s, LAB_S, server.listener) == SIM_STREAM_NONE,
                     "the server has heard of nothing");
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- the chapter ------------------------------------------------------------------------- */

static const struct lab_twist assassinated = {
    .name = "tw.rst=rfc9293",
    .strikes = "a reset ends the wait, and S's old FIN is answered by a reset (INV-04)",
    .violated = 1u << 4,
    .set = lab_mistake_obey_resets,
};
static const struct lab_twist accepted = {
    .name = "tw.rst=rfc9293",
    .strikes = "S says 100 octets, and C reads 500 old ones behind them (INV-01)",
    .violated = 1u << 1,
    .set = lab_mistake_obey_resets,
};
static const struct lab_twist desynchronized = {
    .name = "tw.rst=rfc9293",
    .strikes = "C reads 500 old octets, and throws away the 500 that S says instead (INV-01)",
    .violated = 1u << 1,
    .set = lab_mistake_obey_resets,
};
static const struct lab_twist failed = {
    .name = "tw.rst=rfc9293",
    .strikes = "an old ACK meets the new SYN, and connect() fails with ECONNRESET",
    .set = lab_mistake_obey_resets,
};

const struct lab_scenario lab_book_attacks[] = {
    {
        .name = "SC-30",
        .title = "TIME-WAIT assassination",
        .look_for =
            "RFC 1337, figure 1. C waits, and an old copy of S's text D0 arrives. C must answer "
            "it, and the answer goes to S, which is closed and knows nothing: S says RST, with "
            "exactly the number C expects. Whoever obeys it has lost the record after 2 s instead "
            "of 60, although nobody attacked. C ignores resets while it waits. So it still has the "
            "record when an old copy of S's FIN comes, and acknowledges it.",
        .rules = "SA-02 RL-08 TT-05",
        .expected = "the reset is ignored and TIME-WAIT survives",
        .without = "S's old FIN is answered by a reset (INV-04)",
        .violated = 1u << 4,
        .set = set_1337,
        .play = play_sc30,
        .twist = &assassinated,
    },
    {
        .name = "SC-30-H1",
        .title = "Hazard H1: old text is accepted",
        .look_for =
            "RFC 1337, hazard H1. With the record gone C may open the same connection again at "
            "6 s. S's numbers now lie below the old ones, and when D1 arrives it lies a little "
            "ahead of what S has said: inside the window, so C keeps it. As soon as S has said the "
            "100 octets between, C reads those and 500 old ones behind them. With its record C "
            "refuses to connect, and answers D1 with an ACK.",
        .rules = "SA-02 IR-13 SA-11",
        .expected = "C may not open again; D1 is acknowledged and dropped",
        .without = "500 octets of incarnation 1 are read in incarnation 2 (INV-01)",
        .violated = 1u << 1,
        .set = set_1337,
        .play = play_sc30_h1,
        .twist = &accepted,
    },
    {
        .name = "SC-30-H2",
        .title = "Hazard H2: the ends no longer agree",
        .look_for =
            "RFC 1337, hazard H2. D1 arrives exactly where S's next octet belongs. C reads it and "
            "acknowledges what S has not said yet; S protests, C protests back: without limits "
            "they would do so for ever. When S at last says 500 octets of its own, C takes them "
            "for a repetition and throws them away, and S believes that they were read. With its "
            "record C never gets so far.",
        .rules = "SA-02 IR-13 SA-11",
        .expected = "C may not open again; D1 is acknowledged and dropped",
        .without = "C reads 500 old octets and throws the new ones away (INV-01)",
        .violated = 1u << 1,
        .set = set_1337,
        .play = play_sc30_h2,
        .twist = &desynchronized,
    },
    {
        .name = "SC-30-H3",
        .title = "Hazard H3: the new connection fails",
        .look_for =
            "RFC 1337, hazard H3. C sends its new SYN, and before S can answer an old ACK of the "
            "last connection arrives. In SYN-SENT that looks as if S were half open: C resets it, "
            "gives up, and holds the tuple, because without timestamps nothing else is safe. The "
            "user reads ECONNRESET. With its record C refuses at once, says why and for how long, "
            "and the old ACK is only one more segment to be ignored.",
        .rules = "SA-02 IR-13 IR-17",
        .expected = "C may not open again; the old ACK does nothing",
        .without =
            "the record is gone too soon (INV-05); an old ACK meets the new SYN, and connect() "
            "fails",
        .violated = 1u << 5,
        .set = set_1337,
        .play = play_sc30_h3,
        .twist = &failed,
    },
    {
        .name = "SC-31",
        .title = "Every kind of segment at five positions",
        .look_for =
            "S waits, and 20 kinds of segments arrive, each at five positions: left of the window, "
            "at its left edge, in the middle, at its right edge, and right of it. Nothing is ever "
            "delivered, and three things can happen. It is dropped without a word, and the wait "
            "goes on as it was. It is acknowledged, and the wait starts again, because that ACK "
            "could draw an answer. Or it is a SYN that looks new: then S answers, C, which sent no "
            "SYN, resets it, and the record is back. The picture has one position of most kinds; "
            "all 100 are checked, the numbers and timestamps of every ACK too.",
        .rules = "SA-01 SA-02 SA-03 SA-04 SA-05 SA-06 SA-07 SA-08 SA-09 SA-10 SA-11 SA-12 SA-13 "
                 "SA-14",
        .expected = "100 cells as group SA has them; TIME-WAIT survives all",
        .set = set_stamped,
        .play = play_sc31,
    },
};

const unsigned lab_book_attacks_count = COUNT_OF(lab_book_attacks);
