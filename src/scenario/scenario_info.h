/* scenario_info.h - the fields of Linux's struct tcp_info that Lull can answer, by name. */
#ifndef SCENARIO_SCENARIO_INFO_H
#define SCENARIO_SCENARIO_INFO_H

#include <stdbool.h>

#include "lull/socket.h"

#include "base/bytes.h"

/* True for "tcpi_snd_cwnd" and its like. */
bool scenario_info_known(struct span field);

/* The value of a known field, in Linux's units: segments, microseconds. */
int64_t scenario_info_value(const struct lull_tcp_info *info, struct span field);

/* "TCP_ESTABLISHED" and its like; false when there is no such constant. */
bool scenario_info_constant(struct span name, int64_t *value);

#endif
