/* scenario_report.h - how a player tells what happened. */
#ifndef SCENARIO_SCENARIO_REPORT_H
#define SCENARIO_SCENARIO_REPORT_H

#include "scenario/scenario_world.h"

/* The script has failed; the reason is to be written into what is returned.  After the first
 * failure it goes nowhere. */
struct text *scenario_report_fail(struct scenario_world *w);

/* Since the script began. */
lull_duration scenario_report_time(const struct scenario_world *w, lull_time at);

/* "12.500000 > F. 1:1(0) ack 1" */
void scenario_report_packet(struct text *t, lull_duration at, const struct scenario_packet *packet);

/* Tell the listener of a packet, or of anything else. */
void scenario_report_hear_packet(const struct scenario_world *w,
                                 const struct scenario_packet *packet);
void scenario_report_hear(const struct scenario_world *w, struct span what);

#endif
