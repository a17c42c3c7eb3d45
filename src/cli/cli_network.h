/* cli_network.h - a stack on a device with a loop, as the settings want it. */
#ifndef CLI_NETWORK_H
#define CLI_NETWORK_H

#include "lull/host.h"
#include "lull/refusal.h"

#include "cli/cli_settings.h"
#include "cli/cli_trace.h"

struct cli_control;

struct cli_network {
    const char *command; /* names the complainer */
    const struct cli_settings *settings;
    struct lull_stack *stack;
    struct lull_host_loop *loop;
    struct cli_control *control;
    struct cli_trace trace;
};

/* 0, or an exit status after a line on standard error; then nothing is left open.  @settings is
 * borrowed as long as the network is open. */
int cli_network_open(struct cli_network *network, const char *command,
                     const struct cli_settings *settings);

/* Until the loop is stopped, by a signal too: 0, or CLI_EXIT_FAILED after a line. */
int cli_network_run(struct cli_network *network);

void cli_network_close(struct cli_network *network);

/* "lull serve: WHAT: the reason" on standard error; CLI_EXIT_FAILED. */
int cli_network_complain(const struct cli_network *network, const char *what,
                         enum lull_error error);

/* The same for the stack's last refusal, with its rule and the time left, if there is one for
 * @call; otherwise for @error. */
int cli_network_complain_refusal(const struct cli_network *network, enum lull_refused_call call,
                                 enum lull_error error);

/* A timer of the loop; calls @ready with the descriptor, which it must read.  The descriptor, or
 * -1 after a line on standard error. */
int cli_network_add_timer(struct cli_network *network, lull_duration interval,
                          const struct lull_host_watch *watch);

#endif
