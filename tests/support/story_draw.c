/* story_draw.c - draws a story of story.h, for tests that show the picture to other programs.
 *
 *     story_draw FORMAT NUMBER [OPTIONS]     numbers count from 0; without any: how many there are
 *
 * OPTIONS, of text: letters of colour, utf8, details, absolute, and a width behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_jsonl.h"
#include "lab/lab_mermaid.h"
#include "lab/lab_pcapng.h"
#include "lab/lab_text.h"
#include "story.h"

static void print(void *context, const char *bytes, size_t count)
{
    fwrite(bytes, 1, count, context);
}

static void draw_text(const struct lab_story *story, const char *letters, const struct lab_out *out)
{
    struct lab_text_options options = {0};

    for (; *letters != '\0' && (*letters < '0' || *letters > '9'); letters++) {
        options.colour |= *letters == 'c';
        options.utf8 |= *letters == 'u';
        options.details |= *letters == 'd';
        if (*letters == 'a')
            options.numbers = LAB_NUMBERS_ABSOLUTE;
    }
    options.width = (unsigned)strtoul(letters, NULL, 10);
    lab_text(story, &options, out);
}

int main(int argc, char **argv)
{
    static struct story story;
    const struct lab_out out = {print, stdout};

    if (argc < 3) {
        printf("%d\n", STORY_SAMPLES);
        return 0;
    }
    const unsigned long number = strtoul(argv[2], NULL, 10);
    if (number >= STORY_SAMPLES) {
        fprintf(stderr, "story_draw: %s is no story\n", argv[2]);
        return 2;
    }
    story_samples[number](&story);
    if (strcmp(argv[1], "text") == 0) {
        draw_text(&story.lab, argc > 3 ? argv[3] : "", &out);
    } else if (strcmp(argv[1], "mermaid") == 0) {
        lab_mermaid(&story.lab, &out);
    } else if (strcmp(argv[1], "jsonl") == 0) {
        lab_jsonl(&story.lab, &out);
    } else if (strcmp(argv[1], "pcapng") == 0) {
        lab_pcapng(&story.lab, &out);
    } else {
        fprintf(stderr, "story_draw: %s is no format\n", argv[1]);
        return 2;
    }
    return 0;
}
