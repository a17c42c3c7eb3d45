/* scenario_parser_condition.h - %{ assert tcpi_snd_cwnd == 10 }% and //lull: directives. */
#ifndef SCENARIO_SCENARIO_PARSER_CONDITION_H
#define SCENARIO_SCENARIO_PARSER_CONDITION_H

#include "scenario/scenario_parser.h"

/* The next token is code; it becomes @event's condition. */
LULL_MUST_USE bool scenario_parser_condition_code(struct scenario_parser *p,
                                                  struct scenario_event *event);

/* The next token is a directive.  It is a setting, which is noted in the script, or it becomes
 * @event, which is then to be added. */
LULL_MUST_USE bool scenario_parser_condition_directive(struct scenario_parser *p,
                                                       struct scenario_event *event,
                                                       bool *is_event);

#endif
