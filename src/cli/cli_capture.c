/* cli_capture.c - capture files. */
#include "cli/cli_capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#include "wire/ethernet.h"

enum {
    VLAN = 0x8100,
    VLAN_SERVICE = 0x88a8,
    VLAN_OLD = 0x9100,
    VLAN_BYTES = 4,
    COOKED_BYTES = 16, /* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
    COOKED2_BYTES = 20,
    LOOPBACK_BYTES = 4,
    INET = 2 /* of every BSD, and of Linux */
};

#define SECONDS_MAX 8000000000 /* in the year 2223 */

static int is_known(int link)
{
    switch (link) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_NULL:
    case DLT_LOOP: return 1;
    default: return 0;
    }
}

int cli_capture_open(struct cli_capture *capture, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    FILE *file;

    *capture = (struct cli_capture){.path = path};
    /* Opened here, because libpcap would name the file in one of its complaints and not in the
     * others. */
    file = fopen(path, "rb");
    if (!file) {
        snprintf(capture->problem, sizeof capture->problem, "%s: %s", path, strerror(errno));
        return -1;
    }
    capture->pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
    if (!capture->pcap) {
        fclose(file);
        snprintf(capture->problem, sizeof capture->problem, "%s: %.255s", path, error);
        return -1;
    }
    capture->link = pcap_datalink(capture->pcap);
    if (is_known(capture->link)) {
        cli_blocks_open(&capture->blocks, path);
        return 0;
    }
    snprintf(capture->problem, sizeof capture->problem,
             "%s: link type %d: must be Ethernet, Linux cooked, raw IP or loopback", path,
             capture->link);
    pcap_close(capture->pcap);
    return -1;
}

/* Behind the tags; @type is that in front of @rest. */
static struct span behind_tags(uint16_t type, struct span rest)
{
    while ((type == VLAN || type == VLAN_SERVICE || type == VLAN_OLD) && rest.len >= VLAN_BYTES) {
        type = load_be16(rest.data + 2);
        rest = (struct span){rest.data + VLAN_BYTES, rest.len - VLAN_BYTES};
    }
    return type == ETHERNET_IPV4 || type == ETHERNET_IPV6 ? rest : (struct span){0};
}

static struct span behind(struct span frame, size_t bytes)
{
    return frame.len < bytes ? (struct span){0}
                             : (struct span){frame.data + bytes, frame.len - bytes};
}

/* The family is in the byte order of the machine that captured, or of the network. */
static struct span behind_loopback(struct span frame)
{
    const int is_inet =
        frame.len >= LOOPBACK_BYTES
        && (load_be32(frame.data) == INET || load_be32(frame.data) == (uint32_t)INET << 24);
    return is_inet ? behind(frame, LOOPBACK_BYTES) : (struct span){0};
}

static struct span ip_of(const struct cli_capture *capture, struct span frame, uint32_t *interface)
{
    *interface = 0;
    switch (capture->link) {
    case DLT_EN10MB:
        if (frame.len < ETHERNET_HEADER_BYTES)
            return (struct span){0};
        return behind_tags(load_be16(frame.data + 12), behind(frame, ETHERNET_HEADER_BYTES));
    case DLT_LINUX_SLL:
        if (frame.len < COOKED_BYTES)
            return (struct span){0};
        /* It names no interface, but whether the packet came or went: a bridge shows it as both. */
        *interface = load_be16(frame.data) == 4;
        return behind_tags(load_be16(frame.data + 14), behind(frame, COOKED_BYTES));
    case DLT_LINUX_SLL2:
        if (frame.len < COOKED2_BYTES)
            return (struct span){0};
        *interface = load_be32(frame.data + 4) << 1 | (frame.data[10] == 4);
        return behind_tags(load_be16(frame.data), behind(frame, COOKED2_BYTES));
    case DLT_NULL:
    case DLT_LOOP: return behind_loopback(frame);
    default: return frame;
    }
}

/* Broken files have times of any size; what is added to them later must not overflow. */
static lull_time time_of(const struct pcap_pkthdr *header)
{
    const long long seconds = header->ts.tv_sec, ns = header->ts.tv_usec; /* as was asked for */

    if (seconds < 0)
        return 0;
    if (seconds > SECONDS_MAX || ns < 0 || ns > LULL_SEC(4))
        return LULL_SEC(SECONDS_MAX);
    return LULL_SEC(seconds) + ns;
}

int cli_capture_next(struct cli_capture *capture, struct cli_capture_packet *packet)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    const int result = pcap_next_ex(capture->pcap, &header, &bytes);

    if (result == PCAP_ERROR_BREAK)
        return 0;
    if (result != 1) {
        snprintf(capture->problem, sizeof capture->problem, "%s: packet %llu: %.200s",
                 capture->path, (unsigned long long)capture->number + 1,
                 pcap_geterr(capture->pcap));
        return -1;
    }
    capture->number++;
    packet->at = time_of(header);
    packet->ip = ip_of(capture, (struct span){bytes, header->caplen}, &packet->interface);
    packet->interface ^= cli_blocks_next(&capture->blocks) << 24; /* a few are told apart */
    return 1;
}

void cli_capture_close(struct cli_capture *capture)
{
    pcap_close(capture->pcap);
    cli_blocks_close(&capture->blocks);
}
