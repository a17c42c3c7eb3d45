#include "cli/cli_http.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/cli_parse.h"

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {414, "URI Too Long"},
    {500, "Internal Server Error"},
    {505, "HTTP Version Not Supported"},
};

const char *cli_http_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown";
}

const char *cli_http_type(const char *path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".htm", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".md", "text/plain; charset=utf-8"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".json", "application/json"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".svg", "image/svg+xml"},
        {".pdf", "application/pdf"},
        {".gz", "application/gzip"},
    };
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t end = strlen(types[i].end);
        if (length >= end && strcasecmp(path + length - end, types[i].end) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

int cli_http_bytes_path(const char *path, uint64_t *count)
{
    static const char prefix[] = "/bytes/";

    return strncmp(path, prefix, sizeof prefix - 1) == 0
           && cli_parse_size(path + sizeof prefix - 1, (struct cli_range){0, INT64_MAX}, count)
                  == NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %41 becomes A; a query is left out.  A status, as cli_http_parse() returns it. */
static int decode_path(const char *target, size_t length, char path[CLI_HTTP_PATH_BYTES])
{
    size_t used = 0;

    if (length == 0 || target[0] != '/')
        return 400;
    for (size_t i = 0; i < length && target[i] != '?' && target[i] != '#'; i++) {
        char c = target[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_digit(target[i + 1]) : -1;
            int low = i + 2 < length ? hex_digit(target[i + 2]) : -1;
            if (high < 0 || low < 0)
                return 400;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == '\0')
            return 400;
        if (used + 1 >= CLI_HTTP_PATH_BYTES)
            return 414;
        path[used++] = c;
    }
    path[used] = '\0';
    return 200;
}

/* Whether each component is a name: "." and ".." are refused also where they would do no harm,
 * because clients resolve them before they ask. */
static int stays_below_the_root(const char *path)
{
    while (*path) {
        size_t length;
        path += strspn(path, "/");
        length = strcspn(path, "/");
        if ((length == 1 || length == 2) && memcmp(path, "..", length) == 0)
            return 0;
        path += length;
    }
    return 1;
}

static int read_target(const char *target, size_t length, struct cli_http_request *request)
{
    int status = decode_path(target, length, request->path);

    return status == 200 && !stays_below_the_root(request->path) ? 403 : status;
}

/* What follows the path on the first line. */
static int read_version(const char *version, size_t length)
{
    if (length < 8 || memcmp(version, "HTTP/", 5) != 0)
        return 400;
    return memcmp(version, "HTTP/1.", 7) == 0 ? 200 : 505;
}

/* The end of the request, behind its empty line; lines may end without CR. */
static const char *find_end(const char *bytes, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++) {
        if (bytes[i] != '\n')
            continue;
        if (bytes[i + 1] == '\n')
            return bytes + i + 2;
        if (i + 2 < length && bytes[i + 1] == '\r' && bytes[i + 2] == '\n')
            return bytes + i + 3;
    }
    return NULL;
}

static int read_first_line(const char *line, size_t length, struct cli_http_request *request)
{
    const char *target = memchr(line, ' ', length);
    const char *version;
    int status, is_get;

    if (!target || target == line)
        return 400;
    is_get = target - line == 3 && memcmp(line, "GET", 3) == 0;
    request->is_head = target - line == 4 && memcmp(line, "HEAD", 4) == 0;
    target++;
    version = memchr(target, ' ', length - (size_t)(target - line));
    if (!version)
        return 400;
    status = read_version(version + 1, length - (size_t)(version + 1 - line));
    if (status != 200)
        return status;
    if (!is_get && !request->is_head)
        return 405;
    return read_target(target, (size_t)(version - target), request);
}

int cli_http_parse(const char *bytes, size_t length, struct cli_http_request *request)
{
    const char *end = find_end(bytes, length);
    const char *line_end = memchr(bytes, '\n', length);
    size_t line;
    int status;

    if (!end)
        return length >= CLI_HTTP_REQUEST_BYTES ? 400 : 0;
    memset(request, 0, sizeof *request);
    line = (size_t)(line_end - bytes);
    if (line > 0 && bytes[line - 1] == '\r')
        line--;
    status = read_first_line(bytes, line, request);
    request->length = (size_t)(end - bytes);
    return status;
}

size_t cli_http_write_head(const struct cli_http_head *head, char text[CLI_HTTP_HEAD_BYTES])
{
    int length = snprintf(text, CLI_HTTP_HEAD_BYTES,
                          "HTTP/1.0 %d %s\r\nServer: lull\r\nContent-Type: %s\r\n"
                          "Content-Length: %" PRIu64 "\r\n%s%s%sConnection: %s\r\n\r\n",
                          head->status, cli_http_reason(head->status),
                          head->type ? head->type : "text/plain; charset=utf-8", head->length,
                          head->allowed ? "Allow: " : "", head->allowed ? head->allowed : "",
                          head->allowed ? "\r\n" : "", head->keep_alive ? "keep-alive" : "close");
    return (size_t)length;
}
