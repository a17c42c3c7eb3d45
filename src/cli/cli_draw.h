/* cli_draw.h - a capture file becomes a story; `lull lab draw` without its options. */
#ifndef CLI_DRAW_H
#define CLI_DRAW_H

#include "cli/cli_capture.h"
#include "cli/cli_talks.h"
#include "lab/lab_infer.h"

#define CLI_DRAW_CHOICES_MAX LAB_CONVERSATIONS_MAX

/* Which conversations: those with this number, from 1, or, where it is 0, of this name. */
struct cli_draw_choice {
    uint64_t number;
    struct lull_name name; /* what is 0 is any */
};

struct cli_draw {
    /* Wishes. */
    const char *path;
    lull_duration msl; /* 0: as lab_infer.h has it */
    struct cli_draw_choice choices[CLI_DRAW_CHOICES_MAX];
    unsigned choice_count; /* 0: from the first on, as many as a story holds */
    int progress;          /* on standard error */

    /* What became of them. */
    struct cli_talks talks;
    size_t chosen;
    struct lab_story story; /* of .events and .bytes */
    struct lab_infer *infer;
    char problem[320]; /* the file is broken, and this is how; the story is of what was before */
};

/* Read the file once, and know its conversations.  0; 1: .problem, but what was read before it is
 * there; -1: .problem, and nothing is there. */
int cli_draw_scan(struct cli_draw *draw);

/* Read it again into a story.  0, or -1 with .problem. */
int cli_draw_infer(struct cli_draw *draw);

void cli_draw_free(struct cli_draw *draw);

#endif
