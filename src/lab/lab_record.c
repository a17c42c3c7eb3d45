/* lab_record.c - listening to a world.
 *
 * What arrives brings about what follows, so a reader looks for the reason beside the segment: an
 * event of a record that a segment brought about is told with that segment, and a record of its own
 * is written only for what time and users do. */
#include "lab/lab_record.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/lab_explain.h"
#include "lab/lab_record_reason.h"
#include "sim/sim_invariant.h"
#include "wire/icmpv4.h"

#define LATE_AFTER LULL_SEC(1)

/* --- words ------------------------------------------------------------------------------- */

static void put(char *to, size_t size, const char *s)
{
    struct text t;

    text_init(&t, to, size);
    text_string(&t, s);
}

#define PUT(array, s) put((array), sizeof(array), (s))

/* ss's spelling to the RFC's. */
static const char *state_of(const struct lull_row *row)
{
    static const char *const names[][2] = {
        {"ESTAB", "ESTABLISHED"}, {"SYN-RECV", "SYN-RECEIVED"}, {"UNCONN", "CLOSED"}};

    if (row->kind == LULL_ROW_HOLD)
        return "HOLD";
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strlen(names[i][0]) == strlen(row->state)
            && memcmp(names[i][0], row->state, strlen(row->state)) == 0)
            return names[i][1];
    return row->state;
}

static uint16_t incarnation_of(const struct sim_world *w, const struct lull_row *row)
{
    uint32_t voice = sim_ledger_at(&w->ledger, &row->local, &row->remote, seq_at(row->snd_nxt));
    return voice == SIM_VOICE_NONE ? 0 : w->ledger.voices[voice].incarnation;
}

/* A connection that is to replace a record stands before it. */
struct lab_side lab_record_side(const struct sim_world *w, unsigned host,
                                const struct lull_name *local, const struct lull_name *remote)
{
    struct lab_side side = {.state = "CLOSED", .until = LULL_TIME_NEVER};
    struct lull_row row;
    uint64_t cursor = 0;

    if (w->nodes[host].stack == NULL) {
        side.state = "down";
        return side;
    }
    while (lull_stack_list(w->nodes[host].stack, &cursor, &row)) {
        if (row.kind == LULL_ROW_LISTENER || !sim_packet_same_name(&row.local, local)
            || !sim_packet_same_name(&row.remote, remote))
            continue;
        side = (struct lab_side){.state = state_of(&row),
                                 .timer = row.timer,
                                 .until = row.timer_at,
                                 .restarts = row.restarts,
                                 .incarnation = incarnation_of(w, &row)};
        if (row.kind == LULL_ROW_CONNECTION)
            break;
    }
    return side;
}

/* --- events ------------------------------------------------------------------------------ */

static void set_sides(struct lab_recorder *r, struct lab_event *event)
{
    if (event->conversation >= r->story->conversation_count)
        return;
    const struct lab_conversation *c = &r->story->conversations[event->conversation];
    for (unsigned i = 0; i < 2; i++)
        event->side[i] = lab_record_side(r->world, c->party[i], &c->name[i], &c->name[1 - i]);
}

static void set_conversation(struct lab_recorder *r, struct lab_event *event,
                             const struct lull_name *local, const struct lull_name *remote)
{
    struct lab_conversation *c;

    event->conversation = (uint8_t)lab_story_conversation(r->story, local, remote);
    if (event->conversation == LAB_CONVERSATIONS_MAX)
        return;
    c = &r->story->conversations[event->conversation];
    if (event->incarnation > c->incarnations)
        c->incarnations = event->incarnation;
    set_sides(r, event);
}

static struct lab_event *event_at(const struct lab_recorder *r, uint32_t number)
{
    return number < r->story->event_count ? &r->story->events[number] : NULL;
}

static struct lab_event *event_of(const struct lab_recorder *r, const struct sim_ghost *ghost)
{
    return ghost->number < LAB_RECORD_EMISSIONS_MAX ? event_at(r, r->events[ghost->number]) : NULL;
}

static void remember(struct lab_recorder *r, const struct sim_ghost *ghost,
                     const struct lab_event *event)
{
    if (ghost->number < LAB_RECORD_EMISSIONS_MAX)
        r->events[ghost->number] = lab_story_number(r->story, event);
}

/* Of the host to which something is being given, the event that tells of it. */
static struct lab_event *arriving_at(const struct lab_recorder *r, unsigned host)
{
    return r->arriving != LAB_NONE && r->arriving_at == host ? event_at(r, r->arriving) : NULL;
}

/* --- waits ------------------------------------------------------------------------------- */

static struct lab_wait *wait_of(struct lab_recorder *r, unsigned host,
                                const struct lull_name *local, const struct lull_name *remote)
{
    for (uint32_t i = r->wait_count; i-- > 0 && i + LAB_RECORD_WAITS_MAX >= r->wait_count;) {
        struct lab_wait *w = &r->waits[i % LAB_RECORD_WAITS_MAX];
        if (w->host == host && sim_packet_same_name(&w->local, local)
            && sim_packet_same_name(&w->remote, remote))
            return w;
    }
    return NULL;
}

static void begin_wait(struct lab_recorder *r, unsigned host, const struct lull_name *local,
                       const struct lull_name *remote)
{
    struct lab_wait *w = wait_of(r, host, local, remote);

    if (w == NULL)
        w = &r->waits[r->wait_count++ % LAB_RECORD_WAITS_MAX];
    *w = (struct lab_wait){r->world->now, (uint8_t)host, *local, *remote};
}

/* --- segments ---------------------------------------------------------------------------- */

static struct lab_segment segment_of(const struct sim_event *e)
{
    const struct tcp_segment *s = e->segment;

    return (struct lab_segment){.seq = s->seq.raw,
                                .ack = s->ack.raw,
                                .wnd = s->wnd,
                                .text_bytes = (uint32_t)s->text.len,
                                .ts_value = s->options.ts_value,
                                .ts_echo = s->options.ts_echo,
                                .flags = s->flags,
                                .options = s->options.present,
                                .hops = e->packet.data[8]};
}

/* The first event of the same octets or flags.  What takes no number is never a repetition. */
static uint32_t original_of(const struct lab_recorder *r, const struct lab_event *event)
{
    const uint8_t flags = TCP_SYN | TCP_FIN;

    if (event->segment.text_bytes == 0 && !(event->segment.flags & flags))
        return LAB_NONE;
    for (uint32_t i = 0; i < lab_story_number(r->story, event); i++) {
        const struct lab_event *e = &r->story->events[i];
        if (e->kind == LAB_SEGMENT && e->conversation == event->conversation
            && e->party == event->party && e->incarnation == event->incarnation
            && e->segment.seq == event->segment.seq
            && (e->segment.text_bytes > 0) == (event->segment.text_bytes > 0)
            && (e->segment.flags & flags) == (event->segment.flags & flags))
            return i;
    }
    return LAB_NONE;
}

static void take_reason(struct lab_recorder *r, unsigned host, struct lab_event *event)
{
    if (r->because[host].rule[0] == '\0')
        return;
    lab_record_reason_put(event, r->because[host].rule, r->because[host].why);
    r->because[host].rule[0] = '\0';
}

/* A SYN begins an incarnation, and the call that wanted it is of it. */
static void claim_call(struct lab_recorder *r, const struct lab_event *syn)
{
    for (uint32_t i = lab_story_number(r->story, syn); i-- > 0;) {
        struct lab_event *e = &r->story->events[i];
        if (e->kind != LAB_CALL || e->party != syn->party || e->conversation != syn->conversation)
            continue;
        if (e->incarnation == 0) {
            e->incarnation = syn->incarnation;
            e->side[lab_story_side(r->story, e)].incarnation = syn->incarnation;
        }
        return;
    }
}

static void names_of(const struct sim_event *e, struct lull_name *from, struct lull_name *to)
{
    struct sim_parsed parsed;

    if (!sim_packet_parse(e->packet, &parsed))
        return;
    *from = parsed.source;
    *to = parsed.destination;
}

static void record_segment(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = lab_story_add(r->story, LAB_SEGMENT, e->at);
    struct lull_name from = {0}, to = {0};

    if (event == NULL)
        return;
    names_of(e, &from, &to);
    event->party = e->node;
    event->incarnation = e->ghost->incarnation;
    event->segment = segment_of(e);
    event->fate = LAB_FATE_UNDERWAY;
    set_conversation(r, event, &from, &to);
    event->repeats = original_of(r, event);
    lab_story_keep_packet(r->story, event, e->packet);
    take_reason(r, e->node, event);
    lab_record_reason_to_send(r, e->node, event);
    if ((event->segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        claim_call(r, event);
    if (event->segment.flags & TCP_RST)
        begin_wait(r, e->node, &from, &to); /* of a HOLD, which says nothing when it begins again */
    remember(r, e->ghost, event);
    r->answered |= r->arriving != LAB_NONE && r->arriving_at == e->node;
}

/* The incarnation in whose name somebody else speaks: numbers are counted from its ISN.  A SYN is
 * of none, or its number would be taken for that ISN. */
static uint16_t imitated(const struct lab_recorder *r, const struct sim_event *e)
{
    struct lull_name from = {0}, to = {0};

    if (e->segment->flags & TCP_SYN)
        return 0;
    names_of(e, &from, &to);
    const uint32_t voice = sim_ledger_newest(&r->world->ledger, &from, &to);
    return voice == SIM_VOICE_NONE ? 0 : r->world->ledger.voices[voice].incarnation;
}

static void record_forgery(struct lab_recorder *r, const struct sim_event *e)
{
    if (e->segment == NULL)
        return;
    const uint32_t number = r->story->event_count;
    record_segment(r, e);
    if (number >= r->story->event_count)
        return;
    r->story->events[number].incarnation = imitated(r, e);
    PUT(r->story->events[number].what, "forged");
}

static const char *icmp_words(const struct sim_parsed *parsed)
{
    switch (parsed->payload.len > 0 ? parsed->payload.data[0] : 255) {
    case 3: return "ICMP: destination unreachable";
    case 11: return "ICMP: hop limit exceeded in transit";
    default: return "ICMP";
    }
}

/* An error is about the conversation of the packet that it quotes. */
static void set_quoted(struct lab_recorder *r, struct lab_event *event, struct span message)
{
    struct lull_name from = {0}, to = {0};

    if (message.len < ICMPV4_HEADER_BYTES + IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES)
        return;
    const uint8_t *quoted = message.data + ICMPV4_HEADER_BYTES;
    const size_t header = (size_t)(quoted[0] & 15) * 4;
    if (message.len < ICMPV4_HEADER_BYTES + header + ICMPV4_QUOTED_BYTES)
        return;
    from.address = lull_address_ipv4(quoted + 12);
    to.address = lull_address_ipv4(quoted + 16);
    from.port = load_be16(quoted + header);
    to.port = load_be16(quoted + header + 2);
    set_conversation(r, event, &from, &to);
}

static void record_icmp(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = lab_story_add(r->story, LAB_ICMP, e->at);
    struct sim_parsed parsed;

    if (event == NULL)
        return;
    event->party = e->node;
    event->incarnation = e->ghost->incarnation;
    event->fate = LAB_FATE_UNDERWAY;
    if (sim_packet_parse(e->packet, &parsed)) {
        PUT(event->what, icmp_words(&parsed));
        set_quoted(r, event, parsed.payload);
    }
    lab_story_keep_packet(r->story, event, e->packet);
    remember(r, e->ghost, event);
}

static void record_loss(struct lab_recorder *r, const struct sim_event *e)
{
    static const char *const words[] = {[SIM_CARRIED] = "",
                                        [SIM_LOST] = "lost on the way from ",
                                        [SIM_CUT] = "lost where the link is cut, at ",
                                        [SIM_OVERFLOWED] = "lost in a full queue at ",
                                        [SIM_OVERSIZED] = "too long for the link at "};
    struct lab_event *event = event_of(r, e->ghost);
    struct text t;

    if (event == NULL || event->fate != LAB_FATE_UNDERWAY || e->ghost->copy != 0)
        return;
    event->fate = LAB_FATE_LOST;
    if (event->what[0] != '\0' || (e->carried == SIM_LOST && e->node == e->ghost->host))
        return; /* that it is lost where it sets out is all there is to say */
    text_init(&t, event->what, sizeof event->what);
    text_string(&t, words[e->carried]);
    text_string(&t, r->world->nodes[e->node].name);
}

static void record_expiry(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = event_of(r, e->ghost);
    struct text t;

    if (event == NULL)
        return;
    if (e->ghost->copy == 0)
        event->fate = e->kind == SIM_EXPIRED ? LAB_FATE_EXPIRED : LAB_FATE_LOST;
    text_init(&t, event->what, sizeof event->what);
    text_string(&t, e->kind == SIM_EXPIRED ? "its hop limit runs out at " : "no route at ");
    text_string(&t, r->world->nodes[e->node].name);
}

/* The network has thrown it away: it was too old. */
static void record_drop(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = event_of(r, e->ghost);

    if (event == NULL)
        return;
    if (e->ghost->copy == 0)
        event->fate = LAB_FATE_EXPIRED;
    PUT(event->what, e->what);
}

/* An event of its own for what is late or a double; otherwise the sending's. */
static struct lab_event *arrival_of(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *sending = event_of(r, e->ghost);
    struct lab_event *event;

    if (sending == NULL)
        return NULL;
    if (e->ghost->copy == 0) {
        sending->fate = e->ghost->damaged ? LAB_FATE_DAMAGED : LAB_FATE_ARRIVED;
        sending->arrived_at = e->at;
        if (e->at - sending->at <= r->story->late_after)
            return sending;
    }
    event = lab_story_add(r->story, LAB_ARRIVAL, e->at);
    if (event == NULL)
        return sending;
    event->party = e->node;
    event->conversation = sending->conversation;
    event->incarnation = sending->incarnation;
    event->segment = sending->segment;
    event->segment.hops = e->packet.data[8];
    if (!e->ghost->damaged)
        lab_story_keep_packet(r->story, event, e->packet); /* it has come over some hops */
    if (event->frame_bytes == 0) {
        event->frame = sending->frame;
        event->frame_bytes = sending->frame_bytes;
    }
    event->fate = e->ghost->damaged ? LAB_FATE_DAMAGED : LAB_FATE_ARRIVED;
    event->arrived_at = e->at;
    event->of = lab_story_number(r->story, sending);
    event->is_double = e->ghost->copy != 0;
    return event;
}

static void record_arrival(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = arrival_of(r, e);

    r->arriving = event == NULL ? LAB_NONE : lab_story_number(r->story, event);
    r->arriving_at = e->node;
    r->answered = false;
    lab_record_reason_before(r, e->node, event);
}

static void record_deafness(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = event_of(r, e->ghost);

    if (event == NULL || e->ghost->copy != 0)
        return;
    event->fate = LAB_FATE_LOST;
    PUT(event->what, "comes to a host that is down");
}

/* --- records and refusals ---------------------------------------------------------------- */

static uint32_t peer_isn(const struct lab_recorder *r, const struct lull_trace_record *t)
{
    uint32_t voice =
        sim_ledger_at(&r->world->ledger, &t->remote, &t->local, seq_at(t->segment.seq));
    return voice == SIM_VOICE_NONE ? 0 : r->world->ledger.voices[voice].iss.raw;
}

static void explain_record(struct lab_recorder *r, unsigned host, const struct lull_trace_record *t,
                           struct text *why)
{
    const struct lab_wait *w = wait_of(r, host, &t->local, &t->remote);
    const struct lab_explained what = {
        .record = t, .peer_isn = peer_isn(r, t), .since = w == NULL ? -1 : r->world->now - w->at};

    lab_explain_why(why, &what);
}

/* A wait that starts again does so as the ACK leaves: the reason goes with it. */
/* While its end is told a record is neither there nor gone. */
static void set_sides_of_record(const struct lab_recorder *r, struct lab_event *event,
                                const struct lull_trace_record *t)
{
    if (event->conversation >= r->story->conversation_count)
        return;
    const struct lab_conversation *c = &r->story->conversations[event->conversation];
    for (unsigned i = 0; i < 2; i++) {
        if (c->party[i] != event->party)
            event->side[i] = lab_record_side(r->world, c->party[i], &c->name[i], &c->name[1 - i]);
        else if (t->event == LULL_TRACE_tw_leave)
            event->side[i] = (struct lab_side){.state = "CLOSED", .until = LULL_TIME_NEVER};
    }
}

static void record_tw(struct lab_recorder *r, unsigned host, const struct lull_trace_record *t)
{
    struct lab_event *event = t->segment.flags != 0 ? arriving_at(r, host) : NULL;
    char why[320];
    struct text text;

    text_init(&text, why, sizeof why);
    explain_record(r, host, t, &text);
    if (t->event != LULL_TRACE_tw_leave)
        begin_wait(r, host, &t->local, &t->remote);
    if (t->event == LULL_TRACE_tw_rearm) {
        PUT(r->because[host].rule, lab_explain_rule(t));
        PUT(r->because[host].why, why);
        return;
    }
    if (event != NULL) {
        lab_record_reason_put(event, lab_explain_rule(t), why);
        return;
    }
    event =
        lab_story_add(r->story, LAB_RECORD,
                      r->world->now); /* a stack learns the time from the verbs, not from calls */
    if (event == NULL)
        return;
    event->party = (uint8_t)host;
    text_init(&text, event->what, sizeof event->what);
    lab_explain_what(&text, t);
    lab_record_reason_put(event, lab_explain_rule(t), why);
    event->conversation = (uint8_t)lab_story_conversation(r->story, &t->local, &t->remote);
    set_sides_of_record(r, event, t);
}

static void record_trace(struct lab_recorder *r, const struct sim_event *e)
{
    switch (e->trace->event) {
    case LULL_TRACE_tw_enter:
    case LULL_TRACE_tw_rearm:
    case LULL_TRACE_tw_leave: record_tw(r, e->node, e->trace); break;
    case LULL_TRACE_tcp_drop:
        r->decision.dropped = true;
        r->decision.step = e->trace->arg[0];
        r->decision.rcv_nxt = e->trace->arg[2];
        break;
    default: break;
    }
}

/* Call, error and rule stand beside it already: "bind 10.0.0.1:80: EADDRINUSE [BL-01]: 3 in...". */
static void put_refusal(struct text *why, const struct lull_refusal *refusal)
{
    char whole[400];
    const size_t count = lull_refusal_text(refusal, whole, sizeof whole);
    size_t start = 0;

    for (size_t i = 0; i + 3 < count && start == 0; i++)
        if (memcmp(whole + i, "]: ", 3) == 0)
            start = i + 3;
    text_string(why, whole + start);
}

static void record_refusal(struct lab_recorder *r, unsigned host, const struct lull_refusal *what)
{
    struct lab_event *event = arriving_at(r, host);
    struct text why;

    if (what->call != LULL_REFUSED_SYN)
        return; /* told with the call */
    if (event == NULL)
        return;
    PUT(event->rule, what->rule);
    text_init(&why, event->why, sizeof event->why);
    if (r->decision.segment != NULL)
        lab_reason_of_refusal(&r->decision, &why);
    if (text_length(&why) > 0)
        text_string(&why, "; ");
    put_refusal(&why, what);
}

static void record_refusals(struct lab_recorder *r, unsigned host)
{
    const struct lull_stack *stack = r->world->nodes[host].stack;
    struct lull_refusal refusal;

    while (stack != NULL && lull_socket_next_refusal(stack, &r->refusals[host], &refusal))
        record_refusal(r, host, &refusal);
}

/* --- calls, hosts, networks -------------------------------------------------------------- */

static void put_call(struct text *t, const struct sim_call *call)
{
    const bool text = call->bytes > 0;

    text_string(t, call->name);
    text_character(t, '(');
    if (call->remote.port == 0 && call->local.port != 0)
        text_decimal(t, call->local.port);
    text_character(t, ')');
    if (call->error != LULL_OK || text || call->end)
        text_string(t, " = ");
    if (call->error != LULL_OK)
        text_string(t, lull_error_name(call->error));
    else if (text)
        text_decimal(t, call->bytes);
    else if (call->end)
        text_string(t, "0, the end");
}

static void explain_call(struct lab_recorder *r, unsigned host, const struct sim_call *call,
                         struct lab_event *event)
{
    const struct lull_stack *stack = r->world->nodes[host].stack;
    struct lull_refusal refusal;
    struct text why;

    if (stack == NULL || (call->error != LULL_EADDRINUSE && call->error != LULL_EADDRNOTAVAIL))
        return;
    lull_socket_refusal(stack, &refusal);
    PUT(event->rule, refusal.rule);
    text_init(&why, event->why, sizeof event->why);
    put_refusal(&why, &refusal);
}

static void record_call(struct lab_recorder *r, const struct sim_event *e)
{
    const struct sim_call *call = e->call;
    struct lab_event *event = lab_story_add(r->story, LAB_CALL, e->at);
    struct text t;

    if (event == NULL)
        return;
    event->party = e->node;
    if (call->stream != SIM_STREAM_NONE && r->world->streams[call->stream].voice != SIM_VOICE_NONE)
        event->incarnation =
            r->world->ledger.voices[r->world->streams[call->stream].voice].incarnation;
    text_init(&t, event->what, sizeof event->what);
    put_call(&t, call);
    if (call->remote.port != 0 && call->local.port != 0) /* no port was left for it */
        set_conversation(r, event, &call->local, &call->remote);
    explain_call(r, e->node, call, event);
}

/* "R2 sends what is for S to R4"; "C: a link is cut, to S". */
static void put_change(struct text *t, const struct sim_world *w, const struct sim_event *e)
{
    const uint8_t *ends = w->ends[e->link];
    const bool is_route = w->nodes[e->node].kind == SIM_ROUTER && e->what[2] == 'r';

    text_string(t, w->nodes[e->node].name);
    if (is_route) {
        text_string(t, " sends what is for ");
        text_string(t, w->nodes[e->about].name);
        text_string(t, " to ");
        text_string(t, w->nodes[ends[0] == e->node ? ends[1] : ends[0]].name);
        return;
    }
    text_string(t, ": ");
    text_string(t, e->what);
    text_string(t, ", to ");
    text_string(t, w->nodes[e->about].name);
}

static void record_network(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = lab_story_add(r->story, LAB_NETWORK, e->at);
    struct text t;

    if (event == NULL)
        return;
    event->party = e->node;
    text_init(&t, event->what, sizeof event->what);
    put_change(&t, r->world, e);
}

static void record_life(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event = lab_story_add(r->story, LAB_HOST, e->at);
    struct text t;

    if (event == NULL)
        return;
    event->party = e->node;
    text_init(&t, event->what, sizeof event->what);
    text_string(&t, r->world->nodes[e->node].name);
    text_string(&t, ": ");
    text_string(&t, e->what);
}

struct lab_event *lab_record_note(struct lab_recorder *r, const char *what)
{
    struct lab_event *event = lab_story_add(r->story, LAB_NOTE, r->world->now);

    if (event != NULL)
        PUT(event->why, what);
    return event;
}

static void record_violations(struct lab_recorder *r)
{
    for (; r->judge != NULL && r->violations < sim_invariant_violations(r->judge);
         r->violations++) {
        const struct sim_violation *v = sim_invariant_violation(r->judge, (unsigned)r->violations);
        struct lab_event *event = v == NULL ? NULL : lab_story_add(r->story, LAB_VIOLATION, v->at);
        struct text t;
        if (event == NULL)
            continue;
        event->party = v->node;
        text_init(&t, event->rule, sizeof event->rule);
        text_string(&t, v->invariant < 10 ? "INV-0" : "INV-");
        text_decimal(&t, v->invariant);
        PUT(event->why, v->text);
        if (v->remote.port != 0)
            set_conversation(r, event, &v->local, &v->remote);
    }
}

/* --- settling ---------------------------------------------------------------------------- */

/* What arrived has had its effect: that end of the conversation stands as it does now. */
static void record_settled(struct lab_recorder *r, const struct sim_event *e)
{
    struct lab_event *event;

    record_refusals(r, e->node);
    event = arriving_at(r, e->node);
    if (event != NULL) {
        if (event->kind == LAB_ARRIVAL)
            set_sides(r, event);
        else if (event->conversation < r->story->conversation_count) {
            const struct lab_conversation *c = &r->story->conversations[event->conversation];
            /* An error comes from a router, who stands at neither side. */
            const unsigned to = event->kind == LAB_ICMP ? c->party[1] == e->node
                                                        : 1 - lab_story_side(r->story, event);
            event->side[to] = lab_record_side(r->world, e->node, &c->name[to], &c->name[1 - to]);
        }
        lab_record_reason_after(r, e->node, event);
        r->arriving = LAB_NONE;
    }
    r->because[e->node].rule[0] = '\0';
    record_violations(r);
}

static void observe(void *context, const struct sim_event *e)
{
    struct lab_recorder *r = context;

    if (r->muted) {
        record_violations(r);
        return;
    }
    switch (e->kind) {
    case SIM_SENT:
        if (e->segment != NULL)
            record_segment(r, e);
        else
            record_icmp(r, e);
        break;
    case SIM_DOOMED: record_loss(r, e); break;
    case SIM_EXPIRED:
    case SIM_STRANDED: record_expiry(r, e); break;
    case SIM_ARRIVES: record_arrival(r, e); break;
    case SIM_DEAF: record_deafness(r, e); break;
    case SIM_SETTLED: record_settled(r, e); break;
    case SIM_TRACED: record_trace(r, e); break;
    case SIM_CALLED:
        record_call(r, e);
        record_violations(r);
        break;
    case SIM_LIVED: record_life(r, e); break;
    case SIM_CHANGED: record_network(r, e); break;
    case SIM_FORGED: record_forgery(r, e); break;
    case SIM_DROPPED: record_drop(r, e); break;
    case SIM_DOUBLED:
    case SIM_FORWARDED:
    case SIM_EVENT_KINDS: break;
    }
}

void lab_record_mute(struct lab_recorder *r)
{
    r->muted = true;
}

/* What was refused meanwhile is not the reason for what comes now. */
void lab_record_unmute(struct lab_recorder *r)
{
    struct lull_refusal refusal;

    for (unsigned i = 0; i < r->world->node_count; i++)
        while (r->world->nodes[i].stack != NULL
               && lull_socket_next_refusal(r->world->nodes[i].stack, &r->refusals[i], &refusal))
            ;
    r->muted = false;
}

void lab_record_init(struct lab_recorder *r, struct lab_story *story, struct sim_world *world,
                     const struct sim_judge *judge)
{
    memset(r, 0, sizeof *r);
    memset(r->events, 0xff, sizeof r->events);
    r->story = story;
    r->world = world;
    r->judge = judge;
    r->arriving = LAB_NONE;
    story->start = world->now;
    story->late_after = LATE_AFTER;
    story->party_count = world->node_count;
    for (unsigned i = 0; i < world->node_count; i++) {
        struct lab_party *party = &story->parties[i];
        PUT(party->name, world->nodes[i].name);
        party->address = world->nodes[i].address;
        party->router = world->nodes[i].kind == SIM_ROUTER;
        if (!party->router)
            story->msl = LULL_MS(lull_stack_knob(world->nodes[i].stack, LULL_KNOB_tw_msl_ms));
    }
    sim_world_watch(world, observe, r);
}
