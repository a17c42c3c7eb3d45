/* cli_picture.c - pictures to files and terminals. */
#include "cli/cli_picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli_options.h"
#include "lab/lab_jsonl.h"
#include "lab/lab_mermaid.h"
#include "lab/lab_page.h"
#include "lab/lab_pcapng.h"
#include "lab/lab_svg.h"
#include "lab/lab_text.h"

struct cli_picture {
    const char *name;
    void (*draw)(const struct lab_story *story, const struct lab_out *out);
    int is_binary;
};

static void write_piece(void *context, const char *bytes, size_t count)
{
    fwrite(bytes, 1, count, context); /* what fails is asked for at the end, of the stream */
}

/* As programs without setlocale() guess it. */
static int speaks_utf8(void)
{
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strstr(value, "UTF-8") || strstr(value, "utf8");
    }
    return 0;
}

/* On a terminal as wide as that is, and in colour unless NO_COLOR (no-color.org) is set. */
static void draw_text(const struct lab_story *story, const struct lab_out *out)
{
    struct lab_text_options options = {.utf8 = speaks_utf8()};
    const int fd = fileno(out->context);
    struct winsize size;

    if (isatty(fd)) {
        options.colour = !getenv("NO_COLOR");
        if (ioctl(fd, TIOCGWINSZ, &size) == 0)
            options.width = size.ws_col;
    }
    lab_text(story, &options, out);
}

/* The same wherever it goes, to be compared or kept. */
static void draw_plain(const struct lab_story *story, const struct lab_out *out)
{
    lab_text(story, &(struct lab_text_options){0}, out);
}

/* A page of one chapter. */
static void draw_page(const struct lab_story *story, const struct lab_out *out)
{
    const struct lab_page_chapter chapter = {.id = "story",
                                             .name = story->name,
                                             .title = story->title,
                                             .look_for = story->look_for,
                                             .rules = story->rules};
    const struct lab_page_head head = {
        .title = story->title, .chapters = &chapter, .chapter_count = 1};
    const struct lab_page_variant variant = {
        .role = LAB_PAGE_STORY, .label = "", .msl = (unsigned)(story->msl / LULL_SEC(1))};
    struct lab_page page;

    lab_page_begin(&page, out, &head);
    lab_page_chapter(&page, &chapter);
    lab_page_story(&page, story, &variant);
    lab_page_end(&page);
}

static const struct cli_picture pictures[] = {
    {"text", draw_text, 0},    {"plain", draw_plain, 0}, {"mermaid", lab_mermaid, 0},
    {"svg", lab_svg, 0},       {"html", draw_page, 0},   {"jsonl", lab_jsonl, 0},
    {"pcapng", lab_pcapng, 1},
};

const struct cli_picture *cli_picture_find(const char *name)
{
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        if (strcmp(pictures[i].name, name) == 0)
            return &pictures[i];
    }
    return NULL;
}

const char *cli_picture_names(void)
{
    return "text, plain, mermaid, svg, html, jsonl or pcapng";
}

static int complain(const char *command, const char *path, int error)
{
    fprintf(stderr, "lull %s: %s: %s\n", command, path ? path : "standard output", strerror(error));
    return CLI_EXIT_FAILED;
}

void cli_picture_print(const struct cli_picture *picture, const struct lab_story *story, FILE *to)
{
    const struct lab_out out = {write_piece, to};
    picture->draw(story, &out);
}

int cli_picture_draw(const struct cli_picture *picture, const struct lab_story *story,
                     const char *path, const char *command)
{
    struct lab_out out = {write_piece, stdout};
    int failed;

    if (!path && picture->is_binary && isatty(STDOUT_FILENO))
        return cli_options_complain(command, picture->name,
                                    "written to a file: it is not for a terminal");
    if (path)
        out.context = fopen(path, "wb");
    if (!out.context)
        return complain(command, path, errno);
    picture->draw(story, &out);
    errno = 0;
    failed = fflush(out.context) != 0 || ferror(out.context);
    if (path)
        failed |= fclose(out.context) != 0;
    return failed ? complain(command, path, errno ? errno : EIO) : CLI_EXIT_OK;
}
