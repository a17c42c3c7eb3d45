/* cli_serve.h - what the parts of `lull serve` share. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include <stdint.h>

#include "lull/socket.h"

#include "cli/cli_network.h"

enum cli_serve_closer { CLI_SERVE_SERVER, CLI_SERVE_CLIENT };

struct cli_serve_settings {
    uint16_t port;
    const char *root_path, *text;
    int is_echo, has_body, reuse_address, reuse_port, json;
    uint64_t body_bytes, backlog;
    int64_t linger; /* seconds; -1: off */
    enum cli_serve_closer close_first;
    uint64_t once; /* connections to serve before the end; 0: until stopped */
};

struct cli_serve_client;

struct cli_serve {
    struct cli_serve_settings settings;
    struct cli_network network;
    lull_socket listener;
    int listening;
    int root;                         /* descriptor of the directory; -1: none */
    struct cli_serve_client *clients; /* one for each socket the stack may have, by its index */
    uint64_t accepted, ended, failed, requests, bytes_in, bytes_out;
    uint32_t live;
};

/* Bind and listen: 0, or CLI_EXIT_FAILED after a line that names the refusal. */
int cli_serve_listen_open(struct cli_serve *serve);
void cli_serve_listen_close(struct cli_serve *serve);

/* SIGHUP and SIGUSR1 restart the listener from now on.  A descriptor to be closed, or -1 after a
 * line. */
int cli_serve_listen_hear_signals(struct cli_serve *serve);

/* Take connections as long as some wait. */
void cli_serve_client_accept_all(struct cli_serve *serve);

/* Something has begun for @socket, which is not the listener. */
void cli_serve_client_event(struct cli_serve *serve, lull_socket socket);

/* Reset whatever still lives; the end of the program. */
void cli_serve_client_abort_all(struct cli_serve *serve);

/* Memory for the table: 0, or LULL_ENOMEM. */
enum lull_error cli_serve_client_open_table(struct cli_serve *serve);
void cli_serve_client_close_table(struct cli_serve *serve);

#endif
