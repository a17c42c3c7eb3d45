/* lab_page.h - stories as one page in HTML that needs nothing else: no network, no other file.
 *
 * A page is a book of chapters.  A chapter has one story in as many variants as the caller hands
 * over: with and without TIME-WAIT, for several MSLs and rates of loss.  The page shows the variant
 * that is nearest to what its sliders ask for; nothing is simulated in it.  All pictures are drawn
 * here, by lab_svg.h; the page's script only moves, hides and explains what is drawn.
 *
 *     lab_page_begin(&page, &out, &head);
 *     for each chapter of head:
 *         lab_page_chapter(&page, &chapter);
 *         for each variant:
 *             lab_page_story(&page, &story, &variant);
 *     lab_page_end(&page);
 *
 * Of each role the first variant is the one shown at first, and the only one shown where there is
 * no script.  All others, and what the script knows of events, are packed as lab_pack.h says: the
 * plays of one chapter differ in little.  Every story is written when it is handed over. */
#ifndef LAB_LAB_PAGE_H
#define LAB_LAB_PAGE_H

#include <stdbool.h>

#include "lab/lab_out.h"
#include "lab/lab_pack.h"
#include "lab/lab_story.h"

/* How a chapter ended. */
enum lab_page_mark { LAB_PAGE_OPEN, LAB_PAGE_AS_EXPECTED, LAB_PAGE_NOT_AS_EXPECTED };

/* What the table of contents and the top of a chapter say; NULL leaves a text out. */
struct lab_page_chapter {
    const char *id;   /* what a link names: "sc-05"; letters, digits, '-' */
    const char *name; /* "SC-05" */
    const char *title;
    const char *look_for; /* a paragraph */
    const char *rules;    /* "TT-03 SA-08" */
    const char *group;    /* what the table of contents says above it, when the one before it has
                             another */
    enum lab_page_mark mark;
    const char *outcome; /* one line */
};

struct lab_page_head {
    const char *title;
    const char *summary; /* a paragraph; NULL: none */
    const struct lab_page_chapter *chapters;
    unsigned chapter_count;
    struct lab_pack_memory *memory; /* borrowed until lab_page_end(); NULL: the page is larger */
};

enum lab_page_role {
    LAB_PAGE_STORY,
    LAB_PAGE_TWIN,   /* the same without TIME-WAIT, or without whatever the chapter is about */
    LAB_PAGE_MISTAKE /* another thing done wrong */
};

#define LAB_PAGE_ROLES 3u

/* Where a story stands among its chapter's. */
struct lab_page_variant {
    enum lab_page_role role;
    const char *label; /* of the role: "with TIME-WAIT", "without"; the same for all of a role */
    unsigned msl;      /* s */
    unsigned loss;     /* per cent */
};

/* A page that is being written; its fields are its own. */
struct lab_page {
    const struct lab_out *out; /* borrowed until lab_page_end() */
    unsigned chapters;         /* begun so far */
    unsigned stories;          /* written so far, which their ids count */
    bool seen[LAB_PAGE_ROLES]; /* whether the chapter has a story of that role */
    struct lab_pack pack;
};

/* Everything above the first chapter. */
void lab_page_begin(struct lab_page *page, const struct lab_out *out,
                    const struct lab_page_head *head);

/* Ends the chapter before it.  @chapter is one of those in the head, in their order. */
void lab_page_chapter(struct lab_page *page, const struct lab_page_chapter *chapter);

void lab_page_story(struct lab_page *page, const struct lab_story *story,
                    const struct lab_page_variant *variant);

void lab_page_end(struct lab_page *page);

#endif
