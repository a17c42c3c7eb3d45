/* lab_svg.h - one story as a picture in SVG.
 *
 * Five columns: time, left end, wire, right end, why.  Time runs down, long waits are folded.  Each
 * incarnation of a tuple is a card with its number; a segment keeps the colour of the incarnation
 * that sent it, also where it lands on another's card. */
#ifndef LAB_LAB_SVG_H
#define LAB_LAB_SVG_H

#include "lab/lab_out.h"
#include "lab/lab_story.h"

/* A file of its own, with title, verdict and style, in light and dark.  It needs no other file. */
void lab_svg(const struct lab_story *story, const struct lab_out *out);

/* The same for a page that has the style and says the rest in its own words. */
void lab_svg_in_page(const struct lab_story *story, const struct lab_out *out);

#endif
