/* lab_svg_wire.h - what travels: arrows, and what became of them. */
#ifndef LAB_LAB_SVG_WIRE_H
#define LAB_LAB_SVG_WIRE_H

#include "lab/lab_layout.h"
#include "lab/lab_out.h"

/* Every group that belongs to an event has its number as data-e. */
void lab_svg_wire(struct lab_layout *layout, const struct lab_out *out);

#endif
