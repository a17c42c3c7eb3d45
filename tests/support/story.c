/* story.c - a tale is told event by event: how the ends stand is said before the segment that
 * makes them stand so, and everything else follows from who sends what when. */
#include "story.h"

#include <string.h>

#include "wire/ipv4.h"
#include "wire/tcp_header.h"

enum { LEFT, RIGHT };

#define TRAVEL   50 /* ms, unless an act says otherwise */
#define TEXT_MAX 600

struct tale {
    struct lab_story *story;
    unsigned conversation;
    uint16_t incarnation;
    uint32_t isn[2];
    bool timestamps;
    struct lab_side side[LAB_CONVERSATIONS_MAX][2];
};

/* A segment; numbers count from the ISNs, times in ms. */
struct act {
    int from;
    unsigned at, travel; /* 0: TRAVEL */
    uint8_t flags;
    uint32_t seq, ack, bytes;
    enum lab_fate fate; /* unknown: it arrives, unless the story is captured */
};

static void set(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    if (length > size - 1)
        length = size - 1;
    memcpy(field, text, length);
    field[length] = '\0';
}

static struct lab_event *because(struct lab_event *event, const char *rule, const char *why)
{
    set(event->rule, sizeof event->rule, rule);
    set(event->why, sizeof event->why, why);
    return event;
}

static void add_party(struct lab_story *story, const char *name, uint32_t address)
{
    const uint8_t octets[4] = {(uint8_t)(address >> 24), (uint8_t)(address >> 16),
                               (uint8_t)(address >> 8), (uint8_t)address};
    struct lab_party *party = &story->parties[story->party_count++];

    set(party->name, sizeof party->name, name);
    party->address = lull_address_ipv4(octets);
    party->router = name[0] == 'R';
}

/* C and S of the book, and two routers between them. */
static void begin(struct story *story, struct tale *tale, const char *name, const char *title)
{
    const struct lab_memory memory = {story->events, STORY_EVENTS, story->bytes, STORY_BYTES};

    lab_story_init(&story->lab, &memory);
    set(story->lab.name, sizeof story->lab.name, name);
    set(story->lab.title, sizeof story->lab.title, title);
    story->lab.msl = LULL_SEC(30);
    story->lab.late_after = LULL_SEC(1);
    add_party(&story->lab, "C", 0x0c6a20fe);
    add_party(&story->lab, "S", 0xcea870db);
    add_party(&story->lab, "R1", 0x0a000001);
    add_party(&story->lab, "R2", 0x0a000002);
    memset(tale, 0, sizeof *tale);
    tale->story = &story->lab;
    for (unsigned i = 0; i < LAB_CONVERSATIONS_MAX; i++) {
        tale->side[i][LEFT] = tale->side[i][RIGHT] =
            (struct lab_side){.state = "CLOSED", .until = LULL_TIME_NEVER};
    }
    tale->side[0][RIGHT].state = "LISTEN";
}

static void talk(struct tale *tale, uint16_t left_port, uint16_t right_port)
{
    const struct lull_name left = {.address = tale->story->parties[0].address, .port = left_port};
    const struct lull_name right = {.address = tale->story->parties[1].address, .port = right_port};

    tale->conversation = lab_story_conversation(tale->story, &left, &right);
    tale->incarnation = ++tale->story->conversations[tale->conversation].incarnations;
    tale->timestamps = true;
}

static struct lab_side *stand(struct tale *tale, int side, const char *state)
{
    struct lab_side *s = &tale->side[tale->conversation][side];
    const uint32_t restarts = strcmp(state, "TIME-WAIT") == 0 ? s->restarts : 0;

    *s = (struct lab_side){.state = state, .until = LULL_TIME_NEVER, .restarts = restarts};
    if (strcmp(state, "CLOSED") != 0 && strcmp(state, "LISTEN") != 0)
        s->incarnation = tale->incarnation;
    return s;
}

static void stand_until(struct tale *tale, int side, const char *state, unsigned until)
{
    struct lab_side *s = stand(tale, side, state);

    s->timer = strcmp(state, "TIME-WAIT") == 0 ? LULL_TIMER_TIMEWAIT : LULL_TIMER_ON;
    s->until = LULL_MS(until) + tale->story->start;
}

static void stand_again(struct tale *tale, int side, unsigned until)
{
    tale->side[tale->conversation][side].restarts++;
    stand_until(tale, side, "TIME-WAIT", until);
}

/* An event of the conversation, with the ends as they stand now. */
static struct lab_event *happen(struct tale *tale, enum lab_kind kind, int side, unsigned at)
{
    struct lab_event *event = lab_story_add(tale->story, kind, tale->story->start + LULL_MS(at));

    event->conversation = (uint8_t)tale->conversation;
    event->incarnation = tale->incarnation;
    event->party = tale->story->conversations[tale->conversation].party[side];
    memcpy(event->side, tale->side[tale->conversation], sizeof event->side);
    return event;
}

static struct lab_event *call(struct tale *tale, int side, unsigned at, const char *what)
{
    struct lab_event *event = happen(tale, LAB_CALL, side, at);

    set(event->what, sizeof event->what, what);
    return event;
}

static struct lab_event *elsewhere(struct tale *tale, enum lab_kind kind, unsigned party,
                                   unsigned at)
{
    struct lab_event *event = lab_story_add(tale->story, kind, tale->story->start + LULL_MS(at));

    event->party = (uint8_t)party;
    return event;
}

static void keep_packet(struct tale *tale, struct lab_event *event, int from)
{
    const struct lab_conversation *c = &tale->story->conversations[tale->conversation];
    const struct lab_segment *s = &event->segment;
    uint8_t packet[IPV4_HEADER_BYTES + TCP_HEADER_BYTES_MAX + TEXT_MAX];
    const struct tcp_segment segment = {
        .seq = {s->seq},
        .ack = {s->ack},
        .wnd = s->wnd,
        .source_port = c->name[from].port,
        .destination_port = c->name[1 - from].port,
        .flags = s->flags,
        .options = {.present = s->options,
                    .mss = 1460,
                    .window_scale = 7,
                    .ts_value = s->ts_value,
                    .ts_echo = s->ts_echo},
    };
    uint8_t *tcp = packet + IPV4_HEADER_BYTES;
    const size_t header_bytes = tcp_header_emit(&segment, tcp);
    memset(tcp + header_bytes, 'a' + (event->incarnation - 1) % 26, s->text_bytes);
    const size_t bytes = header_bytes + s->text_bytes;

    const struct ipv4_header ip = {.source = c->name[from].address,
                                   .destination = c->name[1 - from].address,
                                   .protocol = IPV4_TCP,
                                   .ttl = s->hops,
                                   .dont_fragment = true,
                                   .identification = (uint16_t)lab_story_number(tale->story, event),
                                   .total_bytes = (uint16_t)(IPV4_HEADER_BYTES + bytes)};
    struct checksum sum = {0};
    checksum_add_pseudo(
        &sum, &(struct checksum_pseudo){ip.source, ip.destination, IPV4_TCP, (uint32_t)bytes});
    checksum_add(&sum, tcp, bytes);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
    ipv4_emit(&ip, packet);
    lab_story_keep_packet(tale->story, event, (struct span){packet, IPV4_HEADER_BYTES + bytes});
}

static struct lab_event *say(struct tale *tale, const struct act *act)
{
    struct lab_event *event = happen(tale, LAB_SEGMENT, act->from, act->at);
    const unsigned travel = act->travel == 0 ? TRAVEL : act->travel;

    event->segment = (struct lab_segment){
        .seq = tale->isn[act->from] + act->seq,
        .ack = act->flags & TCP_ACK ? tale->isn[1 - act->from] + act->ack : 0,
        .wnd = 65535,
        .text_bytes = act->bytes,
        .flags = act->flags,
        .hops = 64,
    };
    if (act->flags & TCP_SYN)
        event->segment.options = TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE;
    if (tale->timestamps) {
        event->segment.options |= TCP_OPTION_TIMESTAMPS;
        event->segment.ts_value = 7000000 + act->at;
        event->segment.ts_echo = act->flags & TCP_ACK ? 7000000 + act->at - TRAVEL : 0;
    }
    event->fate = act->fate;
    if (act->fate == LAB_FATE_UNKNOWN && !tale->story->captured)
        event->fate = LAB_FATE_ARRIVED;
    if (event->fate == LAB_FATE_ARRIVED || event->fate == LAB_FATE_DAMAGED)
        event->arrived_at = event->at + LULL_MS(travel);
    keep_packet(tale, event, act->from);
    return event;
}

static struct lab_event *say_again(struct tale *tale, const struct lab_event *original,
                                   const struct act *act)
{
    const uint32_t number = lab_story_number(tale->story, original);
    struct lab_event *event = say(tale, act);

    event->repeats = number;
    return event;
}

/* What was sent as @sending arrives at the other side. */
static struct lab_event *arrive(struct tale *tale, const struct lab_event *sending, unsigned at)
{
    const int to = sending->party == tale->story->conversations[tale->conversation].party[LEFT];
    struct lab_event *event = happen(tale, LAB_ARRIVAL, to, at);

    event->of = lab_story_number(tale->story, sending);
    event->segment = sending->segment;
    event->incarnation = sending->incarnation;
    event->fate = LAB_FATE_ARRIVED;
    event->arrived_at = event->at;
    event->frame = sending->frame;
    event->frame_bytes = sending->frame_bytes;
    return event;
}

/* C opens, from @at to @at + 100 ms. */
static void open_from(struct tale *tale, unsigned at)
{
    stand_until(tale, LEFT, "SYN-SENT", at + 1000);
    call(tale, LEFT, at, "connect()");
    say(tale, &(struct act){.from = LEFT, .at = at, .flags = TCP_SYN});
    stand_until(tale, RIGHT, "SYN-RECEIVED", at + 1050);
    stand(tale, LEFT, "ESTABLISHED");
    say(tale, &(struct act){.from = RIGHT, .at = at + 50, .flags = TCP_SYN | TCP_ACK, .ack = 1});
    stand(tale, RIGHT, "ESTABLISHED");
    say(tale, &(struct act){.from = LEFT, .at = at + 100, .flags = TCP_ACK, .seq = 1, .ack = 1});
}

static void judge(struct tale *tale, const char *verdict)
{
    tale->story->judged = true;
    tale->story->as_expected = true;
    set(tale->story->verdict, sizeof tale->story->verdict, verdict);
}

static struct lab_event *leave(struct tale *tale, int side, unsigned at)
{
    stand(tale, side, "CLOSED");
    struct lab_event *event = happen(tale, LAB_RECORD, side, at);
    set(event->what, sizeof event->what, "TIME-WAIT left: expired");
    return event;
}

static struct lab_event *enter(struct tale *tale, int side, unsigned at)
{
    struct lab_event *event = happen(tale, LAB_RECORD, side, at);

    set(event->what, sizeof event->what, "TIME-WAIT entered: closed first here");
    return event;
}

/* S repeats its FIN, C answers; @last: the answer arrives. */
static void fin_again(struct tale *tale, const struct lab_event *fin, unsigned at, bool last)
{
    const struct act again = {
        .from = RIGHT, .at = at, .flags = TCP_FIN | TCP_ACK, .seq = 28, .ack = 13};
    const char *const why = last ? "FIN ends at 29 = RCV.NXT; 2.150 + 2 * 30 = 62.150, was 61.550"
                                 : "FIN ends at 29 = RCV.NXT; 1.550 + 2 * 30 = 61.550, was 61.250";

    stand_again(tale, LEFT, at + 60050);
    because(say_again(tale, fin, &again), "SA-08", "not a new FIN: answered by the same ACK");
    struct lab_event *restarted = happen(tale, LAB_RECORD, LEFT, at + 50);
    set(restarted->what, sizeof restarted->what, "TIME-WAIT restarted: FIN answered once more");
    because(restarted, "TT-03", why);
    if (last)
        stand(tale, RIGHT, "CLOSED");
    say(tale, &(struct act){.from = LEFT,
                            .at = at + 50,
                            .flags = TCP_ACK,
                            .seq = 13,
                            .ack = 29,
                            .fate = last ? LAB_FATE_ARRIVED : LAB_FATE_LOST});
}

void story_lost_last_ack(struct story *story)
{
    struct tale tale;

    begin(story, &tale, "SC-05", "The last ACK is lost, twice");
    story->lab.look_for =
        "C closed first and keeps a record in TIME-WAIT. The ACK of S's FIN is lost, so S sends "
        "the "
        "FIN again; the record answers it and waits a full 2 MSL from that answer. Without the "
        "record C would answer with a reset.";
    story->lab.rules = "TT-01 TT-03 SA-08";
    talk(&tale, 1500, 21);
    tale.isn[LEFT] = 1000;
    tale.isn[RIGHT] = 4294967290U; /* wraps */
    open_from(&tale, 0);
    say(&tale,
        &(struct act){
            .from = LEFT, .at = 200, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1, .bytes = 11});
    say(&tale, &(struct act){.from = RIGHT,
                             .at = 250,
                             .flags = TCP_PSH | TCP_ACK,
                             .seq = 1,
                             .ack = 12,
                             .bytes = 27});
    say(&tale, &(struct act){.from = LEFT, .at = 300, .flags = TCP_ACK, .seq = 12, .ack = 28});

    stand_until(&tale, LEFT, "FIN-WAIT-1", 1300);
    call(&tale, LEFT, 1000, "close()");
    stand(&tale, RIGHT, "CLOSE-WAIT");
    say(&tale,
        &(struct act){.from = LEFT, .at = 1000, .flags = TCP_FIN | TCP_ACK, .seq = 12, .ack = 28});
    stand(&tale, LEFT, "FIN-WAIT-2");
    say(&tale, &(struct act){.from = RIGHT, .at = 1050, .flags = TCP_ACK, .seq = 28, .ack = 13});
    stand_until(&tale, RIGHT, "LAST-ACK", 1500);
    call(&tale, RIGHT, 1200, "close()");
    stand_until(&tale, LEFT, "TIME-WAIT", 61250);
    struct lab_event *fin = say(
        &tale,
        &(struct act){.from = RIGHT, .at = 1200, .flags = TCP_FIN | TCP_ACK, .seq = 28, .ack = 13});
    because(enter(&tale, LEFT, 1250), "TT-01", "expires at 1.250 + 2 * 30.000 = 61.250");
    say(&tale, &(struct act){.from = LEFT,
                             .at = 1250,
                             .flags = TCP_ACK,
                             .seq = 13,
                             .ack = 29,
                             .fate = LAB_FATE_LOST});
    stand_until(&tale, RIGHT, "LAST-ACK", 2100);
    fin_again(&tale, fin, 1500, false);
    stand_until(&tale, RIGHT, "LAST-ACK", 3300);
    fin_again(&tale, fin, 2100, true);
    because(leave(&tale, LEFT, 62150), "TT-07", "60.000 s after the last ACK, at 2.150");
    judge(&tale, "each FIN that came again was answered; both ends closed without error");
}

/* D1 leaves, its repetition arrives by another way, S closes first: until 2.2 s. */
static struct lab_event *lose_the_way(struct tale *tale)
{
    tale->isn[LEFT] = 1000;
    tale->isn[RIGHT] = 500;
    talk(tale, 1500, 21);
    tale->timestamps = false;
    open_from(tale, 0);
    struct lab_event *looping = elsewhere(tale, LAB_NETWORK, 2, 150);
    set(looping->what, sizeof looping->what, "R1 sends to R2, and R2 to R1: a loop");
    struct lab_event *d1 = say(tale, &(struct act){.from = LEFT,
                                                   .at = 200,
                                                   .travel = 22300,
                                                   .flags = TCP_PSH | TCP_ACK,
                                                   .seq = 1,
                                                   .ack = 1,
                                                   .bytes = 500});
    struct lab_event *other = elsewhere(tale, LAB_NETWORK, 2, 900);
    set(other->what, sizeof other->what, "route of C to S changed: past the loop");
    say_again(tale, d1,
              &(struct act){.from = LEFT,
                            .at = 1200,
                            .flags = TCP_PSH | TCP_ACK,
                            .seq = 1,
                            .ack = 1,
                            .bytes = 500});
    say(tale, &(struct act){.from = RIGHT, .at = 1250, .flags = TCP_ACK, .seq = 1, .ack = 501});
    stand_until(tale, RIGHT, "FIN-WAIT-1", 2300);
    call(tale, RIGHT, 2000, "close()");
    stand(tale, LEFT, "CLOSE-WAIT");
    say(tale,
        &(struct act){.from = RIGHT, .at = 2000, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 501});
    stand(tale, RIGHT, "FIN-WAIT-2");
    say(tale, &(struct act){.from = LEFT, .at = 2050, .flags = TCP_ACK, .seq = 501, .ack = 2});
    stand_until(tale, LEFT, "LAST-ACK", 2350);
    call(tale, LEFT, 2060, "close()");
    return d1;
}

static void heal(struct tale *tale)
{
    struct lab_event *healed = elsewhere(tale, LAB_NETWORK, 3, 22000);
    set(healed->what, sizeof healed->what, "route of R2 healed: the loop is gone");
}

void story_wandering_duplicate(struct story *story)
{
    struct tale tale;

    begin(story, &tale, "SC-08", "A segment that lost its way arrives in TIME-WAIT");
    story->lab.look_for = "The 500 octets that C sent at 0.200 walk between two routers for 22 "
                          "seconds. The connection is long over when they come out. TIME-WAIT "
                          "catches them: an ACK, nothing delivered.";
    story->lab.rules = "SA-11 TT-04";
    struct lab_event *d1 = lose_the_way(&tale);
    stand_until(&tale, RIGHT, "TIME-WAIT", 62110);
    say(&tale,
        &(struct act){.from = LEFT, .at = 2060, .flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 2});
    because(enter(&tale, RIGHT, 2110), "TT-01", "expires at 2.110 + 2 * 30.000 = 62.110");
    stand(&tale, LEFT, "CLOSED");
    say(&tale, &(struct act){.from = RIGHT, .at = 2110, .flags = TCP_ACK, .seq = 2, .ack = 502});
    heal(&tale);
    stand_again(&tale, RIGHT, 82500);
    because(arrive(&tale, d1, 22500), "SA-11",
            "500 octets at 1001 lie left of RCV.NXT 1502: answered, none delivered");
    say(&tale, &(struct act){.from = RIGHT, .at = 22500, .flags = TCP_ACK, .seq = 2, .ack = 502});
    struct lab_event *restarted = happen(&tale, LAB_RECORD, RIGHT, 22500);
    set(restarted->what, sizeof restarted->what, "TIME-WAIT restarted: old text was answered");
    because(restarted, "TT-04", "22.500 + 2 * 30.000 = 82.500, was 62.110");
    because(leave(&tale, RIGHT, 82500), "TT-07", "60.000 s after the last ACK, at 22.500");
    judge(&tale, "the old segment was caught in TIME-WAIT; nothing was delivered");
}

void story_without_time_wait(struct story *story)
{
    struct tale tale;

    begin(story, &tale, "SC-09", "The same without TIME-WAIT: foreign octets are delivered");
    story->lab.look_for = "S forgets the connection at once. C opens the same tuple again, and the "
                          "octets of the first incarnation land in the second, whose numbers fit.";
    story->lab.rules = "INV-01";
    struct lab_event *d1 = lose_the_way(&tale);
    stand(&tale, RIGHT, "CLOSED");
    say(&tale,
        &(struct act){.from = LEFT, .at = 2060, .flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 2});
    stand(&tale, LEFT, "CLOSED");
    say(&tale, &(struct act){.from = RIGHT, .at = 2110, .flags = TCP_ACK, .seq = 2, .ack = 502});
    talk(&tale, 1500, 21);
    tale.timestamps = false;
    tale.isn[LEFT] = 900;
    tale.isn[RIGHT] = 70000;
    open_from(&tale, 5000);
    say(&tale, &(struct act){.from = LEFT,
                             .at = 5200,
                             .flags = TCP_PSH | TCP_ACK,
                             .seq = 1,
                             .ack = 1,
                             .bytes = 100});
    say(&tale, &(struct act){.from = RIGHT, .at = 5250, .flags = TCP_ACK, .seq = 1, .ack = 101});
    heal(&tale);
    arrive(&tale, d1, 22500);
    struct lab_event *violation = happen(&tale, LAB_VIOLATION, RIGHT, 22500);
    set(violation->what, sizeof violation->what, "500 foreign octets were delivered");
    because(violation, "INV-01",
            "octets 1001 to 1500 were written in incarnation 1 and delivered in incarnation 2, "
            "whose RCV.NXT was 1001");
    say(&tale, &(struct act){.from = RIGHT, .at = 22500, .flags = TCP_ACK, .seq = 1, .ack = 601});
    judge(&tale, "INV-01 is violated, as it must be without TIME-WAIT");
}

/* What can become of a segment. */
static void meet_every_fate(struct tale *tale, unsigned at)
{
    static const enum lab_fate fates[] = {LAB_FATE_ARRIVED, LAB_FATE_LOST,    LAB_FATE_DAMAGED,
                                          LAB_FATE_EXPIRED, LAB_FATE_UNKNOWN, LAB_FATE_UNDERWAY};
    struct lab_event *event = NULL;

    for (unsigned i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        event = say(tale, &(struct act){.from = i % 2 == 0 ? LEFT : RIGHT,
                                        .at = at + 200 * i,
                                        .flags = TCP_ACK | TCP_URG,
                                        .seq = 1,
                                        .ack = 1,
                                        .bytes = 10 * i});
        event->fate = fates[i];
        if (fates[i] != LAB_FATE_ARRIVED && fates[i] != LAB_FATE_DAMAGED)
            event->arrived_at = LULL_TIME_NEVER;
        if (fates[i] == LAB_FATE_EXPIRED) {
            event = elsewhere(tale, LAB_NETWORK, 2, at + 200 * i + 40);
            set(event->what, sizeof event->what, "hop limit ran out");
            event = elsewhere(tale, LAB_ICMP, 2, at + 200 * i + 41);
            set(event->what, sizeof event->what, "time exceeded, to S");
            because(event, "SC-10", "the hop limit was 64, and each turn costs 2");
        }
    }
}

static void something_of_each_kind(struct tale *tale, unsigned at)
{
    struct lab_event *event = elsewhere(tale, LAB_NOTE, 0, at);

    set(event->what, sizeof event->what,
        "a note: <b>&amp; \"quoted\" 'x'; # %% -->> \\ `y` \xc3\xa4");
    event = happen(tale, LAB_NOTE, LEFT, at + 1);
    because(event, "RFC 9293 3.10.7",
            "\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x86\x92 \xe6\xbc\xa2\xe5\xad\x97"
            ": characters of two and three bytes");
    event = happen(tale, LAB_REFUSAL, LEFT, at + 2);
    set(event->what, sizeof event->what, "connect() = EADDRINUSE");
    because(event, "IR-13",
            "12.106.32.254:1500 to 206.168.112.219:21 is in TIME-WAIT for another 59.998 s, and a "
            "word-without-any-space-that-is-longer-than-a-narrow-column-is-wide");
    event = happen(tale, LAB_VIOLATION, RIGHT, at + 3);
    set(event->what, sizeof event->what, "an ACK of incarnation 1 moved SND.UNA");
    because(event, "INV-02", "ACK 7 was sent in incarnation 1");
    event = elsewhere(tale, LAB_HOST, 1, at + 4);
    set(event->what, sizeof event->what, "S crashes, and forgets everything");
    event = elsewhere(tale, LAB_HOST, 1, at + 5);
    set(event->what, sizeof event->what, "S starts again");
}

void story_everything(struct story *story)
{
    struct tale tale;

    begin(story, &tale, "everything", "All there is: <b>&amp;\"quotes\"</b>, \xc3\xa4 and ]]>");
    story->lab.look_for =
        "Nothing in particular. This paragraph is long enough to be wrapped more "
        "than once, has <angle> brackets & an ampersand, \xc3\xa4 and \xe2\x86\x92, "
        "\"quotes\", and ends </script>.";
    story->lab.rules = "SA-08 TT-03 IR-13 INV-02 SC-10";
    story->lab.start = LULL_SEC(1000);
    talk(&tale, 1500, 21);
    open_from(&tale, 0);
    meet_every_fate(&tale, 300);
    struct lab_event *twice =
        say(&tale, &(struct act){.from = LEFT, .at = 2000, .flags = TCP_ACK, .seq = 1, .ack = 1});
    arrive(&tale, twice, 2080)->is_double = true;

    talk(&tale, 1501, 21);
    tale.isn[LEFT] = 4000000000U;
    stand(&tale, RIGHT, "LISTEN");
    open_from(&tale, 2100);
    stand(&tale, LEFT, "CLOSED");
    stand(&tale, RIGHT, "CLOSED");
    say(&tale,
        &(struct act){.from = LEFT, .at = 2300, .flags = TCP_RST | TCP_ACK, .seq = 1, .ack = 1});

    tale.conversation = 0;
    tale.incarnation = 1;
    stand_until(&tale, RIGHT, "TIME-WAIT", 62400);
    stand(&tale, LEFT, "CLOSED");
    enter(&tale, RIGHT, 2400);
    something_of_each_kind(&tale, 2402);
    stand(&tale, RIGHT, "CLOSED");
    talk(&tale, 1500, 21);
    tale.isn[LEFT] = 77;
    open_from(&tale, 3000);
    tale.side[0][LEFT].timer = LULL_TIMER_KEEPALIVE;
    tale.side[0][LEFT].until = story->lab.start + LULL_SEC(7203);
    tale.side[0][RIGHT].timer = LULL_TIMER_PERSIST;
    tale.side[0][RIGHT].until = story->lab.start + LULL_SEC(9);
    arrive(&tale, twice, 9000);
    say(&tale, &(struct act){.from = RIGHT, .at = 9000, .flags = TCP_RST, .seq = 1});
    judge(&tale, "SND.UNA moved by an ACK of <incarnation 1>");
    story->lab.as_expected = false;
    story->lab.events_dropped = 3;
}

void story_captured(struct story *story)
{
    struct tale tale;
    struct lab_event *event;

    begin(story, &tale, "eth0.pcapng", "Captured at 12.106.32.254, in the middle of a connection");
    story->lab.captured = true;
    story->lab.start = LULL_SEC(1764093102) + LULL_MS(250);
    story->lab.rules = NULL;
    talk(&tale, 40000, 443);
    tale.timestamps = false;
    tale.side[0][LEFT] = (struct lab_side){.until = LULL_TIME_NEVER, .incarnation = 1};
    tale.side[0][RIGHT] = tale.side[0][LEFT];
    struct lab_event *text = say(&tale, &(struct act){.from = LEFT,
                                                      .at = 0,
                                                      .flags = TCP_PSH | TCP_ACK,
                                                      .seq = 5000,
                                                      .ack = 9000,
                                                      .bytes = 100});
    stand(&tale, LEFT, "ESTABLISHED")->possible = true;
    stand(&tale, RIGHT, "ESTABLISHED")->possible = true;
    text->fate = LAB_FATE_LOST;
    text->inferred = LAB_INFERRED_FATE;
    because(text, "", "its octets were sent again 300 ms later");
    event = say_again(&tale, text,
                      &(struct act){.from = LEFT,
                                    .at = 300,
                                    .flags = TCP_PSH | TCP_ACK,
                                    .seq = 5000,
                                    .ack = 9000,
                                    .bytes = 100});
    event->inferred = LAB_INFERRED_REPETITION | LAB_INFERRED_STATE;
    stand(&tale, LEFT, "CLOSE-WAIT")->possible = true;
    stand(&tale, RIGHT, "FIN-WAIT-1");
    event = say(
        &tale, &(struct act){
                   .from = RIGHT, .at = 400, .flags = TCP_FIN | TCP_ACK, .seq = 9000, .ack = 5100});
    event->inferred = LAB_INFERRED_STATE;
    stand(&tale, LEFT, "CLOSED")->possible = true;
    stand_until(&tale, RIGHT, "TIME-WAIT", 60410);
    event = say(&tale,
                &(struct act){
                    .from = LEFT, .at = 410, .flags = TCP_FIN | TCP_ACK, .seq = 5100, .ack = 9001});
    event->inferred = LAB_INFERRED_STATE | LAB_INFERRED_TIMER;
    because(event, "TT-01", "an MSL of 30 s is assumed");
    talk(&tale, 40000, 443);
    stand(&tale, LEFT, "SYN-SENT");
    event = say(&tale, &(struct act){.from = LEFT, .at = 5000, .flags = TCP_SYN, .seq = 900000});
    event->inferred = LAB_INFERRED_INCARNATION | LAB_INFERRED_STATE | LAB_INFERRED_TIMER;
    because(event, "IR-06", "another ISN than before: a new incarnation");
    set(story->lab.verdict, sizeof story->lab.verdict, "seen from one point only");
}

void story_empty(struct story *story)
{
    const struct lab_memory memory = {story->events, 0, story->bytes, 0};

    lab_story_init(&story->lab, &memory);
}

void (*const story_samples[STORY_SAMPLES])(struct story *story) = {
    story_lost_last_ack,     story_wandering_duplicate,
    story_without_time_wait, story_everything,
    story_captured,          story_empty,
};
