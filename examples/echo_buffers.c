/* echo_buffers.c - two stacks in one process, joined by nothing but this program.
 *
 * A complete embedding on buffers of the caller's: frames are bytes in an array, time is a
 * variable.  A client sends a message, a server sends it back, the client closes first, and
 * its TIME-WAIT is waited out to the end in no time at all.  Exits with 0 when everything went
 * as it should.
 *
 * echo_tap.c is the same server on a real device and a real clock. */
#include <lull/socket.h>
#include <lull/stack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char message[] = "is anybody there?";

struct host {
    struct lull_stack *stack;
    lull_socket listener; /* the server's */
    lull_socket socket;   /* its connection; generation 0: none yet */
    size_t sent, got;     /* bytes of the message, and of its echo */
    char echo[sizeof message];
};

static void require(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "echo_buffers: failed: %s\n", what);
    exit(1);
}

/* A stack in one block of memory, with one interface and one address. */
static void create(struct host *host, const char *text, unsigned char seed)
{
    struct lull_stack_config config;
    struct lull_address address;
    unsigned prefix_length;

    lull_stack_config_init(&config);
    memset(config.seed, seed, sizeof config.seed); /* a real program takes entropy */
    config.connections_max = 16;
    config.records_max = 16;
    config.blocks_max = 64;
    size_t bytes = (lull_stack_bytes(&config) + 63) / 64 * 64;
    host->stack = lull_stack_create(aligned_alloc(64, bytes), bytes, &config, 0);
    require(host->stack != NULL, "create a stack");
    int interface = lull_stack_add_interface(
        host->stack, &(struct lull_interface_config){.link = LULL_LINK_ETHERNET, .mtu = 1500});
    require(lull_address_parse_prefix(text, &address, &prefix_length) == LULL_OK
                && lull_stack_add_address(host->stack, interface, &address, prefix_length)
                       == LULL_OK,
            "give it an address");
}

/* Every frame that @from wants to send arrives at @to.  Returns how many. */
static int carry(struct host *from, struct host *to, lull_time now)
{
    static unsigned char bytes[LULL_FRAME_HEADER_BYTES + 1500];
    struct lull_frame frame;
    int carried = 0;

    while (lull_stack_output(from->stack, now, &frame)) {
        struct lull_input input = {.bytes = {bytes, frame.header_bytes}};
        memcpy(bytes, frame.header, frame.header_bytes);
        for (unsigned i = 0; i < frame.slice_count; i++) {
            memcpy(bytes + input.bytes.len, frame.slices[i].data, frame.slices[i].len);
            input.bytes.len += frame.slices[i].len;
        }
        lull_stack_input(to->stack, &input, 1, now);
        carried++;
    }
    return carried;
}

/* Accept one connection, send back what comes, close when the peer has. */
static void serve(struct host *server)
{
    lull_socket socket;
    unsigned events;
    char buffer[256];
    ptrdiff_t bytes;

    while (lull_socket_next_event(server->stack, &socket, &events)) {
        if (socket.index == server->listener.index) {
            require(lull_socket_accept(server->stack, socket, &server->socket) == LULL_OK,
                    "accept");
            continue;
        }
        while ((bytes = lull_socket_receive(server->stack, socket, buffer, sizeof buffer)) > 0)
            require(
                lull_socket_send(server->stack, socket, (struct lull_slice){buffer, (size_t)bytes})
                    == bytes,
                "send the echo");
        if (bytes == 0)
            require(lull_socket_close(server->stack, socket) == LULL_OK, "close");
    }
}

/* Send the message once there is a connection, take the echo, close first. */
static void ask(struct host *client)
{
    lull_socket socket;
    unsigned events;

    while (lull_socket_next_event(client->stack, &socket, &events)) {
        if ((events & LULL_EVENT_WRITABLE) && client->sent == 0) {
            struct lull_slice text = {message, sizeof message};
            client->sent = sizeof message;
            require(lull_socket_send(client->stack, socket, text) == sizeof message,
                    "send the message");
        }
        ptrdiff_t bytes = lull_socket_receive(client->stack, socket, client->echo + client->got,
                                              sizeof client->echo - client->got);
        if (bytes > 0)
            client->got += (size_t)bytes;
        if (client->got == sizeof message)
            require(lull_socket_close(client->stack, socket) == LULL_OK, "close first");
    }
}

static void advance(struct host *a, struct host *b, lull_time *now)
{
    lull_time next_a = lull_stack_next_deadline(a->stack);
    lull_time next_b = lull_stack_next_deadline(b->stack);
    lull_time next = next_a < next_b ? next_a : next_b;

    require(next != LULL_TIME_NEVER, "something is still awaited");
    *now = next > *now ? next : *now;
    lull_stack_advance(a->stack, *now);
    lull_stack_advance(b->stack, *now);
}

static struct lull_usage usage(const struct host *host)
{
    struct lull_usage usage;
    lull_stack_usage(host->stack, &usage);
    return usage;
}

static void print_record(const struct host *host)
{
    uint64_t cursor = 0;
    struct lull_row row;
    char local[LULL_NAME_TEXT_BYTES], remote[LULL_NAME_TEXT_BYTES];

    while (lull_stack_list(host->stack, &cursor, &row)) {
        lull_address_format_name(&row.local, local, sizeof local);
        lull_address_format_name(&row.remote, remote, sizeof remote);
        printf("%s %s %s for %.1f s\n", row.state, local, remote, (double)row.timer_left / 1e9);
    }
}

int main(void)
{
    struct host client = {0}, server = {0};
    struct lull_name name = {.port = 7};
    lull_time now = 0;

    create(&client, "10.0.0.1/24", 1);
    create(&server, "10.0.0.2/24", 2);
    require(lull_socket_open(server.stack, &server.listener) == LULL_OK
                && lull_socket_bind(server.stack, server.listener, &name) == LULL_OK
                && lull_socket_listen(server.stack, server.listener, 8) == LULL_OK,
            "listen");
    lull_address_parse("10.0.0.2", &name.address);
    require(lull_socket_open(client.stack, &client.socket) == LULL_OK
                && lull_socket_connect(client.stack, client.socket, &name) == LULL_EINPROGRESS,
            "connect");

    while (usage(&client).records == 0 || usage(&server).connections > 0) {
        int carried = carry(&client, &server, now) + carry(&server, &client, now);
        serve(&server);
        ask(&client);
        if (carried == 0)
            advance(&client, &server, &now);
    }
    require(client.got == sizeof message && memcmp(client.echo, message, sizeof message) == 0,
            "the echo is the message");
    printf("echo: %s\n", client.echo);
    print_record(&client);

    lull_time closed = now;
    while (usage(&client).records > 0)
        advance(&client, &server, &now);
    require(now - closed >= LULL_SEC(60), "TIME-WAIT lasts 2 MSL from the last ACK");
    require(lull_stack_counter(client.stack, LULL_COUNTER_TWExpired) == 1
                && usage(&client).connections == 0 && usage(&client).blocks == 0
                && usage(&server).connections == 0 && usage(&server).blocks == 0,
            "nothing is left");
    printf("after %.1f s nothing is left\n", (double)(now - closed) / 1e9);
    free(client.stack); /* the stack lies at the start of its memory */
    free(server.stack);
    return 0;
}
