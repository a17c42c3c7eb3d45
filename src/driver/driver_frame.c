/* driver_frame.c - checksums and segmentation without the help of a device.
 *
 * Pieces are made one at a time into the caller's buffer.  Making them all at once would need
 * a buffer as large as the frame and its repeated headers, for a driver that hands them over
 * one by one anyway. */
#include "driver/driver_frame.h"

#include <string.h>

#include "base/check.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

/* Where the fields that differ from piece to piece lie in their headers. */
enum {
    IP_TOTAL_BYTES = 2,
    IP_IDENTIFICATION = 4,
    IP_CHECKSUM = 10,
    TCP_SEQ = 4,
    TCP_OFFSET = 12,
    TCP_FLAGS = 13
};

size_t driver_frame_flatten(const struct lull_frame *frame, uint8_t *to, size_t size)
{
    if (frame->total_bytes > size)
        return 0;
    memcpy(to, frame->header, frame->header_bytes);
    size_t at = frame->header_bytes;
    for (unsigned i = 0; i < frame->slice_count; i++) {
        const struct lull_slice *slice = &frame->slices[i];
        LULL_CHECK(slice->len <= frame->total_bytes - at);
        if (slice->len > 0)
            memcpy(to + at, slice->data, slice->len);
        at += slice->len;
    }
    LULL_CHECK(at == frame->total_bytes);
    return at;
}

bool driver_frame_complete_checksum(uint8_t *bytes, size_t len, const struct lull_offload *offload)
{
    if (offload->checksum_start == 0)
        return true;
    if (offload->checksum_field < offload->checksum_start
        || (size_t)offload->checksum_field + 2 > len)
        return false;
    /* The field holds the pseudo-header's sum, so summing over it includes that. */
    const uint16_t sum =
        checksum_of(bytes + offload->checksum_start, len - offload->checksum_start);
    /* UDP says "no checksum" with zero (RFC 768); to every reader 0xffff is the same number. */
    store_be16(bytes + offload->checksum_field, sum == 0 ? 0xffff : sum);
    return true;
}

bool driver_frame_cut_begin(struct driver_frame_cut *cut, struct span frame, size_t link_bytes,
                            uint16_t segment_bytes)
{
    if (segment_bytes == 0 || frame.len < link_bytes)
        return false;
    const struct span packet = {frame.data + link_bytes, frame.len - link_bytes};
    struct ipv4_header ip;
    struct span payload;
    if (ipv4_parse(packet, &ip, &payload) != IPV4_OK || ip.protocol != IPV4_TCP
        || ipv4_is_fragment(&ip) || payload.len < TCP_HEADER_BYTES)
        return false;
    const size_t tcp_bytes = (size_t)(payload.data[TCP_OFFSET] >> 4) * 4;
    if (tcp_bytes < TCP_HEADER_BYTES || tcp_bytes > payload.len)
        return false;
    *cut = (struct driver_frame_cut){
        .frame = frame,
        .source = ip.source,
        .destination = ip.destination,
        .link_bytes = link_bytes,
        .ip_bytes = ip.header_bytes,
        .tcp_bytes = tcp_bytes,
        .text_bytes = payload.len - tcp_bytes,
        .segment_bytes = segment_bytes,
        .identification = ip.identification,
    };
    return true;
}

size_t driver_frame_cut_bytes(const struct driver_frame_cut *cut)
{
    return cut->link_bytes + cut->ip_bytes + cut->tcp_bytes + cut->segment_bytes;
}

static void rewrite_ip_header(const struct driver_frame_cut *cut, uint8_t *ip, size_t text)
{
    store_be16(ip + IP_TOTAL_BYTES, (uint16_t)(cut->ip_bytes + cut->tcp_bytes + text));
    store_be16(ip + IP_IDENTIFICATION, (uint16_t)(cut->identification + cut->pieces));
    store_be16(ip + IP_CHECKSUM, 0);
    store_be16(ip + IP_CHECKSUM, checksum_of(ip, cut->ip_bytes));
}

/* FIN and PSH belong to the end of the text, CWR to its beginning (RFC 3168 section 6.1.2: once
 * for each reduction of the window). */
static void rewrite_flags(const struct driver_frame_cut *cut, uint8_t *flags, size_t text)
{
    if (cut->text_cut + text < cut->text_bytes)
        *flags &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (cut->pieces > 0)
        *flags &= (uint8_t)~TCP_CWR;
}

static void rewrite_tcp_header(const struct driver_frame_cut *cut, uint8_t *tcp, size_t text)
{
    const struct checksum_pseudo pseudo = {cut->source, cut->destination, IPV4_TCP,
                                           (uint32_t)(cut->tcp_bytes + text)};
    struct checksum sum = {0};
    store_be32(tcp + TCP_SEQ, load_be32(tcp + TCP_SEQ) + (uint32_t)cut->text_cut);
    rewrite_flags(cut, tcp + TCP_FLAGS, text);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, 0);
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, tcp, cut->tcp_bytes + text);
    store_be16(tcp + TCP_CHECKSUM_OFFSET, checksum_finish(&sum));
}

size_t driver_frame_cut_next(struct driver_frame_cut *cut, uint8_t *to)
{
    const size_t headers = cut->link_bytes + cut->ip_bytes + cut->tcp_bytes;
    const size_t left = cut->text_bytes - cut->text_cut;
    const size_t text = left < cut->segment_bytes ? left : cut->segment_bytes;
    if (cut->pieces > 0 && left == 0)
        return 0;
    memcpy(to, cut->frame.data, headers);
    memcpy(to + headers, cut->frame.data + headers + cut->text_cut, text);
    rewrite_ip_header(cut, to + cut->link_bytes, text);
    rewrite_tcp_header(cut, to + cut->link_bytes + cut->ip_bytes, text);
    cut->text_cut += text;
    cut->pieces++;
    return headers + text;
}
