/* cli_talks.h - the conversations of a capture file, found by reading all of it once.
 *
 * A story holds a few conversations and a file any number, so somebody must choose, and to choose
 * one must know what there is.  Memory grows with the number of conversations, not of packets. */
#ifndef CLI_TALKS_H
#define CLI_TALKS_H

#include <stdint.h>
#include <stdio.h>

#include "lull/address.h"

#include "base/bytes.h"
#include "base/time.h"

struct cli_talk {
    struct lull_name name[2]; /* who opened, as far as is seen, first */
    uint32_t packets, syns, fins;
    uint64_t bytes; /* of text */
    uint64_t kept;  /* bytes of packets in the file */
    lull_time first, last;
    uint8_t chosen;
};

struct cli_talks {
    struct cli_talk *talks; /* in the order in which they begin */
    size_t count, room;
    uint32_t *slots; /* of a hash table: number from 1; 0 is free */
    size_t slot_count;
    uint32_t errors; /* ICMP packets */
};

/* The two ports of a TCP packet; false when it is none, or too short. */
struct cli_talks_end {
    struct lull_name name[2]; /* source, destination */
    uint32_t text_bytes;
    uint8_t flags, protocol;
};
int cli_talks_parse(struct span ip, struct cli_talks_end *ends);

/* Take a packet into account.  0, or -1 without memory. */
int cli_talks_add(struct cli_talks *talks, struct span ip, lull_time at);

/* NULL: it is none of these. */
struct cli_talk *cli_talks_find(const struct cli_talks *talks, const struct lull_name *source,
                                const struct lull_name *destination);

void cli_talks_print(FILE *out, const struct cli_talks *talks);
void cli_talks_free(struct cli_talks *talks);

#endif
