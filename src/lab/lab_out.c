/* lab_out.c - spellings. */
#include "lab/lab_out.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "lab/lab_utf8.h"

#define NUMBER_TEXT_BYTES 32

void lab_out_bytes(const struct lab_out *out, const char *bytes, size_t count)
{
    out->write(out->context, bytes, count);
}

void lab_out_string(const struct lab_out *out, const char *s)
{
    lab_out_bytes(out, s, strlen(s));
}

void lab_out_character(const struct lab_out *out, char c)
{
    lab_out_bytes(out, &c, 1);
}

void lab_out_decimal(const struct lab_out *out, int64_t value)
{
    char number[NUMBER_TEXT_BYTES];
    struct text t;

    text_init(&t, number, sizeof number);
    text_signed(&t, value);
    lab_out_string(out, number);
}

static const char *entity_of(char c)
{
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* The character at @s as it is, or U+FFFD for bytes that are none.  Returns its bytes. */
static size_t put_character(const struct lab_out *out, const char *s, size_t left)
{
    const size_t bytes = lab_utf8_bytes(s, left);

    if (bytes == 0)
        lab_out_string(out, LAB_UTF8_REPLACEMENT);
    else
        lab_out_bytes(out, s, bytes);
    return bytes == 0 ? 1 : bytes;
}

/* XML 1.0 section 2.2 has no place for most of them, not even as references. */
static bool is_control(char c)
{
    return (unsigned char)c < 0x20 && c != '\t' && c != '\n';
}

void lab_out_xml(const struct lab_out *out, const char *s)
{
    size_t left = strlen(s);

    while (left > 0) {
        const char *entity = is_control(*s) ? LAB_UTF8_REPLACEMENT : entity_of(*s);
        size_t bytes = 1;
        if (entity != NULL)
            lab_out_string(out, entity);
        else
            bytes = put_character(out, s, left);
        s += bytes;
        left -= bytes;
    }
}

static bool is_plain_in_json(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\' && c != '<';
}

static void escape(const struct lab_out *out, char c)
{
    char code[NUMBER_TEXT_BYTES];
    struct text t;

    text_init(&t, code, sizeof code);
    text_string(&t, "\\u");
    text_hex(&t, (unsigned char)c, 4);
    lab_out_string(out, code);
}

void lab_out_json(const struct lab_out *out, const char *s)
{
    if (s == NULL) {
        lab_out_string(out, "null");
        return;
    }
    size_t left = strlen(s);
    lab_out_character(out, '"');
    while (left > 0) {
        size_t bytes = 1;
        if (is_plain_in_json(*s))
            bytes = put_character(out, s, left);
        else
            escape(out, *s);
        s += bytes;
        left -= bytes;
    }
    lab_out_character(out, '"');
}

void lab_out_seconds(const struct lab_out *out, lull_duration duration)
{
    lull_duration ms = (duration < 0 ? -duration : duration) / LULL_MS(1);
    char number[NUMBER_TEXT_BYTES];
    struct text t;

    text_init(&t, number, sizeof number);
    if (duration < 0)
        text_character(&t, '-');
    text_decimal(&t, (uint64_t)(ms / 1000));
    text_character(&t, '.');
    for (lull_duration digit = 100; digit > 0; digit /= 10)
        text_character(&t, (char)('0' + ms / digit % 10));
    lab_out_string(out, number);
}
