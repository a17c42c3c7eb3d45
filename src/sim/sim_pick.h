/* sim_pick.h - a fault that names its packet by what it is: the second FIN from S.
 *
 *     const struct sim_pick pick = {.from = S, .flags = TCP_FIN, .nth = 2, .link = SIM_PICK_FIRST,
 *                                   .fate = {.lost = true}};
 *
 * What is picked is logged as any other fault, so a run of picks can be repeated by ordinals.
 * Doubles are not looked at: they have no fate of their own when they are made.
 *
 * To hold a packet till it is exactly so old: .fate = {.age = {LULL_SEC(30)}}.  To let it through
 * and have a double of it come then: .fate = {.duplicated = true, .age = {0, LULL_SEC(30)}}. */
#ifndef SIM_SIM_PICK_H
#define SIM_SIM_PICK_H

#include "sim/sim_link.h"
#include "sim/sim_packet.h"

#define SIM_PICK_ANYBODY UINT8_MAX
#define SIM_PICK_FIRST   UINT8_MAX /* link: where it leaves its host */

enum sim_pick_text { SIM_PICK_ANY, SIM_PICK_WITH_TEXT, SIM_PICK_WITHOUT_TEXT };

struct sim_pick {
    uint8_t from;             /* node that emitted it, or SIM_PICK_ANYBODY */
    uint8_t link;             /* on entering this one, in either direction */
    uint8_t flags, not_flags; /* enum tcp_flag that it has, and that it has not */
    enum sim_pick_text text;
    uint16_t incarnation; /* 0: any */
    uint32_t nth;         /* from 1; 0: each one */
    struct sim_fate fate; /* instead of what chance says */
};

/* A packet that enters a link. */
struct sim_passage {
    struct sim_packet packet;
    uint8_t node, link; /* it leaves @node */
};

bool sim_pick_finds(const struct sim_pick *pick, const struct sim_passage *passage);

/* The pick's fate replaces @fate; its jitter stays, which is the link's. */
void sim_pick_decide(const struct sim_pick *pick, struct sim_fate *fate);

#endif
