/* What happens to the frames of a direction, one letter for each. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_link.h"
#include "sim/sim_pattern.h"

static struct sim_pattern parsed(const char *text)
{
    struct sim_pattern pattern;
    size_t wrong;

    if (!sim_pattern_parse(&pattern, text, &wrong))
        fail_msg("'%s' is wrong at %zu", text, wrong);
    return pattern;
}

static char letter_of(const struct sim_fate *fate)
{
    if (fate->lost)
        return 'x';
    if (fate->duplicated)
        return 'd';
    if (fate->late)
        return 'r';
    if (fate->corrupted)
        return 'c';
    return fate->truncated ? 't' : '.';
}

/* The first frames' letters are @letters. */
static void expect(const char *text, const char *letters)
{
    const struct sim_pattern pattern = parsed(text);

    for (size_t i = 0; i < strlen(letters); i++) {
        struct sim_fate fate = {0};
        sim_pattern_apply(&pattern, i, &fate);
        if (letter_of(&fate) != letters[i])
            fail_msg("'%s': frame %zu is '%c', not '%c'", text, i, letter_of(&fate), letters[i]);
    }
}

static void each_letter_is_one_frame(void **state)
{
    (void)state;
    expect("..x.xx", "..x.xx......");
    expect("xdrct.", "xdrct.......");
    expect("x", "x...");
}

static void a_star_begins_again(void **state)
{
    (void)state;
    expect("..x.xx*", "..x.xx..x.xx..x.xx");
    expect("x*", "xxxx");
    expect(".x *", ".x.x.x");
}

static void a_number_repeats_its_letter(void **state)
{
    (void)state;
    expect("3.2x", "...xx...");
    expect("12.x", "............x..");
    expect("2x x .. 2.d", "xxx....d...");
    assert_int_equal(parsed("2x x x").run_count, 1);
}

static void a_fault_late_in_a_long_transfer_is_found(void **state)
{
    const struct sim_pattern pattern = parsed("60000. 60000. x *");
    struct sim_fate fate = {0};

    (void)state;
    sim_pattern_apply(&pattern, 119999, &fate);
    assert_false(fate.lost);
    sim_pattern_apply(&pattern, 120000, &fate);
    assert_true(fate.lost);
    fate.lost = false;
    sim_pattern_apply(&pattern, 120001, &fate);
    assert_false(fate.lost);
    sim_pattern_apply(&pattern, (uint64_t)120001 * 1000000 + 120000, &fate);
    assert_true(fate.lost);
}

/* A pattern adds to what chance says and takes nothing away. */
static void a_dot_saves_nobody(void **state)
{
    const struct sim_pattern pattern = parsed("...");
    struct sim_fate fate = {.lost = true, .duplicated = true};

    (void)state;
    sim_pattern_apply(&pattern, 1, &fate);
    assert_true(fate.lost && fate.duplicated);
}

static void no_pattern_is_one_in_which_all_passes(void **state)
{
    const struct sim_pattern none = {0};
    struct sim_fate fate = {0};

    (void)state;
    sim_pattern_apply(&none, 0, &fate);
    assert_int_equal(letter_of(&fate), '.');
}

static void what_is_none_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        size_t wrong;
    } cases[] = {{"", 0},  {"  ", 2},   {"..y", 2},    {"*", 0},    {"..*x", 3}, {"x* *", 3},
                 {"3", 0}, {"..0x", 2}, {"65536x", 0}, {". .X", 3}, {"x*3x", 2}};
    struct sim_pattern pattern;
    size_t wrong;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(sim_pattern_parse(&pattern, cases[i].text, &wrong));
        if (wrong != cases[i].wrong)
            fail_msg("'%s': wrong at %zu", cases[i].text, wrong);
    }
    assert_true(sim_pattern_parse(&pattern, "65535x", &wrong));
}

static void too_many_runs_are_refused(void **state)
{
    char text[SIM_PATTERN_RUNS_MAX + 2];
    struct sim_pattern pattern;
    size_t wrong;

    (void)state;
    for (size_t i = 0; i <= SIM_PATTERN_RUNS_MAX; i++)
        text[i] = i % 2 == 0 ? '.' : 'x';
    text[SIM_PATTERN_RUNS_MAX + 1] = '\0';
    assert_false(sim_pattern_parse(&pattern, text, &wrong));
    assert_int_equal(wrong, SIM_PATTERN_RUNS_MAX);
    text[SIM_PATTERN_RUNS_MAX] = '\0';
    assert_true(sim_pattern_parse(&pattern, text, &wrong));
    assert_int_equal(pattern.frames, SIM_PATTERN_RUNS_MAX);
}

/* A run that is full is followed by another one. */
static void long_runs_are_not_cut(void **state)
{
    const struct sim_pattern pattern = parsed("65535. . x");
    struct sim_fate fate = {0};

    (void)state;
    assert_int_equal(pattern.frames, 65537);
    sim_pattern_apply(&pattern, 65536, &fate);
    assert_true(fate.lost);
}

static void the_letters_are_all_told(void **state)
{
    (void)state;
    for (const char *letter = ".xdrct"; *letter != '\0'; letter++)
        assert_non_null(strchr(sim_pattern_letters(), *letter));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_letter_is_one_frame),
        cmocka_unit_test(a_star_begins_again),
        cmocka_unit_test(a_number_repeats_its_letter),
        cmocka_unit_test(a_fault_late_in_a_long_transfer_is_found),
        cmocka_unit_test(a_dot_saves_nobody),
        cmocka_unit_test(no_pattern_is_one_in_which_all_passes),
        cmocka_unit_test(what_is_none_is_refused_with_its_place),
        cmocka_unit_test(too_many_runs_are_refused),
        cmocka_unit_test(long_runs_are_not_cut),
        cmocka_unit_test(the_letters_are_all_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
