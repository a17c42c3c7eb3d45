/* lab_mermaid.c - participants, arrows, and notes where a state changes.
 *
 * Mermaid has no time axis, so each message begins with its time and a long wait is a note.  The
 * incarnations of a tuple are tinted blocks.  Several conversations that have some at once would
 * need blocks that overlap, which it has not: there, a block lasts until the next one begins. */
#include "lab/lab_mermaid.h"

#include <string.h>

#include "base/text.h"
#include "lab/lab_line.h"
#include "lab/lab_look.h"
#include "lab/lab_utf8.h"
#include "lab/lab_words.h"

#define NOTE_WIDTH 44 /* characters; Mermaid does not break lines itself */
#define NOTE_BYTES 512
#define FOLD_AFTER LULL_SEC(1)

struct chart {
    const struct lab_story *story;
    const struct lab_out *out;
    struct lab_numbers numbers;
    const char *state[LAB_CONVERSATIONS_MAX][2]; /* last told; NULL: nothing */
    uint32_t restarts[LAB_CONVERSATIONS_MAX][2];
    unsigned first, last; /* participants at the edges */
    bool in_block;
};

/* What has a meaning in Mermaid, in its own entities; "%%{" would begin a directive. */
static const char *entity_of(char c)
{
    switch (c) {
    case '#': return "#35;";
    case ';': return "#59;";
    case '%': return "#37;";
    case '<': return "#lt;";
    case '>': return "#gt;";
    case '&': return "#amp;";
    case '"': return "#quot;";
    default: return NULL;
    }
}

static void put_text(const struct lab_out *out, const char *s, size_t count)
{
    while (count > 0) {
        const size_t found = lab_utf8_bytes(s, count), bytes = found == 0 ? 1 : found;
        const char *entity = entity_of(*s);
        if (found == 0 || lab_utf8_is_control(s, bytes))
            entity = LAB_UTF8_REPLACEMENT;
        if (entity != NULL)
            lab_out_string(out, entity);
        else
            lab_out_bytes(out, s, bytes);
        s += bytes;
        count -= bytes;
    }
}

static void put_wrapped(const struct lab_out *out, const char *s)
{
    struct lab_wrap wrap = {s};

    for (unsigned lines = 0; *wrap.rest != '\0'; lines++) {
        const struct lab_piece piece = lab_line_wrap(&wrap, NOTE_WIDTH);
        lab_out_string(out, lines > 0 ? "<br/>" : "");
        put_text(out, piece.bytes, piece.count);
    }
}

/* A name that is a letter and digits cannot be one of Mermaid's words; others get a number. */
static void put_id(const struct chart *chart, unsigned party)
{
    const char *name = lab_look_party(chart->story, party);
    bool is_plain = name[0] >= 'A' && name[0] <= 'Z';

    for (const char *c = name; is_plain && c[1] != '\0'; c++)
        is_plain = c[1] >= '0' && c[1] <= '9';
    if (is_plain) {
        lab_out_string(chart->out, name);
        return;
    }
    lab_out_string(chart->out, "party");
    lab_out_decimal(chart->out, party);
}

static void indent(const struct chart *chart)
{
    lab_out_string(chart->out, chart->in_block ? "        " : "    ");
}

/* @text, and below it @more unless that is empty. */
static void note_over(const struct chart *chart, unsigned party, const char *text, const char *more)
{
    indent(chart);
    lab_out_string(chart->out, "Note over ");
    put_id(chart, party);
    lab_out_string(chart->out, ": ");
    put_wrapped(chart->out, text);
    lab_out_string(chart->out, text[0] != '\0' && more[0] != '\0' ? "<br/>" : "");
    put_wrapped(chart->out, more);
    lab_out_character(chart->out, '\n');
}

static void note_across(const struct chart *chart, const char *text)
{
    indent(chart);
    lab_out_string(chart->out, "Note over ");
    put_id(chart, chart->first);
    if (chart->last != chart->first) {
        lab_out_character(chart->out, ',');
        put_id(chart, chart->last);
    }
    lab_out_string(chart->out, ": ");
    put_wrapped(chart->out, text);
    lab_out_character(chart->out, '\n');
}

static unsigned party_at(const struct chart *chart, const struct lab_event *event, unsigned side)
{
    return chart->story->conversations[event->conversation].party[side];
}

static bool is_same(const char *a, const char *b)
{
    const size_t length = strlen(a);
    return strlen(b) == length && memcmp(a, b, length) == 0;
}

/* How an end stands, when that is new; otherwise nothing. */
static void write_state(struct chart *chart, const struct lab_event *event, unsigned side,
                        char *words)
{
    const struct lab_side *s = &event->side[side];
    const char **seen = &chart->state[event->conversation][side];
    uint32_t *restarts = &chart->restarts[event->conversation][side];
    struct text t;

    text_init(&t, words, LAB_WORDS_BYTES);
    if (s->state == NULL || (*seen != NULL && is_same(*seen, s->state) && *restarts == s->restarts))
        return;
    *seen = s->state;
    *restarts = s->restarts;
    text_string(&t, s->state);
    if (s->timer == LULL_TIMER_TIMEWAIT)
        lab_words_timer(&t, chart->story, event, side);
    if (lab_words_is_doubtful(event, side))
        text_character(&t, '?');
}

static void note_state(struct chart *chart, const struct lab_event *event, unsigned side)
{
    char words[LAB_WORDS_BYTES];

    write_state(chart, event, side, words);
    if (words[0] != '\0')
        note_over(chart, party_at(chart, event, side), words, "");
}

static void put_reason(struct text *t, const struct lab_event *event)
{
    text_string(t, event->rule);
    if (event->rule[0] != '\0' && event->why[0] != '\0')
        text_string(t, ": ");
    text_string(t, event->why);
}

/* Lost ones end in a cross, old and wandering ones are dotted. */
static const char *arrow_of(const struct lab_story *story, const struct lab_event *event)
{
    if (lab_look_arrival(story, event) != NULL)
        return "--)";
    switch (event->fate) {
    case LAB_FATE_LOST:
    case LAB_FATE_EXPIRED: return "-x";
    case LAB_FATE_DAMAGED: return "--x";
    case LAB_FATE_UNDERWAY: return "--)";
    default: return lab_look_is_old(story, event) ? "-->>" : "->>";
    }
}

/* What became of it, and where it comes from. */
static void put_journey(struct text *t, const struct chart *chart, const struct lab_event *event)
{
    void (*const phrases[])(struct text *, const struct lab_story *,
                            const struct lab_event *) = {lab_words_repetition, lab_words_journey};
    const char *fate = lab_words_fate(event->fate);

    if (fate[0] != '\0') {
        text_string(t, ", ");
        text_string(t, fate);
    }
    if (event->fate == LAB_FATE_UNKNOWN || event->inferred & LAB_INFERRED_FATE)
        text_character(t, '?');
    if (lab_look_is_old(chart->story, event)) {
        text_string(t, ", OF INCARNATION ");
        text_decimal(t, event->incarnation);
    }
    for (unsigned i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        char words[LAB_WORDS_BYTES];
        struct text phrase;
        text_init(&phrase, words, sizeof words);
        phrases[i](&phrase, chart->story, event);
        text_string(t, words[0] != '\0' ? ", " : "");
        text_string(t, words);
    }
}

/* "t=1.200 ", and the port where there are several conversations. */
static void put_time(struct text *t, const struct lab_story *story, const struct lab_event *event)
{
    text_string(t, "t=");
    lab_words_seconds(t, event->at - story->start);
    text_character(t, ' ');
    if (story->conversation_count > 1 && lab_look_has_conversation(story, event)) {
        text_string(t, "port ");
        text_decimal(t, story->conversations[event->conversation].name[0].port);
        text_character(t, ' ');
    }
}

static void note_receiver(const struct chart *chart, const struct lab_event *event,
                          const char *stands, const char *reason)
{
    const unsigned receiver = 1 - lab_look_from(chart->story, event);

    if (stands[0] != '\0' || reason[0] != '\0')
        note_over(chart, party_at(chart, event, receiver), stands, reason);
}

static void put_segment(struct chart *chart, const struct lab_event *event)
{
    const unsigned from = lab_look_from(chart->story, event);
    const unsigned judge = event->arrived_at == LULL_TIME_NEVER ? from : 1 - from;
    char words[NOTE_BYTES], stands[LAB_WORDS_BYTES];
    struct text t;

    if (event->kind == LAB_SEGMENT)
        note_state(chart, event, from);
    indent(chart);
    put_id(chart, party_at(chart, event, from));
    lab_out_string(chart->out, arrow_of(chart->story, event));
    put_id(chart, party_at(chart, event, 1 - from));
    lab_out_string(chart->out, ": ");
    text_init(&t, words, sizeof words);
    put_time(&t, chart->story, event);
    lab_words_segment(&t, &chart->numbers, event);
    put_journey(&t, chart, event);
    put_wrapped(chart->out, words);
    lab_out_character(chart->out, '\n');

    text_init(&t, words, sizeof words);
    put_reason(&t, event);
    write_state(chart, event, 1 - from, stands);
    if (judge == from && words[0] != '\0')
        note_over(chart, party_at(chart, event, from), words, "");
    note_receiver(chart, event, stands, judge == from ? "" : words);
}

/* "R1: time exceeded; SC-10: because" */
static void write_other(const struct chart *chart, const struct lab_event *event, char *words)
{
    struct text t;

    text_init(&t, words, NOTE_BYTES);
    put_time(&t, chart->story, event);
    if (event->kind == LAB_VIOLATION)
        text_string(&t, "VIOLATION at ");
    if (event->kind == LAB_REFUSAL)
        text_string(&t, "REFUSED: ");
    if (event->kind == LAB_VIOLATION || event->kind == LAB_HOST || event->kind == LAB_ICMP) {
        text_string(&t, lab_look_party(chart->story, event->party));
        text_string(&t, ": ");
    }
    text_string(&t, event->what);
    if (event->what[0] != '\0' && (event->rule[0] != '\0' || event->why[0] != '\0'))
        text_string(&t, "; ");
    put_reason(&t, event);
}

/* An alarm is on red. */
static void put_alarm(struct chart *chart, const char *words)
{
    indent(chart);
    lab_out_string(chart->out, "rect rgb(255, 160, 160)\n");
    note_across(chart, words);
    indent(chart);
    lab_out_string(chart->out, "end\n");
}

static void put_other(struct chart *chart, const struct lab_event *event)
{
    const bool has_ends = lab_look_has_conversation(chart->story, event);
    const unsigned side = lab_story_side(chart->story, event);
    char words[NOTE_BYTES], stands[LAB_WORDS_BYTES] = "";

    write_other(chart, event, words);
    if (event->kind == LAB_VIOLATION) {
        put_alarm(chart, words);
    } else if (has_ends && event->kind != LAB_NOTE) {
        write_state(chart, event, side, stands);
        note_over(chart, party_at(chart, event, side), words, stands);
    } else {
        note_across(chart, words);
    }
    if (!has_ends)
        return;
    note_state(chart, event, 0);
    note_state(chart, event, 1);
}

static void close_block(struct chart *chart)
{
    if (!chart->in_block)
        return;
    chart->in_block = false;
    lab_out_string(chart->out, "    end\n");
}

/* Pale colours that are told apart in any kind of colour vision. */
static void open_block(struct chart *chart, const struct lab_event *event)
{
    static const char *const tints[] = {"225, 240, 255", "255, 240, 215", "230, 250, 230",
                                        "245, 230, 250"};
    char words[LAB_WORDS_BYTES];
    struct text t;

    close_block(chart);
    lab_out_string(chart->out, "    rect rgb(");
    lab_out_string(chart->out, tints[(event->incarnation - 1U) % (sizeof tints / sizeof tints[0])]);
    lab_out_string(chart->out, ")\n");
    chart->in_block = true;
    text_init(&t, words, sizeof words);
    text_string(&t, "incarnation ");
    text_decimal(&t, event->incarnation);
    text_string(&t, " of ");
    lab_words_conversation(&t, chart->story, event->conversation);
    note_across(chart, words);
    chart->state[event->conversation][0] = chart->state[event->conversation][1] = NULL;
}

static void put_wait(struct chart *chart, lull_duration wait)
{
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    lab_words_seconds(&t, wait);
    text_string(&t, " s pass");
    note_across(chart, words);
}

static void put_event(struct chart *chart, const struct lab_event *event)
{
    const struct lab_story *story = chart->story;

    if (event > story->events && event->at - event[-1].at >= FOLD_AFTER)
        put_wait(chart, event->at - event[-1].at);
    if (lab_look_begins_incarnation(story, event)
        && story->conversations[event->conversation].incarnations > 1)
        open_block(chart, event);
    if (lab_look_has_conversation(story, event)
        && (event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL))
        put_segment(chart, event);
    else
        put_other(chart, event);
}

/* "participant C as C<br/>12.106.32.254" */
static void put_participant(const struct chart *chart, unsigned party)
{
    char address[LULL_NAME_TEXT_BYTES];
    const char *name = lab_look_party(chart->story, party);

    lab_out_string(chart->out, "    participant ");
    put_id(chart, party);
    lab_out_string(chart->out, " as ");
    put_text(chart->out, name, strlen(name));
    if (party < chart->story->party_count) {
        lull_address_format(&chart->story->parties[party].address, address, sizeof address);
        lab_out_string(chart->out, "<br/>");
        lab_out_string(chart->out, address);
    }
    lab_out_character(chart->out, '\n');
}

/* Whether @party has been seen in a conversation before the end @side of number @conversation. */
static bool is_known(const struct lab_story *story, unsigned conversation, unsigned side)
{
    const unsigned party = story->conversations[conversation].party[side];

    for (unsigned i = 0; i < 2 * conversation + side; i++) {
        if (story->conversations[i / 2].party[i % 2] == party)
            return true;
    }
    return false;
}

/* Whoever talks, in the order of the conversations; without any, the first party. */
static void put_participants(struct chart *chart)
{
    const struct lab_story *story = chart->story;

    if (story->conversation_count == 0) {
        put_participant(chart, 0);
        return;
    }
    chart->first = story->conversations[0].party[0];
    for (unsigned i = 0; i < 2 * story->conversation_count; i++) {
        if (is_known(story, i / 2, i % 2))
            continue;
        chart->last = story->conversations[i / 2].party[i % 2];
        put_participant(chart, chart->last);
    }
}

static void put_verdict(struct chart *chart)
{
    const struct lab_story *story = chart->story;
    char words[NOTE_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    if (story->judged)
        text_string(&t, story->as_expected ? "As expected: " : "NOT AS EXPECTED: ");
    text_string(&t, story->verdict);
    if (words[0] != '\0')
        note_across(chart, words);
}

void lab_mermaid(const struct lab_story *story, const struct lab_out *out)
{
    struct chart chart = {.story = story, .out = out};

    lab_numbers_init(&chart.numbers, story, LAB_NUMBERS_RELATIVE);
    lab_out_string(out, "sequenceDiagram\n    autonumber off\n");
    /* A title is cut where the chart is narrower: the long one is a note. */
    if (story->name[0] != '\0') {
        lab_out_string(out, "    title ");
        put_text(out, story->name, strlen(story->name));
        lab_out_character(out, '\n');
    }
    put_participants(&chart);
    if (story->title[0] != '\0')
        note_across(&chart, story->title);
    for (uint32_t i = 0; i < story->event_count; i++)
        put_event(&chart, &story->events[i]);
    close_block(&chart);
    put_verdict(&chart);
}
