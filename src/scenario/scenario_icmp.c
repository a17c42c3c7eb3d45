#include "scenario/scenario_icmp.h"

#include "base/check.h"
#include "scenario/scenario_words.h"
#include "wire/icmpv4.h"

struct code {
    uint8_t type, code;
    const char *name;
};

static const struct {
    uint8_t type;
    const char *name;
} types[] = {
    {ICMPV4_UNREACHABLE, "unreachable"},
    {ICMPV4_TIME_EXCEEDED, "time_exceeded"},
    {ICMPV4_SOURCE_QUENCH, "source_quench"},
    {ICMPV4_PARAMETER_PROBLEM, "parameter_problem"},
};

static const struct code codes[] = {
    {ICMPV4_UNREACHABLE, 0, "net_unreachable"},
    {ICMPV4_UNREACHABLE, 1, "host_unreachable"},
    {ICMPV4_UNREACHABLE, 2, "protocol_unreachable"},
    {ICMPV4_UNREACHABLE, 3, "port_unreachable"},
    {ICMPV4_UNREACHABLE, 4, "frag_needed"},
    {ICMPV4_UNREACHABLE, 5, "source_route_failed"},
    {ICMPV4_UNREACHABLE, 6, "net_unknown"},
    {ICMPV4_UNREACHABLE, 7, "host_unknown"},
    {ICMPV4_UNREACHABLE, 8, "source_host_isolated"},
    {ICMPV4_UNREACHABLE, 9, "net_prohibited"},
    {ICMPV4_UNREACHABLE, 10, "host_prohibited"},
    {ICMPV4_UNREACHABLE, 11, "net_unreachable_for_tos"},
    {ICMPV4_UNREACHABLE, 12, "host_unreachable_for_tos"},
    {ICMPV4_UNREACHABLE, 13, "packet_filtered"},
    {ICMPV4_UNREACHABLE, 14, "precedence_violation"},
    {ICMPV4_UNREACHABLE, 15, "precedence_cutoff"},
    {ICMPV4_TIME_EXCEEDED, 0, "exceeded_ttl"},
    {ICMPV4_TIME_EXCEEDED, 1, "exceeded_reassembly"},
};

bool scenario_icmp_type(struct span name, uint8_t *type)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (scenario_words_equal(name, types[i].name)) {
            *type = types[i].type;
            return true;
        }
    }
    return false;
}

bool scenario_icmp_code(uint8_t type, struct span name, uint8_t *code)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i].type == type && scenario_words_equal(name, codes[i].name)) {
            *code = codes[i].code;
            return true;
        }
    }
    return false;
}

const char *scenario_icmp_type_name(uint8_t type)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return NULL;
}

const char *scenario_icmp_code_name(uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].type == type && codes[i].code == code)
            return codes[i].name;
    return NULL;
}
