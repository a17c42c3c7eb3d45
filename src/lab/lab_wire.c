/* lab_wire.c - arrows are put together cell by cell, because text reads left to right in those
 * that go left as well. */
#include "lab/lab_wire.h"

#include <string.h>

enum glyph {
    LIFELINE,
    TEE_LEFT,  /* where an arrow that goes right begins */
    TEE_RIGHT, /* and one that goes left */
    DASH,
    DASH_OLD,
    DASH_DAMAGED,
    HEAD_RIGHT,
    HEAD_LEFT,
    CROSS,
    WAVE,
    DOT,
    GLYPHS
};

static const char *const glyphs[2][GLYPHS] = {
    {"|", "|", "|", "-", "=", ".", ">", "<", "x", "~", "."},
    {"\xe2\x94\x82", "\xe2\x94\x9c", "\xe2\x94\xa4", "\xe2\x94\x80", "\xe2\x95\x90", "\xe2\x94\x84",
     "\xe2\x96\xba", "\xe2\x97\x84", "\xe2\x95\xb3", "~", "\xc2\xb7"},
};

/* Cells from the left lifeline, which is number 0, to the right one. */
struct cells {
    const char *glyph[LAB_WIRE_WIDTH_MAX]; /* NULL: .text */
    char text[LAB_WIRE_WIDTH_MAX];
    unsigned width;
    unsigned from;
    const char *const *set;
};

/* Distances count from the sender's lifeline. */
static void put(struct cells *cells, unsigned distance, enum glyph glyph)
{
    const unsigned at = cells->from == 0 ? distance : cells->width - 1 - distance;
    cells->glyph[at] = cells->set[glyph];
}

static void fill(struct cells *cells, unsigned start, unsigned end, enum glyph glyph)
{
    for (unsigned distance = start; distance < end; distance++)
        put(cells, distance, glyph);
}

/* Cells [@distance, @distance + length of @text). */
static void put_text(struct cells *cells, unsigned distance, const char *text, unsigned length)
{
    const unsigned at = cells->from == 0 ? distance : cells->width - distance - length;

    for (unsigned i = 0; i < length; i++) {
        cells->glyph[at + i] = NULL;
        cells->text[at + i] = text[i];
    }
}

/* The same with a blank on both sides. */
static void put_word(struct cells *cells, unsigned distance, const char *word, unsigned length)
{
    put_text(cells, distance, " ", 1);
    put_text(cells, distance + 1, word, length);
    put_text(cells, distance + 1 + length, " ", 1);
}

/* What stands before a label: lifeline or waves, a dash and a blank. */
static unsigned label_start(enum lab_wire_start start)
{
    return start == LAB_WIRE_SENT ? 3 : 7;
}

/* Behind it come a blank, a dash or three, the head and the other lifeline. */
unsigned lab_wire_label_max(unsigned width, enum lab_wire_start start)
{
    return width - label_start(start) - 4;
}

static unsigned label_end(unsigned width, const struct lab_arrow *arrow)
{
    const unsigned max = lab_wire_label_max(width, arrow->start);
    const unsigned length = (unsigned)strlen(arrow->label);

    return label_start(arrow->start) + (length < max ? length : max);
}

/* Besides the word: dashes on both sides and the head, or a dash, the mark and two blanks. */
bool lab_wire_has_room(unsigned width, const struct lab_arrow *arrow)
{
    const unsigned length = (unsigned)strlen(arrow->word);
    const unsigned room = width - 2 - label_end(width, arrow);

    switch (arrow->finish) {
    case LAB_WIRE_ARRIVES:
    case LAB_WIRE_ASSUMED: return length == 0 || room >= length + 5;
    case LAB_WIRE_DIES:
    case LAB_WIRE_UNDERWAY: return length == 0 || room >= length + 4;
    default: return length == 0;
    }
}

static enum glyph dash_of(const struct lab_arrow *arrow)
{
    switch (arrow->stroke) {
    case LAB_WIRE_OLD: return DASH_OLD;
    case LAB_WIRE_DAMAGED: return DASH_DAMAGED;
    default: return DASH;
    }
}

/* From the end of the label at @at to the receiver's lifeline, which is cell @end. */
static void put_whole(struct cells *cells, unsigned at, unsigned end, const struct lab_arrow *arrow)
{
    const unsigned length = (unsigned)strlen(arrow->word);

    fill(cells, at, end - 1, dash_of(arrow));
    if (length > 0 && lab_wire_has_room(cells->width, arrow))
        put_word(cells, end - length - 4, arrow->word, length);
    if (arrow->finish == LAB_WIRE_ASSUMED)
        put_text(cells, end - 2, "?", 1);
    put(cells, end - 1, cells->from == 0 ? HEAD_RIGHT : HEAD_LEFT);
}

/* It ends on the way: a few dashes, a mark, and a word behind it. */
static void put_broken(struct cells *cells, unsigned at, unsigned end,
                       const struct lab_arrow *arrow)
{
    const unsigned length = (unsigned)strlen(arrow->word), room = end - at;
    const bool has_word = length > 0 && lab_wire_has_room(cells->width, arrow);
    unsigned dashes = has_word ? (room - length - 3) / 2 : room / 2;

    if (dashes < 1)
        dashes = 1;
    fill(cells, at, at + dashes, dash_of(arrow));
    put(cells, at + dashes, arrow->finish == LAB_WIRE_DIES ? CROSS : DOT);
    if (has_word)
        put_text(cells, at + dashes + 2, arrow->word, length);
}

static void put_waves(struct cells *cells, unsigned at, unsigned end)
{
    put(cells, at, DASH);
    for (unsigned distance = at + 1; distance < end - 1; distance += 2)
        put(cells, distance, WAVE);
}

static void put_start(struct cells *cells, const struct lab_arrow *arrow)
{
    const unsigned label = label_start(arrow->start);

    if (arrow->start == LAB_WIRE_SENT) {
        put(cells, 0, arrow->from == 0 ? TEE_LEFT : TEE_RIGHT);
    } else {
        for (unsigned distance = 2; distance < label - 2; distance += 2)
            put(cells, distance, WAVE);
    }
    put(cells, label - 2, dash_of(arrow));
}

static void draw(struct lab_line *line, const struct cells *cells, enum lab_style style)
{
    const unsigned start = line->wanted;

    for (unsigned i = 0; i < cells->width; i++) {
        if (cells->glyph[i] == NULL && cells->text[i] == ' ')
            continue;
        lab_line_to(line, start + i);
        lab_line_style(line, i == 0 || i == cells->width - 1 ? LAB_DIM : style);
        if (cells->glyph[i] != NULL)
            lab_line_string(line, cells->glyph[i]);
        else
            lab_line_bytes(line, &cells->text[i], 1);
    }
    lab_line_style(line, LAB_PLAIN);
}

void lab_wire_arrow(struct lab_line *line, unsigned width, const struct lab_arrow *arrow)
{
    struct cells cells = {.width = width, .from = arrow->from, .set = glyphs[line->utf8]};
    const unsigned end = width - 1, at = label_end(width, arrow) + 1;

    memset(cells.text, ' ', sizeof cells.text);
    put(&cells, 0, LIFELINE);
    put(&cells, end, LIFELINE);
    put_start(&cells, arrow);
    put_text(&cells, label_start(arrow->start), arrow->label, at - 1 - label_start(arrow->start));
    switch (arrow->finish) {
    case LAB_WIRE_ARRIVES:
    case LAB_WIRE_ASSUMED: put_whole(&cells, at, end, arrow); break;
    case LAB_WIRE_DIES:
    case LAB_WIRE_UNDERWAY: put_broken(&cells, at, end, arrow); break;
    case LAB_WIRE_WANDERS: put_waves(&cells, at, end); break;
    }
    draw(line, &cells, arrow->style);
}

void lab_wire_text(struct lab_line *line, unsigned width, unsigned side,
                   const struct lab_piece *piece)
{
    const unsigned start = line->wanted;
    const enum lab_style style = line->chosen;
    unsigned characters = 0;

    for (size_t at = 0; at < piece->count; characters++)
        at += lab_line_character_bytes(piece->bytes + at, piece->count - at);
    lab_line_style(line, LAB_DIM);
    lab_line_string(line, glyphs[line->utf8][LIFELINE]);
    lab_line_style(line, style);
    lab_line_to(line, side == 0 ? start + 2 : start + width - 2 - characters);
    lab_line_bytes(line, piece->bytes, piece->count);
    lab_line_style(line, LAB_DIM);
    lab_line_to(line, start + width - 1);
    lab_line_string(line, glyphs[line->utf8][LIFELINE]);
    lab_line_style(line, LAB_PLAIN);
}
