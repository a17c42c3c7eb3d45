/* cli_trace.h - the conversation as it happens, one line per segment and change of state. */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdio.h>

#include "lull/driver.h"
#include "lull/stack.h"

struct cli_trace {
    FILE *out;       /* borrowed */
    lull_time start; /* the zero of the printed clock */
};

/* A sink for lull_stack_set_trace(); @context is a struct cli_trace. */
void cli_trace_record(void *context, const struct lull_trace_record *record);

/* A driver that prints what passes through @inner, which it owns from now on.  NULL: no memory. */
struct lull_driver *cli_trace_open_driver(struct cli_trace *trace, struct lull_driver *inner,
                                          enum lull_link link);

#endif
