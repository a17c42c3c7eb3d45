/* address.c - addresses to and from text.
 *
 * Only one spelling of an IPv4 address is read: four decimal numbers without leading zeros.
 * What inet_aton() also accepts ("10.1", "010.0.0.1" in octal, "0x0a000001") means different
 * things to different programs, and an address that is misread is worse than one refused. */
#include "base/address.h"

#include "base/text.h"

struct lull_address lull_address_ipv4(const uint8_t octets[4])
{
    return address_from_ipv4_word(load_be32(octets));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads a number up to @max, which is at most 999, and moves @text behind it.  -1: none. */
static int read_number(const char **text, int max)
{
    const char *at = *text;
    if (!is_digit(at[0]) || (at[0] == '0' && is_digit(at[1])))
        return -1;
    int value = 0;
    for (; is_digit(*at) && value <= max; at++)
        value = value * 10 + (*at - '0');
    *text = at;
    return value <= max ? value : -1;
}

/* Reads four numbers with dots between them and moves @text behind them. */
static bool read_dotted_quad(const char **text, struct lull_address *address)
{
    uint8_t octets[4];
    for (int i = 0; i < 4; i++) {
        if (i > 0 && *(*text)++ != '.')
            return false;
        const int value = read_number(text, 255);
        if (value < 0)
            return false;
        octets[i] = (uint8_t)value;
    }
    *address = lull_address_ipv4(octets);
    return true;
}

enum lull_error lull_address_parse(const char *text, struct lull_address *address)
{
    struct lull_address found;
    if (!read_dotted_quad(&text, &found) || *text != '\0')
        return LULL_EINVAL;
    *address = found;
    return LULL_OK;
}

enum lull_error lull_address_parse_prefix(const char *text, struct lull_address *address,
                                          unsigned *prefix_length)
{
    struct lull_address found;
    if (!read_dotted_quad(&text, &found) || *text++ != '/')
        return LULL_EINVAL;
    const int length = read_number(&text, 32);
    if (length < 0 || *text != '\0')
        return LULL_EINVAL;
    *address = found;
    *prefix_length = (unsigned)length;
    return LULL_OK;
}

/* Eight groups, none left out: RFC 5952 shortens them, but nobody produces any yet. */
static void put_ipv6(struct text *t, const struct lull_address *address)
{
    for (unsigned i = 0; i < 16; i += 2) {
        if (i > 0)
            text_character(t, ':');
        text_hex(t, load_be16(address->bytes + i), 1);
    }
}

static void put_address(struct text *t, const struct lull_address *address)
{
    if (address_is_any(address)) {
        text_character(t, '*');
        return;
    }
    if (!address_is_ipv4(address)) {
        put_ipv6(t, address);
        return;
    }
    for (unsigned i = 12; i < 16; i++) {
        if (i > 12)
            text_character(t, '.');
        text_decimal(t, address->bytes[i]);
    }
}

size_t lull_address_format(const struct lull_address *address, char *text, size_t size)
{
    struct text t;
    text_init(&t, text, size);
    put_address(&t, address);
    return text_length(&t);
}

size_t lull_address_format_name(const struct lull_name *name, char *text, size_t size)
{
    const bool brackets = !address_is_any(&name->address) && !address_is_ipv4(&name->address);
    struct text t;
    text_init(&t, text, size);
    if (brackets)
        text_character(&t, '[');
    put_address(&t, &name->address);
    if (name->zone != 0) {
        text_character(&t, '%'); /* RFC 4007 section 11.2 */
        text_decimal(&t, name->zone);
    }
    text_string(&t, brackets ? "]:" : ":");
    if (name->port == 0)
        text_character(&t, '*');
    else
        text_decimal(&t, name->port);
    return text_length(&t);
}
