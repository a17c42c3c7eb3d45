/* slice.h - a piece of memory somebody else owns. */
#ifndef LULL_SLICE_H
#define LULL_SLICE_H

#include <stddef.h>

struct lull_slice {
    const void *data;
    size_t len; /* bytes */
};

#endif
