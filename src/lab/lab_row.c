/* lab_row.c - a row is as many lines as its longest cell needs; a sentence that has no room beside
 * it goes below. */
#include "lab/lab_row.h"

#include <string.h>

#include "base/text.h"
#include "lab/lab_look.h"
#include "lab/lab_wire.h"
#include "lab/lab_words.h"

#define NOTE_BYTES 512

/* The cells of one row. */
struct row {
    const struct lab_event *event;
    struct lab_arrow arrow;
    bool has_arrow;
    struct lab_wrap wire, state[2], why;
    enum lab_style style, note_style;
    char label[LAB_WORDS_BYTES], what[LAB_WORDS_BYTES], states[2][LAB_ROW_STATE_BYTES];
    char note[NOTE_BYTES];
    struct text note_text; /* the end of .note */
};

enum lab_style lab_row_incarnation_style(unsigned incarnation)
{
    const unsigned colours = LAB_STYLES - LAB_FIRST_INCARNATION;

    return incarnation == 0 ? LAB_PLAIN
                            : (enum lab_style)(LAB_FIRST_INCARNATION + (incarnation - 1) % colours);
}

static void put_tag(const struct lab_rows *rows, struct text *t, unsigned conversation,
                    unsigned incarnation)
{
    if (rows->says_port || rows->says_number) {
        text_character(t, rows->says_port ? ':' : '(');
        text_decimal(t, rows->says_port ? rows->story->conversations[conversation].name[0].port
                                        : conversation + 1);
        text_string(t, rows->says_port ? "" : ")");
    }
    if (rows->says_incarnation && incarnation > 0) {
        text_character(t, '#');
        text_decimal(t, incarnation);
    }
}

unsigned lab_row_tag_width(const struct lab_rows *rows)
{
    char tag[LAB_WORDS_BYTES];
    unsigned widest = 0;

    for (unsigned i = 0; i < rows->story->conversation_count; i++) {
        struct text t;
        text_init(&t, tag, sizeof tag);
        put_tag(rows, &t, i, rows->story->conversations[i].incarnations);
        if (text_length(&t) > widest)
            widest = (unsigned)text_length(&t);
    }
    return widest;
}

void lab_row_paragraph(struct lab_rows *rows, unsigned column, enum lab_style style,
                       const char *text)
{
    struct lab_wrap wrap = {text};
    struct lab_piece piece = lab_line_wrap(&wrap, rows->page - column);

    do {
        lab_line_style(&rows->line, style);
        lab_line_to(&rows->line, column);
        lab_line_bytes(&rows->line, piece.bytes, piece.count);
        lab_line_end(&rows->line);
        piece = lab_line_wrap(&wrap, rows->page - column);
    } while (piece.count > 0);
}

/* Time and tag. */
static void begin_line(struct lab_rows *rows, const struct lab_event *event)
{
    char words[LAB_WORDS_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    lab_words_seconds(&t, event->at - rows->story->start);
    lab_line_to(&rows->line, rows->tag_at - 2 - (unsigned)text_length(&t));
    lab_line_string(&rows->line, words);
    if (!lab_look_has_conversation(rows->story, event))
        return;
    text_init(&t, words, sizeof words);
    put_tag(rows, &t, event->conversation, event->incarnation);
    lab_line_to(&rows->line, rows->tag_at);
    lab_line_style(&rows->line, lab_row_incarnation_style(event->incarnation));
    lab_line_string(&rows->line, words);
    lab_line_style(&rows->line, LAB_PLAIN);
}

/* A hook ties a note to the row above it. */
static void note_below(struct lab_rows *rows, const char *text, enum lab_style style)
{
    if (text[0] == '\0')
        return;
    lab_line_to(&rows->line, rows->left_at);
    lab_line_style(&rows->line, LAB_DIM);
    lab_line_string(&rows->line, rows->options.utf8 ? "\xe2\x94\x94 " : "` ");
    lab_row_paragraph(rows, rows->left_at + 2, style, text);
}

static void separate(struct text *t)
{
    if (text_length(t) > 0)
        text_string(t, "; ");
}

/* A rule stays in one piece. */
static void put_rule(struct text *t, const char *rule)
{
    for (; *rule != '\0'; rule++) {
        if (*rule == ' ')
            text_character(t, LAB_LINE_NO_BREAK);
        else
            text_character(t, *rule);
    }
}

/* "SA-08: because"; without the rule where that stands in a column of its own. */
static void write_reason(struct text *t, const struct lab_event *event, const char *rule)
{
    put_rule(t, rule);
    if (rule[0] != '\0' && event->why[0] != '\0')
        text_string(t, ": ");
    text_string(t, event->why);
}

static void write_old(struct text *t, const struct lab_event *event, unsigned receiver)
{
    separate(t);
    text_string(t, "OF INCARNATION ");
    text_decimal(t, event->incarnation);
    text_string(t, ", and reaches incarnation ");
    text_decimal(t, event->side[receiver].incarnation);
}

/* The label as long as it has room, the rest into the facts. */
static void write_label(struct lab_rows *rows, struct row *row, struct text *facts)
{
    const unsigned max = lab_wire_label_max(rows->wire_width, row->arrow.start);
    struct text t;

    text_init(&t, row->label, sizeof row->label);
    lab_words_segment(&t, &rows->numbers, row->event);
    if (text_length(&t) <= max)
        return;
    text_init(&t, row->label, sizeof row->label);
    lab_words_flags(&t, &row->event->segment);
    const size_t flags_length = text_length(&t);
    text_character(&t, ' ');
    lab_words_seq(&t, &rows->numbers, row->event);
    if (text_length(&t) > max) {
        row->label[flags_length] = '\0';
        lab_words_seq(facts, &rows->numbers, row->event);
        lab_words_ack(facts, &rows->numbers, row->event);
        return;
    }
    lab_words_ack(facts, &rows->numbers, row->event);
}

static enum lab_wire_finish finish_of(const struct lab_story *story, const struct lab_event *event)
{
    if (lab_look_arrival(story, event) != NULL)
        return LAB_WIRE_WANDERS;
    switch (event->fate) {
    case LAB_FATE_LOST:
    case LAB_FATE_EXPIRED: return LAB_WIRE_DIES;
    case LAB_FATE_UNDERWAY: return LAB_WIRE_UNDERWAY;
    case LAB_FATE_UNKNOWN: return LAB_WIRE_ASSUMED;
    default: return LAB_WIRE_ARRIVES;
    }
}

/* Loss is red, what is old has its own colour, repetitions are told apart. */
static enum lab_style segment_style(const struct lab_rows *rows, const struct lab_event *event)
{
    if (event->fate != LAB_FATE_ARRIVED && event->fate != LAB_FATE_UNKNOWN)
        return LAB_BAD;
    if (rows->says_incarnation)
        return lab_row_incarnation_style(event->incarnation);
    return event->repeats != LAB_NONE ? LAB_AGAIN : LAB_PLAIN;
}

typedef void describe(struct text *t, const struct lab_story *story, const struct lab_event *event);

static void write_phrase(struct text *t, describe *write, const struct lab_story *story,
                         const struct lab_event *event)
{
    char words[LAB_WORDS_BYTES];
    struct text phrase;

    text_init(&phrase, words, sizeof words);
    write(&phrase, story, event);
    if (words[0] == '\0')
        return;
    separate(t);
    text_string(t, words);
}

static struct lab_arrow arrow_of(const struct lab_rows *rows, const struct row *row)
{
    const struct lab_event *event = row->event;
    const bool is_old = lab_look_is_old(rows->story, event);
    struct lab_arrow arrow = {
        .from = lab_look_from(rows->story, event),
        .label = row->label,
        .word = is_old ? "OLD" : lab_words_fate(event->fate),
        .start = event->kind == LAB_ARRIVAL ? LAB_WIRE_WANDERED : LAB_WIRE_SENT,
        .finish = finish_of(rows->story, event),
        .stroke = is_old ? LAB_WIRE_OLD : LAB_WIRE_PLAIN,
        .style = segment_style(rows, event),
    };

    if (event->fate == LAB_FATE_DAMAGED)
        arrow.stroke = LAB_WIRE_DAMAGED;
    return arrow;
}

static void compose_segment(struct lab_rows *rows, struct row *row)
{
    const struct lab_event *event = row->event;
    struct text *const t = &row->note_text;

    row->has_arrow = true;
    row->arrow = arrow_of(rows, row);
    write_label(rows, row, t);
    if (row->arrow.stroke == LAB_WIRE_OLD) {
        write_old(t, event, 1 - row->arrow.from);
        row->note_style = LAB_BAD;
    } else if (!lab_wire_has_room(rows->wire_width, &row->arrow)) {
        separate(t);
        text_string(t, row->arrow.word);
    }
    write_phrase(t, lab_words_repetition, rows->story, event);
    write_phrase(t, lab_words_journey, rows->story, event);
    if (rows->options.details) {
        separate(t);
        lab_words_details(t, &event->segment);
    }
}

static void compose_text(struct row *row)
{
    struct text t;

    text_init(&t, row->what, sizeof row->what);
    if (row->event->kind == LAB_REFUSAL) {
        text_string(&t, "REFUSED: ");
        row->style = LAB_BAD;
    }
    text_string(&t, row->event->what);
}

static bool is_same(const char *a, const char *b)
{
    const size_t length = strlen(a);
    return strlen(b) == length && memcmp(a, b, length) == 0;
}

/* While text is in flight its timer runs all the time and says nothing; in the states that end with
 * an answer it says when the question is asked again. */
static bool tells_timer(const struct lab_rows *rows, const struct lab_side *side)
{
    static const char *const waiting[] = {"FIN-WAIT-1", "CLOSING", "LAST-ACK"};

    if (side->timer != LULL_TIMER_ON || rows->options.details)
        return true;
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        if (is_same(side->state, waiting[i]))
            return true;
    }
    return false;
}

void lab_row_state(const struct lab_rows *rows, struct text *t, const struct lab_event *event,
                   unsigned side)
{
    const struct lab_side *s = &event->side[side];

    if (s->state == NULL)
        return;
    text_string(t, s->state);
    if (tells_timer(rows, s))
        lab_words_timer(t, rows->story, event, side);
    if (lab_words_is_doubtful(event, side))
        text_character(t, '?');
    if (rows->says_incarnation && s->incarnation != 0 && s->incarnation != event->incarnation) {
        text_string(t, " #");
        text_decimal(t, s->incarnation);
    }
}

/* The reader would learn nothing new: the same words, or the same timer a little later. */
static bool was_seen(const struct lab_rows *rows, const struct row *row, unsigned side)
{
    const struct lab_side *now = &row->event->side[side], *seen = &rows->seen[side].side;

    if (rows->seen_conversation != row->event->conversation)
        return false;
    if (is_same(row->states[side], rows->seen[side].words))
        return true;
    return now->state == seen->state && now->until == seen->until
           && now->incarnation == seen->incarnation && now->timer != LULL_TIMER_OFF
           && now->timer != LULL_TIMER_TIMEWAIT;
}

/* States are said where they change; what is left of TIME-WAIT always is. */
static void compose_states(struct lab_rows *rows, struct row *row)
{
    for (unsigned side = 0; side < 2; side++) {
        struct text t;
        text_init(&t, row->states[side], LAB_ROW_STATE_BYTES);
        lab_row_state(rows, &t, row->event, side);
        const bool known = was_seen(rows, row, side);
        rows->seen[side].side = row->event->side[side];
        memcpy(rows->seen[side].words, row->states[side], LAB_ROW_STATE_BYTES);
        if (known)
            row->states[side][0] = '\0';
        row->state[side] = (struct lab_wrap){row->states[side]};
    }
    rows->seen_conversation = row->event->conversation;
}

static void draw_state(struct lab_rows *rows, struct row *row, unsigned side)
{
    const struct lab_side *s = &row->event->side[side];
    const struct lab_piece piece = lab_line_wrap(&row->state[side], rows->state_width[side]);

    lab_line_to(&rows->line, side == 0 ? rows->left_at : rows->right_at);
    lab_line_style(&rows->line,
                   rows->says_incarnation ? lab_row_incarnation_style(s->incarnation) : LAB_BOLD);
    lab_line_bytes(&rows->line, piece.bytes, piece.count);
    lab_line_style(&rows->line, LAB_PLAIN);
}

static void draw_wire(struct lab_rows *rows, struct row *row)
{
    lab_line_to(&rows->line, rows->wire_at);
    if (row->has_arrow) {
        lab_wire_arrow(&rows->line, rows->wire_width, &row->arrow);
        row->has_arrow = false;
        return;
    }
    const struct lab_piece piece = lab_line_wrap(&row->wire, rows->wire_width - 4);
    lab_line_style(&rows->line, row->style);
    lab_wire_text(&rows->line, rows->wire_width, lab_story_side(rows->story, row->event), &piece);
}

static void draw_why(struct lab_rows *rows, struct row *row)
{
    const struct lab_piece piece = lab_line_wrap(&row->why, rows->why_width);

    lab_line_to(&rows->line, rows->why_at);
    lab_line_style(&rows->line, row->note_style);
    lab_line_bytes(&rows->line, piece.bytes, piece.count);
    lab_line_style(&rows->line, LAB_PLAIN);
}

static bool has_more(const struct row *row)
{
    return *row->wire.rest != '\0' || *row->why.rest != '\0' || *row->state[0].rest != '\0'
           || *row->state[1].rest != '\0';
}

static void draw_in_columns(struct lab_rows *rows, const struct lab_event *event)
{
    struct row row = {.event = event, .note_style = LAB_DIM};
    const bool rule_fits = !rows->why_beside && lab_line_width(event->rule) <= rows->why_width;

    text_init(&row.note_text, row.note, sizeof row.note);
    if (event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL)
        compose_segment(rows, &row);
    else
        compose_text(&row);
    compose_states(rows, &row);
    row.wire.rest = row.what;
    if (event->why[0] != '\0' || (!rule_fits && event->rule[0] != '\0'))
        separate(&row.note_text);
    write_reason(&row.note_text, event, rule_fits ? "" : event->rule);
    row.why.rest = rows->why_beside ? row.note : rule_fits ? event->rule : "";
    begin_line(rows, event);
    do {
        draw_state(rows, &row, 0);
        draw_wire(rows, &row);
        draw_state(rows, &row, 1);
        draw_why(rows, &row);
        lab_line_end(&rows->line);
    } while (has_more(&row));
    if (!rows->why_beside)
        note_below(rows, row.note, row.note_style);
}

/* What happened, and why. */
static void write_event(struct text *t, const struct lab_event *event, const char *rule)
{
    text_string(t, event->what);
    if (event->what[0] != '\0' && (rule[0] != '\0' || event->why[0] != '\0'))
        separate(t);
    write_reason(t, event, rule);
}

/* What belongs to no conversation has the page for itself. */
static void draw_across(struct lab_rows *rows, const struct lab_event *event)
{
    char words[NOTE_BYTES];
    struct text t;

    text_init(&t, words, sizeof words);
    text_string(&t, lab_words_kind(event->kind));
    if (event->kind != LAB_NETWORK && event->kind != LAB_NOTE) {
        text_character(&t, ' ');
        text_string(&t, lab_look_party(rows->story, event->party));
    }
    text_string(&t, ": ");
    write_event(&t, event, event->rule);
    begin_line(rows, event);
    lab_row_paragraph(rows, rows->left_at, event->kind == LAB_HOST ? LAB_BOLD : LAB_PLAIN, words);
}

/* Every line of an alarm is marked, so that none can be taken for something else. */
static void draw_alarm(struct lab_rows *rows, const struct lab_event *event)
{
    const unsigned end = rows->page - 3;
    char words[NOTE_BYTES];
    struct lab_wrap wrap = {words};
    struct text t;

    text_init(&t, words, sizeof words);
    text_string(&t, "VIOLATION of ");
    put_rule(&t, event->rule);
    text_string(&t, " at ");
    text_string(&t, lab_look_party(rows->story, event->party));
    text_string(&t, ": ");
    write_event(&t, event, "");
    begin_line(rows, event);
    do {
        const struct lab_piece piece = lab_line_wrap(&wrap, end - rows->left_at - 3);
        lab_line_to(&rows->line, rows->left_at);
        lab_line_style(&rows->line, LAB_ALARM);
        lab_line_string(&rows->line, "!! ");
        lab_line_bytes(&rows->line, piece.bytes, piece.count);
        lab_line_repeat(&rows->line, " ", end - rows->line.column);
        lab_line_string(&rows->line, " !!");
        lab_line_end(&rows->line);
    } while (*wrap.rest != '\0');
}

void lab_row_event(struct lab_rows *rows, const struct lab_event *event)
{
    if (event->kind == LAB_VIOLATION)
        draw_alarm(rows, event);
    else if (lab_look_has_conversation(rows->story, event) && event->kind != LAB_NOTE)
        draw_in_columns(rows, event);
    else
        draw_across(rows, event);
}
