#include "scenario/scenario_words.h"

#include <string.h>

struct span scenario_words_of(const char *string)
{
    return (struct span){(const uint8_t *)string, strlen(string)};
}

bool scenario_words_equal(struct span a, const char *b)
{
    return a.len == strlen(b) && memcmp(a.data, b, a.len) == 0;
}

bool scenario_words_begin(struct span a, const char *start)
{
    size_t len = strlen(start);
    return a.len >= len && memcmp(a.data, start, len) == 0;
}

bool scenario_words_end(struct span a, const char *end)
{
    size_t len = strlen(end);
    return a.len >= len && memcmp(a.data + a.len - len, end, len) == 0;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
}

struct span scenario_words_trim(struct span a)
{
    while (a.len > 0 && is_blank(a.data[0])) {
        a.data++;
        a.len--;
    }
    while (a.len > 0 && is_blank(a.data[a.len - 1]))
        a.len--;
    return a;
}

struct span scenario_words_split(struct span *rest, char separator)
{
    struct span part = {rest->data, 0};

    while (part.len < rest->len && rest->data[part.len] != (uint8_t)separator)
        part.len++;
    size_t gone = part.len < rest->len ? part.len + 1 : part.len;
    *rest = (struct span){rest->data + gone, rest->len - gone};
    return part;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Digits of @base up to the first character that is none. */
static bool read_digits(struct span *a, int64_t base, int64_t *number)
{
    size_t start = a->len;

    *number = 0;
    while (a->len > 0 && digit_of(a->data[0]) < base) {
        int64_t digit = digit_of(a->data[0]);
        if (*number > (INT64_MAX - digit) / base)
            return false;
        *number = *number * base + digit;
        a->data++;
        a->len--;
    }
    return a->len < start;
}

bool scenario_words_number(struct span a, int64_t *number)
{
    bool negative = scenario_words_begin(a, "-");
    if (negative)
        a = (struct span){a.data + 1, a.len - 1};
    bool hexadecimal = scenario_words_begin(a, "0x");
    if (hexadecimal)
        a = (struct span){a.data + 2, a.len - 2};
    if (!read_digits(&a, hexadecimal ? 16 : 10, number) || a.len > 0)
        return false;
    *number = negative ? -*number : *number;
    return true;
}

/* Takes ".25" away and returns it in ns of a unit of @unit ns. */
static bool read_fraction(struct span *a, lull_duration unit, lull_duration *fraction)
{
    *fraction = 0;
    if (!scenario_words_begin(*a, "."))
        return true;
    a->data++;
    a->len--;
    size_t start = a->len;
    for (lull_duration place = unit / 10; a->len > 0 && digit_of(a->data[0]) < 10; place /= 10) {
        *fraction += digit_of(a->data[0]) * place;
        a->data++;
        a->len--;
    }
    return a->len < start;
}

/* A unit at the end, which is cut off; seconds without one. */
static lull_duration read_unit(struct span *a)
{
    static const struct {
        const char *name;
        lull_duration unit;
    } units[] = {{"ms", LULL_MS(1)}, {"us", LULL_US(1)}, {"s", LULL_SEC(1)}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (scenario_words_end(*a, units[i].name)) {
            a->len -= strlen(units[i].name);
            return units[i].unit;
        }
    }
    return LULL_SEC(1);
}

bool scenario_words_duration(struct span a, lull_duration *duration)
{
    int64_t whole = 0;
    lull_duration fraction, unit = read_unit(&a);

    if (!scenario_words_begin(a, ".") && !read_digits(&a, 10, &whole))
        return false;
    if (!read_fraction(&a, unit, &fraction) || a.len > 0)
        return false;
    if (whole > INT64_MAX / 2 / unit)
        return false;
    *duration = whole * unit + fraction;
    return true;
}

void scenario_words_put(struct text *t, struct span a)
{
    bool blank = false;

    a = scenario_words_trim(a);
    for (size_t i = 0; i < a.len; i++) {
        if (is_blank(a.data[i])) {
            blank = true;
            continue;
        }
        if (blank)
            text_character(t, ' ');
        blank = false;
        /* Control characters would spoil the line they are reported in. */
        if (a.data[i] < ' ' || a.data[i] == 0x7f)
            text_character(t, '?');
        else
            text_character(t, ((const char *)a.data)[i]);
    }
}

void scenario_words_put_time(struct text *t, lull_time time)
{
    uint64_t us = (uint64_t)(time < 0 ? -time : time) / 1000;

    if (time < 0)
        text_character(t, '-');
    text_decimal(t, us / 1000000);
    text_character(t, '.');
    for (uint64_t place = 100000; place > 0; place /= 10)
        text_decimal(t, us / place % 10);
}
