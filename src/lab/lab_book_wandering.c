/* lab_book_wandering.c - segments that were believed lost and were not. */
#include "base/check.h"
#include "base/text.h"
#include "lab/lab_book.h"
#include "lab/lab_forge.h"
#include "lab/lab_program.h"
#include "wire/tcp_segment.h"

/* Timestamps would tell old from new by themselves (PAWS); here numbers must. */
static void set_plain(struct lab_stage *stage)
{
    lab_stage_bypath(stage);
    lab_stage_plain(stage);
}

/* --- SC-08, SC-09 ------------------------------------------------------------------------ */

/* C's text goes astray, is sent again, and is read at 2 s. */
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
    return e;
}

/* S has closed its direction; so does C, and S waits. */
static void answer_close(struct lab_scene *s, const struct lab_ends *e)
{
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_close(s, e->client);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect_state(s, e->client, "CLOSED");
    if (!s->flawed)
        lab_scene_expect_state(s, e->server, "TIME-WAIT");
}

static void play_sc08(struct lab_scene *s)
{
    struct lab_ends e = lose_the_way(s, 1000);

    lab_scene_shut(s, e.server); /* its user goes on reading, so that he would see D1 */
    answer_close(s, &e);
    lab_scene_until(s, LULL_SEC(22));
    const unsigned acks = lab_scene_sent(s, LAB_S, TCP_ACK);
    lab_scene_heal_loop(s);
    lab_scene_until(s, LULL_SEC(24));
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, acks + 1);
    lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWRestarted, 1);
    lab_scene_expect_state(s, e.server, "TIME-WAIT");
    lab_scene_expect_left(s, e.server, LULL_SEC(58), LULL_SEC(60));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 0 && lab_scene_ends(s, e.server) == 1,
                     "S reads nothing but the end");
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(61));
    lab_scene_expect_state(s, e.server, "CLOSED");
}

#define SC09_BEFORE 8000u

/* A clock of ISNs that a connection can outrun: RFC 1185's condition for reuse is broken. */
static void set_slow_clock(struct lab_stage *stage)
{
    set_plain(stage);
    lab_stage_turn(stage, LULL_KNOB_isn_tick_ns, 1000000);
}

static void play_sc09(struct lab_scene *s)
{
    struct lab_ends e = lose_the_way(s, SC09_BEFORE);
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    lab_scene_close(s, e.server);
    answer_close(s, &e);
    lab_scene_until(s, LULL_SEC(5));
    const uint32_t again = lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_until(s, s->varied ? LULL_SEC(9) : LULL_SEC(6)); /* a shorter wait is over by then */
    const uint32_t accepted = lab_scene_accept(s, LAB_S, e.listener);
    if (accepted != SIM_STREAM_NONE) {
        const struct lull_name c = lab_scene_name(s, LAB_C, LAB_CLIENT_PORT);
        lab_scene_send(s, again, lab_scene_octets_until(s, &c, &server, SC09_BEFORE));
        lab_scene_until(s, LULL_SEC(20));
        (void)lab_scene_read(s, accepted);
    }
    lab_scene_expect(s, s->flawed == (accepted != SIM_STREAM_NONE),
                     "S does not open again while D1 may live");
    if (!s->flawed)
        lab_scene_expect_counted(s, LAB_S, LULL_COUNTER_TWSynRejected, 1);
    lab_scene_until(s, LULL_SEC(22));
    lab_scene_heal_loop(s);
    lab_scene_until(s, LULL_SEC(24));
    s->open_ended = true;
    if (accepted != SIM_STREAM_NONE) {
        lab_scene_expect(s, lab_scene_read(s, accepted) == 500, "S reads the 500 octets of D1");
        return;
    }
    lab_scene_expect(s, lab_scene_accept(s, LAB_S, e.listener) == SIM_STREAM_NONE,
                     "nor later, however often C asks");
    lab_scene_expect_error(s, again, LULL_ECONNRESET); /* of what S's answer to D1 told C */
}

/* --- SC-10 ------------------------------------------------------------------------------- */

#define COPIES 7u /* of D1 in the loop: it and what C sends again until R1 finds the way */

/* How many ICMP errors the program has been advised of since it asked last: Time Exceeded all. */
static unsigned errors_told(struct lab_scene *s, uint32_t stream)
{
    struct lull_advice advice;
    unsigned count = 0;

    while (lab_scene_advice(s, stream, &advice))
        if (advice.kind == LULL_ADVICE_ICMP && advice.icmp_type == 11 && advice.icmp_code == 0)
            count += advice.count;
    return count;
}

static void play_sc10(struct lab_scene *s)
{
    struct lab_ends e = lab_scene_connect(s);

    lab_scene_send(s, e.client, 1000);
    lab_scene_wait(s, LULL_MS(200));
    (void)lab_scene_read(s, e.server);
    lab_scene_begin_loop(s);
    lab_scene_send(s, e.client, 500);
    lab_scene_until(s, LULL_SEC(25));
    lab_scene_expect_state(s, e.client, "ESTABLISHED");
    lab_scene_expect(s, s->world->events[SIM_EXPIRED] == 0, "D1 lives for 24.8 s in the loop");
    lab_scene_leave_loop(s);
    lab_scene_until(s, LULL_MS(25200));
    lab_scene_expect(s, s->world->events[SIM_EXPIRED] == 1, "and dies there");
    lab_scene_expect_state(s, e.client, "ESTABLISHED");
    lab_scene_expect(s, errors_told(s, e.client) == 1,
                     "C's program is advised of ICMP Time Exceeded");
    lab_scene_until(s, LULL_SEC(26)); /* till then the octets are on their way again */
    lab_scene_expect(s, errors_told(s, e.client) == 2,
                     "and of two copies more that died before S had the text");
    lab_scene_until(s, LULL_SEC(55));
    lab_scene_expect(s, s->world->events[SIM_EXPIRED] == COPIES, "every copy in the loop dies");
    lab_scene_expect(s, lab_scene_read(s, e.server) == 500, "S reads the text that was repeated");
    lab_scene_expect(s, errors_told(s, e.client) == 0,
                     "what the copies die of later is no news: their octets have arrived");
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 0 && lab_scene_ends(s, e.server) == 1,
                     "and nothing else but the end");
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-15 ------------------------------------------------------------------------------- */

#define FORGOTTEN_PORT 1501u

static void speak_astray(struct lab_scene *s, const struct lab_ends *waiting,
                         const struct lab_ends *forgotten)
{
    lab_scene_begin_loop(s);
    lab_scene_send(s, waiting->client, 500);
    lab_scene_send(s, forgotten->client, 500);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_leave_loop(s);
    lab_scene_until(s, LULL_SEC(2));
    lab_scene_expect(s, lab_scene_read(s, waiting->server) == 500, "S reads D1, repeated");
    lab_scene_expect(s, lab_scene_read(s, forgotten->server) == 500, "S reads D2, repeated");
}

static void play_sc15(struct lab_scene *s)
{
    struct lab_program server = {.name = "the server", .host = LAB_S, .reuse = true};

    (void)lab_program_listen(s, &server, LAB_SERVER_PORT);
    struct lab_ends waiting = lab_program_visit(s, &server, LAB_C, LAB_CLIENT_PORT);
    struct lab_ends forgotten = lab_program_visit(s, &server, LAB_C, FORGOTTEN_PORT);
    speak_astray(s, &waiting, &forgotten);
    lab_scene_close(s, forgotten.client);
    lab_scene_wait(s, LULL_MS(100));
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_close(s, waiting.client);
    lab_scene_wait(s, LULL_MS(100));
    lab_scene_expect_state(s, waiting.server, "TIME-WAIT");
    lab_scene_expect_state(s, forgotten.server, "CLOSED");
    lab_scene_until(s, LULL_SEC(3));
    lab_program_start(s, &server);
    lab_scene_expect(s, lab_program_listen(s, &server, LAB_SERVER_PORT) == LULL_OK,
                     "the new server listens at once");
    lab_scene_until(s, LULL_SEC(22));
    const unsigned acks = lab_scene_sent(s, LAB_S, TCP_ACK);
    lab_scene_heal_loop(s);
    lab_scene_until(s, LULL_SEC(24));
    lab_scene_expect_sent(s, LAB_S, TCP_ACK, acks + 1);
    lab_scene_expect_left(s, waiting.server, LULL_SEC(57), LULL_SEC(60));
    lab_scene_expect_sent(s, LAB_S, TCP_RST, 1);
    lab_scene_expect_state(s, forgotten.client, "TIME-WAIT");
    lab_scene_expect(s, lab_program_accept(s, &server) == SIM_STREAM_NONE,
                     "the new server hears of neither");
    lab_program_die(s, &server);
    lab_scene_wait(s, LULL_SEC(61));
}

/* --- SC-16 ------------------------------------------------------------------------------- */

#define HOP_LIMIT_MAX 255u
#define BATCH         30u /* a queue holds so many, and what is said about them */
#define NETWORK_LIFE  LULL_SEC(30)

/* How long packets have lived that were emitted one after the other. */
struct lives {
    uint64_t first; /* number of the first emission */
    lull_duration life[HOP_LIMIT_MAX];
};

static void measure(void *context, const struct sim_event *e)
{
    struct lives *lives = context;

    if (e->kind != SIM_EXPIRED || e->ghost->number < lives->first
        || e->ghost->number - lives->first >= HOP_LIMIT_MAX)
        return;
    lives->life[e->ghost->number - lives->first] = e->at - e->ghost->emitted_at;
}

static void set_longest(struct lab_stage *stage)
{
    set_plain(stage);
    stage->config[LAB_C].ttl = HOP_LIMIT_MAX;
}

/* Every link on the way into the loop, and the loop, takes so long. */
static void set_hop(struct lab_scene *s, lull_duration delay)
{
    static const unsigned hops[][2] = {{LAB_C, LAB_R1}, {LAB_R1, LAB_R2}, {LAB_R2, LAB_R4}};

    for (unsigned i = 0; i < COUNT_OF(hops); i++) {
        const unsigned link = sim_router_link_between(s->world, hops[i][0], hops[i][1]);
        for (unsigned direction = 0; direction < 2; direction++)
            sim_world_link(s->world, link, direction)->delay = delay;
    }
}

static void measure_batch(struct lab_scene *s, struct lives *lives, unsigned first,
                          lull_duration hop)
{
    struct lab_forgery packet = {.node = LAB_C,
                                 .from = lab_scene_name(s, LAB_C, FORGOTTEN_PORT),
                                 .to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT),
                                 .segment = {.flags = TCP_ACK}};

    for (unsigned limit = first; limit < first + BATCH && limit <= HOP_LIMIT_MAX; limit++) {
        packet.hops = (uint8_t)limit;
        lab_forge(s, &packet);
    }
    lives->first = s->world->emissions
                   - (first + BATCH <= HOP_LIMIT_MAX + 1 ? first + BATCH - 1 : HOP_LIMIT_MAX) + 1;
    lab_scene_wait(s, hop * (first + BATCH + 4));
}

/* The hop limits with which a packet lives no longer than the network's MSL. */
static void tell_lives(struct lab_scene *s, lull_duration hop, unsigned limit)
{
    char line[160];
    struct text t;

    text_init(&t, line, sizeof line);
    text_decimal(&t, (uint64_t)(hop / LULL_MS(1)));
    text_string(&t, " ms for each hop: ");
    if (limit < HOP_LIMIT_MAX) {
        text_string(&t, "warning: with hop limits above ");
        text_decimal(&t, limit);
        text_string(&t, " packets live longer than an MSL of 30 s, with 255 ");
    } else {
        text_string(&t, "no packet lives longer than an MSL of 30 s; with hop limit 255 ");
    }
    text_decimal(&t, (uint64_t)(hop * HOP_LIMIT_MAX / LULL_MS(1)));
    text_string(&t, " ms");
    lab_scene_note(s, line);
}

static void sweep(struct lab_scene *s, struct lives *lives, lull_duration hop)
{
    unsigned within = 0;
    bool exact = true;

    set_hop(s, hop);
    for (unsigned first = 1; first <= HOP_LIMIT_MAX; first += BATCH)
        measure_batch(s, lives, first, hop);
    for (unsigned limit = 1; limit <= HOP_LIMIT_MAX; limit++) {
        exact = exact && lives->life[limit - 1] == hop * limit;
        within += lives->life[limit - 1] <= NETWORK_LIFE;
    }
    lab_scene_expect(s, exact, "each packet lives as long as its hop limit times a hop");
    lab_scene_expect(s, (within == HOP_LIMIT_MAX) == (hop < LULL_MS(118)),
                     "255 hops fit into 30 s only below 0.118 s for each");
    lab_scene_expect(s, (lives->life[HOP_LIMIT_MAX - 1] <= LULL_SEC(120)) == (hop < LULL_MS(471)),
                     "and into 120 s only below 0.471 s");
    tell_lives(s, hop, within);
}

/* D1 with the largest hop limit there is, in a loop that is a little too slow for an MSL of 30 s.
 */
static void outlive(struct lab_scene *s, struct lives *lives)
{
    struct lab_ends e = lab_scene_connect(s);

    set_hop(s, LULL_MS(118));
    lab_scene_begin_loop(s);
    lives->first = s->world->emissions + 1;
    lab_scene_send(s, e.client, 500);
    lab_scene_wait(s, LULL_MS(150));
    lab_scene_leave_loop(s);
    lab_scene_wait(s, LULL_SEC(31));
    lab_scene_expect(s, lives->life[0] == LULL_MS(118) * HOP_LIMIT_MAX,
                     "D1 lives 30.09 s, longer than MSL");
    set_hop(s, LULL_MS(5));
    lab_scene_expect(s, lab_scene_read(s, e.server) == 500, "S reads the text once");
    lab_scene_close(s, e.client);
    lab_scene_wait(s, LULL_SEC(1));
    lab_scene_close(s, e.server);
    lab_scene_wait(s, LULL_SEC(62));
}

/* No picture, and nothing that another MSL would change. */
static void sweep_all(struct lab_scene *s, struct lives *lives)
{
    static const unsigned hops_ms[] = {1, 10, 50, 117, 118, 200, 400, 470, 471};

    lab_scene_begin_loop(s);
    lab_record_mute(s->recorder);
    for (unsigned i = 0; i < COUNT_OF(hops_ms); i++)
        sweep(s, lives, LULL_MS(hops_ms[i]));
    lab_record_unmute(s->recorder);
}

static void play_sc16(struct lab_scene *s)
{
    struct lives lives = {.first = UINT64_MAX};

    sim_world_watch(s->world, measure, &lives);
    outlive(s, &lives);
    if (!s->varied)
        sweep_all(s, &lives);
    sim_world_unwatch(s->world, &lives);
}

const struct lab_scenario lab_book_wandering[] = {
    {
        .name = "SC-08",
        .title = "A segment comes out of a routing loop after the close",
        .look_for =
            "C's segment D1 is caught between R2 and R4, which send it to each other, 0.4 s for "
            "each hop. C sends the text again by a way that works, S closes, and 20 s later the "
            "loop heals and D1 arrives. S remembers the connection: D1 is answered and dropped, "
            "nothing is read, and the wait starts again, because the answer could be lost in its "
            "turn.",
        .rules = "TT-04 SA-11",
        .expected = "D1 is acknowledged and dropped in TIME-WAIT; the wait starts again",
        .set = set_plain,
        .play = play_sc08,
    },
    {
        .name = "SC-09",
        .title = "An old segment and a new incarnation",
        .look_for =
            "As SC-08, but C opens the same connection again while D1 is still on its way. C's "
            "clock of initial sequence numbers is slow, so the new numbers lie below the old ones "
            "and cover D1. S refuses the SYN as long as it remembers; when D1 arrives S answers "
            "it, "
            "and from that answer C learns that an older connection stands there, and gives up. "
            "Without TIME-WAIT S accepts, and 500 octets of the dead connection are read in the "
            "new one. An MSL of 2 s is no "
            "better: the wait is over long before D1 dies.",
        .rules = "IR-06 TT-01",
        .expected = "the SYN is refused while D1 may live",
        .without = "500 octets of incarnation 1 are read in incarnation 2 (INV-01)",
        .violated = 1u << 1,
        .set = set_slow_clock,
        .play = play_sc09,
    },
    {
        .name = "SC-10",
        .title = "The hop limit runs out in the loop",
        .look_for =
            "As SC-08, but nobody heals the loop in time: after 62 hops of 0.4 s D1's hop limit is "
            "used up, and the router that notices says so to C with ICMP Time Exceeded. That is a "
            "soft error. C's connection goes on, its program is advised, and the text arrives when "
            "it is sent once more by the other way. The copies that C sent into the loop meanwhile "
            "die one by one; what is said of them is no news any more, because their octets are "
            "acknowledged. No packet outlives its hop limit: that is why an MSL exists at all.",
        .rules = "RL-11 RL-12",
        .expected = "ICMP Time Exceeded to C; the connection survives; D1 never arrives",
        .set = set_plain,
        .play = play_sc10,
    },
    {
        .name = "SC-15",
        .title = "Old text for a server that has just started",
        .look_for =
            "Two connections have text in the loop when the server dies and starts again with "
            "SO_REUSEADDR. The first, from port 1500, waits at S: its old text D1 is answered with "
            "an ACK by the record. Of the second, from 1501, S knows nothing, because C closed "
            "first: D2 is answered with a reset, which C in turn ignores. The new server sees "
            "neither: a listener is given SYNs and nothing else. That old text may confuse a "
            "server that sets SO_REUSEADDR is a legend.",
        .rules = "BL-02 SA-11 SA-16 SA-02",
        .expected = "an ACK from TIME-WAIT, a reset for the unknown; the new server sees neither",
        .set = set_plain,
        .play = play_sc15,
    },
    {
        .name = "SC-16",
        .title = "Hops are not seconds",
        .look_for =
            "The hop limit counts routers and MSL counts seconds. They have to do with each other "
            "only through the time that a hop takes: a packet lives as long as its hop limit times "
            "a hop. D1 is sent with 255 hops into a loop in which each takes 0.118 s, and is still "
            "alive after 30 s: an MSL of 30 s would be a mistake in such a network. The notes tell "
            "of 255 hop limits for each of nine speeds, all of them really sent and measured.",
        .rules = "RL-12",
        .expected = "life = hop limit x hop; 255 hops fit into 30 s only below 0.118 s for each",
        .set = set_longest,
        .play = play_sc16,
    },
};

const unsigned lab_book_wandering_count = COUNT_OF(lab_book_wandering);
