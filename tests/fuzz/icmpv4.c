/* ICMP: messages survive emitting and parsing, and quotes are read within the message. */
#include "wire/icmpv4.h"

#include <assert.h>
#include <string.h>

#include "fuzz.h"

static void check_quote(const struct icmpv4_message *message)
{
    struct icmpv4_quote quote;
    if (!icmpv4_quoted(message, &quote))
        return;
    assert(icmpv4_is_error(message->type));
    assert(quote.header.fragment_offset == 0);
    assert(quote.header.header_bytes + (size_t)ICMPV4_QUOTED_BYTES <= message->body.len);
}

/* The checksum field is replaced, because mutations rarely have a right one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[512];
    struct icmpv4_message in, out;
    if (icmpv4_parse((struct span){data, size}, &in))
        assert(in.body.data + in.body.len == data + size);
    if (size < ICMPV4_HEADER_BYTES || size > sizeof bytes)
        return 0;
    in = (struct icmpv4_message){data[0], data[1], load_be32(data + 4), {data + 8, size - 8}};
    check_quote(&in);
    memcpy(bytes, data, size);
    assert(icmpv4_emit(&in, bytes) == ICMPV4_HEADER_BYTES);
    assert(icmpv4_parse((struct span){bytes, size}, &out));
    assert(out.type == in.type && out.code == in.code && out.rest == in.rest);
    assert(out.body.data == bytes + 8 && out.body.len == in.body.len);
    return 0;
}
