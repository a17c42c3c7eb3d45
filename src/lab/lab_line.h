/* lab_line.h - one line for a terminal: columns, colours, and text that does no harm.
 *
 * Width counts characters, not bytes.  Text comes from captures and scripts, so control
 * characters and bytes that are no UTF-8 become '?', and without UTF-8 every character beyond
 * ASCII does. */
#ifndef LAB_LAB_LINE_H
#define LAB_LAB_LINE_H

#include <stdbool.h>

#include "lab/lab_out.h"

/* A blank at which no line ends. */
#define LAB_LINE_NO_BREAK '\x1f'

enum lab_style {
    LAB_PLAIN,
    LAB_DIM,
    LAB_BOLD,
    LAB_GOOD,
    LAB_BAD,
    LAB_AGAIN,
    LAB_ALARM,
    LAB_FIRST_INCARNATION, /* and as many behind it as there are colours for them */
    LAB_STYLES = LAB_FIRST_INCARNATION + 4
};

struct lab_line {
    const struct lab_out *out; /* borrowed */
    bool colour, utf8;
    unsigned column;              /* characters so far */
    unsigned wanted;              /* where the next one goes: blanks at the end are not written */
    enum lab_style style, chosen; /* in force, and for what comes */
};

/* From here on in @style. */
void lab_line_style(struct lab_line *line, enum lab_style style);

/* The next text begins at @column, or where the line ends if that is beyond it. */
void lab_line_to(struct lab_line *line, unsigned column);

void lab_line_string(struct lab_line *line, const char *s);
void lab_line_bytes(struct lab_line *line, const char *bytes, size_t count);

/* @glyph, one character, @count times. */
void lab_line_repeat(struct lab_line *line, const char *glyph, unsigned count);

void lab_line_end(struct lab_line *line);

/* Bytes of the character at @bytes: 1 to 4, 1 also where there is none.  @count: at least 1. */
size_t lab_line_character_bytes(const char *bytes, size_t count);

unsigned lab_line_width(const char *s);

/* Text that is cut at blanks, piece by piece.  .rest is what has not been taken. */
struct lab_wrap {
    const char *rest;
};

struct lab_piece {
    const char *bytes; /* borrowed from the text */
    size_t count;
};

/* The next piece of at most @width characters; a word that is longer is cut.  Empty at the end. */
struct lab_piece lab_line_wrap(struct lab_wrap *wrap, unsigned width);

#endif
