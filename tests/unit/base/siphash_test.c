#include "base/bytes.h"
#include "base/siphash.h"
#include "base/tuple.h"
#include "base_test.h"

/* The designers' test vectors: key 00 01 .. 0f, and message 00 01 .. of each length from 0 to
 * 63.  Here as numbers, not as bytes. */
/* clang-format off */
static const uint64_t vectors[64] = {
    0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
    0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
    0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
    0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
    0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794, 0x4bc1b3f0968dd39c, 0xbb6dc91da77961bd,
    0xbed65cf21aa2ee98, 0xd0f2cbb02e3b67c7, 0x93536795e3a33e88, 0xa80c038ccd5ccec8,
    0xb8ad50c6f649af94, 0xbce192de8a85b8ea, 0x17d835b85bbb15f3, 0x2f2e6163076bcfad,
    0xde4daaaca71dc9a5, 0xa6a2506687956571, 0xad87a3535c49ef28, 0x32d892fad841c342,
    0x7127512f72f27cce, 0xa7f32346f95978e3, 0x12e0b01abb051238, 0x15e034d40fa197ae,
    0x314dffbe0815a3b4, 0x027990f029623981, 0xcadcd4e59ef40c4d, 0x9abfd8766a33735c,
    0x0e3ea96b5304a7d0, 0xad0c42d6fc585992, 0x187306c89bc215a9, 0xd4a60abcf3792b95,
    0xf935451de4f21df2, 0xa9538f0419755787, 0xdb9acddff56ca510, 0xd06c98cd5c0975eb,
    0xe612a3cb9ecba951, 0xc766e62cfcadaf96, 0xee64435a9752fe72, 0xa192d576b245165a,
    0x0a8787bf8ecb74b2, 0x81b3e73d20b49b6f, 0x7fa8220ba3b2ecea, 0x245731c13ca42499,
    0xb78dbfaf3a8d83bd, 0xea1ad565322a1a0b, 0x60e61c23a3795013, 0x6606d7e446282b93,
    0x6ca4ecb15c5f91e1, 0x9f626da15c9625f3, 0xe51b38608ef25f57, 0x958a324ceb064572,
};
/* clang-format on */

/* The bytes 00 .. 0f, read as little-endian words. */
static const struct siphash_key key = {{0x0706050403020100u, 0x0f0e0d0c0b0a0908u}};

static void the_reference_vectors_are_met(void **state)
{
    (void)state;
    uint8_t message[64];
    for (unsigned len = 0; len < 64; len++) {
        message[len] = (uint8_t)len;
        assert_true(siphash_bytes(&key, message, len) == vectors[len]);
    }
}

static void alignment_makes_no_difference(void **state)
{
    (void)state;
    uint8_t message[72];
    for (unsigned shift = 0; shift < 8; shift++) {
        for (unsigned i = 0; i < 63; i++)
            message[shift + i] = (uint8_t)i;
        assert_true(siphash_bytes(&key, message + shift, 63) == vectors[63]);
    }
}

static void words_hash_as_their_bytes_do(void **state)
{
    (void)state;
    uint8_t message[64];
    uint64_t words[8];
    for (unsigned i = 0; i < 64; i++)
        message[i] = (uint8_t)(i * 37 + 200);
    for (unsigned i = 0; i < 8; i++)
        words[i] = load_le64(message + 8 * i);
    for (unsigned count = 0; count <= 8; count++)
        assert_true(siphash_words(&key, words, count)
                    == siphash_bytes(&key, message, (size_t)8 * count));
}

/* Lengths count modulo 256, and words modulo 32, in the last word. */
static void long_messages_hash_alike_in_both_forms(void **state)
{
    (void)state;
    uint8_t message[264];
    uint64_t words[33];
    memset(message, 0x5a, sizeof message);
    memset(words, 0x5a, sizeof words);
    assert_true(siphash_words(&key, words, 33) == siphash_bytes(&key, message, 264));
}

static void derived_keys_differ_by_purpose_seed_and_half(void **state)
{
    (void)state;
    const struct siphash_key other = {{key.word[0], key.word[1] ^ 1}};
    const struct siphash_key a = siphash_derive(&key, 1), b = siphash_derive(&key, 2),
                             c = siphash_derive(&other, 1), again = siphash_derive(&key, 1);
    assert_true(a.word[0] != b.word[0] && a.word[1] != b.word[1]);
    assert_true(a.word[0] != c.word[0] && a.word[1] != c.word[1]);
    assert_true(a.word[0] != a.word[1]);
    assert_memory_equal(&a, &again, sizeof a);
}

static void every_part_of_a_tuple_changes_its_hash(void **state)
{
    (void)state;
    struct tuple t;
    memset(&t, 0, sizeof t);
    const uint64_t hash = tuple_hash(&key, &t);
    for (size_t bit = 0; bit < sizeof t * 8; bit++) {
        struct tuple u = t;
        ((uint8_t *)&u)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(tuple_hash(&key, &u) != hash);
        assert_false(tuple_equal(&t, &u));
    }
    assert_true(tuple_hash(&key, &t) == siphash_bytes(&key, &t, sizeof t));
}

RUN(cmocka_unit_test(the_reference_vectors_are_met),
    cmocka_unit_test(alignment_makes_no_difference), cmocka_unit_test(words_hash_as_their_bytes_do),
    cmocka_unit_test(long_messages_hash_alike_in_both_forms),
    cmocka_unit_test(derived_keys_differ_by_purpose_seed_and_half),
    cmocka_unit_test(every_part_of_a_tuple_changes_its_hash))
