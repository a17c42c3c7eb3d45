/* cli_http.h - as much of HTTP/1.0 (RFC 1945) as a file server needs: requests read, heads written.
 *
 * Nothing here knows a socket or a file. */
#ifndef CLI_HTTP_H
#define CLI_HTTP_H

#include <stddef.h>
#include <stdint.h>

#define CLI_HTTP_REQUEST_BYTES 4096 /* a longer request is refused */
#define CLI_HTTP_PATH_BYTES    1024
#define CLI_HTTP_HEAD_BYTES    512

struct cli_http_request {
    int is_head;                    /* HEAD, not GET */
    char path[CLI_HTTP_PATH_BYTES]; /* decoded, without query; begins with "/", has no "." or ".."
                                       component and no NUL */
    size_t length;                  /* bytes of the request, its empty line included */
};

/**
 * Read a request that may not be complete yet.
 *
 * @return  200, 0 while the empty line is missing, 400 for what is no request, 403 for a path
 *          that leads out of the root, 405 for another method, 414 for too long a path, 505
 */
int cli_http_parse(const char *bytes, size_t length, struct cli_http_request *request);

struct cli_http_head {
    int status;
    const char *type;    /* of the content; NULL: of an error's text */
    uint64_t length;     /* bytes of the content */
    int keep_alive;      /* the connection will take another request */
    const char *allowed; /* for 405: the methods; NULL otherwise */
};

/* The status line and the fields, with the empty line; characters written, without the NUL. */
size_t cli_http_write_head(const struct cli_http_head *head, char text[CLI_HTTP_HEAD_BYTES]);

/* "Not Found" */
const char *cli_http_reason(int status);

/* Of a file, by the end of its name. */
const char *cli_http_type(const char *path);

/* "/bytes/1000": 1 with the number, 0 for any other path. */
int cli_http_bytes_path(const char *path, uint64_t *count);

#endif
