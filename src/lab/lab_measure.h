/* lab_measure.h - how wide a text may become, without knowing the font that it will be drawn in.
 *
 * A picture is drawn in whatever the reader's machine has, so these are the widths of DejaVu, which
 * is the widest of the usual ones: in any other there is room to spare, and nothing overflows. */
#ifndef LAB_LAB_MEASURE_H
#define LAB_LAB_MEASURE_H

#include <stddef.h>

enum lab_face {
    LAB_FACE_TEXT,
    LAB_FACE_BOLD,
    LAB_FACE_CODE /* every character as wide as the other */
};

struct lab_font {
    enum lab_face face;
    unsigned tenths; /* size in tenths of a px */
};

/* px, rounded up, of the first @bytes of @s, which is UTF-8. */
int lab_measure_width(const char *s, size_t bytes, const struct lab_font *font);

/* How many bytes of @s fit into a line of @room px: up to a space, or within a word that is wider
 * than the line; at least one character.  The space goes with the line. */
size_t lab_measure_line(const char *s, int room, const struct lab_font *font);

/* How many such lines @s is; 0 when it is empty. */
int lab_measure_lines(const char *s, int room, const struct lab_font *font);

#endif
