#include "cmocka_all.h"
#include "exact_bytes.h"
#include "scenario/scenario_lexer.h"
#include "scenario/scenario_words.h"

static struct span script;
static struct scenario_lexer lexer;

static void begin(const char *text)
{
    script = exact_bytes(text, strlen(text));
    scenario_lexer_init(&lexer, script, (struct scenario_place){1, 1});
}

static void end(void)
{
    assert_int_equal(scenario_lexer_next(&lexer).kind, SCENARIO_TOKEN_END);
    assert_int_equal(scenario_lexer_next(&lexer).kind, SCENARIO_TOKEN_END);
    free_bytes(script);
}

static void expect(enum scenario_token_kind kind, const char *text)
{
    struct scenario_token t = scenario_lexer_next(&lexer);
    assert_int_equal(t.kind, kind);
    assert_true(scenario_words_equal(t.text, text));
}

static void expect_number(enum scenario_token_kind kind, int64_t number)
{
    struct scenario_token t = scenario_lexer_next(&lexer);
    assert_int_equal(t.kind, kind);
    assert_int_equal(t.number, number);
}

static void expect_broken(const char *text, const char *problem)
{
    begin(text);
    struct scenario_token t = scenario_lexer_next(&lexer);
    assert_int_equal(t.kind, SCENARIO_TOKEN_BROKEN);
    assert_string_equal(t.problem, problem);
    end();
}

static void the_longest_token_wins(void **state)
{
    (void)state;
    begin("+0...0.2 .1 S.1:1(0) -1 0x1f ... - 1.5");
    expect_number(SCENARIO_TOKEN_CHARACTER, '+');
    expect_number(SCENARIO_TOKEN_NUMBER, 0);
    expect(SCENARIO_TOKEN_ELLIPSIS, "...");
    expect_number(SCENARIO_TOKEN_DECIMAL, 200000000);
    expect_number(SCENARIO_TOKEN_DECIMAL, 100000000);
    expect(SCENARIO_TOKEN_WORD, "S");
    expect_number(SCENARIO_TOKEN_DECIMAL, 100000000); /* flags need a blank behind them */
    expect_number(SCENARIO_TOKEN_CHARACTER, ':');
    expect_number(SCENARIO_TOKEN_NUMBER, 1);
    expect_number(SCENARIO_TOKEN_CHARACTER, '(');
    expect_number(SCENARIO_TOKEN_NUMBER, 0);
    expect_number(SCENARIO_TOKEN_CHARACTER, ')');
    expect_number(SCENARIO_TOKEN_NUMBER, -1);
    expect_number(SCENARIO_TOKEN_NUMBER, 31);
    expect(SCENARIO_TOKEN_ELLIPSIS, "...");
    expect_number(SCENARIO_TOKEN_CHARACTER, '-');
    expect_number(SCENARIO_TOKEN_DECIMAL, 1500000000);
    end();
}

static void what_is_enclosed_is_one_token(void **state)
{
    (void)state;
    begin("\"a b\" `x\ny` %{ assert 1 }% --mtu=9 sackOK");
    expect(SCENARIO_TOKEN_STRING, "a b");
    expect(SCENARIO_TOKEN_COMMAND, "x\ny");
    expect(SCENARIO_TOKEN_CODE, " assert 1 ");
    expect(SCENARIO_TOKEN_OPTION, "--mtu");
    assert_true(scenario_words_equal(scenario_lexer_raw(&lexer).text, "=9"));
    expect(SCENARIO_TOKEN_WORD, "sackOK");
    end();
}

static void comments_are_passed_over_but_for_directives(void **state)
{
    (void)state;
    begin("// lullaby\n/* a\n * b */ x //lull: records == 1\n//  lull: msl=2s\n// the end");
    expect(SCENARIO_TOKEN_WORD, "x");
    expect(SCENARIO_TOKEN_DIRECTIVE, " records == 1");
    expect(SCENARIO_TOKEN_DIRECTIVE, " msl=2s");
    end();
    begin("/* not closed");
    end();
}

static void places_are_counted_from_one(void **state)
{
    (void)state;
    begin("a\n  b `x\ny` c");
    static const uint32_t places[][2] = {{1, 1}, {2, 3}, {2, 5}, {3, 4}};
    for (size_t i = 0; i < 4; i++) {
        struct scenario_token t = scenario_lexer_next(&lexer);
        assert_int_equal(t.place.line, places[i][0]);
        assert_int_equal(t.place.column, places[i][1]);
    }
    end();
}

static void what_cannot_be_a_token_is_broken(void **state)
{
    (void)state;
    expect_broken("\"abc", "a \" is not closed");
    expect_broken("`abc", "a ` is not closed");
    expect_broken("%{ abc }", "a %{ is not closed");
    expect_broken("99999999999999999999", "this is no number, or one that is too large");
    expect_broken("12ab", "this is no number, or one that is too large");
    expect_broken("99999999999.5", "this number is too large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_token_wins),
        cmocka_unit_test(what_is_enclosed_is_one_token),
        cmocka_unit_test(comments_are_passed_over_but_for_directives),
        cmocka_unit_test(places_are_counted_from_one),
        cmocka_unit_test(what_cannot_be_a_token_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
