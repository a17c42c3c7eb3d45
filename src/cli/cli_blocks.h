/* cli_blocks.h - of each packet of a pcapng file, the interface, which libpcap does not tell.
 *
 * The file is read a second time beside libpcap, block by block, and nothing of it is believed but
 * lengths and numbers of interfaces.  Where it breaks, or is no pcapng, all are interface 0. */
#ifndef CLI_BLOCKS_H
#define CLI_BLOCKS_H

#include <stdint.h>
#include <stdio.h>

struct cli_blocks {
    FILE *file;  /* NULL: nothing more is known */
    int swapped; /* this section is not in the order of the network */
};

/* cli_blocks_close() is due in any case. */
void cli_blocks_open(struct cli_blocks *blocks, const char *path);

/* The interface of the next packet, in the order of the file. */
uint32_t cli_blocks_next(struct cli_blocks *blocks);

void cli_blocks_close(struct cli_blocks *blocks);

#endif
