/* rule.c - requirement names as numbers (lull/refusal.h).
 *
 * A trace record has numbers only.  The letters are packed instead of looked up, so that a new
 * rule needs no table. */
#include <stdbool.h>

#include "lull/refusal.h"

#define NUMBER_MAX 999u

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* Two letters, a dash, two or three digits. */
uint32_t lull_rule_number(const char *rule)
{
    uint32_t number = 0;

    if (!is_letter((unsigned char)rule[0]) || !is_letter((unsigned char)rule[1]) || rule[2] != '-'
        || !is_digit(rule[3]))
        return 0;
    for (const char *digit = rule + 3; *digit != '\0'; digit++) {
        if (!is_digit(*digit))
            return 0;
        number = 10 * number + (uint32_t)(*digit - '0');
        if (number > NUMBER_MAX)
            return 0;
    }
    return (uint32_t)rule[0] << 24 | (uint32_t)rule[1] << 16 | number;
}

void lull_rule_text(uint32_t number, char rule[8])
{
    uint32_t digits = number & 0xffff;

    rule[0] = '?';
    rule[1] = '\0';
    if (!is_letter(number >> 24) || !is_letter(number >> 16 & 0xff) || digits > NUMBER_MAX)
        return;
    *rule++ = (char)(number >> 24);
    *rule++ = (char)(number >> 16);
    *rule++ = '-';
    if (digits > 99)
        *rule++ = (char)('0' + digits / 100);
    *rule++ = (char)('0' + digits / 10 % 10);
    *rule++ = (char)('0' + digits % 10);
    *rule = '\0';
}
