/* text.h - building short text in a buffer of the caller's, without stdio.
 *
 * What does not fit is cut silently: these are labels for people, and a caller who minds
 * gives a larger buffer.  Returning an error from each call was rejected, because no caller
 * could do anything with it. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *start; /* the buffer; borrowed */
    char *at;    /* where the next character goes; a NUL stands there */
    char *end;   /* where the last NUL may stand */
};

/* @size counts the closing NUL.  With 0 nothing is ever written, not even that NUL. */
void text_init(struct text *t, char *buffer, size_t size);

void text_character(struct text *t, char c);
void text_string(struct text *t, const char *s);
void text_decimal(struct text *t, uint64_t value);
void text_signed(struct text *t, int64_t value);

/* Lower-case, without prefix, filled up with zeros to @digits; a larger value is not cut. */
void text_hex(struct text *t, uint64_t value, unsigned digits);

/* Left-aligned and followed by spaces up to @width; a longer string is not cut. */
void text_padded(struct text *t, const char *s, unsigned width);

/* Characters so far, without the NUL. */
size_t text_length(const struct text *t);

#endif
