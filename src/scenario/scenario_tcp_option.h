/* scenario_tcp_option.h - a walk over the bytes of TCP options, which may be changed in place. */
#ifndef SCENARIO_SCENARIO_TCP_OPTION_H
#define SCENARIO_SCENARIO_TCP_OPTION_H

#include <stdint.h>

#include "scenario/scenario_script.h"

/* Kinds (RFC 9293 section 3.2, RFC 7323, RFC 2018). */
enum {
    SCENARIO_OPTION_EOL = 0,
    SCENARIO_OPTION_NOP = 1,
    SCENARIO_OPTION_MSS = 2,
    SCENARIO_OPTION_WINDOW_SCALE = 3,
    SCENARIO_OPTION_SACK_PERMITTED = 4,
    SCENARIO_OPTION_SACK = 5,
    SCENARIO_OPTION_TIMESTAMPS = 8
};

/* The option of that kind in @packet, length behind kind; NULL when there is none, or
 * a malformed one. */
uint8_t *scenario_tcp_option_find(struct scenario_packet *packet, uint8_t kind);

/* Bytes of the option that begins @at, 0 behind the last; what is malformed reaches to the end. */
unsigned scenario_tcp_option_bytes(const struct scenario_packet *packet, unsigned at);

#endif
