/* cli_connect_stream.c - bytes between one connection and two descriptors.
 *
 * Nothing is read that cannot be sent yet, and nothing is taken from the connection that cannot
 * be written yet, so either side holds back the other.  The descriptors stay blocking: making
 * the terminal non-blocking would change it for the shell too. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_connect.h"

#define INPUT_BYTES   65536
#define WRITES_A_TURN 64

struct cli_connect_stream {
    struct cli_connect *connect;
    lull_socket socket;
    int connected, received_all, ended;
    int input, output;  /* descriptors */
    size_t write_bytes; /* so many never block once the output is ready */
    int input_watched, input_ended, half_closed;
    size_t length, sent; /* of @bytes */
    char bytes[INPUT_BYTES];
};

static void pump(void *context, lull_time now);
static void on_ready(void *context, int descriptor, unsigned conditions);

static void watch(struct cli_connect_stream *s, int descriptor, unsigned conditions)
{
    const struct lull_host_watch w = {descriptor, conditions, on_ready, s};

    if (conditions == 0)
        lull_host_loop_unwatch(s->connect->network.loop, descriptor);
    else if (lull_host_loop_watch(s->connect->network.loop, &w))
        cli_connect_fail(s->connect, LULL_EIO);
}

static void finish(struct cli_connect_stream *s)
{
    if (s->ended)
        return;
    s->ended = 1;
    watch(s, s->input, 0);
    watch(s, s->output, 0);
}

/* The connection broke, or a file did. */
static void give_up(struct cli_connect_stream *s, enum lull_error error)
{
    if (s->ended)
        return;
    if (error)
        cli_connect_fail(s->connect, error);
    s->connect->failed++;
    lull_socket_abort(s->connect->network.stack, s->socket);
    finish(s);
}

static void complain_about_file(struct cli_connect_stream *s, const char *path, const char *stream)
{
    fprintf(stderr, "lull connect: %s: %s\n", path && strcmp(path, "-") != 0 ? path : stream,
            strerror(errno));
    s->connect->status = CLI_EXIT_FAILED;
}

static void read_input(struct cli_connect_stream *s)
{
    ssize_t bytes = read(s->input, s->bytes, sizeof s->bytes);

    if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    watch(s, s->input, 0); /* until these are sent */
    s->input_watched = 0;
    if (bytes < 0) {
        complain_about_file(s, s->connect->settings.send_path, "standard input");
        give_up(s, LULL_OK);
        return;
    }
    s->length = (size_t)bytes;
    s->sent = 0;
    s->input_ended = bytes == 0;
}

static void on_ready(void *context, int descriptor, unsigned conditions)
{
    struct cli_connect_stream *s = context;

    (void)conditions;
    if (s->ended)
        return;
    if (descriptor == s->input && s->connected && s->sent == s->length && !s->input_ended)
        read_input(s);
    else if (descriptor == s->output)
        watch(s, s->output, 0); /* the turn that follows writes */
}

static void send_input(struct cli_connect_stream *s)
{
    while (s->sent < s->length) {
        struct lull_slice rest = {s->bytes + s->sent, s->length - s->sent};
        ptrdiff_t sent = lull_socket_send(s->connect->network.stack, s->socket, rest);
        if (sent == LULL_EAGAIN)
            return;
        if (sent < 0) {
            give_up(s, (enum lull_error)sent);
            return;
        }
        s->sent += (size_t)sent;
        s->connect->bytes_out += (uint64_t)sent;
    }
    if (!s->input_ended && !s->input_watched) {
        s->input_watched = 1;
        watch(s, s->input, LULL_HOST_READABLE);
    } else if (s->input_ended && !s->half_closed) {
        s->half_closed = 1;
        (void)lull_socket_shutdown(s->connect->network.stack, s->socket, LULL_SHUT_SEND);
    }
}

/* Nothing can be peeked at: not yet, the end, or an error? */
static void end_of_received(struct cli_connect_stream *s)
{
    char none;
    ptrdiff_t bytes = lull_socket_receive(s->connect->network.stack, s->socket, &none, 1);

    if (bytes == LULL_EAGAIN)
        return;
    if (bytes < 0) {
        give_up(s, (enum lull_error)bytes);
        return;
    }
    s->received_all = 1;
}

/* The peer's end is ours too for a person at a terminal; a file is sent to its end. */
static void close_when_done(struct cli_connect_stream *s)
{
    if (!s->received_all || (!s->half_closed && !isatty(s->input)))
        return;
    lull_socket_close(s->connect->network.stack, s->socket);
    s->connect->completed++;
    finish(s);
}

/* One piece: 1 when more may follow at once. */
static int write_piece(struct cli_connect_stream *s)
{
    struct pollfd ready = {.fd = s->output, .events = POLLOUT};
    struct lull_slice piece;
    ssize_t written;

    if (lull_socket_peek(s->connect->network.stack, s->socket, &piece, 1) <= 0) {
        end_of_received(s);
        return 0;
    }
    if (poll(&ready, 1, 0) == 0) {
        watch(s, s->output, LULL_HOST_WRITABLE);
        return 0;
    }
    written = write(s->output, piece.data, piece.len < s->write_bytes ? piece.len : s->write_bytes);
    if (written < 0 && errno != EINTR && errno != EAGAIN) {
        complain_about_file(s, s->connect->settings.receive_path, "standard output");
        give_up(s, LULL_OK);
        return 0;
    }
    if (written <= 0)
        return 1;
    s->connect->bytes_in += (uint64_t)written;
    return lull_socket_skip(s->connect->network.stack, s->socket, (size_t)written) == LULL_OK;
}

static void write_output(struct cli_connect_stream *s)
{
    int pieces = 0;

    while (pieces < WRITES_A_TURN && write_piece(s))
        pieces++;
    if (pieces == WRITES_A_TURN) /* frames and timers first, then the rest */
        watch(s, s->output, LULL_HOST_WRITABLE);
}

static void finish_connecting(struct cli_connect_stream *s, unsigned events)
{
    enum lull_error error;

    if (!(events & (LULL_EVENT_WRITABLE | LULL_EVENT_ERROR | LULL_EVENT_HANGUP)))
        return;
    error = lull_socket_take_error(s->connect->network.stack, s->socket);
    if (error)
        give_up(s, error);
    else
        s->connected = 1;
}

static void pump(void *context, lull_time now)
{
    struct cli_connect_stream *s = context;
    lull_socket socket;
    unsigned events;

    (void)now;
    while (lull_socket_next_event(s->connect->network.stack, &socket, &events)) {
        if (!s->ended && !s->connected)
            finish_connecting(s, events);
    }
    if (!s->ended && s->connected)
        send_input(s);
    if (!s->ended && s->connected && !s->received_all)
        write_output(s);
    if (!s->ended)
        close_when_done(s);
    if (s->ended)
        cli_connect_stop_when_quiet(s->connect);
}

static int open_file(struct cli_connect_stream *s, const char *path, int flags)
{
    int descriptor;

    if (!path || strcmp(path, "-") == 0)
        return flags == O_RDONLY ? STDIN_FILENO : STDOUT_FILENO;
    descriptor = open(path, flags | O_CLOEXEC, 0666);
    if (descriptor < 0)
        complain_about_file(s, path, path);
    return descriptor;
}

struct cli_connect_stream *cli_connect_stream_open(struct cli_connect *connect)
{
    struct cli_connect_stream *s = calloc(1, sizeof *s);
    struct stat facts;

    if (!s) {
        cli_connect_fail(connect, LULL_ENOMEM);
        return NULL;
    }
    s->connect = connect;
    s->output = -1;
    s->input = open_file(s, connect->settings.send_path, O_RDONLY);
    if (s->input >= 0)
        s->output = open_file(s, connect->settings.receive_path, O_WRONLY | O_CREAT | O_TRUNC);
    if (s->output < 0 || cli_connect_begin(connect, &s->socket) != CLI_EXIT_OK) {
        connect->status = CLI_EXIT_FAILED;
        cli_connect_stream_close(s);
        return NULL;
    }
    s->write_bytes = fstat(s->output, &facts) == 0 && S_ISREG(facts.st_mode) ? 1U << 20 : PIPE_BUF;
    lull_host_loop_set_application(connect->network.loop, pump, s);
    return s;
}

void cli_connect_stream_close(struct cli_connect_stream *stream)
{
    if (stream->input > STDERR_FILENO)
        close(stream->input);
    if (stream->output > STDERR_FILENO && close(stream->output) < 0) {
        complain_about_file(stream, stream->connect->settings.receive_path, "output");
    }
    free(stream);
}
