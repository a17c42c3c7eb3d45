/* describe_tcp.c - flags, options and header fields of TCP as text.
 *
 * Options are walked as bytes and not shown from struct tcp_options, which knows neither padding
 * nor what it did not understand: those are what one looks for when a peer misbehaves. */
#include "wire/describe_tcp.h"

#include "wire/tcp_header.h"
#include "wire/tcp_options.h"

void describe_tcp_flags(struct text *t, uint8_t flags, enum describe_tcp_style style)
{
    static const char letters[] = "FSRP.UEW"; /* from bit 0 up */
    if (flags == 0)
        text_string(t, style == DESCRIBE_TCP_TCPDUMP ? "none" : "-");
    for (unsigned bit = 0; bit < 8; bit++)
        if (flags >> bit & 1)
            text_character(t, letters[bit]);
}

static void describe_number(struct text *t, const char *label, uint64_t value)
{
    text_string(t, label);
    text_decimal(t, value);
}

/* "sack 2 {1:5}{9:12}", or "sack 1:5 9:12". */
static void describe_sack(struct text *t, const struct tcp_options *o,
                          enum describe_tcp_style style)
{
    const bool braces = style == DESCRIBE_TCP_TCPDUMP;
    text_string(t, "sack ");
    if (braces) {
        text_decimal(t, o->sack_count);
        text_character(t, ' ');
    }
    for (unsigned i = 0; i < o->sack_count; i++) {
        if (!braces && i > 0)
            text_character(t, ' ');
        describe_number(t, braces ? "{" : "", o->sack[i].start.raw);
        describe_number(t, ":", o->sack[i].end.raw);
        if (braces)
            text_character(t, '}');
    }
}

/* @bytes: one option with kind and length.  The parser says what it is, so that the two cannot
 * disagree; what it does not take is shown by its number. */
static void describe_option(struct text *t, struct span bytes, enum describe_tcp_style style)
{
    struct tcp_options o;
    (void)tcp_options_parse(bytes, &o);
    switch (o.present) {
    case TCP_OPTION_MSS: describe_number(t, "mss ", o.mss); break;
    case TCP_OPTION_WINDOW_SCALE: describe_number(t, "wscale ", o.window_scale); break;
    case TCP_OPTION_SACK_PERMITTED: text_string(t, "sackOK"); break;
    case TCP_OPTION_SACK: describe_sack(t, &o, style); break;
    case TCP_OPTION_TIMESTAMPS:
        describe_number(t, "TS val ", o.ts_value);
        describe_number(t, " ecr ", o.ts_echo);
        break;
    default: describe_number(t, "unknown-", bytes.data[0]); break;
    }
}

void describe_tcp_options(struct text *t, struct span bytes, enum describe_tcp_style style)
{
    size_t step;
    for (size_t at = 0; at < bytes.len; at += step) {
        const uint8_t kind = bytes.data[at];
        const size_t left = bytes.len - at;
        const size_t length = left < 2 ? 0 : bytes.data[at + 1];
        if (at > 0)
            text_character(t, ',');
        step = 1;
        if (kind == 0) { /* the rest is padding */
            text_string(t, "eol");
            return;
        } else if (kind == 1) {
            text_string(t, "nop");
        } else if (length < 2 || length > left) {
            text_string(t, "malformed");
            return;
        } else {
            describe_option(t, (struct span){bytes.data + at, length}, style);
            step = length;
        }
    }
}

/* A pure acknowledgment occupies no sequence numbers, and tcpdump does not show where. */
static void describe_sequence(struct text *t, const struct tcp_segment *s)
{
    if (s->text.len > 0 || s->flags & (TCP_SYN | TCP_FIN | TCP_RST))
        describe_number(t, ", seq ", s->seq.raw);
    if (s->text.len > 0)
        describe_number(t, ":", seq_add(s->seq, (uint32_t)s->text.len).raw);
    if (s->flags & TCP_ACK)
        describe_number(t, ", ack ", s->ack.raw);
}

void describe_tcp_packet(struct text *t, struct span packet)
{
    struct tcp_segment s;
    if (!tcp_header_parse(packet, &s)) {
        describe_number(t, "TCP, malformed header, length ", packet.len);
        return;
    }
    const size_t options_bytes = packet.len - s.text.len - TCP_HEADER_BYTES;
    text_string(t, "Flags [");
    describe_tcp_flags(t, s.flags, DESCRIBE_TCP_TCPDUMP);
    text_character(t, ']');
    describe_sequence(t, &s);
    describe_number(t, ", win ", s.wnd);
    if (s.flags & TCP_URG)
        describe_number(t, ", urg ", s.urgent);
    if (options_bytes > 0) {
        text_string(t, ", options [");
        describe_tcp_options(t, (struct span){packet.data + TCP_HEADER_BYTES, options_bytes},
                             DESCRIBE_TCP_TCPDUMP);
        text_character(t, ']');
    }
    describe_number(t, ", length ", s.text.len);
}
