#include "golden.h"
#include "lab/lab_words.h"
#include "wire/tcp_segment.h"

static char words[LAB_WORDS_BYTES];

static struct text *fresh(void)
{
    static struct text t;

    text_init(&t, words, sizeof words);
    return &t;
}

static const char *flags_of(uint8_t flags, uint32_t text_bytes)
{
    const struct lab_segment segment = {.flags = flags, .text_bytes = text_bytes};

    lab_words_flags(fresh(), &segment);
    return words;
}

static void flags_are_named_as_people_name_segments(void **state)
{
    (void)state;
    assert_string_equal(flags_of(TCP_SYN, 0), "SYN");
    assert_string_equal(flags_of(TCP_SYN | TCP_ACK, 0), "SYN+ACK");
    assert_string_equal(flags_of(TCP_ACK, 0), "ACK");
    assert_string_equal(flags_of(TCP_FIN | TCP_ACK, 0), "FIN");
    assert_string_equal(flags_of(TCP_FIN | TCP_ACK | TCP_PSH, 27), "FIN 27 B");
    assert_string_equal(flags_of(TCP_ACK | TCP_PSH, 500), "500 B");
    assert_string_equal(flags_of(TCP_RST, 0), "RST");
    assert_string_equal(flags_of(TCP_RST | TCP_ACK, 0), "RST+ACK");
    assert_string_equal(flags_of(TCP_SYN | TCP_FIN, 0), "SYN+FIN");
    assert_string_equal(flags_of(0, 0), "no flags");
}

static void ordinals_are_spelled_right(void **state)
{
    static const char *const wanted[] = {"1st",  "2nd",  "3rd",  "4th",  "10th", "11th",
                                         "12th", "13th", "21st", "22nd", "100th"};
    static const unsigned counts[] = {1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 100};
    struct lab_story *story = &golden_story.lab;

    (void)state;
    story_empty(&golden_story);
    story->event_capacity = STORY_EVENTS;
    for (unsigned i = 0; i <= 100; i++)
        lab_story_add(story, LAB_SEGMENT, LULL_MS(i))->repeats = i == 0 ? LAB_NONE : 0;
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        lab_words_repetition(fresh(), story, &story->events[counts[i]]);
        assert_string_equal(strstr(words, wanted[i]),
                            words + strlen(words) - strlen(wanted[i]) - strlen(" time"));
        assert_memory_equal(words, "again, of t=0.000, ", 19);
    }
    lab_words_repetition(fresh(), story, &story->events[0]);
    assert_string_equal(words, "");
}

static void a_repetition_that_is_only_inferred_says_so(void **state)
{
    (void)state;
    story_captured(&golden_story);
    lab_words_repetition(fresh(), &golden_story.lab, &golden_story.events[1]);
    assert_string_equal(words, "again, of t=0.000, 1st time?");
}

static void a_journey_is_told_at_both_ends(void **state)
{
    const struct lab_story *story = &golden_story.lab;

    (void)state;
    story_wandering_duplicate(&golden_story);
    for (uint32_t i = 0; i < story->event_count; i++) {
        lab_words_journey(fresh(), story, &story->events[i]);
        if (story->events[i].kind == LAB_ARRIVAL)
            assert_string_equal(words, "sent 22.300 s ago, at t=0.200");
        else if (story->events[i].at == LULL_MS(200))
            assert_string_equal(words, "arrives 22.300 s later, at t=22.500");
        else
            assert_string_equal(words, "");
    }
}

struct waiting {
    enum lull_row_timer timer;
    uint32_t restarts;
    lull_duration left;
    const char *wanted;
};

static const struct waiting waitings[] = {
    {LULL_TIMER_TIMEWAIT, 0, LULL_SEC(60), " 60.0"},
    {LULL_TIMER_TIMEWAIT, 1, LULL_SEC(60), " 60.0*"},
    {LULL_TIMER_TIMEWAIT, 0, LULL_MS(59949), " 59.9"},
    {LULL_TIMER_TIMEWAIT, 0, LULL_MS(59950), " 60.0"},
    {LULL_TIMER_TIMEWAIT, 0, LULL_MS(99949), " 99.9"},
    {LULL_TIMER_TIMEWAIT, 0, LULL_MS(99950), " 100"},
    {LULL_TIMER_TIMEWAIT, 0, LULL_SEC(240), " 240"},
    {LULL_TIMER_TIMEWAIT, 0, -LULL_SEC(1), " 0.0"},
    {LULL_TIMER_ON, 1, LULL_MS(300), " r0.3"},
    {LULL_TIMER_KEEPALIVE, 0, LULL_SEC(7200), " k7200"},
    {LULL_TIMER_PERSIST, 0, LULL_SEC(5), " p5.0"},
    {LULL_TIMER_OFF, 0, LULL_SEC(5), ""},
};

static void timers_say_what_is_left_and_of_which_kind_they_are(void **state)
{
    struct lab_event event = {.kind = LAB_NOTE, .at = LULL_SEC(1000)};

    (void)state;
    story_empty(&golden_story);
    for (size_t i = 0; i < sizeof waitings / sizeof waitings[0]; i++) {
        event.side[1] = (struct lab_side){.timer = waitings[i].timer,
                                          .until = event.at + waitings[i].left,
                                          .restarts = waitings[i].restarts};
        lab_words_timer(fresh(), &golden_story.lab, &event, 1);
        assert_string_equal(words, waitings[i].wanted);
    }
    event.side[1].timer = LULL_TIMER_TIMEWAIT;
    event.side[1].until = LULL_TIME_NEVER;
    lab_words_timer(fresh(), &golden_story.lab, &event, 1);
    assert_string_equal(words, "");
}

static void times_are_written_with_and_without_idle_places(void **state)
{
    (void)state;
    lab_words_seconds(fresh(), LULL_MS(62150));
    assert_string_equal(words, "62.150");
    lab_words_seconds(fresh(), -LULL_MS(5));
    assert_string_equal(words, "-0.005");
    lab_words_duration(fresh(), LULL_SEC(30));
    assert_string_equal(words, "30 s");
    lab_words_duration(fresh(), LULL_MS(1050));
    assert_string_equal(words, "1.05 s");
    lab_words_duration(fresh(), LULL_MS(500));
    assert_string_equal(words, "0.5 s");
}

static void details_name_the_options(void **state)
{
    const struct lab_segment segment = {.wnd = 5,
                                        .hops = 64,
                                        .options = TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE
                                                   | TCP_OPTION_SACK_PERMITTED | TCP_OPTION_SACK
                                                   | TCP_OPTION_TIMESTAMPS,
                                        .ts_value = 7,
                                        .ts_echo = 8};

    (void)state;
    lab_words_details(fresh(), &segment);
    assert_string_equal(words, "win 5 hops 64 TSval 7 TSecr 8 mss wscale sackOK sack");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_named_as_people_name_segments),
        cmocka_unit_test(ordinals_are_spelled_right),
        cmocka_unit_test(a_repetition_that_is_only_inferred_says_so),
        cmocka_unit_test(a_journey_is_told_at_both_ends),
        cmocka_unit_test(timers_say_what_is_left_and_of_which_kind_they_are),
        cmocka_unit_test(times_are_written_with_and_without_idle_places),
        cmocka_unit_test(details_name_the_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
