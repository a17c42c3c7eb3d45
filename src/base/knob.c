/* knob.c - finding, reading and setting knobs by the rows of knob_table.c. */
#include <stdbool.h>
#include <string.h>

#include "base/knob_table.h"
#include "base/text.h"

static const char *const profiles[LULL_PROFILE_COUNT] = {
    [LULL_PROFILE_DEFAULT] = "default",
    [LULL_PROFILE_STRICT] = "strict",
    [LULL_PROFILE_LINUX] = "linux",
    [LULL_PROFILE_BSD] = "bsd",
};

/* A piece of somebody else's text. */
struct word {
    const char *at;
    size_t length;
};

static bool word_is(struct word w, const char *text)
{
    return strlen(text) == w.length && memcmp(w.at, text, w.length) == 0;
}

static struct word word_until(const char *text, char end)
{
    struct word w = {text, 0};
    while (text[w.length] != '\0' && text[w.length] != end)
        w.length++;
    return w;
}

const struct lull_knob_info *lull_knob_info(enum lull_knob knob)
{
    return (unsigned)knob < LULL_KNOB_COUNT ? &knob_table[knob] : NULL;
}

static int find(struct word name)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        if (word_is(name, knob_table[i].name))
            return i;
    return LULL_EINVAL;
}

int lull_knob_find(const char *name)
{
    return find(word_until(name, '\0'));
}

int lull_profile_find(const char *name)
{
    for (int i = 0; i < LULL_PROFILE_COUNT; i++)
        if (word_is(word_until(name, '\0'), profiles[i]))
            return i;
    return LULL_EINVAL;
}

const char *lull_profile_name(enum lull_profile profile)
{
    return (unsigned)profile < LULL_PROFILE_COUNT ? profiles[profile] : "?";
}

void lull_knobs_init(struct lull_knobs *knobs, enum lull_profile profile)
{
    unsigned column = (unsigned)profile < LULL_PROFILE_COUNT ? (unsigned)profile : 0;

    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        knobs->value[i] = knob_table[i].value[column];
}

enum lull_error lull_knobs_set(struct lull_knobs *knobs, enum lull_knob knob, int64_t value)
{
    const struct lull_knob_info *info = lull_knob_info(knob);

    if (info == NULL)
        return LULL_EINVAL;
    if (value < info->least || value > info->most)
        return info->scope == LULL_KNOB_FIXED ? LULL_EOPNOTSUPP : LULL_EINVAL;
    knobs->value[knob] = value;
    return LULL_OK;
}

int lull_knobs_are_valid(const struct lull_knobs *knobs)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        if (knobs->value[i] < knob_table[i].least || knobs->value[i] > knob_table[i].most)
            return 0;
    return knobs->value[LULL_KNOB_ports_ephemeral_first]
           <= knobs->value[LULL_KNOB_ports_ephemeral_last];
}

/* --- values as text --------------------------------------------------------------------- */

/* The choice at @position of "a|b|c"; empty when there are fewer. */
static struct word choice(const char *choices, int64_t position)
{
    struct word w = word_until(choices, '|');

    while (position-- > 0) {
        if (w.at[w.length] == '\0')
            return (struct word){w.at + w.length, 0};
        w = word_until(w.at + w.length + 1, '|');
    }
    return w;
}

size_t lull_knob_text(enum lull_knob knob, int64_t value, char *text, size_t size)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    struct text t;

    text_init(&t, text, size);
    if (info == NULL)
        return 0;
    if (info->is_of_words) {
        struct word w = choice(info->unit, value);
        for (size_t i = 0; i < w.length; i++)
            text_character(&t, w.at[i]);
    } else if (info->scale > 1) {
        text_signed(&t, value / info->scale);
        text_character(&t, '.');
        text_decimal(&t, (uint64_t)(value % info->scale));
    } else {
        text_signed(&t, value);
    }
    return text_length(&t);
}

/* Digits to a number, at most one decimal with scale 10.  False when there are none, too
 * many, or something else comes before the end. */
static bool parse_number(struct word *w, unsigned scale, int64_t *value)
{
    size_t i = 0;
    int64_t number = 0;

    for (; i < w->length && w->at[i] >= '0' && w->at[i] <= '9'; i++) {
        if (i == 15)
            return false;
        number = number * 10 + (w->at[i] - '0');
    }
    if (i == 0)
        return false;
    number *= scale > 1 ? scale : 1;
    if (scale == 10 && i + 2 <= w->length && w->at[i] == '.' && w->at[i + 1] >= '0'
        && w->at[i + 1] <= '9') {
        number += w->at[i + 1] - '0';
        i += 2;
    }
    *w = (struct word){w->at + i, w->length - i};
    *value = number;
    return true;
}

static const struct {
    const char *name;
    int64_t ms;
} time_units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

static bool parse_value(const struct lull_knob_info *info, struct word w, int64_t *value)
{
    if (info->is_of_words) {
        for (int64_t i = 0; i <= info->most; i++) {
            struct word c = choice(info->unit, i);
            if (c.length == w.length && memcmp(c.at, w.at, w.length) == 0) {
                *value = i;
                return true;
            }
        }
    }
    if (!parse_number(&w, info->scale, value))
        return false;
    if (w.length == 0)
        return true;
    if (!word_is(word_until(info->unit, '\0'), "ms"))
        return false;
    for (size_t i = 0; i < sizeof time_units / sizeof time_units[0]; i++) {
        if (word_is(w, time_units[i].name)) {
            *value *= time_units[i].ms;
            return true;
        }
    }
    return false;
}

enum lull_error lull_knobs_assign(struct lull_knobs *knobs, const char *assignment)
{
    struct word name = word_until(assignment, '=');
    int knob = find(name);
    int64_t value;

    if (knob < 0 || assignment[name.length] != '='
        || !parse_value(&knob_table[knob], word_until(assignment + name.length + 1, '\0'), &value))
        return LULL_EINVAL;
    return lull_knobs_set(knobs, (enum lull_knob)knob, value);
}
