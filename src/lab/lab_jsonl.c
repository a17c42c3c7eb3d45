/* lab_jsonl.c - every field of the model under its own name.
 *
 * Times are instants in nanoseconds and never rounded; what is not known is null.  Relative
 * numbers and times were rejected: whoever reads this can subtract. */
#include "lab/lab_jsonl.h"

#include "base/text.h"
#include "lab/lab_look.h"
#include "lab/lab_words.h"
#include "wire/tcp_segment.h"

/* An object or array: what comes first has no comma before it. */
struct list {
    const struct lab_out *out;
    bool has_some;
};

static void next(struct list *list)
{
    if (list->has_some)
        lab_out_string(list->out, ",");
    list->has_some = true;
}

static struct list open_list(const struct lab_out *out, char bracket)
{
    lab_out_character(out, bracket);
    return (struct list){.out = out};
}

static void put_key(struct list *object, const char *key)
{
    next(object);
    lab_out_json(object->out, key);
    lab_out_character(object->out, ':');
}

static void put_string(struct list *object, const char *key, const char *value)
{
    put_key(object, key);
    lab_out_json(object->out, value);
}

static void put_number(struct list *object, const char *key, int64_t value)
{
    put_key(object, key);
    lab_out_decimal(object->out, value);
}

static void put_truth(struct list *object, const char *key, bool value)
{
    put_key(object, key);
    lab_out_string(object->out, value ? "true" : "false");
}

static void put_instant(struct list *object, const char *key, lull_time value)
{
    put_key(object, key);
    if (value == LULL_TIME_NEVER)
        lab_out_string(object->out, "null");
    else
        lab_out_decimal(object->out, value);
}

/* The number of another event, or of anything there may be none of. */
static void put_reference(struct list *object, const char *key, uint32_t value, uint32_t none)
{
    put_key(object, key);
    if (value == none)
        lab_out_string(object->out, "null");
    else
        lab_out_decimal(object->out, value);
}

struct bit {
    unsigned bit;
    const char *name;
};

/* The names of those @bits that are set. */
static void put_bits(struct list *object, const char *key, unsigned bits, const struct bit *names)
{
    put_key(object, key);
    struct list list = open_list(object->out, '[');
    for (; names->name != NULL; names++) {
        if (!(bits & names->bit))
            continue;
        next(&list);
        lab_out_json(list.out, names->name);
    }
    lab_out_character(list.out, ']');
}

static void put_parties(struct list *object, const struct lab_story *story)
{
    put_key(object, "parties");
    struct list parties = open_list(object->out, '[');
    for (unsigned i = 0; i < story->party_count; i++) {
        char address[LULL_NAME_TEXT_BYTES];
        lull_address_format(&story->parties[i].address, address, sizeof address);
        next(&parties);
        struct list party = open_list(parties.out, '{');
        put_string(&party, "name", story->parties[i].name);
        put_string(&party, "address", address);
        put_truth(&party, "router", story->parties[i].router);
        lab_out_character(party.out, '}');
    }
    lab_out_character(parties.out, ']');
}

static void put_end(struct list *ends, const struct lab_conversation *c, unsigned side)
{
    char address[LULL_NAME_TEXT_BYTES];

    lull_address_format(&c->name[side].address, address, sizeof address);
    next(ends);
    struct list end = open_list(ends->out, '{');
    put_reference(&end, "party", c->party[side], LAB_PARTIES_MAX);
    put_string(&end, "address", address);
    put_number(&end, "zone", c->name[side].zone);
    put_number(&end, "port", c->name[side].port);
    lab_out_character(end.out, '}');
}

static void put_conversations(struct list *object, const struct lab_story *story)
{
    put_key(object, "conversations");
    struct list conversations = open_list(object->out, '[');
    for (unsigned i = 0; i < story->conversation_count; i++) {
        const struct lab_conversation *c = &story->conversations[i];
        next(&conversations);
        struct list conversation = open_list(conversations.out, '{');
        put_key(&conversation, "ends");
        struct list ends = open_list(conversation.out, '[');
        put_end(&ends, c, 0);
        put_end(&ends, c, 1);
        lab_out_character(ends.out, ']');
        put_number(&conversation, "incarnations", c->incarnations);
        lab_out_character(conversation.out, '}');
    }
    lab_out_character(conversations.out, ']');
}

static void put_story(const struct lab_story *story, const struct lab_out *out)
{
    struct list object = open_list(out, '{');

    put_string(&object, "kind", "story");
    put_number(&object, "schema", LAB_JSONL_SCHEMA);
    put_string(&object, "name", story->name);
    put_string(&object, "title", story->title);
    put_string(&object, "look_for", story->look_for);
    put_string(&object, "rules", story->rules);
    put_truth(&object, "captured", story->captured);
    put_number(&object, "start_ns", story->start);
    put_number(&object, "msl_ns", story->msl);
    put_number(&object, "late_after_ns", story->late_after);
    put_truth(&object, "judged", story->judged);
    put_truth(&object, "as_expected", story->as_expected);
    put_string(&object, "verdict", story->verdict);
    put_parties(&object, story);
    put_conversations(&object, story);
    put_number(&object, "events", story->event_count);
    put_number(&object, "events_dropped", story->events_dropped);
    lab_out_string(out, "}\n");
}

static void put_side(struct list *sides, const struct lab_side *s)
{
    static const char *const timers[] = {"off", "on", "keepalive", "timewait", "persist"};

    next(sides);
    struct list side = open_list(sides->out, '{');
    put_string(&side, "state", s->state);
    put_truth(&side, "possible", s->possible);
    put_string(&side, "timer", s->timer <= LULL_TIMER_PERSIST ? timers[s->timer] : NULL);
    put_instant(&side, "until_ns", s->until);
    put_number(&side, "restarts", s->restarts);
    put_number(&side, "incarnation", s->incarnation);
    lab_out_character(side.out, '}');
}

static void put_segment(struct list *object, const struct lab_segment *s)
{
    static const struct bit flags[] = {{TCP_FIN, "FIN"}, {TCP_SYN, "SYN"}, {TCP_RST, "RST"},
                                       {TCP_PSH, "PSH"}, {TCP_ACK, "ACK"}, {TCP_URG, "URG"},
                                       {TCP_ECE, "ECE"}, {TCP_CWR, "CWR"}, {0, NULL}};
    static const struct bit options[] = {{TCP_OPTION_MSS, "mss"},
                                         {TCP_OPTION_WINDOW_SCALE, "window_scale"},
                                         {TCP_OPTION_SACK_PERMITTED, "sack_permitted"},
                                         {TCP_OPTION_SACK, "sack"},
                                         {TCP_OPTION_TIMESTAMPS, "timestamps"},
                                         {0, NULL}};

    put_key(object, "segment");
    struct list segment = open_list(object->out, '{');
    put_number(&segment, "seq", s->seq);
    put_number(&segment, "ack", s->ack);
    put_number(&segment, "wnd", s->wnd);
    put_number(&segment, "text_bytes", s->text_bytes);
    put_bits(&segment, "flags", s->flags, flags);
    put_bits(&segment, "options", s->options, options);
    put_number(&segment, "ts_value", s->ts_value);
    put_number(&segment, "ts_echo", s->ts_echo);
    put_number(&segment, "hops", s->hops);
    lab_out_character(segment.out, '}');
}

/* Hexadecimal, without blanks. */
static void put_packet(struct list *object, const struct lab_story *story,
                       const struct lab_event *event)
{
    const struct span packet = lab_story_packet(story, event);

    put_key(object, "packet");
    if (packet.len == 0) {
        lab_out_string(object->out, "null");
        return;
    }
    lab_out_character(object->out, '"');
    for (size_t i = 0; i < packet.len; i++) {
        const char *const digits = "0123456789abcdef";
        lab_out_character(object->out, digits[packet.data[i] >> 4]);
        lab_out_character(object->out, digits[packet.data[i] & 15]);
    }
    lab_out_character(object->out, '"');
}

static void put_journey(struct list *object, const struct lab_event *event)
{
    static const char *const fates[] = {"unknown", "arrived", "lost",
                                        "damaged", "expired", "underway"};

    put_segment(object, &event->segment);
    put_string(object, "fate",
               (unsigned)event->fate < sizeof fates / sizeof fates[0] ? fates[event->fate] : NULL);
    put_instant(object, "arrived_at_ns", event->arrived_at);
    put_reference(object, "repeats", event->repeats, LAB_NONE);
    put_reference(object, "of", event->of, LAB_NONE);
    put_truth(object, "is_double", event->is_double);
}

static void put_event(const struct lab_story *story, const struct lab_event *event,
                      const struct lab_out *out)
{
    static const struct bit inferred[] = {{LAB_INFERRED_STATE, "state"},
                                          {LAB_INFERRED_TIMER, "timer"},
                                          {LAB_INFERRED_FATE, "fate"},
                                          {LAB_INFERRED_REPETITION, "repetition"},
                                          {LAB_INFERRED_INCARNATION, "incarnation"},
                                          {0, NULL}};
    struct list object = open_list(out, '{');

    put_string(&object, "kind", lab_words_kind(event->kind));
    put_number(&object, "number", lab_story_number(story, event));
    put_number(&object, "at_ns", event->at);
    put_number(&object, "party", event->party);
    put_reference(&object, "conversation", event->conversation, LAB_CONVERSATIONS_MAX);
    put_number(&object, "incarnation", event->incarnation);
    put_bits(&object, "inferred", event->inferred, inferred);
    put_key(&object, "side");
    struct list sides = open_list(out, '[');
    put_side(&sides, &event->side[0]);
    put_side(&sides, &event->side[1]);
    lab_out_character(out, ']');
    if (event->kind == LAB_SEGMENT || event->kind == LAB_ARRIVAL)
        put_journey(&object, event);
    put_packet(&object, story, event);
    put_string(&object, "what", event->what);
    put_string(&object, "rule", event->rule);
    put_string(&object, "why", event->why);
    lab_out_string(out, "}\n");
}

void lab_jsonl(const struct lab_story *story, const struct lab_out *out)
{
    put_story(story, out);
    for (uint32_t i = 0; i < story->event_count; i++)
        put_event(story, &story->events[i], out);
}
