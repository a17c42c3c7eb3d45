/* cli_capture.h - a capture file, read packet by packet.
 *
 * libpcap reads the files, classic and pcapng alike; what lies around the IP packet is taken off
 * here: Ethernet, Linux cooked captures of both versions, raw IP, the loopback headers of BSD, and
 * VLAN tags. */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H

#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/time.h"
#include "cli/cli_blocks.h"

struct cli_capture {
    void *pcap;       /* libpcap's */
    const char *path; /* borrowed */
    int link;
    struct cli_blocks blocks; /* that tell interfaces */
    uint64_t number;          /* of the last packet, from 1, as Wireshark counts */
    char problem[320];        /* what went wrong, with file and packet */
};

struct cli_capture_packet {
    struct span ip;     /* from the IP header on, perhaps cut; no bytes: not IP.  Until the next */
    lull_time at;       /* ns since 1970 */
    uint32_t interface; /* as far as the file or the link type tells */
};

/* 0, or -1 with .problem; nothing is to be closed then. */
int cli_capture_open(struct cli_capture *capture, const char *path);

/* 1: a packet, 0: the end, -1: the file is broken here, and .problem says how. */
int cli_capture_next(struct cli_capture *capture, struct cli_capture_packet *packet);

void cli_capture_close(struct cli_capture *capture);

#endif
