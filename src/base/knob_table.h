/* knob_table.h - the rows behind lull/knobs.h. */
#ifndef BASE_KNOB_TABLE_H
#define BASE_KNOB_TABLE_H

#include "lull/knobs.h"

#include "base/knob_word.h"

extern const struct lull_knob_info knob_table[LULL_KNOB_COUNT]; /* by enum lull_knob */

/* The knob of that name, or LULL_EINVAL. */
static inline int knob_table_find(struct knob_word name)
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        if (knob_word_is(name, knob_table[i].name))
            return i;
    return LULL_EINVAL;
}

#endif
