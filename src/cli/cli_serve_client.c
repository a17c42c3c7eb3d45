/* cli_serve_client.c - one client of `lull serve`, from accept to the end.
 *
 * Each step goes on until the stack says "later"; the event that follows brings it back here.
 * Nothing is read ahead of what can be sent, so a slow client holds back only itself. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_body.h"
#include "cli/cli_http.h"
#include "cli/cli_serve.h"

#define CHUNK_BYTES 32768

enum phase {
    FREE,
    READING,  /* a request arrives */
    WRITING,  /* its answer leaves */
    ECHOING,  /* what comes goes back */
    DRAINING, /* our FIN is sent; what still comes is thrown away until the client's */
};

enum progress {
    WAIT,   /* for the next event */
    GO_ON,  /* in the new phase */
    FINISH, /* close */
    FAIL    /* the connection broke */
};

struct cli_serve_client {
    enum phase phase;
    lull_socket socket;
    char *request; /* CLI_HTTP_REQUEST_BYTES; NULL when echoing */
    size_t request_length;
    char head[CLI_HTTP_HEAD_BYTES];
    size_t head_length, head_sent;
    int keep_alive;
    struct cli_body body;
};

typedef enum progress step_fn(struct cli_serve *serve, struct cli_serve_client *client);

enum lull_error cli_serve_client_open_table(struct cli_serve *serve)
{
    /* Fresh zero pages cost nothing until a client comes. */
    serve->clients = calloc(serve->network.settings->config.sockets_max, sizeof *serve->clients);
    return serve->clients ? LULL_OK : LULL_ENOMEM;
}

void cli_serve_client_close_table(struct cli_serve *serve)
{
    free(serve->clients);
    serve->clients = NULL;
}

static void forget(struct cli_serve *serve, struct cli_serve_client *client)
{
    free(client->request);
    client->request = NULL;
    cli_body_close(&client->body);
    client->phase = FREE;
    serve->live--;
    serve->ended++;
}

/* Reading. */

static void prepare_head(struct cli_serve_client *c, int status)
{
    const struct cli_http_head head = {
        .status = status,
        .type = c->body.type,
        .length = c->body.length,
        .keep_alive = c->keep_alive,
        .allowed = status == 405 ? "GET, HEAD" : NULL,
    };

    c->head_length = cli_http_write_head(&head, c->head);
    c->head_sent = 0;
    c->phase = WRITING;
}

static int choose_body(struct cli_serve *s, struct cli_serve_client *c, const char *path)
{
    uint64_t count;

    if (s->settings.text)
        c->body = cli_body_text(s->settings.text);
    else if (s->settings.has_body)
        c->body = cli_body_generated(s->settings.body_bytes);
    else if (cli_http_bytes_path(path, &count))
        c->body = cli_body_generated(count);
    else if (s->root >= 0)
        return cli_body_open(&c->body, s->root, path);
    else
        return 404;
    return 200;
}

static void answer(struct cli_serve *s, struct cli_serve_client *c,
                   const struct cli_http_request *request, int status)
{
    s->requests++;
    if (status == 200)
        status = choose_body(s, c, request->path);
    if (status != 200)
        c->body = cli_body_text(cli_http_reason(status));
    c->keep_alive = status == 200 && s->settings.close_first == CLI_SERVE_CLIENT;
    prepare_head(c, status);
    if (status == 200 && request->is_head)
        c->body.offset = c->body.length;
    /* What follows the request stays, should the connection take another one. */
    if (status == 200) {
        c->request_length -= request->length;
        memmove(c->request, c->request + request->length, c->request_length);
    }
}

static enum progress read_request(struct cli_serve *s, struct cli_serve_client *c)
{
    struct cli_http_request request;
    int status = cli_http_parse(c->request, c->request_length, &request);
    ptrdiff_t bytes;

    if (status != 0) {
        answer(s, c, &request, status);
        return GO_ON;
    }
    bytes = lull_socket_receive(s->network.stack, c->socket, c->request + c->request_length,
                                CLI_HTTP_REQUEST_BYTES - c->request_length);
    if (bytes == LULL_EAGAIN)
        return WAIT;
    if (bytes <= 0)
        return bytes == 0 ? FINISH : FAIL;
    c->request_length += (size_t)bytes;
    s->bytes_in += (uint64_t)bytes;
    return GO_ON;
}

/* Writing. */

/* Bytes taken; 0: later; negative: the connection broke. */
static ptrdiff_t send_some(struct cli_serve *s, struct cli_serve_client *c, struct lull_slice bytes)
{
    ptrdiff_t sent = lull_socket_send(s->network.stack, c->socket, bytes);

    if (sent == LULL_EAGAIN)
        return 0;
    if (sent > 0)
        s->bytes_out += (uint64_t)sent;
    return sent;
}

static enum progress end_of_answer(struct cli_serve *s, struct cli_serve_client *c)
{
    cli_body_close(&c->body);
    if (c->keep_alive) {
        c->phase = READING;
        return GO_ON;
    }
    if (s->settings.linger == 0)
        return FINISH; /* a reset is wanted, and what is still queued may be lost */
    if (lull_socket_shutdown(s->network.stack, c->socket, LULL_SHUT_SEND))
        return FAIL;
    c->phase = DRAINING;
    return GO_ON;
}

static enum progress write_answer(struct cli_serve *s, struct cli_serve_client *c)
{
    char chunk[CHUNK_BYTES];
    struct lull_slice bytes = {c->head + c->head_sent, c->head_length - c->head_sent};
    ptrdiff_t sent;

    if (bytes.len == 0) {
        ptrdiff_t read = cli_body_read(&c->body, chunk, sizeof chunk);
        if (read <= 0)
            return read == 0 ? end_of_answer(s, c) : FAIL;
        bytes = (struct lull_slice){chunk, (size_t)read};
    }
    sent = send_some(s, c, bytes);
    if (sent <= 0)
        return sent == 0 ? WAIT : FAIL;
    if (c->head_sent < c->head_length)
        c->head_sent += (size_t)sent;
    else
        c->body.offset += (uint64_t)sent;
    return GO_ON;
}

/* Echoing. */

/* Nothing can be peeked at: is it the end? */
static enum progress end_of_input(struct cli_serve *s, struct cli_serve_client *c)
{
    char none;
    ptrdiff_t bytes = lull_socket_receive(s->network.stack, c->socket, &none, 1);

    if (bytes == LULL_EAGAIN)
        return WAIT;
    return bytes == 0 ? FINISH : FAIL;
}

static enum progress echo(struct cli_serve *s, struct cli_serve_client *c)
{
    struct lull_slice piece;
    const char *line_end;
    ptrdiff_t sent;

    if (lull_socket_peek(s->network.stack, c->socket, &piece, 1) <= 0)
        return end_of_input(s, c);
    line_end = memchr(piece.data, '\n', piece.len);
    sent = send_some(s, c, piece);
    if (sent <= 0)
        return sent == 0 ? WAIT : FAIL;
    s->bytes_in += (uint64_t)sent;
    if (lull_socket_skip(s->network.stack, c->socket, (size_t)sent))
        return FAIL;
    if (s->settings.close_first == CLI_SERVE_CLIENT || !line_end
        || line_end - (const char *)piece.data >= sent)
        return GO_ON;
    return end_of_answer(s, c);
}

/* The end. */

static enum progress drain(struct cli_serve *s, struct cli_serve_client *c)
{
    char ignored[4096];
    ptrdiff_t bytes = lull_socket_receive(s->network.stack, c->socket, ignored, sizeof ignored);

    if (bytes == LULL_EAGAIN)
        return WAIT;
    if (bytes <= 0)
        return bytes == 0 ? FINISH : FAIL;
    s->bytes_in += (uint64_t)bytes;
    return GO_ON;
}

static step_fn *const steps[] = {
    [READING] = read_request, [WRITING] = write_answer, [ECHOING] = echo, [DRAINING] = drain};

static void run_client(struct cli_serve *s, struct cli_serve_client *c)
{
    enum progress progress;

    do
        progress = steps[c->phase](s, c);
    while (progress == GO_ON);
    if (progress == WAIT)
        return;
    if (progress == FAIL) {
        s->failed++;
        lull_socket_abort(s->network.stack, c->socket);
    } else {
        lull_socket_close(s->network.stack, c->socket);
    }
    forget(s, c);
}

static struct cli_serve_client *find(struct cli_serve *s, lull_socket socket)
{
    struct cli_serve_client *c = &s->clients[socket.index];

    return c->phase != FREE && c->socket.generation == socket.generation ? c : NULL;
}

void cli_serve_client_event(struct cli_serve *serve, lull_socket socket)
{
    struct cli_serve_client *client = find(serve, socket);

    if (client)
        run_client(serve, client);
}

static struct cli_serve_client *begin(struct cli_serve *s, lull_socket socket)
{
    struct cli_serve_client *c = &s->clients[socket.index];

    *c = (struct cli_serve_client){.socket = socket, .body = {.descriptor = -1}};
    c->phase = s->settings.is_echo ? ECHOING : READING;
    s->accepted++;
    s->live++;
    if (s->settings.linger >= 0)
        (void)lull_socket_set_option(s->network.stack, socket, LULL_OPTION_LINGER,
                                     s->settings.linger);
    if (!s->settings.is_echo)
        c->request = malloc(CLI_HTTP_REQUEST_BYTES);
    if (s->settings.is_echo || c->request)
        return c;
    lull_socket_abort(s->network.stack, socket);
    s->failed++;
    forget(s, c);
    return NULL;
}

static int wants_more(const struct cli_serve *s)
{
    return s->listening && (s->settings.once == 0 || s->accepted < s->settings.once);
}

void cli_serve_client_accept_all(struct cli_serve *serve)
{
    lull_socket socket;

    while (wants_more(serve)
           && lull_socket_accept(serve->network.stack, serve->listener, &socket) == LULL_OK) {
        struct cli_serve_client *client = begin(serve, socket);
        if (client)
            run_client(serve, client); /* its request may have arrived before */
    }
}

void cli_serve_client_abort_all(struct cli_serve *serve)
{
    for (uint32_t i = 0; i < serve->network.settings->config.sockets_max && serve->live > 0; i++) {
        struct cli_serve_client *c = &serve->clients[i];
        if (c->phase == FREE)
            continue;
        lull_socket_abort(serve->network.stack, c->socket);
        forget(serve, c);
    }
}
