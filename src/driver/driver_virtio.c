/* driver_virtio.c - two vocabularies for the same facts.
 *
 * The header's numbers are in the machine's byte order: that is what a TAP device speaks unless
 * TUNSETVNETLE or TUNSETVNETBE asks for another. */
#include "driver/driver_virtio.h"

#define TCP_OFFSET 12 /* of the byte whose upper half counts the words of the TCP header */

/* A hint for the kernel, which copies so many bytes to where it reads headers. */
static size_t header_bytes(const struct lull_frame *frame)
{
    const size_t at = (size_t)frame->offload.checksum_start + TCP_OFFSET;
    if (frame->offload.checksum_start == 0 || at >= frame->header_bytes)
        return frame->header_bytes;
    return frame->offload.checksum_start + (size_t)(frame->header[at] >> 4) * 4;
}

struct virtio_net_hdr driver_virtio_from_frame(const struct lull_frame *frame)
{
    const struct lull_offload *offload = &frame->offload;
    struct virtio_net_hdr header = {0};
    if (offload->checksum_start != 0) {
        header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        header.csum_start = offload->checksum_start;
        header.csum_offset = (uint16_t)(offload->checksum_field - offload->checksum_start);
    }
    if (offload->segment_bytes != 0) {
        header.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
        header.gso_size = offload->segment_bytes;
        header.hdr_len = (uint16_t)header_bytes(frame);
    }
    return header;
}

static bool segments_to_offload(const struct virtio_net_hdr *header, struct lull_offload *offload)
{
    switch (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
    case VIRTIO_NET_HDR_GSO_NONE: return true;
    case VIRTIO_NET_HDR_GSO_TCPV4: offload->segment_bytes = header->gso_size; return true;
    default: return false;
    }
}

bool driver_virtio_to_offload(const struct virtio_net_hdr *header, size_t frame_bytes,
                              struct lull_offload *offload)
{
    *offload = (struct lull_offload){0};
    if (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        const size_t field = (size_t)header->csum_start + header->csum_offset;
        if (header->csum_start == 0 || field + 2 > frame_bytes || field > UINT16_MAX)
            return false;
        offload->checksum_start = header->csum_start;
        offload->checksum_field = (uint16_t)field;
    }
    /* An incomplete checksum has not crossed any wire: its sender is this machine. */
    if (header->flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID))
        offload->checksum_trusted = 1;
    return segments_to_offload(header, offload);
}
