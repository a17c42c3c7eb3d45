/* tuple.h - the pair of sockets that names a connection (RFC 9293 section 3.4.1).
 *
 * Protocol is not in it: each protocol has its own table.  The zone keeps equal link-local
 * addresses on different links apart. */
#ifndef BASE_TUPLE_H
#define BASE_TUPLE_H

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "lull/address.h"

#include "base/siphash.h"

struct tuple {
    struct lull_address local, remote;
    uint32_t zone;
    uint16_t local_port, remote_port; /* host order */
};

static inline bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Keyed, because the peer chooses half of the tuple: without the key it could pick tuples
 * that all fall into one cache line. */
static inline uint64_t tuple_hash(const struct siphash_key *key, const struct tuple *t)
{
    uint64_t words[5];
    memcpy(words, t, sizeof words);
    return siphash_words(key, words, 5);
}

static_assert(sizeof(struct tuple) == 40,
              "tuple_hash() and tuple_equal() read 40 bytes, no padding");

#endif
