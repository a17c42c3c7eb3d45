/* sim_call.h - what users of hosts do: socket calls that observers are told of.
 *
 * Octets that are sent are not the caller's to choose: each is a function of who speaks in which
 * incarnation, and of its place in the stream (sim_octets.h), so that the reader of a single
 * stretch knows where it comes from. */
#ifndef SIM_SIM_CALL_H
#define SIM_SIM_CALL_H

#include "sim/sim_world.h"

/* Longest send or receive of one call. */
#define SIM_CALL_BYTES_MAX 4096u

/* LULL_EMFILE leaves @socket unwritten. */
enum lull_error sim_call_open(struct sim_world *w, unsigned host, lull_socket *socket);
enum lull_error sim_call_option(struct sim_world *w, unsigned host, lull_socket socket,
                                enum lull_option option, int64_t value);
enum lull_error sim_call_bind(struct sim_world *w, unsigned host, lull_socket socket,
                              uint16_t port);
/* At any address, or one of its own. */
enum lull_error sim_call_bind_name(struct sim_world *w, unsigned host, lull_socket socket,
                                   const struct lull_name *name);
enum lull_error sim_call_listen(struct sim_world *w, unsigned host, lull_socket socket,
                                unsigned backlog);
enum lull_error sim_call_connect(struct sim_world *w, unsigned host, lull_socket socket,
                                 const struct lull_name *remote);

/* @stream is written on success: the new connection's. */
enum lull_error sim_call_accept(struct sim_world *w, unsigned host, lull_socket listener,
                                uint32_t *stream);

/* Octets taken, or an enum lull_error. */
ptrdiff_t sim_call_send(struct sim_world *w, uint32_t stream, size_t bytes);

/* Octets read, 0 at the end, or an enum lull_error. */
ptrdiff_t sim_call_receive(struct sim_world *w, uint32_t stream, size_t most);

enum lull_error sim_call_shutdown(struct sim_world *w, uint32_t stream);
enum lull_error sim_call_close(struct sim_world *w, unsigned host, lull_socket socket);
enum lull_error sim_call_abort(struct sim_world *w, unsigned host, lull_socket socket);

/* The stream of a connected socket, or SIM_STREAM_NONE. */
uint32_t sim_call_stream(const struct sim_world *w, unsigned host, lull_socket socket);

#endif
