#include "golden.h"
#include "lab/lab_line.h"
#include "lab/lab_text.h"

static const char *draw(unsigned sample, struct lab_text_options options)
{
    story_samples[sample](&golden_story);
    lab_text(&golden_story.lab, &options, golden_out());
    return golden.text;
}

enum { LOST_LAST_ACK, WANDERING, WITHOUT_TIME_WAIT, EVERYTHING, CAPTURED, EMPTY };

static void pictures_look_as_they_looked_when_somebody_looked_at_them(void **state)
{
    char name[128];

    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        draw(i, (struct lab_text_options){.utf8 = true});
        snprintf(name, sizeof name, "%s.txt", golden_names[i]);
        golden_compare(name);
    }
}

static void options_change_the_picture(void **state)
{
    (void)state;
    draw(EVERYTHING, (struct lab_text_options){.width = 60});
    golden_compare("everything_60_ascii.txt");
    draw(EVERYTHING, (struct lab_text_options){.width = 132, .utf8 = true});
    golden_compare("everything_132.txt");
    draw(WITHOUT_TIME_WAIT, (struct lab_text_options){.colour = true, .utf8 = true});
    golden_compare("without_time_wait_colour.txt");
    draw(LOST_LAST_ACK, (struct lab_text_options){.utf8 = true, .numbers = LAB_NUMBERS_ABSOLUTE});
    golden_compare("lost_last_ack_absolute.txt");
    draw(WANDERING, (struct lab_text_options){.width = 120, .utf8 = true, .details = true});
    golden_compare("wandering_duplicate_120_details.txt");
}

/* The longest line, in characters. */
static unsigned widest(const char *text)
{
    unsigned widest = 0;

    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        char line[2048];
        assert_non_null(end);
        const size_t bytes = (size_t)(end - text);
        assert_true(bytes < sizeof line);
        memcpy(line, text, bytes);
        line[bytes] = '\0';
        if (lab_line_width(line) > widest)
            widest = lab_line_width(line);
        assert_true(bytes == 0 || line[bytes - 1] != ' ');
        text = end + 1;
    }
    return widest;
}

static void no_line_is_wider_than_asked_for_and_none_ends_in_blanks(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        for (unsigned width = LAB_TEXT_WIDTH_MIN; width <= LAB_TEXT_WIDTH_MAX; width++) {
            for (unsigned set = 0; set < 8; set++) {
                const struct lab_text_options options = {.width = width,
                                                         .utf8 = set & 1,
                                                         .details = set & 2,
                                                         .numbers = set & 4 ? LAB_NUMBERS_ABSOLUTE
                                                                            : LAB_NUMBERS_RELATIVE};
                assert_in_range(widest(draw(i, options)), 1, width);
            }
        }
    }
}

/* Everything as long as the model allows. */
static void stretch(struct lab_story *story)
{
    memset(story->name, 'n', sizeof story->name - 1);
    memset(story->title, 't', sizeof story->title - 1);
    memset(story->verdict, 'v', sizeof story->verdict - 1);
    for (unsigned i = 0; i < story->party_count; i++) {
        memset(story->parties[i].name, 'P', sizeof story->parties[i].name - 1);
        memset(&story->parties[i].address, 0xfd, sizeof story->parties[i].address);
    }
    for (unsigned i = 0; i < story->conversation_count; i++) {
        story->conversations[i].incarnations = UINT16_MAX;
        story->conversations[i].name[0].port = (uint16_t)(UINT16_MAX - i);
        memset(&story->conversations[i].name[0].address, 0xfd, sizeof(struct lull_address));
    }
    for (uint32_t i = 0; i < story->event_count; i++) {
        struct lab_event *e = &story->events[i];
        e->incarnation = UINT16_MAX - 1;
        e->side[0].incarnation = e->side[1].incarnation = UINT16_MAX;
        e->at += LULL_SEC(99999999);
        memset(e->what, 'w', sizeof e->what - 1);
        memset(e->rule, 'r', sizeof e->rule - 1);
        memset(e->why, 'y', sizeof e->why - 1);
    }
}

static void what_has_no_room_at_all_widens_the_page_and_is_not_lost(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        for (unsigned width = LAB_TEXT_WIDTH_MIN; width <= LAB_TEXT_WIDTH_MAX; width++) {
            story_samples[i](&golden_story);
            stretch(&golden_story.lab);
            const struct lab_text_options options = {
                .width = width, .utf8 = width % 2, .details = width % 3};
            lab_text(&golden_story.lab, &options, golden_out());
            assert_in_range(widest(golden.text), 1, width < 80 ? 80 : width);
            assert_true(golden_story.lab.event_count == 0
                        || strstr(golden.text, "rrrrrrrrrrrrrrr") != NULL);
        }
    }
}

static void a_rule_for_an_incarnation_that_is_too_long_is_text(void **state)
{
    struct lab_story *story = &golden_story.lab;

    (void)state;
    story_captured(&golden_story);
    for (unsigned side = 0; side < 2; side++) {
        strcpy(story->parties[side].name, "01234567890");
        story->conversations[0].name[side].port = UINT16_MAX;
    }
    for (uint32_t i = 0; i < story->event_count; i++)
        story->events[i].incarnation = UINT16_MAX;
    lab_text(story, &(struct lab_text_options){.width = 60}, golden_out());
    assert_in_range(widest(golden.text), 1, 60);
    assert_non_null(strstr(golden.text, "\nincarnation 65535 of 01234567890:65535 - 01234567890:"
                                        "65535\n"));
}

static void widths_out_of_range_are_brought_into_it(void **state)
{
    (void)state;
    assert_int_equal(widest(draw(EVERYTHING, (struct lab_text_options){0})), LAB_TEXT_WIDTH);
    assert_int_equal(widest(draw(EVERYTHING, (struct lab_text_options){.width = 1})), 60);
    assert_int_equal(widest(draw(EVERYTHING, (struct lab_text_options){.width = 9999})), 200);
}

static void a_rule_is_whole_at_every_width(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        for (unsigned width = LAB_TEXT_WIDTH_MIN; width <= LAB_TEXT_WIDTH_MAX; width++) {
            draw(i, (struct lab_text_options){.width = width});
            const char *rest = strstr(golden.text, "time ");
            for (uint32_t e = 0; rest != NULL && e < golden_story.lab.event_count; e++)
                assert_non_null(strstr(rest, golden_story.events[e].rule));
        }
    }
}

static void a_rule_of_several_words_is_whole_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned width = LAB_TEXT_WIDTH_MIN; width <= LAB_TEXT_WIDTH_MAX; width++) {
        story_wandering_duplicate(&golden_story);
        for (uint32_t i = 0; i < golden_story.lab.event_count; i++)
            strcpy(golden_story.events[i].rule, "RFC 9293 3.10.7");
        lab_text(&golden_story.lab, &(struct lab_text_options){.width = width, .details = true},
                 golden_out());
        unsigned found = 0;
        for (const char *at = golden.text; (at = strstr(at, "RFC 9293 3.10.7")) != NULL; at++)
            found++;
        assert_int_equal(found, golden_story.lab.event_count);
    }
}

static void what_is_left_of_time_wait_is_said_in_every_row(void **state)
{
    struct lab_event *enter = golden_story.events;

    (void)state;
    story_wandering_duplicate(&golden_story);
    while (enter->kind != LAB_RECORD)
        enter++;
    enter->at = enter[1].at = enter[-1].arrived_at + LULL_SEC(5);
    lab_text(&golden_story.lab, &(struct lab_text_options){0}, golden_out());
    assert_non_null(strstr(golden.text, "TIME-WAIT 60.0\n"));
    assert_non_null(strstr(golden.text, "TIME-WAIT 55.0"));
}

static void every_fate_is_said_in_a_word_at_every_width(void **state)
{
    static const char *const fates[] = {"lost", "damaged", "expired", "underway"};

    (void)state;
    for (unsigned width = LAB_TEXT_WIDTH_MIN; width <= LAB_TEXT_WIDTH_MAX; width++) {
        draw(EVERYTHING, (struct lab_text_options){.width = width});
        for (unsigned i = 0; i < sizeof fates / sizeof fates[0]; i++)
            assert_non_null(strstr(golden.text, fates[i]));
    }
}

static void ascii_is_ascii_and_colour_comes_only_when_asked_for(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        draw(i, (struct lab_text_options){0});
        for (size_t at = 0; at < golden.used; at++)
            assert_true(golden.text[at] == '\n'
                        || (golden.text[at] >= ' ' && golden.text[at] <= '~'));
        draw(i, (struct lab_text_options){.utf8 = true});
        assert_null(strchr(golden.text, '\x1b'));
    }
    assert_non_null(strchr(draw(EMPTY, (struct lab_text_options){.colour = true}), '\x1b'));
}

/* What is left when the escapes are taken away. */
static void strip_colour(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (*text == '\x1b')
            text = strchr(text, 'm');
        else
            *to++ = *text;
    }
    *to = '\0';
}

static void colour_changes_no_character(void **state)
{
    static char plain[GOLDEN_BYTES];

    (void)state;
    for (unsigned i = 0; i < STORY_SAMPLES; i++) {
        strcpy(plain, draw(i, (struct lab_text_options){.utf8 = true}));
        draw(i, (struct lab_text_options){.utf8 = true, .colour = true});
        strip_colour(golden.text);
        assert_string_equal(golden.text, plain);
    }
}

static void waits_are_folded_from_the_length_that_was_asked_for(void **state)
{
    (void)state;
    assert_non_null(strstr(draw(LOST_LAST_ACK, (struct lab_text_options){0}), "~ 60.000 s ~"));
    assert_null(strstr(golden.text, "0.700 s"));
    draw(LOST_LAST_ACK, (struct lab_text_options){.fold_after = LULL_MS(700)});
    assert_non_null(strstr(golden.text, "~ 0.700 s ~"));
    draw(LOST_LAST_ACK, (struct lab_text_options){.fold_after = LULL_MS(701)});
    assert_null(strstr(golden.text, "~ 0.700 s ~"));
    draw(LOST_LAST_ACK, (struct lab_text_options){.fold_after = LULL_SEC(61)});
    assert_null(strstr(golden.text, "~~"));
}

static void the_head_says_which_numbers_they_are(void **state)
{
    (void)state;
    assert_non_null(strstr(draw(EMPTY, (struct lab_text_options){0}), "count from the ISNs"));
    draw(EMPTY, (struct lab_text_options){.numbers = LAB_NUMBERS_ABSOLUTE});
    assert_non_null(strstr(golden.text, "those on the wire"));
    assert_null(strstr(golden.text, "ISNs"));
}

static void conversations_with_one_port_are_told_apart_by_number(void **state)
{
    (void)state;
    story_everything(&golden_story);
    golden_story.lab.conversations[1].name[0].port = 1500;
    golden_story.lab.conversations[1].name[0].zone = 1;
    lab_text(&golden_story.lab, &(struct lab_text_options){0}, golden_out());
    assert_non_null(strstr(golden.text, "\n(2)  C:1500 - S:21\n"));
    assert_non_null(strstr(golden.text, "2.100  (2)#1  "));
    assert_null(strstr(golden.text, ":1500#1"));
}

static void other_parties_in_a_conversation_are_not_called_by_the_first_ones_names(void **state)
{
    (void)state;
    story_everything(&golden_story);
    golden_story.lab.conversations[1].party[0] = 2;
    lab_text(&golden_story.lab, &(struct lab_text_options){0}, golden_out());
    assert_non_null(strstr(golden.text, "opened first"));
    assert_non_null(strstr(golden.text, "\n:1501  R1:1501 - S:21\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_look_as_they_looked_when_somebody_looked_at_them),
        cmocka_unit_test(options_change_the_picture),
        cmocka_unit_test(no_line_is_wider_than_asked_for_and_none_ends_in_blanks),
        cmocka_unit_test(what_has_no_room_at_all_widens_the_page_and_is_not_lost),
        cmocka_unit_test(a_rule_for_an_incarnation_that_is_too_long_is_text),
        cmocka_unit_test(widths_out_of_range_are_brought_into_it),
        cmocka_unit_test(a_rule_is_whole_at_every_width),
        cmocka_unit_test(a_rule_of_several_words_is_whole_wherever_it_stands),
        cmocka_unit_test(what_is_left_of_time_wait_is_said_in_every_row),
        cmocka_unit_test(every_fate_is_said_in_a_word_at_every_width),
        cmocka_unit_test(ascii_is_ascii_and_colour_comes_only_when_asked_for),
        cmocka_unit_test(colour_changes_no_character),
        cmocka_unit_test(waits_are_folded_from_the_length_that_was_asked_for),
        cmocka_unit_test(the_head_says_which_numbers_they_are),
        cmocka_unit_test(conversations_with_one_port_are_told_apart_by_number),
        cmocka_unit_test(other_parties_in_a_conversation_are_not_called_by_the_first_ones_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
