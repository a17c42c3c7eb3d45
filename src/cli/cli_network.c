#include "cli/cli_network.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lull/socket.h"

#include "cli/cli_control.h"
#include "cli/cli_lose.h"
#include "cli/cli_view.h"

int cli_network_complain(const struct cli_network *network, const char *what, enum lull_error error)
{
    fprintf(stderr, "lull %s: %s: %s (%s)\n", network->command, what, lull_error_text(error),
            lull_error_name(error));
    return CLI_EXIT_FAILED;
}

int cli_network_complain_refusal(const struct cli_network *network, enum lull_refused_call call,
                                 enum lull_error error)
{
    static const char *const names[] = {"nothing", "bind", "listen", "connect", "SYN"};
    struct lull_refusal refusal;
    char text[512];

    lull_socket_refusal(network->stack, &refusal);
    if (refusal.call != call || refusal.error != error)
        return cli_network_complain(network, names[call], error);
    lull_refusal_text(&refusal, text, sizeof text);
    fprintf(stderr, "lull %s: %s\n", network->command, text);
    return CLI_EXIT_FAILED;
}

static int complain_failure(const struct cli_network *network, const char *what,
                            const struct lull_failure *failure)
{
    fprintf(stderr, "lull %s: %s: %s\n", network->command, what, failure->text);
    return CLI_EXIT_FAILED;
}

static enum lull_link link_of(const struct cli_settings *settings)
{
    return settings->is_tun ? LULL_LINK_IP : LULL_LINK_ETHERNET;
}

/* What looks at the frames, or takes some away; NULL: no memory. */
static struct lull_driver *observe(struct cli_network *n, struct lull_driver *driver)
{
    const struct cli_settings *s = n->settings;

    if (driver && s->trace)
        driver = cli_trace_open_driver(&n->trace, driver, link_of(s));
    if (driver && s->view)
        driver = cli_view_open(driver, link_of(s), n->stack);
    if (driver && s->lose_last_acks > 0) /* outermost: what is lost is not shown as sent */
        driver = cli_lose_open(driver, link_of(s), s->lose_last_acks);
    return driver;
}

/* The device itself, then what records and what prints around it. */
static struct lull_driver *open_device(struct cli_network *n)
{
    const struct cli_settings *s = n->settings;
    const struct lull_tap_config tap = {
        .name = s->device,
        .flags = (s->is_tun ? LULL_TAP_TUN : 0U) | (s->no_offload ? LULL_TAP_NO_OFFLOAD : 0U),
        .mtu = s->mtu,
    };
    const struct lull_capture_config capture = {s->capture, link_of(s)};
    struct lull_driver *driver, *outer;
    struct lull_failure failure;

    if (lull_driver_tap_open(&tap, &driver, &failure)) {
        complain_failure(n, s->device, &failure);
        return NULL;
    }
    if (s->capture) {
        if (lull_driver_capture_open(driver, &capture, &outer, &failure)) {
            complain_failure(n, s->capture, &failure);
            driver->operations->close(driver);
            return NULL;
        }
        driver = outer;
    }
    outer = observe(n, driver);
    if (!outer) /* the process ends: what was opened goes with it */
        cli_network_complain(n, s->device, LULL_ENOMEM);
    return outer;
}

static int add_device(struct cli_network *n)
{
    const struct cli_settings *s = n->settings;
    struct lull_driver *driver = open_device(n);
    struct lull_failure failure;
    enum lull_error error;
    int interface;

    if (!driver)
        return CLI_EXIT_FAILED;
    interface = lull_host_loop_add_driver(n->loop, driver, link_of(s));
    if (interface < 0) {
        driver->operations->close(driver);
        return cli_network_complain(n, s->device, (enum lull_error)interface);
    }
    error = lull_stack_add_address(n->stack, interface, &s->address, s->prefix_length);
    if (error)
        return cli_network_complain(n, "--address", error);
    if (s->peer_address && lull_host_interface_up(s->device, s->peer_address, &failure))
        return complain_failure(n, "--peer-address", &failure);
    if (s->has_gateway && (error = lull_stack_add_default_route(n->stack, &s->gateway)))
        return cli_network_complain(n, "--gateway", error);
    return CLI_EXIT_OK;
}

static int create_stack(struct cli_network *n)
{
    enum lull_error why = LULL_ENOMEM;
    struct lull_failure failure;

    n->stack = lull_host_memory_create_stack(&n->settings->config, &why);
    if (!n->stack)
        return cli_network_complain(n, "the stack", why);
    if (n->settings->trace)
        lull_stack_set_trace(n->stack, cli_trace_record, &n->trace);
    if (lull_host_loop_create(n->stack, &n->loop, &failure))
        return complain_failure(n, "the loop", &failure);
    if (lull_host_loop_stop_on_signals(n->loop))
        return cli_network_complain(n, "signals", LULL_EIO);
    return CLI_EXIT_OK;
}

int cli_network_open(struct cli_network *network, const char *command,
                     const struct cli_settings *settings)
{
    int status;

    *network = (struct cli_network){.command = command, .settings = settings};
    network->trace = (struct cli_trace){stderr, lull_host_clock_now()};
    status = create_stack(network);
    if (status == CLI_EXIT_OK)
        status = add_device(network);
    if (status == CLI_EXIT_OK)
        status = cli_control_open(network);
    if (status != CLI_EXIT_OK)
        cli_network_close(network);
    return status;
}

int cli_network_run(struct cli_network *network)
{
    enum lull_error error = lull_host_loop_run(network->loop);

    return error ? cli_network_complain(network, network->settings->device, error) : CLI_EXIT_OK;
}

void cli_network_close(struct cli_network *network)
{
    if (network->control)
        cli_control_close(network);
    if (network->loop)
        lull_host_loop_close(network->loop);
    lull_host_memory_destroy_stack(network->stack);
}

int cli_network_add_timer(struct cli_network *network, lull_duration interval,
                          const struct lull_host_watch *watch)
{
    const struct timespec period = {interval / LULL_SEC(1), interval % LULL_SEC(1)};
    const struct itimerspec setting = {period, period};
    struct lull_host_watch own = *watch;

    own.descriptor = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    own.conditions = LULL_HOST_READABLE;
    if (own.descriptor >= 0 && timerfd_settime(own.descriptor, 0, &setting, NULL) == 0
        && lull_host_loop_watch(network->loop, &own) == LULL_OK)
        return own.descriptor;
    fprintf(stderr, "lull %s: a timer: %s\n", network->command, strerror(errno));
    if (own.descriptor >= 0)
        close(own.descriptor);
    return -1;
}
