/* sim_ghost.h - what the world knows of a packet and the packet does not show.
 *
 * Two packets with the same bytes can be told apart for ever.  A ghost travels beside its packet
 * and is never seen by a stack. */
#ifndef SIM_SIM_GHOST_H
#define SIM_SIM_GHOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define SIM_VOICE_NONE UINT32_MAX

struct sim_ghost {
    uint64_t number; /* of the emission, from 1; doubles share it */
    lull_time emitted_at;
    uint32_t voice;       /* who speaks, in which incarnation (sim_ledger.h), or SIM_VOICE_NONE */
    uint16_t incarnation; /* of the tuple, from 1; 0: of none */
    uint8_t host;         /* node that emitted it */
    uint8_t life;         /* of that host: one more after each crash */
    uint8_t copy;         /* 0 the original, 1 a double that the network made */
    bool damaged;         /* a link turned a bit or cut it */
};

#endif
