/* cli_serve_restart.c - a server that starts anew, within one process.
 *
 * What stands in the way of a restarted server is what its predecessor left in the stack.
 * With the stack in the same process the predecessor can be only a listener, so that is
 * what is closed and opened again. */
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli_serve.h"

static void restart(struct cli_serve *s, int reuse_address)
{
    if (s->listening)
        lull_socket_close(s->network.stack, s->listener);
    s->listening = 0;
    if (cli_serve_listen(s, reuse_address) == 0)
        fprintf(stderr, "lull serve: listening again%s\n",
                reuse_address ? ", with SO_REUSEADDR" : "");
}

static void take_signal(void *context, int descriptor, unsigned conditions)
{
    struct cli_serve *s = context;
    struct signalfd_siginfo signal;

    (void)conditions;
    while (read(descriptor, &signal, sizeof signal) == (ssize_t)sizeof signal)
        restart(s, signal.ssi_signo == SIGUSR1 || s->settings.reuse_address);
}

int cli_serve_restart_on_signals(struct cli_serve *s)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    const struct lull_host_watch watch = {s->signals, LULL_HOST_READABLE, take_signal, s};
    if (s->signals < 0 || lull_host_loop_watch(s->network.loop, &watch) != LULL_OK)
        return -1;
    return 0;
}

void cli_serve_restart_end(struct cli_serve *s)
{
    if (s->signals < 0)
        return;
    lull_host_loop_unwatch(s->network.loop, s->signals);
    close(s->signals);
    s->signals = -1;
}
