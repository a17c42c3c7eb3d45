#include "heard.h"
#include "lab/lab_wire.h"

static const char *drawn(unsigned width, struct lab_arrow arrow)
{
    struct lab_line line = {.out = fresh()};

    lab_wire_arrow(&line, width, &arrow);
    return heard.text;
}

#define DRAWN(width, ...) drawn(width, (struct lab_arrow){.label = "FIN", .word = "", __VA_ARGS__})

static void an_arrow_points_to_who_receives(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(16, .from = 0), "|- FIN ------->|");
    assert_string_equal(DRAWN(16, .from = 1), "|<------- FIN -|");
}

static void what_is_lost_ends_in_a_cross_and_says_so(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(20, .finish = LAB_WIRE_DIES, .word = "lost"), "|- FIN --x lost    |");
    assert_string_equal(DRAWN(20, .from = 1, .finish = LAB_WIRE_DIES, .word = "lost"),
                        "|    lost x-- FIN -|");
}

static void what_is_underway_when_the_story_ends_ends_in_a_dot(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(20, .finish = LAB_WIRE_UNDERWAY), "|- FIN ------.     |");
}

static void what_wanders_ends_in_waves_and_comes_out_of_waves(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(16, .finish = LAB_WIRE_WANDERS), "|- FIN -~ ~ ~  |");
    assert_string_equal(DRAWN(16, .start = LAB_WIRE_WANDERED), "| ~ ~- FIN --->|");
    assert_string_equal(DRAWN(16, .from = 1, .start = LAB_WIRE_WANDERED), "|<--- FIN -~ ~ |");
}

static void old_and_damaged_ones_have_strokes_of_their_own(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(20, .stroke = LAB_WIRE_OLD, .word = "OLD"), "|= FIN ===== OLD =>|");
    assert_string_equal(DRAWN(16, .stroke = LAB_WIRE_DAMAGED), "|. FIN .......>|");
}

static void an_arrival_that_nobody_saw_has_a_question_mark(void **state)
{
    (void)state;
    assert_string_equal(DRAWN(16, .finish = LAB_WIRE_ASSUMED), "|- FIN ------?>|");
}

static void a_label_that_is_too_long_is_cut_and_still_an_arrow(void **state)
{
    (void)state;
    assert_int_equal(lab_wire_label_max(16, LAB_WIRE_SENT), 9);
    assert_string_equal(DRAWN(16, .label = "123456789"), "|- 123456789 ->|");
    assert_string_equal(DRAWN(16, .label = "1234567890"), "|- 123456789 ->|");
    assert_string_equal(DRAWN(16, .label = "123456789", .finish = LAB_WIRE_DIES),
                        "|- 123456789 -x|");
}

static void a_word_is_drawn_exactly_when_it_is_said_to_have_room(void **state)
{
    struct lab_arrow arrow = {.label = "FIN", .finish = LAB_WIRE_DIES};
    static const enum lab_wire_finish finishes[] = {LAB_WIRE_DIES, LAB_WIRE_ARRIVES,
                                                    LAB_WIRE_UNDERWAY, LAB_WIRE_WANDERS};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned width = LAB_WIRE_WIDTH_MIN; width < 30; width++) {
            arrow.finish = finishes[i];
            arrow.word = "underway";
            const bool is_drawn = strstr(drawn(width, arrow), "underway") != NULL;
            assert_int_equal(lab_wire_has_room(width, &arrow), is_drawn);
            assert_int_equal(strlen(heard.text), width);
            assert_non_null(strstr(heard.text, "|- FIN -"));
        }
    }
    arrow.word = "";
    assert_true(lab_wire_has_room(LAB_WIRE_WIDTH_MIN, &arrow));
}

static void text_stands_at_the_side_of_who_speaks(void **state)
{
    const struct lab_piece piece = {"close()", 7};
    struct lab_line line = {.out = fresh()};

    (void)state;
    lab_wire_text(&line, 16, 0, &piece);
    lab_line_end(&line);
    lab_wire_text(&line, 16, 1, &piece);
    assert_string_equal(heard.text, "| close()      |\n|      close() |");
}

static void box_drawing_is_for_those_who_can_see_it(void **state)
{
    struct lab_line line = {.out = fresh(), .utf8 = true};
    const struct lab_arrow arrow = {
        .label = "F", .word = "", .stroke = LAB_WIRE_OLD, .finish = LAB_WIRE_DIES};

    (void)state;
    lab_wire_arrow(&line, 16, &arrow);
    assert_string_equal(heard.text,
                        "\xe2\x94\x9c\xe2\x95\x90 F \xe2\x95\x90\xe2\x95\x90\xe2\x95\x90"
                        "\xe2\x95\x90\xe2\x95\x90\xe2\x95\xb3    \xe2\x94\x82");
    assert_int_equal(line.column, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arrow_points_to_who_receives),
        cmocka_unit_test(what_is_lost_ends_in_a_cross_and_says_so),
        cmocka_unit_test(what_is_underway_when_the_story_ends_ends_in_a_dot),
        cmocka_unit_test(what_wanders_ends_in_waves_and_comes_out_of_waves),
        cmocka_unit_test(old_and_damaged_ones_have_strokes_of_their_own),
        cmocka_unit_test(an_arrival_that_nobody_saw_has_a_question_mark),
        cmocka_unit_test(a_label_that_is_too_long_is_cut_and_still_an_arrow),
        cmocka_unit_test(a_word_is_drawn_exactly_when_it_is_said_to_have_room),
        cmocka_unit_test(text_stands_at_the_side_of_who_speaks),
        cmocka_unit_test(box_drawing_is_for_those_who_can_see_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
