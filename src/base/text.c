#include "base/text.h"

void text_init(struct text *t, char *buffer, size_t size)
{
    t->start = t->at = t->end = buffer;
    if (size == 0)
        return;
    t->end = buffer + size - 1;
    *t->at = '\0';
}

void text_character(struct text *t, char c)
{
    if (t->at == t->end)
        return;
    *t->at++ = c;
    *t->at = '\0';
}

void text_string(struct text *t, const char *s)
{
    while (*s != '\0')
        text_character(t, *s++);
}

/* Digits come out backwards, so they wait here. */
static void put_number(struct text *t, uint64_t value, unsigned base, unsigned least_digits)
{
    char digits[20]; /* UINT64_MAX in decimal */
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (unsigned zeros = count; zeros < least_digits; zeros++)
        text_character(t, '0');
    while (count > 0)
        text_character(t, digits[--count]);
}

void text_decimal(struct text *t, uint64_t value)
{
    put_number(t, value, 10, 1);
}

void text_signed(struct text *t, int64_t value)
{
    if (value < 0)
        text_character(t, '-');
    /* Negated as unsigned, because INT64_MIN has no positive counterpart. */
    text_decimal(t, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_hex(struct text *t, uint64_t value, unsigned digits)
{
    put_number(t, value, 16, digits);
}

void text_padded(struct text *t, const char *s, unsigned width)
{
    unsigned characters = 0;
    for (; *s != '\0'; characters++)
        text_character(t, *s++);
    for (; characters < width; characters++)
        text_character(t, ' ');
}

size_t text_length(const struct text *t)
{
    return (size_t)(t->at - t->start);
}
