#include "scenario/scenario_report.h"

#include "scenario/scenario_match.h"
#include "scenario/scenario_words.h"

#define LINE_BYTES 512

struct text *scenario_report_fail(struct scenario_world *w)
{
    if (w->failed) {
        text_init(&w->why, w->nowhere, sizeof w->nowhere);
        return &w->why;
    }
    text_init(&w->why, w->report->text, sizeof w->report->text);
    if (!w->placed)
        w->report->line = w->place.line;
    w->failed = true;
    return &w->why;
}

lull_duration scenario_report_time(const struct scenario_world *w, lull_time at)
{
    return at - w->start;
}

void scenario_report_packet(struct text *t, lull_duration at, const struct scenario_packet *packet)
{
    scenario_words_put_time(t, at);
    text_character(t, ' ');
    scenario_match_describe(t, packet);
}

static void tell(const struct scenario_world *w, const char *line)
{
    w->listener->hears(w->listener->context, line);
}

void scenario_report_hear_packet(const struct scenario_world *w,
                                 const struct scenario_packet *packet)
{
    char line[LINE_BYTES];
    struct text t;

    if (w->listener == NULL)
        return;
    text_init(&t, line, sizeof line);
    scenario_report_packet(&t, scenario_report_time(w, w->now), packet);
    tell(w, line);
}

void scenario_report_hear(const struct scenario_world *w, struct span what)
{
    char line[LINE_BYTES];
    struct text t;

    if (w->listener == NULL)
        return;
    text_init(&t, line, sizeof line);
    scenario_words_put_time(&t, scenario_report_time(w, w->now));
    text_character(&t, ' ');
    scenario_words_put(&t, what);
    tell(w, line);
}
