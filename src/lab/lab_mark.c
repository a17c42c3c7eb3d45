/* lab_mark.c - numbers and text within markup. */
#include "lab/lab_mark.h"

#include <stdbool.h>
#include <string.h>

#include "lab/lab_utf8.h"

static void put_tenths(const struct lab_out *out, int value)
{
    const int magnitude = value < 0 ? -value : value;

    if (value < 0)
        lab_out_character(out, '-');
    lab_out_decimal(out, magnitude / 10);
    if (magnitude % 10 != 0) {
        lab_out_character(out, '.');
        lab_out_decimal(out, magnitude % 10);
    }
}

void lab_mark(const struct lab_out *out, const char *form, const int *numbers)
{
    while (*form != '\0') {
        const size_t plain = strlen(form);
        size_t count = 0;
        while (count < plain && form[count] != '%' && form[count] != '@')
            count++;
        lab_out_bytes(out, form, count);
        form += count;
        if (*form == '%')
            lab_out_decimal(out, *numbers++);
        else if (*form == '@')
            put_tenths(out, *numbers++);
        form += *form != '\0';
    }
}

void lab_mark_text(const struct lab_out *out, const char *s, size_t bytes)
{
    while (bytes > 0) {
        const size_t whole = lab_utf8_bytes(s, bytes);
        char character[5] = LAB_UTF8_REPLACEMENT;
        if (whole > 0)
            memcpy(character, s, whole);
        character[whole > 0 ? whole : 3] = '\0';
        lab_out_xml(out, character);
        s += whole > 0 ? whole : 1;
        bytes -= whole > 0 ? whole : 1;
    }
}

/* One line, part of which may stand out. */
static void mark_line(const struct lab_out *out, const char *s, size_t bytes, size_t strong)
{
    const size_t first = strong < bytes ? strong : bytes;

    if (first > 0) {
        lab_out_string(out, "<tspan class=\"b\">");
        lab_mark_text(out, s, first);
        lab_out_string(out, "</tspan>");
    }
    lab_mark_text(out, s + first, bytes - first);
}

int lab_mark_lines(const struct lab_out *out, const char *s, const struct lab_lines *lines)
{
    size_t strong = lines->strong;
    bool cut = false; /* the line goes on with the word that the last one ended in */
    int y = lines->y;

    for (; *s != '\0'; y += lines->step) {
        const size_t bytes = lab_measure_line(s, lines->room, &lines->font);
        const bool spaced = bytes > 1 && s[bytes - 1] == ' ';
        lab_mark(out, cut ? "<tspan x=\"%\" y=\"%\" class=\"cut\">" : "<tspan x=\"%\" y=\"%\">",
                 (const int[]){lines->x, y});
        cut = !spaced;
        mark_line(out, s, bytes - spaced, strong);
        lab_out_string(out, "</tspan>");
        strong -= strong < bytes ? strong : bytes;
        s += bytes;
    }
    return y;
}
