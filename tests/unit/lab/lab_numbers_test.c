#include "golden.h"
#include "lab/lab_numbers.h"
#include "wire/tcp_segment.h"

static struct lab_numbers numbers;

static const struct lab_event *with_flags(uint8_t flags, uint16_t incarnation)
{
    for (uint32_t i = 0; i < golden_story.lab.event_count; i++) {
        const struct lab_event *e = &golden_story.events[i];
        if (e->kind == LAB_SEGMENT && e->segment.flags == flags && e->incarnation == incarnation)
            return e;
    }
    fail_msg("no segment has these flags");
    return NULL;
}

static void numbers_count_from_the_isn_also_across_the_wrap(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    const struct lab_event *syn_ack = with_flags(TCP_SYN | TCP_ACK, 1);
    assert_int_equal(syn_ack->segment.seq, 4294967290U);
    assert_int_equal(lab_numbers_seq(&numbers, syn_ack), 0);
    assert_int_equal(lab_numbers_ack(&numbers, syn_ack), 1);
    const struct lab_event *fin = with_flags(TCP_FIN | TCP_ACK, 1);
    assert_int_equal(lab_numbers_seq(&numbers, fin), 12);
    assert_int_equal(lab_numbers_ack(&numbers, fin), 28);
}

static void absolute_numbers_are_those_on_the_wire(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_ABSOLUTE);
    const struct lab_event *syn_ack = with_flags(TCP_SYN | TCP_ACK, 1);
    assert_int_equal(lab_numbers_seq(&numbers, syn_ack), 4294967290U);
    assert_int_equal(lab_numbers_ack(&numbers, syn_ack), 1001);
}

static void each_incarnation_has_its_own_isn_in_any_order(void **state)
{
    (void)state;
    story_without_time_wait(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    const struct lab_event *first = with_flags(TCP_PSH | TCP_ACK, 1);
    const struct lab_event *second = with_flags(TCP_PSH | TCP_ACK, 2);
    assert_int_equal(lab_numbers_seq(&numbers, second), 1);
    assert_int_equal(lab_numbers_seq(&numbers, first), 1);
    assert_int_equal(lab_numbers_seq(&numbers, second), 1);
    assert_int_equal(first->segment.seq, 1001);
    assert_int_equal(second->segment.seq, 901);
}

static void without_a_syn_the_first_number_seen_is_one(void **state)
{
    (void)state;
    story_captured(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    const struct lab_event *text = &golden_story.events[0];
    assert_int_equal(lab_numbers_seq(&numbers, text), 1);
    assert_int_equal(lab_numbers_ack(&numbers, text), 1);
    const struct lab_event *fin = with_flags(TCP_FIN | TCP_ACK, 1);
    assert_int_equal(lab_numbers_seq(&numbers, fin), 1);
    assert_int_equal(lab_numbers_ack(&numbers, fin), 101);
}

static void who_speaks_before_he_opens_is_counted_from_his_syn(void **state)
{
    (void)state;
    story_without_time_wait(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    struct lab_event *event = &golden_story.events[0];
    event->kind = LAB_SEGMENT;
    event->segment = (struct lab_segment){.seq = 995, .flags = TCP_RST};
    assert_int_equal(lab_numbers_seq(&numbers, event), -5);
    /* A SYN of the next incarnation is none of his. */
    for (uint32_t i = 1; i < golden_story.lab.event_count; i++) {
        if (golden_story.events[i].incarnation == 1)
            golden_story.events[i].kind = LAB_NOTE;
    }
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    assert_int_equal(lab_numbers_seq(&numbers, event), 1);
}

static void a_little_before_the_isn_is_negative_and_far_behind_it_is_not(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    struct lab_event *event = &golden_story.events[golden_story.lab.event_count - 2];
    event->segment.seq = 990;
    assert_int_equal(lab_numbers_seq(&numbers, event), -10);
    event->segment.seq = 1000 + 3000000000U;
    assert_int_equal(lab_numbers_seq(&numbers, event), 3000000000);
    event->segment.seq = 1000 - (1U << 24);
    assert_int_equal(lab_numbers_seq(&numbers, event), -(1 << 24));
    event->segment.seq = 1000 - (1U << 24) - 1;
    assert_int_equal(lab_numbers_seq(&numbers, event), UINT32_MAX - (1U << 24));
}

static void of_no_incarnation_or_conversation_they_are_absolute(void **state)
{
    (void)state;
    story_lost_last_ack(&golden_story);
    lab_numbers_init(&numbers, &golden_story.lab, LAB_NUMBERS_RELATIVE);
    struct lab_event *event = &golden_story.events[1];
    event->incarnation = 0;
    assert_int_equal(lab_numbers_seq(&numbers, event), 1000);
    event->incarnation = 1;
    event->conversation = LAB_CONVERSATIONS_MAX;
    assert_int_equal(lab_numbers_seq(&numbers, event), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_count_from_the_isn_also_across_the_wrap),
        cmocka_unit_test(absolute_numbers_are_those_on_the_wire),
        cmocka_unit_test(each_incarnation_has_its_own_isn_in_any_order),
        cmocka_unit_test(without_a_syn_the_first_number_seen_is_one),
        cmocka_unit_test(who_speaks_before_he_opens_is_counted_from_his_syn),
        cmocka_unit_test(a_little_before_the_isn_is_negative_and_far_behind_it_is_not),
        cmocka_unit_test(of_no_incarnation_or_conversation_they_are_absolute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
