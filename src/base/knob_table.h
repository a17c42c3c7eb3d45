/* knob_table.h - the rows behind lull/knobs.h. */
#ifndef BASE_KNOB_TABLE_H
#define BASE_KNOB_TABLE_H

#include "lull/knobs.h"

extern const struct lull_knob_info knob_table[LULL_KNOB_COUNT]; /* by enum lull_knob */

#endif
