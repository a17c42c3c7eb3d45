/* lab_svg_rows.c - cards, rows and break marks.
 *
 * A row is a group that is moved as a whole and has all its words inside, so that a program which
 * hides one, or finds room for a hidden one, needs to know nothing else about it. */
#include "lab/lab_svg_rows.h"

#include <string.h>

#include "lab/lab_look.h"
#include "lab/lab_mark.h"
#include "lab/lab_phrase.h"
#include "lab/lab_words.h"

#define STATE_STEP 14
#define LABEL_AWAY 18 /* px from a lifeline to the words beside it */

static const char *const kind_classes[] = {
    [LAB_SEGMENT] = "segment", [LAB_ARRIVAL] = "arrival", [LAB_CALL] = "call",
    [LAB_RECORD] = "record",   [LAB_REFUSAL] = "refusal", [LAB_ICMP] = "icmp",
    [LAB_NETWORK] = "network", [LAB_HOST] = "host",       [LAB_VIOLATION] = "violation",
    [LAB_NOTE] = "note",
};

static void draw_card(const struct lab_layout *layout, const struct lab_out *out,
                      const struct lab_layout_place *first, int bottom)
{
    const struct lab_story *story = layout->story;
    const int x = LAB_LAYOUT_NUMBER_X;

    lab_mark(out, "<g class=\"card i%\" data-n=\"%\">",
             (const int[]){(first->band + 5) % 6 + 1, first->band});
    lab_mark(out, "<path class=\"tint\" d=\"M% %L% %L% %L% %Z\"/>",
             (const int[]){LAB_LAYOUT_BAND_LEFT, first->top - 8, layout->width - 4, first->top - 8,
                           layout->width - 4, bottom, LAB_LAYOUT_BAND_LEFT, bottom});
    lab_mark(out, "<path class=\"edge\" d=\"M% %L% %\"/>",
             (const int[]){LAB_LAYOUT_BAND_LEFT, first->top - 8, LAB_LAYOUT_BAND_LEFT, bottom});
    lab_mark(out,
             "<g class=\"big\" transform=\"translate(0 %)\"><text class=\"n\" x=\"%\" y=\"40\">%"
             "</text><text class=\"cap\" x=\"%\" y=\"56\">incarnation</text>",
             (const int[]){first->top, x, first->band, x});
    if (story->conversation_count > 1) {
        lab_mark(out, "<text class=\"cap\" x=\"%\" y=\"69\">of ", (const int[]){x});
        lab_out_character(out, lab_phrase_letter(first->conversation));
        lab_out_string(out, "</text>");
    }
    lab_out_string(out, "</g></g>\n");
}

void lab_svg_rows_bands(struct lab_layout *layout, const struct lab_out *out)
{
    struct lab_layout_place first = {.band = 0};
    int end = 0;

    lab_out_string(out, "<g class=\"cards\">\n");
    for (uint32_t i = 0; i < layout->story->event_count; i++) {
        const struct lab_layout_place row = lab_layout_row(layout, i);
        if (row.band_begins && first.band != 0)
            draw_card(layout, out, &first, row.top - 8 - 14);
        if (row.band_begins)
            first = row;
        end = row.bottom;
    }
    if (first.band != 0)
        draw_card(layout, out, &first, end > layout->height ? end : layout->height);
    lab_out_string(out, "</g>\n");
}

/* Where the words beside the event stand, and how: from the left lifeline, from the right one, or
 * in the middle. */
enum place { PLACE_LEFT, PLACE_RIGHT, PLACE_MIDDLE };

/* A host stands where a conversation has it. */
static enum place place_of_host(const struct lab_story *story, unsigned party)
{
    for (unsigned c = 0; c < story->conversation_count; c++) {
        if (story->conversations[c].party[0] == party)
            return PLACE_LEFT;
        if (story->conversations[c].party[1] == party)
            return PLACE_RIGHT;
    }
    return PLACE_MIDDLE;
}

static enum place place_of(const struct lab_story *story, const struct lab_event *event)
{
    if (event->kind == LAB_HOST)
        return place_of_host(story, event->party);
    if (event->conversation >= story->conversation_count || event->kind == LAB_NETWORK
        || event->kind == LAB_NOTE)
        return PLACE_MIDDLE;
    return lab_story_side(story, event) == 0 ? PLACE_LEFT : PLACE_RIGHT;
}

static void draw_label(struct lab_layout *layout, const struct lab_out *out,
                       const struct lab_event *event)
{
    static const char *const anchors[] = {"from", "to", "mid"};
    const struct lab_story *story = layout->story;
    const enum place place = place_of(story, event);
    const int x = place == PLACE_LEFT    ? layout->left + LABEL_AWAY
                  : place == PLACE_RIGHT ? layout->right - LABEL_AWAY
                                         : (layout->left + layout->right) / 2;
    const int lines = lab_layout_label_lines(&layout->numbers, event);
    char label[LAB_PHRASE_BYTES], numbers[LAB_PHRASE_BYTES];
    struct text t;

    text_init(&t, label, sizeof label);
    lab_phrase_label(&t, story, event);
    text_init(&t, numbers, sizeof numbers);
    lab_phrase_numbers(&t, &layout->numbers, event);
    struct lab_lines at = {x,
                           event->kind == LAB_SEGMENT ? -8 - (lines - 1) * LAB_LAYOUT_LINE : 4,
                           LAB_LAYOUT_LINE,
                           LAB_LAYOUT_LABEL,
                           LAB_LAYOUT_CODE,
                           sizeof label};
    if (event->kind == LAB_ARRIVAL)
        at.y = 17; /* below the arrow, which comes from above */
    lab_out_string(out, "<text class=\"lb ");
    lab_out_string(out, anchors[place]);
    lab_out_string(out, "\">");
    if (lines == 1) {
        lab_mark(out, "<tspan x=\"%\" y=\"%\"><tspan class=\"b\">", (const int[]){at.x, at.y});
        lab_mark_text(out, label, strlen(label));
        lab_out_string(out, numbers[0] != '\0' ? "</tspan> " : "</tspan>");
        lab_mark_text(out, numbers, strlen(numbers));
        lab_out_string(out, "</tspan>");
    } else {
        at.y = lab_mark_lines(out, label, &at);
        at.strong = 0;
        (void)lab_mark_lines(out, numbers, &at);
    }
    lab_out_string(out, "</text>");
}

static void draw_why(const struct lab_layout *layout, const struct lab_out *out,
                     const struct lab_event *event)
{
    char why[LAB_PHRASE_BYTES], note[LAB_PHRASE_BYTES];
    struct lab_lines at = {layout->why, 4, LAB_LAYOUT_LINE, LAB_LAYOUT_WHY, LAB_LAYOUT_TEXT, 0};
    struct text t;

    text_init(&t, why, sizeof why);
    at.strong = lab_phrase_why(&t, event);
    text_init(&t, note, sizeof note);
    lab_phrase_note(&t, layout->story, event);
    if (why[0] != '\0') {
        lab_out_string(out, "<text class=\"why\">");
        at.y = lab_mark_lines(out, why, &at);
        lab_out_string(out, "</text>");
    }
    at.strong = 0;
    if (note[0] != '\0') {
        lab_out_string(out, "<text class=\"nb\">");
        (void)lab_mark_lines(out, note, &at);
        lab_out_string(out, "</text>");
    }
}

/* How an end stood the last time something was said of it; .side is NULL when nothing was. */
struct told {
    const struct lab_side *side;
    lull_time at;
};

/* Of all ends, and from where down the column of each side is empty. */
struct column {
    struct told told[LAB_CONVERSATIONS_MAX][2];
    int free[2];
};

static bool is_news(const struct lab_side *then, const struct lab_side *now)
{
    if (now->state == NULL)
        return false;
    if (then == NULL || then->state == NULL)
        return strlen(now->state) != 6 || memcmp(now->state, "CLOSED", 6) != 0;
    return strlen(then->state) != strlen(now->state)
           || memcmp(then->state, now->state, strlen(now->state)) != 0
           || then->incarnation != now->incarnation || then->possible != now->possible
           || (now->timer != LULL_TIMER_OFF && now->until != then->until);
}

/* State and timer of one end, @y below the row's anchor.  Returns how high they are. */
static int draw_state(const struct lab_layout *layout, const struct lab_out *out,
                      const struct lab_event *event, const int at[2])
{
    const unsigned side = (unsigned)at[0];
    const struct lab_side *s = &event->side[side];
    const int x = side == 0 ? layout->left_state : layout->right_state;
    char timer[LAB_PHRASE_BYTES];
    struct text t;

    text_init(&t, timer, sizeof timer);
    lab_phrase_timer(&t, s, lab_look_instant(layout->story, event, side));
    lab_out_string(out, side == 0 ? "<text class=\"st l" : "<text class=\"st r");
    if (strlen(s->state) == 9 && memcmp(s->state, "TIME-WAIT", 9) == 0)
        lab_out_string(out, " tw");
    if (lab_words_is_doubtful(event, side) || (event->inferred & LAB_INFERRED_STATE))
        lab_out_string(out, " inferred");
    lab_mark(out, "\"><tspan class=\"b\" x=\"%\" y=\"%\">", (const int[]){x, at[1] + 4});
    if (layout->story->conversation_count > 1) {
        lab_out_character(out, lab_phrase_letter(event->conversation));
        lab_out_character(out, ' ');
    }
    lab_mark_text(out, s->state, strlen(s->state));
    lab_out_string(out, lab_words_is_doubtful(event, side) ? "?</tspan>" : "</tspan>");
    if (timer[0] != '\0') {
        lab_mark(out, "<tspan x=\"%\" y=\"%\">", (const int[]){x, at[1] + 4 + STATE_STEP});
        lab_mark_text(out, timer, strlen(timer));
        lab_out_string(out, "</tspan>");
    }
    lab_out_string(out, "</text>");
    return timer[0] != '\0' ? 2 * STATE_STEP + 2 : STATE_STEP + 2;
}

/* A segment tells how its receiver will stand, so events that come before the arrival know an
 * older truth. */
static bool is_change(const struct lab_story *story, const struct column *column,
                      const struct lab_event *event, unsigned side)
{
    const struct told *told = &column->told[event->conversation][side];

    return (told->side == NULL || lab_look_instant(story, event, side) >= told->at)
           && is_news(told->side, &event->side[side]);
}

static void note_told(const struct lab_story *story, struct column *column,
                      const struct lab_event *event)
{
    for (unsigned side = 0; side < 2; side++) {
        struct told *told = &column->told[event->conversation][side];
        const lull_time at = lab_look_instant(story, event, side);
        if (told->side == NULL || at >= told->at)
            *told = (struct told){&event->side[side], at};
    }
}

static void draw_states(struct lab_layout *layout, const struct lab_out *out,
                        const struct lab_event *event, struct column *column)
{
    const struct lab_story *story = layout->story;
    const uint32_t number = lab_story_number(story, event);

    if (event->conversation >= story->conversation_count)
        return;
    const int anchor = lab_layout_row(layout, number).anchor;
    for (unsigned side = 0; side < 2; side++) {
        if (!is_change(story, column, event, side))
            continue;
        const int change = lab_layout_change(layout, number, side);
        const int y = change > column->free[side] ? change : column->free[side];
        column->free[side] =
            y + draw_state(layout, out, event, (const int[]){(int)side, y - anchor});
    }
    note_told(story, column, event);
}

/* Nothing to learn: text and ACKs that come and go while both ends stay as they are. */
static bool is_quiet(const struct lab_story *story, const struct column *column,
                     const struct lab_event *event)
{
    return event->kind == LAB_SEGMENT && event->fate == LAB_FATE_ARRIVED
           && event->conversation < story->conversation_count && event->rule[0] == '\0'
           && event->why[0] == '\0' && event->repeats == LAB_NONE
           && column->told[event->conversation][0].side != NULL
           && !is_change(story, column, event, 0) && !is_change(story, column, event, 1);
}

/* A row stands out by a field behind it. */
static void draw_field(const struct lab_layout *layout, const struct lab_out *out,
                       const struct lab_layout_place *row)
{
    lab_mark(out, "<rect class=\"hit\" x=\"%\" y=\"%\" width=\"%\" height=\"%\" rx=\"5\"/>",
             (const int[]){LAB_LAYOUT_NUMBER_X + 36, row->top - row->anchor + 1,
                           layout->width - LAB_LAYOUT_NUMBER_X - 46, row->bottom - row->top - 2});
}

static void open_row(const struct lab_layout *layout, const struct lab_out *out,
                     const struct lab_layout_place *row, const struct column *column)
{
    const struct lab_story *story = layout->story;
    const struct lab_event *event = &story->events[row->event];
    const bool is_old = lab_look_is_old(story, event);

    lab_out_string(out, "<g class=\"row ");
    lab_out_string(out, kind_classes[event->kind]);
    lab_mark(out, " i%", (const int[]){(event->incarnation + 5) % 6 + 1});
    if (is_quiet(story, column, event))
        lab_out_string(out, " quiet");
    if (is_old)
        lab_out_string(out, " foreign");
    lab_mark(out, "\" transform=\"translate(0 %)\" data-e=\"%\" data-y=\"% % %\">",
             (const int[]){row->anchor, (int)row->event, row->top, row->anchor, row->bottom});
    if (is_old || event->kind == LAB_VIOLATION)
        draw_field(layout, out, row);
}

static void draw_time(const struct lab_layout *layout, const struct lab_out *out,
                      const struct lab_event *event)
{
    const bool again = event > layout->story->events && event[-1].at == event->at;

    lab_mark(out,
             again ? "<text class=\"t again\" x=\"%\" y=\"4\">"
                   : "<text class=\"t\" x=\"%\" y=\"4\">",
             (const int[]){LAB_LAYOUT_TIME});
    lab_out_seconds(out, event->at - layout->story->start);
    lab_out_string(out, "</text>");
}

/* "60.000 s" between two torn edges. */
static void draw_gap(const struct lab_layout *layout, const struct lab_out *out,
                     const struct lab_layout_place *row)
{
    const struct lab_event *event = &layout->story->events[row->event];
    const int left = LAB_LAYOUT_NUMBER_X + 40, right = layout->width - 14;
    const int middle = (layout->left + layout->right) / 2;

    lab_mark(out, "<g class=\"gap\" transform=\"translate(0 %)\" data-e=\"%\" data-y=\"% %\">",
             (const int[]){row->bottom, (int)row->event, row->bottom, row->bottom + row->gap});
    lab_mark(out, "<path class=\"tear\" d=\"M% 22L% 22M% 22L% 22\"/>",
             (const int[]){left, middle - 62, middle + 62, right});
    lab_mark(out,
             "<rect x=\"%\" y=\"10\" width=\"116\" height=\"24\" rx=\"12\"/>"
             "<text x=\"%\" y=\"26\">",
             (const int[]){middle - 58, middle});
    lab_out_seconds(out, event[1].at - event->at);
    lab_out_string(out, " s</text></g>\n");
}

void lab_svg_rows(struct lab_layout *layout, const struct lab_out *out)
{
    const struct lab_story *story = layout->story;
    struct column column = {.free = {0, 0}};

    lab_out_string(out, "<g class=\"rows\">\n");
    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct lab_event *event = &story->events[i];
        const struct lab_layout_place row = lab_layout_row(layout, i);
        open_row(layout, out, &row, &column);
        draw_time(layout, out, event);
        draw_states(layout, out, event, &column);
        draw_label(layout, out, event);
        draw_why(layout, out, event);
        lab_out_string(out, "</g>\n");
        if (row.gap > 0)
            draw_gap(layout, out, &row);
    }
    lab_out_string(out, "</g>\n");
}
