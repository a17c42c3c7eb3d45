/* lab_page.c - the page around the pictures. */
#include "lab/lab_page.h"

#include <string.h>

#include "lab/lab_asset.h"
#include "lab/lab_mark.h"
#include "lab/lab_page_data.h"
#include "lab/lab_svg.h"

static void put(const struct lab_out *out, const char *s)
{
    lab_out_string(out, s);
}

static void put_text(const struct lab_out *out, const char *s)
{
    lab_mark_text(out, s, strlen(s));
}

/* @open, @s as text, @close; nothing when @s is NULL or empty. */
static void put_element(const struct lab_out *out, const char *open, const char *s,
                        const char *close)
{
    if (s == NULL || s[0] == '\0')
        return;
    put(out, open);
    put_text(out, s);
    put(out, close);
}

static void put_entry(const struct lab_out *out, const struct lab_page_chapter *c)
{
    static const char as_expected[] = "<span class=\"good\" title=\"as expected\">\xe2\x9c\x93"
                                      "<span class=\"said\"> as expected</span></span> ";
    static const char *const marks[] = {
        [LAB_PAGE_OPEN] = "",
        [LAB_PAGE_AS_EXPECTED] = as_expected,
        [LAB_PAGE_NOT_AS_EXPECTED] = "<span class=\"bad\">not as expected</span> ",
    };

    put_element(out, "<li><a href=\"#", c->id, "\">");
    put_element(out, "<span class=\"no\">", c->name, "</span>");
    put_element(out, "<span class=\"ti\">", c->title, "</span>");
    put(out, "</a>");
    if (c->mark != LAB_PAGE_OPEN || c->outcome != NULL) {
        put(out, "<p class=\"outcome\">");
        put(out, marks[c->mark]);
        put_text(out, c->outcome != NULL ? c->outcome : "");
        put(out, "</p>");
    }
    put(out, "</li>\n");
}

static void put_contents(const struct lab_out *out, const struct lab_page_head *head)
{
    if (head->chapter_count < 2)
        return;
    put(out, "<nav class=\"contents\" aria-label=\"Contents\">\n");
    for (unsigned i = 0; i < head->chapter_count; i++) {
        const struct lab_page_chapter *c = &head->chapters[i];
        const bool begins = i == 0 || c->group != head->chapters[i - 1].group;
        if (begins && i > 0)
            put(out, "</ol></section>\n");
        if (begins) {
            put(out, "<section>");
            put_element(out, "<h2>", c->group, "</h2>");
            put(out, "<ol>\n");
        }
        put_entry(out, c);
    }
    put(out, "</ol></section></nav>\n");
}

/* What a picture's signs mean; the words are in the page, so that they can be read out. */
static void put_legend(const struct lab_out *out)
{
    put(out, "<details class=\"legend\"><summary>How to read a picture</summary><ul>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><g class=\"i1\"><path class=\"line\" "
             "d=\"M2 3L30 12\"/><path class=\"tip\" d=\"M38 14L28 15L30 8Z\"/></g></svg>"
             "A segment, from its sending to its arrival. Time runs down.</li>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><g class=\"i1 lost\"><path "
             "class=\"line\" d=\"M2 3L26 10\"/><path class=\"cross\" d=\"M22 5L32 15M22 15L32 "
             "5\"/></g></svg>One that is lost; with a ring its hop limit ran out.</li>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><path class=\"tie\" d=\"M8 1L8 "
             "15\"/></svg>Ties a repetition to what it repeats.</li>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><g class=\"i1\"><path class=\"bar "
             "opening\" d=\"M4 0L4 16\"/><path class=\"bar open\" d=\"M16 0L16 16\"/><path "
             "class=\"bar closing\" d=\"M28 0L28 16\"/></g></svg>An end that opens, is open, and "
             "closes.</li>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><path class=\"ghost\" d=\"M10 0L10 "
             "16\"/><path class=\"bar timewait\" d=\"M3 0L17 0L11 16L9 16Z\"/></svg>TIME-WAIT: the "
             "wider the bar, the more time is left.</li>\n"
             "<li><svg class=\"lull\" viewBox=\"0 0 40 16\"><g class=\"badge i1\" "
             "transform=\"translate(10 8)\"><circle r=\"7.5\"/><text y=\"4\">1</text></g><g "
             "class=\"badge i2\" transform=\"translate(29 8)\"><circle r=\"7.5\"/><text "
             "y=\"4\">2</text></g></svg>Incarnations of one tuple. A segment keeps the colour and "
             "number of the one that sent it.</li>\n</ul></details>\n");
}

void lab_page_begin(struct lab_page *page, const struct lab_out *out,
                    const struct lab_page_head *head)
{
    *page = (struct lab_page){.out = out};
    lab_pack_init(&page->pack, out, head->memory);
    put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
             "form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n");
    put_element(out, "<title>", head->title, "</title>\n");
    put(out, "<style>\n");
    lab_asset_write(LAB_ASSET_SVG_CSS, out);
    lab_asset_write(LAB_ASSET_PAGE_CSS, out);
    put(out, "</style>\n</head>\n<body>\n<header class=\"cover\">\n");
    put_element(out, "<h1>", head->title, "</h1>\n");
    put_element(out, "<p class=\"summary\">", head->summary, "</p>\n");
    put_contents(out, head);
    put_legend(out);
    put(out, "</header>\n<main>\n");
}

static void end_chapter(const struct lab_page *page)
{
    if (page->chapters > 0)
        put(page->out, "</section>\n");
}

/* Each word a chip. */
static void put_rules(const struct lab_out *out, const char *rules)
{
    put(out, "<p class=\"rules-list\" aria-label=\"Rules\">");
    while (*rules != '\0') {
        size_t bytes = 0;
        while (rules[bytes] != '\0' && rules[bytes] != ' ')
            bytes++;
        put(out, "<span>");
        lab_mark_text(out, rules, bytes);
        put(out, "</span> ");
        rules += bytes;
        rules += *rules == ' ';
    }
    put(out, "</p>\n");
}

void lab_page_chapter(struct lab_page *page, const struct lab_page_chapter *chapter)
{
    const struct lab_out *out = page->out;

    end_chapter(page);
    page->chapters++;
    memset(page->seen, 0, sizeof page->seen);
    lab_pack_forget(&page->pack);
    put_element(out, "<section class=\"chapter\" id=\"", chapter->id,
                "\">\n<div class=\"opening\">");
    put_element(out, "<p class=\"no\">", chapter->name, "</p>\n");
    put_element(out, "<h2>", chapter->title, "</h2>\n");
    put_element(out, "<p class=\"look\">", chapter->look_for, "</p>\n");
    if (chapter->rules != NULL && chapter->rules[0] != '\0')
        put_rules(out, chapter->rules);
    put(out, "</div>\n");
}

static void put_verdict(const struct lab_out *out, const struct lab_story *story)
{
    const char *class = !story->judged ? "open" : story->as_expected ? "good" : "bad";
    const char *word = !story->judged ? "" : story->as_expected ? "as expected" : "not as expected";

    put(out, "<p class=\"verdict ");
    put(out, class);
    put(out, "\">");
    put_element(out, "<strong>", word, "</strong> ");
    put_text(out, story->verdict);
    if (story->captured)
        put(out, "<br><span class=\"nb\">Real traffic: what is set in italics is inferred, with a "
                 "question mark where nothing proves it.</span>");
    if (story->events_dropped > 0)
        lab_mark(out, " <span class=\"bad\">% more events had no room and are not shown.</span>",
                 (const int[]){(int)story->events_dropped});
    put(out, "</p>\n");
}

/* What is shown of a story. */
static void put_inside(const struct lab_out *out, const struct lab_story *story, const char *label)
{
    put(out, "<figcaption>");
    put_element(out, "<p class=\"label\">", label, "</p>");
    put_verdict(out, story);
    put(out, "</figcaption>\n<div class=\"scroll\">");
    lab_svg_in_page(story, out);
    put(out, "</div>");
}

/* Where a story stands, as attributes. */
static void put_place(const struct lab_out *out, const struct lab_page_variant *variant)
{
    lab_mark(out, " data-role=\"%\" data-msl=\"%\" data-loss=\"%\"",
             (const int[]){(int)variant->role, (int)variant->msl, (int)variant->loss});
    put_element(out, " data-label=\"", variant->label, "\"");
    put(out, ">");
}

void lab_page_story(struct lab_page *page, const struct lab_story *story,
                    const struct lab_page_variant *variant)
{
    const struct lab_out *out = page->out, *in = &page->pack.in;
    const bool first = !page->seen[variant->role];

    page->seen[variant->role] = true;
    page->stories++;
    if (first) {
        put(out, "<figure class=\"story\">\n");
        put_inside(out, story, variant->label);
        put(out, "\n</figure>\n");
    }
    /* Ends with the events; before them is a picture that is not drawn before it is asked for,
     * whatever number of them there is. */
    put(out, "<script type=\"text/plain\"");
    put_place(out, variant);
    if (!first)
        put_inside(in, story, variant->label);
    put(in, "\n\n");
    lab_page_data(story, in);
    lab_pack_flush(&page->pack);
    put(out, "</script>\n");
}

void lab_page_end(struct lab_page *page)
{
    end_chapter(page);
    put(page->out, "</main>\n<script>\n");
    lab_asset_write(LAB_ASSET_UNPACK_JS, page->out);
    lab_asset_write(LAB_ASSET_PICTURE_JS, page->out);
    lab_asset_write(LAB_ASSET_PACKET_JS, page->out);
    lab_asset_write(LAB_ASSET_PAGE_JS, page->out);
    put(page->out, "</script>\n</body>\n</html>\n");
}
