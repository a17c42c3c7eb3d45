/* lab_svg_bars.h - how each end of each conversation stands, as bars along its lifeline. */
#ifndef LAB_LAB_SVG_BARS_H
#define LAB_LAB_SVG_BARS_H

#include "lab/lab_layout.h"
#include "lab/lab_out.h"

/* Lifelines and bars. */
void lab_svg_bars(struct lab_layout *layout, const struct lab_out *out);

#endif
