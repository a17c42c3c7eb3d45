/* cli_blocks.c - blocks of a pcapng file. */
#include "cli/cli_blocks.h"

#include "base/bytes.h"

enum {
    SECTION = 0x0a0d0d0a, /* the same in either order */
    PACKET = 2,           /* of old files */
    SIMPLE = 3,
    ENHANCED = 6,
    MAGIC = 0x1a2b3c4d,
    HEAD_BYTES = 12, /* type, length, and four bytes of any block */
    LENGTH_MAX = 1 << 24
};

static uint32_t number(const struct cli_blocks *blocks, const uint8_t *bytes)
{
    const uint32_t value = load_be32(bytes);

    if (!blocks->swapped)
        return value;
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

/* The next block's first bytes are in @head, and the file is behind it.  0: there is none. */
static int next_block(struct cli_blocks *blocks, uint8_t head[HEAD_BYTES])
{
    uint32_t length;

    if (!blocks->file || fread(head, 1, HEAD_BYTES, blocks->file) != HEAD_BYTES)
        return 0;
    if (load_be32(head) == SECTION)
        blocks->swapped = load_be32(head + 8) != MAGIC;
    length = number(blocks, head + 4);
    return length >= HEAD_BYTES && length <= LENGTH_MAX
           && fseek(blocks->file, (long)(length - HEAD_BYTES), SEEK_CUR) == 0;
}

void cli_blocks_open(struct cli_blocks *blocks, const char *path)
{
    uint8_t head[HEAD_BYTES];

    *blocks = (struct cli_blocks){.file = fopen(path, "rb")};
    if (!next_block(blocks, head) || load_be32(head) != SECTION)
        cli_blocks_close(blocks);
}

uint32_t cli_blocks_next(struct cli_blocks *blocks)
{
    uint8_t head[HEAD_BYTES];

    while (next_block(blocks, head)) {
        switch (number(blocks, head)) {
        case ENHANCED: return number(blocks, head + 8);
        case PACKET: return number(blocks, head + 8) >> (blocks->swapped ? 0 : 16) & 0xffff;
        case SIMPLE: return 0;
        default: break;
        }
    }
    cli_blocks_close(blocks);
    return 0;
}

void cli_blocks_close(struct cli_blocks *blocks)
{
    if (blocks->file)
        (void)fclose(blocks->file);
    blocks->file = NULL;
}
