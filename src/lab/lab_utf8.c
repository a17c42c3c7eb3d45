/* lab_utf8.c - the table of RFC 3629 section 4: no surrogates, no overlong forms, nothing beyond
 * U+10FFFF. */
#include "lab/lab_utf8.h"

/* Bytes that a first byte announces; 0: it is none. */
static size_t announced(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

static bool second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0: return second >= 0xa0;
    case 0xed: return second < 0xa0;
    case 0xf0: return second >= 0x90;
    case 0xf4: return second < 0x90;
    default: return true;
    }
}

size_t lab_utf8_bytes(const char *bytes, size_t count)
{
    const unsigned char *b = (const unsigned char *)bytes;
    const size_t all = announced(b[0]);

    if (all > count)
        return 0;
    for (size_t i = 1; i < all; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    }
    return all > 1 && !second_fits(b[0], b[1]) ? 0 : all;
}

bool lab_utf8_is_control(const char *bytes, size_t count)
{
    const unsigned char *b = (const unsigned char *)bytes;

    return count == 1 ? b[0] < 0x20 || b[0] == 0x7f : count == 2 && b[0] == 0xc2 && b[1] < 0xa0;
}
