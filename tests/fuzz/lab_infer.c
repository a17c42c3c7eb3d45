/* Captures: whatever passes, events stay within the story, in order, and name each other rightly.
 * The input is a row of packets: what it is, its length, the time since the one before, the bytes.
 * Half the kinds are short for a segment of one conversation, so that inputs reach the inferences
 * without finding out about headers first. */
#include "lab/lab_infer.h"

#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

enum { EVENTS = 256, BYTES = 4096 };

struct input {
    const uint8_t *data;
    size_t left;
};

static uint8_t byte(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static lull_duration next_gap(struct input *in)
{
    const uint8_t b = byte(in);
    return (b & 1 ? LULL_SEC(1) : LULL_MS(1)) * (b >> 1);
}

/* Numbers near each other, so that they meet. */
static size_t build(struct input *in, uint8_t *packet)
{
    const uint8_t what = byte(in), text = byte(in) & 31;
    const bool back = what & 1;
    const struct tcp_segment segment = {
        .seq = seq_at((uint32_t)byte(in) * (what & 2 ? 1 : 16777216)),
        .ack = seq_at((uint32_t)byte(in) * (what & 4 ? 1 : 16777216)),
        .flags = byte(in),
        .wnd = byte(in),
        .source_port = back ? 21 : 1500,
        .destination_port = back ? 1500 : 21,
        .options = {.present = what & 8 ? TCP_OPTION_TIMESTAMPS : 0, .ts_value = byte(in)},
    };
    const uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, what & 16 ? 1 : 2};
    struct ipv4_header ip = {
        .source = lull_address_ipv4(back ? b : a),
        .destination = lull_address_ipv4(back ? a : b),
        .protocol = IPV4_TCP,
        .ttl = 64,
        .identification = byte(in) & 3,
    };
    const size_t header = tcp_header_emit(&segment, packet + IPV4_HEADER_BYTES);

    memset(packet + IPV4_HEADER_BYTES + header, 'x', text);
    ip.total_bytes = (uint16_t)(IPV4_HEADER_BYTES + header + text);
    ipv4_emit(&ip, packet);
    return ip.total_bytes;
}

static void feed(struct lab_infer *infer, struct input *in, lull_time at)
{
    uint8_t packet[256];
    const uint8_t kind = byte(in);
    size_t bytes;

    lab_infer_on(infer, kind >> 6);
    if (kind & 1) {
        bytes = build(in, packet);
        lab_infer_packet(infer, (struct span){packet, bytes - (kind & 2 ? byte(in) % bytes : 0)},
                         at);
        return;
    }
    bytes = byte(in);
    if (bytes > in->left)
        bytes = in->left;
    lab_infer_packet(infer, (struct span){in->data, bytes}, at);
    in->data += bytes;
    in->left -= bytes;
}

static void check_event(const struct lab_story *story, uint32_t i)
{
    const struct lab_event *e = &story->events[i];

    assert(i == 0 || e->at >= e[-1].at);
    assert(e->party < story->party_count || e->kind == LAB_NOTE);
    assert(e->conversation < story->conversation_count || e->kind == LAB_NOTE);
    assert(e->repeats == LAB_NONE || e->repeats < i);
    assert(e->of == LAB_NONE || e->of < i);
    assert(e->frame + e->frame_bytes <= story->bytes_used);
    assert(memchr(e->why, '\0', sizeof e->why) != NULL);
    assert(memchr(e->what, '\0', sizeof e->what) != NULL);
    if (e->kind == LAB_NOTE)
        return;
    assert(e->incarnation <= story->conversations[e->conversation].incarnations);
    for (int side = 0; side < 2; side++)
        assert(e->side[side].incarnation <= story->conversations[e->conversation].incarnations);
    assert(e->repeats == LAB_NONE || story->events[e->repeats].kind == LAB_SEGMENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lab_infer infer;
    static struct lab_story story;
    static struct lab_event events[EVENTS];
    static uint8_t bytes[BYTES];
    const struct lab_memory memory = {events, EVENTS, bytes, BYTES};
    struct input in = {data, size};
    lull_time at = LULL_SEC(1000);

    lab_story_init(&story, &memory);
    lab_infer_init(&infer, &story);
    while (in.left > 0) {
        at += next_gap(&in);
        feed(&infer, &in, at);
    }
    lab_infer_end(&infer);
    for (uint32_t i = 0; i < story.event_count; i++)
        check_event(&story, i);
    return 0;
}
