/* scenario_flow.h - numbers of the script and numbers on the wire.
 *
 * As in packetdrill, sequence numbers in a SYN are what they are on the wire for the remote side
 * (so the script chooses its own ISN), and everything else counts from the ISNs: the octet behind
 * a SYN is 1.  Our ISN is learnt from the SYN or SYN-ACK that is sent.
 *
 * An incarnation begins when we send a SYN or a SYN-ACK with an ISN the tuple did not have before;
 * the SYN that arrived last is its remote one.  Until then a SYN that arrives changes nothing, so
 * what the stack answers to a SYN it refuses is still in the numbers of the old incarnation. */
#ifndef SCENARIO_SCENARIO_FLOW_H
#define SCENARIO_SCENARIO_FLOW_H

#include "scenario/scenario_world.h"

/* NULL when there is none yet. */
struct scenario_flow *scenario_flow_current(struct scenario_world *w);

/* The incarnation of the current one's tuple that began before it, or NULL. */
const struct scenario_flow *scenario_flow_previous(const struct scenario_world *w);

/* Where a packet that arrives belongs, before its numbers are turned; a SYN is noted.  NULL with a
 * failure when there are too many. */
struct scenario_flow *scenario_flow_inbound(struct scenario_world *w,
                                            const struct scenario_packet *packet);

/* Where the packet that was sent belongs if it is the one that is expected; ISNs are learnt from
 * it.  NULL with a failure. */
struct scenario_flow *scenario_flow_outbound(struct scenario_world *w,
                                             const struct scenario_packet *expected,
                                             const struct scenario_packet *sent);

/* Turn the numbers of a packet that is to arrive into those of the wire.  NULL, or why it cannot
 * be done. */
const char *scenario_flow_to_wire(const struct scenario_flow *flow, struct scenario_packet *packet);

/* Turn those of one that was sent into the script's. */
void scenario_flow_to_script(const struct scenario_flow *flow, struct scenario_packet *packet);

/* Note that what the script calls timestamp @script is @wire. */
void scenario_flow_learn(struct scenario_flow *flow, uint32_t script, uint32_t wire);

#endif
