/* cli_expect.c - line by line. */
#include "cli/cli_expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_options.h"

struct text {
    char *bytes; /* free() it */
    size_t count;
};

static int read_whole(const char *path, struct text *text)
{
    FILE *file = fopen(path, "rb"), *memory;
    char piece[65536];
    size_t count;
    int failed;

    if (!file)
        return -1;
    memory = open_memstream(&text->bytes, &text->count);
    while (memory && (count = fread(piece, 1, sizeof piece, file)) > 0)
        fwrite(piece, 1, count, memory);
    failed = !memory || ferror(file);
    if (memory)
        failed |= fclose(memory) != 0;
    fclose(file);
    return failed ? -1 : 0;
}

/* Bytes of the line at @at, its end not counted. */
static int line_at(const struct text *text, size_t at)
{
    const char *end = memchr(text->bytes + at, '\n', text->count - at);
    return (int)(end ? end - (text->bytes + at) : (long)(text->count - at));
}

static void tell_line(const char *whose, const struct text *text, size_t at)
{
    if (at >= text->count)
        fprintf(stderr, "  %s: nothing more\n", whose);
    else
        fprintf(stderr, "  %s: %.*s\n", whose, line_at(text, at), text->bytes + at);
}

/* Where the line begins in which the two differ, and its number; -1 when they are the same. */
static long first_difference(const struct text *a, const struct text *b, unsigned *line)
{
    size_t start = 0, i = 0;

    *line = 1;
    while (i < a->count && i < b->count && a->bytes[i] == b->bytes[i]) {
        if (a->bytes[i++] == '\n') {
            start = i;
            ++*line;
        }
    }
    return i == a->count && i == b->count ? -1 : (long)start;
}

static int compare(const struct text *drawn, const struct text *golden, const char *path,
                   const char *command)
{
    unsigned line;
    const long at = first_difference(drawn, golden, &line);

    if (at < 0)
        return CLI_EXIT_OK;
    fflush(stdout);
    fprintf(stderr, "lull %s: %s:%u: the picture is another\n", command, path, line);
    tell_line("expected", golden, (size_t)at);
    tell_line("drawn   ", drawn, (size_t)at);
    return CLI_EXIT_FAILED;
}

int cli_expect_picture(const struct cli_picture *picture, const struct lab_story *story,
                       const char *golden, const char *command)
{
    struct text drawn = {NULL, 0}, expected = {NULL, 0};
    FILE *memory = open_memstream(&drawn.bytes, &drawn.count);
    int status = CLI_EXIT_USAGE;

    if (memory)
        cli_picture_print(picture, story, memory);
    if (!memory || fclose(memory) != 0 || read_whole(golden, &expected) < 0) {
        fflush(stdout);
        fprintf(stderr, "lull %s: %s: %s\n", command, golden, strerror(errno ? errno : ENOMEM));
    } else {
        status = compare(&drawn, &expected, golden, command);
    }
    free(drawn.bytes);
    free(expected.bytes);
    return status;
}
