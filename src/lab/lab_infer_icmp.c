/* lab_infer_icmp.c - ICMP errors. */
#include "lab/lab_infer_icmp.h"

#include "lab/lab_infer_ends.h"
#include "lab/lab_infer_party.h"
#include "lab/lab_infer_place.h"
#include "lab/lab_infer_say.h"
#include "wire/icmpv4.h"

static const char *unreachable_name(uint8_t code)
{
    switch (code) {
    case ICMPV4_NET_UNREACHABLE: return "network unreachable";
    case ICMPV4_HOST_UNREACHABLE: return "host unreachable";
    case ICMPV4_PROTOCOL_UNREACHABLE: return "protocol unreachable";
    case ICMPV4_PORT_UNREACHABLE: return "port unreachable";
    case ICMPV4_FRAGMENTATION_NEEDED: return "fragmentation needed";
    default: return "unreachable";
    }
}

static const char *message_name(const struct icmpv4_message *message)
{
    switch (message->type) {
    case ICMPV4_UNREACHABLE: return unreachable_name(message->code);
    case ICMPV4_TIME_EXCEEDED: return "time exceeded";
    case ICMPV4_PARAMETER_PROBLEM: return "parameter problem";
    case ICMPV4_REDIRECT: return "redirect";
    default: return "source quench";
    }
}

/* RFC 9293 section 3.9.2.2: hard errors may end a connection that is not synchronized, and nothing
 * else does. */
static const char *meaning(const struct icmpv4_message *message)
{
    if (message->type == ICMPV4_TIME_EXCEEDED)
        return "the hop limit of the quoted segment ran out";
    if (message->type == ICMPV4_UNREACHABLE && message->code == ICMPV4_FRAGMENTATION_NEEDED)
        return "the quoted segment is too long for a link on its way";
    if (message->type == ICMPV4_UNREACHABLE && message->code >= ICMPV4_PROTOCOL_UNREACHABLE)
        return "a hard error: ends an attempt to open, and no connection";
    return "a soft error: ends nothing";
}

/* The event that sent what is quoted. */
static uint32_t find_quoted(const struct lab_infer *infer, unsigned conversation, unsigned from,
                            uint32_t seq)
{
    const struct lab_story *story = infer->story;
    const unsigned party = story->conversations[conversation].party[from];

    for (uint32_t i = story->event_count; i > 0; i--) {
        const struct lab_event *event = &story->events[i - 1];
        if (event->kind == LAB_SEGMENT && event->conversation == conversation
            && event->party == party && event->segment.seq == seq)
            return i - 1;
    }
    return LAB_NONE;
}

static void tell(struct lab_infer *infer, struct lab_event *event, uint32_t quoted)
{
    struct lab_event *sending = quoted == LAB_NONE ? NULL : &infer->story->events[quoted];

    event->of = quoted;
    if (sending == NULL)
        return;
    event->incarnation = sending->incarnation;
    if (sending->incarnation > 1)
        event->inferred |= LAB_INFERRED_INCARNATION;
    if (sending->fate != LAB_FATE_UNKNOWN)
        return;
    sending->fate = event->what[0] == 't' ? LAB_FATE_EXPIRED : LAB_FATE_LOST;
    sending->inferred |= LAB_INFERRED_FATE;
}

bool lab_infer_icmp(struct lab_infer *infer, const struct ipv4_header *ip, struct span payload)
{
    struct lab_event *event;
    struct icmpv4_quote quote;
    struct icmpv4_message message;
    unsigned conversation, from, party;

    /* Not icmpv4_parse(), which asks for a right checksum: of a message that was cut it has none.
     */
    if (payload.len < ICMPV4_HEADER_BYTES)
        return false;
    message = (struct icmpv4_message){
        .type = payload.data[0],
        .code = payload.data[1],
        .body = {payload.data + ICMPV4_HEADER_BYTES, payload.len - ICMPV4_HEADER_BYTES},
    };
    if (!icmpv4_quoted(&message, &quote) || quote.header.protocol != IPV4_TCP)
        return false;
    const struct lull_name source = {.address = quote.header.source, .port = quote.source_port};
    const struct lull_name destination = {.address = quote.header.destination,
                                          .port = quote.destination_port};
    conversation = lab_infer_party_known(infer, &source, &destination, &from);
    if (conversation == LAB_CONVERSATIONS_MAX)
        return false;
    party = lab_infer_party_router(infer, &ip->source);
    event = party == LAB_PARTIES_MAX ? NULL : lab_story_add(infer->story, LAB_ICMP, infer->now);
    if (event == NULL) {
        infer->left_out++;
        return true;
    }
    event->party = (uint8_t)party;
    event->conversation = (uint8_t)conversation;
    lab_infer_say_field(event->what, sizeof event->what, message_name(&message));
    lab_infer_say_field(event->why, sizeof event->why, meaning(&message));
    lab_infer_say_field(event->rule, sizeof event->rule, "RFC 9293 3.9.2");
    tell(infer, event, find_quoted(infer, conversation, from, quote.seq.raw));
    lab_infer_ends_show(infer, event);
    return true;
}
