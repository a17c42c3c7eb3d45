/* cli_serve_listen.c - the listener of `lull serve`, its restart included.
 *
 * SIGHUP closes the listener and binds again, as a restarted server would, but on the same stack:
 * its TIME-WAIT records are still there and may refuse.  Ending the process instead would lose
 * them with the stack.  SIGUSR1 does the same with SO_REUSEADDR. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli_serve.h"

static void print_start(const struct cli_serve *s)
{
    struct lull_name name = {.address = s->network.settings->address, .port = s->settings.port};
    char text[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(&name, text, sizeof text);
    fprintf(stderr, "lull serve: listening on %s\n", text);
}

/* 0.0.0.0 and not ::, which a profile may take for IPv6 alone. */
static int bind_and_listen(struct cli_serve *s)
{
    static const uint8_t any[4] = {0, 0, 0, 0};
    struct lull_stack *stack = s->network.stack;
    const struct lull_name name = {.address = lull_address_ipv4(any), .port = s->settings.port};

    enum lull_error error = lull_socket_set_option(stack, s->listener, LULL_OPTION_REUSE_ADDRESS,
                                                   s->settings.reuse_address);
    if (!error)
        error = lull_socket_set_option(stack, s->listener, LULL_OPTION_REUSE_PORT,
                                       s->settings.reuse_port);
    if (!error)
        error = lull_socket_bind(stack, s->listener, &name);
    if (error)
        return cli_network_complain_refusal(&s->network, LULL_REFUSED_BIND, error);
    error = lull_socket_listen(stack, s->listener, (unsigned)s->settings.backlog);
    if (error)
        return cli_network_complain_refusal(&s->network, LULL_REFUSED_LISTEN, error);
    return CLI_EXIT_OK;
}

int cli_serve_listen_open(struct cli_serve *serve)
{
    enum lull_error error = lull_socket_open(serve->network.stack, &serve->listener);

    if (error)
        return cli_network_complain(&serve->network, "the listener", error);
    if (bind_and_listen(serve) != CLI_EXIT_OK) {
        lull_socket_close(serve->network.stack, serve->listener);
        return CLI_EXIT_FAILED;
    }
    serve->listening = 1;
    print_start(serve);
    return CLI_EXIT_OK;
}

void cli_serve_listen_close(struct cli_serve *serve)
{
    if (serve->listening)
        lull_socket_close(serve->network.stack, serve->listener);
    serve->listening = 0;
}

/* A refusal is printed, and leaves the server without a listener until the next signal. */
static void restart(void *context, int descriptor, unsigned conditions)
{
    struct cli_serve *s = context;
    struct signalfd_siginfo received;

    (void)conditions;
    if (read(descriptor, &received, sizeof received) != (ssize_t)sizeof received)
        return;
    s->settings.reuse_address |= received.ssi_signo == SIGUSR1;
    cli_serve_listen_close(s);
    (void)cli_serve_listen_open(s);
}

int cli_serve_listen_hear_signals(struct cli_serve *serve)
{
    struct lull_host_watch watch = {
        .conditions = LULL_HOST_READABLE, .ready = restart, .context = serve};
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    watch.descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (watch.descriptor >= 0 && lull_host_loop_watch(serve->network.loop, &watch) == LULL_OK)
        return watch.descriptor;
    fprintf(stderr, "lull serve: SIGHUP: %s\n", strerror(errno));
    if (watch.descriptor >= 0)
        close(watch.descriptor);
    return -1;
}
