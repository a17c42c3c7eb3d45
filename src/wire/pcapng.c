/* pcapng.c - section header, interface description and enhanced packet blocks.
 *
 * Each block is written in one pass over a buffer known to be long enough: its size is computed
 * first, by the function that callers have too.  Writing and checking at every field was
 * rejected; it leaves half a block behind when the room ends. */
#include "wire/pcapng.h"

#include <stdbool.h>
#include <string.h>

#include "base/check.h"

enum { SECTION_BLOCK = 0x0a0d0d0a, INTERFACE_BLOCK = 1, PACKET_BLOCK = 6 };

/* Options, by the block they belong to; comments may be anywhere. */
enum {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_INTERFACE_NAME = 2,
    OPTION_INTERFACE_RESOLUTION = 9,
    OPTION_PACKET_FLAGS = 2
};

enum {
    BLOCK_BYTES = 12, /* type, and the length before and behind */
    SECTION_BYTES = BLOCK_BYTES + 16,
    INTERFACE_BYTES = BLOCK_BYTES + 8,
    PACKET_BYTES = BLOCK_BYTES + 20,
    OPTION_BYTES = 4, /* kind and length */
    OPTION_VALUE_MAX = 65535,
    NANOSECONDS = 9 /* the resolution as a negative power of ten */
};

/* Everything in a block is filled up to a multiple of four. */
static size_t padded(size_t bytes)
{
    return (bytes + 3) / 4 * 4;
}

static uint8_t *put16(uint8_t *to, uint16_t value)
{
    store_be16(to, value);
    return to + 2;
}

static uint8_t *put32(uint8_t *to, uint32_t value)
{
    store_be32(to, value);
    return to + 4;
}

/* The padding is written too: a capture must not carry what lay in memory before. */
static uint8_t *put_padded(uint8_t *to, struct span bytes)
{
    const size_t all = padded(bytes.len);
    if (bytes.len > 0)
        memcpy(to, bytes.data, bytes.len);
    memset(to + bytes.len, 0, all - bytes.len);
    return to + all;
}

static uint8_t *put_option(uint8_t *to, uint16_t kind, struct span value)
{
    to = put16(to, kind);
    to = put16(to, (uint16_t)value.len);
    return put_padded(to, value);
}

/* NULL is an option that is not there, also when its size is asked for. */
static struct span text_value(const char *text)
{
    const size_t len = text == NULL ? 0 : strlen(text);
    return (struct span){(const uint8_t *)text, len < OPTION_VALUE_MAX ? len : OPTION_VALUE_MAX};
}

static size_t text_option_bytes(const char *text)
{
    return text == NULL ? 0 : OPTION_BYTES + padded(text_value(text).len);
}

static uint8_t *put_text_option(uint8_t *to, uint16_t kind, const char *text)
{
    return text == NULL ? to : put_option(to, kind, text_value(text));
}

static uint8_t *begin_block(uint8_t *to, uint32_t type, size_t bytes)
{
    return put32(put32(to, type), (uint32_t)bytes);
}

/* Returns @bytes, which the block at @start must have become. */
static size_t end_block(uint8_t *at, const uint8_t *start, size_t bytes)
{
    at = put32(at, (uint32_t)bytes);
    LULL_CHECK((size_t)(at - start) == bytes);
    return bytes;
}

size_t pcapng_section_bytes(void)
{
    return SECTION_BYTES;
}

size_t pcapng_section(uint8_t *to, size_t size)
{
    if (size < SECTION_BYTES)
        return 0;
    uint8_t *at = begin_block(to, SECTION_BLOCK, SECTION_BYTES);
    at = put32(at, 0x1a2b3c4d); /* tells the byte order */
    at = put16(at, 1);          /* version 1.0 */
    at = put16(at, 0);
    at = put32(at, UINT32_MAX); /* length of the section: -1, not known yet */
    at = put32(at, UINT32_MAX);
    return end_block(at, to, SECTION_BYTES);
}

size_t pcapng_interface_bytes(const struct pcapng_interface *interface)
{
    const size_t resolution = OPTION_BYTES + padded(1);
    return INTERFACE_BYTES + text_option_bytes(interface->name) + resolution + OPTION_BYTES;
}

size_t pcapng_interface(const struct pcapng_interface *interface, uint8_t *to, size_t size)
{
    const size_t bytes = pcapng_interface_bytes(interface);
    const uint8_t resolution = NANOSECONDS;
    if (size < bytes)
        return 0;
    uint8_t *at = begin_block(to, INTERFACE_BLOCK, bytes);
    at = put16(at, interface->link_type);
    at = put16(at, 0);
    at = put32(at, interface->snap_bytes);
    at = put_text_option(at, OPTION_INTERFACE_NAME, interface->name);
    at = put_option(at, OPTION_INTERFACE_RESOLUTION, (struct span){&resolution, 1});
    at = put_option(at, OPTION_END, (struct span){NULL, 0});
    return end_block(at, to, bytes);
}

/* A list of options is closed by an end, but an empty list is nothing at all. */
static size_t packet_options_bytes(const struct pcapng_packet *packet)
{
    const bool has_direction = packet->direction != PCAPNG_DIRECTION_UNKNOWN;
    const size_t bytes =
        text_option_bytes(packet->comment) + (has_direction ? OPTION_BYTES + 4 : 0);
    return bytes == 0 ? 0 : bytes + OPTION_BYTES;
}

static uint8_t *put_packet_options(uint8_t *at, const struct pcapng_packet *packet)
{
    if (packet_options_bytes(packet) == 0)
        return at;
    at = put_text_option(at, OPTION_COMMENT, packet->comment);
    if (packet->direction != PCAPNG_DIRECTION_UNKNOWN) {
        uint8_t flags[4];
        store_be32(flags, packet->direction == PCAPNG_INBOUND ? 1 : 2);
        at = put_option(at, OPTION_PACKET_FLAGS, (struct span){flags, sizeof flags});
    }
    return put_option(at, OPTION_END, (struct span){NULL, 0});
}

size_t pcapng_packet_bytes(const struct pcapng_packet *packet)
{
    return PACKET_BYTES + padded(packet->data.len) + packet_options_bytes(packet);
}

size_t pcapng_packet(const struct pcapng_packet *packet, uint8_t *to, size_t size)
{
    const size_t bytes = pcapng_packet_bytes(packet);
    if (size < bytes)
        return 0;
    uint8_t *at = begin_block(to, PACKET_BLOCK, bytes);
    at = put32(at, packet->interface);
    at = put32(at, (uint32_t)((uint64_t)packet->at >> 32));
    at = put32(at, (uint32_t)packet->at);
    at = put32(at, (uint32_t)packet->data.len);
    at = put32(at, packet->original_bytes);
    at = put_padded(at, packet->data);
    at = put_packet_options(at, packet);
    return end_block(at, to, bytes);
}
