/* cli_picture.h - the formats in which a story can be drawn, and where the picture goes. */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include <stdio.h>

#include "lab/lab_story.h"

struct cli_picture;

/* NULL: none is called so. */
const struct cli_picture *cli_picture_find(const char *name);

/* "text, plain, mermaid, svg, html, jsonl or pcapng" */
const char *cli_picture_names(void);

/* To a stream, whose errors are the caller's to ask for. */
void cli_picture_print(const struct cli_picture *picture, const struct lab_story *story, FILE *to);

/* To the file @path, or to standard output when it is NULL.  An exit status; what went wrong is
 * told as a complaint of @command. */
int cli_picture_draw(const struct cli_picture *picture, const struct lab_story *story,
                     const char *path, const char *command);

#endif
