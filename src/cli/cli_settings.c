#include "cli/cli_settings.h"

#include <string.h>

#include "cli/cli_parse.h"

static const char *set_tap(void *settings, const char *value)
{
    struct cli_settings *s = settings;

    if (!*value || strlen(value) > 15)
        return "an interface name of 1 to 15 characters";
    s->device = value;
    s->is_tun = 0;
    return NULL;
}

static const char *set_tun(void *settings, const char *value)
{
    const char *wrong = set_tap(settings, value);

    if (!wrong)
        ((struct cli_settings *)settings)->is_tun = 1;
    return wrong;
}

static const char *set_address(void *settings, const char *value)
{
    struct cli_settings *s = settings;
    unsigned length;
    const char *wrong = cli_parse_prefix(value, &s->address, &length);

    if (wrong || length == 0)
        return wrong ? wrong : "an address with a prefix of 1 to 32 bits";
    s->prefix_length = length;
    return NULL;
}

static const char *set_peer_address(void *settings, const char *value)
{
    struct lull_address address;
    unsigned length;

    ((struct cli_settings *)settings)->peer_address = value;
    return cli_parse_prefix(value, &address, &length);
}

static const char *set_gateway(void *settings, const char *value)
{
    struct cli_settings *s = settings;

    s->has_gateway = 1;
    return cli_parse_address(value, &s->gateway);
}

static const char *set_capture(void *settings, const char *value)
{
    ((struct cli_settings *)settings)->capture = value;
    return *value ? NULL : "the name of a file";
}

static const char *set_msl(void *settings, const char *value)
{
    struct cli_settings *s = settings;
    lull_duration msl;
    const char *wrong = cli_parse_duration(value, &msl);

    if (wrong)
        return wrong;
    if (msl % LULL_MS(1) != 0
        || lull_knobs_set(&s->config.knobs, LULL_KNOB_tw_msl_ms, msl / LULL_MS(1)) != LULL_OK)
        return "whole milliseconds, 1ms to 1h";
    return NULL;
}

const char *cli_settings_profile(struct lull_knobs *knobs, const char *value)
{
    int profile = lull_profile_find(value);

    if (profile < 0)
        return "one of default, strict, linux, bsd";
    lull_knobs_init(knobs, (enum lull_profile)profile);
    return NULL;
}

static const char *set_profile(void *settings, const char *value)
{
    return cli_settings_profile(&((struct cli_settings *)settings)->config.knobs, value);
}

const char *cli_settings_knob(struct lull_knobs *knobs, const char *value)
{
    switch (lull_knobs_assign(knobs, value)) {
    case LULL_OK: return NULL;
    case LULL_EOPNOTSUPP: return "a knob that can be turned: what this one governs does not exist";
    default: return "NAME=VALUE as 'lull knobs' lists them, with a value in its range";
    }
}

static const char *set_knob(void *settings, const char *value)
{
    return cli_settings_knob(&((struct cli_settings *)settings)->config.knobs, value);
}

static const char *set_mtu(void *settings, const char *value)
{
    uint64_t mtu;

    if (cli_parse_number(value, (struct cli_range){576, 65535}, &mtu))
        return "a number of bytes, 576 to 65535";
    ((struct cli_settings *)settings)->mtu = (uint16_t)mtu;
    return NULL;
}

static void clear_feature(void *settings, enum lull_feature feature)
{
    struct cli_settings *s = settings;

    s->config.features = (uint8_t)(s->config.features & ~(unsigned)feature);
}

static const char *set_no_timestamps(void *settings, const char *value)
{
    (void)value;
    clear_feature(settings, LULL_FEATURE_TIMESTAMPS);
    return NULL;
}

static const char *set_no_sack(void *settings, const char *value)
{
    (void)value;
    clear_feature(settings, LULL_FEATURE_SACK);
    return NULL;
}

static const char *set_no_window_scale(void *settings, const char *value)
{
    (void)value;
    clear_feature(settings, LULL_FEATURE_WINDOW_SCALE);
    return NULL;
}

static const char *set_no_offload(void *settings, const char *value)
{
    (void)value;
    ((struct cli_settings *)settings)->no_offload = 1;
    return NULL;
}

static const char *set_trace(void *settings, const char *value)
{
    (void)value;
    ((struct cli_settings *)settings)->trace = 1;
    return NULL;
}

/* Limits of struct lull_stack_config by the names people type. */
static const struct {
    const char *name;
    size_t offset;
} limits[] = {
#define LIMIT(name, member)                                                                        \
    {                                                                                              \
        name, offsetof(struct lull_stack_config, member)                                           \
    }
    LIMIT("sockets", sockets_max),
    LIMIT("connections", connections_max),
    LIMIT("listeners", listeners_max),
    LIMIT("records", records_max),
    LIMIT("blocks", blocks_max),
    LIMIT("block-bytes", block_bytes),
    LIMIT("neighbors", neighbors_max),
    LIMIT("routes", routes_max),
    LIMIT("replies", replies_max),
    LIMIT("send-buffer", send_buffer_bytes),
    LIMIT("receive-buffer", receive_buffer_bytes),
#undef LIMIT
};

static const char *set_limit(void *settings, const char *value)
{
    struct cli_settings *s = settings;
    const char *equals = strchr(value, '=');
    size_t length = equals ? (size_t)(equals - value) : 0;
    const struct cli_range range = {0, UINT32_MAX};
    uint64_t number;

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (strlen(limits[i].name) != length || memcmp(limits[i].name, value, length) != 0)
            continue;
        if (cli_parse_size(equals + 1, range, &number))
            return "NAME=N with a whole number";
        *(uint32_t *)(void *)((char *)&s->config + limits[i].offset) = (uint32_t)number;
        return NULL;
    }
    return "NAME=N, NAME one of sockets, connections, listeners, records, blocks, block-bytes, "
           "neighbors, routes, replies, send-buffer, receive-buffer";
}

static const char *set_control(void *settings, const char *value)
{
    ((struct cli_settings *)settings)->control = value;
    return *value ? NULL : "the name of a socket";
}

static const char *set_name(void *settings, const char *value)
{
    ((struct cli_settings *)settings)->name = value;
    return *value && !strchr(value, '/') && strlen(value) <= 40
               ? NULL
               : "1 to 40 characters without a '/'";
}

static const char *set_watch(void *settings, const char *value)
{
    (void)value;
    ((struct cli_settings *)settings)->view = 1;
    return NULL;
}

static const char *set_lose_last_ack(void *settings, const char *value)
{
    const struct cli_range range = {0, 1000000};
    return cli_parse_number(value, range, &((struct cli_settings *)settings)->lose_last_acks);
}

static const char *set_seed(void *settings, const char *value)
{
    return cli_parse_seed(value, ((struct cli_settings *)settings)->config.seed);
}

static const struct cli_option options[] = {
    {"tap", "NAME", "the TAP interface, created if it does not exist", set_tap},
    {"tun", "NAME", "a TUN interface instead: bare IP packets", set_tun},
    {"address", "A/LEN", "our address and its network, as 10.0.0.2/24", set_address},
    {"gateway", "A", "where everything outside that network goes", set_gateway},
    {"peer-address", "A/LEN", "set up the kernel's side of the interface with it",
     set_peer_address},
    {"mtu", "N", "bytes of an IP packet", set_mtu},
    {"capture", "FILE", "record all frames in a pcapng file", set_capture},
    {"trace", NULL, "print segments and changes of state on standard error", set_trace},
    {"watch", NULL, "print the conversation on standard output, with the states of both ends",
     set_watch},
    {"lose-last-ack", "N", "throw away the first N ACKs of a FIN that answers ours",
     set_lose_last_ack},
    {"msl", "TIME", "maximum segment lifetime, 30s; TIME-WAIT lasts two", set_msl},
    {"profile", "NAME", "turn every knob to default, strict, linux or bsd; give it first",
     set_profile},
    {"knob", "NAME=VALUE", "turn one knob, as tw.rst=rfc9293; 'lull knobs' lists them", set_knob},
    {"no-timestamps", NULL, "neither offer nor accept TCP timestamps", set_no_timestamps},
    {"no-sack", NULL, "nor selective acknowledgments", set_no_sack},
    {"no-window-scale", NULL, "nor window scaling", set_no_window_scale},
    {"no-offload", NULL, "whole checksums and single segments on the interface", set_no_offload},
    {"limit", "NAME=N", "change a limit: sockets, connections, records, blocks...", set_limit},
    {"control", "PATH", "where 'lull status' finds us", set_control},
    {"name", "NAME", "the same, as a word instead of a path", set_name},
    {"seed", "HEX", "make every secret from it, to repeat a run; not safe", set_seed},
};

void cli_settings_init(struct cli_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    lull_stack_config_init(&settings->config);
    /* A program with a whole process to itself; pages that are not used cost nothing. */
    settings->config.sockets_max = settings->config.connections_max = 16384;
    settings->config.records_max = 262144;
    settings->config.blocks_max = 65536;
    settings->config.send_buffer_bytes = settings->config.receive_buffer_bytes = 2u << 20;
}

struct cli_option_group cli_settings_group(struct cli_settings *settings)
{
    return (struct cli_option_group){"The stack and its interface", options,
                                     sizeof options / sizeof options[0], settings};
}

int cli_settings_check(const char *command, const struct cli_settings *settings)
{
    if (!settings->device)
        fprintf(stderr, "lull %s: --tap NAME: missing: no interface to work on\n", command);
    else if (settings->trace && settings->view)
        fprintf(stderr, "lull %s: --watch: excludes --trace\n", command);
    else if (settings->prefix_length == 0)
        fprintf(stderr, "lull %s: --address A/LEN: missing: the stack has no address\n", command);
    else if (lull_stack_bytes(&settings->config) == 0)
        fprintf(stderr, "lull %s: --limit: out of range; docs/limits.md lists the ranges\n",
                command);
    else
        return CLI_EXIT_OK;
    return CLI_EXIT_USAGE;
}
