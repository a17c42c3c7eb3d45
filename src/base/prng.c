#include "base/prng.h"

#include "base/check.h"

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

/* SplitMix64, as the authors of xoshiro advise: a seed with few bits set would otherwise
 * give many draws with few bits set. */
void prng_seed(struct prng *p, uint64_t seed)
{
    for (unsigned i = 0; i < COUNT_OF(p->state); i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        p->state[i] = z ^ z >> 31;
    }
}

uint64_t prng_next(struct prng *p)
{
    uint64_t *s = p->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* The high half of draw * bound is uniform once the low half is not among the first
 * 2^32 mod bound values (Lemire, 2019), which nearly always saves the division. */
uint32_t prng_below(struct prng *p, uint32_t bound)
{
    LULL_CHECK(bound > 0);
    uint64_t product = (prng_next(p) >> 32) * bound;
    if ((uint32_t)product < bound) {
        const uint32_t surplus = (0 - bound) % bound;
        while ((uint32_t)product < surplus)
            product = (prng_next(p) >> 32) * bound;
    }
    return (uint32_t)(product >> 32);
}

bool prng_chance(struct prng *p, uint32_t parts, uint32_t of)
{
    return prng_below(p, of) < parts;
}
