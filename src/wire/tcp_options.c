/* tcp_options.c - reading and writing TCP options.
 *
 * Nearly every segment of a connection with timestamps has exactly NOP, NOP, timestamps there; one
 * comparison recognises them. */
#include "wire/tcp_options.h"

#include <string.h>

#include "base/check.h"

/* Kinds (IANA, TCP Parameters). */
enum {
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WINDOW_SCALE = 3,
    KIND_SACK_PERMITTED = 4,
    KIND_SACK = 5,
    KIND_TIMESTAMPS = 8
};

/* Lengths, with kind and length themselves. */
enum {
    MSS_BYTES = 4,
    WINDOW_SCALE_BYTES = 3,
    SACK_PERMITTED_BYTES = 2,
    TIMESTAMPS_BYTES = 10,
    SACK_BLOCK_BYTES = 8
};

static const uint32_t nop_nop_timestamps =
    KIND_NOP << 24 | KIND_NOP << 16 | KIND_TIMESTAMPS << 8 | TIMESTAMPS_BYTES;

static void read_timestamps(const uint8_t *values, struct tcp_options *options)
{
    options->present |= TCP_OPTION_TIMESTAMPS;
    options->ts_value = load_be32(values);
    options->ts_echo = load_be32(values + 4);
}

/* @bytes: what follows the length, of any length.  A number of bytes that is no number of blocks
 * leaves unclear which of them are meant, so none is taken. */
static void read_sack(struct span bytes, struct tcp_options *options)
{
    const size_t count = bytes.len / SACK_BLOCK_BYTES;
    if (count == 0 || count > TCP_SACK_BLOCKS_MAX || bytes.len % SACK_BLOCK_BYTES != 0)
        return;
    options->present |= TCP_OPTION_SACK;
    options->sack_count = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *block = bytes.data + i * SACK_BLOCK_BYTES;
        options->sack[i] = (struct range){seq_at(load_be32(block)), seq_at(load_be32(block + 4))};
    }
}

/* @bytes: one option other than END and NOP, from its kind on; at least 2 bytes. */
static void read_option(struct span bytes, struct tcp_options *options)
{
    const uint8_t *value = bytes.data + 2;
    switch (bytes.data[0]) {
    case KIND_MSS:
        if (bytes.len == MSS_BYTES) {
            options->present |= TCP_OPTION_MSS;
            options->mss = load_be16(value);
        }
        break;
    case KIND_WINDOW_SCALE:
        if (bytes.len == WINDOW_SCALE_BYTES) {
            options->present |= TCP_OPTION_WINDOW_SCALE;
            options->window_scale = *value < TCP_WINDOW_SCALE_MAX ? *value : TCP_WINDOW_SCALE_MAX;
        }
        break;
    case KIND_SACK_PERMITTED:
        if (bytes.len == SACK_PERMITTED_BYTES)
            options->present |= TCP_OPTION_SACK_PERMITTED;
        break;
    case KIND_SACK: read_sack((struct span){value, bytes.len - 2}, options); break;
    case KIND_TIMESTAMPS:
        if (bytes.len == TIMESTAMPS_BYTES)
            read_timestamps(value, options);
        break;
    default: break; /* unknown kinds carry their length: RFC 9293 MUST-6 */
    }
}

bool tcp_options_parse(struct span bytes, struct tcp_options *options)
{
    /* What belongs to an option that is not there is zero, so that segments compare equal. */
    memset(options, 0, sizeof *options);
    if (bytes.len == TCP_TIMESTAMPS_BYTES && load_be32(bytes.data) == nop_nop_timestamps) {
        read_timestamps(bytes.data + 4, options);
        return true;
    }
    for (size_t at = 0; at < bytes.len && bytes.data[at] != KIND_END;) {
        const size_t left = bytes.len - at;
        if (bytes.data[at] == KIND_NOP) {
            at++;
            continue;
        }
        if (left < 2 || bytes.data[at + 1] < 2 || bytes.data[at + 1] > left)
            return false;
        read_option((struct span){bytes.data + at, bytes.data[at + 1]}, options);
        at += bytes.data[at + 1];
    }
    return true;
}

/* SACK blocks for which there is room beside the other options. */
static size_t sack_blocks(const struct tcp_options *options, size_t others)
{
    const size_t room = (TCP_OPTIONS_BYTES_MAX - others - 4) / SACK_BLOCK_BYTES;
    if (!(options->present & TCP_OPTION_SACK))
        return 0;
    LULL_CHECK(options->sack_count <= TCP_SACK_BLOCKS_MAX);
    return options->sack_count < room ? options->sack_count : room;
}

/* All but SACK blocks: at most 20 bytes. */
static size_t bytes_without_sack(const struct tcp_options *options)
{
    size_t bytes = 0;
    if (options->present & TCP_OPTION_MSS)
        bytes += MSS_BYTES;
    if (options->present & TCP_OPTION_TIMESTAMPS)
        bytes += TCP_TIMESTAMPS_BYTES; /* SACK permitted takes the place of the two NOPs */
    else if (options->present & TCP_OPTION_SACK_PERMITTED)
        bytes += 4;
    if (options->present & TCP_OPTION_WINDOW_SCALE)
        bytes += 4;
    return bytes;
}

size_t tcp_options_bytes(const struct tcp_options *options)
{
    const size_t others = bytes_without_sack(options);
    const size_t blocks = sack_blocks(options, others);
    return blocks == 0 ? others : others + TCP_SACK_BYTES(blocks);
}

static uint8_t *put_word(uint8_t *to, uint32_t word)
{
    store_be32(to, word);
    return to + 4;
}

/* SACK permitted, where wanted, stands in place of the two NOPs: that is why a SYN with both is no
 * longer than one with timestamps alone. */
static uint8_t *put_timestamps(uint8_t *to, const struct tcp_options *options)
{
    to = put_word(to, nop_nop_timestamps);
    if (options->present & TCP_OPTION_SACK_PERMITTED)
        store_be16(to - 4, KIND_SACK_PERMITTED << 8 | SACK_PERMITTED_BYTES);
    to = put_word(to, options->ts_value);
    return put_word(to, options->ts_echo);
}

static uint8_t *put_sack(uint8_t *to, const struct tcp_options *options, size_t blocks)
{
    to = put_word(to, KIND_NOP << 24 | KIND_NOP << 16 | KIND_SACK << 8
                          | (uint32_t)(2 + blocks * SACK_BLOCK_BYTES));
    for (size_t i = 0; i < blocks; i++) {
        to = put_word(to, options->sack[i].start.raw);
        to = put_word(to, options->sack[i].end.raw);
    }
    return to;
}

size_t tcp_options_emit(const struct tcp_options *options, uint8_t *to)
{
    const size_t blocks = sack_blocks(options, bytes_without_sack(options));
    uint8_t *at = to;
    if (options->present & TCP_OPTION_MSS)
        at = put_word(at, KIND_MSS << 24 | MSS_BYTES << 16 | options->mss);
    if (options->present & TCP_OPTION_TIMESTAMPS)
        at = put_timestamps(at, options);
    else if (options->present & TCP_OPTION_SACK_PERMITTED)
        at = put_word(at, KIND_NOP << 24 | KIND_NOP << 16 | KIND_SACK_PERMITTED << 8
                              | SACK_PERMITTED_BYTES);
    if (options->present & TCP_OPTION_WINDOW_SCALE) {
        LULL_CHECK(options->window_scale <= TCP_WINDOW_SCALE_MAX);
        at = put_word(at, KIND_NOP << 24 | KIND_WINDOW_SCALE << 16 | WINDOW_SCALE_BYTES << 8
                              | options->window_scale);
    }
    if (blocks > 0)
        at = put_sack(at, options, blocks);
    return (size_t)(at - to);
}
