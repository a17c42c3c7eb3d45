/* lab_record_reason.c - what the recorder knows, put before lab_reason.h. */
#include "lab/lab_record_reason.h"

#include <string.h>

#include "base/text.h"

static void put(char *to, size_t size, const char *s)
{
    struct text t;

    text_init(&t, to, size);
    text_string(&t, s);
}

#define PUT(array, s) put((array), sizeof(array), (s))

void lab_record_reason_put(struct lab_event *event, const char *rule, const char *why)
{
    if (event->rule[0] == '\0')
        PUT(event->rule, rule);
    if (event->why[0] == '\0')
        PUT(event->why, why);
}

/* --- what comes -------------------------------------------------------------------------- */

/* The ends of the tuple, as the host has them to which @event comes. */
static bool names_at(const struct lab_recorder *r, const struct lab_event *event, unsigned host,
                     struct lull_name names[2])
{
    if (event == NULL || event->conversation >= r->story->conversation_count)
        return false;
    const struct lab_conversation *c = &r->story->conversations[event->conversation];
    const unsigned own = c->party[0] == host ? 0 : 1;
    names[0] = c->name[own];
    names[1] = c->name[1 - own];
    return c->party[own] == host;
}

/* The newest TSval that has come to @host in this conversation. */
static bool newest_stamp(const struct lab_recorder *r, const struct lab_event *of, unsigned host,
                         uint32_t *stamp)
{
    bool any = false;

    for (uint32_t i = 0; i < r->story->event_count; i++) {
        const struct lab_event *e = &r->story->events[i];
        if (e == of || e->kind != LAB_SEGMENT || e->conversation != of->conversation
            || e->party == host || e->fate != LAB_FATE_ARRIVED || e->arrived_at > r->world->now
            || (e->segment.flags & TCP_SYN) /* one may be rejected, and updates nothing (RL-09) */
            || !(e->segment.options & TCP_OPTION_TIMESTAMPS))
            continue;
        if (!any || seq_lt(seq_at(*stamp), seq_at(e->segment.ts_value)))
            *stamp = e->segment.ts_value;
        any = true;
    }
    return any;
}

/* The ISN of the other end in the incarnation that this end is in: its own numbers say which that
 * is, for those it expects may be another incarnation's. */
static uint32_t base_of(const struct lab_recorder *r, const struct lull_name names[2],
                        const struct lull_row *row)
{
    const struct sim_ledger *ledger = &r->world->ledger;
    const uint32_t own = sim_ledger_at(ledger, &names[0], &names[1], seq_at(row->snd_nxt));

    for (uint32_t i = ledger->count; own != SIM_VOICE_NONE && i-- > 0;) {
        const struct sim_voice *v = &ledger->voices[i];
        if (v->incarnation == ledger->voices[own].incarnation
            && sim_packet_same_name(&v->local, &names[1])
            && sim_packet_same_name(&v->remote, &names[0]))
            return v->iss.raw;
    }
    return 0;
}

/* Where nothing stands, numbers are those of whoever sent the segment. */
static uint32_t base_for(const struct lab_recorder *r, const struct lull_name names[2],
                         const struct lab_event *event)
{
    const struct lab_standing *before = &r->decision.before;
    uint32_t voice;

    if (before->has_record)
        return base_of(r, names, &before->record);
    if (before->has_connection)
        return base_of(r, names, &before->connection);
    voice = sim_ledger_at(&r->world->ledger, &names[1], &names[0], seq_at(event->segment.seq));
    return voice == SIM_VOICE_NONE ? 0 : r->world->ledger.voices[voice].iss.raw;
}

void lab_record_reason_before(struct lab_recorder *r, unsigned host, const struct lab_event *event)
{
    struct lab_decision *d = &r->decision;
    struct lull_name names[2];

    memset(d, 0, sizeof *d);
    if (!names_at(r, event, host, names))
        return;
    d->segment = &event->segment;
    d->damaged = event->fate == LAB_FATE_DAMAGED;
    d->from = lab_record_side(r->world, host, &names[0], &names[1]).state;
    lab_reason_look(&d->before, r->world->nodes[host].stack, &names[0], &names[1]);
    d->base = base_for(r, names, event);
    d->stamped = newest_stamp(r, event, host, &d->stamp);
}

static bool tells_of_record(const struct lab_event *event)
{
    return memcmp(event->rule, "TT-01", 5) == 0 || memcmp(event->rule, "RL-04", 5) == 0;
}

/* Two rules have room beside each other: of a move and of the record it leads to, "CH-04 TT-01"; of
 * why a segment was sent and what it did, "CH-11 CH-09".  Where both are one, it is named once. */
static void put_rules(struct lab_event *event, const char *first, const char *second)
{
    char both[sizeof event->rule];
    struct text t;

    text_init(&t, both, sizeof both);
    text_string(&t, first);
    if (strlen(first) != strlen(second) || memcmp(first, second, strlen(first)) != 0) {
        text_character(&t, ' ');
        text_string(&t, second);
    }
    PUT(event->rule, both);
}

static void put_beside(struct lab_event *event, const struct lab_reason *reason)
{
    struct text t;

    if (strlen(reason->rule) + strlen(event->rule) + 2 > sizeof event->rule)
        return;
    if (tells_of_record(event)) {
        put_rules(event, reason->rule, event->rule);
        return; /* the stack has said it all */
    }
    put_rules(event, event->rule, reason->rule);
    text_init(&t, event->why + strlen(event->why), sizeof event->why - strlen(event->why));
    text_string(&t, "; ");
    text_string(&t, reason->why);
}

void lab_record_reason_after(struct lab_recorder *r, unsigned host, struct lab_event *event)
{
    struct lab_decision *d = &r->decision;
    struct lab_reason reason;
    struct lull_name names[2];

    if (d->segment == NULL || !names_at(r, event, host, names))
        return;
    d->to = lab_record_side(r->world, host, &names[0], &names[1]).state;
    d->answered = r->answered;
    lab_reason_look(&d->after, r->world->nodes[host].stack, &names[0], &names[1]);
    if (event->kind == LAB_ICMP)
        lab_reason_of_icmp(d, &reason);
    else
        lab_reason_of_arrival(d, &reason);
    if (reason.rule[0] == '\0')
        return;
    if (event->rule[0] != '\0')
        put_beside(event, &reason);
    else
        lab_record_reason_put(event, reason.rule, reason.why);
}

/* --- what leaves ------------------------------------------------------------------------- */

/* How long ago the same octets or FIN were sent last. */
static void find_repetition(const struct lab_recorder *r, const struct lab_event *event,
                            struct lab_reason *reason)
{
    lull_time last = r->story->events[event->repeats].at;

    for (uint32_t i = event->repeats + 1; i < lab_story_number(r->story, event); i++) {
        const struct lab_event *e = &r->story->events[i];
        if (e->kind == LAB_SEGMENT && e->repeats == event->repeats)
            last = e->at;
    }
    lab_reason_of_repetition(&event->segment, event->at - last, reason);
}

/* What nothing else explains: an answer to what has just come, or a timer. */
void lab_record_reason_to_send(struct lab_recorder *r, unsigned host, struct lab_event *event)
{
    struct lab_reason reason = {0};

    if (event->rule[0] != '\0')
        return;
    if (r->arriving != LAB_NONE && r->arriving_at == host && r->decision.segment != NULL)
        lab_reason_of_answer(&r->decision, &event->segment, &reason);
    else if (event->repeats != LAB_NONE)
        find_repetition(r, event, &reason);
    if (reason.rule[0] != '\0')
        lab_record_reason_put(event, reason.rule, reason.why);
}
