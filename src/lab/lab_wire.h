/* lab_wire.h - the column between two lifelines: an arrow with what it carries and how it ends.
 *
 * An arrow is drawn from where it begins to where it ends, and turned round when it goes left. */
#ifndef LAB_LAB_WIRE_H
#define LAB_LAB_WIRE_H

#include "lab/lab_line.h"

#define LAB_WIRE_WIDTH_MAX 96 /* characters, lifelines included */
#define LAB_WIRE_WIDTH_MIN 16

enum lab_wire_start {
    LAB_WIRE_SENT,    /* at the lifeline */
    LAB_WIRE_WANDERED /* out of the network */
};

enum lab_wire_finish {
    LAB_WIRE_ARRIVES,
    LAB_WIRE_ASSUMED, /* it may have arrived: nobody saw it */
    LAB_WIRE_DIES,
    LAB_WIRE_WANDERS,  /* arrives on another line */
    LAB_WIRE_UNDERWAY, /* when the story ends */
};

enum lab_wire_stroke {
    LAB_WIRE_PLAIN,
    LAB_WIRE_DAMAGED,
    LAB_WIRE_OLD /* of an older incarnation than the one it reaches */
};

struct lab_arrow {
    unsigned from;     /* 0: left, 1: right */
    const char *label; /* ASCII */
    const char *word;  /* what became of it, left out where there is no room; "" */
    enum lab_wire_start start;
    enum lab_wire_finish finish;
    enum lab_wire_stroke stroke;
    enum lab_style style;
};

/* Characters of the label that fit into a column of @width. */
unsigned lab_wire_label_max(unsigned width, enum lab_wire_start start);

/* Whether the word of @arrow is drawn, or must be said elsewhere.  An empty one has room. */
bool lab_wire_has_room(unsigned width, const struct lab_arrow *arrow);

/* @width: LAB_WIRE_WIDTH_MIN to LAB_WIRE_WIDTH_MAX.  A label that is too long is cut. */
void lab_wire_arrow(struct lab_line *line, unsigned width, const struct lab_arrow *arrow);

/* A piece of text at the lifeline of @side, between both. */
void lab_wire_text(struct lab_line *line, unsigned width, unsigned side,
                   const struct lab_piece *piece);

#endif
