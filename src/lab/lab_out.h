/* lab_out.h - where a picture goes, piece by piece, and the spellings that every format needs.
 *
 * A renderer never holds the whole of its output, so a story of any length can be drawn. */
#ifndef LAB_LAB_OUT_H
#define LAB_LAB_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/time.h"

struct lab_out {
    void (*write)(void *context, const char *bytes, size_t count); /* borrowed for the call */
    void *context;
};

void lab_out_bytes(const struct lab_out *out, const char *bytes, size_t count);
void lab_out_string(const struct lab_out *out, const char *s);
void lab_out_character(const struct lab_out *out, char c);
void lab_out_decimal(const struct lab_out *out, int64_t value);

/* @s with the characters that XML gives a meaning, quotes included, written as entities.  Here and
 * in JSON, bytes that are no UTF-8 become U+FFFD; in XML control characters do, too. */
void lab_out_xml(const struct lab_out *out, const char *s);

/* @s as a JSON string with its quotes (RFC 8259); "</" cannot occur in it, so that it may stand in
 * a page's script.  NULL becomes null. */
void lab_out_json(const struct lab_out *out, const char *s);

/* Seconds with three places, "12.345"; negative ones too. */
void lab_out_seconds(const struct lab_out *out, lull_duration duration);

#endif
