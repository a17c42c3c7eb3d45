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

/* As long as it says, and as its kind must be; SACK blocks are as many as there are. */
static bool is_whole(const struct scenario_packet *packet, unsigned at, unsigned bytes)
{
    const uint8_t *option = packet->options + at;

    if (option[0] <= SCENARIO_OPTION_NOP)
        return true;
    return bytes >= 2 && option[1] == bytes
           && (option[0] != SCENARIO_OPTION_TIMESTAMPS || bytes == 10);
}

uint8_t *scenario_tcp_option_find(struct scenario_packet *packet, uint8_t kind)
{
    unsigned bytes;

    for (unsigned at = 0; (bytes = scenario_tcp_option_bytes(packet, at)) > 0; at += bytes)
        if (packet->options[at] == kind)
            return is_whole(packet, at, bytes) ? packet->options + at : NULL;
    return NULL;
}
