/* cli_settings.h - the options that every command with a stack of its own understands. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdint.h>

#include "lull/address.h"
#include "lull/stack.h"

#include "cli/cli_options.h"

struct cli_settings {
    const char *device; /* of --tap or --tun; NULL: not given.  Texts are borrowed from argv */
    int is_tun;
    struct lull_address address, gateway;
    unsigned prefix_length; /* 0: no --address */
    int has_gateway;
    const char *capture; /* a path or NULL */
    const char *peer_address;
    const char *control, *name; /* where the control socket is; NULL: by process number */
    int trace, view, no_offload;
    uint64_t lose_last_acks;
    uint16_t mtu; /* 0: the interface's */
    struct lull_stack_config config;
};

/* Defaults of every field. */
void cli_settings_init(struct cli_settings *settings);

/* The rows of the tables, to be given to cli_options_parse(). */
struct cli_option_group cli_settings_group(struct cli_settings *settings);

/* --profile and --knob of a command that keeps its knobs elsewhere: NULL, or what @value must be.
 */
const char *cli_settings_profile(struct lull_knobs *knobs, const char *value);
const char *cli_settings_knob(struct lull_knobs *knobs, const char *value);

/* What belongs together is there: 0, or CLI_EXIT_USAGE after a line on standard error. */
int cli_settings_check(const char *command, const struct cli_settings *settings);

#endif
