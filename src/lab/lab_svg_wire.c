/* lab_svg_wire.c - arrows.
 *
 * An arrow has the colour of the incarnation that sent it, wherever it lands.  One that wandered is
 * drawn last, above all that happened meanwhile. */
#include "lab/lab_svg_wire.h"

#include <string.h>

#include "lab/lab_look.h"
#include "lab/lab_mark.h"

#define WAVE       12 /* px, half a turn of a segment that wanders */
#define WAVE_LEAST 96 /* a way shorter than this is drawn straight */
#define RAIL       8  /* px from the lifeline to the line that ties repetitions */
#define BADGE_AWAY 15
#define BAR_HALF   5

struct point {
    int x, y;
};

static int square_root(int64_t n)
{
    int64_t root = 0;

    for (int64_t bit = 1 << 20; bit > 0; bit /= 2) {
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    }
    return root > 0 ? (int)root : 1;
}

/* The tip lies at @to; the first point is the tip, because a reader of the file moves heads by it.
 */
static void draw_head(const struct lab_out *out, struct point from, struct point to)
{
    const int dx = to.x - from.x, dy = to.y - from.y;
    const int length = square_root((int64_t)dx * dx + (int64_t)dy * dy);
    const int x = to.x * 10 - dx * 100 / length, y = to.y * 10 - dy * 100 / length;
    const int across = dx * 42 / length, along = dy * 42 / length;

    lab_mark(out, "<path class=\"tip\" d=\"M@ @L@ @L@ @Z\"/>",
             (const int[]){to.x * 10, to.y * 10, x - along, y + across, x + along, y - across});
}

static void draw_line(const struct lab_out *out, struct point from, struct point to)
{
    lab_mark(out, "<path class=\"line\" d=\"M% %L% %\"/>",
             (const int[]){from.x, from.y, to.x, to.y});
}

/* Of the way from @from to @to. */
static struct point part_way(struct point from, struct point to, int per_cent)
{
    return (struct point){from.x + (to.x - from.x) * per_cent / 100,
                          from.y + (to.y - from.y) * per_cent / 100};
}

/* Two strokes of a cross, as one rigid mark around its middle. */
static void draw_cross(const struct lab_out *out, struct point at)
{
    lab_mark(out, "<path class=\"cross rigid\" d=\"M% %M% %L% %M% %L% %\"/>",
             (const int[]){at.x, at.y, at.x - 6, at.y - 6, at.x + 6, at.y + 6, at.x - 6, at.y + 6,
                           at.x + 6, at.y - 6});
}

static void draw_ring(const struct lab_out *out, struct point at)
{
    lab_mark(out, "<path class=\"ring rigid\" d=\"M% %M% %A10 10 0 1 1 % %A10 10 0 1 1 % %Z\"/>",
             (const int[]){at.x, at.y, at.x - 10, at.y, at.x + 10, at.y, at.x - 10, at.y});
}

static void draw_zigzag(const struct lab_out *out, struct point at)
{
    lab_mark(out, "<path class=\"zigzag rigid\" d=\"M% %M% %L% %L% %L% %\"/>",
             (const int[]){at.x, at.y, at.x + 3, at.y - 11, at.x - 5, at.y + 1, at.x + 5, at.y - 1,
                           at.x - 3, at.y + 11});
}

static void draw_dots(const struct lab_out *out, struct point from, struct point to)
{
    for (int part = 66; part <= 82; part += 8) {
        const struct point at = part_way(from, to, part);
        lab_mark(out, "<path class=\"dot rigid\" d=\"M% %L% %\"/>",
                 (const int[]){at.x, at.y, at.x, at.y});
    }
}

/* The number of the incarnation, where its tuple has more than one. */
static void draw_badge(struct lab_layout *layout, const struct lab_out *out,
                       const struct lab_event *event, struct point at)
{
    if (event->conversation >= layout->story->conversation_count
        || layout->story->conversations[event->conversation].incarnations < 2
        || event->incarnation == 0)
        return;
    lab_mark(out,
             "<g class=\"badge\" transform=\"translate(% %)\"><circle r=\"8.5\"/>"
             "<text y=\"4\">%</text></g>",
             (const int[]){at.x, at.y, event->incarnation});
}

/* The group of an event's marks; the caller closes it. */
static void open_group(const struct lab_out *out, const struct lab_story *story,
                       const struct lab_event *event, const char *class)
{
    lab_mark(out, "<g class=\"w i%", (const int[]){(event->incarnation + 5) % 6 + 1});
    lab_out_string(out, class);
    if (event->inferred & LAB_INFERRED_FATE)
        lab_out_string(out, " inferred");
    lab_mark(out, "\" data-e=\"%\">", (const int[]){(int)lab_story_number(story, event)});
}

static void close_group(const struct lab_out *out)
{
    lab_out_string(out, "</g>\n");
}

/* Where @side of the event's conversation has its lifeline. */
static int lifeline(const struct lab_layout *layout, const struct lab_event *event, unsigned side)
{
    const unsigned c = event->conversation;

    return lab_layout_lifeline(layout, c < layout->story->conversation_count ? c : 0, side);
}

/* The edge of the bar there, towards the wire. */
static int edge(const struct lab_layout *layout, const struct lab_event *event, unsigned side)
{
    return lifeline(layout, event, side) + (side == 0 ? BAR_HALF : -BAR_HALF);
}

/* What did not get there: a line, and the mark of what stopped it. */
static void draw_unfinished(const struct lab_out *out, enum lab_fate fate, struct point from,
                            struct point to)
{
    const struct point end = part_way(from, to, 58);

    draw_line(out, from, end);
    if (fate == LAB_FATE_UNDERWAY)
        draw_dots(out, from, to);
    else
        draw_cross(out, end);
    if (fate == LAB_FATE_EXPIRED)
        draw_ring(out, end);
}

static void draw_segment(struct lab_layout *layout, const struct lab_out *out,
                         const struct lab_event *event)
{
    static const char *const classes[] = {
        [LAB_FATE_UNKNOWN] = " unknown", [LAB_FATE_ARRIVED] = "",
        [LAB_FATE_LOST] = " lost",       [LAB_FATE_DAMAGED] = " damaged",
        [LAB_FATE_EXPIRED] = " lost",    [LAB_FATE_UNDERWAY] = " underway",
    };
    const uint32_t number = lab_story_number(layout->story, event);
    const unsigned side = lab_story_side(layout->story, event);
    const struct point from = {edge(layout, event, side), lab_layout_row(layout, number).anchor};
    struct point to = {edge(layout, event, 1 - side), from.y + LAB_LAYOUT_SLOPE};

    if (event->arrived_at != LULL_TIME_NEVER)
        to.y = lab_layout_landing(layout, number, event->arrived_at);
    open_group(out, layout->story, event, classes[event->fate]);
    if (event->fate == LAB_FATE_ARRIVED || event->fate == LAB_FATE_DAMAGED
        || event->fate == LAB_FATE_UNKNOWN) {
        draw_line(out, from, to);
        draw_head(out, from, to);
    } else {
        draw_unfinished(out, event->fate, from, to);
    }
    if (event->fate == LAB_FATE_DAMAGED)
        draw_zigzag(out, part_way(from, to, 80));
    draw_badge(layout, out, event, (struct point){lifeline(layout, event, side), from.y});
    close_group(out);
}

/* Down the middle of the network, turn by turn. */
static void wander(const struct lab_out *out, int x, int top, int bottom)
{
    int y = top;

    for (int turn = 1; y + 2 * WAVE <= bottom; y += 2 * WAVE, turn = -turn)
        lab_mark(out, "Q% % % %", (const int[]){x + turn * WAVE, y + WAVE, x, y + 2 * WAVE});
    lab_mark(out, "L% %", (const int[]){x, bottom});
}

/* The way of a segment that was long in the network. */
static void draw_long_way(const struct lab_out *out, struct point from, struct point to, int lane)
{
    const int toward = to.x > from.x ? 1 : -1;
    const int x = (from.x + to.x) / 2 + toward * (lane % 3 - 1) * 40;

    if (to.y - from.y < WAVE_LEAST) {
        draw_line(out, from, to);
        draw_head(out, from, to);
        return;
    }
    for (int casing = 1; casing >= 0; casing--) {
        lab_mark(out,
                 casing ? "<path class=\"casing\" d=\"M% %C% % % % % %"
                        : "<path class=\"line\" d=\"M% %C% % % % % %",
                 (const int[]){from.x, from.y, from.x + toward * 90, from.y + 12, x, from.y + 12, x,
                               from.y + 40});
        wander(out, x, from.y + 40, to.y - 40);
        lab_mark(out, "C% % % % % %\"/>",
                 (const int[]){x, to.y - 8, to.x - toward * 90, to.y, to.x, to.y});
    }
    draw_head(out, (struct point){to.x - toward * 90, to.y}, to);
}

/* The network made two of one: the second leaves the first on the way. */
static void draw_fork(struct lab_layout *layout, const struct lab_out *out,
                      const struct lab_event *sending, const int to[2])
{
    const uint32_t number = lab_story_number(layout->story, sending);
    const unsigned side = lab_story_side(layout->story, sending);
    const int x = edge(layout, sending, side);
    const struct point from = {x, lab_layout_row(layout, number).anchor};
    struct point other = {to[0], from.y + LAB_LAYOUT_SLOPE};

    if (sending->arrived_at != LULL_TIME_NEVER && lab_look_arrival(layout->story, sending) == NULL)
        other.y = lab_layout_landing(layout, number, sending->arrived_at);
    const struct point fork = part_way(from, other, 40);
    const int toward = to[0] > x ? 1 : -1;
    lab_mark(out, "<path class=\"line\" d=\"M% %C% % % % % %\"/>",
             (const int[]){fork.x, fork.y, fork.x + toward * 30, to[1], to[0] - toward * 60,
                           to[1] - 8, to[0], to[1]});
    lab_mark(out, "<path class=\"dot rigid\" d=\"M% %L% %\"/>",
             (const int[]){fork.x, fork.y, fork.x, fork.y});
    draw_head(out, (struct point){to[0] - toward * 60, to[1] - 8}, (struct point){to[0], to[1]});
}

static void draw_arrival(struct lab_layout *layout, const struct lab_out *out,
                         const struct lab_event *event, int lane)
{
    const struct lab_story *story = layout->story;
    const uint32_t number = lab_story_number(story, event);
    const unsigned side = lab_story_side(story, event);
    const struct point to = {edge(layout, event, side), lab_layout_row(layout, number).anchor};
    struct point from = {edge(layout, event, 1 - side), to.y - LAB_LAYOUT_SLOPE};

    open_group(out, story, event, event->is_double ? " double" : " late");
    if (event->of >= story->event_count) {
        draw_line(out, part_way(from, to, 50), to);
        draw_head(out, from, to);
    } else if (event->is_double) {
        draw_fork(layout, out, &story->events[event->of], (const int[]){to.x, to.y});
    } else {
        from.y = lab_layout_row(layout, event->of).anchor;
        draw_long_way(out, from, to, lane);
        draw_badge(layout, out, event, (struct point){lifeline(layout, event, 1 - side), from.y});
    }
    draw_badge(layout, out, event,
               (struct point){to.x + (side == 0 ? BADGE_AWAY : -BADGE_AWAY), to.y});
    close_group(out);
}

/* An ICMP message goes back to whom it concerns; a router stands in the middle. */
static void draw_icmp(struct lab_layout *layout, const struct lab_out *out,
                      const struct lab_event *event)
{
    const struct lab_story *story = layout->story;
    const int y = lab_layout_row(layout, lab_story_number(story, event)).anchor;

    if (event->of >= story->event_count && event->conversation >= story->conversation_count)
        return;
    const struct lab_event *about =
        event->of < story->event_count ? &story->events[event->of] : event;
    const unsigned side = lab_story_side(story, about);
    const bool by_router = event->party < story->party_count && story->parties[event->party].router;
    const struct point away = {edge(layout, about, 1 - side), y};
    const struct point home = {edge(layout, about, side), y + LAB_LAYOUT_SLOPE};
    const struct point from = by_router ? part_way(away, home, 50) : about == event ? home : away;
    const struct point to = about == event && !by_router ? away : home;
    open_group(out, story, event, " icmp");
    draw_line(out, from, to);
    draw_head(out, from, to);
    close_group(out);
}

/* From the first sending to this one, along the sender's lifeline. */
static void draw_tie(struct lab_layout *layout, const struct lab_out *out,
                     const struct lab_event *event)
{
    const struct lab_story *story = layout->story;
    const unsigned side = lab_story_side(story, event);
    const int away = RAIL + (int)(event->repeats % 3) * 3;
    const int x = edge(layout, event, side);
    const int rail = side == 0 ? x + away : x - away;
    const int top = lab_layout_row(layout, event->repeats).anchor;
    const int bottom = lab_layout_row(layout, lab_story_number(story, event)).anchor;

    lab_mark(out, "<path class=\"tie\" d=\"M% %Q% % % %L% %Q% % % %\" data-e=\"%\"/>\n",
             (const int[]){x, top, rail, top, rail, top + 10, rail, bottom - 10, rail, bottom, x,
                           bottom, (int)lab_story_number(story, event)});
}

static void draw_event(struct lab_layout *layout, const struct lab_out *out,
                       const struct lab_event *event)
{
    const uint32_t number = lab_story_number(layout->story, event);

    if (event->repeats < number)
        draw_tie(layout, out, event);
    if (event->kind == LAB_SEGMENT && lab_look_arrival(layout->story, event) == NULL)
        draw_segment(layout, out, event);
    else if (event->kind == LAB_ICMP)
        draw_icmp(layout, out, event);
}

void lab_svg_wire(struct lab_layout *layout, const struct lab_out *out)
{
    const struct lab_story *story = layout->story;
    int late = 0;

    lab_out_string(out, "<g class=\"wire\">\n");
    for (uint32_t i = 0; i < story->event_count; i++)
        draw_event(layout, out, &story->events[i]);
    for (uint32_t i = 0; i < story->event_count; i++) {
        if (story->events[i].kind == LAB_ARRIVAL)
            draw_arrival(layout, out, &story->events[i], ++late);
    }
    lab_out_string(out, "</g>\n");
}
