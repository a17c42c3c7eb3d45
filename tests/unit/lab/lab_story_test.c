#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_story.h"

static struct lab_event events[3];
static uint8_t bytes[8];

static void open_story(struct lab_story *story)
{
    const struct lab_memory memory = {events, 3, bytes, sizeof bytes};

    lab_story_init(story, &memory);
    for (uint8_t i = 0; i < 2; i++) {
        const uint8_t octets[4] = {10, 0, 0, (uint8_t)(i + 1)};
        story->parties[i].address = lull_address_ipv4(octets);
        story->party_count++;
    }
}

static struct lull_name name_of(const struct lab_story *story, unsigned party, uint16_t port)
{
    return (struct lull_name){.address = story->parties[party].address, .port = port};
}

static void events_without_room_are_counted(void **state)
{
    struct lab_story story;

    (void)state;
    open_story(&story);
    for (int i = 0; i < 3; i++)
        assert_non_null(lab_story_add(&story, LAB_NOTE, i));
    assert_null(lab_story_add(&story, LAB_NOTE, 3));
    assert_int_equal(story.events_dropped, 1);
    assert_int_equal(lab_story_number(&story, &events[2]), 2);
}

static void a_packet_is_kept_whole_or_not_at_all(void **state)
{
    struct lab_story story;

    (void)state;
    open_story(&story);
    struct lab_event *first = lab_story_add(&story, LAB_SEGMENT, 0);
    struct lab_event *second = lab_story_add(&story, LAB_SEGMENT, 0);
    lab_story_keep_packet(&story, first, (struct span){(const uint8_t *)"12345", 5});
    lab_story_keep_packet(&story, second, (struct span){(const uint8_t *)"6789", 4});
    assert_int_equal(lab_story_packet(&story, first).len, 5);
    assert_memory_equal(lab_story_packet(&story, first).data, "12345", 5);
    assert_int_equal(lab_story_packet(&story, second).len, 0);
}

static void a_conversation_has_two_ends_in_either_order(void **state)
{
    struct lab_story story;

    (void)state;
    open_story(&story);
    const struct lull_name client = name_of(&story, 0, 1500), server = name_of(&story, 1, 21);
    const struct lull_name other = name_of(&story, 0, 1501);
    assert_int_equal(lab_story_conversation(&story, &client, &server), 0);
    assert_int_equal(lab_story_conversation(&story, &server, &client), 0);
    assert_int_equal(lab_story_conversation(&story, &other, &server), 1);
    assert_int_equal(story.conversations[0].party[1], 1);

    struct lab_event *event = lab_story_add(&story, LAB_CALL, 0);
    event->party = 1;
    assert_int_equal(lab_story_side(&story, event), 0);
    event->conversation = 0;
    assert_int_equal(lab_story_side(&story, event), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_without_room_are_counted),
        cmocka_unit_test(a_packet_is_kept_whole_or_not_at_all),
        cmocka_unit_test(a_conversation_has_two_ends_in_either_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
