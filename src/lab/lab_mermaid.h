/* lab_mermaid.h - a story as a Mermaid sequenceDiagram, which web pages of code and bug trackers
 * draw when they meet it. */
#ifndef LAB_LAB_MERMAID_H
#define LAB_LAB_MERMAID_H

#include "lab/lab_out.h"
#include "lab/lab_story.h"

void lab_mermaid(const struct lab_story *story, const struct lab_out *out);

#endif
