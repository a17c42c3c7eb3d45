/* fault_wire_options.h - what a command line asks of a wire with faults. */
#ifndef TESTS_FAULT_WIRE_OPTIONS_H
#define TESTS_FAULT_WIRE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/sim_link.h"

#define FAULT_WIRE_NAMESPACE_BYTES 256

struct fault_wire_end {
    char device[16];
    char namespace[FAULT_WIRE_NAMESPACE_BYTES]; /* a file; "": the one we are in */
};

struct fault_wire_options {
    struct fault_wire_end ends[2];     /* left, right */
    struct sim_link_options direction; /* the same for both; frame_bytes is not set here */
    bool help;                         /* asked for; nothing else was looked at */
};

/* False with a sentence in @why, of @why_bytes, when the command line makes no sense. */
bool fault_wire_options_parse(struct fault_wire_options *options, char **arguments, char *why,
                              size_t why_bytes);

void fault_wire_options_print_help(FILE *to);

#endif
