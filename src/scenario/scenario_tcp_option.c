#include "scenario/scenario_tcp_option.h"

#include <stddef.h>

unsigned scenario_tcp_option_bytes(const struct scenario_packet *packet, unsigned at)
{
    unsigned left = packet->option_bytes - at;

    if (left == 0)
        return 0;
    if (packet->options[at] <= SCENARIO_OPTION_NOP)
        return 1;
    if (left < 2 || packet->options[at + 1] < 2 || packet->options[at + 1] > left)
        return left;
    return packet->options[at + 1];
}

/* An option without a length may be the last byte. */
static uint8_t stated_at(const struct scenario_packet *packet, unsigned at)
{
    return at + 1 < packet->option_bytes ? packet->options[at + 1] : 0;
}

/* What an option of that kind must measure; SACK blocks are as many as it says. */
static unsigned length_of(uint8_t kind, uint8_t stated)
{
    switch (kind) {
    case SCENARIO_OPTION_EOL:
    case SCENARIO_OPTION_NOP: return 1;
    case SCENARIO_OPTION_TIMESTAMPS: return 10;
    default: return stated;
    }
}

uint8_t *scenario_tcp_option_find(struct scenario_packet *packet, uint8_t kind)
{
    unsigned bytes;

    for (unsigned at = 0; (bytes = scenario_tcp_option_bytes(packet, at)) > 0; at += bytes)
        if (packet->options[at] == kind)
            return bytes == length_of(kind, stated_at(packet, at)) ? packet->options + at : NULL;
    return NULL;
}
