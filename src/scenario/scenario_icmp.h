/* scenario_icmp.h - what packetdrill calls the types and codes of ICMP (RFC 792, RFC 1812). */
#ifndef SCENARIO_SCENARIO_ICMP_H
#define SCENARIO_SCENARIO_ICMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* False when there is no such name. */
bool scenario_icmp_type(struct span name, uint8_t *type);
bool scenario_icmp_code(uint8_t type, struct span name, uint8_t *code);

/* NULL when the number has no name. */
const char *scenario_icmp_type_name(uint8_t type);
const char *scenario_icmp_code_name(uint8_t type, uint8_t code);

#endif
