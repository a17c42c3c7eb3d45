/* sim_judge.c - what the judge sees and remembers.
 *
 * Tables are read when a host has settled, and in between only where a segment that leaves makes a
 * promise or breaks one: a walk over the rows of one host is the dearest thing here. */
#include "sim/sim_judge.h"

#include <string.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/check.h"
#include "sim/sim_packet.h"
#include "wire/ipv4.h"

/* --- memory ------------------------------------------------------------------------------ */

static uint32_t rows_of(const struct lull_stack_config *c)
{
    uint64_t rows = (uint64_t)c->records_max + c->connections_max + c->listeners_max;
    return rows < SIM_JUDGE_ROWS_MAX ? (uint32_t)rows : SIM_JUDGE_ROWS_MAX;
}

static void lay_out_watch(struct sim_watch *w, const struct lull_stack_config *c, struct arena *a)
{
    const uint32_t rows = rows_of(c);
    struct sim_seen *seen = arena_take(a, 2 * (size_t)rows * sizeof *seen);
    uint32_t *voices = arena_take(a, (size_t)c->connections_max * sizeof *voices);

    if (w == NULL || seen == NULL)
        return;
    *w = (struct sim_watch){.rows = seen,
                            .was = seen + rows,
                            .capacity = rows,
                            .conn_voices = voices,
                            .conn_count = c->connections_max,
                            .sending = SIM_VOICE_NONE,
                            .waiting = SIM_VOICE_NONE};
}

size_t sim_judge_bytes(const struct sim_plan *plan)
{
    struct arena a;

    arena_init(&a, NULL, 0);
    (void)arena_take(&a, plan->voices_max * sizeof(struct sim_note));
    for (unsigned i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].kind == SIM_HOST)
            lay_out_watch(NULL, plan->nodes[i].config, &a);
    return sizeof(struct sim_judge) + ARENA_ALIGNMENT + a.wanted;
}

/* What a host knew is gone: it starts, or it is seen for the first time. */
static void begin_life(struct sim_judge *j, unsigned node)
{
    const struct sim_node *n = &j->world->nodes[node];
    struct sim_watch *w = &j->watches[node];
    const int64_t *knobs = n->config.knobs.value;

    w->life = n->life;
    w->count = w->was_count = w->socket_count = 0;
    w->seen = w->looked_twice = w->sockets_forgotten = false;
    w->heard.any = w->heard.icmp = false;
    w->heard.asks = w->sending = w->waiting = SIM_VOICE_NONE;
    w->resets.count = w->rejected.count = w->lost.count = 0;
    memset(w->tally, 0, sizeof w->tally);
    for (uint32_t i = 0; i < w->conn_count; i++)
        w->conn_voices[i] = SIM_VOICE_NONE;
    w->quiet_until = 0;
    if (knobs[LULL_KNOB_restart_mode] == LULL_RESTART_QUIET)
        w->quiet_until = j->world->now + LULL_MS(knobs[LULL_KNOB_quiet_ms]);
}

static uint32_t first_of(const struct sim_judge *j, uint32_t voice)
{
    const struct sim_voice *v = sim_judge_voice(j, voice);

    for (uint32_t i = 0; i < voice; i++) {
        const struct sim_voice *other = sim_judge_voice(j, i);
        if (other->host == v->host && other->life == v->life
            && sim_packet_same_name(&other->local, &v->local)
            && sim_packet_same_name(&other->remote, &v->remote))
            return i;
    }
    return voice;
}

static void note_voice(struct sim_judge *j)
{
    struct sim_note *note = &j->notes[j->noted];

    memset(note, 0, sizeof *note);
    note->first = first_of(j, j->noted);
    j->noted++;
}

/* The judge lies where the caller says; behind him begins what is aligned better. */
struct sim_judge *sim_judge_lay_out(void *memory, struct sim_world *w)
{
    struct sim_judge *j = memory;
    uint8_t *rest = (uint8_t *)memory + sizeof *j;
    struct arena a;

    arena_init(&a, rest + (0 - (uintptr_t)rest) % ARENA_ALIGNMENT, SIZE_MAX / 2);
    memset(j, 0, sizeof *j);
    j->world = w;
    j->notes = arena_take(&a, w->ledger.capacity * sizeof *j->notes);
    for (unsigned i = 0; i < w->node_count; i++) {
        if (w->nodes[i].kind != SIM_HOST)
            continue;
        lay_out_watch(&j->watches[i], &w->nodes[i].config, &a);
        j->watches[i].resets.forgotten = j->watches[i].rejected.forgotten =
            j->watches[i].lost.forgotten = &j->unjudged[SIM_SILENCE_TUPLES];
        begin_life(j, i);
    }
    while (j->noted < w->ledger.count)
        note_voice(j);
    return j;
}

/* --- small questions --------------------------------------------------------------------- */

const struct sim_voice *sim_judge_voice(const struct sim_judge *j, uint32_t voice)
{
    return &j->world->ledger.voices[voice];
}

struct sim_note *sim_judge_peer(const struct sim_judge *j, uint32_t voice)
{
    const uint32_t peer = sim_judge_voice(j, voice)->peer;
    return peer < j->noted ? &j->notes[peer] : NULL;
}

uint32_t sim_judge_newest(const struct sim_judge *j, const struct lull_name *local,
                          const struct lull_name *remote)
{
    const uint32_t voice = sim_ledger_newest(&j->world->ledger, local, remote);

    if (voice == SIM_VOICE_NONE || voice >= j->noted
        || sim_judge_voice(j, voice)->life != j->host->life)
        return SIM_VOICE_NONE;
    return voice;
}

bool sim_judge_is_record(const struct lull_row *row)
{
    return row->kind == LULL_ROW_TIME_WAIT || row->kind == LULL_ROW_FIN_WAIT_2
           || row->kind == LULL_ROW_HOLD;
}

/* Of ss's words only these two begin with SYN. */
bool sim_judge_is_embryo(const struct lull_row *row)
{
    return row->kind == LULL_ROW_CONNECTION && row->state[0] == 'S';
}

uint64_t sim_judge_grew(const struct sim_watch *w, enum sim_tally tally)
{
    return w->tally[tally] - w->tally_was[tally];
}

static const enum lull_counter counters[SIM_TALLY_COUNT] = {
#define COUNTER(name) [SIM_TALLY_##name] = LULL_COUNTER_##name,
    SIM_JUDGE_COUNTERS(COUNTER)
#undef COUNTER
};

static const struct lull_stack *stack_of(const struct sim_judge *j)
{
    return j->world->nodes[j->node].stack;
}

static uint64_t counted(const struct sim_judge *j, enum sim_tally tally)
{
    return lull_stack_counter(stack_of(j), counters[tally]);
}

uint64_t sim_judge_grows(const struct sim_judge *j, enum sim_tally tally)
{
    return counted(j, tally) - j->host->tally[tally];
}

uint64_t sim_judge_early_ends(const uint64_t *tally)
{
    return tally[SIM_TALLY_TWRecycled] + tally[SIM_TALLY_TWRecycledActive]
           + tally[SIM_TALLY_TWEvicted] + tally[SIM_TALLY_TWKilled] + tally[SIM_TALLY_TWAborted]
           + tally[SIM_TALLY_TWSolicitedResets] + tally[SIM_TALLY_HoldRecycled]
           + tally[SIM_TALLY_HoldEvicted] + tally[SIM_TALLY_HoldOverflow];
}

void sim_judge_count(const struct sim_judge *j, uint64_t *tally)
{
    for (unsigned i = 0; i < SIM_TALLY_COUNT; i++)
        tally[i] = counted(j, i);
}

int64_t sim_judge_knob(const struct sim_judge *j, enum lull_knob knob)
{
    return lull_stack_knob(stack_of(j), knob);
}

int64_t sim_judge_listener_knob(const struct sim_judge *j, const struct lull_name *local,
                                enum lull_knob knob)
{
    for (uint32_t i = 0; i < j->host->socket_count; i++) {
        const struct sim_held *s = &j->host->sockets[i];
        if (s->listens && sim_judge_overlap(&s->local, local))
            return lull_socket_knob(stack_of(j), s->socket, knob);
    }
    return sim_judge_knob(j, knob);
}

lull_duration sim_judge_two_msl(const struct sim_judge *j)
{
    const lull_duration own = LULL_MS(sim_judge_knob(j, LULL_KNOB_tw_msl_ms));
    return 2 * (own > j->options.msl ? own : j->options.msl);
}

bool sim_judge_same_tuple(const struct lull_row *row, const struct lull_name *local,
                          const struct lull_name *remote)
{
    return row->local.port == local->port && row->remote.port == remote->port
           && address_equal(&row->local.address, &local->address)
           && address_equal(&row->remote.address, &remote->address);
}

bool sim_judge_overlap(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port
           && (address_equal(&a->address, &b->address) || address_is_any(&a->address)
               || address_is_any(&b->address));
}

static bool is_what(const struct lull_row *row, unsigned what)
{
    return what == SIM_JUDGE_CONN ? row->kind == LULL_ROW_CONNECTION : sim_judge_is_record(row);
}

struct sim_seen *sim_judge_among(struct sim_seen *rows, uint32_t count, const struct sim_seen *like,
                                 unsigned what)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_what(&rows[i].row, what)
            && sim_judge_same_tuple(&rows[i].row, &like->row.local, &like->row.remote))
            return &rows[i];
    return NULL;
}

const struct sim_seen *sim_judge_waits_on(const struct sim_watch *w, const struct sim_seen *was)
{
    const struct sim_seen *is = sim_judge_among(w->rows, w->count, was, SIM_JUDGE_RECORD);

    if (is == NULL || is->row.kind != was->row.kind || is->row.snd_nxt != was->row.snd_nxt)
        return NULL;
    return is;
}

const struct sim_seen *sim_judge_next_waited(const struct sim_watch *w, const struct sim_seen *was)
{
    const struct sim_seen *next = was == NULL ? w->was : was + 1;

    for (; w->looked_twice && !w->crowded && next < w->was + w->was_count; next++)
        if (next->row.kind == LULL_ROW_TIME_WAIT)
            return next;
    return NULL;
}

/* --- tuples that are remembered ---------------------------------------------------------- */

struct sim_due *sim_judge_recall(struct sim_due_list *list, const struct lull_name *local,
                                 const struct lull_name *remote)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (sim_packet_same_name(&list->list[i].local, local)
            && sim_packet_same_name(&list->list[i].remote, remote))
            return &list->list[i];
    return NULL;
}

void sim_judge_remember(struct sim_due_list *list, const struct sim_due *due)
{
    struct sim_due *place = sim_judge_recall(list, &due->local, &due->remote);

    if (place == NULL && list->count < SIM_JUDGE_TUPLES_MAX)
        place = &list->list[list->count++];
    if (place == NULL) {
        place = &list->list[list->next++ % SIM_JUDGE_TUPLES_MAX];
        (*list->forgotten)++;
    }
    *place = *due;
}

void sim_judge_forget(struct sim_due_list *list, struct sim_due *due)
{
    *due = list->list[--list->count];
}

/* --- tables ------------------------------------------------------------------------------ */

/* The newest voice in whose numbers a row stands.  The one that begins just now has no record yet,
 * wherever its numbers lie. */
static uint32_t voice_of(const struct sim_judge *j, const struct lull_row *row)
{
    const bool is_too_new = j->begins && row->kind != LULL_ROW_CONNECTION;

    for (uint32_t i = j->noted - is_too_new; i-- > 0;) {
        const struct sim_voice *v = sim_judge_voice(j, i);
        const seq32 nxt = seq_at(row->snd_nxt);
        if (v->life == j->host->life && seq_leq(v->iss, nxt) && seq_leq(nxt, v->nxt)
            && sim_judge_same_tuple(row, &v->local, &v->remote))
            return i;
    }
    return SIM_VOICE_NONE;
}

/* Most rows stand where they stood, with the number they had. */
static uint32_t voice_of_seen(const struct sim_judge *j, const struct lull_row *row, uint32_t place)
{
    const struct sim_watch *w = j->host;

    if (row->kind == LULL_ROW_LISTENER)
        return SIM_VOICE_NONE;
    if (place < w->was_count && w->was[place].voice != SIM_VOICE_NONE
        && w->was[place].row.snd_nxt == row->snd_nxt && w->was[place].row.kind == row->kind
        && sim_judge_same_tuple(row, &w->was[place].row.local, &w->was[place].row.remote))
        return w->was[place].voice;
    return voice_of(j, row);
}

static void swap_rows(struct sim_watch *w)
{
    struct sim_seen *rows = w->was;

    w->was = w->rows;
    w->was_count = w->count;
    w->rows = rows;
    w->count = 0;
    w->looked_twice = w->seen && !w->crowded;
    w->crowded = false;
}

void sim_judge_look(struct sim_judge *j)
{
    const struct lull_stack *stack = stack_of(j);
    struct sim_watch *w = j->host;
    uint64_t cursor = 0;
    struct lull_row more;

    swap_rows(w);
    while (w->count < w->capacity && lull_stack_list(stack, &cursor, &w->rows[w->count].row)) {
        struct sim_seen *seen = &w->rows[w->count];
        seen->spoke = false;
        seen->voice = voice_of_seen(j, &seen->row, w->count++);
    }
    w->crowded = w->count == w->capacity && lull_stack_list(stack, &cursor, &more);
    j->unjudged[SIM_SILENCE_ROWS] += w->crowded;
    memcpy(w->tally_was, w->tally, sizeof w->tally);
    sim_judge_count(j, w->tally);
    w->records_were = w->usage.records;
    lull_stack_usage(stack, &w->usage);
    const int64_t msl = lull_stack_knob(stack, LULL_KNOB_tw_msl_ms);
    w->turned = w->seen && msl != w->msl_was;
    w->msl_was = msl;
    w->seen = true;
}

const struct sim_seen *sim_judge_find(struct sim_judge *j, unsigned what)
{
    uint64_t cursor = 0;
    struct lull_row row;

    if (j->peeked[what])
        return j->found[what] ? &j->row[what] : NULL;
    j->peeked[what] = true;
    j->found[what] = false;
    while (!j->found[what] && lull_stack_list(stack_of(j), &cursor, &row))
        if (is_what(&row, what) && sim_judge_same_tuple(&row, &j->local, &j->remote)) {
            j->found[what] = true;
            j->row[what] = (struct sim_seen){.row = row, .voice = voice_of(j, &row)};
        }
    return j->found[what] ? &j->row[what] : NULL;
}

/* --- the event at hand ------------------------------------------------------------------- */

static struct lull_name name_at(const uint8_t *address, uint16_t port)
{
    return (struct lull_name){.address = address_from_ipv4_word(load_be32(address)), .port = port};
}

/* RFC 791 section 3.1 has the places. */
static void take_names(struct sim_judge *j, const struct sim_event *e)
{
    const bool leaves = e->kind == SIM_SENT;

    if (e->packet.len < IPV4_HEADER_BYTES)
        return;
    j->local = name_at(e->packet.data + (leaves ? 12 : 16), 0);
    j->remote = name_at(e->packet.data + (leaves ? 16 : 12), 0);
    if (e->segment == NULL)
        return;
    j->local.port = leaves ? e->segment->source_port : e->segment->destination_port;
    j->remote.port = leaves ? e->segment->destination_port : e->segment->source_port;
}

/* A connection is known by the segments it sent, or else by those it hears; a SYN is not traced as
 * sent. */
static uint32_t conn_voice(const struct sim_judge *j, const struct lull_trace_record *t)
{
    const struct sim_watch *w = j->host;
    const bool is_new = t->event == LULL_TRACE_tcp_state && t->arg[0] == SIM_CLOSED;

    if (t->conn_id < w->conn_count && w->conn_voices[t->conn_id] != SIM_VOICE_NONE)
        return w->conn_voices[t->conn_id];
    if (!w->heard.any || is_new)
        return SIM_VOICE_NONE;
    return sim_judge_newest(j, &w->heard.local, &w->heard.remote);
}

static void begin_by_kind(struct sim_judge *j, const struct sim_event *e)
{
    switch (e->kind) {
    case SIM_SENT:
        take_names(j, e);
        j->voice = e->segment != NULL ? e->ghost->voice : SIM_VOICE_NONE;
        j->begins = j->voice != SIM_VOICE_NONE && j->voice >= j->noted;
        if (j->begins)
            note_voice(j);
        break;
    case SIM_ARRIVES: take_names(j, e); break;
    case SIM_TRACED:
        j->voice = conn_voice(j, e->trace);
        j->local = j->host->heard.local;
        j->remote = j->host->heard.remote;
        break;
    case SIM_CALLED:
        j->local = e->call->local;
        j->remote = e->call->remote;
        if (e->call->stream != SIM_STREAM_NONE)
            j->voice = j->world->streams[e->call->stream].voice;
        break;
    default: break;
    }
}

#define JUDGED                                                                                     \
    (1u << SIM_SENT | 1u << SIM_ARRIVES | 1u << SIM_SETTLED | 1u << SIM_TRACED | 1u << SIM_CALLED  \
     | 1u << SIM_LIVED)
#define TRACED                                                                                     \
    (1u << LULL_TRACE_tcp_state | 1u << LULL_TRACE_tcp_acked | 1u << LULL_TRACE_tcp_send           \
     | 1u << LULL_TRACE_tw_leave)

/* Nothing has happened at the host since its tables were read; text that is written or read shows
 * by what is sent. */
static bool is_news(struct sim_watch *w, const struct sim_event *e)
{
    if (e->kind != SIM_SETTLED) {
        w->stirred |= e->kind != SIM_CALLED || e->call->data == NULL;
        return true;
    }
    if (!w->stirred && w->seen && w->looked_at == e->at)
        return false;
    w->stirred = false;
    w->looked_at = e->at;
    return true;
}

/* Nothing that can be seen holds any more. */
static bool is_blind(struct sim_judge *j)
{
    if (j->world->ledger.dropped > 0)
        UNJUDGED(j, VOICES);
    else if (j->fooled)
        UNJUDGED(j, FOOLED);
    return j->world->ledger.dropped > 0 || j->fooled;
}

bool sim_judge_begin(struct sim_judge *j, const struct sim_event *event)
{
    const struct sim_node *n = &j->world->nodes[event->node];

    if (!(JUDGED >> event->kind & 1) || n->kind != SIM_HOST
        || (event->kind == SIM_TRACED && !(TRACED >> event->trace->event & 1))
        || !is_news(&j->watches[event->node], event) || is_blind(j))
        return false;
    j->event = event;
    j->node = event->node;
    j->host = &j->watches[event->node];
    j->segment = event->segment;
    j->voice = SIM_VOICE_NONE;
    j->begins = j->peeked[0] = j->peeked[1] = false;
    if (n->stack == NULL) {
        j->host->seen = false;
        return false;
    }
    if (j->host->life != n->life)
        begin_life(j, event->node);
    memset(&j->local, 0, sizeof j->local);
    memset(&j->remote, 0, sizeof j->remote);
    begin_by_kind(j, event);
    return true;
}

const struct sim_voice *sim_judge_speaker(const struct sim_judge *j)
{
    return j->voice < j->noted ? sim_judge_voice(j, j->voice) : NULL;
}

/* A segment that was heard on the tuple at hand, and not answered to the end. */
const struct sim_heard *sim_judge_heard(const struct sim_judge *j)
{
    const struct sim_heard *h = &j->host->heard;

    if (!h->any || !sim_packet_same_name(&h->local, &j->local)
        || !sim_packet_same_name(&h->remote, &j->remote))
        return NULL;
    return h;
}

void sim_judge_be_about(struct sim_judge *j, const struct lull_row *row)
{
    j->local = row->local;
    j->remote = row->remote;
}

/* A record that leaves the voice at hand in TIME-WAIT; NULL: it is not. */
const struct sim_seen *sim_judge_time_wait(struct sim_judge *j)
{
    if (j->segment == NULL || j->voice >= j->noted || !j->notes[j->voice].fin)
        return NULL;
    const struct sim_seen *r = sim_judge_find(j, SIM_JUDGE_RECORD);
    return r != NULL && r->row.kind == LULL_ROW_TIME_WAIT && r->voice == j->voice ? r : NULL;
}

/* The peer's FIN once more, or for the first time: what the record counts to ends with it. */
bool sim_judge_is_the_fin(const struct sim_heard *h, const struct lull_row *row)
{
    return h != NULL && HAS(&h->segment, TCP_FIN)
           && seq_add(h->segment.seq, h->segment.len).raw == row->rcv_nxt;
}

/* --- accusing ---------------------------------------------------------------------------- */

/* "12.345": seconds, to the millisecond. */
static void put_instant(struct text *t, int64_t at)
{
    const int64_t ms = (at < 0 ? -at : at) / LULL_MS(1) % 1000;

    text_signed(t, at / LULL_SEC(1));
    text_character(t, '.');
    text_character(t, (char)('0' + ms / 100));
    text_character(t, (char)('0' + ms / 10 % 10));
    text_character(t, (char)('0' + ms % 10));
}

void sim_judge_accuse(struct sim_judge *j, unsigned invariant, const char *text,
                      struct sim_numbers numbers)
{
    unsigned next = 0;
    struct text t;

    if (j->violations++ >= SIM_VIOLATIONS_MAX)
        return;
    struct sim_violation *v = &j->kept[j->violations - 1];
    *v = (struct sim_violation){.invariant = (uint8_t)invariant,
                                .node = (uint8_t)j->node,
                                .at = j->world->now,
                                .local = j->local,
                                .remote = j->remote};
    text_init(&t, v->text, sizeof v->text);
    for (; *text != '\0'; text++) {
        if (*text == '%')
            text_signed(&t, numbers.n[next++ % 4]);
        else if (*text == '@')
            put_instant(&t, numbers.n[next++ % 4] - j->world->start);
        else
            text_character(&t, *text);
    }
}
