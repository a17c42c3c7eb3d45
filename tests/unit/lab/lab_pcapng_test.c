/* That Wireshark reads it so is for tests/interop/pcapng_test.py to see. */
#include "base/bytes.h"
#include "golden.h"
#include "lab/lab_pcapng.h"

enum { INTERFACE = 1, PACKET = 6, COMMENT = 1, FLAGS = 2, NAME = 2 };

static char listed[65536];

/* The value of option @kind among the options that end at @end; NULL: there is none. */
static const uint8_t *option(const uint8_t *at, const uint8_t *end, unsigned kind, unsigned *bytes)
{
    while (at < end && load_be16(at) != 0) {
        *bytes = load_be16(at + 2);
        if (load_be16(at) == kind)
            return at + 4;
        at += 4 + (*bytes + 3) / 4 * 4;
    }
    *bytes = 0;
    return NULL;
}

/* "time interface direction bytes comment" */
static void list_packet(const uint8_t *block, uint32_t bytes)
{
    const uint32_t captured = load_be32(block + 20);
    const uint8_t *options = block + 28 + (captured + 3) / 4 * 4, *end = block + bytes - 4;
    unsigned length, unused;
    const uint64_t at = (uint64_t)load_be32(block + 12) << 32 | load_be32(block + 16);
    const uint8_t *flags = option(options, end, FLAGS, &unused);
    const char *comment = (const char *)option(options, end, COMMENT, &length);

    assert_int_equal(captured, load_be32(block + 24));
    snprintf(listed + strlen(listed), sizeof listed - strlen(listed), "%llu.%09llu %u %s %u %.*s\n",
             (unsigned long long)(at / 1000000000), (unsigned long long)(at % 1000000000),
             load_be32(block + 8), flags != NULL && flags[3] == 1 ? "in" : "out", captured,
             (int)length, comment == NULL ? "" : comment);
}

/* Every block, as its lengths say. */
static void list_story(const struct lab_story *story)
{
    const uint8_t *file = (const uint8_t *)golden.text;
    size_t at = 0;
    unsigned length;

    listed[0] = '\0';
    lab_pcapng(story, golden_out());
    while (at < golden.used) {
        const uint32_t type = load_be32(file + at), bytes = load_be32(file + at + 4);
        assert_int_equal(bytes % 4, 0);
        assert_int_equal(load_be32(file + at + bytes - 4), bytes);
        if (type == PACKET)
            list_packet(file + at, bytes);
        if (type == INTERFACE)
            snprintf(listed + strlen(listed), sizeof listed - strlen(listed), "interface %s\n",
                     (const char *)option(file + at + 16, file + at + bytes - 4, NAME, &length));
        at += bytes;
    }
    assert_int_equal(at, golden.used);
}

static void files_hold_what_they_held_when_somebody_read_them(void **state)
{
    char name[128];

    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        story_samples[i](&golden_story);
        list_story(&golden_story.lab);
        strcpy(golden.text, listed);
        golden.used = strlen(listed);
        snprintf(name, sizeof name, "%s.pcapng.txt", golden_names[i]);
        golden_compare(name);
    }
}

static void packets_are_in_the_order_of_time(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        double last = 0, now;
        story_samples[i](&golden_story);
        list_story(&golden_story.lab);
        for (const char *at = listed; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
            at += *at == '\n';
            if (sscanf(at, "%lf ", &now) != 1)
                continue;
            assert_true(now >= last);
            last = now;
        }
    }
}

/* C sends @count segments @every ms apart that travel @travel ms, with one octet each. */
static void send_many(unsigned count, unsigned every, unsigned travel)
{
    struct lab_story *story = &golden_story.lab;

    story_lost_last_ack(&golden_story);
    story->event_count = 0;
    for (unsigned i = 0; i < count; i++) {
        struct lab_event *event = lab_story_add(story, LAB_SEGMENT, LULL_MS(i * every));
        event->conversation = 0;
        event->fate = LAB_FATE_ARRIVED;
        event->arrived_at = event->at + LULL_MS(travel);
        lab_story_keep_packet(story, event, (struct span){(const uint8_t *)"x", 1});
    }
}

static unsigned lines_with(const char *word)
{
    unsigned count = 0;

    for (const char *at = listed; (at = strstr(at, word)) != NULL; at++)
        count++;
    return count;
}

static void each_arrives_once_however_many_are_underway(void **state)
{
    static const unsigned travels[] = {0, 1, 10, 95, 1000};

    (void)state;
    for (unsigned i = 0; i < sizeof travels / sizeof travels[0]; i++) {
        send_many(40, 10, travels[i]);
        list_story(&golden_story.lab);
        assert_int_equal(lines_with(" 0 out 1 "), 40);
        assert_int_equal(lines_with(" 1 in 1 "), 40);
    }
    for (unsigned travel = 0; travel < 2; travel++) {
        send_many(40, 0, travel);
        list_story(&golden_story.lab);
        assert_int_equal(lines_with(" 1 in 1 "), 40);
    }
}

static void what_lies_before_1970_is_put_there(void **state)
{
    (void)state;
    send_many(1, 0, 1);
    golden_story.events[0].at = -5;
    list_story(&golden_story.lab);
    assert_non_null(strstr(listed, "\n0.000000000 0 out 1 "));
}

static void a_packet_too_long_for_a_comment_is_still_whole(void **state)
{
    static uint8_t bytes[65535];
    struct lab_memory memory = {golden_story.events, STORY_EVENTS, bytes, sizeof bytes};
    struct lab_story *story = &golden_story.lab;

    (void)state;
    story_lost_last_ack(&golden_story);
    const struct lab_story before = *story;
    lab_story_init(story, &memory);
    memcpy(story->parties, before.parties, sizeof story->parties);
    story->party_count = before.party_count;
    story->conversations[0] = before.conversations[0];
    story->conversation_count = 1;
    struct lab_event *event = lab_story_add(story, LAB_SEGMENT, 0);
    event->conversation = 0;
    event->frame_bytes = story->bytes_used = sizeof bytes;
    for (unsigned i = 0; i < 100; i++) {
        struct lab_event *note = lab_story_add(story, LAB_NOTE, 0);
        memset(note->why, 'w', sizeof note->why - 1);
    }
    list_story(story);
    assert_non_null(strstr(listed, " 0 out 65535 "));
    assert_non_null(strstr(listed, "wwww"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_hold_what_they_held_when_somebody_read_them),
        cmocka_unit_test(packets_are_in_the_order_of_time),
        cmocka_unit_test(each_arrives_once_however_many_are_underway),
        cmocka_unit_test(what_lies_before_1970_is_put_there),
        cmocka_unit_test(a_packet_too_long_for_a_comment_is_still_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
