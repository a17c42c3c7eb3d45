/* sim_octets.h - text that says where it comes from.
 *
 * Each octet is a function of its voice and its place.  A stretch of eight or more octets that
 * fits is the right one, but for one chance in 2^64. */
#ifndef SIM_SIM_OCTETS_H
#define SIM_SIM_OCTETS_H

#include <stddef.h>
#include <stdint.h>

/* Fill @to with the octets of @voice from @offset on. */
void sim_octets_fill(uint8_t *to, size_t count, uint32_t voice, uint64_t offset);

/* How many of @octets, from the first, are those of @voice from @offset on. */
size_t sim_octets_match(const uint8_t *octets, size_t count, uint32_t voice, uint64_t offset);

#endif
