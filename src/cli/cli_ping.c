/* cli_ping.c - `lull ping`: echo requests, and how long the answers take. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_command.h"
#include "cli/cli_json.h"
#include "cli/cli_network.h"
#include "cli/cli_parse.h"

#define SENT_MAX 65536 /* sequence numbers; after so many they come again */

struct ping {
    struct cli_network network;
    uint64_t count; /* 0: until stopped */
    uint64_t size;
    lull_duration interval, patience;
    struct lull_address host;
    char host_text[LULL_NAME_TEXT_BYTES];
    int json; /* statistics as one object, and no line for each answer */
    uint64_t sent, received, errors;
    lull_time last_sent;
    double shortest, longest, sum, sum_of_squares; /* ms */
    unsigned char seen[SENT_MAX / 8];
};

static const char *set_count(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){1, UINT32_MAX},
                            &((struct ping *)settings)->count);
}

static const char *set_size(void *settings, const char *value)
{
    return cli_parse_number(value, (struct cli_range){8, 1472}, &((struct ping *)settings)->size)
               ? "a number of bytes, 8 to 1472"
               : NULL;
}

static const char *set_interval(void *settings, const char *value)
{
    struct ping *p = settings;
    const char *wrong = cli_parse_duration(value, &p->interval);

    return wrong || p->interval >= LULL_MS(1) ? wrong : "a duration of at least 1ms";
}

static const char *set_timeout(void *settings, const char *value)
{
    return cli_parse_duration(value, &((struct ping *)settings)->patience);
}

static const char *set_json(void *settings, const char *value)
{
    (void)value;
    ((struct ping *)settings)->json = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"count", "N", "stop after so many requests", set_count},
    {"interval", "TIME", "between two requests, 1s", set_interval},
    {"size", "N", "bytes of the body, 56", set_size},
    {"timeout", "TIME", "how long to wait for the last answer, 2s", set_timeout},
    {"json", NULL, "the statistics as one object, in nanoseconds, and nothing else", set_json},
};

static const struct cli_usage usage = {
    .command = "ping",
    .operands = "HOST",
    .summary = "Ask a host to answer, and measure how long it takes",
    .details = "The exit status is 1 when no answer came.\n",
    .operands_min = 1,
    .operands_max = 1,
};

/* An answer that comes twice is printed but counted once. */
static int is_first(struct ping *p, uint16_t sequence)
{
    unsigned char bit = (unsigned char)(1U << sequence % 8);
    int first = !(p->seen[sequence / 8] & bit);

    p->seen[sequence / 8] |= bit;
    return first;
}

static void count_answer(struct ping *p, double ms)
{
    if (p->received == 0 || ms < p->shortest)
        p->shortest = ms;
    if (ms > p->longest)
        p->longest = ms;
    p->sum += ms;
    p->sum_of_squares += ms * ms;
    p->received++;
}

static void take_answers(void *context, lull_time now)
{
    struct ping *p = context;
    struct lull_echo echo;

    (void)now;
    while (lull_stack_take_echo(p->network.stack, &echo)) {
        char from[LULL_NAME_TEXT_BYTES];
        double ms = (double)echo.round_trip / (double)LULL_MS(1);
        int first = is_first(p, echo.sequence);
        lull_address_format(&echo.from, from, sizeof from);
        if (!p->json)
            printf("%llu bytes from %s: icmp_seq=%u time=%.3f ms%s\n",
                   (unsigned long long)p->size + 8, from, echo.sequence, ms,
                   first ? "" : " (again)");
        fflush(stdout);
        if (first)
            count_answer(p, ms);
    }
    if (p->count > 0 && p->received + p->errors >= p->count)
        lull_host_loop_stop(p->network.loop);
}

static void send_request(struct ping *p)
{
    uint16_t sequence = (uint16_t)(p->sent + 1);
    enum lull_error error;

    p->seen[sequence / 8] &= (unsigned char)~(1U << sequence % 8);
    /* The request carries the stack's present, which would still be that of the last turn. */
    lull_stack_advance(p->network.stack, lull_host_clock_now());
    error = lull_stack_send_echo(p->network.stack, &p->host, sequence, p->size);
    p->sent++;
    p->last_sent = lull_host_clock_now();
    if (error) {
        p->errors++;
        cli_network_complain(&p->network, p->host_text, error);
    }
}

static void on_timer(void *context, int descriptor, unsigned conditions)
{
    struct ping *p = context;
    uint64_t expirations;

    (void)conditions;
    if (read(descriptor, &expirations, sizeof expirations) < 0)
        return;
    if (p->count == 0 || p->sent < p->count)
        send_request(p);
    else if (lull_host_clock_now() - p->last_sent >= p->patience)
        lull_host_loop_stop(p->network.loop);
}

static void print_json(const struct ping *p)
{
    char text[512];
    struct cli_json json;
    double mean = p->received > 0 ? p->sum / (double)p->received : 0;

    cli_json_init(&json, text, sizeof text);
    cli_json_object(&json);
    cli_json_pair_string(&json, "host", p->host_text);
    cli_json_pair_number(&json, "transmitted", (int64_t)p->sent);
    cli_json_pair_number(&json, "received", (int64_t)p->received);
    cli_json_pair_number(&json, "rtt_min", (int64_t)(p->shortest * 1e6));
    cli_json_pair_number(&json, "rtt_avg", (int64_t)(mean * 1e6));
    cli_json_pair_number(&json, "rtt_max", (int64_t)(p->longest * 1e6));
    cli_json_end_object(&json);
    cli_json_print(stdout, &json);
}

static void print_statistics(const struct ping *p)
{
    uint64_t lost = p->sent - p->received;
    double mean = p->received > 0 ? p->sum / (double)p->received : 0;
    double variance = p->received > 0 ? p->sum_of_squares / (double)p->received - mean * mean : 0;

    printf("\n--- %s ping statistics ---\n", p->host_text);
    printf("%llu packets transmitted, %llu received, %.4g%% packet loss\n",
           (unsigned long long)p->sent, (unsigned long long)p->received,
           p->sent > 0 ? 100.0 * (double)lost / (double)p->sent : 0.0);
    if (p->received > 0)
        printf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", p->shortest, mean, p->longest,
               sqrt(variance > 0 ? variance : 0));
}

static int ping_host(struct ping *p, const struct cli_settings *settings)
{
    const struct lull_host_watch watch = {.ready = on_timer, .context = p};
    int status = cli_network_open(&p->network, usage.command, settings);
    int timer;

    if (status != CLI_EXIT_OK)
        return status;
    timer = cli_network_add_timer(&p->network, p->interval, &watch);
    if (timer < 0) {
        cli_network_close(&p->network);
        return CLI_EXIT_FAILED;
    }
    lull_host_loop_set_application(p->network.loop, take_answers, p);
    if (!p->json)
        printf("PING %s: %llu data bytes\n", p->host_text, (unsigned long long)p->size);
    send_request(p);
    status = cli_network_run(&p->network);
    if (p->json)
        print_json(p);
    else
        print_statistics(p);
    lull_host_loop_unwatch(p->network.loop, timer);
    close(timer);
    cli_network_close(&p->network);
    return status == CLI_EXIT_OK && p->received == 0 ? CLI_EXIT_FAILED : status;
}

int cli_ping_run(char **argv)
{
    struct ping ping = {.size = 56, .interval = LULL_SEC(1), .patience = LULL_SEC(2)};
    struct cli_settings settings;
    struct cli_operands operands;
    enum cli_parsed parsed;
    const char *wrong;
    int status;

    cli_settings_init(&settings);
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], &ping},
        cli_settings_group(&settings),
        {NULL, NULL, 0, NULL}};
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    if (parsed != CLI_PARSED)
        return cli_options_status(parsed);
    wrong = cli_parse_address(operands.values[0], &ping.host);
    if (wrong)
        return cli_options_complain(usage.command, operands.values[0], wrong);
    lull_address_format(&ping.host, ping.host_text, sizeof ping.host_text);
    status = cli_settings_check(usage.command, &settings);
    return status == CLI_EXIT_OK ? ping_host(&ping, &settings) : status;
}
