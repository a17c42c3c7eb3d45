/* cli_connect.h - what the parts of `lull connect` share. */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H

#include <stdint.h>

#include "lull/socket.h"

#include "cli/cli_network.h"

struct cli_connect_settings {
    struct lull_name remote, source;
    int has_source, half_close, reuse_address, json;
    const char *send_path, *receive_path; /* NULL: not given; "-": the standard stream */
    uint64_t count, parallel;
    lull_duration timeout; /* 0: the stack's own */
};

struct cli_connect {
    struct cli_connect_settings settings;
    struct cli_network network;
    char remote_text[LULL_NAME_TEXT_BYTES];
    uint64_t bytes_in, bytes_out, completed, failed;
    uint64_t progress_seen; /* their sum, when the timer last looked */
    int status;             /* the exit status so far */
};

/* A socket whose attempt to connect has begun: 0, or CLI_EXIT_FAILED after a line that names the
 * refusal. */
int cli_connect_begin(struct cli_connect *connect, lull_socket *socket);

/* "lull connect: 10.0.0.1:80: the reason" on standard error; the exit status will be 1. */
void cli_connect_fail(struct cli_connect *connect, enum lull_error error);

/* Stop the loop once the last connection needs the stack no more: its FINs are acknowledged. */
void cli_connect_stop_when_quiet(struct cli_connect *connect);

/* One connection between the standard streams, or the files of --send and --receive.
 * The loop is to be run afterwards; what it leaves open is closed by the second function. */
struct cli_connect_stream;
struct cli_connect_stream *cli_connect_stream_open(struct cli_connect *connect);
void cli_connect_stream_close(struct cli_connect_stream *stream);

/* Many connections, each sending the whole file of --send; received bytes are counted. */
struct cli_connect_many;
struct cli_connect_many *cli_connect_many_open(struct cli_connect *connect);
void cli_connect_many_close(struct cli_connect_many *many);

#endif
