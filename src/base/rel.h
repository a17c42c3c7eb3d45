/* rel.h - a pointer that survives moving the block it lives in.
 *
 * A stack is one block of bytes that can be copied, mapped elsewhere and put back, so no
 * object in it may hold an address.  A rel holds the distance from itself to its target.
 * The rejected alternative, a base pointer handed to every function, made every small
 * mechanism know about the block.
 *
 * A struct with a rel in it must not be copied on its own: only with the whole block. */
#ifndef BASE_REL_H
#define BASE_REL_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    ptrdiff_t distance; /* bytes from this field to the target; 0: none */
} rel;

static inline void rel_set(rel *r, void *target)
{
    r->distance = target == NULL ? 0 : (char *)target - (char *)r;
}

static inline void *rel_get(const rel *r)
{
    return r->distance == 0 ? NULL : (char *)r + r->distance;
}

#endif
