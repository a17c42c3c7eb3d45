/* lab_program.c - programs start, call and die. */
#include "lab/lab_program.h"

#include "base/check.h"
#include "base/text.h"

static void tell(struct lab_scene *s, const struct lab_program *p, const char *what)
{
    char line[120];
    struct text t;

    text_init(&t, line, sizeof line);
    text_string(&t, s->world->nodes[p->host].name);
    text_string(&t, ": ");
    text_string(&t, p->name);
    text_string(&t, what);
    lab_scene_note(s, line);
}

void lab_program_start(struct lab_scene *s, const struct lab_program *p)
{
    tell(s, p, " starts");
}

static enum lull_error open_bound(struct lab_scene *s, const struct lab_program *p, uint16_t port,
                                  lull_socket *socket)
{
    enum lull_error error;

    /* A stack reads no clock: its ISN is of the instant it was last told of. */
    lull_stack_advance(s->world->nodes[p->host].stack, s->world->now);
    error = sim_call_open(s->world, p->host, socket);
    LULL_CHECK(error == LULL_OK);
    if (p->reuse)
        (void)sim_call_option(s->world, p->host, *socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (port != 0)
        error = sim_call_bind(s->world, p->host, *socket, port);
    if (error != LULL_OK)
        (void)sim_call_close(s->world, p->host, *socket);
    return error;
}

enum lull_error lab_program_listen(struct lab_scene *s, struct lab_program *p, uint16_t port)
{
    lull_socket socket;
    enum lull_error error = open_bound(s, p, port, &socket);

    if (error != LULL_OK)
        return error;
    error = sim_call_listen(s->world, p->host, socket, 8);
    if (error != LULL_OK) {
        (void)sim_call_close(s->world, p->host, socket);
        return error;
    }
    p->listener = socket;
    p->listens = true;
    return LULL_OK;
}

static void keep(struct lab_program *p, uint32_t stream)
{
    LULL_CHECK(p->stream_count < LAB_PROGRAM_STREAMS_MAX);
    p->streams[p->stream_count++] = stream;
}

uint32_t lab_program_accept(struct lab_scene *s, struct lab_program *p)
{
    const uint32_t stream = lab_scene_accept(s, p->host, p->listener);

    if (stream != SIM_STREAM_NONE)
        keep(p, stream);
    return stream;
}

enum lull_error lab_program_connect(struct lab_scene *s, struct lab_program *p, uint16_t port,
                                    const struct lull_name *to)
{
    lull_socket socket;
    enum lull_error error = open_bound(s, p, port, &socket);

    if (error != LULL_OK)
        return error;
    error = sim_call_connect(s->world, p->host, socket, to);
    if (error == LULL_EINPROGRESS)
        keep(p, sim_call_stream(s->world, p->host, socket));
    else
        (void)sim_call_close(s->world, p->host, socket);
    return error;
}

struct lab_ends lab_program_join(struct lab_scene *s, struct lab_program *client,
                                 struct lab_program *server, uint16_t port)
{
    const struct lull_name to = lab_scene_name(s, LAB_S, LAB_SERVER_PORT);
    struct lab_ends e = {.client = SIM_STREAM_NONE, .server = SIM_STREAM_NONE};

    if (lab_program_connect(s, client, port, &to) != LULL_EINPROGRESS)
        return e;
    e.client = lab_program_newest(client);
    lab_scene_wait(s, LULL_MS(100));
    e.server = lab_program_accept(s, server);
    return e;
}

struct lab_ends lab_program_visit(struct lab_scene *s, struct lab_program *server, unsigned host,
                                  uint16_t port)
{
    struct lab_program client = {.name = "the client", .host = host, .reuse = true};

    return lab_program_join(s, &client, server, port);
}

void lab_program_part(struct lab_scene *s, uint32_t first, uint32_t second)
{
    lab_scene_close(s, first);
    lab_scene_wait(s, LULL_MS(100));
    (void)lab_scene_read(s, second);
    lab_scene_close(s, second);
    lab_scene_wait(s, LULL_MS(100));
}

uint32_t lab_program_newest(const struct lab_program *p)
{
    return p->stream_count == 0 ? SIM_STREAM_NONE : p->streams[p->stream_count - 1];
}

static bool is_open(const struct lab_scene *s, uint32_t stream)
{
    const struct sim_stream *of = &s->world->streams[stream];
    struct lull_name local, remote;

    return lull_socket_names(s->world->nodes[of->host].stack, of->socket, &local, &remote)
           == LULL_OK;
}

void lab_program_die(struct lab_scene *s, struct lab_program *p)
{
    tell(s, p, " dies: its host closes its sockets");
    for (unsigned i = 0; i < p->stream_count; i++)
        if (is_open(s, p->streams[i]))
            lab_scene_close(s, p->streams[i]);
    if (p->listens)
        (void)sim_call_close(s->world, p->host, p->listener);
    p->stream_count = 0;
    p->listens = false;
}
