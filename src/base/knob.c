/* knob.c - one knob: finding it, describing it, its value as text. */
#include "base/knob_table.h"
#include "base/text.h"

const struct lull_knob_info *lull_knob_info(enum lull_knob knob)
{
    return (unsigned)knob < LULL_KNOB_COUNT ? &knob_table[knob] : NULL;
}

int lull_knob_find(const char *name)
{
    return knob_table_find(knob_word_until(name, '\0'));
}

size_t lull_knob_text(enum lull_knob knob, int64_t value, char *text, size_t size)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    struct text t;

    text_init(&t, text, size);
    if (info == NULL)
        return 0;
    if (info->is_of_words) {
        struct knob_word w = knob_word_choice(info->unit, value);
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
