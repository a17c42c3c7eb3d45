/* prng.h - a small seeded generator for jitter, simulation and tests.
 *
 * xoshiro256** (Blackman and Vigna, 2018).  Never for secrets: its output gives away its
 * state.  What a peer must not guess comes from siphash.h. */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state[4];
};

/* Any seed is good, also 0; near seeds give unrelated sequences. */
void prng_seed(struct prng *p, uint64_t seed);

uint64_t prng_next(struct prng *p);

/* Uniform in [0, @bound) without bias; @bound is not 0. */
uint32_t prng_below(struct prng *p, uint32_t bound);

/* True in @parts of @of cases; @of is not 0.  Always draws once, so that changing a
 * probability does not shift the rest of a seeded run. */
bool prng_chance(struct prng *p, uint32_t parts, uint32_t of);

#endif
