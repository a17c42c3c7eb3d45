/* lab_measure.c - widths from a table, lines by greed. */
#include "lab/lab_measure.h"

#include <stdint.h>
#include <string.h>

/* Of DejaVu Sans, ' ' to '~', in hundredths of its size, rounded up. */
/* clang-format off */
static const uint8_t widths[] = {
     32,  41,  46,  84,  64,  96,  78,  28,  40,  40,  50,  84,  32,  37,  32,  34,
     64,  64,  64,  64,  64,  64,  64,  64,  64,  64,  34,  34,  84,  84,  84,  54,
    100,  69,  69,  70,  78,  64,  58,  78,  76,  30,  30,  66,  56,  87,  75,  79,
     61,  79,  70,  64,  62,  74,  69,  99,  69,  62,  69,  40,  34,  40,  84,  50,
     50,  62,  64,  55,  64,  62,  36,  64,  64,  28,  28,  58,  28,  98,  64,  62,
     64,  64,  42,  53,  40,  64,  60,  82,  60,  60,  53,  64,  34,  64,  84,
};
/* clang-format on */

#define CODE_WIDTH    61
#define LETTER_WIDTH  80  /* beyond ASCII, of two bytes */
#define WIDEST        130 /* of three and four bytes: ideographs, symbols */
#define BOLD_PER_CENT 115

static size_t character_bytes(const char *s)
{
    size_t bytes = 1;

    while (((unsigned char)s[bytes] & 0xc0) == 0x80)
        bytes++;
    return bytes;
}

/* Hundredths of the font's size. */
static int character_width(const char *s, enum lab_face face)
{
    const unsigned char c = (unsigned char)*s;

    if (c >= 0xe0)
        return WIDEST;
    if (face == LAB_FACE_CODE)
        return CODE_WIDTH;
    const int width = c >= ' ' && c <= '~' ? widths[c - ' '] : LETTER_WIDTH;
    return face == LAB_FACE_BOLD ? width * BOLD_PER_CENT / 100 : width;
}

static int to_px(int width, const struct lab_font *font)
{
    return (width * (int)font->tenths + 999) / 1000;
}

int lab_measure_width(const char *s, size_t bytes, const struct lab_font *font)
{
    const char *end = s + bytes;
    int width = 0;

    for (; s < end; s += character_bytes(s))
        width += character_width(s, font->face);
    return to_px(width, font);
}

size_t lab_measure_line(const char *s, int room, const struct lab_font *font)
{
    size_t at = 0, best = 0;
    int width = 0;

    while (s[at] != '\0') {
        const size_t bytes = character_bytes(s + at);
        width += character_width(s + at, font->face);
        if (s[at] == ' ')
            best = at + 1; /* which may stick out, because nobody sees it */
        else if (to_px(width, font) > room && at > 0)
            return best > 0 ? best : at;
        at += bytes;
    }
    return at;
}

int lab_measure_lines(const char *s, int room, const struct lab_font *font)
{
    int lines = 0;

    for (; *s != '\0'; lines++)
        s += lab_measure_line(s, room, font);
    return lines;
}
