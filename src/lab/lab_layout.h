/* lab_layout.h - where in a picture every event stands.
 *
 * Time runs down and every event has a row of its own, as high as its texts need; what arrives
 * between two events arrives between their rows; a wait of a second or more is folded into a break
 * mark.  So an instant has a height, and heights never go back.
 *
 * The place of a row depends on all rows above it.  Keeping a place for each event would bound the
 * length of a story, so every so many rows the walk down the page is remembered, and is taken up
 * again from there. */
#ifndef LAB_LAB_LAYOUT_H
#define LAB_LAB_LAYOUT_H

#include <stdbool.h>

#include "lab/lab_measure.h"
#include "lab/lab_numbers.h"
#include "lab/lab_story.h"

/* Sizes in px. */
#define LAB_LAYOUT_FOLD      LULL_SEC(1) /* a wait this long is folded */
#define LAB_LAYOUT_STOPS     128
#define LAB_LAYOUT_WIRE      340
#define LAB_LAYOUT_WHY       344
#define LAB_LAYOUT_LABEL     (LAB_LAYOUT_WIRE - 36) /* room for text on the wire */
#define LAB_LAYOUT_LINE      16                     /* from one line of text to the next */
#define LAB_LAYOUT_SLOPE     20 /* how far an arrow falls when nothing else happens meanwhile */
#define LAB_LAYOUT_BAND_LEFT 8
#define LAB_LAYOUT_NUMBER_X  44  /* the middle of an incarnation's big number */
#define LAB_LAYOUT_TIME      148 /* the right edge of the time */
#define LAB_LAYOUT_STATE     118 /* room for a state's name */

/* The fonts of the style sheet, page/svg.css. */
#define LAB_LAYOUT_CODE ((struct lab_font){LAB_FACE_CODE, 115})
#define LAB_LAYOUT_TEXT ((struct lab_font){LAB_FACE_TEXT, 120})

/* One event's place, from the top of the picture. */
struct lab_layout_place {
    uint32_t event;
    int top;
    int anchor; /* where its instant lies */
    int bottom;
    int gap;              /* how high the break behind it is; 0: none */
    uint8_t conversation; /* whose band it lies in, and which incarnation's; 0: in none */
    uint16_t band;
    bool band_begins;
};

/* The walk down the page, before row .row. */
struct lab_layout_stop {
    uint32_t row;
    int y, band_top;
    uint8_t conversation;
    uint16_t band;
    uint16_t standing[LAB_CONVERSATIONS_MAX]; /* newest incarnation of which something stands */
};

struct lab_layout {
    const struct lab_story *story;
    struct lab_numbers numbers;
    int lane;        /* px between the bars of two conversations */
    int left, right; /* lifelines of the first conversation; others lie outside of them */
    int left_state, right_state, why, width;
    int top, height;
    uint32_t stride; /* rows between two stops */
    struct lab_layout_stop stops[LAB_LAYOUT_STOPS];
    struct lab_layout_stop last; /* where the last question ended */
};

/* @top: px above the first row. */
void lab_layout_init(struct lab_layout *layout, const struct lab_story *story, int top);

/* The row of event number @event. */
struct lab_layout_place lab_layout_row(struct lab_layout *layout, uint32_t event);

/* The height of the instant @at, which is not before that of event number @event; of the events at
 * that instant the first behind @event is meant. */
int lab_layout_instant(struct lab_layout *layout, uint32_t event, lull_time at);

/* Where an arrow ends that arrives at @at: a little above what the arrival makes happen, so that it
 * does not cross the words there. */
int lab_layout_landing(struct lab_layout *layout, uint32_t event, lull_time at);

/* Where the event changes how @side stands: a sender when it sends, a receiver when it has
 * received.
 */
int lab_layout_change(struct lab_layout *layout, uint32_t event, unsigned side);

/* The x of a conversation's lifeline. */
int lab_layout_lifeline(const struct lab_layout *layout, unsigned conversation, unsigned side);

/* Lines of the event's words on the wire. */
int lab_layout_label_lines(struct lab_numbers *numbers, const struct lab_event *event);

#endif
