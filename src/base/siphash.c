#include "base/siphash.h"

#include "base/bytes.h"

uint64_t siphash_bytes(const struct siphash_key *key, const void *data, size_t len)
{
    const uint8_t *at = data;
    struct siphash_state s = siphash_begin(key);
    for (size_t words = len / 8; words > 0; words--, at += 8)
        siphash_absorb(&s, load_le64(at));

    uint64_t last = (uint64_t)len << 56;
    for (unsigned i = 0; i < len % 8; i++)
        last |= (uint64_t)at[i] << (8 * i);
    return siphash_finish(&s, last);
}

struct siphash_key siphash_derive(const struct siphash_key *seed, uint64_t purpose)
{
    /* The second word of the message tells the two halves of the key apart. */
    const uint64_t low[2] = {purpose, 0}, high[2] = {purpose, 1};
    return (struct siphash_key){{siphash_words(seed, low, 2), siphash_words(seed, high, 2)}};
}
