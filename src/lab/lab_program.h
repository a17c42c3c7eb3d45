/* lab_program.h - a program on a host: it has sockets, and when it dies its host closes them.
 *
 * Only the program is gone then.  The stack lives on and ends the program's connections as close()
 * does: with a FIN, or with a reset where text lies unread. */
#ifndef LAB_LAB_PROGRAM_H
#define LAB_LAB_PROGRAM_H

#include "lab/lab_scene.h"

#define LAB_PROGRAM_STREAMS_MAX 32

struct lab_program {
    const char *name; /* "the server"; static */
    unsigned host;
    bool reuse; /* it sets SO_REUSEADDR before it binds */
    lull_socket listener;
    bool listens;
    uint32_t streams[LAB_PROGRAM_STREAMS_MAX];
    unsigned stream_count;
};

/* The story is told that @program starts; its first three fields are set. */
void lab_program_start(struct lab_scene *s, const struct lab_program *program);

/* socket(), bind() and listen(); what the first that failed answered.  A socket that serves for
 * nothing is closed. */
enum lull_error lab_program_listen(struct lab_scene *s, struct lab_program *program, uint16_t port);

/* The next connection of its listener, or SIM_STREAM_NONE. */
uint32_t lab_program_accept(struct lab_scene *s, struct lab_program *program);

/* socket(), bind() unless @port is 0, and connect(): LULL_EINPROGRESS and a stream, the program's
 * newest, or what the first call that failed answered. */
enum lull_error lab_program_connect(struct lab_scene *s, struct lab_program *program, uint16_t port,
                                    const struct lull_name *to);

/* @client connects from @port to S's port of the book, and @server accepts within a moment.  A
 * stream that did not come about is SIM_STREAM_NONE. */
struct lab_ends lab_program_join(struct lab_scene *s, struct lab_program *client,
                                 struct lab_program *server, uint16_t port);

/* The same for somebody at @host who sets SO_REUSEADDR, of whom no more is said. */
struct lab_ends lab_program_visit(struct lab_scene *s, struct lab_program *server, unsigned host,
                                  uint16_t port);

/* The first stream's user closes; the other one's reads the end and closes in turn. */
void lab_program_part(struct lab_scene *s, uint32_t first, uint32_t second);

/* The stream it got last. */
uint32_t lab_program_newest(const struct lab_program *program);

/* Its host closes all it has. */
void lab_program_die(struct lab_scene *s, struct lab_program *program);

#endif
