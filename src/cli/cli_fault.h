/* cli_fault.h - the loss of one segment, to see what TIME-WAIT is for. */
#ifndef CLI_FAULT_H
#define CLI_FAULT_H

#include "lull/driver.h"
#include "lull/stack.h"

struct cli_fault {
    unsigned left; /* acknowledgments still to be lost */
    int armed;     /* the next one between these ports is lost */
    uint16_t local_port, remote_port;
    enum lull_link link;
};

/* A sink for lull_stack_set_trace(): a record that enters TIME-WAIT arms the fault. */
void cli_fault_record(struct cli_fault *fault, const struct lull_trace_record *record);

/* A driver that loses what the fault says, and prints a line for it.  It owns @inner from now on.
 * NULL: no memory. */
struct lull_driver *cli_fault_open_driver(struct cli_fault *fault, struct lull_driver *inner);

#endif
