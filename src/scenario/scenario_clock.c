#include "scenario/scenario_clock.h"

#include "scenario/scenario_report.h"
#include "scenario/scenario_syscall.h"
#include "scenario/scenario_wire.h"
#include "scenario/scenario_words.h"

/* Steps of the clock that go nowhere; a stack that needs more will never stop. */
#define IDLE_STEPS_MAX 10000

bool scenario_clock_agrees(const struct scenario_world *w, lull_time at, lull_time wanted)
{
    return at >= wanted - w->tolerance && at <= wanted + w->tolerance;
}

static void check_end(struct scenario_world *w, const struct scenario_calling *c)
{
    const struct scenario_call *call = &c->event->call;

    if (!call->blocks || scenario_clock_agrees(w, w->now, c->ends))
        return;
    struct text *t = scenario_report_fail(w);
    text_string(t, "the call returned at another time\n  expected ");
    scenario_words_put_time(t, scenario_report_time(w, c->ends));
    text_string(t, "\n  actual   ");
    scenario_words_put_time(t, scenario_report_time(w, w->now));
}

static void hear_result(const struct scenario_world *w, const struct scenario_calling *c)
{
    char line[256];
    struct text t;

    text_init(&t, line, sizeof line);
    scenario_words_put(&t, c->event->call.whole);
    text_string(&t, " = ");
    text_signed(&t, c->result);
    if (c->error != NULL) {
        text_character(&t, ' ');
        text_string(&t, c->error);
    }
    scenario_report_hear(w, (struct span){(const uint8_t *)line, text_length(&t)});
}

/* The call that is under way, if there is one, gets as far as it can. */
static void try_call(struct scenario_world *w)
{
    struct scenario_calling *c = &w->calling;
    const struct scenario_place place = w->place;

    if (c->event == NULL || w->failed)
        return;
    w->place = c->event->place;
    c->wakes = LULL_TIME_NEVER;
    enum scenario_step step = scenario_syscall_try(w, c);
    if (step == SCENARIO_DONE) {
        hear_result(w, c);
        if (scenario_syscall_judge(w, c))
            check_end(w, c);
    }
    w->place = place;
    if (step != SCENARIO_SLEEPS)
        c->event = NULL;
}

void scenario_clock_settle(struct scenario_world *w)
{
    scenario_wire_collect(w); /* before the program can react to what has happened */
    try_call(w);
    scenario_wire_collect(w);
}

static lull_time next_instant(const struct scenario_world *w)
{
    lull_time next = lull_stack_next_deadline(w->stack);

    return w->calling.event == NULL ? next : time_earlier(next, w->calling.wakes);
}

void scenario_clock_advance(struct scenario_world *w, lull_time until,
                            bool (*enough)(struct scenario_world *w))
{
    unsigned idle = 0;

    while (!w->failed && (enough == NULL || !enough(w))) {
        const lull_time next = next_instant(w);
        const bool last = next > until;
        const lull_time at = last ? until : next;
        idle = at > w->now ? 0 : idle + 1;
        w->now = at > w->now ? at : w->now;
        lull_stack_advance(w->stack, w->now);
        scenario_clock_settle(w);
        if (last)
            return;
        if (idle == IDLE_STEPS_MAX)
            text_string(scenario_report_fail(w), "the stack has something to do without an end");
    }
}

void scenario_clock_call(struct scenario_world *w, const struct scenario_event *event,
                         lull_time ends)
{
    w->calling = (struct scenario_calling){.event = event, .started = w->now, .ends = ends};
    scenario_clock_settle(w);
    if (w->failed || w->calling.event == NULL || event->call.blocks)
        return;
    text_string(scenario_report_fail(w),
                "the call sleeps; when it returns is to be written, as in \"+0...0.2 read(...)\"");
}

static bool is_over(struct scenario_world *w)
{
    return w->calling.event == NULL;
}

void scenario_clock_finish(struct scenario_world *w)
{
    const struct scenario_event *event = w->calling.event;

    if (event == NULL || w->failed)
        return;
    scenario_clock_advance(w, w->calling.ends + w->tolerance, is_over);
    if (w->failed || w->calling.event == NULL)
        return;
    w->place = event->place;
    struct text *t = scenario_report_fail(w);
    text_string(t, "the call still sleeps at ");
    scenario_words_put_time(t, scenario_report_time(w, w->now));
    text_string(t, "\n  expected ");
    scenario_words_put(t, event->call.whole);
    text_string(t, " to return at ");
    scenario_words_put_time(t, scenario_report_time(w, w->calling.ends));
}
