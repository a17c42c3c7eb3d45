/* lab_svg_bars.c - bars.
 *
 * A bar has the colour of its incarnation and a texture for the part of a connection's life, so
 * that colour always means one thing.  TIME-WAIT alone has a colour of its own, and a bar that is
 * as wide as there is time left: it runs out at the expiry, and is wide again when it is restarted.
 */
#include "lab/lab_svg_bars.h"

#include <string.h>

#include "lab/lab_look.h"
#include "lab/lab_mark.h"

#define WEDGE_HALF  70 /* tenths of a px, of a full wait */
#define WEDGE_LEAST 10

/* What stands at one end from one change to the next. */
struct bar {
    const struct lab_side *side; /* NULL: nothing does */
    uint32_t event;              /* that made it so */
    int y;
    int x;
};

static bool same_text(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

/* The class of a state; NULL: it has no bar. */
static const char *texture_of(const char *state)
{
    static const struct {
        const char *state, *texture;
    } textures[] = {
        {"CLOSED", NULL},          {"LISTEN", "listen"},
        {"SYN-SENT", "opening"},   {"SYN-RECEIVED", "opening"},
        {"ESTABLISHED", "open"},   {"FIN-WAIT-1", "closing"},
        {"FIN-WAIT-2", "closing"}, {"CLOSE-WAIT", "closing"},
        {"CLOSING", "closing"},    {"LAST-ACK", "closing"},
        {"TIME-WAIT", "timewait"},
    };

    for (size_t i = 0; i < sizeof textures / sizeof textures[0]; i++) {
        if (same_text(state, textures[i].state))
            return textures[i].texture;
    }
    return "held"; /* HOLD, QUARANTINE, and whatever a story makes up */
}

/* Half the width of TIME-WAIT's bar at @now. */
static int wedge_half(const struct lab_story *story, const struct bar *bar, lull_time now)
{
    const lull_duration begin = story->events[bar->event].at;
    const lull_duration whole = story->msl > 0 ? 2 * story->msl : bar->side->until - begin;

    if (bar->side->until == LULL_TIME_NEVER || whole < LULL_US(1))
        return WEDGE_HALF;
    const lull_duration left = (bar->side->until - now) / LULL_US(1) * WEDGE_HALF;
    const lull_duration half = left / (whole / LULL_US(1));
    return half > WEDGE_HALF ? WEDGE_HALF : half < WEDGE_LEAST ? WEDGE_LEAST : (int)half;
}

static void trapezoid(const struct lab_out *out, const int *at)
{
    const int x = at[0] * 10, top = at[1] * 10, bottom = at[3] * 10;

    if (bottom <= top)
        return;
    lab_mark(out, "M@ @L@ @L@ @L@ @Z",
             (const int[]){x - at[2], top, x + at[2], top, x + at[4], bottom, x - at[4], bottom});
}

/* From the bar's beginning to @end, which event number @until has. */
static void draw_wedge(struct lab_layout *layout, const struct lab_out *out, const struct bar *bar,
                       const int end[2])
{
    const struct lab_story *story = layout->story;
    const uint32_t last = (uint32_t)end[1];
    int y = bar->y;

    lab_mark(out, "<path class=\"ghost\" d=\"M% %L% %\"/><path class=\"bar timewait\" d=\"",
             (const int[]){bar->x, bar->y, bar->x, end[0]});
    for (uint32_t i = bar->event; i <= last && i < story->event_count; i++) {
        const struct lab_layout_place row = lab_layout_row(layout, i);
        const int now = wedge_half(story, bar, story->events[i].at);
        const bool more = i < last && i + 1 < story->event_count;
        const int then = more ? wedge_half(story, bar, story->events[i + 1].at) : now;
        int below = more ? lab_layout_row(layout, i + 1).anchor : end[0];
        below = below > end[0] ? end[0] : below;
        if (row.gap > 0 && row.bottom > y) {
            trapezoid(out, (const int[]){bar->x, y, now, row.bottom, now});
            trapezoid(out, (const int[]){bar->x, row.bottom, now, row.bottom + row.gap, then});
            trapezoid(out, (const int[]){bar->x, row.bottom + row.gap, then, below, then});
        } else {
            trapezoid(out, (const int[]){bar->x, y, now, below, then});
        }
        y = below > y ? below : y;
    }
    lab_out_string(out, "\"/>");
}

/* The bar ends at @end[0], and event number @end[1] ended it. */
static void finish(struct lab_layout *layout, const struct lab_out *out, const struct bar *bar,
                   const int end[2])
{
    if (bar->side == NULL || end[0] <= bar->y)
        return;
    const char *texture = texture_of(bar->side->state);
    if (texture == NULL)
        return;
    lab_mark(out, bar->side->possible ? "<g class=\"i% possible\">" : "<g class=\"i%\">",
             (const int[]){(bar->side->incarnation + 5) % 6 + 1});
    if (same_text(texture, "timewait")) {
        draw_wedge(layout, out, bar, end);
    } else {
        lab_out_string(out, "<path class=\"bar ");
        lab_out_string(out, texture);
        lab_mark(out, "\" d=\"M% %L% %\"/>", (const int[]){bar->x, bar->y, bar->x, end[0]});
    }
    lab_out_string(out, "</g>");
}

static bool goes_on(const struct lab_side *a, const struct lab_side *b)
{
    if (a == NULL || b->state == NULL)
        return a == NULL && b->state == NULL;
    return same_text(a->state, b->state) && a->incarnation == b->incarnation
           && a->possible == b->possible
           && (b->timer != LULL_TIMER_TIMEWAIT || a->until == b->until);
}

static void draw_end(struct lab_layout *layout, const struct lab_out *out, unsigned conversation,
                     unsigned side)
{
    const struct lab_story *story = layout->story;
    struct bar bar = {.x = lab_layout_lifeline(layout, conversation, side)};
    lull_time last = story->start;

    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct lab_event *event = &story->events[i];
        const lull_time at = lab_look_instant(story, event, side);
        /* A segment tells how its receiver will stand; what comes before that knows it not. */
        if (event->conversation != conversation || at < last)
            continue;
        last = at;
        if (goes_on(bar.side, &event->side[side]))
            continue;
        const int y = lab_layout_change(layout, i, side);
        finish(layout, out, &bar, (const int[]){y, (int)i});
        bar.side = event->side[side].state == NULL ? NULL : &event->side[side];
        bar.event = i;
        bar.y = y > bar.y ? y : bar.y;
    }
    finish(layout, out, &bar, (const int[]){layout->height - 4, (int)story->event_count});
}

void lab_svg_bars(struct lab_layout *layout, const struct lab_out *out)
{
    const unsigned count = layout->story->conversation_count;

    lab_out_string(out, "<g class=\"bars\">");
    for (unsigned c = 0; c < (count > 0 ? count : 1); c++) {
        for (unsigned side = 0; side < 2; side++) {
            const int x = lab_layout_lifeline(layout, c, side);
            lab_mark(out, "<path class=\"life\" d=\"M% %L% %\"/>",
                     (const int[]){x, layout->top - 6, x, layout->height});
            draw_end(layout, out, c, side);
        }
    }
    lab_out_string(out, "</g>\n");
}
