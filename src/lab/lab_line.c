/* lab_line.c - columns are kept by counting, and blanks and colours wait until something follows
 * them. */
#include "lab/lab_line.h"

#include <string.h>

#include "lab/lab_utf8.h"

void lab_line_style(struct lab_line *line, enum lab_style style)
{
    line->chosen = style;
}

void lab_line_to(struct lab_line *line, unsigned column)
{
    if (column > line->wanted)
        line->wanted = column;
}

/* Codes of ECMA-48 in the sixteen colours that every terminal theme has made readable. */
static void change_style(struct lab_line *line, enum lab_style style)
{
    static const char *const codes[LAB_STYLES] = {
        [LAB_DIM] = "2",
        [LAB_BOLD] = "1",
        [LAB_GOOD] = "32",
        [LAB_BAD] = "31",
        [LAB_AGAIN] = "33",
        [LAB_ALARM] = "1;41;97",
        [LAB_FIRST_INCARNATION] = "36",
        [LAB_FIRST_INCARNATION + 1] = "35",
        [LAB_FIRST_INCARNATION + 2] = "34",
        [LAB_FIRST_INCARNATION + 3] = "32",
    };

    if (!line->colour || style == line->style)
        return;
    lab_out_string(line->out, "\x1b[0");
    if (codes[style] != NULL) {
        lab_out_character(line->out, ';');
        lab_out_string(line->out, codes[style]);
    }
    lab_out_character(line->out, 'm');
    line->style = style;
}

/* Ink is not seen on blanks; the paper of an alarm would be. */
static void go_to_wanted(struct lab_line *line)
{
    if (line->column < line->wanted && line->style == LAB_ALARM)
        change_style(line, LAB_PLAIN);
    for (; line->column < line->wanted; line->column++)
        lab_out_character(line->out, ' ');
}

size_t lab_line_character_bytes(const char *bytes, size_t count)
{
    const size_t found = lab_utf8_bytes(bytes, count);
    return found == 0 ? 1 : found;
}

static bool is_harmless(const struct lab_line *line, const char *bytes, size_t count)
{
    return lab_utf8_bytes(bytes, count) == count && !lab_utf8_is_control(bytes, count)
           && (count == 1 || line->utf8);
}

void lab_line_bytes(struct lab_line *line, const char *bytes, size_t count)
{
    if (count == 0)
        return;
    go_to_wanted(line);
    change_style(line, line->chosen);
    while (count > 0) {
        const size_t one = lab_line_character_bytes(bytes, count);
        if (*bytes == LAB_LINE_NO_BREAK)
            lab_out_character(line->out, ' ');
        else if (is_harmless(line, bytes, one))
            lab_out_bytes(line->out, bytes, one);
        else
            lab_out_character(line->out, '?');
        bytes += one;
        count -= one;
        line->column++;
    }
    line->wanted = line->column;
}

void lab_line_string(struct lab_line *line, const char *s)
{
    lab_line_bytes(line, s, strlen(s));
}

void lab_line_repeat(struct lab_line *line, const char *glyph, unsigned count)
{
    while (count-- > 0)
        lab_line_string(line, glyph);
}

void lab_line_end(struct lab_line *line)
{
    change_style(line, LAB_PLAIN);
    lab_out_character(line->out, '\n');
    line->column = line->wanted = 0;
    line->chosen = LAB_PLAIN;
}

unsigned lab_line_width(const char *s)
{
    size_t count = strlen(s);
    unsigned width = 0;

    for (; count > 0; width++) {
        const size_t one = lab_line_character_bytes(s, count);
        s += one;
        count -= one;
    }
    return width;
}

struct lab_piece lab_line_wrap(struct lab_wrap *wrap, unsigned width)
{
    size_t left, at = 0, blank = 0;

    while (*wrap->rest == ' ')
        wrap->rest++;
    left = strlen(wrap->rest);
    const char *const text = wrap->rest;
    for (unsigned characters = 0; at < left && characters < width; characters++) {
        if (text[at] == ' ')
            blank = at;
        at += lab_line_character_bytes(text + at, left - at);
    }
    if (at < left && text[at] != ' ' && blank > 0)
        at = blank;
    wrap->rest = text + at;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    return (struct lab_piece){text, at};
}
