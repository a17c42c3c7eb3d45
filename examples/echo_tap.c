/* echo_tap.c - an echo server on a TAP device, for the kernel's TCP to talk to.
 *
 *     echo_tap [DEVICE [KERNEL_ADDRESS [OUR_ADDRESS]]]
 *
 * Needs the right to make a TAP device: root, or a network namespace of one's own
 * (unshare -rn).  The loop, the clock and the entropy come from lull/host.h; everything else
 * is as in echo_buffers.c.  Ends on SIGINT or SIGTERM, with a line for each TIME-WAIT record
 * that it leaves behind. */
#include <lull/devices.h>
#include <lull/host.h>
#include <lull/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT 7

struct server {
    struct lull_stack *stack;
    lull_socket listener;
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "echo_tap: %s: %s\n", what, why);
    exit(1);
}

static void accept_all(struct server *server)
{
    lull_socket socket;

    while (lull_socket_accept(server->stack, server->listener, &socket) == LULL_OK)
        continue; /* its events lead to echo() */
}

/* Send back what there is.  What the send buffer does not take stays unread, and the window
 * tells the peer. */
static void echo(struct server *server, lull_socket socket)
{
    struct lull_slice slice;
    char buffer[4096];
    ptrdiff_t taken = 0;

    while (lull_socket_peek(server->stack, socket, &slice, 1) == 1) {
        size_t bytes = slice.len < sizeof buffer ? slice.len : sizeof buffer;
        memcpy(buffer, slice.data, bytes); /* the slice is void after the next call */
        taken = lull_socket_send(server->stack, socket, (struct lull_slice){buffer, bytes});
        if (taken <= 0)
            break;
        if (lull_socket_skip(server->stack, socket, (size_t)taken) != LULL_OK)
            break;
    }
    if (taken == LULL_EAGAIN)
        return; /* LULL_EVENT_WRITABLE comes when there is room */
    if (taken < 0
        || lull_socket_receive(server->stack, socket, buffer, sizeof buffer) != LULL_EAGAIN)
        (void)lull_socket_close(server->stack, socket); /* the end, or an error */
}

static void turn(void *context, lull_time now)
{
    struct server *server = context;
    lull_socket socket;
    unsigned events;

    (void)now;
    while (lull_socket_next_event(server->stack, &socket, &events)) {
        if (socket.index == server->listener.index)
            accept_all(server);
        else
            echo(server, socket);
    }
}

static void listen_on(struct server *server, const char *address)
{
    struct lull_name name = {.port = PORT};
    struct lull_refusal refusal;
    char text[400];

    if (lull_address_parse(address, &name.address) != LULL_OK)
        fail(address, "not an address");
    enum lull_error error = lull_socket_open(server->stack, &server->listener);
    if (error == LULL_OK)
        error = lull_socket_bind(server->stack, server->listener, &name);
    if (error == LULL_EADDRINUSE) { /* cannot happen in a fresh stack; this is how one asks why */
        lull_socket_refusal(server->stack, &refusal);
        lull_refusal_text(&refusal, text, sizeof text);
        fail("bind", text);
    }
    if (error == LULL_OK)
        error = lull_socket_listen(server->stack, server->listener, 64);
    if (error != LULL_OK)
        fail("listen", lull_error_text(error));
}

int main(int argc, char **argv)
{
    const char *device = argc > 1 ? argv[1] : "lull0";
    const char *kernel = argc > 2 ? argv[2] : "10.7.0.1/24";
    const char *ours = argc > 3 ? argv[3] : "10.7.0.2";
    struct server server = {0};
    struct lull_stack_config config;
    struct lull_host_loop *loop;
    struct lull_driver *driver;
    struct lull_failure failure;
    struct lull_address address;
    enum lull_error error;

    lull_stack_config_init(&config); /* the seed stays zero: the host fills in entropy */
    server.stack = lull_host_memory_create_stack(&config, &error);
    if (server.stack == NULL)
        fail("create a stack", lull_error_text(error));
    if (lull_host_loop_create(server.stack, &loop, &failure) != LULL_OK)
        fail("create a loop", failure.text);
    if (lull_driver_tap_open(&(struct lull_tap_config){.name = device}, &driver, &failure)
        != LULL_OK)
        fail(device, failure.text);
    int interface = lull_host_loop_add_driver(loop, driver, LULL_LINK_ETHERNET);
    if (interface < 0)
        fail(device, lull_error_text((enum lull_error)interface));
    if (lull_host_interface_up(device, kernel, &failure) != LULL_OK)
        fail(device, failure.text);
    if (lull_address_parse(ours, &address) != LULL_OK
        || lull_stack_add_address(server.stack, interface, &address, 24) != LULL_OK)
        fail(ours, "cannot be our address");
    listen_on(&server, ours);
    lull_host_loop_set_application(loop, turn, &server);
    if (lull_host_loop_stop_on_signals(loop) != LULL_OK)
        fail("signals", "cannot be taken");

    printf("echo_tap: %s port %d on %s\n", ours, PORT, device);
    fflush(stdout);
    error = lull_host_loop_run(loop);
    lull_host_loop_close(loop);
    lull_host_memory_destroy_stack(server.stack);
    return error == LULL_OK ? 0 : 1;
}
