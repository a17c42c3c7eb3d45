/* scenario_parser_packet.c - packets.  Options become the bytes they are on the wire at once,
 * because their order and padding are part of what a script says. */
#include "scenario/scenario_parser_packet.h"

#include "base/check.h"
#include "scenario/scenario_icmp.h"
#include "scenario/scenario_tcp_option.h"
#include "scenario/scenario_words.h"

/* Room for an option of @bytes; NULL when the header is full. */
static uint8_t *append(struct scenario_parser *p, struct scenario_packet *k, unsigned bytes)
{
    if (k->option_bytes + bytes > sizeof k->options) {
        scenario_parser_refuse(p, p->token.place, "the options do not fit into 40 bytes",
                               (struct span){0});
        return NULL;
    }
    uint8_t *at = k->options + k->option_bytes;
    k->option_bytes = (uint8_t)(k->option_bytes + bytes);
    return at;
}

static bool put_kind(struct scenario_parser *p, struct scenario_packet *k, uint8_t kind)
{
    uint8_t *at = append(p, k, 1);
    return at != NULL && (*at = kind, true);
}

static bool put_mss(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t mss;

    if (!scenario_parser_number(p, "a segment size", UINT16_MAX, &mss))
        return false;
    uint8_t *at = append(p, k, 4);
    if (at == NULL)
        return false;
    at[0] = SCENARIO_OPTION_MSS;
    at[1] = 4;
    store_be16(at + 2, (uint16_t)mss);
    return true;
}

static bool put_window_scale(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t shift;

    if (!scenario_parser_number(p, "a shift count", UINT8_MAX, &shift))
        return false;
    uint8_t *at = append(p, k, 3);
    if (at == NULL)
        return false;
    at[0] = SCENARIO_OPTION_WINDOW_SCALE;
    at[1] = 3;
    at[2] = (uint8_t)shift;
    return true;
}

static bool put_timestamps(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t value, echo;

    if (!scenario_parser_accept_word(p, "val"))
        return scenario_parser_fail(p, "'val'");
    if (!scenario_parser_number(p, "a timestamp", UINT32_MAX, &value))
        return false;
    if (!scenario_parser_accept_word(p, "ecr"))
        return scenario_parser_fail(p, "'ecr'");
    if (!scenario_parser_number(p, "a timestamp", UINT32_MAX, &echo))
        return false;
    uint8_t *at = append(p, k, 10);
    if (at == NULL)
        return false;
    at[0] = SCENARIO_OPTION_TIMESTAMPS;
    at[1] = 10;
    store_be32(at + 2, (uint32_t)value);
    store_be32(at + 6, (uint32_t)echo);
    return true;
}

static bool put_sack(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t start, end;
    uint8_t *length = append(p, k, 2);

    if (length == NULL)
        return false;
    length[0] = SCENARIO_OPTION_SACK;
    length[1] = 2;
    do {
        if (!scenario_parser_number(p, "a sequence number", UINT32_MAX, &start)
            || !scenario_parser_expect(p, ':')
            || !scenario_parser_number(p, "a sequence number", UINT32_MAX, &end))
            return false;
        uint8_t *at = append(p, k, 8);
        if (at == NULL)
            return false;
        store_be32(at, (uint32_t)start);
        store_be32(at + 4, (uint32_t)end);
        length[1] = (uint8_t)(length[1] + 8);
    } while (p->token.kind == SCENARIO_TOKEN_NUMBER);
    return true;
}

static bool read_option(struct scenario_parser *p, struct scenario_packet *k)
{
    if (scenario_parser_accept_word(p, "nop"))
        return put_kind(p, k, SCENARIO_OPTION_NOP);
    if (scenario_parser_accept_word(p, "eol"))
        return put_kind(p, k, SCENARIO_OPTION_EOL);
    if (scenario_parser_accept_word(p, "mss"))
        return put_mss(p, k);
    if (scenario_parser_accept_word(p, "wscale"))
        return put_window_scale(p, k);
    if (scenario_parser_accept_word(p, "TS"))
        return put_timestamps(p, k);
    if (scenario_parser_accept_word(p, "sack"))
        return put_sack(p, k);
    if (!scenario_parser_accept_word(p, "sackOK"))
        return scenario_parser_fail(p, "mss, wscale, sackOK, sack, TS, nop or eol");
    return put_kind(p, k, SCENARIO_OPTION_SACK_PERMITTED) && put_kind(p, k, 2);
}

/* What stands between '<' and '>'. */
static bool read_options(struct scenario_parser *p, struct scenario_packet *k)
{
    const struct scenario_place place = p->token.place;

    if (p->token.kind == SCENARIO_TOKEN_ELLIPSIS) {
        if (!k->outbound)
            return scenario_parser_refuse(p, place, "only a packet that is sent can have <...>",
                                          (struct span){0});
        k->any_options = true;
        scenario_parser_advance(p);
        return scenario_parser_expect(p, '>');
    }
    do {
        if (!read_option(p, k))
            return false;
    } while (scenario_parser_accept(p, ','));
    if (!scenario_parser_expect(p, '>'))
        return false;
    return k->option_bytes % 4 == 0
           || scenario_parser_refuse(
               p, place, "the options must be padded to a multiple of 4 bytes", (struct span){0});
}

/* "1:1001(1000)" */
static bool read_sequence(struct scenario_parser *p, struct scenario_packet *k)
{
    const struct scenario_place place = p->token.place;
    uint64_t start, end, bytes;

    if (!scenario_parser_number(p, "a sequence number", UINT32_MAX, &start)
        || !scenario_parser_expect(p, ':')
        || !scenario_parser_number(p, "a sequence number", UINT32_MAX, &end)
        || !scenario_parser_expect(p, '(')
        || !scenario_parser_number(p, "a number of bytes", SCENARIO_TEXT_MAX, &bytes)
        || !scenario_parser_expect(p, ')'))
        return false;
    k->seq = (uint32_t)start;
    k->text_bytes = (uint32_t)bytes;
    return (uint32_t)end == (uint32_t)(start + bytes)
           || scenario_parser_refuse(p, place, "the sequence numbers and the length do not agree",
                                     (struct span){0});
}

static bool add_flags(struct scenario_parser *p, struct scenario_packet *k)
{
    static const char letters[] = "FSRP.UEW"; /* from bit 0 up */

    for (size_t i = 0; i < p->token.text.len; i++) {
        unsigned bit = 0;
        while (bit < 8 && (uint8_t)letters[bit] != p->token.text.data[i])
            bit++;
        if (bit == 8)
            return scenario_parser_refuse(p, p->token.place, "flags are letters of FSRP.UEW",
                                          p->token.text);
        k->flags |= (uint8_t)(1u << bit);
    }
    scenario_parser_advance(p);
    return true;
}

/* "S.", "." or "-". */
static bool read_flags(struct scenario_parser *p, struct scenario_packet *k)
{
    if (scenario_parser_accept(p, '-'))
        return true;
    if (p->token.kind != SCENARIO_TOKEN_WORD && !scenario_parser_is(p, '.'))
        return scenario_parser_fail(p, "flags such as S. or -");
    while (p->token.kind == SCENARIO_TOKEN_WORD || scenario_parser_is(p, '.')) {
        if (!add_flags(p, k))
            return false;
    }
    return true;
}

/* "ack 1 win 1000 urg 5 <mss 1460>", all of it optional. */
static bool read_fields(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t ack = 0, wnd = 0, urgent = 0;

    if (scenario_parser_accept_word(p, "ack")
        && !scenario_parser_number(p, "an acknowledgment number", UINT32_MAX, &ack))
        return false;
    k->any_window = !scenario_parser_is_word(p, "win");
    if (scenario_parser_accept_word(p, "win")
        && !scenario_parser_number(p, "a window", UINT16_MAX, &wnd))
        return false;
    if (k->any_window && !k->outbound)
        return scenario_parser_fail(p, "'win', which every packet that arrives must have");
    if (scenario_parser_accept_word(p, "urg")
        && !scenario_parser_number(p, "an urgent pointer", UINT16_MAX, &urgent))
        return false;
    k->ack = (uint32_t)ack;
    k->wnd = (uint16_t)wnd;
    k->urgent = (uint16_t)urgent;
    return !scenario_parser_accept(p, '<') || read_options(p, k);
}

/* "8080 > 5000" before the flags. */
static bool read_ports(struct scenario_parser *p, struct scenario_packet *k)
{
    uint64_t source, destination;

    if (p->token.kind != SCENARIO_TOKEN_NUMBER)
        return true;
    if (!scenario_parser_number(p, "a port", UINT16_MAX, &source) || !scenario_parser_expect(p, '>')
        || !scenario_parser_number(p, "a port", UINT16_MAX, &destination))
        return false;
    k->source_port = (uint16_t)source;
    k->destination_port = (uint16_t)destination;
    return true;
}

static bool read_code_points(struct scenario_parser *p, struct scenario_packet *k)
{
    static const struct {
        const char *name;
        uint8_t tos;
    } ecn[] = {{"noecn", 0}, {"ect1", 1}, {"ect0", 2}, {"ce", 3}}; /* RFC 3168 section 5 */
    uint64_t value;

    for (size_t i = 0; i < COUNT_OF(ecn); i++) {
        if (scenario_parser_accept_word(p, ecn[i].name)) {
            k->tos_kind = SCENARIO_TOS_ECN;
            k->tos = ecn[i].tos;
            return true;
        }
    }
    if (k->outbound && scenario_parser_accept_word(p, "ect01")) {
        k->tos_kind = SCENARIO_TOS_ECT;
        return true;
    }
    if (scenario_parser_accept_word(p, "tos")) {
        k->tos_kind = SCENARIO_TOS_WHOLE;
        if (!scenario_parser_number(p, "a type of service", UINT8_MAX, &value))
            return false;
        k->tos = (uint8_t)value;
        return true;
    }
    if (!scenario_parser_accept_word(p, "ttl"))
        return scenario_parser_fail(p, "ect0, ect1, ce, noecn, tos or ttl");
    if (!scenario_parser_number(p, "a time to live", UINT8_MAX, &value))
        return false;
    k->ttl = (uint8_t)value;
    return true;
}

/* "[ect0]" or "(ttl 1)" in front of everything else. */
static bool read_ip(struct scenario_parser *p, struct scenario_packet *k)
{
    if (scenario_parser_accept(p, '['))
        return read_code_points(p, k) && scenario_parser_expect(p, ']');
    if (scenario_parser_accept(p, '('))
        return read_code_points(p, k) && scenario_parser_expect(p, ')');
    return true;
}

static bool read_icmp(struct scenario_parser *p, struct scenario_packet *k)
{
    struct scenario_token token = p->token;
    uint64_t mtu = 0;

    k->protocol = SCENARIO_ICMP;
    if (token.kind != SCENARIO_TOKEN_WORD || !scenario_icmp_type(token.text, &k->icmp_type))
        return scenario_parser_fail(p, "unreachable, time_exceeded or source_quench");
    scenario_parser_advance(p);
    token = p->token;
    if (token.kind == SCENARIO_TOKEN_WORD && !scenario_parser_is_word(p, "mtu")) {
        if (!scenario_icmp_code(k->icmp_type, token.text, &k->icmp_code))
            return scenario_parser_fail(p, "a code of this type, such as port_unreachable");
        scenario_parser_advance(p);
    }
    if (scenario_parser_accept_word(p, "mtu")
        && !scenario_parser_number(p, "a number of bytes", UINT16_MAX, &mtu))
        return false;
    k->icmp_mtu = (uint16_t)mtu;
    k->quotes = scenario_parser_accept(p, '[');
    return !k->quotes || (read_sequence(p, k) && scenario_parser_expect(p, ']'));
}

bool scenario_parser_packet_read(struct scenario_parser *p, struct scenario_event *event)
{
    struct scenario_packet *k = &event->packet;

    event->kind = SCENARIO_PACKET;
    k->outbound = scenario_parser_is(p, '>');
    scenario_parser_advance(p);
    if (!read_ip(p, k))
        return false;
    if (scenario_parser_accept_word(p, "icmp"))
        return read_icmp(p, k);
    return read_ports(p, k) && read_flags(p, k) && read_sequence(p, k) && read_fields(p, k);
}
