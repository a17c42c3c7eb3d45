/* lab_story.c - the bookkeeping of a story: events, packets and who talks with whom. */
#include "lab/lab_story.h"

#include <string.h>

#include "base/address.h"

void lab_story_init(struct lab_story *story, const struct lab_memory *memory)
{
    memset(story, 0, sizeof *story);
    story->events = memory->events;
    story->event_capacity = memory->event_capacity;
    story->bytes = memory->bytes;
    story->bytes_capacity = memory->bytes_capacity;
}

struct lab_event *lab_story_add(struct lab_story *story, enum lab_kind kind, lull_time at)
{
    struct lab_event *event;

    if (story->event_count == story->event_capacity) {
        story->events_dropped++;
        return NULL;
    }
    event = &story->events[story->event_count++];
    *event = (struct lab_event){
        .at = at,
        .kind = kind,
        .conversation = LAB_CONVERSATIONS_MAX,
        .side = {{.until = LULL_TIME_NEVER}, {.until = LULL_TIME_NEVER}},
        .arrived_at = LULL_TIME_NEVER,
        .repeats = LAB_NONE,
        .of = LAB_NONE,
    };
    return event;
}

uint32_t lab_story_number(const struct lab_story *story, const struct lab_event *event)
{
    return (uint32_t)(event - story->events);
}

void lab_story_keep_packet(struct lab_story *story, struct lab_event *event, struct span packet)
{
    if (packet.len > story->bytes_capacity - story->bytes_used)
        return;
    memcpy(story->bytes + story->bytes_used, packet.data, packet.len);
    event->frame = story->bytes_used;
    event->frame_bytes = (uint32_t)packet.len;
    story->bytes_used += (uint32_t)packet.len;
}

struct span lab_story_packet(const struct lab_story *story, const struct lab_event *event)
{
    return (struct span){story->bytes + event->frame, event->frame_bytes};
}

static bool same_name(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

/* LAB_PARTIES_MAX when nobody has it. */
static unsigned party_of(const struct lab_story *story, const struct lull_address *address)
{
    unsigned i = 0;

    while (i < story->party_count && !address_equal(&story->parties[i].address, address))
        i++;
    return i < story->party_count ? i : LAB_PARTIES_MAX;
}

unsigned lab_story_conversation(struct lab_story *story, const struct lull_name *left,
                                const struct lull_name *right)
{
    struct lab_conversation *c;

    for (unsigned i = 0; i < story->conversation_count; i++) {
        c = &story->conversations[i];
        if ((same_name(&c->name[0], left) && same_name(&c->name[1], right))
            || (same_name(&c->name[0], right) && same_name(&c->name[1], left)))
            return i;
    }
    if (story->conversation_count == LAB_CONVERSATIONS_MAX)
        return LAB_CONVERSATIONS_MAX;
    c = &story->conversations[story->conversation_count];
    *c = (struct lab_conversation){
        .party = {(uint8_t)party_of(story, &left->address),
                  (uint8_t)party_of(story, &right->address)},
        .name = {*left, *right},
    };
    return story->conversation_count++;
}

unsigned lab_story_side(const struct lab_story *story, const struct lab_event *event)
{
    return event->conversation < story->conversation_count
           && story->conversations[event->conversation].party[1] == event->party;
}
