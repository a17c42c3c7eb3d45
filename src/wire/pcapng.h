/* pcapng.h - blocks of a capture file, as bytes
 * (draft-ietf-opsawg-pcapng).
 *
 * A file is one section header, one or more interface descriptions, and then packets that name an
 * interface by its number, counted from 0 in the order of the descriptions.
 *
 * Everything is written big-endian, which the section header announces: readers must take both
 * orders, and the loads and stores for this one exist. */
#ifndef WIRE_PCAPNG_H
#define WIRE_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/time.h"

/* Link types (tcpdump.org/linktypes.html).  libpcap refuses files with several interfaces of raw
 * IP, because it compares their type with its own name for that of the first one; those of IPv4 it
 * takes. */
enum { PCAPNG_ETHERNET = 1, PCAPNG_RAW_IP = 101, PCAPNG_IPV4 = 228 };

/* Which way a packet went, as seen from the interface. */
enum pcapng_direction { PCAPNG_DIRECTION_UNKNOWN, PCAPNG_INBOUND, PCAPNG_OUTBOUND };

struct pcapng_interface {
    uint16_t link_type;
    uint32_t snap_bytes; /* longest packet kept; 0: no limit */
    const char *name;    /* borrowed, NUL-terminated; NULL: none */
};

struct pcapng_packet {
    lull_time at;            /* ns since 1970, not before it: readers show it as a date */
    uint32_t interface;      /* number of its description */
    uint32_t original_bytes; /* on the wire; data may be cut */
    enum pcapng_direction direction;
    struct span data;    /* borrowed */
    const char *comment; /* borrowed, NUL-terminated UTF-8, cut at 65535 bytes; NULL: none */
};

/* Bytes that the block needs. */
size_t pcapng_section_bytes(void);
size_t pcapng_interface_bytes(const struct pcapng_interface *interface);
size_t pcapng_packet_bytes(const struct pcapng_packet *packet);

/* Write the block to @to.  Returns its bytes, or 0, and nothing written, when they are more than
 * @size. */
size_t pcapng_section(uint8_t *to, size_t size);
size_t pcapng_interface(const struct pcapng_interface *interface, uint8_t *to, size_t size);
size_t pcapng_packet(const struct pcapng_packet *packet, uint8_t *to, size_t size);

#endif
