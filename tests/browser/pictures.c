/* pictures.c - draws the stories of tests/support/story.h, for tests that look at the drawings.
 *
 *     pictures svg NUMBER    that story as a file of its own, on standard output
 *     pictures page          a book of all of them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_page.h"
#include "lab/lab_svg.h"
#include "story.h"

static struct story story;

static void print(void *context, const char *bytes, size_t count)
{
    (void)context;
    fwrite(bytes, 1, count, stdout);
}

/* Chapters for the six samples; the first has variants made by turning the clock's constants, the
 * second its twin. */
static const struct lab_page_chapter chapters[] = {
    {"sc-05", "SC-05", "The last ACK is lost, twice", NULL, "TT-01 TT-03 SA-08"},
    {"sc-08", "SC-08", "A segment that lost its way arrives in TIME-WAIT",
     "The 500 octets that C sent at 0.200 walk between two routers for 22 seconds. With TIME-WAIT "
     "they are answered and dropped; without, they are delivered to a stranger.",
     "SA-11 TT-04 INV-01"},
    {"everything", "everything", "All there is: <b>&amp;\"quotes\"</b>", NULL, "SA-08 IR-13"},
    {"captured", "eth0.pcapng", "Captured in the middle of a connection", NULL, NULL},
    {"empty", "empty", "Nobody, and nothing happens", NULL, NULL},
};

static void tell(struct lab_page *page, unsigned sample, const struct lab_page_variant *variant)
{
    story_samples[sample](&story);
    if (variant->msl != 0)
        story.lab.msl = LULL_SEC(variant->msl);
    lab_page_story(page, &story.lab, variant);
}

static void print_page(const struct lab_out *out)
{
    const struct lab_page_head head = {
        .title = "The book of closing",
        .summary = "Each danger that TIME-WAIT guards against, as a run that can be watched.",
        .chapters = chapters,
        .chapter_count = sizeof chapters / sizeof chapters[0],
    };
    struct lab_page page;

    lab_page_begin(&page, out, &head);
    for (unsigned i = 0; i < head.chapter_count; i++) {
        struct lab_page_variant variant = {LAB_PAGE_STORY, "with TIME-WAIT", 30, 0};
        lab_page_chapter(&page, &chapters[i]);
        tell(&page, i < 2 ? i : i + 1, &variant);
        for (unsigned msl = 60; i == 0 && msl <= 120; msl += 60) {
            for (unsigned loss = 0; loss <= 20; loss += 10)
                tell(&page, 0,
                     &(struct lab_page_variant){LAB_PAGE_STORY, "with TIME-WAIT", msl, loss});
        }
        variant = (struct lab_page_variant){LAB_PAGE_TWIN, "without TIME-WAIT", 30, 0};
        if (i == 1)
            tell(&page, 2, &variant);
    }
    lab_page_end(&page);
}

int main(int argc, char **argv)
{
    static const struct lab_out out = {print, NULL};

    if (argc == 3 && strcmp(argv[1], "svg") == 0) {
        const unsigned long number = strtoul(argv[2], NULL, 10);
        if (number >= STORY_SAMPLES)
            return 2;
        story_samples[number](&story);
        lab_svg(&story.lab, &out);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "page") == 0) {
        print_page(&out);
        return 0;
    }
    return 2;
}
