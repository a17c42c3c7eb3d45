/* cli_lab_report.c - `lull lab report`: the whole book as one page.
 *
 * A page simulates nothing, so whatever its sliders may ask for is played here.  Twins and mistakes
 * have the same variants.  The table of contents says how each scenario ended, and stands above
 * them all: so what the page shows at first is played twice. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_lab.h"
#include "cli/cli_lab_play.h"
#include "cli/cli_options.h"
#include "lab/lab_page.h"

#define CHAPTERS_MAX 128
#define EVENTS_MANY  80 /* a story as long has no variants: they would be most of the page */

/* The first is as the scenarios say, and what the page shows before anybody touches a slider. */
static const struct {
    unsigned msl, loss; /* s, per cent */
} variants[] = {{30, 0}, {30, 5}, {30, 20}, {2, 0}, {2, 5}, {2, 20}, {120, 0}, {120, 5}, {120, 20}};

#define VARIANTS (sizeof variants / sizeof variants[0])

/* A scenario as it is, its twin, or with its mistake. */
struct form {
    const struct lab_scenario *scenario;
    enum lab_page_role role;
    const char *label;
    struct lab_play_options play;
};

struct chapter {
    const struct lab_scenario *scenario;
    char id[24], outcome[sizeof((struct lab_story *)0)->verdict];
};

struct report {
    const char *output; /* NULL: standard output */
    unsigned variants;
    int progress;
    FILE *file;
    struct chapter chapters[CHAPTERS_MAX];
    struct lab_page_chapter listed[CHAPTERS_MAX];
    unsigned chapter_count, played, expected;
    uint64_t first; /* fingerprint of the same without losses */
    int is_long;    /* so is its story */
    struct cli_lab_play play;
    struct lab_pack_memory memory;
};

static const char *set_output(void *settings, const char *value)
{
    ((struct report *)settings)->output = value;
    return *value ? NULL : "the name of a file";
}

static const char *set_still(void *settings, const char *value)
{
    (void)value;
    ((struct report *)settings)->variants = 1;
    return NULL;
}

static const struct cli_option options[] = {
    {"output", "FILE", "where the page goes; standard output unless told", set_output},
    {"o", "FILE", "the same", set_output},
    {"still", NULL, "no variants of MSL and loss: a smaller page without sliders", set_still},
};

static const struct cli_usage usage = {
    .command = "lab report",
    .operands = "",
    .summary = "Play all scenarios and make one page of them, in HTML",
    .details = "The page needs no network and no other file. Each scenario stands beside its\n"
               "twin without TIME-WAIT or with another mistake, and its sliders choose among\n"
               "plays with an MSL of 2, 30 and 120 s and with 0, 5 and 20 % of packets lost.\n"
               "\n"
               "The exit status is 1 when something did not come as expected.\n",
};

static int complain(const char *subject, const char *problem)
{
    fflush(stdout);
    fprintf(stderr, "lull %s: %s: %s\n", usage.command, subject, problem);
    return CLI_EXIT_FAILED;
}

/* --- chapters ---------------------------------------------------------------------------- */

static void lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

static void add_chapter(struct report *r, const struct lab_scenario *scenario, const char *group)
{
    struct chapter *c = &r->chapters[r->chapter_count];

    if (r->chapter_count == CHAPTERS_MAX)
        return;
    c->scenario = scenario;
    snprintf(c->id, sizeof c->id, "%s", scenario->name);
    lower(c->id);
    r->listed[r->chapter_count++] = (struct lab_page_chapter){.id = c->id,
                                                              .name = scenario->name,
                                                              .title = scenario->title,
                                                              .look_for = scenario->look_for,
                                                              .rules = scenario->rules,
                                                              .group = group,
                                                              .outcome = c->outcome};
}

static void list_chapters(struct report *r)
{
    const struct lab_book_group *group;

    for (unsigned i = 0; (group = lab_book_group(i)) != NULL; i++)
        for (unsigned k = 0; k < *group->count; k++)
            add_chapter(r, &group->scenarios[k], group->title);
}

/* The forms of a scenario; how many. */
static unsigned list_forms(const struct lab_scenario *s, struct form forms[LAB_PAGE_ROLES])
{
    unsigned count = 0;

    forms[count++] =
        (struct form){s, LAB_PAGE_STORY, s->without ? "with TIME-WAIT" : "as Lull does it", {0}};
    if (s->without)
        forms[count++] =
            (struct form){s, LAB_PAGE_TWIN, "without TIME-WAIT", {.without_timewait = true}};
    if (s->twist)
        forms[count++] = (struct form){s, LAB_PAGE_MISTAKE, s->twist->name, {.twisted = true}};
    return count;
}

/* Plays all forms of a chapter; false when there is no memory. */
static int judge(struct report *r, unsigned chapter)
{
    struct chapter *c = &r->chapters[chapter];
    struct form forms[LAB_PAGE_ROLES];
    const unsigned count = list_forms(c->scenario, forms);
    unsigned expected = 0;

    for (unsigned i = 0; i < count; i++) {
        if (cli_lab_play(&r->play, c->scenario, &forms[i].play) < 0)
            return 0;
        /* What failed is told rather than what went well. */
        if (i == 0 || (!r->play.story.as_expected && expected == i))
            snprintf(c->outcome, sizeof c->outcome, "%s", r->play.story.verdict);
        expected += r->play.story.as_expected;
    }
    r->played += count;
    r->expected += expected;
    r->listed[chapter].mark = expected == count ? LAB_PAGE_AS_EXPECTED : LAB_PAGE_NOT_AS_EXPECTED;
    return 1;
}

/* --- stories ----------------------------------------------------------------------------- */

static void write_piece(void *context, const char *bytes, size_t count)
{
    fwrite(bytes, 1, count, context); /* what fails is asked for at the end, of the stream */
}

static void show_progress(const struct report *r, unsigned chapter)
{
    if (r->progress)
        fprintf(stderr, "\rlull %s: %u of %u scenarios", usage.command, chapter, r->chapter_count);
    if (r->progress && chapter == r->chapter_count)
        fputc('\n', stderr);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x9e3779b97f4a7c15u;
}

/* Of what was sent, when, and what became of it. */
static uint64_t fingerprint(const struct lab_story *story)
{
    uint64_t hash = story->event_count;

    for (uint32_t i = 0; i < story->bytes_used; i++)
        hash = mix(hash, story->bytes[i]);
    for (uint32_t i = 0; i < story->event_count; i++)
        hash = mix(mix(hash, (uint64_t)story->events[i].at), story->events[i].fate);
    return hash;
}

/* With 5 % of packets lost a short story often loses none, and need not be told again. */
static int is_worth_showing(struct report *r, const struct lab_page_variant *variant)
{
    const uint64_t now = fingerprint(&r->play.story);

    if (variant->msl == 30 && variant->loss == 0)
        r->is_long |= r->play.story.event_count >= EVENTS_MANY;
    else if (r->is_long)
        return 0;
    if (variant->loss == 0)
        r->first = now;
    return variant->loss == 0 || now != r->first;
}

static int add_story(struct report *r, struct lab_page *page, const struct form *form,
                     unsigned variant)
{
    const struct lab_page_variant place = {form->role, form->label, variants[variant].msl,
                                           variants[variant].loss};
    struct lab_play_options play = form->play;

    play.msl = place.msl == 30 ? 0 : place.msl * LULL_SEC(1);
    play.loss_percent = place.loss;
    if (cli_lab_play(&r->play, form->scenario, &play) < 0)
        return -1;
    if (is_worth_showing(r, &place))
        lab_page_story(page, &r->play.story, &place);
    return 0;
}

static int add_stories(struct report *r, struct lab_page *page, const struct lab_scenario *s)
{
    struct form forms[LAB_PAGE_ROLES];
    const unsigned count = list_forms(s, forms);

    r->is_long = 0; /* where the scenario is long its twin has no sliders either */
    for (unsigned i = 0; i < count; i++)
        for (unsigned v = 0; v < r->variants; v++)
            if (add_story(r, page, &forms[i], v) < 0)
                return -1;
    return 0;
}

static int write_page(struct report *r)
{
    const struct lab_out out = {write_piece, r->file};
    const struct lab_page_head head = {
        .title = "The lab of Lull",
        .summary = "What TIME-WAIT is for: every danger it guards against, played in a simulated "
                   "internet, with and without it. Choose a segment to see what it carried and "
                   "why its end did what it did.",
        .chapters = r->listed,
        .chapter_count = r->chapter_count,
        .memory = &r->memory};
    struct lab_page page;

    for (unsigned i = 0; i < r->chapter_count; i++)
        if (!judge(r, i))
            return complain(r->listed[i].name, "not enough memory");
    lab_page_begin(&page, &out, &head);
    for (unsigned i = 0; i < r->chapter_count; i++) {
        show_progress(r, i + 1);
        lab_page_chapter(&page, &r->listed[i]);
        if (add_stories(r, &page, r->chapters[i].scenario) < 0)
            return complain(r->listed[i].name, "not enough memory");
    }
    lab_page_end(&page);
    return CLI_EXIT_OK;
}

static int close_file(struct report *r)
{
    int failed;

    errno = 0;
    failed = fflush(r->file) != 0 || ferror(r->file);
    if (r->output)
        failed |= fclose(r->file) != 0;
    if (!failed)
        return CLI_EXIT_OK;
    return complain(r->output ? r->output : "standard output", strerror(errno ? errno : EIO));
}

static int carry_out(struct report *r)
{
    int status;

    if (!r->output && isatty(STDOUT_FILENO))
        return cli_options_complain(usage.command, "-o", "given: a page is not for a terminal");
    r->file = r->output ? fopen(r->output, "wb") : stdout;
    if (!r->file)
        return complain(r->output, strerror(errno));
    r->progress = isatty(STDERR_FILENO);
    list_chapters(r);
    status = write_page(r);
    if (close_file(r) != CLI_EXIT_OK || status != CLI_EXIT_OK)
        return CLI_EXIT_FAILED;
    fprintf(r->output ? stdout : stderr, "lab: %u of %u as expected\n", r->expected, r->played);
    return r->expected == r->played ? CLI_EXIT_OK : CLI_EXIT_FAILED;
}

int cli_lab_report_run(char **argv)
{
    struct report *r = calloc(1, sizeof *r);
    struct cli_operands operands;
    enum cli_parsed parsed;
    int status;

    if (!r)
        return complain("memory", "not enough");
    const struct cli_option_group groups[] = {
        {"Options", options, sizeof options / sizeof options[0], r}, {NULL, NULL, 0, NULL}};
    r->variants = VARIANTS;
    parsed = cli_options_parse(&usage, groups, argv, &operands);
    status = parsed == CLI_PARSED ? carry_out(r) : cli_options_status(parsed);
    cli_lab_play_free(&r->play);
    free(r);
    return status;
}
