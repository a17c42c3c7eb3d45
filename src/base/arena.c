#include "base/arena.h"

#include <stdint.h>

#include "base/check.h"

void arena_init(struct arena *a, void *memory, size_t size)
{
    LULL_CHECK((uintptr_t)memory % ARENA_ALIGNMENT == 0);
    *a = (struct arena){.at = memory, .left = size};
}

void *arena_take(struct arena *a, size_t size)
{
    /* A sum that overflows must stay too large, or a hostile limit would seem to fit. */
    const size_t padding = (0 - size) % ARENA_ALIGNMENT;
    size_t whole;
    if (__builtin_add_overflow(size, padding, &whole))
        whole = SIZE_MAX;
    if (__builtin_add_overflow(a->wanted, whole, &a->wanted))
        a->wanted = SIZE_MAX;
    if (a->at == NULL)
        return NULL;
    if (whole > a->left) {
        a->at = NULL;
        return NULL;
    }
    unsigned char *taken = a->at;
    a->at += whole;
    a->left -= whole;
    return taken;
}

bool arena_fits(const struct arena *a)
{
    return a->at != NULL;
}
