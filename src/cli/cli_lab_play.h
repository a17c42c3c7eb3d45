/* cli_lab_play.h - scenarios of the book, played in memory that grows to the largest. */
#ifndef CLI_LAB_PLAY_H
#define CLI_LAB_PLAY_H

#include <stddef.h>

#include "lab/lab_book.h"

/* All zero at first; cli_lab_play_free() in the end. */
struct cli_lab_play {
    void *memory;
    size_t bytes;
    struct lab_story story; /* the last one played; lies in .memory */
};

/* 0, or -1 when there is not enough memory. */
int cli_lab_play(struct cli_lab_play *play, const struct lab_scenario *scenario,
                 const struct lab_play_options *options);
void cli_lab_play_free(struct cli_lab_play *play);

#define CLI_LAB_FORMS 3

/* The @index-th form of a scenario: as it is, without TIME-WAIT, with its other mistake.  False: it
 * has no such form.  Only these two fields of @options are written. */
int cli_lab_play_form(const struct lab_scenario *scenario, unsigned index,
                      struct lab_play_options *options);

/* "SC-05", "SC-05 without TIME-WAIT". */
void cli_lab_play_name(const struct lab_scenario *scenario, const struct lab_play_options *options,
                       char name[64]);

/* The verdict in one line: "as expected: ...", "not as expected: ...". */
void cli_lab_play_verdict(const struct lab_story *story, char line[192]);

#endif
