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

#endif
