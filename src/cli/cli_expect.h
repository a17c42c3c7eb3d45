/* cli_expect.h - a picture and the one it should be. */
#ifndef CLI_EXPECT_H
#define CLI_EXPECT_H

#include "cli/cli_picture.h"

/* Compares the picture with the file @golden.  CLI_EXIT_OK when they are the same; otherwise a line
 * on standard error tells the first line that differs, or what is wrong with the file, of
 * @command. */
int cli_expect_picture(const struct cli_picture *picture, const struct lab_story *story,
                       const char *golden, const char *command);

#endif
