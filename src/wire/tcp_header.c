/* tcp_header.c - the TCP header between bytes and struct tcp_segment. */
#include "wire/tcp_header.h"

#include "base/check.h"
#include "wire/tcp_options.h"

bool tcp_header_parse(struct span packet, struct tcp_segment *segment)
{
    const uint8_t *from = packet.data;
    if (packet.len < TCP_HEADER_BYTES)
        return false;
    const size_t header_bytes = (size_t)(from[12] >> 4) * 4;
    if (header_bytes < TCP_HEADER_BYTES || header_bytes > packet.len)
        return false;

    /* The low half of byte 12 is reserved, and to be ignored (RFC 9293 section 3.1). */
    segment->source_port = load_be16(from);
    segment->destination_port = load_be16(from + 2);
    segment->seq = seq_at(load_be32(from + 4));
    segment->ack = seq_at(load_be32(from + 8));
    segment->flags = from[13];
    segment->wnd = load_be16(from + 14);
    segment->urgent = load_be16(from + 18);
    segment->text = (struct span){from + header_bytes, packet.len - header_bytes};
    segment->len = (uint32_t)segment->text.len + (segment->flags & TCP_SYN ? 1 : 0)
                   + (segment->flags & TCP_FIN ? 1 : 0);
    (void)tcp_options_parse((struct span){from + TCP_HEADER_BYTES, header_bytes - TCP_HEADER_BYTES},
                            &segment->options);
    return true;
}

bool tcp_header_checksum_valid(struct span packet, const struct checksum_pseudo *pseudo)
{
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, pseudo);
    checksum_add(&sum, packet.data, packet.len);
    return checksum_finish(&sum) == 0;
}

size_t tcp_header_emit(const struct tcp_segment *segment, uint8_t *to)
{
    const size_t header_bytes =
        TCP_HEADER_BYTES + tcp_options_emit(&segment->options, to + TCP_HEADER_BYTES);
    /* A window that was not scaled down would be cut to something arbitrary. */
    LULL_CHECK(segment->wnd <= UINT16_MAX);
    store_be16(to, segment->source_port);
    store_be16(to + 2, segment->destination_port);
    store_be32(to + 4, segment->seq.raw);
    store_be32(to + 8, segment->ack.raw);
    to[12] = (uint8_t)(header_bytes / 4 << 4);
    to[13] = segment->flags;
    store_be16(to + 14, (uint16_t)segment->wnd);
    store_be16(to + TCP_CHECKSUM_OFFSET, 0);
    store_be16(to + 18, segment->urgent);
    return header_bytes;
}
