/* scenario_parser_packet.h - "< S 0:0(0) win 1000 <mss 1460>" and "< icmp unreachable ...". */
#ifndef SCENARIO_SCENARIO_PARSER_PACKET_H
#define SCENARIO_SCENARIO_PARSER_PACKET_H

#include "scenario/scenario_parser.h"

/* @event's time has been read; the next token is '<' or '>'. */
LULL_MUST_USE bool scenario_parser_packet_read(struct scenario_parser *p,
                                               struct scenario_event *event);

#endif
