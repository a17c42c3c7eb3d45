/* lab_mark.h - markup with numbers in it, without stdio. */
#ifndef LAB_LAB_MARK_H
#define LAB_LAB_MARK_H

#include <stddef.h>

#include "lab/lab_measure.h"
#include "lab/lab_out.h"

/* Write @form; each '%' in it becomes the next of @numbers, each '@' the next one in tenths:
 * 125 is 12.5. */
void lab_mark(const struct lab_out *out, const char *form, const int *numbers);

/* The first @bytes of @s as text of an XML document; characters that one may not hold, and bytes
 * that are no UTF-8, become U+FFFD. */
void lab_mark_text(const struct lab_out *out, const char *s, size_t bytes);

/* Lines of text: the first at @y, the others each @step px further down. */
struct lab_lines {
    int x, y, step, room;
    struct lab_font font;
    size_t strong; /* so many bytes of the text stand out */
};

/* <tspan> by <tspan>, of class "cut" where a word goes on; the caller writes the <text> around
 * them. Returns the y of the line behind the last. */
int lab_mark_lines(const struct lab_out *out, const char *s, const struct lab_lines *lines);

#endif
