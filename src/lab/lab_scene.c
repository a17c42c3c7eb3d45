/* lab_scene.c - stages, users and expectations. */
#include "lab/lab_scene.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

/* --- time -------------------------------------------------------------------------------- */

void lab_scene_until(struct lab_scene *s, lull_duration from_start)
{
    if (s->start + from_start > s->world->now)
        sim_world_run(s->world, s->start + from_start);
}

void lab_scene_wait(struct lab_scene *s, lull_duration duration)
{
    sim_world_run(s->world, s->world->now + duration);
}

lull_duration lab_scene_time(const struct lab_scene *s)
{
    return s->world->now - s->start;
}

lull_duration lab_scene_msl(const struct lab_scene *s)
{
    return s->story->msl;
}

/* --- users ------------------------------------------------------------------------------- */

struct lull_name lab_scene_name(const struct lab_scene *s, unsigned host, uint16_t port)
{
    return (struct lull_name){.address = s->world->nodes[host].address, .port = port};
}

lull_socket lab_scene_listen(struct lab_scene *s, unsigned host, uint16_t port)
{
    lull_socket listener = {0};

    lab_scene_expect(s, sim_call_open(s->world, host, &listener) == LULL_OK, "there is a socket");
    (void)sim_call_option(s->world, host, listener, LULL_OPTION_REUSE_ADDRESS, 1);
    lab_scene_expect(s, sim_call_bind(s->world, host, listener, port) == LULL_OK,
                     "bind() succeeds");
    lab_scene_expect(s, sim_call_listen(s->world, host, listener, 8) == LULL_OK,
                     "listen() succeeds");
    return listener;
}

uint32_t lab_scene_open(struct lab_scene *s, unsigned host, uint16_t port,
                        const struct lull_name *to, enum lull_error *error)
{
    lull_socket socket = {0};

    *error = sim_call_open(s->world, host, &socket);
    if (*error != LULL_OK)
        return SIM_STREAM_NONE;
    (void)sim_call_option(s->world, host, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (port != 0)
        *error = sim_call_bind(s->world, host, socket, port);
    if (*error != LULL_OK)
        return SIM_STREAM_NONE;
    *error = sim_call_connect(s->world, host, socket, to);
    return *error == LULL_EINPROGRESS ? sim_call_stream(s->world, host, socket) : SIM_STREAM_NONE;
}

uint32_t lab_scene_accept(struct lab_scene *s, unsigned host, lull_socket listener)
{
    uint32_t stream;

    return sim_call_accept(s->world, host, listener, &stream) == LULL_OK ? stream : SIM_STREAM_NONE;
}

struct lab_ends lab_scene_connect(struct lab_scene *s)
{
    struct lab_ends e = {.listener = lab_scene_listen(s, LAB_S, LAB_SERVER_PORT)};
    const struct lull_name server = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    enum lull_error error;

    e.client = lab_scene_open(s, LAB_C, LAB_CLIENT_PORT, &server, &error);
    lab_scene_wait(s, LULL_MS(100));
    e.server = lab_scene_accept(s, LAB_S, e.listener);
    for (int i = 0; i < 30 && e.server == SIM_STREAM_NONE; i++) {
        lab_scene_wait(s, LULL_SEC(1));
        e.server = lab_scene_accept(s, LAB_S, e.listener);
    }
    lab_scene_expect(s, e.client != SIM_STREAM_NONE && e.server != SIM_STREAM_NONE,
                     "the connection is established");
    return e;
}

/* A connection that did not come about has no end that could do anything. */
static const struct sim_stream *stream_of(const struct lab_scene *s, uint32_t stream)
{
    return stream < s->world->stream_count ? &s->world->streams[stream] : NULL;
}

void lab_scene_send(struct lab_scene *s, uint32_t stream, size_t octets)
{
    while (octets > 0 && stream_of(s, stream) != NULL) {
        const size_t piece = octets < SIM_CALL_BYTES_MAX ? octets : SIM_CALL_BYTES_MAX;
        const ptrdiff_t taken = sim_call_send(s->world, stream, piece);
        lab_scene_expect(s, taken == (ptrdiff_t)piece, "send() takes every octet");
        if (taken <= 0)
            return;
        octets -= (size_t)taken;
    }
}

size_t lab_scene_read(struct lab_scene *s, uint32_t stream)
{
    size_t all = 0;
    ptrdiff_t got;

    if (stream_of(s, stream) == NULL)
        return 0;
    while ((got = sim_call_receive(s->world, stream, SIM_CALL_BYTES_MAX)) > 0)
        all += (size_t)got;
    return all;
}

void lab_scene_close(struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = stream_of(s, stream);

    if (of != NULL)
        (void)sim_call_close(s->world, of->host, of->socket);
}

void lab_scene_shut(struct lab_scene *s, uint32_t stream)
{
    if (stream_of(s, stream) != NULL)
        (void)sim_call_shutdown(s->world, stream);
}

void lab_scene_abort(struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = stream_of(s, stream);

    if (of != NULL)
        (void)sim_call_abort(s->world, of->host, of->socket);
}

enum lull_error lab_scene_error(struct lab_scene *s, uint32_t stream)
{
    const ptrdiff_t got =
        stream_of(s, stream) == NULL ? 0 : sim_call_receive(s->world, stream, SIM_CALL_BYTES_MAX);
    return got < 0 ? (enum lull_error)got : LULL_OK;
}

static void close_at_end(void *context, struct sim_world *world, unsigned host)
{
    struct lab_scene *s = context;
    const struct sim_stream *of = stream_of(s, s->prompt);

    if (of == NULL || of->host != host)
        return;
    if (!of->ended && sim_call_receive(world, s->prompt, SIM_CALL_BYTES_MAX) != 0)
        return;
    s->prompt = SIM_STREAM_NONE;
    (void)sim_call_close(world, host, of->socket);
}

void lab_scene_close_promptly(struct lab_scene *s, uint32_t stream)
{
    s->prompt = stream;
    s->world->prompt = true;
    sim_world_employ(s->world, close_at_end, s);
}

/* --- what the network does --------------------------------------------------------------- */

static void pick(struct lab_scene *s, const struct lab_packet *packet, const struct sim_fate *fate)
{
    const uint8_t all = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK;
    const struct sim_pick pick = {.from = (uint8_t)packet->host,
                                  .link = SIM_PICK_FIRST,
                                  .flags = packet->flags,
                                  .not_flags = (uint8_t)(all & ~packet->flags),
                                  .text = packet->text,
                                  .nth = packet->nth,
                                  .fate = *fate};

    sim_world_pick(s->world, &pick);
}

void lab_scene_lose(struct lab_scene *s, unsigned host, uint8_t flags, uint32_t nth)
{
    const struct lab_packet packet = {host, flags, nth,
                                      flags == TCP_ACK ? SIM_PICK_WITHOUT_TEXT : SIM_PICK_ANY};

    pick(s, &packet, &(struct sim_fate){.lost = true});
}

void lab_scene_hold(struct lab_scene *s, const struct lab_packet *packet, lull_duration age)
{
    pick(s, packet, &(struct sim_fate){.age = {age, 0}});
}

void lab_scene_double(struct lab_scene *s, const struct lab_packet *packet, lull_duration age)
{
    pick(s, packet, &(struct sim_fate){.duplicated = true, .age = {0, age}});
}

/* --- the bypath -------------------------------------------------------------------------- */

static void route(struct lab_scene *s, unsigned router, unsigned towards)
{
    sim_router_route(s->world, router, LAB_S, sim_router_link_between(s->world, router, towards));
}

void lab_scene_begin_loop(struct lab_scene *s)
{
    route(s, LAB_R2, LAB_R4);
    route(s, LAB_R1, LAB_R2);
}

void lab_scene_leave_loop(struct lab_scene *s)
{
    route(s, LAB_R1, LAB_R3);
}

void lab_scene_heal_loop(struct lab_scene *s)
{
    route(s, LAB_R2, LAB_R3);
}

/* --- expectations ------------------------------------------------------------------------ */

static bool same_text(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

static void fail(struct lab_scene *s, const char *wanted, const char *got)
{
    char line[160];
    struct text t;

    s->failures++;
    text_init(&t, line, sizeof line);
    text_string(&t, "not as expected: ");
    text_string(&t, wanted);
    if (got != NULL) {
        text_string(&t, "; it is ");
        text_string(&t, got);
    }
    (void)lab_record_note(s->recorder, line);
    if (s->failures > 1)
        return;
    text_init(&t, s->story->verdict, sizeof s->story->verdict);
    text_string(&t, line);
}

static bool is_expecting(struct lab_scene *s)
{
    if (!s->varied)
        s->expectations++;
    return !s->varied;
}

void lab_scene_expect(struct lab_scene *s, bool fact, const char *what)
{
    if (is_expecting(s) && !fact)
        fail(s, what, NULL);
}

static const char *host_name(const struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = stream_of(s, stream);
    return of == NULL ? "nobody" : s->world->nodes[of->host].name;
}

static struct lab_side side_of(const struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = stream_of(s, stream);

    if (of == NULL)
        return (struct lab_side){.state = "CLOSED", .until = LULL_TIME_NEVER};
    return lab_record_side(s->world, of->host, &of->local, &of->remote);
}

const char *lab_scene_state(const struct lab_scene *s, uint32_t stream)
{
    return side_of(s, stream).state;
}

void lab_scene_expect_state(struct lab_scene *s, uint32_t stream, const char *state)
{
    const char *got = lab_scene_state(s, stream);
    char wanted[80];
    struct text t;

    if (!is_expecting(s) || same_text(got, state))
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, host_name(s, stream));
    text_string(&t, " is in ");
    text_string(&t, state);
    fail(s, wanted, got);
}

void lab_scene_expect_left(struct lab_scene *s, uint32_t stream, lull_duration least,
                           lull_duration most)
{
    const struct lab_side side = side_of(s, stream);
    const lull_duration left =
        side.until == LULL_TIME_NEVER ? -LULL_MS(1) : side.until - s->world->now;
    char wanted[80], got[32];
    struct text t;

    if (!is_expecting(s) || (left >= least && left <= most))
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, "the wait ends in ");
    text_signed(&t, least / LULL_MS(1));
    text_string(&t, " to ");
    text_signed(&t, most / LULL_MS(1));
    text_string(&t, " ms");
    text_init(&t, got, sizeof got);
    text_signed(&t, left / LULL_MS(1));
    fail(s, wanted, got);
}

unsigned lab_scene_sent(const struct lab_scene *s, unsigned host, uint8_t flags)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < s->story->event_count; i++) {
        const struct lab_event *e = &s->story->events[i];
        count += e->kind == LAB_SEGMENT && e->party == host
                 && (e->segment.flags & (uint8_t)~TCP_PSH) == flags;
    }
    return count;
}

void lab_scene_expect_sent(struct lab_scene *s, unsigned host, uint8_t flags, unsigned count)
{
    const unsigned sent = lab_scene_sent(s, host, flags);
    char wanted[80], got[32];
    struct text t;

    if (!is_expecting(s) || sent == count)
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, s->world->nodes[host].name);
    text_string(&t, " has sent ");
    text_decimal(&t, count);
    text_string(&t, " segments with flags ");
    text_decimal(&t, flags);
    text_init(&t, got, sizeof got);
    text_decimal(&t, sent);
    fail(s, wanted, got);
}

void lab_scene_expect_error(struct lab_scene *s, uint32_t stream, enum lull_error error)
{
    const enum lull_error got = lab_scene_error(s, stream);
    char wanted[80];
    struct text t;

    if (!is_expecting(s) || got == error)
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, "the user at ");
    text_string(&t, host_name(s, stream));
    text_string(&t, " reads ");
    text_string(&t, lull_error_name(error));
    fail(s, wanted, lull_error_name(got));
}

void lab_scene_expect_counted(struct lab_scene *s, unsigned host, enum lull_counter counter,
                              uint64_t count)
{
    const struct lull_stack *stack = s->world->nodes[host].stack;
    const uint64_t counted = stack == NULL ? 0 : lull_stack_counter(stack, counter);
    char wanted[80], got[32];
    struct text t;

    if (!is_expecting(s) || counted == count)
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, s->world->nodes[host].name);
    text_string(&t, " has counted ");
    text_string(&t, lull_counter_name(counter));
    text_string(&t, " to ");
    text_decimal(&t, count);
    text_init(&t, got, sizeof got);
    text_decimal(&t, counted);
    fail(s, wanted, got);
}

void lab_scene_expect_reset(struct lab_scene *s, unsigned host, unsigned count)
{
    unsigned sent = 0;
    char wanted[80], got[32];
    struct text t;

    for (uint32_t i = 0; i < s->story->event_count; i++) {
        const struct lab_event *e = &s->story->events[i];
        sent += e->kind == LAB_SEGMENT && e->party == host && (e->segment.flags & TCP_RST) != 0;
    }
    if (!is_expecting(s) || sent == count)
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, s->world->nodes[host].name);
    text_string(&t, " has sent ");
    text_decimal(&t, count);
    text_string(&t, count == 1 ? " reset" : " resets");
    text_init(&t, got, sizeof got);
    text_decimal(&t, sent);
    fail(s, wanted, got);
}

static bool is_fin_of(const struct lab_event *e, unsigned host)
{
    return e->kind == LAB_SEGMENT && e->party == host && (e->segment.flags & TCP_FIN) != 0;
}

/* Of two FINs of a conversation, where the first stands behind its text. */
static bool same_end(const struct lab_event *a, const struct lab_event *b)
{
    return a->segment.seq + a->segment.text_bytes == b->segment.seq + b->segment.text_bytes;
}

void lab_scene_expect_same_fins(struct lab_scene *s, unsigned host)
{
    const struct lab_event *first = NULL;
    bool same = true;

    for (uint32_t i = 0; i < s->story->event_count; i++) {
        const struct lab_event *e = &s->story->events[i];
        if (!is_fin_of(e, host))
            continue;
        if (first == NULL)
            first = e;
        same &= e->conversation != first->conversation || same_end(first, e);
    }
    lab_scene_expect(s, same, "a FIN that is sent again has the number it had");
}

uint32_t lab_scene_ends(const struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = stream_of(s, stream);
    return of == NULL ? 0 : of->ends;
}

void lab_scene_note(struct lab_scene *s, const char *what)
{
    (void)lab_record_note(s->recorder, what);
}

/* --- more words -------------------------------------------------------------------------- */

static const struct sim_voice *first_voice(const struct sim_ledger *ledger,
                                           const struct lull_name *from, const struct lull_name *to)
{
    for (uint32_t i = 0; i < ledger->count; i++)
        if (sim_packet_same_name(&ledger->voices[i].local, from)
            && sim_packet_same_name(&ledger->voices[i].remote, to))
            return &ledger->voices[i];
    return NULL;
}

size_t lab_scene_octets_until(const struct lab_scene *s, const struct lull_name *from,
                              const struct lull_name *to, size_t octets)
{
    const struct sim_ledger *ledger = &s->world->ledger;
    const struct sim_voice *old = first_voice(ledger, from, to);

    if (old == NULL)
        return 0;
    const struct sim_voice *now = &ledger->voices[sim_ledger_newest(ledger, from, to)];
    const int32_t left = seq_diff(seq_add(old->iss, (uint32_t)octets + 1), now->nxt);
    return left > 0 ? (size_t)left : 0;
}

lull_time lab_scene_expiry(const struct lab_scene *s, uint32_t stream)
{
    return side_of(s, stream).until;
}

enum lull_row_timer lab_scene_timer(const struct lab_scene *s, uint32_t stream)
{
    return side_of(s, stream).timer;
}

unsigned lab_scene_rows(const struct lab_scene *s, unsigned host, enum lull_row_kind kind)
{
    struct lull_row row;
    uint64_t cursor = 0;
    unsigned count = 0;

    while (lull_stack_list(s->world->nodes[host].stack, &cursor, &row))
        count += row.kind == kind;
    return count;
}

bool lab_scene_advice(struct lab_scene *s, uint32_t stream, struct lull_advice *advice)
{
    const struct sim_stream *of = stream_of(s, stream);
    char line[120];
    struct text t;

    if (of == NULL
        || lull_socket_take_advice(s->world->nodes[of->host].stack, of->socket, advice) != 1)
        return false;
    text_init(&t, line, sizeof line);
    text_string(&t, s->world->nodes[of->host].name);
    text_string(&t, ": the program is advised: ");
    text_string(&t, lull_error_name(advice->error));
    if (advice->kind == LULL_ADVICE_ICMP) {
        text_string(&t, ", ICMP type ");
        text_decimal(&t, advice->icmp_type);
        text_string(&t, " code ");
        text_decimal(&t, advice->icmp_code);
    }
    lab_scene_note(s, line);
    return true;
}

void lab_scene_expect_rule(struct lab_scene *s, unsigned host, const char *rule)
{
    struct lull_refusal refusal;
    char wanted[80];
    struct text t;

    lull_socket_refusal(s->world->nodes[host].stack, &refusal);
    if (!is_expecting(s) || same_text(refusal.rule, rule))
        return;
    text_init(&t, wanted, sizeof wanted);
    text_string(&t, "the call is refused by rule ");
    text_string(&t, rule);
    fail(s, wanted, refusal.rule);
}
