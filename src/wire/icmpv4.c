/* icmpv4.c - ICMP messages. */
#include "wire/icmpv4.h"

#include "wire/checksum.h"

bool icmpv4_parse(struct span payload, struct icmpv4_message *message)
{
    if (payload.len < ICMPV4_HEADER_BYTES || checksum_of(payload.data, payload.len) != 0)
        return false;
    *message = (struct icmpv4_message){
        .type = payload.data[0],
        .code = payload.data[1],
        .rest = load_be32(payload.data + 4),
        .body = {payload.data + ICMPV4_HEADER_BYTES, payload.len - ICMPV4_HEADER_BYTES},
    };
    return true;
}

size_t icmpv4_emit(const struct icmpv4_message *message, uint8_t *to)
{
    to[0] = message->type;
    to[1] = message->code;
    store_be16(to + 2, 0);
    store_be32(to + 4, message->rest);
    struct checksum sum = {0};
    checksum_add(&sum, to, ICMPV4_HEADER_BYTES);
    checksum_add(&sum, message->body.data, message->body.len);
    store_be16(to + 2, checksum_finish(&sum));
    return ICMPV4_HEADER_BYTES;
}

bool icmpv4_is_error(uint8_t type)
{
    switch (type) {
    case ICMPV4_UNREACHABLE:
    case ICMPV4_SOURCE_QUENCH:
    case ICMPV4_REDIRECT:
    case ICMPV4_TIME_EXCEEDED:
    case ICMPV4_PARAMETER_PROBLEM: return true;
    default: return false;
    }
}

/* A later fragment has no transport header, so what lies there would be taken for ports. */
bool icmpv4_quoted(const struct icmpv4_message *message, struct icmpv4_quote *quote)
{
    struct span payload;
    if (!icmpv4_is_error(message->type))
        return false;
    if (ipv4_parse_quoted(message->body, &quote->header, &payload) != IPV4_OK)
        return false;
    if (quote->header.fragment_offset != 0 || payload.len < ICMPV4_QUOTED_BYTES)
        return false;
    quote->source_port = load_be16(payload.data);
    quote->destination_port = load_be16(payload.data + 2);
    quote->seq = seq_at(load_be32(payload.data + 4));
    return true;
}
