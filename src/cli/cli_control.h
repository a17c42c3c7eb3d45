/* cli_control.h - the local socket over which `lull status` asks a running lull.
 *
 * One request line, then an answer of JSON lines and the end of the stream:
 *
 *     rows       one object per connection, listener and record
 *     counters   one object, names to values
 *     usage      one object: what is in use, against the limits
 *     refusals   one object for each of the last refusals, oldest first
 *     knobs      one object per knob that is not at its default
 *
 * A last line {"end":N} counts the lines before it, so that a cut answer is noticed.  The answer
 * is written in pieces, one per turn of the loop, so that a million records do not stop the
 * traffic; a client that does not read waits alone. */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include <stddef.h>

struct cli_network;

/* Announces the socket's path on standard error.  0, or an exit status after a line. */
int cli_control_open(struct cli_network *network);

/* Also removes the socket's path. */
void cli_control_close(struct cli_network *network);

/* Where a lull of the name or process number @word listens.  NULL: this process. */
void cli_control_path(const char *word, char *path, size_t size);

#endif
