/* lab_utf8.h - which bytes are characters (RFC 3629).
 *
 * Text of a story may be cut in the middle of a character, or come from a file that has none. */
#ifndef LAB_LAB_UTF8_H
#define LAB_LAB_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at @bytes, 1 to 4; 0 when there is none.  @count: at least 1. */
size_t lab_utf8_bytes(const char *bytes, size_t count);

/* The character of @count bytes is C0, DEL or C1: it means something to a terminal and nothing to
 * a reader. */
bool lab_utf8_is_control(const char *bytes, size_t count);

/* U+FFFD, which stands for what is none. */
#define LAB_UTF8_REPLACEMENT "\xef\xbf\xbd"

#endif
