/* lab_svg.c - the picture around the rows: title, columns, verdict. */
#include "lab/lab_svg.h"

#include <string.h>

#include "lab/lab_asset.h"
#include "lab/lab_layout.h"
#include "lab/lab_mark.h"
#include "lab/lab_phrase.h"
#include "lab/lab_svg_bars.h"
#include "lab/lab_svg_rows.h"
#include "lab/lab_svg_wire.h"

#define MARGIN       28
#define COLUMNS_HIGH 62 /* px from the top of the columns' heads to the first row */
#define NAMES_STEP   17
#define TITLE_STEP   28
#define TEXT_STEP    20

/* Fonts of what stands outside the rows. */
#define TITLE_FONT ((struct lab_font){LAB_FACE_BOLD, 210})
#define PROSE_FONT ((struct lab_font){LAB_FACE_TEXT, 140})

/* Several conversations have a line each, which their letters refer to. */
static int names_high(const struct lab_story *story)
{
    return story->conversation_count > 1 ? (int)story->conversation_count * NAMES_STEP + 10 : 0;
}

static void put_string(const struct lab_out *out, const char *s)
{
    lab_mark_text(out, s, strlen(s));
}

static void put_name(const struct lab_out *out, const struct lab_story *story,
                     const struct lab_conversation *c, unsigned side)
{
    char name[LULL_NAME_TEXT_BYTES];

    if (c->party[side] < story->party_count) {
        put_string(out, story->parties[c->party[side]].name);
        lab_out_character(out, ' ');
    }
    lull_address_format_name(&c->name[side], name, sizeof name);
    put_string(out, name);
}

/* "A  C 12.106.32.254:1500 and S 206.168.112.219:21, 2 incarnations" */
static void draw_names(const struct lab_layout *layout, const struct lab_out *out, int y)
{
    const struct lab_story *story = layout->story;
    const int x = (layout->left + layout->right) / 2;

    for (unsigned i = 0; i < story->conversation_count && names_high(story) > 0; i++) {
        const struct lab_conversation *c = &story->conversations[i];
        lab_mark(out, "<text class=\"name\" x=\"%\" y=\"%\"><tspan class=\"b\">",
                 (const int[]){x, y + (int)i * NAMES_STEP});
        lab_out_character(out, lab_phrase_letter(i));
        lab_out_string(out, "</tspan>  ");
        put_name(out, story, c, 0);
        lab_out_string(out, " \xe2\x80\x93 ");
        put_name(out, story, c, 1);
        if (c->incarnations > 1)
            lab_mark(out, ", % incarnations", (const int[]){c->incarnations});
        lab_out_string(out, "</text>\n");
    }
}

/* Who stands at a lifeline. */
static void draw_party(const struct lab_layout *layout, const struct lab_out *out, const int at[2])
{
    const struct lab_story *story = layout->story;
    const unsigned side = (unsigned)at[0];
    const struct lab_conversation *c = &story->conversations[0];
    const int lanes = layout->lane * ((int)story->conversation_count - 1);
    const int x = side == 0 ? layout->left - lanes / 2 : layout->right + lanes / 2;
    char name[LULL_NAME_TEXT_BYTES];

    lab_mark(out, "<text class=\"party\" x=\"%\" y=\"%\">", (const int[]){x, at[1]});
    if (c->party[side] < story->party_count)
        put_string(out, story->parties[c->party[side]].name);
    lab_out_string(out, "</text>");
    if (story->conversation_count == 1) {
        lull_address_format_name(&c->name[side], name, sizeof name);
        lab_mark(out, "<text class=\"name\" x=\"%\" y=\"%\">", (const int[]){x, at[1] + 18});
        put_string(out, name);
        lab_out_string(out, "</text>\n");
    }
}

static void draw_columns(const struct lab_layout *layout, const struct lab_out *out, int y)
{
    const struct lab_story *story = layout->story;

    lab_out_string(out, "<g class=\"heads\">");
    draw_names(layout, out, y + 12);
    y += names_high(story);
    for (int side = 0; side < 2 && story->conversation_count > 0; side++)
        draw_party(layout, out, (const int[]){side, y + 18});
    lab_mark(out,
             "<text class=\"col r\" x=\"%\" y=\"%\">seconds</text>"
             "<text class=\"col\" x=\"%\" y=\"%\">why</text></g>\n",
             (const int[]){LAB_LAYOUT_TIME, y + 36, layout->why, y + 36});
}

static void draw_body(struct lab_layout *layout, const struct lab_out *out)
{
    lab_svg_rows_bands(layout, out);
    lab_svg_bars(layout, out);
    lab_svg_wire(layout, out);
    lab_svg_rows(layout, out);
}

static void open_picture(const struct lab_layout *layout, const struct lab_out *out, int height)
{
    lab_mark(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lull\" viewBox=\"0 0 % %\" "
             "width=\"%\" height=\"%\"",
             (const int[]){layout->width, height, layout->width, height});
    lab_mark(out, " data-x=\"% % % % % %\" role=\"group\" aria-label=\"",
             (const int[]){LAB_LAYOUT_TIME, layout->left_state, layout->left, layout->right,
                           layout->right_state, layout->why});
    put_string(out, layout->story->name);
    lab_out_character(out, ' ');
    put_string(out, layout->story->title);
    lab_out_string(out, "\">\n");
}

/* What a page says around the picture. */
struct frame {
    int title, prose, rules; /* y of the first line of each */
    int columns;
    char heading[160];
};

static int prose_room(void)
{
    return LAB_LAYOUT_WIRE + LAB_LAYOUT_WHY + 200;
}

static void plan_frame(const struct lab_story *story, struct frame *frame)
{
    const struct lab_font title = TITLE_FONT, prose = PROSE_FONT;
    struct text t;

    text_init(&t, frame->heading, sizeof frame->heading);
    text_string(&t, story->name);
    text_string(&t, story->name[0] != '\0' ? "  " : "");
    text_string(&t, story->title);
    frame->title = MARGIN + 18;
    frame->prose = frame->title + TITLE_STEP * lab_measure_lines(frame->heading, 900, &title);
    frame->rules = frame->prose;
    if (story->look_for != NULL)
        frame->rules += TEXT_STEP * lab_measure_lines(story->look_for, prose_room(), &prose) + 6;
    frame->columns = frame->rules + (story->rules != NULL ? 30 : 10);
}

static void draw_frame(const struct lab_story *story, const struct lab_out *out,
                       const struct frame *frame)
{
    const struct lab_lines title = {MARGIN, frame->title, TITLE_STEP, 900, TITLE_FONT, 0};
    const struct lab_lines prose = {MARGIN, frame->prose, TEXT_STEP, prose_room(), PROSE_FONT, 0};

    lab_out_string(out, "<text class=\"title\">");
    (void)lab_mark_lines(out, frame->heading, &title);
    lab_out_string(out, "</text>\n");
    if (story->look_for != NULL) {
        lab_out_string(out, "<text class=\"prose\">");
        (void)lab_mark_lines(out, story->look_for, &prose);
        lab_out_string(out, "</text>\n");
    }
    if (story->rules == NULL)
        return;
    lab_mark(out, "<text class=\"rules\" x=\"%\" y=\"%\">", (const int[]){MARGIN, frame->rules});
    put_string(out, story->rules);
    lab_out_string(out, "</text>\n");
}

/* Lines below the rows. */
static int draw_foot(const struct lab_story *story, const struct lab_out *out, int y)
{
    const struct lab_lines verdict = {MARGIN, y, TEXT_STEP, prose_room(), PROSE_FONT, 0};

    if (story->verdict[0] != '\0') {
        lab_out_string(out, !story->judged       ? "<text class=\"prose\">"
                            : story->as_expected ? "<text class=\"prose good\">"
                                                 : "<text class=\"prose bad\">");
        y = lab_mark_lines(out, story->verdict, &verdict);
        lab_out_string(out, "</text>\n");
    }
    if (story->captured) {
        lab_mark(out,
                 "<text class=\"nb\" x=\"%\" y=\"%\">Real traffic: what is set in italics is "
                 "inferred, with a question mark where nothing proves it.</text>\n",
                 (const int[]){MARGIN, y});
        y += TEXT_STEP;
    }
    if (story->events_dropped > 0) {
        lab_mark(out,
                 "<text class=\"nb bad\" x=\"%\" y=\"%\">% more events had no room and are not "
                 "shown.</text>\n",
                 (const int[]){MARGIN, y, (int)story->events_dropped});
        y += TEXT_STEP;
    }
    return y;
}

/* Lines that draw_foot() writes. */
static int foot_high(const struct lab_story *story)
{
    const struct lab_font prose = PROSE_FONT;

    return TEXT_STEP
           * (lab_measure_lines(story->verdict, prose_room(), &prose) + (story->captured ? 1 : 0)
              + (story->events_dropped > 0 ? 1 : 0));
}

void lab_svg(const struct lab_story *story, const struct lab_out *out)
{
    struct lab_layout layout;
    struct frame frame;

    plan_frame(story, &frame);
    lab_layout_init(&layout, story, frame.columns + names_high(story) + COLUMNS_HIGH);
    open_picture(&layout, out, layout.height + 40 + foot_high(story));
    lab_out_string(out, "<style>");
    lab_asset_write(LAB_ASSET_SVG_CSS, out);
    lab_out_string(out, "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
    draw_frame(story, out, &frame);
    draw_columns(&layout, out, frame.columns);
    draw_body(&layout, out);
    (void)draw_foot(story, out, layout.height + 34);
    lab_out_string(out, "</svg>\n");
}

void lab_svg_in_page(const struct lab_story *story, const struct lab_out *out)
{
    struct lab_layout layout;

    lab_layout_init(&layout, story, names_high(story) + COLUMNS_HIGH);
    open_picture(&layout, out, layout.height + 8);
    draw_columns(&layout, out, 0);
    draw_body(&layout, out);
    lab_out_string(out, "</svg>\n");
}
