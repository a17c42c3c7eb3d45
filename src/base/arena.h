/* arena.h - carving the one block of memory a stack lives in.
 *
 * The same layout function runs twice: over no memory, to learn how much is wanted, and over
 * the block, to carve it.  Nothing is ever given back. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* A cache line.  Moving the block must preserve it. */
#define ARENA_ALIGNMENT 64

struct arena {
    unsigned char *at; /* NULL: only measuring, or exhausted */
    size_t left;       /* bytes from at */
    size_t wanted;     /* bytes asked for so far, also those not given */
};

/* @memory NULL only measures; otherwise @size bytes aligned to ARENA_ALIGNMENT, borrowed. */
void arena_init(struct arena *a, void *memory, size_t size);

/* @size bytes aligned to ARENA_ALIGNMENT, not cleared, or NULL when measuring or exhausted.
 * After the first refusal everything is refused, so that a layout is whole or not at all. */
void *arena_take(struct arena *a, size_t size);

/* True when there is memory and all that was asked for was given. */
bool arena_fits(const struct arena *a);

#endif
