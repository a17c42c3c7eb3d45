/* sim_octets.c - text that says where it comes from: eight octets to a mixed word. */
#include "sim/sim_octets.h"

/* The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t word_at(uint32_t voice, uint64_t offset)
{
    return mix(((uint64_t)voice + 1) * 0x9e3779b97f4a7c15u + offset / 8);
}

static uint8_t octet_of(uint64_t word, uint64_t offset)
{
    return (uint8_t)(word >> offset % 8 * 8);
}

void sim_octets_fill(uint8_t *to, size_t count, uint32_t voice, uint64_t offset)
{
    uint64_t word = word_at(voice, offset);

    for (size_t i = 0; i < count; i++) {
        if ((offset + i) % 8 == 0)
            word = word_at(voice, offset + i);
        to[i] = octet_of(word, offset + i);
    }
}

size_t sim_octets_match(const uint8_t *octets, size_t count, uint32_t voice, uint64_t offset)
{
    uint64_t word = word_at(voice, offset);

    for (size_t i = 0; i < count; i++) {
        if ((offset + i) % 8 == 0)
            word = word_at(voice, offset + i);
        if (octets[i] != octet_of(word, offset + i))
            return i;
    }
    return count;
}
