/* lab_page_data.c - a story as JSON for the page's script. */
#include "lab/lab_page_data.h"

#include <string.h>

#include "lab/lab_mark.h"

static void put_key(const struct lab_out *out, const char *key)
{
    lab_out_string(out, ",\"");
    lab_out_string(out, key);
    lab_out_string(out, "\":");
}

static void put_number(const struct lab_out *out, const char *key, int64_t value)
{
    put_key(out, key);
    lab_out_decimal(out, value);
}

static void put_string(const struct lab_out *out, const char *key, const char *s)
{
    if (s[0] == '\0')
        return;
    put_key(out, key);
    lab_out_json(out, s);
}

/* ns: up to 104 days they are exact in what JSON's readers keep of a number. */
static void put_time(const struct lab_out *out, const struct lab_story *story, lull_time at)
{
    if (at == LULL_TIME_NEVER)
        lab_out_string(out, "null");
    else
        lab_out_decimal(out, at - story->start);
}

static void put_parties(const struct lab_out *out, const struct lab_story *story)
{
    char address[LULL_NAME_TEXT_BYTES];

    lab_out_string(out, "\"parties\":[");
    for (unsigned i = 0; i < story->party_count; i++) {
        lab_out_string(out, i > 0 ? ",[" : "[");
        lab_out_json(out, story->parties[i].name);
        lab_out_character(out, ',');
        lull_address_format(&story->parties[i].address, address, sizeof address);
        lab_out_json(out, address);
        lab_out_character(out, ']');
    }
    lab_out_character(out, ']');
}

static void put_conversations(const struct lab_out *out, const struct lab_story *story)
{
    char name[LULL_NAME_TEXT_BYTES];

    lab_out_string(out, ",\"conversations\":[");
    for (unsigned i = 0; i < story->conversation_count; i++) {
        const struct lab_conversation *c = &story->conversations[i];
        lab_mark(out, i > 0 ? ",[%,%,%" : "[%,%,%",
                 (const int[]){c->party[0], c->party[1], c->incarnations});
        for (unsigned side = 0; side < 2; side++) {
            lull_address_format_name(&c->name[side], name, sizeof name);
            lab_out_character(out, ',');
            lab_out_json(out, name);
        }
        lab_out_character(out, ']');
    }
    lab_out_character(out, ']');
}

static void put_side(const struct lab_out *out, const struct lab_story *story,
                     const struct lab_side *side)
{
    lab_out_character(out, '[');
    lab_out_json(out, side->state);
    lab_mark(out, ",%,%,%,",
             (const int[]){side->incarnation, (int)side->timer, (int)side->restarts});
    put_time(out, story, side->until);
    lab_out_string(out, side->possible ? ",1]" : "]");
}

static void put_packet(const struct lab_out *out, struct span packet)
{
    static const char digits[] = "0123456789abcdef";

    if (packet.len == 0)
        return;
    put_key(out, "hex");
    lab_out_character(out, '"');
    for (size_t i = 0; i < packet.len; i++) {
        lab_out_character(out, digits[packet.data[i] >> 4]);
        lab_out_character(out, digits[packet.data[i] & 15]);
    }
    lab_out_character(out, '"');
}

static void put_segment(const struct lab_out *out, const struct lab_story *story,
                        const struct lab_event *event)
{
    const struct lab_segment *s = &event->segment;

    put_key(out, "seg");
    lab_out_character(out, '[');
    lab_out_decimal(out, s->seq);
    lab_out_character(out, ',');
    lab_out_decimal(out, s->ack);
    lab_out_character(out, ',');
    lab_out_decimal(out, s->text_bytes);
    lab_out_character(out, ',');
    lab_out_decimal(out, s->wnd);
    lab_mark(out, ",%,%]", (const int[]){s->flags, s->hops});
    put_number(out, "fate", event->fate);
    put_key(out, "arr");
    put_time(out, story, event->arrived_at);
    if (event->repeats != LAB_NONE)
        put_number(out, "rep", event->repeats);
    if (event->of != LAB_NONE)
        put_number(out, "of", event->of);
    if (event->is_double)
        put_number(out, "dbl", 1);
    /* An arrival has the packet of its sending. */
    if (event->kind == LAB_SEGMENT || event->of == LAB_NONE)
        put_packet(out, lab_story_packet(story, event));
}

static void put_event(const struct lab_out *out, const struct lab_story *story,
                      const struct lab_event *event)
{
    lab_out_string(out, "{\"t\":");
    put_time(out, story, event->at);
    put_number(out, "k", event->kind);
    put_number(out, "p", event->party);
    if (event->conversation < story->conversation_count) {
        put_number(out, "c", event->conversation);
        put_number(out, "n", event->incarnation);
        put_key(out, "s");
        lab_out_character(out, '[');
        put_side(out, story, &event->side[0]);
        lab_out_character(out, ',');
        put_side(out, story, &event->side[1]);
        lab_out_character(out, ']');
    }
    if (event->inferred != 0)
        put_number(out, "inf", event->inferred);
    put_string(out, "what", event->what);
    put_string(out, "rule", event->rule);
    put_string(out, "why", event->why);
    if (event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL)
        put_segment(out, story, event);
    lab_out_character(out, '}');
}

void lab_page_data(const struct lab_story *story, const struct lab_out *out)
{
    lab_out_character(out, '{');
    put_parties(out, story);
    put_conversations(out, story);
    lab_out_string(out, ",\"events\":[");
    for (uint32_t i = 0; i < story->event_count; i++) {
        lab_out_string(out, i > 0 ? ",\n" : "");
        put_event(out, story, &story->events[i]);
    }
    lab_out_string(out, "]}");
}
