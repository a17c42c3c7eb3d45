/* scenario_match.h - a packet compared with the one a script expects; both in the script's numbers.
 *
 * Pure functions of two packets, so that what is a difference can be tested without a stack. */
#ifndef SCENARIO_SCENARIO_MATCH_H
#define SCENARIO_SCENARIO_MATCH_H

#include "base/text.h"
#include "scenario/scenario_script.h"

/* The name of the first field in which @actual differs from @expected; NULL when it does not.
 * The value of timestamps is not looked at: see scenario_match_timestamp(). */
const char *scenario_match_packet(const struct scenario_packet *expected,
                                  const struct scenario_packet *actual);

/* How far the timestamp in @actual is from the expected one, in ticks; 0 when either has none. */
uint32_t scenario_match_timestamp(const struct scenario_packet *expected,
                                  const struct scenario_packet *actual);

/* In the notation of scripts: "> S. 0:0(0) ack 1 win 65535 <mss 1460>". */
void scenario_match_describe(struct text *t, const struct scenario_packet *packet);

#endif
