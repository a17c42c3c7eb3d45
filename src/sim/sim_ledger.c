/* sim_ledger.c - telling incarnations apart by what is said.
 *
 * A segment belongs to the newest voice in whose numbers it lies.  Lists are walked from the newest
 * voice: few tuples have many, and what is asked for is mostly the last. */
#include "sim/sim_ledger.h"

#include "base/address.h"

void sim_ledger_init(struct sim_ledger *ledger, struct sim_voice *voices, uint32_t capacity)
{
    *ledger = (struct sim_ledger){.voices = voices, .capacity = capacity};
}

void sim_ledger_keep(struct sim_ledger *ledger, struct sim_stretch *stretches, uint32_t capacity)
{
    ledger->stretches = stretches;
    ledger->stretch_capacity = capacity;
    ledger->stretch_count = 0;
}

static bool same_name(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

static bool speaks_for(const struct sim_voice *v, const struct lull_name *local,
                       const struct lull_name *remote)
{
    return same_name(&v->local, local) && same_name(&v->remote, remote);
}

uint32_t sim_ledger_newest(const struct sim_ledger *ledger, const struct lull_name *local,
                           const struct lull_name *remote)
{
    for (uint32_t i = ledger->count; i-- > 0;)
        if (speaks_for(&ledger->voices[i], local, remote))
            return i;
    return SIM_VOICE_NONE;
}

uint32_t sim_ledger_find(const struct sim_ledger *ledger, const struct lull_name *local,
                         const struct lull_name *remote, seq32 iss)
{
    for (uint32_t i = ledger->count; i-- > 0;) {
        const struct sim_voice *v = &ledger->voices[i];
        if (seq_eq(v->iss, iss) && speaks_for(v, local, remote))
            return i;
    }
    return SIM_VOICE_NONE;
}

uint16_t sim_ledger_incarnations(const struct sim_ledger *ledger, const struct lull_name *a,
                                 const struct lull_name *b)
{
    uint16_t most = 0;

    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct sim_voice *v = &ledger->voices[i];
        if ((speaks_for(v, a, b) || speaks_for(v, b, a)) && v->incarnation > most)
            most = v->incarnation;
    }
    return most;
}

/* The numbers of a voice begin at its ISS; one below is what a keep-alive has. */
static bool lies_in(const struct sim_voice *v, seq32 seq)
{
    return seq_diff(seq, v->iss) >= -1 && seq_diff(seq, v->nxt) <= 0;
}

uint32_t sim_ledger_at(const struct sim_ledger *ledger, const struct lull_name *local,
                       const struct lull_name *remote, seq32 seq)
{
    for (uint32_t i = ledger->count; i-- > 0;) {
        const struct sim_voice *v = &ledger->voices[i];
        if (lies_in(v, seq) && speaks_for(v, local, remote))
            return i;
    }
    return SIM_VOICE_NONE;
}

static bool covers(const struct sim_stretch *s, seq32 seq)
{
    return seq_diff(seq, s->start) >= 0 && seq_diff(seq, s->end) < 0;
}

lull_time sim_ledger_said(const struct sim_ledger *ledger, uint32_t voice, seq32 seq)
{
    const uint64_t count = ledger->stretch_count, capacity = ledger->stretch_capacity;
    const uint64_t kept = count < capacity ? count : capacity;

    for (uint64_t i = 0; i < kept; i++) {
        const struct sim_stretch *s = &ledger->stretches[(count - 1 - i) % capacity];
        if (s->voice == voice && covers(s, seq))
            return s->at;
    }
    return LULL_TIME_NEVER;
}

static uint32_t voice_at(const struct sim_ledger *ledger, const struct sim_utterance *u)
{
    for (uint32_t i = ledger->count; i-- > 0;) {
        const struct sim_voice *v = &ledger->voices[i];
        if (v->life == u->life && lies_in(v, u->segment->seq)
            && speaks_for(v, &u->local, &u->remote))
            return i;
    }
    return SIM_VOICE_NONE;
}

/* The voice at the other end whose SYN this segment acknowledges, or which was heard of by it. */
static uint32_t voice_acknowledged(const struct sim_ledger *ledger, const struct sim_utterance *u)
{
    for (uint32_t i = ledger->count; i-- > 0;) {
        const struct sim_voice *v = &ledger->voices[i];
        if (seq_diff(u->segment->ack, v->iss) > 0 && seq_diff(u->segment->ack, v->nxt) <= 0
            && speaks_for(v, &u->remote, &u->local))
            return i;
    }
    return SIM_VOICE_NONE;
}

/* An active voice at the other end, begun after the last one here: two SYNs that cross open one
 * connection (RFC 9293 section 3.5), if nobody has answered that one yet. */
static uint32_t voice_crossing(const struct sim_ledger *ledger, const struct sim_utterance *u)
{
    uint32_t other = sim_ledger_newest(ledger, &u->remote, &u->local);
    uint32_t own = sim_ledger_newest(ledger, &u->local, &u->remote);

    if (other == SIM_VOICE_NONE || !ledger->voices[other].active)
        return SIM_VOICE_NONE;
    return own == SIM_VOICE_NONE || own < other ? other : SIM_VOICE_NONE;
}

static bool is_free_for(const struct sim_ledger *ledger, uint32_t voice)
{
    return voice != SIM_VOICE_NONE && ledger->voices[voice].peer == SIM_VOICE_NONE;
}

static uint32_t begin(struct sim_ledger *ledger, const struct sim_utterance *u)
{
    bool active = (u->segment->flags & TCP_ACK) == 0;
    uint32_t other = active ? voice_crossing(ledger, u) : voice_acknowledged(ledger, u);
    uint16_t number = is_free_for(ledger, other)
                          ? ledger->voices[other].incarnation
                          : (uint16_t)(sim_ledger_incarnations(ledger, &u->local, &u->remote) + 1);

    if (ledger->count == ledger->capacity) {
        ledger->dropped++;
        return SIM_VOICE_NONE;
    }
    uint32_t index = ledger->count++;
    ledger->voices[index] = (struct sim_voice){
        .local = u->local,
        .remote = u->remote,
        .iss = u->segment->seq,
        .nxt = u->segment->seq,
        .peer = active ? SIM_VOICE_NONE : other,
        .incarnation = number,
        .host = u->host,
        .life = u->life,
        .active = active,
        .began = u->at,
    };
    return index;
}

/* Two handshakes over one record may get the same ISS, within a tick of its clock; what tells
 * them apart is the SYN they answer, which may be nobody's. */
static bool answers_another(const struct sim_ledger *ledger, const struct sim_voice *v,
                            const struct sim_utterance *u)
{
    const uint32_t other = voice_acknowledged(ledger, u);
    const bool answers = (u->segment->flags & TCP_ACK) != 0 && !v->active;
    return answers && other != SIM_VOICE_NONE && other != v->peer;
}

static uint32_t find_or_begin(struct sim_ledger *ledger, const struct sim_utterance *u)
{
    uint32_t index;

    if (!(u->segment->flags & TCP_SYN)) {
        index = voice_at(ledger, u);
        if (index != SIM_VOICE_NONE || (u->segment->flags & TCP_RST))
            return index;
        index = sim_ledger_newest(ledger, &u->local, &u->remote);
        return index != SIM_VOICE_NONE && ledger->voices[index].life == u->life ? index
                                                                                : SIM_VOICE_NONE;
    }
    index = sim_ledger_find(ledger, &u->local, &u->remote, u->segment->seq);
    if (index == SIM_VOICE_NONE || ledger->voices[index].life != u->life
        || answers_another(ledger, &ledger->voices[index], u))
        return begin(ledger, u);
    return index;
}

/* Of two who opened actively each has guessed the number: an attempt that failed may have been
 * counted at one end alone.  Only SYNs have the number that is given up. */
static void agree(struct sim_ledger *ledger, struct sim_voice *v)
{
    if (!v->active || v->peer == SIM_VOICE_NONE || !ledger->voices[v->peer].active)
        return;
    struct sim_voice *peer = &ledger->voices[v->peer];
    if (peer->incarnation < v->incarnation)
        peer->incarnation = v->incarnation;
    v->incarnation = peer->incarnation;
}

/* A voice learns whom it answers by the first number it acknowledges. */
static void pair(struct sim_ledger *ledger, struct sim_voice *v, const struct sim_utterance *u)
{
    if (v->peer != SIM_VOICE_NONE || (u->segment->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
        return;
    v->peer = voice_acknowledged(ledger, u);
    agree(ledger, v);
}

static void note_stretch(struct sim_ledger *ledger, uint32_t voice, seq32 end, lull_time at)
{
    if (ledger->stretch_capacity == 0)
        return;
    ledger->stretches[ledger->stretch_count++ % ledger->stretch_capacity] =
        (struct sim_stretch){voice, ledger->voices[voice].nxt, end, at};
}

uint32_t sim_ledger_hear(struct sim_ledger *ledger, const struct sim_utterance *u)
{
    const struct tcp_segment *seg = u->segment;
    uint32_t index = find_or_begin(ledger, u);

    if (index == SIM_VOICE_NONE)
        return index;
    struct sim_voice *v = &ledger->voices[index];
    seq32 end = seq_add(seg->seq, seg->len);
    if (seq_diff(end, v->nxt) > 0) {
        note_stretch(ledger, index, end, u->at);
        v->nxt = end;
    }
    if (seg->flags & TCP_FIN) {
        v->fin = true;
        v->fin_end = end;
    }
    if (seg->options.present & TCP_OPTION_TIMESTAMPS) {
        v->stamped = true;
        v->stamp = seg->options.ts_value;
    }
    v->spoke = u->at;
    pair(ledger, v, u);
    return index;
}
