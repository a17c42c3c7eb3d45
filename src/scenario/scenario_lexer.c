/* scenario_lexer.c - longest match first, as lex does it: "1.1" is one decimal, "0...0.2" is a
 * number, an ellipsis and a decimal. */
#include "scenario/scenario_lexer.h"

#include "scenario/scenario_words.h"

void scenario_lexer_init(struct scenario_lexer *lexer, struct span text,
                         struct scenario_place place)
{
    *lexer = (struct scenario_lexer){text.data, text.data + text.len, place};
}

/* The character @ahead of where we are; NUL behind the end. */
static uint8_t peek(const struct scenario_lexer *l, size_t ahead)
{
    return ahead < (size_t)(l->end - l->at) ? l->at[ahead] : 0;
}

static bool starts(const struct scenario_lexer *l, const char *with)
{
    return scenario_words_begin((struct span){l->at, (size_t)(l->end - l->at)}, with);
}

static void skip(struct scenario_lexer *l, size_t count)
{
    for (; count > 0 && l->at < l->end; count--) {
        if (*l->at++ == '\n') {
            l->place.line++;
            l->place.column = 1;
        } else {
            l->place.column++;
        }
    }
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Characters up to @end, from @ahead on; all that are left when it does not come. */
static size_t distance(const struct scenario_lexer *l, size_t ahead, const char *end)
{
    size_t left = (size_t)(l->end - l->at);

    while (ahead < left && !scenario_words_begin((struct span){l->at + ahead, left - ahead}, end))
        ahead++;
    return ahead;
}

/* "//lull:", blanks allowed in front of the word. */
static size_t directive_mark(const struct scenario_lexer *l)
{
    size_t at = 2;
    struct scenario_lexer word = *l;

    if (!starts(l, "//"))
        return 0;
    while (peek(l, at) == ' ')
        at++;
    word.at += at;
    return starts(&word, "lull:") ? at + 5 : 0;
}

/* False at a directive, which is no blank. */
static bool skip_blanks(struct scenario_lexer *l)
{
    for (;;) {
        if (is_blank(peek(l, 0)) && l->at < l->end)
            skip(l, 1);
        else if (directive_mark(l) > 0)
            return false;
        else if (starts(l, "//"))
            skip(l, distance(l, 2, "\n"));
        else if (starts(l, "/*"))
            skip(l, distance(l, 2, "*/") + 2);
        else
            return true;
    }
}

static struct scenario_token take(struct scenario_lexer *l, enum scenario_token_kind kind,
                                  size_t len)
{
    struct scenario_token t = {.kind = kind, .place = l->place, .text = {l->at, len}};
    skip(l, len);
    return t;
}

static struct scenario_token broken(struct scenario_token t, const char *problem)
{
    t.kind = SCENARIO_TOKEN_BROKEN;
    t.problem = problem;
    return t;
}

/* @kind between @open characters and the text @close, neither of which is kept. */
static struct scenario_token enclosed(struct scenario_lexer *l, enum scenario_token_kind kind,
                                      size_t open, const char *close)
{
    size_t length = distance(l, open, close), left = (size_t)(l->end - l->at);
    struct scenario_token t = take(l, kind, length);

    t.text = (struct span){t.text.data + open, length - open};
    if (length == left)
        return broken(t, kind == SCENARIO_TOKEN_STRING    ? "a \" is not closed"
                         : kind == SCENARIO_TOKEN_COMMAND ? "a ` is not closed"
                                                          : "a %{ is not closed");
    skip(l, kind == SCENARIO_TOKEN_CODE ? 2 : 1);
    return t;
}

static struct scenario_token directive(struct scenario_lexer *l)
{
    skip(l, directive_mark(l));
    return take(l, SCENARIO_TOKEN_DIRECTIVE, distance(l, 0, "\n"));
}

static struct scenario_token number(struct scenario_lexer *l)
{
    size_t len = peek(l, 0) == '-' ? 1 : 0;
    lull_duration billionths;

    while (is_digit(peek(l, len)))
        len++;
    if (peek(l, len) != '.' || !is_digit(peek(l, len + 1))) {
        while (is_letter(peek(l, len)) || is_digit(peek(l, len)))
            len++; /* 0x1f, or a word that begins with a digit */
        struct scenario_token t = take(l, SCENARIO_TOKEN_NUMBER, len);
        if (scenario_words_number(t.text, &t.number))
            return t;
        return broken(t, "this is no number, or one that is too large");
    }
    len++;
    while (is_digit(peek(l, len)))
        len++;
    struct scenario_token t = take(l, SCENARIO_TOKEN_DECIMAL, len);
    bool negative = scenario_words_begin(t.text, "-");
    struct span digits = {t.text.data + negative, t.text.len - negative};
    if (!scenario_words_duration(digits, &billionths))
        return broken(t, "this number is too large");
    t.number = negative ? -billionths : billionths;
    return t;
}

static bool number_begins(const struct scenario_lexer *l)
{
    size_t at = peek(l, 0) == '-' ? 1 : 0;
    return is_digit(peek(l, at)) || (peek(l, at) == '.' && is_digit(peek(l, at + 1)));
}

static struct scenario_token word(struct scenario_lexer *l, enum scenario_token_kind kind,
                                  size_t len)
{
    while (is_letter(peek(l, len)) || is_digit(peek(l, len)))
        len++;
    return take(l, kind, len);
}

struct scenario_token scenario_lexer_next(struct scenario_lexer *l)
{
    if (!skip_blanks(l))
        return directive(l);
    if (l->at == l->end)
        return take(l, SCENARIO_TOKEN_END, 0);
    if (starts(l, "..."))
        return take(l, SCENARIO_TOKEN_ELLIPSIS, 3);
    if (number_begins(l))
        return number(l);
    if (starts(l, "--") && is_letter(peek(l, 2)))
        return word(l, SCENARIO_TOKEN_OPTION, 2);
    if (is_letter(peek(l, 0)))
        return word(l, SCENARIO_TOKEN_WORD, 0);
    if (starts(l, "\""))
        return enclosed(l, SCENARIO_TOKEN_STRING, 1, "\"");
    if (starts(l, "`"))
        return enclosed(l, SCENARIO_TOKEN_COMMAND, 1, "`");
    if (starts(l, "%{"))
        return enclosed(l, SCENARIO_TOKEN_CODE, 2, "}%");
    struct scenario_token t = take(l, SCENARIO_TOKEN_CHARACTER, 1);
    t.number = t.text.data[0];
    return t;
}

struct scenario_token scenario_lexer_raw(struct scenario_lexer *l)
{
    size_t len = 0, left = (size_t)(l->end - l->at);

    while (len < left && !is_blank(l->at[len]))
        len++;
    return take(l, SCENARIO_TOKEN_STRING, len);
}
