/* TCP: what is parsed survives emitting and parsing, but for options nobody here speaks. */
#include "wire/tcp_header.h"

#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "wire/tcp_options.h"

/* SACK blocks may be fewer: other options can leave no room for them. */
static void check_options(const struct tcp_options *in, const struct tcp_options *out)
{
    const unsigned but_sack = 0xff & ~(unsigned)TCP_OPTION_SACK;
    assert((in->present & but_sack) == (out->present & but_sack));
    assert(in->mss == out->mss && in->window_scale == out->window_scale);
    assert(in->ts_value == out->ts_value && in->ts_echo == out->ts_echo);
    assert(out->sack_count <= in->sack_count);
    for (unsigned i = 0; i < out->sack_count; i++)
        assert(memcmp(&in->sack[i], &out->sack[i], sizeof in->sack[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tcp_segment in, out;
    uint8_t emitted[TCP_HEADER_BYTES_MAX];
    if (!tcp_header_parse((struct span){data, size}, &in))
        return 0;
    assert(in.text.data + in.text.len == data + size);
    assert(in.len - in.text.len <= 2);
    const size_t bytes = tcp_header_emit(&in, emitted);
    assert(bytes == TCP_HEADER_BYTES + tcp_options_bytes(&in.options));
    assert(tcp_header_parse((struct span){emitted, bytes}, &out));
    assert(out.source_port == in.source_port && out.destination_port == in.destination_port);
    assert(seq_eq(out.seq, in.seq) && seq_eq(out.ack, in.ack));
    assert(out.flags == in.flags && out.wnd == in.wnd && out.urgent == in.urgent);
    assert(out.text.len == 0);
    check_options(&in.options, &out.options);
    return 0;
}
