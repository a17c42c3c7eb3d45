#include "cli/cli_parse.h"

#include <stddef.h>
#include <string.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at the start of @text; NULL when there are none or they do not fit. */
static const char *take_digits(const char *text, uint64_t *value)
{
    uint64_t sum = 0;

    if (!is_digit(*text))
        return NULL;
    for (; is_digit(*text); text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return NULL;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return text;
}

static int within(struct cli_range range, uint64_t value)
{
    return value >= range.first && value <= range.last;
}

const char *cli_parse_number(const char *text, struct cli_range range, uint64_t *value)
{
    uint64_t number;
    const char *rest = take_digits(text, &number);

    if (!rest || *rest)
        return "a whole number";
    if (!within(range, number))
        return "a number within its range";
    *value = number;
    return NULL;
}

/* How far k, m and g shift; -1 for anything else. */
static int unit_shift(const char *unit)
{
    static const char units[] = "kmg";

    if (!*unit)
        return 0;
    for (int i = 0; units[i]; i++) {
        if ((unit[0] == units[i] || unit[0] == units[i] - 'a' + 'A') && !unit[1])
            return 10 * (i + 1);
    }
    return -1;
}

const char *cli_parse_size(const char *text, struct cli_range range, uint64_t *bytes)
{
    uint64_t number;
    const char *rest = take_digits(text, &number);
    int shift = rest ? unit_shift(rest) : -1;

    if (shift < 0)
        return "a number of bytes such as 65536, 64k or 256m";
    if (number > UINT64_MAX >> shift || !within(range, number << shift))
        return "a number of bytes within its range";
    *bytes = number << shift;
    return NULL;
}

/* Nanoseconds in a unit; 0 for an unknown one. */
static lull_duration unit_duration(const char *unit)
{
    if (strcmp(unit, "ms") == 0)
        return LULL_MS(1);
    if (strcmp(unit, "s") == 0 || !*unit)
        return LULL_SEC(1);
    if (strcmp(unit, "m") == 0)
        return LULL_SEC(60);
    return 0;
}

/* The decimals behind a point, as a fraction of @unit; NULL without any or with too many. */
static const char *take_fraction(const char *text, uint64_t *numerator, uint64_t *denominator)
{
    const char *rest = take_digits(text, numerator);

    if (!rest || rest - text > 9)
        return NULL;
    for (const char *digit = text; digit < rest; digit++)
        *denominator *= 10;
    return rest;
}

const char *cli_parse_duration(const char *text, lull_duration *duration)
{
    static const char wanted[] = "a duration such as 250ms, 30s or 2m";
    uint64_t whole, numerator = 0, denominator = 1;
    const char *rest = take_digits(text, &whole);
    lull_duration unit;

    if (rest && *rest == '.')
        rest = take_fraction(rest + 1, &numerator, &denominator);
    if (!rest)
        return wanted;
    unit = unit_duration(rest);
    if (unit == 0)
        return wanted;
    if (whole > (uint64_t)(LULL_SEC(24 * 3600) / unit))
        return "a duration of at most 24 hours";
    *duration = (lull_duration)whole * unit
                + (lull_duration)((double)numerator / (double)denominator * (double)unit);
    return NULL;
}

const char *cli_parse_msl(const char *text, lull_duration *msl)
{
    lull_duration given;
    const char *must_be = cli_parse_duration(text, &given);

    if (must_be)
        return must_be;
    if (given < LULL_MS(1) || given > LULL_SEC(3600))
        return "1ms to 1h";
    *msl = given;
    return NULL;
}

const char *cli_parse_port(const char *text, uint16_t *port)
{
    uint64_t number;

    if (cli_parse_number(text, (struct cli_range){0, UINT16_MAX}, &number))
        return "a port, 0 to 65535";
    *port = (uint16_t)number;
    return NULL;
}

const char *cli_parse_address(const char *text, struct lull_address *address)
{
    return lull_address_parse(text, address) ? "an IPv4 address such as 10.0.0.1" : NULL;
}

const char *cli_parse_prefix(const char *text, struct lull_address *address, unsigned *length)
{
    return lull_address_parse_prefix(text, address, length)
               ? "an IPv4 address with its prefix such as 10.0.0.1/24"
               : NULL;
}

const char *cli_parse_name(const char *text, struct lull_name *name)
{
    static const char wanted[] = "an address and a port such as 10.0.0.1:4000";
    struct lull_name read = {0};
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    char address[LULL_NAME_TEXT_BYTES];

    if (!*text || length >= sizeof address)
        return wanted;
    memcpy(address, text, length);
    address[length] = '\0';
    if (length > 0 && strcmp(address, "*") != 0 && lull_address_parse(address, &read.address))
        return wanted;
    if (colon && cli_parse_port(colon + 1, &read.port))
        return wanted;
    *name = read;
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

    return found ? (int)(found - digits) : -1;
}

const char *cli_parse_seed(const char *text, uint8_t seed[32])
{
    size_t length = strlen(text);
    uint8_t read[32] = {0};

    if (length < 2 || length > 64 || length % 2)
        return "2 to 64 hexadecimal digits, two for each byte";
    for (size_t i = 0; i < length; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return "hexadecimal digits";
        read[i / 2] = (uint8_t)(read[i / 2] << 4 | digit);
    }
    memcpy(seed, read, sizeof read);
    return NULL;
}
