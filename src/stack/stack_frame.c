#include "stack/stack_frame.h"

#include "wire/tcp_header.h"

static uint16_t link_bytes(const struct lull_stack *s, unsigned interface)
{
    return s->interfaces[interface].link == LULL_LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0;
}

static uint32_t slice_bytes(const struct lull_frame *frame)
{
    uint32_t bytes = 0;
    for (unsigned i = 0; i < frame->slice_count; i++)
        bytes += (uint32_t)frame->slices[i].len;
    return bytes;
}

uint8_t *stack_frame_begin(const struct lull_stack *s, const struct stack_path *path,
                           const struct ethernet_address *to, struct lull_frame *frame)
{
    uint16_t link = link_bytes(s, path->interface);

    frame->interface = path->interface;
    frame->slice_count = 0;
    frame->offload = (struct lull_offload){0};
    if (link > 0) {
        struct ethernet_header header = {.destination = *to,
                                         .source = s->interfaces[path->interface].hardware,
                                         .type = ETHERNET_IPV4};
        ethernet_emit(&header, frame->header);
    }
    frame->header_bytes = (uint16_t)(link + IPV4_HEADER_BYTES);
    return frame->header + frame->header_bytes;
}

void stack_frame_finish_ip(const struct lull_stack *s, const struct stack_path *path,
                           const struct ipv4_header *ip, struct lull_frame *frame)
{
    uint16_t link = link_bytes(s, path->interface);
    struct ipv4_header header = *ip;

    frame->total_bytes = frame->header_bytes + slice_bytes(frame);
    header.ttl = s->config.ttl;
    header.dont_fragment = true; /* path MTU discovery, and no need for an identification */
    header.total_bytes = (uint16_t)(frame->total_bytes - link);
    ipv4_emit(&header, frame->header + link);
}

/* The device can finish the sum, or we make it here.  [REQ 9293/MUST-2] */
static void checksum(const struct lull_stack *s, const struct tuple *tuple, uint16_t start,
                     struct lull_frame *frame)
{
    uint8_t *header = frame->header + start;
    uint32_t text = slice_bytes(frame);
    uint16_t header_bytes = (uint16_t)(frame->header_bytes - start);
    struct checksum_pseudo pseudo = {.source = tuple->local,
                                     .destination = tuple->remote,
                                     .protocol = IPV4_TCP,
                                     .length = header_bytes + text};
    uint16_t sum;

    if (s->interfaces[frame->interface].capabilities & LULL_CAN_CHECKSUM) {
        sum = checksum_pseudo_partial(&pseudo);
        frame->offload.checksum_start = start;
        frame->offload.checksum_field = (uint16_t)(start + TCP_CHECKSUM_OFFSET);
    } else {
        struct checksum c = {0};
        checksum_add_pseudo(&c, &pseudo);
        checksum_add(&c, header, header_bytes);
        for (unsigned i = 0; i < frame->slice_count; i++)
            checksum_add(&c, frame->slices[i].data, frame->slices[i].len);
        sum = checksum_finish(&c);
    }
    store_be16(header + TCP_CHECKSUM_OFFSET, sum);
}

void stack_frame_tcp(const struct lull_stack *s, const struct stack_path *path,
                     const struct tuple *tuple, const struct tcp_emission *emission,
                     struct lull_frame *frame)
{
    struct ipv4_header ip = {
        .source = tuple->local, .destination = tuple->remote, .protocol = IPV4_TCP};
    uint16_t start = frame->header_bytes;

    frame->header_bytes += (uint16_t)tcp_header_emit(&emission->segment, frame->header + start);
    frame->offload.segment_bytes = emission->segment_bytes;
    checksum(s, tuple, start, frame);
    stack_frame_finish_ip(s, path, &ip, frame);
}

void stack_frame_arp(const struct lull_stack *s, unsigned interface,
                     const struct ethernet_address *to, const struct arp_packet *arp,
                     struct lull_frame *frame)
{
    struct ethernet_header header = {
        .destination = *to, .source = s->interfaces[interface].hardware, .type = ETHERNET_ARP};

    frame->interface = (uint8_t)interface;
    frame->slice_count = 0;
    frame->offload = (struct lull_offload){0};
    ethernet_emit(&header, frame->header);
    size_t bytes = arp_emit(arp, frame->header + ETHERNET_HEADER_BYTES);
    frame->header_bytes = (uint16_t)(ETHERNET_HEADER_BYTES + bytes);
    frame->total_bytes = frame->header_bytes;
}
