/* lab_forge.h - segments in somebody else's name: what an attacker, or a network that keeps things
 * too long, puts on the wire.
 *
 * A real segment that comes late is better shown by holding it (sim_pick.h): then the judge knows
 * whose it is.  Forging is for tables, in which every kind of segment is tried. */
#ifndef LAB_LAB_FORGE_H
#define LAB_LAB_FORGE_H

#include "lab/lab_scene.h"
#include "wire/tcp_segment.h"

struct lab_forgery {
    unsigned node;              /* whose link it enters */
    struct lull_name from, to;  /* .from's address may be anything */
    struct tcp_segment segment; /* ports and len are filled in; .text is ignored */
    uint8_t text_bytes;         /* so many octets 'x' */
    uint8_t hops;               /* 0: 64 */
    bool damaged;               /* the checksum is wrong */
};

void lab_forge(struct lab_scene *s, const struct lab_forgery *forgery);

#endif
