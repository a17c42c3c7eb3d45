/* lab_svg_rows.h - the words of a picture: time, states, what was sent, and why. */
#ifndef LAB_LAB_SVG_ROWS_H
#define LAB_LAB_SVG_ROWS_H

#include "lab/lab_layout.h"
#include "lab/lab_out.h"

/* Cards of the incarnations with their numbers; everything else lies upon them. */
void lab_svg_rows_bands(struct lab_layout *layout, const struct lab_out *out);

/* A row for each event, and a break mark for each wait. */
void lab_svg_rows(struct lab_layout *layout, const struct lab_out *out);

#endif
