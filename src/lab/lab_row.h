/* lab_row.h - the rows of lab_text.h: one event, its states, and the reason below or beside it. */
#ifndef LAB_LAB_ROW_H
#define LAB_LAB_ROW_H

#include "base/text.h"
#include "lab/lab_line.h"
#include "lab/lab_numbers.h"
#include "lab/lab_story.h"
#include "lab/lab_text.h"

#define LAB_ROW_STATE_BYTES 64

/* What a row must know of the rows before, and of the page. */
struct lab_rows {
    const struct lab_story *story;
    struct lab_text_options options;
    struct lab_numbers numbers;
    struct lab_line line;

    /* Where the columns begin, and what they have room for, in characters. */
    unsigned page;
    unsigned tag_at, left_at, wire_at, right_at, why_at;
    unsigned state_width[2], wire_width, why_width;
    bool why_beside; /* whole sentences have room at the right */

    /* Which of these a row must say of itself. */
    bool says_port, says_number, says_incarnation;

    /* What the reader has seen last. */
    unsigned seen_conversation; /* LAB_CONVERSATIONS_MAX: none */
    struct {
        struct lab_side side;
        char words[LAB_ROW_STATE_BYTES];
    } seen[2];
};

/* Characters of the widest "#1", ":1500#1" and so on. */
unsigned lab_row_tag_width(const struct lab_rows *rows);

/* How @side of the event's conversation stands, as it is said in a row; nothing when nobody knows.
 */
void lab_row_state(const struct lab_rows *rows, struct text *t, const struct lab_event *event,
                   unsigned side);

/* Its colour; those of neighbours differ. */
enum lab_style lab_row_incarnation_style(unsigned incarnation);

void lab_row_event(struct lab_rows *rows, const struct lab_event *event);

/* Text from @column to the end of the page, on as many lines as it needs. */
void lab_row_paragraph(struct lab_rows *rows, unsigned column, enum lab_style style,
                       const char *text);

#endif
