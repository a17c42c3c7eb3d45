/* slice.h - bytes borrowed from someone else. */
#ifndef LULL_SLICE_H
#define LULL_SLICE_H

#include <stddef.h>

#include "lull/api.h"

LULL_BEGIN_DECLARATIONS

/* Several in a row make one packet or one piece of a stream, without a copy.  How long the
 * bytes stay valid is said where the slice is handed out. */
struct lull_slice {
    const void *data;
    size_t len; /* bytes */
};

LULL_END_DECLARATIONS

#endif
