/* siphash.h - SipHash-2-4 (Aumasson and Bernstein, 2012).
 *
 * A keyed hash for input a peer can choose: table keys, initial sequence numbers, cookies.
 * One secret per stack; every purpose gets its own key through siphash_derive(), so that
 * what one use reveals says nothing about another. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t word[2]; /* k0, k1 of the paper */
};

/* The four lanes of the paper, v0 to v3. */
struct siphash_state {
    uint64_t v[4];
};

/* Hash of @len bytes at @data, any alignment. */
uint64_t siphash_bytes(const struct siphash_key *key, const void *data, size_t len);

/* A key for @purpose that is independent of @seed's other keys.  Use @seed for nothing else
 * than deriving. */
struct siphash_key siphash_derive(const struct siphash_key *seed, uint64_t purpose);

static inline uint64_t siphash_rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

/* Everything below is forced inline: the tuple hash of one segment is 14 rounds, and with a
 * constant count the compiler keeps all four lanes in registers. */
static inline __attribute__((always_inline)) void siphash_round(struct siphash_state *s)
{
    s->v[0] += s->v[1];
    s->v[2] += s->v[3];
    s->v[1] = siphash_rotate(s->v[1], 13) ^ s->v[0];
    s->v[3] = siphash_rotate(s->v[3], 16) ^ s->v[2];
    s->v[0] = siphash_rotate(s->v[0], 32);
    s->v[2] += s->v[1];
    s->v[0] += s->v[3];
    s->v[1] = siphash_rotate(s->v[1], 17) ^ s->v[2];
    s->v[3] = siphash_rotate(s->v[3], 21) ^ s->v[0];
    s->v[2] = siphash_rotate(s->v[2], 32);
}

/* The constants spell "somepseudorandomlygeneratedbytes". */
static inline __attribute__((always_inline)) struct siphash_state siphash_begin(
    const struct siphash_key *key)
{
    return (struct siphash_state){
        {key->word[0] ^ 0x736f6d6570736575u, key->word[1] ^ 0x646f72616e646f6du,
         key->word[0] ^ 0x6c7967656e657261u, key->word[1] ^ 0x7465646279746573u}};
}

static inline __attribute__((always_inline)) void siphash_absorb(struct siphash_state *s,
                                                                 uint64_t word)
{
    s->v[3] ^= word;
    siphash_round(s);
    siphash_round(s);
    s->v[0] ^= word;
}

/* @last: the remaining bytes, and the length modulo 256 on top. */
static inline __attribute__((always_inline)) uint64_t siphash_finish(struct siphash_state *s,
                                                                     uint64_t last)
{
    siphash_absorb(s, last);
    s->v[2] ^= 0xff;
    for (int round = 0; round < 4; round++)
        siphash_round(s);
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

/* Equal to siphash_bytes() over the @count words as a little-endian machine stores them. */
static inline __attribute__((always_inline)) uint64_t siphash_words(const struct siphash_key *key,
                                                                    const uint64_t *words,
                                                                    unsigned count)
{
    struct siphash_state s = siphash_begin(key);
    for (unsigned i = 0; i < count; i++)
        siphash_absorb(&s, words[i]);
    return siphash_finish(&s, (uint64_t)count * 8 << 56);
}

#endif
