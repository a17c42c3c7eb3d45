/* lab_layout.c - the walk down the page. */
#include "lab/lab_layout.h"

#include <string.h>

#include "lab/lab_look.h"
#include "lab/lab_phrase.h"

#define BAND_BETWEEN 14 /* px between the bands of two incarnations */
#define BAND_PADDING 8
#define BAND_LEAST   92 /* or the big number and its caption do not fit */
#define GAP          44
#define STATES_BELOW (LAB_LAYOUT_SLOPE + 24) /* px: a state and its timer where an arrow ends */
#define LANE         18                      /* px between two lifelines, where there are few */
#define LANES_ROOM   90

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

int lab_layout_label_lines(struct lab_numbers *numbers, const struct lab_event *event)
{
    const struct lab_font code = LAB_LAYOUT_CODE;
    char label[LAB_PHRASE_BYTES], counted[LAB_PHRASE_BYTES];
    struct text t;

    text_init(&t, label, sizeof label);
    lab_phrase_label(&t, numbers->story, event);
    text_init(&t, counted, sizeof counted);
    lab_phrase_numbers(&t, numbers, event);
    const size_t label_bytes = strlen(label), counted_bytes = strlen(counted);
    if (lab_measure_width(label, label_bytes, &code) + lab_measure_width(" ", 1, &code)
            + lab_measure_width(counted, counted_bytes, &code)
        <= LAB_LAYOUT_LABEL)
        return 1;
    return lab_measure_lines(label, LAB_LAYOUT_LABEL, &code)
           + lab_measure_lines(counted, LAB_LAYOUT_LABEL, &code);
}

static int why_lines(const struct lab_story *story, const struct lab_event *event)
{
    char why[LAB_PHRASE_BYTES], note[LAB_PHRASE_BYTES];
    const struct lab_font font = LAB_LAYOUT_TEXT;
    struct text t;

    text_init(&t, why, sizeof why);
    (void)lab_phrase_why(&t, event);
    text_init(&t, note, sizeof note);
    lab_phrase_note(&t, story, event);
    return lab_measure_lines(why, LAB_LAYOUT_WHY, &font)
           + lab_measure_lines(note, LAB_LAYOUT_WHY, &font);
}

/* px above and below the anchor. */
static void extent(struct lab_numbers *numbers, const struct lab_event *event, int *above,
                   int *below)
{
    const bool arrow = event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL;
    const int label = lab_layout_label_lines(numbers, event) * LAB_LAYOUT_LINE;
    const int why = why_lines(numbers->story, event) * LAB_LAYOUT_LINE;

    *above = event->kind == LAB_SEGMENT ? label + 8 : arrow ? 22 : 15;
    *below = larger(event->kind == LAB_SEGMENT ? LAB_LAYOUT_SLOPE + 4 : label + (arrow ? 11 : -2),
                    why - 2);
}

/* The incarnation that the event is about: the newest that stands before or after it.  When that
 * one fails, and the record of an older one is back, its band goes on. */
static uint16_t incarnation_at(struct lab_layout_stop *stop, const struct lab_event *event)
{
    uint16_t *standing = &stop->standing[event->conversation];
    const int left = event->side[0].incarnation, right = event->side[1].incarnation;
    const int now = larger(left, right), then = *standing;

    if (now != 0)
        *standing = (uint16_t)now;
    return (uint16_t)larger(larger(now, then), event->incarnation);
}

/* Only what has more than one incarnation begins a band, or two conversations side by side would
 * cut the page into strips; a lone conversation has one all the same. */
static void find_band(const struct lab_story *story, struct lab_layout_stop *stop,
                      const struct lab_event *event)
{
    if (event->conversation >= story->conversation_count) {
        if (stop->band != 0)
            stop->band = stop->standing[stop->conversation];
        return;
    }
    const uint16_t incarnation = incarnation_at(stop, event);
    if (story->conversation_count > 1 && story->conversations[event->conversation].incarnations < 2)
        return;
    stop->conversation = event->conversation;
    stop->band = incarnation;
}

static int gap_behind(const struct lab_story *story, uint32_t event)
{
    if (event + 1 >= story->event_count)
        return 0;
    return story->events[event + 1].at - story->events[event].at >= LAB_LAYOUT_FOLD ? GAP : 0;
}

/* Waits that are not folded are seen as well. */
static int pause_behind(const struct lab_story *story, uint32_t event)
{
    if (event + 1 >= story->event_count || gap_behind(story, event) > 0)
        return 0;
    return story->events[event + 1].at - story->events[event].at >= LULL_MS(100) ? 10 : 0;
}

static struct lab_layout_place step(struct lab_numbers *numbers, struct lab_layout_stop *stop)
{
    const struct lab_story *story = numbers->story;
    const struct lab_event *event = &story->events[stop->row];
    struct lab_layout_place row = {.event = stop->row, .gap = gap_behind(story, stop->row)};
    const uint16_t band = stop->band;
    const uint8_t conversation = stop->conversation;
    int above, below;

    find_band(story, stop, event);
    row.band_begins = stop->band != 0 && (stop->band != band || stop->conversation != conversation);
    row.band = stop->band;
    row.conversation = stop->conversation;
    if (row.band_begins && band != 0)
        stop->y = larger(stop->y + BAND_PADDING, stop->band_top + BAND_LEAST) + BAND_BETWEEN;
    if (row.band_begins) {
        stop->band_top = stop->y;
        stop->y += BAND_PADDING;
    }
    extent(numbers, event, &above, &below);
    row.top = stop->y;
    row.anchor = row.top + above;
    row.bottom = row.anchor + below + pause_behind(story, stop->row);
    stop->y = row.bottom + row.gap;
    stop->row++;
    return row;
}

static void choose_columns(struct lab_layout *layout)
{
    const int count = larger((int)layout->story->conversation_count, 1);
    const int lane = count > 1 ? LANES_ROOM / (count - 1) : 0;

    layout->lane = lane > LANE ? LANE : larger(lane, count > 1 ? 3 : 0);
    const int lanes = layout->lane * (count - 1);
    layout->left_state = LAB_LAYOUT_TIME + 10 + LAB_LAYOUT_STATE;
    layout->left = layout->left_state + 18 + lanes;
    layout->right = layout->left + LAB_LAYOUT_WIRE;
    layout->right_state = layout->right + lanes + 18;
    layout->why = layout->right_state + LAB_LAYOUT_STATE + 10;
    layout->width = layout->why + LAB_LAYOUT_WHY + 20;
}

void lab_layout_init(struct lab_layout *layout, const struct lab_story *story, int top)
{
    struct lab_layout_stop stop = {.y = top, .band_top = top};
    int last_states = 0;

    layout->story = story;
    lab_numbers_init(&layout->numbers, story, LAB_NUMBERS_RELATIVE);
    layout->top = top;
    layout->stride = story->event_count / LAB_LAYOUT_STOPS + 1;
    choose_columns(layout);
    layout->stops[0] = layout->last = stop;
    while (stop.row < story->event_count) {
        if (stop.row % layout->stride == 0)
            layout->stops[stop.row / layout->stride] = stop;
        last_states = step(&layout->numbers, &stop).anchor + STATES_BELOW;
    }
    layout->height = larger(stop.y, last_states) + BAND_PADDING;
    if (stop.band != 0)
        layout->height = larger(layout->height, stop.band_top + BAND_LEAST);
}

struct lab_layout_place lab_layout_row(struct lab_layout *layout, uint32_t event)
{
    struct lab_layout_place row;

    /* Rows above wrap, and are far as well. */
    if (event - layout->last.row >= layout->stride)
        layout->last = layout->stops[event / layout->stride];
    do {
        row = step(&layout->numbers, &layout->last);
    } while (row.event != event);
    return row;
}

/* Before or within the break behind a row. */
static int within(const struct lab_layout_place *row, lull_duration passed, lull_duration wait)
{
    if (passed < LULL_MS(500))
        return row->anchor + LAB_LAYOUT_SLOPE;
    return row->bottom + 8 + (int)(passed / LULL_MS(1) * (row->gap - 16) / (wait / LULL_MS(1)));
}

/* The last event before @at, from @event on. */
static uint32_t last_before(const struct lab_story *story, uint32_t event, lull_time at)
{
    while (event + 1 < story->event_count && story->events[event + 1].at < at)
        event++;
    return event;
}

int lab_layout_instant(struct lab_layout *layout, uint32_t event, lull_time at)
{
    const struct lab_event *events = layout->story->events;
    const uint32_t i = last_before(layout->story, event, at);
    const struct lab_layout_place row = lab_layout_row(layout, i);

    if (i + 1 == layout->story->event_count)
        return row.anchor + LAB_LAYOUT_SLOPE;
    const struct lab_layout_place next = lab_layout_row(layout, i + 1);
    if (events[i + 1].at == at)
        return next.anchor;
    if (row.gap > 0)
        return within(&row, at - events[i].at, events[i + 1].at - events[i].at);
    return smaller(row.anchor + LAB_LAYOUT_SLOPE, (row.anchor + next.anchor) / 2);
}

int lab_layout_landing(struct lab_layout *layout, uint32_t event, lull_time at)
{
    const uint32_t next = last_before(layout->story, event, at) + 1;

    if (next < layout->story->event_count && layout->story->events[next].at == at)
        return lab_layout_row(layout, next).top + 3;
    return lab_layout_instant(layout, event, at);
}

int lab_layout_change(struct lab_layout *layout, uint32_t event, unsigned side)
{
    const struct lab_event *e = &layout->story->events[event];

    const lull_time at = lab_look_instant(layout->story, e, side);
    return at == e->at ? lab_layout_row(layout, event).anchor
                       : lab_layout_instant(layout, event, at);
}

int lab_layout_lifeline(const struct lab_layout *layout, unsigned conversation, unsigned side)
{
    const int away = layout->lane * (int)conversation;

    return side == 0 ? layout->left - away : layout->right + away;
}
