/* knobs.c - all knobs together: a profile, a value, an assignment. */
#include "base/knob_table.h"

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

/* Digits to a number, at most one decimal with scale 10.  False when there are none, too
 * many, or something else comes before the end. */
static bool parse_number(struct knob_word *w, unsigned scale, int64_t *value)
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
    *w = (struct knob_word){w->at + i, w->length - i};
    *value = number;
    return true;
}

static const struct {
    const char *name;
    int64_t ms;
} time_units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

/* The position of @w among the choices of a knob of words, or -1. */
static int64_t parse_choice(const struct lull_knob_info *info, struct knob_word w)
{
    for (int64_t i = 0; info->is_of_words && i <= info->most; i++) {
        struct knob_word c = knob_word_choice(info->unit, i);
        if (c.length == w.length && memcmp(c.at, w.at, w.length) == 0)
            return i;
    }
    return -1;
}

static bool parse_value(const struct lull_knob_info *info, struct knob_word w, int64_t *value)
{
    int64_t position = parse_choice(info, w);

    if (position >= 0) {
        *value = position;
        return true;
    }
    if (!parse_number(&w, info->scale, value))
        return false;
    if (w.length == 0)
        return true;
    if (!knob_word_is(knob_word_until(info->unit, '\0'), "ms"))
        return false;
    for (size_t i = 0; i < sizeof time_units / sizeof time_units[0]; i++) {
        if (knob_word_is(w, time_units[i].name)) {
            *value *= time_units[i].ms;
            return true;
        }
    }
    return false;
}

enum lull_error lull_knobs_assign(struct lull_knobs *knobs, const char *assignment)
{
    struct knob_word name = knob_word_until(assignment, '=');
    int knob = knob_table_find(name);
    int64_t value;

    if (knob < 0 || assignment[name.length] != '='
        || !parse_value(&knob_table[knob], knob_word_until(assignment + name.length + 1, '\0'),
                        &value))
        return LULL_EINVAL;
    return lull_knobs_set(knobs, (enum lull_knob)knob, value);
}
