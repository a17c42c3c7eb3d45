/* internet.h - small worlds for tests: C and S of the book, with a wire or three routers between.
 *
 *     wire:     C ---- S
 *     triangle: C ---- R1 ---- R2 ---- S
 *                        \  R3  /
 */
#ifndef TESTS_SUPPORT_INTERNET_H
#define TESTS_SUPPORT_INTERNET_H

#include "sim/sim.h"

enum { INTERNET_C, INTERNET_S, INTERNET_R1, INTERNET_R2, INTERNET_R3 };

#define INTERNET_CLIENT_PORT 1500
#define INTERNET_SERVER_PORT 21

/* Plans without a fault; change them before internet_open(). */
struct sim_plan internet_wire(uint64_t seed);
struct sim_plan internet_triangle(uint64_t seed);

/* free() what is returned. */
struct sim_world *internet_open(const struct sim_plan *plan);

struct lull_name internet_name(const struct sim_world *w, unsigned node, uint16_t port);

/* A listener on S, a connection from C:1500 to it, and the two streams once both ends know. */
lull_socket internet_listen(struct sim_world *w);
void internet_connect(struct sim_world *w, lull_socket listener, uint32_t streams[2]);

/* A segment that nobody's stack has sent. */
struct internet_forgery {
    unsigned from, to;
    uint8_t ttl;
    const struct tcp_segment *segment; /* without text */
};
#define INTERNET_FORGERY_BYTES 80u

/* Its packet, whole and with right checksums; bytes written. */
size_t internet_write(const struct sim_world *w, const struct internet_forgery *forgery,
                      uint8_t bytes[INTERNET_FORGERY_BYTES]);

/* The same, put on the wire. */
void internet_inject(struct sim_world *w, const struct internet_forgery *forgery);

#endif
