/* cli_parse.h - numbers, durations, sizes and addresses as people type them.
 *
 * Each function takes the whole text or nothing: "12x" is not 12.  On failure nothing is
 * written and the result names what would have been accepted, as text that completes
 * "must be ...", so that every command complains in the same words; NULL means success. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stdint.h>

#include "lull/address.h"
#include "lull/time.h"

struct cli_range {
    uint64_t first, last; /* inclusive */
};

/* Decimal digits only: no sign, no blank, no octal. */
const char *cli_parse_number(const char *text, struct cli_range range, uint64_t *value);

/* Bytes: a number with an optional k, m or g, which multiply by 1024. */
const char *cli_parse_size(const char *text, struct cli_range range, uint64_t *bytes);

/* "250ms", "1.5s", "2m": ms, s or m, of which s may be left out; up to 24 hours. */
const char *cli_parse_duration(const char *text, lull_duration *duration);

/* The same from 1 ms to an hour, the range of tw.msl_ms. */
const char *cli_parse_msl(const char *text, lull_duration *msl);

const char *cli_parse_port(const char *text, uint16_t *port);

/* "10.0.0.1" */
const char *cli_parse_address(const char *text, struct lull_address *address);

/* "10.0.0.1/24" */
const char *cli_parse_prefix(const char *text, struct lull_address *address, unsigned *length);

/* "10.0.0.1:4000", ":4000" or "10.0.0.1": what is left out is any. */
const char *cli_parse_name(const char *text, struct lull_name *name);

/* 2 to 64 hexadecimal digits, two per byte; the rest of @seed becomes zero. */
const char *cli_parse_seed(const char *text, uint8_t seed[32]);

#endif
