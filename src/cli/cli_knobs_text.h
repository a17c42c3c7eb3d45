/* cli_knobs_text.h - rows of the table of knobs as paragraphs, and all of them as docs/knobs.md. */
#ifndef CLI_KNOBS_TEXT_H
#define CLI_KNOBS_TEXT_H

#include <stdio.h>

#include "lull/knobs.h"

#define CLI_KNOBS_VALUE_BYTES   32 /* of a value as text */
#define CLI_KNOBS_EVERY_PROFILE (-1)

struct cli_knobs_page {
    FILE *out;
    int columns; /* no line is longer, as far as its words allow */
    int profile; /* enum lull_profile, or CLI_KNOBS_EVERY_PROFILE */
};

/* "run time", "creation", "listener", "fixed". */
const char *cli_knobs_text_scope(enum lull_knob_scope scope);

/* What the knob governs does not exist: it has one value. */
int cli_knobs_text_is_fixed(enum lull_knob knob);

/* One knob: its values, where and within what it can be set, what it does and breaks. */
void cli_knobs_text_row(const struct cli_knobs_page *page, enum lull_knob knob);

/* The heading of those that are fixed. */
void cli_knobs_text_fixed(const struct cli_knobs_page *page);

/* docs/knobs.md. */
void cli_knobs_text_markdown(FILE *out);

#endif
