#include "scenario/scenario_run.h"

#include "scenario/scenario_clock.h"
#include "scenario/scenario_expect.h"
#include "scenario/scenario_flow.h"
#include "scenario/scenario_match.h"
#include "scenario/scenario_report.h"
#include "scenario/scenario_tcp_option.h"
#include "scenario/scenario_wire.h"
#include "scenario/scenario_words.h"

#define ANY_TIME_MAX LULL_SEC(86400) /* how long "*" waits */
#define LOOK_AHEAD   LULL_SEC(600)   /* for what is sent instead, once a script has failed */

/* When an event is to happen. */
struct when {
    lull_time from, until;
    lull_time origin; /* what relative times count from */
};

static bool is_inbound(const struct scenario_event *e)
{
    return e->kind == SCENARIO_PACKET && !e->packet.outbound;
}

/* Relative times count from the present, which is when the event before happened; among packets
 * that arrive from when they were to, as in packetdrill, so that nothing adds up. */
static struct when resolve(const struct scenario_world *w, const struct scenario_event *e,
                           const struct scenario_event *before)
{
    struct when when = {.origin = w->now};
    const struct scenario_time *time = &e->time;

    if (before != NULL && is_inbound(before) && is_inbound(e))
        when.origin = w->event_at;
    switch (time->kind) {
    case SCENARIO_AT:
    case SCENARIO_AT_RANGE: when.origin = w->start; break;
    case SCENARIO_ANY_TIME:
        when.from = w->start;
        when.until = w->now + ANY_TIME_MAX;
        return when;
    default: break;
    }
    when.from = when.until = when.origin + time->from;
    if (time->kind == SCENARIO_AT_RANGE || time->kind == SCENARIO_AFTER_RANGE)
        when.until = when.origin + time->until;
    return when;
}

static void set_tolerance(struct scenario_world *w, const struct when *when)
{
    const lull_duration waited = when->from - w->event_at;
    const lull_duration share = waited / 100 * w->script->tolerance_percent;

    w->tolerance = share > w->script->tolerance ? share : w->script->tolerance;
}

/* Let time pass until the event's; false when it cannot happen then. */
static bool wait_for(struct scenario_world *w, const struct when *when)
{
    scenario_clock_advance(w, when->from, NULL);
    if (w->failed)
        return false;
    if (w->now <= when->from + w->tolerance)
        return true;
    struct text *t = scenario_report_fail(w);
    text_string(t, "it is too late for this event\n  expected ");
    scenario_words_put_time(t, scenario_report_time(w, when->from));
    text_string(t, "\n  actual   ");
    scenario_words_put_time(t, scenario_report_time(w, w->now));
    return false;
}

static void play_inbound(struct scenario_world *w, const struct scenario_event *e)
{
    struct scenario_packet packet = e->packet;
    const struct scenario_flow *flow = scenario_flow_inbound(w, &packet);

    if (flow == NULL)
        return;
    scenario_report_hear_packet(w, &packet);
    const char *wrong = scenario_flow_to_wire(flow, &packet);
    if (wrong != NULL) {
        w->report->result = SCENARIO_UNPLAYABLE;
        text_string(scenario_report_fail(w), wrong);
        return;
    }
    scenario_wire_arrive(w, flow, &packet);
    scenario_clock_settle(w);
}

static bool has_sent(struct scenario_world *w)
{
    return w->sent_count > 0;
}

static void put_expected(struct text *t, const struct scenario_world *w, const struct when *when,
                         const struct scenario_packet *expected)
{
    text_string(t, "\n  expected ");
    scenario_report_packet(t, scenario_report_time(w, when->from), expected);
    if (when->until > when->from) {
        text_string(t, "   (until ");
        scenario_words_put_time(t, scenario_report_time(w, when->until));
        text_character(t, ')');
    }
}

/* Show of the actual packet what the expected one shows. */
static void hide(const struct scenario_packet *expected, const struct scenario_flow *flow,
                 struct scenario_packet *actual)
{
    actual->tos_kind = expected->tos_kind;
    if (expected->ttl == 0)
        actual->ttl = 0;
    if (actual->protocol == SCENARIO_ICMP
        || (expected->source_port == 0 && expected->destination_port == 0
            && actual->source_port == flow->local_port
            && actual->destination_port == flow->remote_port))
        actual->source_port = actual->destination_port = 0;
}

/* A packet outside what was expected, in the numbers of the current incarnation. */
static void put_sent(struct text *t, struct scenario_world *w, const struct scenario_sent *sent)
{
    struct scenario_flow *flow = scenario_flow_current(w);
    struct scenario_packet packet = sent->packet;

    if (flow != NULL) {
        scenario_flow_to_script(flow, &packet);
        hide(&(struct scenario_packet){0}, flow, &packet);
    }
    scenario_report_packet(t, scenario_report_time(w, sent->at), &packet);
}

/* Nothing was sent in time.  What comes later is no part of the script any more, but tells most. */
static void fail_for_silence(struct scenario_world *w, const struct when *when,
                             const struct scenario_packet *expected)
{
    const lull_time limit = w->now;

    w->calling.event = NULL;
    scenario_clock_advance(w, limit + LOOK_AHEAD, has_sent);
    const struct scenario_sent *sent = scenario_wire_first(w);
    w->now = limit;
    struct text *t = scenario_report_fail(w);
    text_string(t, "no packet is sent, awaited until ");
    scenario_words_put_time(t, scenario_report_time(w, limit));
    put_expected(t, w, when, expected);
    if (sent == NULL)
        return;
    text_string(t, "\n  next     ");
    put_sent(t, w, sent);
}

/* The next packet that was sent, waited for until it is too late; NULL with a failure. */
static struct scenario_sent *await(struct scenario_world *w, const struct when *when,
                                   const struct scenario_packet *expected)
{
    scenario_clock_advance(w, when->until + w->tolerance, has_sent);
    struct scenario_sent *sent = scenario_wire_first(w);
    if (w->failed)
        return NULL;
    if (sent == NULL) {
        fail_for_silence(w, when, expected);
        return NULL;
    }
    if (sent->bad_checksum) {
        text_string(scenario_report_fail(w), "the packet that is sent is malformed or has a wrong "
                                             "checksum");
        return NULL;
    }
    return sent;
}

/* A packet that is written longer than a segment stands for several in a row: one with the first's
 * sequence number and everything else from the last. */
static bool gather(struct scenario_world *w, const struct when *when,
                   const struct scenario_packet *expected, struct scenario_sent *whole)
{
    const struct scenario_sent *next = await(w, when, expected);

    if (next == NULL)
        return false;
    *whole = *next;
    scenario_wire_drop(w);
    while (!w->script->strict_segments && whole->packet.protocol == SCENARIO_TCP
           && whole->packet.text_bytes > 0 && whole->packet.text_bytes < expected->text_bytes) {
        const uint32_t seq = whole->packet.seq, bytes = whole->packet.text_bytes;
        next = scenario_wire_first(w);
        if (next == NULL || next->packet.seq != seq + bytes || next->packet.text_bytes == 0)
            return true; /* it will be found too short */
        *whole = *next;
        whole->packet.seq = seq;
        whole->packet.text_bytes += bytes;
        scenario_wire_drop(w);
    }
    return true;
}

/* What the script calls the timestamp in @sent; the first one is the base of all others. */
static void learn_timestamp(struct scenario_flow *flow, struct scenario_packet expected,
                            struct scenario_packet *sent)
{
    const uint8_t *script = scenario_tcp_option_find(&expected, SCENARIO_OPTION_TIMESTAMPS);
    const uint8_t *wire = scenario_tcp_option_find(sent, SCENARIO_OPTION_TIMESTAMPS);

    if (script != NULL && wire != NULL)
        scenario_flow_learn(flow, load_be32(script + 2), load_be32(wire + 2));
}

static const char *differs(const struct scenario_world *w, const struct when *when,
                           const struct scenario_packet *expected,
                           const struct scenario_sent *actual)
{
    const char *field = scenario_match_packet(expected, &actual->packet);
    const int64_t ticks = scenario_match_timestamp(expected, &actual->packet);

    if (field != NULL)
        return field;
    if (w->script->ts_tick_us > 0 && LULL_US(ticks * w->script->ts_tick_us) > w->tolerance)
        return "option TS val";
    if (actual->at < when->from - w->tolerance || actual->at > when->until + w->tolerance)
        return "time";
    return NULL;
}

static void play_outbound(struct scenario_world *w, const struct scenario_event *e,
                          const struct when *when)
{
    const struct scenario_packet *expected = &e->packet;
    struct scenario_sent actual;

    if (!gather(w, when, expected, &actual))
        return;
    struct scenario_flow *flow = scenario_flow_outbound(w, expected, &actual.packet);
    if (flow == NULL)
        return;
    learn_timestamp(flow, *expected, &actual.packet);
    scenario_flow_to_script(flow, &actual.packet);
    hide(expected, flow, &actual.packet);
    scenario_report_hear_packet(w, &actual.packet);
    const char *field = differs(w, when, expected, &actual);
    if (field == NULL)
        return;
    struct text *t = scenario_report_fail(w);
    text_string(t, "the packet differs in ");
    text_string(t, field);
    put_expected(t, w, when, expected);
    text_string(t, "\n  actual   ");
    scenario_report_packet(t, scenario_report_time(w, actual.at), &actual.packet);
}

static void play_condition(struct scenario_world *w, const struct scenario_event *e)
{
    char buffer[512];
    struct text why;

    text_init(&why, buffer, sizeof buffer);
    if (scenario_expect_holds(w, e, &why))
        return;
    text_string(scenario_report_fail(w), buffer);
}

static void play_knob(struct scenario_world *w, const struct scenario_event *e)
{
    if (lull_stack_set_knob(w->stack, e->turn.knob, e->turn.value) == LULL_OK)
        return;
    w->report->result = SCENARIO_UNPLAYABLE;
    text_string(scenario_report_fail(w), "this knob cannot be turned while the stack runs");
}

static void play_incarnation(struct scenario_world *w, const struct scenario_event *e)
{
    if (e->incarnation <= w->flow_count) {
        w->current = e->incarnation - 1;
        return;
    }
    w->report->result = SCENARIO_UNPLAYABLE;
    struct text *t = scenario_report_fail(w);
    text_string(t, "there is no such incarnation, only ");
    text_decimal(t, w->flow_count);
}

static void act(struct scenario_world *w, const struct scenario_event *e, const struct when *when)
{
    switch (e->kind) {
    case SCENARIO_PACKET: play_inbound(w, e); break;
    case SCENARIO_CALL: scenario_clock_call(w, e, when->origin + e->call.ends); break;
    case SCENARIO_ASSERT:
    case SCENARIO_EXPECT: play_condition(w, e); break;
    case SCENARIO_KNOB: play_knob(w, e); break;
    case SCENARIO_INCARNATION: play_incarnation(w, e); break;
    }
}

static void play(struct scenario_world *w, const struct scenario_event *e,
                 const struct scenario_event *before)
{
    w->place = e->place;
    if (e->kind == SCENARIO_CALL) /* there is one thread, which sleeps */
        scenario_clock_finish(w);
    const struct when when = resolve(w, e, before);
    set_tolerance(w, &when);
    if (w->failed)
        return;
    if (e->kind == SCENARIO_PACKET && e->packet.outbound)
        play_outbound(w, e, &when);
    else if (wait_for(w, &when))
        act(w, e, &when);
    w->event_at = is_inbound(e) ? when.from : w->now;
}

/* Nothing the stack does goes unseen, but for what it does at the last instant. */
static void check_rest(struct scenario_world *w, lull_time end)
{
    const struct scenario_sent *sent = scenario_wire_first(w);

    if (w->failed || sent == NULL || sent->at >= end)
        return;
    struct text *t = scenario_report_fail(w);
    text_string(t, "a packet was sent that no event expects\n  actual   ");
    put_sent(t, w, sent);
}

void scenario_run(struct scenario_world *w)
{
    const struct scenario_script *s = w->script;
    const struct scenario_event *before = NULL;

    w->tolerance = s->tolerance;
    for (uint32_t i = 0; i < s->event_count && !w->failed; i++) {
        play(w, &s->events[i], before);
        before = &s->events[i];
        w->report->events = i + (w->failed ? 0 : 1);
    }
    const lull_time end = w->now;
    scenario_clock_finish(w);
    check_rest(w, end);
}
