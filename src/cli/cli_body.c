#include "cli/cli_body.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_http.h"

#define PATTERN_PERIOD 251

struct cli_body cli_body_text(const char *text)
{
    return (struct cli_body){.length = strlen(text), .descriptor = -1, .text = text};
}

struct cli_body cli_body_generated(uint64_t length)
{
    return (struct cli_body){
        .type = "application/octet-stream", .length = length, .descriptor = -1};
}

/* Component by component, so that no symbolic link on the way is followed. */
static int open_below(int root, const char *path)
{
    int at = dup(root);

    while (at >= 0) {
        char name[256];
        size_t length;
        int next;
        path += strspn(path, "/");
        length = strcspn(path, "/");
        if (length == 0)
            return at;
        if (length >= sizeof name) {
            close(at);
            errno = ENOENT;
            return -1;
        }
        memcpy(name, path, length);
        name[length] = '\0';
        next = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        close(at);
        at = next;
        path += length;
    }
    return -1;
}

static void print_html(FILE *out, const char *name)
{
    for (; *name; name++) {
        if (strchr("<>&\"'", *name))
            fprintf(out, "&#%d;", *name);
        else
            fputc(*name, out);
    }
}

/* As a part of an address (RFC 3986 section 2.1). */
static void print_encoded(FILE *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~/";

    for (; *name; name++)
        fprintf(out, strchr(plain, *name) ? "%c" : "%%%02X", (unsigned char)*name);
}

static void print_link(FILE *out, const char *path, const char *name)
{
    fprintf(out, "<li><a href=\"");
    print_encoded(out, path);
    if (path[strlen(path) - 1] != '/')
        fputc('/', out);
    print_encoded(out, name);
    fprintf(out, "\">");
    print_html(out, name);
    fprintf(out, "</a></li>\n");
}

/* Takes over @directory. */
static int list_directory(struct cli_body *body, int directory, const char *path)
{
    size_t length = 0;
    struct dirent **entries = NULL;
    int count = scandirat(directory, ".", &entries, NULL, alphasort);
    FILE *out = open_memstream(&body->owned, &length);

    close(directory);
    if (out) {
        fprintf(out, "<!doctype html>\n<title>");
        print_html(out, path);
        fprintf(out, "</title>\n<ul>\n");
        for (int i = 0; i < count; i++) {
            if (entries[i]->d_name[0] != '.')
                print_link(out, path, entries[i]->d_name);
        }
        fprintf(out, "</ul>\n");
    }
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    if (!out || fclose(out) != 0)
        return 500;
    body->type = cli_http_type(".html");
    body->text = body->owned;
    body->length = length;
    return 200;
}

static int refuse(int descriptor, int status)
{
    if (descriptor >= 0)
        close(descriptor);
    return status;
}

static int open_directory(struct cli_body *body, int directory, const char *path)
{
    int index = openat(directory, "index.html", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat facts;

    if (index < 0)
        return list_directory(body, directory, path);
    close(directory);
    if (fstat(index, &facts) < 0 || !S_ISREG(facts.st_mode))
        return refuse(index, 403);
    body->descriptor = index;
    body->length = (uint64_t)facts.st_size;
    body->type = cli_http_type(".html");
    return 200;
}

int cli_body_open(struct cli_body *body, int root, const char *path)
{
    int descriptor = open_below(root, path);
    struct stat facts;

    *body = (struct cli_body){.descriptor = -1};
    if (descriptor < 0)
        return errno == EACCES || errno == ELOOP ? 403 : errno == EMFILE ? 500 : 404;
    if (fstat(descriptor, &facts) < 0)
        return refuse(descriptor, 500);
    if (S_ISDIR(facts.st_mode))
        return open_directory(body, descriptor, path);
    if (!S_ISREG(facts.st_mode))
        return refuse(descriptor, 403);
    body->descriptor = descriptor;
    body->length = (uint64_t)facts.st_size;
    body->type = cli_http_type(path);
    return 200;
}

static void generate(uint64_t offset, char *buffer, size_t size)
{
    unsigned value = (unsigned)(offset % PATTERN_PERIOD);

    for (size_t i = 0; i < size; i++) {
        buffer[i] = (char)(unsigned char)value;
        value = value + 1 == PATTERN_PERIOD ? 0 : value + 1;
    }
}

ptrdiff_t cli_body_read(const struct cli_body *body, char *buffer, size_t size)
{
    uint64_t left = body->length - body->offset;
    ssize_t bytes;

    if (left < size)
        size = (size_t)left;
    if (size == 0)
        return 0;
    if (body->descriptor >= 0) {
        bytes = pread(body->descriptor, buffer, size, (off_t)body->offset);
        return bytes > 0 ? bytes : -1;
    }
    if (body->text)
        memcpy(buffer, body->text + body->offset, size);
    else
        generate(body->offset, buffer, size);
    return (ptrdiff_t)size;
}

void cli_body_close(struct cli_body *body)
{
    if (body->descriptor >= 0)
        close(body->descriptor);
    free(body->owned);
    *body = (struct cli_body){.descriptor = -1};
}
