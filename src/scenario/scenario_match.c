#include "scenario/scenario_match.h"

#include <string.h>

#include "scenario/scenario_icmp.h"
#include "scenario/scenario_tcp_option.h"
#include "wire/describe_tcp.h"

#define ECN_MASK 3

static const char *option_name(uint8_t kind)
{
    switch (kind) {
    case SCENARIO_OPTION_EOL: return "option eol";
    case SCENARIO_OPTION_NOP: return "option nop";
    case SCENARIO_OPTION_MSS: return "option mss";
    case SCENARIO_OPTION_WINDOW_SCALE: return "option wscale";
    case SCENARIO_OPTION_SACK_PERMITTED: return "option sackOK";
    case SCENARIO_OPTION_SACK: return "option sack";
    default: return "options";
    }
}

/* Kind by kind in the order they are sent in, as the script wrote them. */
static const char *compare_options(const struct scenario_packet *e, const struct scenario_packet *a)
{
    unsigned bytes;

    if (e->any_options)
        return NULL;
    for (unsigned at = 0; (bytes = scenario_tcp_option_bytes(e, at)) > 0; at += bytes) {
        const uint8_t kind = e->options[at];
        if (at == a->option_bytes || a->options[at] != kind)
            return "options";
        if (scenario_tcp_option_bytes(a, at) != bytes)
            return option_name(kind);
        if (kind == SCENARIO_OPTION_TIMESTAMPS && bytes == 10) {
            if (memcmp(e->options + at + 6, a->options + at + 6, 4) != 0)
                return "option TS ecr";
        } else if (memcmp(e->options + at, a->options + at, bytes) != 0) {
            return option_name(kind);
        }
    }
    return e->option_bytes == a->option_bytes ? NULL : "options";
}

static const char *compare_ip(const struct scenario_packet *e, const struct scenario_packet *a)
{
    if (e->ttl != 0 && e->ttl != a->ttl)
        return "ttl";
    switch (e->tos_kind) {
    case SCENARIO_TOS_ECN: return e->tos == (a->tos & ECN_MASK) ? NULL : "ECN";
    case SCENARIO_TOS_ECT:
        return (a->tos & ECN_MASK) == 1 || (a->tos & ECN_MASK) == 2 ? NULL : "ECN";
    case SCENARIO_TOS_WHOLE: return e->tos == a->tos ? NULL : "tos";
    default: return NULL;
    }
}

static const char *compare_icmp(const struct scenario_packet *e, const struct scenario_packet *a)
{
    if (e->icmp_type != a->icmp_type)
        return "type";
    if (e->icmp_code != a->icmp_code)
        return "code";
    if (e->icmp_mtu != a->icmp_mtu)
        return "mtu";
    return !e->quotes || e->seq == a->seq ? NULL : "seq";
}

static const char *compare_tcp(const struct scenario_packet *e, const struct scenario_packet *a)
{
    if (e->flags != a->flags)
        return "flags";
    if (e->seq != a->seq)
        return "seq";
    if (e->text_bytes != a->text_bytes)
        return "length";
    if (e->ack != a->ack)
        return "ack";
    if (!e->any_window && e->wnd != a->wnd)
        return "win";
    if (e->urgent != a->urgent)
        return "urg";
    return compare_options(e, a);
}

const char *scenario_match_packet(const struct scenario_packet *expected,
                                  const struct scenario_packet *actual)
{
    if (expected->protocol != actual->protocol)
        return "protocol";
    if (expected->source_port != actual->source_port
        || expected->destination_port != actual->destination_port)
        return "ports";
    const char *field = compare_ip(expected, actual);
    if (field != NULL)
        return field;
    return expected->protocol == SCENARIO_ICMP ? compare_icmp(expected, actual)
                                               : compare_tcp(expected, actual);
}

/* The finder does not change what it looks at, but what it returns may be changed. */
static const uint8_t *timestamps(struct scenario_packet packet, uint8_t copy[10])
{
    const uint8_t *option = scenario_tcp_option_find(&packet, SCENARIO_OPTION_TIMESTAMPS);
    return option == NULL ? NULL : memcpy(copy, option, 10);
}

uint32_t scenario_match_timestamp(const struct scenario_packet *expected,
                                  const struct scenario_packet *actual)
{
    uint8_t copies[2][10];
    const uint8_t *e = timestamps(*expected, copies[0]), *a = timestamps(*actual, copies[1]);

    if (e == NULL || a == NULL)
        return 0;
    int32_t distance = (int32_t)(load_be32(a + 2) - load_be32(e + 2));
    return distance < 0 ? 0 - (uint32_t)distance : (uint32_t)distance;
}

static void put_number(struct text *t, const char *label, uint64_t number)
{
    text_string(t, label);
    text_decimal(t, number);
}

static void put_sequence(struct text *t, const struct scenario_packet *p)
{
    put_number(t, "", p->seq);
    put_number(t, ":", (uint32_t)(p->seq + p->text_bytes));
    put_number(t, "(", p->text_bytes);
    text_character(t, ')');
}

static void put_icmp(struct text *t, const struct scenario_packet *p)
{
    const char *type = scenario_icmp_type_name(p->icmp_type);
    const char *code = scenario_icmp_code_name(p->icmp_type, p->icmp_code);

    text_string(t, "icmp ");
    text_string(t, type == NULL ? "of another type" : type);
    text_character(t, ' ');
    text_string(t, code == NULL ? "" : code);
    if (p->icmp_mtu != 0)
        put_number(t, " mtu ", p->icmp_mtu);
    if (!p->quotes)
        return;
    text_string(t, " [");
    put_sequence(t, p);
    text_character(t, ']');
}

static void put_ip(struct text *t, const struct scenario_packet *p)
{
    static const char *const ecn[] = {"[noecn] ", "[ect1] ", "[ect0] ", "[ce] "};

    if (p->tos_kind == SCENARIO_TOS_ECN)
        text_string(t, ecn[p->tos & ECN_MASK]);
    else if (p->tos_kind == SCENARIO_TOS_ECT)
        text_string(t, "[ect01] ");
    else if (p->tos_kind == SCENARIO_TOS_WHOLE) {
        put_number(t, "(tos ", p->tos);
        text_string(t, ") ");
    } else if (p->ttl != 0) {
        put_number(t, "(ttl ", p->ttl);
        text_string(t, ") ");
    }
}

void scenario_match_describe(struct text *t, const struct scenario_packet *p)
{
    text_string(t, p->outbound ? "> " : "< ");
    put_ip(t, p);
    if (p->protocol == SCENARIO_ICMP) {
        put_icmp(t, p);
        return;
    }
    if (p->source_port != 0 || p->destination_port != 0) {
        put_number(t, "", p->source_port);
        put_number(t, " > ", p->destination_port);
        text_character(t, ' ');
    }
    describe_tcp_flags(t, p->flags, DESCRIBE_TCP_PACKETDRILL);
    text_character(t, ' ');
    put_sequence(t, p);
    if (p->flags & TCP_ACK)
        put_number(t, " ack ", p->ack);
    if (!p->any_window)
        put_number(t, " win ", p->wnd);
    if (p->urgent != 0)
        put_number(t, " urg ", p->urgent);
    if (!p->any_options && p->option_bytes == 0)
        return;
    text_string(t, " <");
    if (p->any_options)
        text_string(t, "...");
    else
        describe_tcp_options(t, (struct span){p->options, p->option_bytes},
                             DESCRIBE_TCP_PACKETDRILL);
    text_character(t, '>');
}
