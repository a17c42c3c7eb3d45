/* Pictures of stories: whatever stands in one, every format is written and is what it should be.
 *
 * The input is spent byte by byte on the story's fields; what a model promises is kept: events are
 * in order, text ends, packets lie within the bytes. */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "lab/lab_jsonl.h"
#include "lab/lab_mermaid.h"
#include "lab/lab_page.h"
#include "lab/lab_pcapng.h"
#include "lab/lab_svg.h"
#include "lab/lab_text.h"

#define EVENTS 64
#define BYTES  4096

struct input {
    const uint8_t *data;
    size_t left;
};

/* What was written, without its beginning when that is long. */
struct seen {
    uint32_t lines;
    bool has_control, has_delete; /* DEL is as good as any in JSON, and not on a terminal */
    uint8_t head[8];              /* of the block that is being read */
    uint32_t at, block;           /* bytes of it so far, and in all; pcapng only */
};

static uint8_t take(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static uint32_t take_word(struct input *in)
{
    uint32_t word = take(in);

    for (int i = 0; i < 3; i++)
        word = word << 8 | take(in);
    return word;
}

static void take_text(struct input *in, char *text, size_t size)
{
    const size_t length = take(in) % size;

    for (size_t i = 0; i < length; i++)
        text[i] = (char)take(in);
}

static lull_duration take_wait(struct input *in)
{
    static const lull_duration waits[] = {
        0, 1, LULL_MS(1), LULL_MS(50), LULL_SEC(1), LULL_SEC(60), LULL_SEC(100000000)};
    return waits[take(in) % (sizeof waits / sizeof waits[0])];
}

static void take_side(struct input *in, struct lab_side *side, lull_time now)
{
    static const char *const states[] = {NULL,         "CLOSED",   "LISTEN",   "ESTABLISHED",
                                         "FIN-WAIT-1", "LAST-ACK", "TIME-WAIT"};

    side->state = states[take(in) % (sizeof states / sizeof states[0])];
    side->timer = (enum lull_row_timer)(take(in) % 5);
    side->until = take(in) % 2 ? LULL_TIME_NEVER : now + take_wait(in);
    side->restarts = take(in) % 3;
    side->incarnation = take(in) % 4;
}

static void take_journey(struct input *in, struct lab_event *event)
{
    event->segment = (struct lab_segment){.seq = take_word(in),
                                          .ack = take_word(in),
                                          .wnd = take_word(in) & 65535,
                                          .text_bytes = take(in),
                                          .flags = take(in),
                                          .options = take(in),
                                          .hops = take(in)};
    event->fate = (enum lab_fate)(take(in) % 6);
    event->arrived_at = take(in) % 2 ? LULL_TIME_NEVER : event->at + take_wait(in);
    event->repeats = take(in) % 2 ? LAB_NONE : take(in) % EVENTS;
    event->of = take(in) % 2 ? LAB_NONE : take(in) % EVENTS;
    event->is_double = take(in) % 2;
}

static void take_event(struct input *in, struct lab_story *story, lull_time at)
{
    struct lab_event *event = lab_story_add(story, (enum lab_kind)(take(in) % 10), at);

    event->party = take(in) % 16;
    event->conversation = take(in) % (LAB_CONVERSATIONS_MAX + 1);
    event->inferred = take(in);
    event->incarnation = take(in) % 8 == 7 ? UINT16_MAX : take(in) % 4;
    take_side(in, &event->side[0], at);
    take_side(in, &event->side[1], at);
    take_journey(in, event);
    event->frame = take_word(in) % BYTES;
    event->frame_bytes = take_word(in) % (BYTES - event->frame + 1);
    take_text(in, event->what, sizeof event->what);
    take_text(in, event->rule, sizeof event->rule);
    take_text(in, event->why, sizeof event->why);
}

static void take_story(struct input *in, struct lab_story *story)
{
    lull_time now = (lull_time)take_word(in);

    story->start = now;
    story->captured = take(in) % 2;
    story->judged = take(in) % 2;
    story->msl = take_wait(in);
    take_text(in, story->name, sizeof story->name);
    take_text(in, story->title, sizeof story->title);
    take_text(in, story->verdict, sizeof story->verdict);
    story->party_count = take(in) % (LAB_PARTIES_MAX + 1);
    for (unsigned i = 0; i < story->party_count; i++)
        take_text(in, story->parties[i].name, sizeof story->parties[i].name);
    story->conversation_count = take(in) % (LAB_CONVERSATIONS_MAX + 1);
    for (unsigned i = 0; i < story->conversation_count; i++) {
        struct lab_conversation *c = &story->conversations[i];
        c->party[0] = take(in) % 14;
        c->party[1] = take(in) % 14;
        c->name[0].port = (uint16_t)take_word(in);
        c->incarnations = (uint16_t)take_word(in);
    }
    while (in->left > 0 && story->event_count < EVENTS) {
        now += take_wait(in);
        take_event(in, story, now);
    }
}

static void see_text(void *context, const char *bytes, size_t count)
{
    struct seen *seen = context;

    for (size_t i = 0; i < count; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        seen->lines += c == '\n';
        seen->has_control |= c < 0x20 && c != '\n';
        seen->has_delete |= c == 0x7f;
    }
}

/* Blocks have a whole number of words and say how long they are. */
static void see_blocks(void *context, const char *bytes, size_t count)
{
    struct seen *seen = context;

    for (size_t i = 0; i < count; i++) {
        if (seen->at < sizeof seen->head)
            seen->head[seen->at] = (uint8_t)bytes[i];
        seen->at++;
        if (seen->at == sizeof seen->head) {
            seen->block = load_be32(seen->head + 4);
            assert(seen->block >= 12 && seen->block % 4 == 0);
        }
        if (seen->at == seen->block)
            seen->at = seen->block = 0;
    }
}

/* Elements begin and end, and nothing that means markup stands in a text. */
struct markup {
    int depth; /* elements that are open */
    char last[2];
    bool in_tag, is_end, has_control;
};

static void see_character(struct markup *m, char c)
{
    if (c == '<') {
        assert(!m->in_tag);
        m->in_tag = true;
        m->is_end = false;
    } else if (c == '>') {
        assert(m->in_tag);
        m->in_tag = false;
        m->depth += m->is_end ? -1 : m->last[1] == '/' ? 0 : 1;
        assert(m->depth >= 0);
    } else if (c == '/' && m->last[1] == '<') {
        m->is_end = true;
    }
    m->has_control |= (unsigned char)c < 0x20 && c != '\n' && c != '\t';
    m->last[0] = m->last[1];
    m->last[1] = c;
}

static void see_markup(void *context, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        see_character(context, bytes[i]);
}

/* Of a page, whose script is no markup. */
static void see_page(void *context, const char *bytes, size_t count)
{
    bool *has_control = context;

    for (size_t i = 0; i < count; i++)
        *has_control |= (unsigned char)bytes[i] < 0x20 && bytes[i] != '\n' && bytes[i] != '\t';
}

static void draw_pictures(const struct lab_story *story)
{
    static struct lab_pack_memory memory;
    const struct lab_page_chapter chapter = {
        .id = "one", .name = story->name, .title = story->title, .outcome = story->verdict};
    const struct lab_page_head head = {
        .title = "book", .chapters = &chapter, .chapter_count = 1, .memory = &memory};
    struct markup picture = {0};
    bool has_control = false;
    struct lab_page page;

    lab_svg(story, &(struct lab_out){see_markup, &picture});
    assert(picture.depth == 0 && !picture.in_tag && !picture.has_control);
    if (story->event_count % 8 != 0)
        return; /* most of a page is the same every time */
    lab_page_begin(&page, &(struct lab_out){see_page, &has_control}, &head);
    lab_page_chapter(&page, &chapter);
    lab_page_story(&page, story, &(struct lab_page_variant){.label = "one"});
    lab_page_end(&page);
    assert(!has_control);
}

static void draw_everything(const struct lab_story *story, const struct lab_text_options *options)
{
    struct seen text = {0}, lines = {0}, chart = {0}, blocks = {0};

    lab_text(story, options, &(struct lab_out){see_text, &text});
    assert(!text.has_control && !text.has_delete && text.lines >= story->event_count);
    lab_jsonl(story, &(struct lab_out){see_text, &lines});
    assert(!lines.has_control && lines.lines == story->event_count + 1);
    lab_mermaid(story, &(struct lab_out){see_text, &chart});
    assert(!chart.has_control && !chart.has_delete);
    lab_pcapng(story, &(struct lab_out){see_blocks, &blocks});
    assert(blocks.at == 0);
    draw_pictures(story);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lab_event events[EVENTS];
    uint8_t bytes[BYTES] = {0};
    const struct lab_memory memory = {events, EVENTS, bytes, sizeof bytes};
    struct input in = {data, size};
    struct lab_story story;

    lab_story_init(&story, &memory);
    const uint8_t set = take(&in);
    const struct lab_text_options options = {
        .width = take(&in),
        .utf8 = set & 1,
        .details = set & 2,
        .numbers = set & 4 ? LAB_NUMBERS_ABSOLUTE : LAB_NUMBERS_RELATIVE,
        .fold_after = take_wait(&in),
    };
    take_story(&in, &story);
    draw_everything(&story, &options);
    return 0;
}
