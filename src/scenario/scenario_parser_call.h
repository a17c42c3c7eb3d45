/* scenario_parser_call.h - "+0...0.2 read(4, ..., 1000) = -1 EAGAIN (Try again)". */
#ifndef SCENARIO_SCENARIO_PARSER_CALL_H
#define SCENARIO_SCENARIO_PARSER_CALL_H

#include "scenario/scenario_parser.h"

/* @event's time has been read. */
LULL_MUST_USE bool scenario_parser_call_read(struct scenario_parser *p,
                                             struct scenario_event *event);

#endif
