#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_book.h"
#include "playing.h"

static void scenarios_stand_in_the_order_of_their_names(void **state)
{
    const struct lab_scenario *s;
    const char *last = "";

    (void)state;
    for (unsigned i = 0; (s = lab_book(i)) != NULL; i++) {
        assert_true(strcmp(last, s->name) < 0);
        last = s->name;
    }
    assert_string_equal(lab_book(0)->name, "SC-01");
}

static void a_scenario_is_found_by_its_name_in_any_case(void **state)
{
    (void)state;
    assert_ptr_equal(lab_book_named("sc-05"), lab_book_named("SC-05"));
    assert_non_null(lab_book_named("SC-05"));
    assert_null(lab_book_named("SC-0"));
    assert_null(lab_book_named("SC-055"));
    assert_null(lab_book_named(""));
}

/* Sentences end with a full stop. */
static unsigned sentences(const char *text)
{
    unsigned count = 0;

    for (; *text != '\0'; text++)
        count += *text == '.' && (text[1] == ' ' || text[1] == '\0');
    return count;
}

static void every_scenario_can_be_read(void **state)
{
    const struct lab_scenario *s;

    (void)state;
    for (unsigned i = 0; (s = lab_book(i)) != NULL; i++) {
        assert_true(strlen(s->title) > 0 && strlen(s->title) < 80);
        assert_in_range(sentences(s->look_for), 3, 7);
        assert_true(strlen(s->rules) > 0);
        assert_true(strlen(s->expected) < sizeof((struct lab_story *)0)->verdict);
        assert_true((s->without != NULL) == (s->violated != 0));
        assert_true(s->cases == 0 || (s->shown >= 1 && s->shown <= s->cases));
        assert_true(s->cases == 0 || s->name_case != NULL);
    }
}

/* Not only the one that is shown. */
static void every_case_is_as_expected(void **state)
{
    const struct lab_scenario *s;
    struct playing p;

    (void)state;
    for (unsigned i = 0; (s = lab_book(i)) != NULL; i++)
        for (unsigned which = 1; which <= (s->cases == 0 ? 1 : s->cases); which++) {
            playing_open(&p, s, &(struct lab_play_options){.which = which});
            if (!p.story.as_expected)
                fail_msg("%s case %u: %s", s->name, which, p.story.verdict);
            playing_close(&p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_stand_in_the_order_of_their_names),
        cmocka_unit_test(a_scenario_is_found_by_its_name_in_any_case),
        cmocka_unit_test(every_scenario_can_be_read),
        cmocka_unit_test(every_case_is_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
