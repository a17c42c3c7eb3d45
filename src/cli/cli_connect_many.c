/* cli_connect_many.c - connections in a row and side by side, for tests and measurements.
 *
 * Each sends the same bytes, counts what it receives until the peer closes, and closes; with
 * --half-close it closes its own half first. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_connect.h"

struct one {
    lull_socket socket; /* generation 0: free */
    int connected, half_closed;
    size_t sent;
};

struct cli_connect_many {
    struct cli_connect *connect;
    struct one *ones; /* as many as sockets exist, by their index */
    void *mapped;     /* what @input shows; NULL: nothing */
    struct lull_slice input;
    uint64_t begun, live;
};

static void end_one(struct cli_connect_many *m, struct one *one, enum lull_error error)
{
    struct lull_stack *stack = m->connect->network.stack;

    if (error) {
        if (m->connect->failed++ == 0) /* the first stands for all */
            cli_connect_fail(m->connect, error);
        m->connect->status = CLI_EXIT_FAILED;
        lull_socket_abort(stack, one->socket);
    } else {
        m->connect->completed++;
        lull_socket_close(stack, one->socket);
    }
    *one = (struct one){0};
    m->live--;
}

/* LULL_OK when everything is sent, LULL_EAGAIN, or why not. */
static enum lull_error send_rest(struct cli_connect_many *m, struct one *one)
{
    struct lull_stack *stack = m->connect->network.stack;

    while (one->sent < m->input.len) {
        struct lull_slice rest = {(const char *)m->input.data + one->sent,
                                  m->input.len - one->sent};
        ptrdiff_t sent = lull_socket_send(stack, one->socket, rest);
        if (sent < 0)
            return (enum lull_error)sent;
        one->sent += (size_t)sent;
        m->connect->bytes_out += (uint64_t)sent;
    }
    if (m->connect->settings.half_close && !one->half_closed) {
        one->half_closed = 1;
        return lull_socket_shutdown(stack, one->socket, LULL_SHUT_SEND);
    }
    return LULL_OK;
}

/* LULL_OK at the peer's end, LULL_EAGAIN before, or why there will be none. */
static enum lull_error receive_all(struct cli_connect_many *m, struct one *one)
{
    char ignored[16384];
    ptrdiff_t bytes;

    while ((bytes = lull_socket_receive(m->connect->network.stack, one->socket, ignored,
                                        sizeof ignored))
           > 0)
        m->connect->bytes_in += (uint64_t)bytes;
    return (enum lull_error)bytes;
}

static void run_one(struct cli_connect_many *m, struct one *one, unsigned events)
{
    enum lull_error error = LULL_OK;

    if (!one->connected) {
        if (!(events & (LULL_EVENT_WRITABLE | LULL_EVENT_ERROR | LULL_EVENT_HANGUP)))
            return;
        error = lull_socket_take_error(m->connect->network.stack, one->socket);
        one->connected = error == LULL_OK;
    }
    if (!error)
        error = send_rest(m, one);
    if (error && error != LULL_EAGAIN) {
        end_one(m, one, error);
        return;
    }
    error = receive_all(m, one);
    if (error != LULL_EAGAIN)
        end_one(m, one, error);
}

/* As many at once as were asked for. */
static void begin_more(struct cli_connect_many *m)
{
    const struct cli_connect_settings *s = &m->connect->settings;

    while (m->begun < s->count && m->live < s->parallel) {
        lull_socket socket;
        m->begun++;
        if (cli_connect_begin(m->connect, &socket) != CLI_EXIT_OK) {
            m->connect->failed += 1 + s->count - m->begun;
            m->begun = s->count; /* the next one would fail in the same way */
            return;
        }
        m->ones[socket.index] = (struct one){.socket = socket};
        m->live++;
    }
}

static void run_all(void *context, lull_time now)
{
    struct cli_connect_many *m = context;
    lull_socket socket;
    unsigned events;

    (void)now;
    while (lull_socket_next_event(m->connect->network.stack, &socket, &events)) {
        struct one *one = &m->ones[socket.index];
        if (one->socket.generation != 0 && one->socket.generation == socket.generation)
            run_one(m, one, events);
    }
    begin_more(m);
    if (m->live == 0)
        cli_connect_stop_when_quiet(m->connect);
}

/* The file in memory: 0, or -1 after a line. */
static int map_input(struct cli_connect_many *m, const char *path)
{
    struct stat facts;
    void *bytes = MAP_FAILED;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor >= 0 && fstat(descriptor, &facts) == 0) {
        if (facts.st_size == 0) {
            close(descriptor);
            return 0;
        }
        bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    }
    if (bytes == MAP_FAILED)
        fprintf(stderr, "lull connect: %s: %s\n", path, strerror(errno));
    else
        m->input = (struct lull_slice){m->mapped = bytes, (size_t)facts.st_size};
    if (descriptor >= 0)
        close(descriptor);
    return bytes == MAP_FAILED ? -1 : 0;
}

struct cli_connect_many *cli_connect_many_open(struct cli_connect *connect)
{
    struct cli_connect_many *m = calloc(1, sizeof *m);

    if (m)
        m->ones = calloc(connect->network.settings->config.sockets_max, sizeof *m->ones);
    if (!m || !m->ones) {
        cli_connect_fail(connect, LULL_ENOMEM);
        free(m);
        return NULL;
    }
    m->connect = connect;
    if (connect->settings.send_path && map_input(m, connect->settings.send_path) < 0) {
        connect->status = CLI_EXIT_FAILED;
        cli_connect_many_close(m);
        return NULL;
    }
    lull_host_loop_set_application(connect->network.loop, run_all, m);
    return m;
}

void cli_connect_many_close(struct cli_connect_many *many)
{
    if (many->input.len > 0)
        munmap(many->mapped, many->input.len);
    free(many->ones);
    free(many);
}
