#include "cli/cli_control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli_control_answer.h"
#include "cli/cli_network.h"

#define CLIENTS_MAX   16
#define REQUEST_BYTES 64

struct client {
    struct cli_control *control;
    int descriptor; /* -1: free */
    size_t request_length;
    char request[REQUEST_BYTES];
    int answering; /* the request is complete */
    struct cli_control_answer answer;
};

struct cli_control {
    struct cli_network *network;
    int listener;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    struct client clients[CLIENTS_MAX];
};

void cli_control_path(const char *word, char *path, size_t size)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char own[24];

    if (!folder || !*folder)
        folder = "/tmp";
    snprintf(own, sizeof own, "%ld", (long)getpid());
    snprintf(path, size, "%s/lull-%s.sock", folder, word ? word : own);
}

static void end_client(struct client *client)
{
    if (client->descriptor < 0)
        return;
    lull_host_loop_unwatch(client->control->network->loop, client->descriptor);
    close(client->descriptor);
    client->descriptor = -1;
}

static void serve_client(void *context, int descriptor, unsigned conditions);

static void watch_client(struct client *client, unsigned conditions)
{
    const struct lull_host_watch watch = {client->descriptor, conditions, serve_client, client};

    if (lull_host_loop_watch(client->control->network->loop, &watch))
        end_client(client);
}

/* The line is complete, or as long as no request is. */
static void begin_answer(struct client *client)
{
    char *end = memchr(client->request, '\n', client->request_length);

    if (!end && client->request_length < sizeof client->request - 1)
        return;
    client->request[end ? (size_t)(end - client->request) : client->request_length] = '\0';
    client->answering = 1;
    cli_control_answer_begin(&client->answer, client->control->network, client->request);
    watch_client(client, LULL_HOST_WRITABLE);
}

static void read_request(struct client *client)
{
    size_t room = sizeof client->request - 1 - client->request_length;
    ssize_t bytes = recv(client->descriptor, client->request + client->request_length, room, 0);

    if (bytes > 0) {
        client->request_length += (size_t)bytes;
        begin_answer(client);
    } else if (bytes == 0 || (errno != EAGAIN && errno != EINTR)) {
        end_client(client);
    }
}

/* One piece a turn. */
static void write_answer(struct client *client)
{
    struct lull_slice piece = cli_control_answer_piece(&client->answer);
    ssize_t bytes;

    if (piece.len == 0) {
        end_client(client);
        return;
    }
    bytes = send(client->descriptor, piece.data, piece.len, MSG_NOSIGNAL);
    if (bytes > 0)
        cli_control_answer_sent(&client->answer, (size_t)bytes);
    else if (errno != EAGAIN && errno != EINTR)
        end_client(client);
}

static void serve_client(void *context, int descriptor, unsigned conditions)
{
    struct client *client = context;

    (void)descriptor;
    if (client->answering)
        write_answer(client);
    else if (conditions & LULL_HOST_READABLE)
        read_request(client);
    else
        end_client(client);
}

static struct client *free_client(struct cli_control *control)
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        if (control->clients[i].descriptor < 0)
            return &control->clients[i];
    }
    return NULL;
}

static void accept_client(void *context, int descriptor, unsigned conditions)
{
    struct cli_control *control = context;
    struct client *client = free_client(control);
    int accepted = accept4(descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)conditions;
    if (accepted < 0)
        return;
    if (!client) { /* as many as may ask at once are asking */
        close(accepted);
        return;
    }
    client->descriptor = accepted;
    client->request_length = 0;
    client->answering = 0;
    watch_client(client, LULL_HOST_READABLE);
}

/* A socket file whose owner is gone would stand in the way for ever. */
static void remove_leftover(const struct sockaddr_un *name)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (probe < 0)
        return;
    if (connect(probe, (const struct sockaddr *)name, sizeof *name) < 0 && errno == ECONNREFUSED)
        unlink(name->sun_path);
    close(probe);
}

static int complain(const struct cli_control *control, int error)
{
    fprintf(stderr, "lull %s: control socket %s: %s\n", control->network->command, control->path,
            strerror(error));
    return CLI_EXIT_FAILED;
}

static int open_listener(struct cli_control *control)
{
    const struct lull_host_watch watch = {
        .conditions = LULL_HOST_READABLE, .ready = accept_client, .context = control};
    struct lull_host_watch own = watch;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    mode_t mask;
    int bound;

    memcpy(name.sun_path, control->path, sizeof name.sun_path);
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (control->listener < 0)
        return complain(control, errno);
    remove_leftover(&name);
    mask = umask(0077); /* what a stack does is its owner's business */
    bound = bind(control->listener, (const struct sockaddr *)&name, sizeof name);
    umask(mask);
    if (bound < 0 || listen(control->listener, CLIENTS_MAX) < 0) {
        int error = errno;
        close(control->listener);
        control->listener = -1;
        return complain(control, error);
    }
    own.descriptor = control->listener;
    if (lull_host_loop_watch(control->network->loop, &own))
        return complain(control, ENOSPC);
    fprintf(stderr, "lull %s: control socket %s\n", control->network->command, control->path);
    return CLI_EXIT_OK;
}

int cli_control_open(struct cli_network *network)
{
    const struct cli_settings *settings = network->settings;
    struct cli_control *control = calloc(1, sizeof *control);

    if (!control)
        return cli_network_complain(network, "control socket", LULL_ENOMEM);
    network->control = control;
    control->network = network;
    control->listener = -1;
    for (int i = 0; i < CLIENTS_MAX; i++) {
        control->clients[i].descriptor = -1;
        control->clients[i].control = control;
    }
    if (settings->control && strlen(settings->control) >= sizeof control->path)
        return cli_options_complain(network->command, "--control",
                                    "a path of at most 107 characters");
    if (settings->control)
        snprintf(control->path, sizeof control->path, "%s", settings->control);
    else
        cli_control_path(settings->name, control->path, sizeof control->path);
    return open_listener(control);
}

void cli_control_close(struct cli_network *network)
{
    struct cli_control *control = network->control;

    for (int i = 0; i < CLIENTS_MAX; i++)
        end_client(&control->clients[i]);
    if (control->listener >= 0) {
        lull_host_loop_unwatch(network->loop, control->listener);
        close(control->listener);
        unlink(control->path);
    }
    free(control);
    network->control = NULL;
}
