/* cli_connect.c - `lull connect`: options, and what one and many connections share. */
#include "cli/cli_connect.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_command.h"
#include "cli/cli_json.h"
#include "cli/cli_parse.h"

static const char *set_source(void *settings, const char *value)
{
    struct cli_connect_settings *s = settings;

    s->has_source = 1;
    return cli_parse_name(value, &s->source);
}

static const char *set_send(void *settings, const char *value)
{
    ((struct cli_connect_settings *)settings)->send_path = value;
    return *value ? NULL : "the name of a file, or -";
}

static const char *set_receive(void *settings, const char *value)
{
    ((struct cli_connect_settings *)settings)->receive_path = value;
    return *value ? NULL : "the name of a file, or -";
}

static const char *set_half_close(void *settings, const char *value)
{
    (void)value;
    ((struct cli_connect_settings *)settings)->half_close = 1;
    return NULL;
}

static const char *set_reuse_address(void *settings, const char *value)
{
    (void)value;
    ((struct cli_connect_settings *)settings)->reuse_address = 1;
    return NULL;
}

static const char *set_count(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){1, UINT32_MAX},
                            &((struct cli_connect_settings *)settings)->count);
}

static const char *set_parallel(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){1, UINT32_MAX},
                            &((struct cli_connect_settings *)settings)->parallel);
}

static const char *set_timeout(void *settings, const char *value)
{
    struct cli_connect_settings *s = settings;
    const char *wrong = cli_parse_duration(value, &s->timeout);

    return wrong || s->timeout >= LULL_MS(1) ? wrong : "a duration of at least 1ms";
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct cli_connect_settings *)settings)->json = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"source", "A:P", "our end; a missing half is chosen by the stack", set_source},
    {"reuseaddr", NULL, "SO_REUSEADDR for --source", set_reuse_address},
    {"send", "FILE|-", "what to send; standard input", set_send},
    {"receive", "FILE|-", "where arriving bytes go; standard output", set_receive},
    {"half-close", NULL, "with --count: do not wait for the peer to close first", set_half_close},
    {"count", "N", "make N connections, print a summary", set_count},
    {"parallel", "N", "so many of them at once, 1", set_parallel},
    {"timeout", "TIME", "give up when nothing moves for so long", set_timeout},
    {"json", NULL, "with --count: the summary as one object, times in nanoseconds", set_json},
};

static const struct cli_usage usage = {
    .command = "connect",
    .operands = "HOST PORT",
    .summary = "Carry bytes between a connection and standard input and output",
    .details =
        "Our half is closed when the input ends; the program ends when the peer has closed too.\n"
        "With --count nothing is read from standard input and nothing is written but a summary.\n"
        "The exit status is 0 when every connection ended in order.\n",
    .operands_min = 2,
    .operands_max = 2,
};

void cli_connect_fail(struct cli_connect *connect, enum lull_error error)
{
    connect->status = cli_network_complain(&connect->network, connect->remote_text, error);
}

/* The socket is open; what is refused is said here. */
static int bind_and_connect(struct cli_connect *c, lull_socket socket)
{
    struct lull_stack *stack = c->network.stack;
    enum lull_error error = LULL_OK;

    if (c->settings.reuse_address)
        error = lull_socket_set_option(stack, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    if (!error && c->settings.has_source)
        error = lull_socket_bind(stack, socket, &c->settings.source);
    if (error)
        return cli_network_complain_refusal(&c->network, LULL_REFUSED_BIND, error);
    error = lull_socket_connect(stack, socket, &c->settings.remote);
    if (error && error != LULL_EINPROGRESS)
        return cli_network_complain_refusal(&c->network, LULL_REFUSED_CONNECT, error);
    return CLI_EXIT_OK;
}

int cli_connect_begin(struct cli_connect *connect, lull_socket *socket)
{
    enum lull_error error = lull_socket_open(connect->network.stack, socket);

    if (error) {
        cli_connect_fail(connect, error);
        return CLI_EXIT_FAILED;
    }
    if (bind_and_connect(connect, *socket) == CLI_EXIT_OK)
        return CLI_EXIT_OK;
    lull_socket_abort(connect->network.stack, *socket);
    connect->status = CLI_EXIT_FAILED;
    return CLI_EXIT_FAILED;
}

void cli_connect_stop_when_quiet(struct cli_connect *connect)
{
    struct lull_usage in_use;

    lull_stack_usage(connect->network.stack, &in_use);
    if (in_use.connections == 0)
        lull_host_loop_stop(connect->network.loop);
}

static void on_timer(void *context, int descriptor, unsigned conditions)
{
    struct cli_connect *c = context;
    uint64_t progress = c->bytes_in + c->bytes_out + c->completed + c->failed;
    uint64_t expirations;

    (void)conditions;
    if (read(descriptor, &expirations, sizeof expirations) < 0)
        return;
    if (progress == c->progress_seen) {
        cli_connect_fail(c, LULL_ETIMEDOUT);
        lull_host_loop_stop(c->network.loop);
    }
    c->progress_seen = progress;
}

static void print_json(const struct cli_connect *c, lull_duration took)
{
    char text[512];
    struct cli_json json;
    struct lull_usage in_use;

    lull_stack_usage(c->network.stack, &in_use);
    cli_json_init(&json, text, sizeof text);
    cli_json_object(&json);
    cli_json_pair_string(&json, "peer", c->remote_text);
    cli_json_pair_number(&json, "connections", (int64_t)c->settings.count);
    cli_json_pair_number(&json, "completed", (int64_t)c->completed);
    cli_json_pair_number(&json, "failed", (int64_t)c->failed);
    cli_json_pair_number(&json, "bytes_in", (int64_t)c->bytes_in);
    cli_json_pair_number(&json, "bytes_out", (int64_t)c->bytes_out);
    cli_json_pair_number(&json, "took", took);
    cli_json_pair_number(&json, "records", in_use.records);
    cli_json_end_object(&json);
    cli_json_print(stdout, &json);
}

static void print_summary(const struct cli_connect *c, lull_duration took)
{
    double seconds = (double)took / (double)LULL_SEC(1);
    struct lull_usage in_use;

    lull_stack_usage(c->network.stack, &in_use);
    printf("lull connect: %llu connections, %llu ended in order, %llu failed, %llu bytes in, %llu "
           "bytes out, %.3f s, %.0f connections/s, %u TIME-WAIT records left\n",
           (unsigned long long)c->settings.count, (unsigned long long)c->completed,
           (unsigned long long)c->failed, (unsigned long long)c->bytes_in,
           (unsigned long long)c->bytes_out, seconds,
           seconds > 0 ? (double)c->completed / seconds : 0.0, in_use.records);
}

static void run_stream(struct cli_connect *c)
{
    struct cli_connect_stream *stream = cli_connect_stream_open(c);

    if (!stream)
        return;
    if (cli_network_run(&c->network) != CLI_EXIT_OK)
        c->status = CLI_EXIT_FAILED;
    cli_connect_stream_close(stream);
}

static void run_many(struct cli_connect *c)
{
    lull_time start = lull_host_clock_now();
    struct cli_connect_many *many = cli_connect_many_open(c);

    if (!many)
        return;
    if (cli_network_run(&c->network) != CLI_EXIT_OK)
        c->status = CLI_EXIT_FAILED;
    if (c->settings.json)
        print_json(c, lull_host_clock_now() - start);
    else
        print_summary(c, lull_host_clock_now() - start);
    cli_connect_many_close(many);
}

static int connect_to_host(struct cli_connect *c, const struct cli_settings *settings)
{
    const struct lull_host_watch watch = {.ready = on_timer, .context = c};
    int timer = -1;
    int status = cli_network_open(&c->network, usage.command, settings);

    if (status != CLI_EXIT_OK)
        return status;
    if (c->settings.timeout > 0)
        timer = cli_network_add_timer(&c->network, c->settings.timeout, &watch);
    if (c->settings.timeout > 0 && timer < 0)
        c->status = CLI_EXIT_FAILED;
    else if (c->settings.count > 0)
        run_many(c);
    else
        run_stream(c);
    if (timer >= 0) {
        lull_host_loop_unwatch(c->network.loop, timer);
        close(timer);
    }
    /* Ended by a signal before the work was done: that is not in order. */
    if (c->status == CLI_EXIT_OK && c->completed < (c->settings.count ? c->settings.count : 1))
        c->status = CLI_EXIT_FAILED;
    cli_network_close(&c->network);
    return c->status;
}

static int check_settings(struct cli_connect_settings *s)
{
    int standard_input = s->send_path && strcmp(s->send_path, "-") == 0;

    if (s->count > 0 && (s->receive_path || standard_input))
        return cli_options_complain(usage.command, "--send -, --receive with --count",
                                    "left out: many connections share no stream");
    if (s->count == 0 && s->parallel > 0)
        return cli_options_complain(usage.command, "--parallel", "used together with --count");
    if (s->parallel == 0)
        s->parallel = 1;
    return CLI_EXIT_OK;
}

int cli_connect_run(char **argv)
{
    struct cli_connect connect = {0};
    struct cli_settings settings;
    struct cli_operands operands;
    enum cli_parsed parsed;
    const char *wrong;
    int status;

    cli_settings_init(&settings);
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &connect.settings},
        cli_settings_group(&settings),
        {NULL, NULL, 0, NULL}};
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    wrong = cli_parse_address(operands.values[0], &connect.settings.remote.address);
    if (wrong)
        return cli_options_complain(usage.command, operands.values[0], wrong);
    wrong = cli_parse_port(operands.values[1], &connect.settings.remote.port);
    if (wrong || connect.settings.remote.port == 0)
        return cli_options_complain(usage.command, operands.values[1], "a port, 1 to 65535");
    lull_address_format_name(&connect.settings.remote, connect.remote_text,
                             sizeof connect.remote_text);
    status = check_settings(&connect.settings);
    if (status == CLI_EXIT_OK)
        status = cli_settings_check(usage.command, &settings);
    return status == CLI_EXIT_OK ? connect_to_host(&connect, &settings) : status;
}
