/* scenario_parser_condition.c - what is to be true at a point of the script.
 *
 * Of the Python between %{ and }% only comparisons are understood, which is what scripts use it
 * for.  Directives are words with blanks between them, because a state such as FIN-WAIT-1 is one
 * word there. */
#include "scenario/scenario_parser_condition.h"

#include "base/check.h"
#include "scenario/scenario_expect.h"
#include "scenario/scenario_info.h"
#include "scenario/scenario_settings.h"
#include "scenario/scenario_words.h"

static struct scenario_term *add_term(struct scenario_parser *p, struct scenario_place place)
{
    struct scenario_script *s = p->script;

    if (s->term_count == SCENARIO_TERMS_MAX) {
        scenario_parser_refuse(p, place, "the script compares too much", (struct span){0});
        return NULL;
    }
    struct scenario_term *t = &s->terms[s->term_count++];
    *t = (struct scenario_term){.place = place};
    return t;
}

/* "==" as two tokens, and so on. */
static bool read_operator(struct scenario_parser *p, enum scenario_operator *operator)
{
    if (scenario_parser_accept(p, '=')) {
        *operator= SCENARIO_EQUAL;
        return scenario_parser_expect(p, '=');
    }
    if (scenario_parser_accept(p, '!')) {
        *operator= SCENARIO_NOT_EQUAL;
        return scenario_parser_expect(p, '=');
    }
    if (scenario_parser_accept(p, '<'))
        *operator= scenario_parser_accept(p, '=') ? SCENARIO_LESS_EQUAL : SCENARIO_LESS;
    else if (scenario_parser_accept(p, '>'))
        *operator= scenario_parser_accept(p, '=') ? SCENARIO_MORE_EQUAL : SCENARIO_MORE;
    else
        return scenario_parser_fail(p, "a comparison such as ==");
    return true;
}

static bool at_operator(const struct scenario_parser *p)
{
    return scenario_parser_is(p, '=') || scenario_parser_is(p, '!') || scenario_parser_is(p, '<')
           || scenario_parser_is(p, '>');
}

/* A field of TCP_INFO, the name of a state, or a number. */
static bool read_operand(struct scenario_parser *p, struct scenario_operand *operand)
{
    const struct scenario_token token = p->token;

    *operand = (struct scenario_operand){.number = token.number};
    if (token.kind == SCENARIO_TOKEN_WORD
        && !scenario_info_constant(token.text, &operand->number)) {
        if (!scenario_words_begin(token.text, "tcpi_"))
            return scenario_parser_fail(p, "a field tcpi_..., a state TCP_... or a number");
        if (!scenario_info_known(token.text))
            return scenario_parser_refuse(p, token.place, "Lull has no such field of TCP_INFO",
                                          token.text);
        operand->name = token.text;
    } else if (token.kind != SCENARIO_TOKEN_WORD && token.kind != SCENARIO_TOKEN_NUMBER) {
        return scenario_parser_fail(p, "a field tcpi_..., a state TCP_... or a number");
    }
    scenario_parser_advance(p);
    return true;
}

/* "1 <= tcpi_rto <= 2" is two comparisons.  @left has been read. */
static bool read_chain(struct scenario_parser *p, struct scenario_operand left,
                       struct scenario_place place, struct scenario_term **last)
{
    do {
        struct scenario_term *t = add_term(p, place);
        if (t == NULL)
            return false;
        t->left = left;
        if (!read_operator(p, &t->operator) || !read_operand(p, &t->right))
            return false;
        left = t->right;
        *last = t;
    } while (at_operator(p));
    return true;
}

/* Comparisons with "and" and "or" between them. */
static bool read_assertion(struct scenario_parser *p, struct scenario_operand left,
                           struct scenario_place place)
{
    struct scenario_term *last = NULL;

    for (;;) {
        if (!read_chain(p, left, place, &last))
            return false;
        last->or_else = scenario_parser_is_word(p, "or");
        if (!last->or_else && !scenario_parser_is_word(p, "and")) {
            last->last = true;
            return true;
        }
        scenario_parser_advance(p);
        place = p->token.place;
        if (!read_operand(p, &left))
            return false;
    }
}

static void skip_message(struct scenario_parser *p)
{
    while (p->token.kind != SCENARIO_TOKEN_END && p->token.kind != SCENARIO_TOKEN_BROKEN
           && !scenario_parser_is(p, ';') && !scenario_parser_is_word(p, "assert"))
        scenario_parser_advance(p);
}

/* What stands behind the comma of Python's assert is a message, unless it compares. */
static bool read_more(struct scenario_parser *p)
{
    struct scenario_operand left;

    while (scenario_parser_accept(p, ',')) {
        const struct scenario_place place = p->token.place;
        if (p->token.kind != SCENARIO_TOKEN_WORD && p->token.kind != SCENARIO_TOKEN_NUMBER)
            skip_message(p);
        else if (!read_operand(p, &left) || (at_operator(p) && !read_assertion(p, left, place)))
            return false;
    }
    return true;
}

static void skip_separators(struct scenario_parser *p)
{
    while (scenario_parser_accept(p, ';') || scenario_parser_accept(p, '\\')) {
    }
}

static bool read_assertions(struct scenario_parser *p)
{
    struct scenario_operand left;

    skip_separators(p);
    if (p->token.kind == SCENARIO_TOKEN_END)
        return scenario_parser_fail(p, "assert");
    while (p->token.kind != SCENARIO_TOKEN_END) {
        if (!scenario_parser_accept_word(p, "assert"))
            return scenario_parser_fail(p, "assert");
        const struct scenario_place place = p->token.place;
        if (!read_operand(p, &left) || !read_assertion(p, left, place) || !read_more(p))
            return false;
        skip_separators(p);
    }
    return true;
}

bool scenario_parser_condition_code(struct scenario_parser *p, struct scenario_event *event)
{
    const struct scenario_lexer outer = p->lexer;
    struct scenario_place place = p->token.place;

    place.column += 2;
    event->kind = SCENARIO_ASSERT;
    event->condition.first = (uint16_t)p->script->term_count;
    scenario_lexer_init(&p->lexer, p->token.text, place);
    scenario_parser_advance(p);
    if (!read_assertions(p))
        return false;
    event->condition.count = (uint16_t)(p->script->term_count - event->condition.first);
    p->lexer = outer;
    scenario_parser_advance(p);
    return true;
}

/* The next word of a directive; empty at its end. */
static struct scenario_token next_word(struct scenario_lexer *l)
{
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t' || *l->at == '\r')) {
        l->at++;
        l->place.column++;
    }
    return scenario_lexer_raw(l);
}

static bool find_operator(struct span word, enum scenario_operator *operator)
{
    static const char *const spellings[] = {"==", "!=", "<", "<=", ">", ">="};

    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        if (scenario_words_equal(word, spellings[i])) {
            *operator=(enum scenario_operator) i;
            return true;
        }
    }
    return false;
}

static bool read_answer(struct scenario_parser *p, const struct scenario_fact *fact,
                        struct scenario_token word, struct scenario_operand *answer)
{
    if (fact->kind == SCENARIO_FACT_WORD && word.text.len > 0) {
        answer->word = word.text;
        return true;
    }
    if (fact->kind == SCENARIO_FACT_COUNT && scenario_words_number(word.text, &answer->number))
        return true;
    if (fact->kind == SCENARIO_FACT_DURATION && scenario_words_duration(word.text, &answer->number))
        return true;
    return scenario_parser_refuse(p, word.place,
                                  fact->kind == SCENARIO_FACT_COUNT      ? "expected a number"
                                  : fact->kind == SCENARIO_FACT_DURATION ? "expected a duration"
                                                                         : "expected a word",
                                  word.text);
}

/* "counter TWExpired == 1"; @name has been read. */
static bool read_expectation(struct scenario_parser *p, struct scenario_lexer *l,
                             struct scenario_token name)
{
    const struct scenario_fact *fact = scenario_expect_find(name.text);
    struct scenario_term *t = add_term(p, name.place);

    if (t == NULL)
        return false;
    if (fact == NULL)
        return scenario_parser_refuse(p, name.place, "there is no such directive or fact",
                                      name.text);
    t->left.name = name.text;
    struct scenario_token word = next_word(l);
    if (fact->argument != NULL) {
        t->left.argument = word.text;
        if (!scenario_expect_argument(fact, word.text))
            return scenario_parser_refuse(p, word.place, fact->argument, word.text);
        word = next_word(l);
    }
    if (find_operator(word.text, &t->operator))
        word = next_word(l);
    else if (fact->kind != SCENARIO_FACT_WORD)
        return scenario_parser_refuse(p, word.place, "expected a comparison such as ==", word.text);
    if (fact->kind == SCENARIO_FACT_WORD && t->operator> SCENARIO_NOT_EQUAL)
        return scenario_parser_refuse(p, word.place, "words can only be == or !=", word.text);
    return read_answer(p, fact, word, &t->right);
}

static bool read_expectations(struct scenario_parser *p, struct scenario_lexer *l,
                              struct scenario_token word, struct scenario_event *event)
{
    event->kind = SCENARIO_EXPECT;
    event->condition.first = (uint16_t)p->script->term_count;
    for (;;) {
        if (!read_expectation(p, l, word))
            return false;
        struct scenario_term *t = &p->script->terms[p->script->term_count - 1];
        t->last = true;
        word = next_word(l);
        if (word.text.len == 0)
            break;
        if (!scenario_words_equal(word.text, "and"))
            return scenario_parser_refuse(p, word.place, "expected 'and' or the end of the line",
                                          word.text);
        word = next_word(l);
    }
    event->condition.count = (uint16_t)(p->script->term_count - event->condition.first);
    return true;
}

static bool read_incarnation(struct scenario_parser *p, struct scenario_lexer *l,
                             struct scenario_event *event)
{
    struct scenario_token word = next_word(l);
    int64_t number;

    event->kind = SCENARIO_INCARNATION;
    if (!scenario_words_number(word.text, &number) || number < 1 || number > UINT16_MAX)
        return scenario_parser_refuse(p, word.place,
                                      "expected the number of an incarnation, from 1", word.text);
    event->incarnation = (uint32_t)number;
    word = next_word(l);
    return word.text.len == 0
           || scenario_parser_refuse(p, word.place, "expected the end of the line", word.text);
}

/* "knob tw.msl_ms=15s" */
static bool read_knob(struct scenario_parser *p, struct scenario_lexer *l,
                      struct scenario_event *event)
{
    struct scenario_token word = next_word(l);
    struct scenario_setting setting = {.place = word.place, .value = word.text};

    event->kind = SCENARIO_KNOB;
    setting.name = scenario_words_split(&setting.value, '=');
    const char *wrong = scenario_settings_knob(&setting, &event->turn.knob, &event->turn.value);
    return wrong == NULL || scenario_parser_refuse(p, word.place, wrong, word.text);
}

static bool add_setting(struct scenario_parser *p, struct scenario_token word,
                        const struct scenario_lexer *l)
{
    struct span value = {word.text.data, (size_t)(l->end - word.text.data)};
    struct scenario_setting setting = {.place = word.place};

    setting.name = scenario_words_split(&value, '=');
    setting.value = scenario_words_trim(value);
    if (p->script->event_count > 0)
        return scenario_parser_refuse(
            p, word.place, "a setting can only stand before the first event", setting.name);
    const char *wrong = scenario_settings_add(p->script, &setting);
    return wrong == NULL || scenario_parser_refuse(p, word.place, wrong, setting.name);
}

/* "tw.rst=rfc9293", and not "records == 1". */
static bool is_setting(struct span word)
{
    size_t at = 0;

    while (at < word.len && word.data[at] != '=' && word.data[at] != '!' && word.data[at] != '<'
           && word.data[at] != '>')
        at++;
    return at > 0 && at < word.len && word.data[at] == '='
           && (at + 1 == word.len || word.data[at + 1] != '=');
}

static bool read_directive_time(struct scenario_parser *p, struct scenario_token word,
                                struct scenario_time *time)
{
    const bool relative = word.text.data[0] == '+';
    struct span digits = {word.text.data + relative, word.text.len - relative};

    time->kind = relative ? SCENARIO_AFTER : SCENARIO_AT;
    if (!scenario_words_duration(digits, &time->from)
        || time->from > LULL_SEC(SCENARIO_SECONDS_MAX))
        return scenario_parser_refuse(p, word.place, "expected a time such as +60 or 0.5",
                                      word.text);
    return true;
}

static bool starts_time(struct span word)
{
    return word.len > 0
           && (word.data[0] == '+' || word.data[0] == '.'
               || (word.data[0] >= '0' && word.data[0] <= '9'));
}

static bool read_directive(struct scenario_parser *p, struct scenario_lexer *l,
                           struct scenario_event *event, bool *is_event)
{
    struct scenario_token word = next_word(l);

    event->place = word.place;
    event->time.kind = SCENARIO_AFTER;
    *is_event = !is_setting(word.text);
    if (!*is_event)
        return add_setting(p, word, l);
    if (starts_time(word.text)) {
        if (!read_directive_time(p, word, &event->time))
            return false;
        word = next_word(l);
    }
    if (scenario_words_equal(word.text, "incarnation"))
        return read_incarnation(p, l, event);
    if (scenario_words_equal(word.text, "knob"))
        return read_knob(p, l, event);
    if (scenario_words_equal(word.text, "expect"))
        word = next_word(l);
    return read_expectations(p, l, word, event);
}

bool scenario_parser_condition_directive(struct scenario_parser *p, struct scenario_event *event,
                                         bool *is_event)
{
    struct scenario_lexer words;

    scenario_lexer_init(&words, p->token.text, p->token.place);
    if (!read_directive(p, &words, event, is_event))
        return false;
    scenario_parser_advance(p);
    return true;
}
