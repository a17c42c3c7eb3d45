/* lab_text.c - the page: its columns, its head and foot, and what parts the rows.
 *
 * Columns are as wide as this story needs.  Fixed ones were rejected: with 80 characters there is
 * no room to waste, and with absolute sequence numbers there is not even enough. */
#include "lab/lab_text.h"

#include <string.h>

#include "base/text.h"
#include "lab/lab_line.h"
#include "lab/lab_look.h"
#include "lab/lab_row.h"
#include "lab/lab_wire.h"
#include "lab/lab_words.h"

#define SENTENCE_WIDTH  28 /* a column narrower than this is no place for sentences */
#define RULE_WIDTH_MAX  8  /* "INV-01"; "RFC 9293 3.10" goes below */
#define STATE_WIDTH_MIN 12 /* "SYN-RECEIVED"; timers go below */
#define WIRE_BESIDE     16 /* what an arrow needs besides its label to look like one */
#define RULE_BESIDE     5  /* of a rule on either side of what it says */
#define GAP             2

/* The widest of everything, in characters. */
struct extent {
    unsigned time, state[2], label, rule;
};

static void widen(unsigned *width, const struct text *t)
{
    if (text_length(t) > *width)
        *width = (unsigned)text_length(t);
}

static void measure(struct lab_rows *rows, const struct lab_event *event, struct extent *extent)
{
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    lab_words_seconds(&t, event->at - rows->story->start);
    widen(&extent->time, &t);
    if (!lab_look_has_conversation(rows->story, event))
        return;
    if (event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL) {
        text_init(&t, words, sizeof words);
        lab_words_segment(&t, &rows->numbers, event);
        widen(&extent->label, &t);
    }
    for (unsigned side = 0; side < 2; side++) {
        text_init(&t, words, sizeof words);
        lab_row_state(rows, &t, event, side);
        widen(&extent->state[side], &t);
    }
    const unsigned rule = lab_line_width(event->rule);
    if (rule > extent->rule && rule <= RULE_WIDTH_MAX)
        extent->rule = rule;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void place(struct lab_rows *rows, const unsigned state_width[2], unsigned why_width)
{
    const unsigned fixed =
        rows->left_at + state_width[0] + state_width[1] + 2 + (why_width > 0 ? GAP : 0);

    memcpy(rows->state_width, state_width, sizeof rows->state_width);
    rows->why_width = why_width;
    rows->wire_at = rows->left_at + state_width[0] + 1;
    rows->wire_width = rows->page > fixed + why_width ? rows->page - fixed - why_width : 0;
    rows->wire_width = larger(LAB_WIRE_WIDTH_MIN, smaller(rows->wire_width, LAB_WIRE_WIDTH_MAX));
    rows->right_at = rows->wire_at + rows->wire_width + 1;
    rows->why_at = rows->right_at + state_width[1] + GAP;
}

/* What is given up first for a narrow page: sentences beside the rows, then rules, then timers.  In
 * the end it is the page that gives way. */
static void lay_out(struct lab_rows *rows, const struct extent *extent)
{
    static const unsigned least[2] = {STATE_WIDTH_MIN, STATE_WIDTH_MIN};
    const unsigned tag = lab_row_tag_width(rows);
    const unsigned state[2] = {larger(extent->state[0], STATE_WIDTH_MIN),
                               larger(extent->state[1], STATE_WIDTH_MIN)};
    const unsigned wire = larger(extent->label + WIRE_BESIDE, 32);

    rows->tag_at = larger(extent->time, 5) + GAP;
    rows->left_at = rows->tag_at + (tag > 0 ? tag + GAP : 0);
    const unsigned whole = rows->left_at + state[0] + state[1] + 2 + wire + GAP;
    rows->why_beside = rows->page >= whole + SENTENCE_WIDTH;
    if (rows->why_beside) {
        place(rows, state, rows->page - whole);
        return;
    }
    place(rows, state, extent->rule);
    if (rows->wire_width < extent->label + WIRE_BESIDE / 2)
        place(rows, state, 0);
    if (rows->wire_width < extent->label + WIRE_BESIDE / 2 || rows->why_at > rows->page + GAP)
        place(rows, least, 0);
    rows->page = larger(rows->page, rows->right_at + rows->state_width[1]);
}

/* Whether the left port alone tells the conversations apart. */
static bool ports_differ(const struct lab_story *story)
{
    for (unsigned i = 0; i < story->conversation_count; i++) {
        for (unsigned j = 0; j < i; j++) {
            if (story->conversations[i].name[0].port == story->conversations[j].name[0].port)
                return false;
        }
    }
    return true;
}

static void prepare(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;
    struct extent extent = {0};

    rows->says_port = story->conversation_count > 1 && ports_differ(story);
    rows->says_number = story->conversation_count > 1 && !rows->says_port;
    for (unsigned i = 0; i < story->conversation_count; i++)
        rows->says_incarnation |= story->conversations[i].incarnations > 1;
    for (uint32_t i = 0; i < story->event_count; i++)
        measure(rows, &story->events[i], &extent);
    lay_out(rows, &extent);
    rows->seen_conversation = LAB_CONVERSATIONS_MAX;
}

static void rule_across(struct lab_rows *rows, const char *glyph)
{
    lab_line_style(&rows->line, LAB_DIM);
    lab_line_repeat(&rows->line, glyph, rows->page);
    lab_line_end(&rows->line);
}

static const char *thin(const struct lab_rows *rows)
{
    return rows->options.utf8 ? "\xe2\x94\x80" : "-";
}

static void draw_title(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;
    char title[sizeof story->name + sizeof story->title + 4];
    struct text t;

    text_init(&t, title, sizeof title);
    text_string(&t, story->name);
    if (story->name[0] != '\0' && story->title[0] != '\0')
        text_string(&t, "  ");
    text_string(&t, story->title);
    if (title[0] != '\0')
        lab_row_paragraph(rows, 0, LAB_BOLD, title);
    lab_line_end(&rows->line);
    if (story->look_for == NULL)
        return;
    lab_row_paragraph(rows, 0, LAB_PLAIN, story->look_for);
    lab_line_end(&rows->line);
}

static void draw_terms(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;
    char terms[4 * LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, terms, sizeof terms);
    if (story->rules != NULL) {
        text_string(&t, "Rules: ");
        text_string(&t, story->rules);
        text_string(&t, ".  ");
    }
    if (story->msl > 0) {
        text_string(&t, "MSL: ");
        lab_words_duration(&t, story->msl);
        text_string(&t, ".  ");
    }
    text_string(&t, rows->options.numbers == LAB_NUMBERS_ABSOLUTE
                        ? "Sequence numbers are those on the wire."
                        : "Sequence numbers count from the ISNs of their incarnation.");
    if (story->captured)
        text_string(&t,
                    "  Captured: states are inferred; where one ends in ? nothing seen proves it.");
    lab_row_paragraph(rows, 0, LAB_PLAIN, terms);
    lab_line_end(&rows->line);
}

/* Who stands left and right, when it is the same two everywhere. */
static const struct lab_conversation *only_parties(const struct lab_story *story)
{
    const struct lab_conversation *c = story->conversations;

    for (unsigned i = 0; i < story->conversation_count; i++) {
        if (memcmp(c[i].party, c[0].party, sizeof c[i].party) != 0)
            return NULL;
    }
    return story->conversation_count > 0 ? c : NULL;
}

static void write_name(const struct lab_story *story, const struct lab_conversation *c,
                       unsigned side, char *name)
{
    struct text t;

    text_init(&t, name, LAB_WORDS_BYTES);
    text_string(&t, lab_look_party(story, c->party[side]));
    text_character(&t, ' ');
    const size_t used = text_length(&t);
    if (story->conversation_count == 1)
        lull_address_format_name(&c->name[side], name + used, LAB_WORDS_BYTES - used);
    else
        lull_address_format(&c->name[side].address, name + used, LAB_WORDS_BYTES - used);
}

/* At @column, or as far right as it has room, or on a line of its own. */
static void draw_name(struct lab_rows *rows, unsigned column, const char *name)
{
    const unsigned width = lab_line_width(name);

    if (column + width > rows->page)
        column = rows->page > width ? rows->page - width : 0;
    if (rows->line.column > 0 && rows->line.column + GAP > column) {
        lab_line_end(&rows->line);
        lab_line_style(&rows->line, LAB_BOLD);
    }
    lab_line_to(&rows->line, column);
    lab_line_string(&rows->line, name);
}

static void draw_names(struct lab_rows *rows)
{
    const struct lab_conversation *c = only_parties(rows->story);
    char left[LAB_WORDS_BYTES] = "opened first", right[LAB_WORDS_BYTES] = "other end";

    if (c != NULL) {
        write_name(rows->story, c, 0, left);
        write_name(rows->story, c, 1, right);
    }
    lab_line_style(&rows->line, LAB_BOLD);
    lab_line_to(&rows->line, rows->tag_at - GAP - 4);
    lab_line_string(&rows->line, "time");
    draw_name(rows, rows->left_at, left);
    draw_name(rows, rows->right_at, right);
    if (rows->why_beside && rows->line.column + GAP <= rows->why_at) {
        lab_line_to(&rows->line, rows->why_at);
        lab_line_string(&rows->line, "why");
    }
    lab_line_end(&rows->line);
    rule_across(rows, thin(rows));
}

static void draw_conversations(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;

    if (story->conversation_count < 2)
        return;
    for (unsigned i = 0; i < story->conversation_count; i++) {
        const struct lab_conversation *c = &story->conversations[i];
        char words[LAB_WORDS_BYTES];
        struct text t;
        text_init(&t, words, sizeof words);
        text_character(&t, rows->says_port ? ':' : '(');
        text_decimal(&t, rows->says_port ? c->name[0].port : i + 1);
        text_string(&t, rows->says_port ? "  " : ")  ");
        lab_words_conversation(&t, story, i);
        if (c->incarnations > 1) {
            text_string(&t, ", ");
            text_decimal(&t, c->incarnations);
            text_string(&t, " incarnations");
        }
        lab_row_paragraph(rows, 0, LAB_PLAIN, words);
    }
    lab_line_end(&rows->line);
}

/* "~~~~~ 60.000 s ~~~~~" in the middle of the page. */
static void draw_fold(struct lab_rows *rows, lull_duration wait)
{
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    text_character(&t, ' ');
    lab_words_seconds(&t, wait);
    text_string(&t, " s ");
    const unsigned length = (unsigned)text_length(&t), left = (rows->page - length) / 2;
    lab_line_style(&rows->line, LAB_DIM);
    lab_line_repeat(&rows->line, "~", left);
    lab_line_string(&rows->line, words);
    lab_line_repeat(&rows->line, "~", rows->page - length - left);
    lab_line_end(&rows->line);
}

/* "===== incarnation 2 of C:1500 - S:21 =====" */
static void draw_incarnation(struct lab_rows *rows, const struct lab_event *event)
{
    const char *const glyph = rows->options.utf8 ? "\xe2\x95\x90" : "=";
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    text_string(&t, " incarnation ");
    text_decimal(&t, event->incarnation);
    text_string(&t, " of ");
    lab_words_conversation(&t, rows->story, event->conversation);
    text_character(&t, ' ');
    const unsigned width = lab_line_width(words);
    const enum lab_style style = lab_row_incarnation_style(event->incarnation);
    if (width + 2 * RULE_BESIDE > rows->page) {
        lab_row_paragraph(rows, 0, style, words);
    } else {
        lab_line_style(&rows->line, style);
        lab_line_repeat(&rows->line, glyph, RULE_BESIDE);
        lab_line_string(&rows->line, words);
        lab_line_repeat(&rows->line, glyph, rows->page - RULE_BESIDE - width);
        lab_line_end(&rows->line);
    }
    rows->seen_conversation = LAB_CONVERSATIONS_MAX;
}

static void draw_events(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;
    const lull_duration fold = rows->options.fold_after;

    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct lab_event *event = &story->events[i];
        if (i > 0 && event->at - event[-1].at >= fold)
            draw_fold(rows, event->at - event[-1].at);
        if (lab_look_begins_incarnation(story, event)
            && story->conversations[event->conversation].incarnations > 1)
            draw_incarnation(rows, event);
        lab_row_event(rows, event);
    }
}

/* Whether some end has @timer in this story. */
static bool has_timer(const struct lab_story *story, enum lull_row_timer timer)
{
    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct lab_side *side = story->events[i].side;
        if ((side[0].state != NULL && side[0].timer == timer)
            || (side[1].state != NULL && side[1].timer == timer))
            return true;
    }
    return false;
}

/* The marks that this story has. */
static void draw_legend(struct lab_rows *rows)
{
    static const struct {
        enum lull_row_timer timer;
        const char *meaning;
    } marks[] = {
        {LULL_TIMER_TIMEWAIT, "  60.0: that many seconds are left; *: started again."},
        {LULL_TIMER_ON, "  r0.3: sends again in 0.3 s."},
        {LULL_TIMER_KEEPALIVE, "  k9.0: asks in 9 s whether the peer lives."},
        {LULL_TIMER_PERSIST, "  p9.0: asks in 9 s for a window."},
    };
    char legend[4 * LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, legend, sizeof legend);
    text_string(&t, "Rows stand at the time of sending, the receiver's state is as of the "
                    "arrival.");
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        text_string(&t, has_timer(rows->story, marks[i].timer) ? marks[i].meaning : "");
    lab_row_paragraph(rows, 0, LAB_DIM, legend);
}

static void draw_foot(struct lab_rows *rows)
{
    const struct lab_story *story = rows->story;
    char words[2 * LAB_WORDS_BYTES];
    struct text t;

    rule_across(rows, thin(rows));
    if (story->events_dropped > 0) {
        text_init(&t, words, sizeof words);
        text_decimal(&t, story->events_dropped);
        text_string(&t, " more events had no room in this story.");
        lab_row_paragraph(rows, 0, LAB_BAD, words);
    }
    if (story->verdict[0] != '\0' || story->judged) {
        text_init(&t, words, sizeof words);
        if (story->judged)
            text_string(&t, story->as_expected ? "As expected: " : "NOT AS EXPECTED: ");
        text_string(&t, story->verdict);
        lab_row_paragraph(rows, 0,
                          !story->judged       ? LAB_PLAIN
                          : story->as_expected ? LAB_GOOD
                                               : LAB_ALARM,
                          words);
    }
    draw_legend(rows);
}

void lab_text(const struct lab_story *story, const struct lab_text_options *options,
              const struct lab_out *out)
{
    struct lab_rows rows = {
        .story = story,
        .options = *options,
        .line = {.out = out, .colour = options->colour, .utf8 = options->utf8},
        .page = options->width == 0 ? LAB_TEXT_WIDTH : options->width,
    };

    rows.page = larger(LAB_TEXT_WIDTH_MIN, smaller(rows.page, LAB_TEXT_WIDTH_MAX));
    if (rows.options.fold_after <= 0)
        rows.options.fold_after = LULL_SEC(1);
    lab_numbers_init(&rows.numbers, story, options->numbers);
    prepare(&rows);
    draw_title(&rows);
    draw_terms(&rows);
    draw_conversations(&rows);
    draw_names(&rows);
    draw_events(&rows);
    draw_foot(&rows);
}
