/* lab_infer_party.c - hosts and conversations.
 *
 * A party is called by its address, or, where that is longer than a name may be, by a letter.  The
 * two ends of a conversation of one address with itself are two parties, or nobody could tell who
 * of them sent what. */
#include "lab/lab_infer_party.h"

#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "lab/lab_infer_say.h"

#define LETTERS 26

static bool same_name(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

unsigned lab_infer_party_known(const struct lab_infer *infer, const struct lull_name *source,
                               const struct lull_name *destination, unsigned *from)
{
    const struct lab_story *story = infer->story;

    for (unsigned i = 0; i < story->conversation_count; i++) {
        const struct lull_name *name = story->conversations[i].name;
        for (*from = 0; *from < 2; ++*from) {
            if (same_name(&name[*from], source) && same_name(&name[1 - *from], destination))
                return i;
        }
    }
    return LAB_CONVERSATIONS_MAX;
}

static void name_party(struct lab_infer *infer, struct lab_party *party)
{
    char address[LULL_NAME_TEXT_BYTES];
    const size_t length = lull_address_format(&party->address, address, sizeof address);

    if (length < sizeof party->name) {
        memcpy(party->name, address, length + 1);
        return;
    }
    party->name[0] = (char)('A' + infer->next_letter++ % LETTERS);
    party->name[1] = '\0';
}

/* LAB_PARTIES_MAX: no room. */
static unsigned add_party(struct lab_infer *infer, const struct lull_address *address)
{
    struct lab_story *story = infer->story;
    struct lab_party *party = &story->parties[story->party_count];

    if (story->party_count == LAB_PARTIES_MAX)
        return LAB_PARTIES_MAX;
    *party = (struct lab_party){.address = *address};
    name_party(infer, party);
    return story->party_count++;
}

/* The @count-th party with this address, from 0. */
static unsigned find_party(const struct lab_infer *infer, const struct lull_address *address,
                           unsigned count)
{
    const struct lab_story *story = infer->story;

    for (unsigned i = 0; i < story->party_count; i++) {
        if (address_equal(&story->parties[i].address, address) && count-- == 0)
            return i;
    }
    return LAB_PARTIES_MAX;
}

static unsigned party_of(struct lab_infer *infer, const struct lull_address *address)
{
    const unsigned found = find_party(infer, address, 0);
    return found < LAB_PARTIES_MAX ? found : add_party(infer, address);
}

/* The right end of a conversation of @address with itself: "10.0.0.1'". */
static unsigned second_self(struct lab_infer *infer, const struct lull_address *address)
{
    const unsigned found = find_party(infer, address, 1);
    struct lab_party *party;
    struct text name;
    unsigned added;

    if (found < LAB_PARTIES_MAX)
        return found;
    added = add_party(infer, address);
    if (added == LAB_PARTIES_MAX)
        return added;
    party = &infer->story->parties[added];
    if (strlen(party->name) < 2 || strlen(party->name) + 2 > sizeof party->name)
        return added;
    text_init(&name, party->name + strlen(party->name), 2);
    text_character(&name, '\'');
    return added;
}

unsigned lab_infer_party_router(struct lab_infer *infer, const struct lull_address *address)
{
    const unsigned found = find_party(infer, address, 0);
    unsigned added;

    if (found < LAB_PARTIES_MAX)
        return found;
    added = add_party(infer, address);
    if (added < LAB_PARTIES_MAX)
        infer->story->parties[added].router = true;
    return added;
}

/* The left end is who opened; of what began before the capture, who has the higher port, as
 * clients mostly do. */
static bool sender_is_left(const struct tcp_segment *segment)
{
    if (segment->flags & TCP_SYN)
        return !(segment->flags & TCP_ACK);
    return segment->source_port >= segment->destination_port;
}

unsigned lab_infer_party_conversation(struct lab_infer *infer, const struct ipv4_header *ip,
                                      const struct tcp_segment *segment, unsigned *from)
{
    const struct lull_name source = {.address = ip->source, .port = segment->source_port};
    const struct lull_name destination = {.address = ip->destination,
                                          .port = segment->destination_port};
    const bool self = address_equal(&source.address, &destination.address);
    unsigned found = lab_infer_party_known(infer, &source, &destination, from), left, right;
    const struct lull_name *names[2] = {&source, &destination};

    if (found < LAB_CONVERSATIONS_MAX)
        return found;
    if (infer->story->conversation_count == LAB_CONVERSATIONS_MAX)
        return found;
    *from = sender_is_left(segment) ? 0 : 1;
    left = party_of(infer, &names[*from]->address);
    right =
        self ? second_self(infer, &source.address) : party_of(infer, &names[1 - *from]->address);
    if (left == LAB_PARTIES_MAX || right == LAB_PARTIES_MAX)
        return LAB_CONVERSATIONS_MAX;
    found = lab_story_conversation(infer->story, names[*from], names[1 - *from]);
    infer->story->conversations[found].party[0] = (uint8_t)left;
    infer->story->conversations[found].party[1] = (uint8_t)right;
    infer->tracks[found].same_syn = infer->tracks[found].asking = LAB_NONE;
    return found;
}
